"""Which open nodes stand in an order's way, and which only wait for one that does?

One notion for tickets, board, page and sentence: a node is held up by the first open node before it after which nothing
was done. What hangs on something that has happened (an invoice on the shipment) waits for nothing else. And while an
order is on hold none of its nodes counts down; late is only what was late before.
"""
from django.db.models import Exists, F, OuterRef, Q

from sla.models import Milestone

OPEN = (Milestone.WAITING, Milestone.RUNNING, Milestone.LATE)
PASSED = (Milestone.DONE, Milestone.SKIPPED)
HAPPENED = ":actual"  # how an anchor on what happened ends


def in_the_way(nodes):
    """Of a queryset of open milestones those that nothing holds up."""
    return nodes.annotate(is_held_up=is_held_up()).filter(is_held_up=False)


def is_held_up():
    """The condition for an open milestone's row: does another one hold it up?"""
    passed_after = Milestone.objects.filter(
        order=OuterRef("order"), sequence__gt=OuterRef("sequence"), state__in=PASSED
    )
    holding = Milestone.objects.filter(
        ~Exists(passed_after), order=OuterRef("order"), sequence__lt=OuterRef("sequence"), state__in=OPEN
    )
    return Exists(holding) & ~Q(node__anchor__endswith=HAPPENED, planned_at__isnull=False)


def on_hold():
    """The condition for a row that has an order, a milestone or a ticket: is the order on hold? As orders' is_held."""
    return Q(order__held_at__isnull=False) | Q(order__commercial="held")


def fell_due_on_hold():
    """The condition for a milestone's row: its order is on hold, and its date did not pass before that."""
    unknown_since = Q(order__held_at__isnull=True, order__commercial="held")
    return unknown_since | Q(order__held_at__isnull=False) & ~Q(planned_at__lte=F("order__held_at"))


def is_due_on_hold(milestone, order):
    """The same of a milestone in memory."""
    at = milestone.planned_at
    return order.is_held and (order.held_at is None or at is None or at > order.held_at)


def held_up_by(rows):
    """{node code: the Milestone it waits for} of one order's milestones in path order, nodes loaded."""
    last = max((place for place, row in enumerate(rows) if row.state in PASSED), default=-1)
    first, held = None, {}
    for row in rows[last + 1:]:
        if row.state not in OPEN:
            continue
        if first is not None and not (row.planned_at and row.node.anchor.endswith(HAPPENED)):
            held[row.node.code] = first
        first = first or row
    return held
