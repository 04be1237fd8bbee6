"""The first pages of an empty hub: its administrator, its company."""

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import login
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions import found_company, make_first_administrator
from desk.first_run import has_no_people
from kernel.errors import Refusal
from kernel.models import Company
from kernel.pages import draw, staff_page
from kernel.zones import zone_choices


def first_run(request):
    """Make the first administrator; only while nobody exists."""
    if not has_no_people():
        return redirect("home")
    trouble = ""
    if request.method == "POST":
        try:
            person = _made(request)
        except Refusal as refusal:
            trouble = str(refusal)
        else:
            login(request, person, backend="django.contrib.auth.backends.ModelBackend")
            return redirect("home")
    context = {
        **admin.site.each_context(request),
        "site_url": "",
        "page_title": _("First administrator"),
        "trouble": trouble,
        "given": request.POST,
    }
    return render(request, "desk/first_run.html", context)


def _made(request):
    post = request.POST
    if post.get("password", "") != post.get("again", ""):
        raise Refusal(_("The two passwords are not the same."), code="again")
    return make_first_administrator(
        username=post.get("username", ""),
        full_name=post.get("full_name", ""),
        password=post.get("password", ""),
        language=request.LANGUAGE_CODE,
        at=timezone.now(),
    )


@staff_page("kernel.change_company")
def company(request):
    """Company, time zone, currency; the calendar of announced days off comes with it."""
    found, trouble = Company.objects.order_by("pk").first(), ""
    if request.method == "POST":
        try:
            found_company(
                name_zh=request.POST.get("name_zh", ""),
                name_en=request.POST.get("name_en", ""),
                time_zone=request.POST.get("time_zone", ""),
                currency=request.POST.get("currency", ""),
                by=request.user,
                at=timezone.now(),
            )
        except Refusal as refusal:
            trouble = str(refusal)
        else:
            messages.success(request, _("The company is set up, with the work calendar of announced days off."))
            return redirect("home")
    given = request.POST if trouble else vars(found) if found else {}
    return draw(
        request,
        "desk/company.html",
        page_title=_("Company and time zone"),
        given=given,
        trouble=trouble,
        zones=zone_choices(),
        chosen=given.get("time_zone") or settings.HUB_TIME_ZONE,
    )
