"""Until when must an order pass each node of its path, has it, and when will it?

Pure: plain data in and out, all instants int microseconds since 1970 (UTC), spans int microseconds of work.
"""
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise

from kernel.working_time import SECOND, to_datetime, to_us
from orders.statement import FACTS
from sla.fitting import MONEY_FACTS, fit, root_of
from sla.path_nodes import BUDGET, DEADLINE, ORDERED, PROMISED, BadTemplate, Node, anchor_node, check_nodes
from sla.reach import CAL_DAY, CAL_S, WORK_DAY, WORK_S, Reaches, RoundTheClock
from sla.why_late import Step, propagate, split_exactly, why_late

__all__ = [
    "BUDGET", "CAL_DAY", "CAL_S", "DEADLINE", "WORK_DAY", "WORK_S", "BadTemplate", "Node", "NodeState",
    "RoundTheClock", "Step", "check_nodes", "end_node", "forecast_path", "plan_path", "propagate",
    "split_exactly", "why_late",
]

DELIVERED = "delivered"
WAITING, RUNNING, DONE, LATE, SKIPPED, CANCELLED = "waiting", "running", "done", "late", "skipped", "cancelled"


@dataclass(frozen=True, slots=True)
class NodeState:
    """Where one node stands. `planned` None: its anchor has not happened. `late` working µs after `planned`.

    `inferred`: passed without a record, for the fact `inferred_from`, which comes after it, was seen at
    `passed_by`.
    `starts` is the anchor's instant; `provisional`: the plan rests on days nobody has announced.
    `usual` is when it would be planned had the promise left time enough; `short`, at one node of a path that
    does not fit, how many working µs are missing.
    """

    code: str
    sequence: int
    state: str
    baseline: int | None = None
    planned: int | None = None
    actual: int | None = None
    late: int = 0
    inferred: bool = False
    inferred_from: str = ""
    passed_by: int | None = None
    starts: int | None = None
    provisional: bool = False
    usual: int | None = None
    short: int = 0

    @property
    def is_open(self):
        return self.state in (WAITING, RUNNING, LATE)

    @property
    def is_red(self):
        """Late: still open past its plan, or done after it."""
        return self.state == LATE or self.late > 0

    @property
    def late_s(self):
        return self.late // SECOND

    @property
    def due(self):
        return self.planned


# --- plan -----------------------------------------------------------------------------------------------


def plan_path(
    nodes, *, ordered, promised, facts, calendar, now, baselines=None, is_cancelled=False, not_before=None,
    calendars=None,
):
    """[NodeState, …] in path order.

    `ordered`, `promised` and the values of `facts` ({fact: instant}) are µs or None; `baselines` {code: µs}
    keeps what was planned first, nodes without one get today's. `calendar`: a kernel.working_time.WorkingTime,
    or None for every hour of every day; `calendars` {code: the same}: nodes that count by hours of their own, those of
    whoever must pass them. `not_before`: when the order is known to have been placed; dates are kept in
    order between it and the promise, see sla.fitting. Raises BadTemplate.

    A node is late when `now` is past its plan and nothing shows that it was passed; done exactly at its plan
    is in time. A later fact of the goods shows that earlier nodes were passed, so a missing message never
    makes them red: they are `skipped` and marked. Money facts show only earlier money facts.
    """
    anchored = check_nodes(nodes)
    reaches = Reaches(calendar, calendars)
    roots = {ORDERED: ordered, PROMISED: promised}
    plans = _plans(anchored, roots, facts, reaches)
    fitted = fit(anchored, {code: plan[0] for code, plan in plans.items()}, not_before, promised, reaches)
    first = _first_plans(anchored, fitted.dates, reaches, baselines or {})
    path, passed = sorted(nodes, key=lambda node: node.sequence), True
    states = []
    for node in path:
        _planned, starts, provisional = plans[node.code]
        state = NodeState(node.code, node.sequence, WAITING, first[node.code], fitted.dates[node.code],
                          facts.get(node.fact), starts=starts, provisional=provisional, usual=fitted.usual[node.code],
                          short=fitted.short if node.code == fitted.at else 0)
        state = _judge(state, node, path, facts, reaches[node.code], now, passed, is_cancelled)
        passed = passed and state.state in (DONE, SKIPPED)
        states.append(state)
    return states


def _plans(anchored, roots, facts, reaches):
    """{code: (planned, starts, provisional)}; planned None while its anchor has not happened."""
    plans, facts_of = {}, {node.code: facts.get(node.fact) for node in anchored}
    for node in anchored:
        starts, shaky = _anchor_instant(node, roots, plans, facts_of)
        if starts is None:
            plans[node.code] = (None, None, False)
            continue
        planned, guess = reaches[node.code].offset(starts, node.offset, node.unit)
        plans[node.code] = (planned, starts, shaky or guess)
    return plans


def _anchor_instant(node, roots, plans, facts_of):
    anchor = anchor_node(node)
    if anchor is None:
        return roots[node.anchor], False
    code, which = anchor
    if which == "actual":
        return facts_of[code], False
    return plans[code][0], plans[code][2]


def _first_plans(anchored, dates, reaches, baselines):
    """{code: µs}: the frozen first plan, or what it would be were every node passed on time."""
    first = {}
    for node in anchored:
        anchor = anchor_node(node)
        first[node.code] = baselines.get(node.code)
        if first[node.code] is None and root_of(node, anchored):
            first[node.code] = dates[node.code]
        elif first[node.code] is None and first[anchor[0]] is not None:
            first[node.code] = reaches[node.code].offset(first[anchor[0]], node.offset, node.unit)[0]
    return first


def _judge(state, node, path, facts, reach, now, passed, is_cancelled):
    if state.actual is not None:
        return replace(state, state=DONE, late=_late(state.planned, state.actual, reach))
    witness = _later_fact(node, path, facts)
    if witness:
        return replace(state, state=SKIPPED, inferred=True, inferred_from=witness, passed_by=facts[witness])
    if is_cancelled:
        return replace(state, state=CANCELLED)
    if state.planned is not None and now > state.planned:
        return replace(state, state=LATE, late=_late(state.planned, now, reach))
    has_begun = passed or (node.anchor.endswith(":actual") and state.starts is not None)
    return replace(state, state=RUNNING if has_begun else WAITING)


def _late(planned, actual, reach):
    """Working µs after the plan; at least 1 when late at all, so that lateness outside hours is not lost."""
    if planned is None or actual <= planned:
        return 0
    return max(reach.between(planned, actual), 1)


def _later_fact(node, path, facts):
    """The first fact in time that could not have happened without this node, or ''."""
    places = {other.fact: other.sequence for other in path}
    ranks = {fact: rank for rank, fact in enumerate(FACTS)}
    for fact in sorted((fact for fact in facts if facts[fact] is not None), key=lambda f: (facts[f], f)):
        if fact in MONEY_FACTS and node.fact not in MONEY_FACTS:
            continue
        later = places[fact] > node.sequence if fact in places else ranks.get(fact, -1) > ranks[node.fact]
        if later:
            return fact
    return ""


# --- forecast -------------------------------------------------------------------------------------------


def forecast_path(nodes, states, *, calendar, now, least=None, calendars=None):
    """({code: expected end µs}, [Step, …]): the plan's slip carried through the nodes that remain.

    What happened stays; an open node ends no earlier than its plan, than `now`, and than the node before it
    plus the working time this step needs at least (`least` {code: µs}, from experience). What the plan
    allows beyond that is slack, and a slip is first eaten by it. Without experience a step is taken to need
    all the time the plan gives it: no slack. Each node counts by its own hours, see plan_path.

    A node that has no date yet (nothing is promised) ends its own time after the node before it. Where neither plan
    nor experience knows that time, the path ends there: no later node without a date is in the answer.
    """
    reaches, by_code = Reaches(calendar, calendars), {state.code: state for state in states}
    steps, ends = [], {}
    for before, node in pairwise([None, *sorted(nodes, key=lambda node: node.sequence)]):
        step, end = _step(node, before, by_code, ends, reaches[node.code], now, least or {})
        if end is not None:
            ends[node.code] = end
            steps.append(step)
    return {code: end for code, end in ends.items() if by_code[code].state != CANCELLED}, steps


def end_node(nodes):
    """The node that ends the order's path: the delivery; without one the last of the goods, else the last."""
    path = sorted(nodes, key=lambda node: (node.fact not in MONEY_FACTS, node.sequence))
    return next((node for node in path if node.fact == DELIVERED), path[-1])


def _step(node, before, by_code, ends, reach, now, least):
    """This node's Step, and its actual or expected end, which propagating gives back."""
    state = by_code[node.code]
    after, is_dated = _waits_for(node, before, ends), state.planned is not None
    plan = _plan_of(state) if is_dated else _expected_plan(node, before, ends, reach)
    need = least.get(node.code)
    if not is_dated and state.is_open and plan is None and need is None:
        return None, None
    if need is None and not is_dated:
        need = 0  # its expected date has the time in it
    elif need is None:
        before_plan = _usual_of(by_code, after) if after else None
        usual = plan if state.usual is None else state.usual
        need = 0 if usual is None or before_plan is None else max(reach.between(before_plan, usual), 0)
    if state.actual is not None:
        return _past_step(node, after, plan, need, state.actual, ends, reach)
    floor = max([0 if plan is None else plan, *(reach.add(ends[code], need) for code in after)])
    if state.inferred:
        return _past_step(node, after, plan, need, min(floor or state.passed_by, state.passed_by), ends, reach)
    if not floor:
        return None, None
    slip = max(reach.between(floor, now), 0)
    end = reach.add(floor, slip) if slip else floor
    # Now may lie outside its working hours: then nobody passes it before they begin again.
    over = reach.next_open(now) - end if end < now else 0
    return Step(node.code, after, 0 if plan is None else plan, need, slip, True, over), end + over


def _past_step(node, after, plan, need, actual, ends, reach):
    """A step that is over: faster than plan and experience lowers both, slower is its slip.

    What ended before the node it should have waited for did not wait for it.
    """
    after = tuple(code for code in after if ends[code] <= actual)
    bound = actual if plan is None and not after else min(plan or 0, actual)
    for code in after:
        need = min(need, max(reach.between(ends[code], actual), 0))
    floor = max([bound, *(reach.add(ends[code], need) for code in after)])
    slip = max(reach.between(floor, actual), 0)
    over = max(actual - (reach.add(floor, slip) if slip else floor), 0)
    return Step(node.code, after, bound, need, slip, over=over), actual


def _waits_for(node, before, ends):
    anchor = anchor_node(node)
    code = anchor[0] if anchor else before.code if before else ""
    return (code,) if code in ends else ()


def _plan_of(state):
    """No step is expected earlier than it is due, nor, for a promise that is too short, than it is done in time."""
    return state.planned if state.usual is None else max(state.planned, state.usual)


def _usual_of(by_code, after):
    """The time a step needs does not shrink with the promise."""
    state = by_code[after[0]]
    if state.planned is None:
        return state.baseline
    return state.planned if state.usual is None else state.usual


def _expected_plan(node, before, ends, reach):
    anchor = anchor_node(node)
    if anchor and anchor[0] in ends:
        return reach.offset(ends[anchor[0]], node.offset, node.unit)[0]
    time = _time_between(before, node) if before and before.code in ends else None
    return None if time is None else reach.offset(ends[before.code], *time)[0]


def _time_between(before, node):
    """(amount, unit) that the plan gives from one node to the next, known where both count from the same; else None."""
    if before.anchor != node.anchor or (before.unit != node.unit and before.offset and node.offset):
        return None
    return max(node.offset - before.offset, 0), node.unit if node.offset else before.unit


# --- datetimes at the edge ------------------------------------------------------------------------------


def instants(moments):
    """{key: µs or None} of {key: aware datetime or None}."""
    return {key: None if moment is None else to_us(moment) for key, moment in moments.items()}


def moment(us):
    """Aware datetime of µs, None of None."""
    return None if us is None else to_datetime(us)


def span(us):
    """timedelta of µs."""
    return timedelta(microseconds=us)
