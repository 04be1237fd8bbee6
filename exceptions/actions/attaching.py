"""Attaching a file to a ticket: whoever may comment may attach."""
from django.utils.translation import gettext_lazy as _

from exceptions import attachments, entries, rights
from exceptions.actions.opening import CHANGED
from exceptions.actions.watching import add_watchers
from exceptions.actions.working import note_answer
from exceptions.models import TicketAttachment
from exceptions.ticket_clocks import lock_ticket
from kernel.errors import Refusal
from kernel.news import News, action, publish


@action
def attach_to_ticket(*, ticket, name, content, by, at):
    """Keep bytes as a file of the ticket; also of one that is no longer open. Returns the TicketAttachment.

    Refused for what is too large, of no known kind, or not what its name says. As with a comment, only who may work
    on the ticket answers it by that.
    """
    ticket = lock_ticket(ticket)
    kept = keep_file(ticket, name, content, by, at)
    if rights.may_work(ticket, by):
        note_answer(ticket, by, at)
    if by.pk != ticket.assignee_id:
        add_watchers(ticket, [by], at)
    return kept


def keep_file(ticket, name, content, by, at):
    """The file as a row of the locked ticket, and in its history; nothing else of the ticket changes."""
    name = attachments.plain_name(name)
    media_type = attachments.checked_kind(name, content)
    if ticket.attachments.count() >= attachments.MOST_FILES:
        raise Refusal(
            _("%(number)s has %(most)s files already."), code="file_count", number=ticket.number,
            most=attachments.MOST_FILES,
        )
    kept = TicketAttachment.objects.create(
        ticket=ticket, name=name, media_type=media_type, size=len(content), sha256=attachments.keep(content), at=at,
        by=by,
    )
    entries.add_entry(ticket, entries.ATTACHED, at, by, name=name, attachment=kept.pk)
    publish(News(CHANGED, ticket.pk, at))
    return kept
