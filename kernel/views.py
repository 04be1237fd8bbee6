"""Pages every app stands on: login, language and theme, notices, errors."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kernel.middleware import LANGUAGE_COOKIE, LANGUAGES
from kernel.models import Notice, User
from kernel.pages import back, draw, staff_page, whole

THEMES = ("light", "dark", "auto")
YEAR = 365 * 24 * 3600
NOTICES = 50  # on one page


class Login(LoginView):
    template_name = "kernel/login.html"
    redirect_authenticated_user = True

    def dispatch(self, request, *args, **kwargs):
        if not User.objects.exists():
            return redirect("first_run")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        context = {**admin.site.each_context(self.request), "site_url": ""}  # there is no site without a login
        return super().get_context_data(**context, page_title=_("Log in"), **kwargs)

    def form_valid(self, form):
        response = super().form_valid(form)
        theme = getattr(form.get_user(), "theme", "")
        if theme in THEMES:
            _keep_theme(response, theme)
        return response


login = Login.as_view()
logout = LogoutView.as_view()


@require_POST
def set_language(request):
    """The language of this browser, and of the person when somebody is logged in."""
    language = request.POST.get("language", "")
    response = back(request, "/")
    if language in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=YEAR, samesite="Lax", httponly=True)
        if request.user.is_authenticated and request.user.language != language:
            User.objects.filter(pk=request.user.pk).update(language=language)
    return response


@require_POST
@login_required
def set_theme(request):
    """Light, dark or as the system has it; kept with the person."""
    theme = request.POST.get("theme", "")
    response = HttpResponse(status=204)
    if theme in THEMES:
        User.objects.filter(pk=request.user.pk).update(theme=theme)
        _keep_theme(response, theme)
    return response


def _keep_theme(response, theme):
    # Read by hub.js before the page is drawn, so that nothing flashes.
    response.set_cookie("hub_theme", theme, max_age=YEAR, samesite="Lax")


@staff_page()
def notices(request):
    """The person's own notices, newest first; opening the page does not mark them as read."""
    found, before = Notice.objects.visible_to(request.user), whole(request.GET.get("before", ""))
    rows = list((found.filter(pk__lt=before) if before else found)[: NOTICES + 1])
    more = rows[NOTICES - 1].pk if len(rows) > NOTICES else 0
    return draw(
        request,
        "kernel/notices.html",
        page_title=_("Notices"),
        notices=rows[:NOTICES],
        more=more,
        is_later=bool(before),
    )


@staff_page()
def notice_count(request):
    unread = Notice.objects.visible_to(request.user).filter(read_at=None)[:100].count()
    return render(request, "kernel/bell.html", {"unread": unread})


@require_POST
@staff_page()
def read_notices(request):
    """Mark one notice as read and follow it, or mark all of them."""
    mine = Notice.objects.visible_to(request.user).filter(read_at=None)
    key = request.POST.get("notice", "")
    if not key:
        mine.update(read_at=timezone.now())
        return redirect("notices")
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=whole(key))
    mine.filter(pk=notice.pk).update(read_at=timezone.now())
    return redirect(notice.link if notice.link.startswith("/") and not notice.link.startswith("//") else "notices")


@staff_page()
def shortcuts(request):
    items = [item for group in import_string(settings.HUB_MENU) for item in group.items]
    places = [(item.key, item.title) for item in items if item.key and item.is_for(request.user)]
    return draw(request, "kernel/shortcuts.html", page_title=_("Keyboard"), shortcut_places=places)


def refused(request, exception=None):
    return _trouble(
        request,
        403,
        _("You may not do this"),
        _("Your role does not include it. Your administrator can change that under People."),
    )


def not_found(request, exception=None):
    return _trouble(
        request,
        404,
        _("There is no such page for you"),
        _("It does not exist, or it belongs to a data scope you have not been given."),
    )


def csrf_refused(request, reason=""):
    return _trouble(
        request,
        403,
        _("This form has expired"),
        _("Nothing was changed. Go back, reload the page and send it again."),
    )


def locked_out(request, response=None, credentials=None, *args, **kwargs):
    return _trouble(
        request,
        429,
        _("Too many wrong passwords"),
        _("This name is locked here for 15 minutes. Wait, or ask your administrator for a new password."),
    )


def broken(request):
    return _trouble(
        request,
        500,
        _("Something broke on our side"),
        _("Nothing you had saved before is lost. Try again; if it stays so, quote the number below."),
    )


def _trouble(request, status, title, what_to_do):
    context = {"title": title, "what_to_do": what_to_do, "number": getattr(request, "number", ""), "status": status}
    return render(request, "kernel/trouble.html", context, status=status)
