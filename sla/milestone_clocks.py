"""Which clock does a node need, and what must happen to the one it has?"""
from kernel.working_time import to_datetime
from sla import clocks
from sla.hours import calendar_id_of_node
from sla.models import Clock, Milestone
from sla.saving import snapshot

OPEN = (Clock.RUNNING, Clock.BREACHED, Clock.PAUSED)
HOLD_REASON = "order on hold"


def sync_clock(one, state, order, work_time, at, work, fields):
    """Start, move, pause, meet or cancel the milestone's clock, in memory; what changed is gathered in `work`.

    A budget's clock knows better than the path when it is due, because it stands still while the order is held:
    its date goes back into the milestone. `work_time`: of the node, see sla.hours.
    """
    wanted = state.is_open and order.is_open and one.planned_at is not None
    clock = one.clock
    if clock is not None and clock.kind != one.node.kind and clock.state in OPEN:  # another version of the plan
        work.segments += clocks.apply(clock, clocks.CANCEL, at, work_time)
        work.clocks.append(clock)
        clock = None
    if clock is None:
        if wanted:
            one.clock = _new_clock(one, state, order, work_time, at)
            work.clocks.append(one.clock)
    else:
        before = snapshot(clock, fields)
        _follow_calendar(clock, one, order, work_time, at)
        work.segments += _change(clock, one, state, wanted, order, work_time, at)
        if snapshot(clock, fields) != before:
            work.clocks.append(clock)
    if wanted and one.clock.kind == Clock.BUDGET:
        _take_over(one, at)
    if one.clock and one.clock.level_index == 0:
        one.warned_at = None  # a promise that moved may warn anew


def _follow_calendar(clock, one, order, work_time, at):
    """A clock is counted by the hours its node is planned by: other ones when they changed, or whose they are did."""
    calendar_id = calendar_id_of_node(one.node, order)
    if clock.state in OPEN and (clock.calendar_id, clock.calendar_version) != (calendar_id, work_time.version):
        clock.calendar_id = calendar_id
        clocks.recount(clock, at, work_time, due_at=one.planned_at)


def _new_clock(one, state, order, work_time, at):
    node = one.node
    clock = Clock(
        kind=node.kind, label=f"{order.number} {node.code}", scope_id=order.scope_id, levels=_levels(node),
        calendar_id=calendar_id_of_node(node, order), budget_s=_budget_of(one, state, order, work_time),
    )
    since = min(order.ordered_at or order.created_at, at)
    due_at = one.planned_at if node.kind == Clock.DEADLINE else None
    clocks.start(clock, since, work_time, due_at, now=at)
    if order.held_at and node.kind == Clock.BUDGET:
        clocks.apply(clock, clocks.PAUSE, max(order.held_at, since), work_time, HOLD_REASON)
    return clock


def _levels(node):
    warning = [[clocks.WARNING_LEVEL, -node.warn_before_s]] if node.warn_before_s else []
    return [[clocks.DUE_LEVEL, 0], *warning]


def _budget_of(one, state, order, work_time):
    """Working seconds: what the plan gives, or the fair share of it where the promise is shorter than the path."""
    if one.node.kind != Clock.BUDGET:
        return 0
    if state.usual is None or state.planned == state.usual:
        return one.node.offset
    return max(work_time.between(order.ordered_at, to_datetime(state.planned)), 1)


def _change(clock, one, state, wanted, order, work_time, at):
    if not wanted:
        return _end(clock, one, work_time, at)
    ended = []
    if clock.state not in OPEN:  # what was done has been taken back
        clock.calendar_id = calendar_id_of_node(one.node, order)
        ended += clocks.apply(clock, clocks.REOPEN, at, work_time)
    if clock.kind == Clock.BUDGET:
        clocks.give(clock, at, work_time, _budget_of(one, state, order, work_time))
    clocks.warn(clock, at, work_time, _levels(one.node))
    if clock.kind == Clock.DEADLINE:
        clocks.move(clock, at, work_time, one.planned_at)
    elif order.held_at and clock.state != Clock.PAUSED:
        ended += clocks.apply(clock, clocks.PAUSE, order.held_at, work_time, HOLD_REASON)
    elif not order.held_at and clock.state == Clock.PAUSED:
        ended += clocks.apply(clock, clocks.RESUME, at, work_time)
    return ended


def _end(clock, one, work_time, at):
    if clock.state not in OPEN:
        return []
    if one.state == Milestone.DONE:
        return clocks.apply(clock, clocks.MEET, min(one.actual_at, at), work_time)
    return clocks.apply(clock, clocks.CANCEL, at, work_time)


def _take_over(one, at):
    clock = one.clock
    if clock.state == Clock.PAUSED:
        one.state = Milestone.WAITING
        return
    one.planned_at = clock.due_at
    if one.state == Milestone.LATE and at <= clock.due_at:
        one.state = Milestone.RUNNING
    elif at > clock.due_at:
        one.state = Milestone.LATE
