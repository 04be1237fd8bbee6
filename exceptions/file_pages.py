"""How does a file of a ticket come in from a page, and go out to who may see the ticket?"""
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from exceptions.actions import attach_to_ticket
from exceptions.attachments import check_size, place_of
from exceptions.models import TicketAttachment
from kernel.errors import Refusal
from kernel.pages import staff_page

AT_ONCE = 10


def attach_files(request, ticket, at):
    """Attach what a form brought; a sentence of how many."""
    files = sent_files(request)
    if not files:
        raise Refusal(_("Choose a file first."), code="file_none")
    for one in files:
        attach_to_ticket(ticket=ticket, name=one.name, content=one.read(), by=request.user, at=at)
    return _("%(ticket)s: attached %(names)s.") % {
        "ticket": ticket.number, "names": ", ".join(one.name for one in files)
    }


def sent_files(request):
    """The files a form brought, unread; refused where one is too large."""
    files = request.FILES.getlist("file")[:AT_ONCE]
    for one in files:
        check_size(one.name, one.size)  # before it is read
    return files


@staff_page("exceptions.view_ticket")
def ticket_file(request, number, pk):
    """Always handed over as a file of the kind its content had, never shown as a page of this site."""
    seen = TicketAttachment.objects.visible_to(request.user)
    found = get_object_or_404(seen, pk=pk, ticket__number=number)
    path = place_of(found)
    if path is None:
        raise Http404
    response = FileResponse(path.open("rb"), as_attachment=True, filename=found.name, content_type=found.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
