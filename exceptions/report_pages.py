"""The page on which somebody opens a ticket, and what it says while it is filled in."""
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from exceptions import actions, reporting, rights
from exceptions.attachments import biggest
from exceptions.file_kinds import ALL_ENDINGS
from exceptions.file_pages import sent_files
from exceptions.report_forms import ReportForm
from kernel.errors import Refusal
from kernel.pages import draw, staff_page


@staff_page(rights.OPEN)
def ticket_new(request):
    """?about=order:#12 or difference:7 says what it is about."""
    fixed, named = _fixed(request)
    form = ReportForm(request.POST or None, person=request.user, fixed=fixed)
    if request.method == "POST" and form.is_valid() and (done := _report(request, form)):
        return done
    return draw(
        request, "exceptions/report.html", page_title=_("Open a ticket"), page_parent=("/tickets/", _("Tickets")),
        form=form, fixed=fixed, named=named, told=_told(form, request.POST), endings=",".join(ALL_ENDINGS),
        most_mb=biggest() // 1024 // 1024, back=fixed.order.address if fixed and fixed.order else "/tickets/",
    )


@staff_page(rights.OPEN)
def ticket_route(request):
    """The part of the page that follows what is typed: what it is about, whose it would be, whether one is open."""
    fixed, _named = _fixed(request)
    form = ReportForm(request.GET, person=request.user, fixed=fixed)
    told = form.told()
    form.errors.clear()  # what is not there yet is no fault while somebody types
    return render(request, "exceptions/report_told.html", {"form": form, "told": told})


def _told(form, data):
    if form.is_bound:
        return form.told()
    return ReportForm({"kind": form.fields["kind"].initial or ""}, person=form.person, fixed=form.fixed).told()


def _fixed(request):
    """(the About of the address or the form, how it is named there), both blank where it is still open; else 404."""
    named = (request.POST.get("about") or request.GET.get("about", ""))[:60]
    if not named:
        return None, ""
    kind, _colon, key = named.partition(":")
    fixed = reporting.about(kind, key, request.user)
    if fixed is None:
        raise Http404
    return fixed, named


def _report(request, form):
    """To the ticket, or None with the refusal's words at the form."""
    said = form.cleaned_data
    try:
        files = [(one.name, one.read()) for one in sent_files(request)]
        ticket, is_new = actions.report_ticket(
            about=form.about, kind=form.kinds[said["kind"]], text=said["text"], department=said["department"],
            files=files, by=request.user, at=timezone.now(),
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.success(request, _words(ticket) if is_new else _("%(ticket)s is open for this already. What you wrote was "
                     "added to it.") % {"ticket": ticket.number})
    return redirect("ticket", ticket.number)


def _words(ticket):
    words = {"ticket": ticket.number, "department": ticket.department.name if ticket.department else "",
             "person": str(ticket.assignee or "")}
    if ticket.assignee_id:
        return _("%(ticket)s is opened and with %(person)s.") % words
    if ticket.department_id:
        return _("%(ticket)s is opened and waits in the queue of %(department)s.") % words
    return _("%(ticket)s is opened.") % words
