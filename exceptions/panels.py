"""What do tickets add to an order's page, to its sentence, and to the home page?"""

from django.utils import timezone
from django.utils.translation import gettext as _

from exceptions.due import next_due, tell_due
from exceptions.models import Ticket
from exceptions.queue import with_work_left
from exceptions.rights import may_open
from kernel.panels import Panel


def order_tickets(order, user):
    if not user.has_perm("exceptions.view_ticket"):
        return None
    found = Ticket.objects.visible_to(user).filter(order=order)
    found = found.select_related("assignee", "department", "kind", "order", "response_clock", "resolution_clock")
    rows = with_work_left(found.order_by("-opened_at")[:20], timezone.now())
    rows.sort(key=lambda one: not one.is_open)
    opened = sum(one.is_open for one in rows)
    context = {"tickets": rows, "is_provisional": order.awaits_confirmation, "order": order, "may_open": may_open(user)}
    return Panel(_("Tickets"), "exceptions/panel.html", context, anchor="tickets", count=opened, width="half")


def order_sentence(order, user, known):
    """Who must answer until when: the open ticket of the department that is waited for, else the one due first."""
    if not user.has_perm("exceptions.view_ticket"):
        return None
    open_ones = Ticket.objects.visible_to(user).filter(order=order, state__in=Ticket.OPEN_STATES)
    tickets = list(
        open_ones.select_related("assignee", "department", "response_clock", "resolution_clock")
        .order_by(next_due().asc(nulls_last=True), "pk")[:20]
    )
    if not tickets:
        return None
    tell_due(tickets)
    tickets.sort(key=lambda one: one.state == Ticket.WAITING)  # nobody is asked for what is paused
    asked = [one for one in tickets if one.department and one.department.name_en == known.get("department_en")]
    ticket = (asked or tickets)[0]
    told = {"person": str(ticket.assignee) if ticket.assignee else "", "answer_due_at": ticket.next_due_at}
    if ticket.department:
        told |= {"department_en": ticket.department.name_en, "department_zh": ticket.department.name_zh}
    return told
