"""Whose is a clock: which ticket or which node of an order does it belong to?"""

from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from exceptions.models import Ticket
from sla.models import Milestone

TICKET_CLOCKS = {
    "response_clock_id": _("first response"), "resolution_clock_id": _("solution"), "queue_clock_id": _("queue"),
}


@dataclass(frozen=True, slots=True)
class Owner:
    address: str
    number: str
    what: str


def owners_of(clock_ids, user):
    """{clock id: Owner}, of those this person may see."""
    found = {}
    mine = Q(response_clock__in=clock_ids) | Q(resolution_clock__in=clock_ids) | Q(queue_clock__in=clock_ids)
    for ticket in Ticket.objects.visible_to(user).filter(mine):
        address = reverse("ticket", args=[ticket.number])
        for name, what in TICKET_CLOCKS.items():
            found[getattr(ticket, name)] = Owner(address, ticket.number, str(what))
    nodes = Milestone.objects.visible_to(user).filter(clock__in=clock_ids).select_related("node", "order")
    for one in nodes:
        found[one.clock_id] = Owner(one.order.address, one.order.number, one.node.name)
    return found
