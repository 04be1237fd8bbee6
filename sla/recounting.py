"""Which open clocks count by hours that are no longer those of whoever must act, and what counts them anew?

By an older version of their calendar, or by another calendar than sla.hours says.
"""
from dataclasses import dataclass, fields

from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce

from orders.bulk import locked
from orders.models import Order
from sla import clocks
from sla.hours import counted_by
from sla.milestone_clocks import OPEN
from sla.models import Clock, Milestone, MilestoneNode


@dataclass(slots=True)
class Times:
    """The fields of a Clock that counting needs, without the weight of a model instance: see sla.clocks.recount."""

    id: int
    kind: str
    state: str
    budget_s: int
    used_s: int
    running_since: object
    due_at: object
    late_at: object
    provisional: bool
    cycle: int
    levels: list
    level_index: int
    last_fired_at: object
    next_fire_at: object
    calendar_version: int
    generation: int


COLUMNS = tuple(field.name for field in fields(Times))
# What counting anew may change, without the version that all of them get.
CHANGED = ("state", "due_at", "late_at", "provisional", "cycle", "level_index", "next_fire_at", "generation")


def outdated(calendar_id):
    """Open clocks that name another version of this calendar than the one in force, and are counted by themselves.

    The dates of an order's deadlines come from its path: see `orders_to_plan`.
    """
    return open_clocks(calendar_id).filter(alone()).exclude(calendar_version=F("calendar__version"))


def orders_to_plan(calendar_id):
    """Open orders with a clock of this calendar that names another version of it than the one in force."""
    old = open_clocks(calendar_id).exclude(calendar_version=F("calendar__version"))
    return Order.objects.filter(Exists(old.filter(milestone__order=OuterRef("pk"))), is_open=1, archived_at=None)


def orders_hanging_on(calendar_id):
    """Open orders of which only nodes that are done counted by this calendar, and others count from the plan of those.

    The clocks of the former have ended, so that `orders_to_plan` does not name them; the dates of the latter move.
    """
    hanging = MilestoneNode.objects.filter(anchor__startswith="node:", anchor__endswith=":planned").values("pk")
    its = Milestone.objects.filter(order=OuterRef("pk"))
    by_it, is_open = its.filter(clock__calendar=calendar_id), Q(clock__state__in=OPEN)
    return Order.objects.filter(
        Exists(its.filter(is_open, node__in=hanging)), Exists(by_it), ~Exists(by_it.filter(is_open)), is_open=1,
        archived_at=None,
    )


def orders_by_other_hours():
    """Open orders with an open clock that counts by another calendar than that of whoever must pass its node."""
    wrong = Milestone.objects.filter(order=OuterRef("pk"), clock__state__in=OPEN).annotate(
        ought=counted_by("node__department", "order__plant", "order__company"),
        counts=Coalesce("clock__calendar", Value(0)),
    ).exclude(ought=F("counts"))
    return Order.objects.filter(Exists(wrong), is_open=1, archived_at=None)


def take(calendar_id, clock_ids, version):
    """[Times, …] of those of these clocks that are still open and not counted by `version` yet, locked by key."""
    wanted = open_clocks(calendar_id).filter(pk__in=clock_ids).exclude(calendar_version=version)
    return [Times(*row) for row in locked(wanted).values_list(*COLUMNS)]


def take_over(calendar_id, clock_ids):
    """[Times, …] of those of these clocks that are still open and count by another calendar, locked by key."""
    wanted = Clock.objects.filter(pk__in=clock_ids, state__in=OPEN).exclude(calendar=calendar_id)
    return [Times(*row) for row in locked(wanted).values_list(*COLUMNS)]


def alone():
    """The condition that a clock is counted by itself: its dates do not come from an order's path."""
    return Q(kind=Clock.BUDGET) | Q(milestone=None)


def open_clocks(calendar_id):
    return Clock.objects.filter(calendar=calendar_id, state__in=OPEN)


def counted(times, at, work):
    """([Times that changed, …], [ids of those that are due at another time, …]); `times` are changed in place."""
    changed, moved = [], []
    for one in times:
        due, provisional = one.due_at, one.provisional
        if clocks.recount(one, at, work) or one.provisional != provisional:
            changed.append(one)
        if one.due_at != due:
            moved.append(one.id)
    return changed, moved
