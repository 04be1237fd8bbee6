"""Until when must an order pass each node of its path, has it, when will it, and who made it late?

Pure: plain data in and out, all instants int microseconds since 1970 (UTC), spans int microseconds of work.
"""
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise

from kernel.working_time import DAY, SECOND, OutOfCoverage, to_datetime, to_us
from orders.statement import FACTS

MOST_NODES = 12
WORK_S, WORK_DAY, CAL_DAY, CAL_S = "work_s", "work_day", "cal_day", "cal_s"
UNITS = (WORK_S, WORK_DAY, CAL_DAY, CAL_S)
BUDGET, DEADLINE = "budget", "deadline"
WAITING, RUNNING, DONE, LATE, SKIPPED, CANCELLED = "waiting", "running", "done", "late", "skipped", "cancelled"
ORDERED, PROMISED = "ordered", "promised"
# Money may move before or after the goods, so it proves nothing about them.
MONEY_FACTS = frozenset({"invoiced", "paid"})
MOST_SHARED = 12


class BadTemplate(ValueError):
    """These nodes make no path; `code`, `node` and `params` say why, `sentence` in English for translation."""

    def __init__(self, code, node="", **params):
        self.code, self.node, self.params = code, node, {"node": node, **params}
        self.sentence = PROBLEMS[code]
        super().__init__(self.sentence % self.params)


def gettext_noop(text):
    """Marks a sentence for translation; whoever shows it translates it."""
    return text


PROBLEMS = {
    "no_nodes": gettext_noop("A path needs at least one node."),
    "too_many": gettext_noop("A path has at most %(most)s nodes."),
    "code_twice": gettext_noop("The code “%(node)s” stands twice."),
    "number_twice": gettext_noop("The number of “%(node)s” stands twice."),
    "unit": gettext_noop("“%(node)s” counts in an unknown unit."),
    "kind": gettext_noop("“%(node)s” has an unknown kind of clock."),
    "anchor": gettext_noop("“%(node)s” is anchored to “%(anchor)s”, which does not exist."),
    "circle": gettext_noop("“%(node)s” is anchored to itself in a circle."),
    "budget": gettext_noop("“%(node)s” is a time budget: it needs a positive number of working seconds."),
    "fact_twice": gettext_noop("Two nodes are done by the fact of “%(node)s”."),
    "fact": gettext_noop("“%(node)s” is done by an unknown fact."),
}


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a path. `offset` in `unit`, from `anchor`: ordered, promised, node:<code>:planned or :actual."""

    code: str
    sequence: int
    fact: str
    anchor: str = ORDERED
    offset: int = 0
    unit: str = WORK_S
    kind: str = DEADLINE


@dataclass(frozen=True, slots=True)
class NodeState:
    """Where one node stands. `planned` None: its anchor has not happened. `late` working µs after `planned`.

    `inferred`: passed without a record, for the fact `inferred_from`, which comes after it, was seen at
    `passed_by`.
    `starts` is the anchor's instant; `provisional`: the plan rests on days nobody has announced.
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


# --- templates ------------------------------------------------------------------------------------------


def check_nodes(nodes):
    """Raise BadTemplate unless these nodes make a path; return them in the order of their anchors."""
    if not nodes:
        raise BadTemplate("no_nodes")
    if len(nodes) > MOST_NODES:
        raise BadTemplate("too_many", most=MOST_NODES)
    codes, numbers, facts = set(), set(), set()
    for node in nodes:
        _check_node(node)
        if node.code in codes:
            raise BadTemplate("code_twice", node.code)
        if node.sequence in numbers:
            raise BadTemplate("number_twice", node.code)
        if node.fact in facts:
            raise BadTemplate("fact_twice", node.code)
        codes.add(node.code)
        facts.add(node.fact)
        numbers.add(node.sequence)
    return _anchors_first(nodes)


def _check_node(node):
    if node.unit not in UNITS:
        raise BadTemplate("unit", node.code)
    if node.kind not in (BUDGET, DEADLINE):
        raise BadTemplate("kind", node.code)
    if node.fact not in FACTS:
        raise BadTemplate("fact", node.code)
    if node.kind == BUDGET and (node.unit != WORK_S or node.offset <= 0):
        raise BadTemplate("budget", node.code)


def anchor_node(node):
    """(code, "planned" or "actual") of the node this one is anchored to, or None."""
    kind, _, rest = node.anchor.partition(":")
    code, _, which = rest.rpartition(":")
    return (code, which) if kind == "node" and code and which in ("planned", "actual") else None


def _anchors_first(nodes):
    """Every node after the one it is anchored to."""
    by_code = {node.code: node for node in nodes}
    for node in nodes:
        known = node.anchor in (ORDERED, PROMISED) or (anchor_node(node) and anchor_node(node)[0] in by_code)
        if not known:
            raise BadTemplate("anchor", node.code, anchor=node.anchor)
    return sorted(nodes, key=lambda node: (_depth(node, by_code), node.sequence))


def _depth(node, by_code):
    depth, at = 0, node
    while anchor_node(at):
        at, depth = by_code[anchor_node(at)[0]], depth + 1
        if depth > len(by_code):
            raise BadTemplate("circle", node.code)
    return depth


# --- plan -----------------------------------------------------------------------------------------------


class Reach:
    """A calendar (None: round the clock) that answers beyond its coverage too, by the wall clock.

    It remembers in `is_guess` that it did.
    """

    def __init__(self, calendar):
        self.calendar, self.is_guess = calendar or RoundTheClock(), False

    def add(self, instant, span):
        try:
            return self.calendar.add(instant, span)
        except OutOfCoverage:
            self.is_guess = True
            return instant + span

    def between(self, start, end):
        try:
            return self.calendar.between(start, end)
        except OutOfCoverage:
            self.is_guess = True
            return end - start

    def offset(self, instant, amount, unit):
        """`amount` of `unit` after `instant`, and whether that rests on unannounced or unknown days."""
        self.is_guess = False
        result = self._offset(instant, amount, unit)
        return result, self.is_guess or self._is_provisional(instant, result)

    def _offset(self, instant, amount, unit):
        if unit == CAL_S:
            return instant + amount * SECOND
        if unit == WORK_S:
            return self.add(instant, amount * SECOND)
        try:
            days = self.calendar.add_days if unit == WORK_DAY else self.calendar.add_calendar_days
            return days(instant, amount)
        except OutOfCoverage:
            self.is_guess = True
            return instant + amount * DAY

    def _is_provisional(self, start, end):
        return self.calendar.is_provisional(start, end)


class RoundTheClock:
    """The calendar of a hub that has none: every instant is worked, days are those of UTC."""

    def add(self, instant, span):
        return instant + span

    def between(self, start, end):
        return end - start

    def add_days(self, instant, days):
        return instant + days * DAY

    add_calendar_days = add_days

    def is_provisional(self, *instants):
        return False


def plan_path(nodes, *, ordered, promised, facts, calendar, now, baselines=None, is_cancelled=False):
    """[NodeState, …] in path order.

    `ordered`, `promised` and the values of `facts` ({fact: instant}) are µs or None; `baselines` {code: µs}
    keeps what was planned first, nodes without one get today's. `calendar`: a kernel.working_time.WorkingTime,
    or None for every hour of every day. Raises BadTemplate.

    A node is late when `now` is past its plan and nothing shows that it was passed; done exactly at its plan
    is in time. A later fact of the goods shows that earlier nodes were passed, so a missing message never
    makes them red: they are `skipped` and marked. Money facts show only earlier money facts.
    """
    anchored = check_nodes(nodes)
    reach = Reach(calendar)
    roots = {ORDERED: ordered, PROMISED: promised}
    plans = _plans(anchored, roots, facts, reach)
    first = _first_plans(anchored, roots, reach, baselines or {})
    path, passed = sorted(nodes, key=lambda node: node.sequence), True
    states = []
    for node in path:
        planned, starts, provisional = plans[node.code]
        state = NodeState(node.code, node.sequence, WAITING, first[node.code], planned, facts.get(node.fact),
                          starts=starts, provisional=provisional)
        state = _judge(state, node, path, facts, reach, now, passed, is_cancelled)
        passed = passed and state.state in (DONE, SKIPPED)
        states.append(state)
    return states


def _plans(anchored, roots, facts, reach):
    """{code: (planned, starts, provisional)}; planned None while its anchor has not happened."""
    plans, facts_of = {}, {node.code: facts.get(node.fact) for node in anchored}
    for node in anchored:
        starts, shaky = _anchor_instant(node, roots, plans, facts_of)
        if starts is None:
            plans[node.code] = (None, None, False)
            continue
        planned, guess = reach.offset(starts, node.offset, node.unit)
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


def _first_plans(anchored, roots, reach, baselines):
    """{code: µs}: the frozen first plan, or what it would be were every node passed on time."""
    first = {}
    for node in anchored:
        anchor = anchor_node(node)
        starts = first[anchor[0]] if anchor else roots[node.anchor]
        first[node.code] = baselines.get(node.code)
        if first[node.code] is None and starts is not None:
            first[node.code] = reach.offset(starts, node.offset, node.unit)[0]
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


@dataclass(frozen=True, slots=True)
class Step:
    """One node in the net of who waits for whom.

    It cannot end before `planned` (0: no such bound), nor before `least` working µs after each of `after`;
    `slip` working µs come on top. `is_open`: the end is a forecast.
    """

    code: str
    after: tuple = ()
    planned: int = 0
    least: int = 0
    slip: int = 0
    is_open: bool = False


def propagate(steps, calendar, removed=frozenset()):
    """{code: end in µs} of steps listed after those they wait for; slips of `removed` codes are left out."""
    ends = {}
    for step in steps:
        end = max([step.planned, *(calendar.add(ends[code], step.least) for code in step.after)])
        slip = 0 if step.code in removed else step.slip
        ends[step.code] = calendar.add(end, slip) if slip else end
    return ends


def forecast_path(nodes, states, *, calendar, now, least=None):
    """({code: expected end µs}, [Step, …]): the plan's slip carried through the nodes that remain.

    What happened stays; an open node ends no earlier than its plan, than `now`, and than the node before it
    plus the working time this step needs at least (`least` {code: µs}, from experience). What the plan
    allows beyond that is slack, and a slip is first eaten by it. Without experience a step is taken to need
    all the time the plan gives it: no slack.
    """
    reach, by_code = Reach(calendar), {state.code: state for state in states}
    steps, ends = [], {}
    for before, node in pairwise([None, *sorted(nodes, key=lambda node: node.sequence)]):
        step, end = _step(node, before, by_code, ends, reach, now, least or {})
        if end is not None:
            ends[node.code] = end
            steps.append(step)
    return {code: end for code, end in ends.items() if by_code[code].state != CANCELLED}, steps


def _step(node, before, by_code, ends, reach, now, least):
    """This node's Step, and its actual or expected end, which propagating gives back to the working instant."""
    state = by_code[node.code]
    after = _waits_for(node, before, ends)
    plan = state.planned if state.planned is not None else _expected_plan(node, ends, reach)
    need = least.get(node.code)
    if need is None:
        need = max(reach.between(_plan_of(by_code, after), plan), 0) if after and plan is not None else 0
    if state.actual is not None:
        return _past_step(node, after, plan, need, state.actual, ends, reach)
    floor = max([0 if plan is None else plan, *(reach.add(ends[code], need) for code in after)])
    if state.inferred:
        return _past_step(node, after, plan, need, min(floor or state.passed_by, state.passed_by), ends, reach)
    if not floor:
        return None, None
    slip = max(reach.between(floor, now), 0)
    # Now may lie outside working hours: then the expected end is the next working instant, at the old floor.
    end = reach.add(floor, slip) if slip else floor
    return Step(node.code, after, 0 if plan is None else plan, need, slip, True), end


def _past_step(node, after, plan, need, actual, ends, reach):
    """A step that is over: faster than plan and experience lowers both, slower is its slip.

    What ended before the node it should have waited for did not wait for it.
    """
    after = tuple(code for code in after if ends[code] <= actual)
    bound = actual if plan is None and not after else min(plan or 0, actual)
    for code in after:
        need = min(need, max(reach.between(ends[code], actual), 0))
    floor = max([bound, *(reach.add(ends[code], need) for code in after)])
    return Step(node.code, after, bound, need, max(reach.between(floor, actual), 0)), actual


def _waits_for(node, before, ends):
    anchor = anchor_node(node)
    code = anchor[0] if anchor else before.code if before else ""
    return (code,) if code in ends else ()


def _plan_of(by_code, after):
    state = by_code[after[0]]
    return state.planned if state.planned is not None else state.baseline


def _expected_plan(node, ends, reach):
    anchor = anchor_node(node)
    if anchor and anchor[0] in ends:
        return reach.offset(ends[anchor[0]], node.offset, node.unit)[0]
    return None


# --- why late -------------------------------------------------------------------------------------------


def why_late(steps, target, promised, calendar, causes=None):
    """{(code, cause): working µs}: whose slips made `target` end after `promised`; sums to the whole lateness.

    Each share is the mean, over all orders in which slips could be taken away, of what taking this one away
    brings (re-propagated through slack every time). So a slip that slack swallows, or that lies off the
    way to the target, gets nothing, and two slips that overlap share instead of being counted twice or not
    at all. `causes` {code: {cause: µs}} splits a node's share further; without it the cause is "".
    What remains without any slip (the plan itself is late) is the share of ("", "plan").
    """
    reach = Reach(calendar)

    def lateness(removed):
        return max(reach.between(promised, propagate(steps, reach, removed)[target]), 0)

    slipped = _slips_before(steps, target)
    total, rest = lateness(frozenset()), lateness(frozenset(slipped))
    shares = split_exactly(total - rest, _mean_gains(slipped, lateness))
    result = {("", "plan"): rest} if rest else {}
    for code, share in shares.items():
        for cause, part in split_exactly(share, (causes or {}).get(code) or {"": 1}).items():
            if part:
                result[code, cause] = part
    return result


def _slips_before(steps, target):
    """Codes with a slip on the way to the target, of many the largest: 2^12 propagations are a tenth second."""
    by_code, wanted, todo = {step.code: step for step in steps}, set(), [target]
    while todo:
        code = todo.pop()
        if code not in wanted:
            wanted.add(code)
            todo.extend(by_code[code].after)
    slipped = sorted((step for step in steps if step.slip and step.code in wanted), key=lambda s: (-s.slip, s.code))
    return [step.code for step in slipped[:MOST_SHARED]]


def _mean_gains(codes, lateness):
    """Shapley values times the factorial of their number: exact whole numbers, so that shares are exact."""
    known = {}

    def value(mask):
        if mask not in known:
            known[mask] = lateness(frozenset(code for place, code in enumerate(codes) if mask >> place & 1))
        return known[mask]

    count, weights = len(codes), _weights(len(codes))
    gains = {}
    for place, code in enumerate(codes):
        bit = 1 << place
        gains[code] = sum(weights[mask.bit_count()] * (value(mask) - value(mask | bit))
                          for mask in range(1 << count) if not mask & bit)
    return gains


def _weights(count):
    """weights[k] = k! (count - k - 1)!: in how many orders a code comes right after a given k others."""
    factorial = [1]
    for number in range(1, count + 1):
        factorial.append(factorial[-1] * number)
    return [factorial[k] * factorial[count - k - 1] for k in range(count)]


def split_exactly(total, parts):
    """{key: whole number} proportional to the non-negative `parts`, summing exactly to `total`."""
    whole = sum(parts.values())
    if not whole or not total:
        return dict.fromkeys(parts, 0)
    shares = {key: total * part // whole for key, part in parts.items()}
    rests = sorted(parts, key=lambda key: (-(total * parts[key] % whole), str(key)))
    for key in rests[: total - sum(shares.values())]:
        shares[key] += 1
    return shares


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
