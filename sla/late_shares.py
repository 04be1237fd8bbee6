"""Which nodes made an order late, and how many of its working hours late is each one's?"""
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from kernel.working_time import MINUTE, to_datetime, to_us
from orders.models.order import LATE
from sla.actions.planning import facts_of
from sla.held_time import say_work
from sla.hours import time_of
from sla.milestones import Node, forecast_path, plan_path, split_exactly, why_late
from sla.models import Milestone

LINES = 4
WHOLE_HOURS_FROM = 10 * 60
DELIVERED = "delivered"
OTHERS = "others"


@dataclass(frozen=True, slots=True)
class LateShares:
    """`total` and `lines` [(amount, node, department), …], the largest first; amounts are words and sum to the total.

    `node` is what is late: the delivery where there is a promise. `is_over`: it has happened. `by_the_clock`: seconds
    late with nights and days off. `chief`: the milestone with the largest share; None where the plan itself has it.
    """

    total: str
    node: str
    is_over: bool
    lines: tuple
    by_the_clock: int = 0
    chief: Milestone | None = None


def late_shares(order, rows, now, hidden=()):
    """The LateShares of an order whose milestones are `rows` in path order, departments loaded; None when not late.

    Each slip is taken away and the path propagated again through its slack, so what slack swallowed bears nothing.
    Shares of `hidden` node codes are told with the next node of the path.
    """
    target = _target(order, rows)
    if target is None:
        return None
    promised = order.promised_at if target.node.fact == DELIVERED and order.promised_at else target.planned_at
    shares, expected = _shares(order, rows, target, promised, now)
    lines = _named(shares, rows, hidden)
    minutes = sum(lines.values()) // MINUTE
    if not minutes:
        return None
    # Both amounts end at one instant; the stored forecast is as old as the last planning.
    by_the_clock = ((target.actual_at or expected or now) - promised).total_seconds()
    return replace(_said(lines, minutes, target), by_the_clock=max(int(by_the_clock), 0), chief=next(iter(lines)))


def _target(order, rows):
    """The milestone whose lateness counts: delivery against the promise, else the node the order is late at."""
    if order.commercial == "cancelled":
        return None
    delivery = next((row for row in rows if row.node.fact == DELIVERED), None)
    if delivery and order.promised_at and (order.lateness == LATE or delivery.actual_at):
        return delivery
    late = (row for row in rows if row.node.code == order.late_node and row.planned_at)
    return next(late, None) if order.lateness == LATE else None


def _shares(order, rows, target, promised, now):
    """({(node code, cause): working µs}, when `target` is passed or expected); ({}, None) where nobody knows."""
    nodes = [_node(row.node) for row in rows]
    counting = time_of(order, [row.node for row in rows]).counting
    states = plan_path(
        nodes, ordered=to_us(order.ordered_at or order.created_at), facts=facts_of(order), **counting,
        promised=order.promised_at and to_us(order.promised_at), now=to_us(now),
        baselines={row.node.code: to_us(row.baseline_at) for row in rows if row.baseline_at},
        not_before=order.ordered_at and to_us(order.ordered_at),
    )
    # A budget that stood still while the order was held is due later than the path alone knows.
    dates = {row.node.code: to_us(row.planned_at) for row in rows if row.planned_at}
    states = [replace(state, planned=dates.get(state.code, state.planned)) for state in states]
    ends, steps = forecast_path(nodes, states, now=to_us(now), **counting)
    code = target.node.code
    if code not in ends:
        return {}, None
    return why_late(steps, code, to_us(promised), **counting), to_datetime(ends[code])


def _node(row):
    return Node(row.code, row.sequence, row.fact, row.anchor, row.offset, row.unit, row.kind)


def _named(shares, rows, hidden):
    """{milestone, or None for the plan itself: working µs}, the largest first."""
    teller, told = {}, None
    for row in reversed(rows):
        told = told if row.node.code in hidden and told else row
        teller[row.node.code] = told
    found = {}
    for (code, _cause), part in shares.items():
        found[teller.get(code)] = found.get(teller.get(code), 0) + part
    return dict(sorted(found.items(), key=lambda one: (-one[1], one[0].sequence if one[0] else 0)))


def _said(parts, minutes, target):
    unit = 60 if minutes >= WHOLE_HOURS_FROM else 1
    whole = (minutes + unit // 2) // unit
    amounts = split_exactly(whole, _few(parts))
    lines = tuple((say_work(part * unit), *_words(row)) for row, part in amounts.items() if part)
    return LateShares(say_work(whole * unit), target.node.name, target.state == Milestone.DONE, lines)


def _few(parts):
    """The largest of these parts, the others as one under OTHERS."""
    if len(parts) <= LINES:
        return parts
    ordered = list(parts.items())
    return dict(ordered[: LINES - 1]) | {OTHERS: sum(part for _row, part in ordered[LINES - 1:])}


def _words(row):
    if row == OTHERS:
        return _("other nodes"), ""
    if row is None:
        return _("the promise, shorter than the path needs"), ""
    return row.node.name, row.node.department.name if row.node.department else ""
