"""Who held an order how long, from its date until now or until it ended?"""
from dataclasses import dataclass, replace

from django.db.models import Q
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from kernel.lengths import write_hours
from kernel.moments import say_exact, short
from kernel.working_time import MINUTE, to_us
from orders.decisions import ENTITY
from orders.models import Event, HoldKind
from sla.hours import time_of
from sla.milestones import NodeState, split_exactly
from sla.models import Milestone
from sla.segments import CUSTOMER, HELD, OFF, Hold, holds_of_path, segments, totals, without

BAR = 900  # units of the bar's whole length
FROZEN = "hold:"  # begins the holder of a hold: code of its kind, ":", who put it on hold; the others are departments
MOST_EVENTS = 500


@dataclass(frozen=True, slots=True)
class Share:
    """One holder's part: whole minutes, percent, and where it lies on the bar."""

    kind: str
    name: str
    minutes: int
    percent: int
    at: int
    width: int

    @property
    def hours(self):
        return write_hours(self.minutes * 60)

    @property
    def work(self):
        return say_work(self.minutes)


@dataclass(frozen=True, slots=True)
class HeldTime:
    """`shares` in the order in which they first had it, time off last; `minutes` is their sum."""

    shares: tuple
    minutes: int
    longest: Share | None

    @property
    def hours(self):
        return write_hours(self.seconds)

    @property
    def seconds(self):
        return self.minutes * 60


def say_work(minutes):
    """Working time in words, never in days: a day of work is not a day of the clock."""
    return say_exact(minutes * 60, short(get_language()))


def held_time(order, rows, now):
    """The HeldTime of an order whose milestones are `rows` in path order, departments loaded; None when it has none.

    Every minute from the order date on belongs to exactly one holder, so the shares sum to the wall time; off hours are
    those of whoever has the order then.
    """
    start, end = to_us(order.ordered_at or order.created_at), _end_of(order, rows, now)
    if not rows or end - start < MINUTE:
        return None
    kinds = {one.code: one for one in HoldKind.objects.all()}
    freezes = freezes_of(order, kinds)
    departments = {row.node.department.code: row.node.department for row in rows if row.node.department}
    owners = {row.node.code: row.node.department.code for row in rows if row.node.department}
    path = holds_of_path(_states(rows), owners, start, end)
    time = time_of(order, [row.node for row in rows])
    own = {owners[code]: work.compiled for code, work in time.of.items() if code in owners}
    parts = totals(segments(start, end, [*without(path, freezes), *freezes], time.whole.compiled, own))
    return _shares(parts, (end - start) // MINUTE, departments, kinds)


def _end_of(order, rows, now):
    """Now while it is open; then when the last node was passed, or when a system last said anything of it."""
    if order.is_open:
        return to_us(now)
    passed = [row.actual_at for row in rows if row.actual_at]
    last = max(passed, default=None) if order.commercial != "cancelled" else None
    return to_us(last or order.last_event_at or now)


def _states(rows):
    """NodeStates of rows: one passed without a record was passed when the next recorded one was."""
    states, passed_by = [], None
    for row in reversed(rows):
        actual = to_us(row.actual_at) if row.actual_at else None
        skipped = passed_by if row.state == Milestone.SKIPPED else None
        states.append(NodeState(row.node.code, row.sequence, row.state, actual=actual, passed_by=skipped))
        passed_by = actual or passed_by
    return states[::-1]


def freezes_of(order, kinds):
    """[Hold, …] of the holds people decided here, and of those the system believed on the order's state reported."""
    believed = ((order.state or {}).get("axes", {}).get("commercial") or {}).get("system", "")
    its = Event.objects.filter(Q(order=order) | Q(order__joined_into=order), replaced_by=None)
    its = its.filter(
        Q(entity=ENTITY, kind__in=("hold", "release"))
        | Q(entity="order", system__code=believed, data__axis="commercial")
    )
    begun, found = {}, []
    for event in its.select_related("by", "system").order_by("occurred_at", "pk")[:MOST_EVENTS]:
        here, at = event.entity == ENTITY, to_us(event.occurred_at)
        starts = event.kind == "hold" if here else event.data.get("status") == "held"
        hold = _hold(event, at, kinds) if starts else None
        last = begun.get(here)
        if starts and last and (last.kind, last.holder) == (hold.kind, hold.holder):
            continue  # said once more
        if last:
            found.append(replace(begun.pop(here), end=at))
        if starts:
            begun[here] = hold
    return found + list(begun.values())


def _hold(event, at, kinds):
    kind = event.data.get("hold_kind", "")
    if kind in kinds and kinds[kind].waits_for_customer:
        return Hold(at, None, CUSTOMER)
    who = str(event.by or event.actor) if event.entity == ENTITY else event.system.name
    return Hold(at, None, HELD, f"{FROZEN}{kind}:{who}")


def _shares(parts, minutes, departments, kinds):
    """The HeldTime of {(kind, holder): µs}; minutes, percents and the bar's pieces each sum exactly."""
    parts = dict(sorted(parts.items(), key=lambda one: one[0][0] == OFF))
    whole, percents, widths = (split_exactly(total, parts) for total in (minutes, 100, BAR))
    shares, at = [], 0
    for key in parts:
        kind = "frozen" if key[1].startswith(FROZEN) else key[0]
        shares.append(Share(kind, _name(key, departments, kinds), whole[key], percents[key], at, widths[key]))
        at += widths[key]
    held = [one for one in shares if one.kind != OFF]
    return HeldTime(tuple(shares), minutes, max(held, key=lambda one: one.minutes, default=None))


def _name(key, departments, kinds):
    kind, holder = key
    if kind == OFF:
        return _("Off hours")
    if kind == CUSTOMER:
        return _("Waiting for the customer")
    if holder.startswith(FROZEN):
        code, _colon, who = holder.removeprefix(FROZEN).partition(":")
        if code in kinds:
            return _("On hold by %(who)s (%(what)s)") % {"who": who, "what": kinds[code].name}
        return _("On hold by %(who)s") % {"who": who}
    return departments[holder].name if holder in departments else pgettext("holder of an order", "Nobody named")
