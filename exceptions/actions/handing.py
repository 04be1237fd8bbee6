"""Handing a ticket over to another department, which goes on where the last one stood."""
from django.utils.translation import gettext_lazy as _

from exceptions import entries, rights, ticket_clocks
from exceptions.actions.opening import CHANGED, hand_out
from exceptions.actions.watching import add_watchers
from exceptions.actions.working import note_answer
from exceptions.models import Ticket
from exceptions.ticket_clocks import lock_ticket
from kernel.errors import Refusal
from kernel.news import News, action, publish


@action
def hand_over_ticket(*, ticket, department, reason, by, at):
    """Another department must act: it is given to somebody there, or waits in that queue. Returns the ticket.

    The customer's time is not begun anew: what was used stays used, the rest counts by the new department's hours.
    A ticket that waits for somebody goes on waiting, with the new department.
    """
    ticket = lock_ticket(ticket)
    rights.must_work(ticket, by)
    _must_fit(ticket, department, reason)
    note_answer(ticket, by, at)
    before, former = ticket.department, ticket.assignee
    ticket.department, ticket.assignee = department, None
    if ticket.state != Ticket.WAITING:
        ticket.state = Ticket.NEW
    ticket_clocks.pass_to_department(ticket, at)
    ticket.save()
    entries.add_entry(
        ticket, entries.HANDED, at, by, text=reason.strip(), **_named("from", before), **_named("to", department))
    given = hand_out(ticket, at)
    if not given and ticket.state == Ticket.WAITING:
        ticket_clocks.rest_in_queue(ticket, at)
    if former and former.is_active and former.pk not in (ticket.assignee_id, by and by.pk):
        add_watchers(ticket, [former], at)  # whoever had it hears what becomes of it
    publish(News(CHANGED, ticket.pk, at))
    return ticket


def _must_fit(ticket, department, reason):
    if not ticket.is_open:
        raise Refusal(_("This ticket is no longer open."), code="ticket_state")
    if not reason.strip():
        raise Refusal(_("Say why the other department has to do it."), code="handing_reason")
    if department.pk == ticket.department_id:
        raise Refusal(_("It is the work of %(department)s already."), code="handing_same", department=department.name)
    if department.company_id != ticket.scope.company_id:
        raise Refusal(_("%(department)s belongs to another company."), code="handing_department",
                      department=department.name)


def _named(which, department):
    """A department in an entry: its code, and its names as they were then."""
    if department is None:
        return {which: ""}
    return {which: department.code, f"{which}_en": department.name_en, f"{which}_zh": department.name_zh}
