"""Where did an order's time go, minute by minute, and who held it how long?

Pure: instants and spans are int microseconds. Every instant between start and end belongs to exactly one
segment, so the segments sum to the wall time.
"""
from dataclasses import dataclass, replace
from itertools import pairwise

from sla.reach import Reach

WORKING, OFF, CUSTOMER, HELD = "working", "off", "customer", "held"
COMMON = None


@dataclass(frozen=True, slots=True)
class Hold:
    """Somebody has the order from `start` to `end` (None: still). `kind` is CUSTOMER or HELD; `holder` who."""

    start: int
    end: int | None
    kind: str
    holder: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """One stretch of one kind: working (with nobody in particular), off, customer, or held by `holder`."""

    start: int
    end: int
    kind: str
    holder: str = ""
    reason: str = ""

    @property
    def wall(self):
        return self.end - self.start


def segments(start, end, holds, calendar, own=None):
    """[Segment, …] from `start` to `end` without gap or overlap, equal neighbours joined.

    Waiting for the customer counts round the clock and goes before all else; time off goes before a holder
    of our own, who cannot work then, by the holder's calendar of `own` {holder: calendar}, else by the common one.
    Of several holds of one kind the one that began last counts (of those that began together, the holder that sorts
    last).
    """
    if end <= start:
        return []
    holds = sorted(holds, key=lambda hold: (hold.kind == CUSTOMER, hold.start, hold.holder))
    changes = {holder: _openings(start, end, one) for holder, one in {COMMON: calendar, **(own or {})}.items()}
    marks = sorted({start, end, *_edges(holds, start, end)}.union(*changes.values()))
    raw, working = [], {}
    for here, there in pairwise(marks):
        working |= {holder: told[here] for holder, told in changes.items() if here in told}
        hold = next((h for h in reversed(holds) if h.start <= here and (h.end is None or h.end > here)), None)
        holder = hold.holder if hold and hold.holder in changes else COMMON
        raw.append(_segment(here, there, working[holder], hold))
    return _joined(raw)


def _edges(holds, start, end):
    return [mark for hold in holds for mark in (hold.start, hold.end) if mark is not None and start < mark < end]


def _openings(start, end, calendar):
    """{instant: open from here on?} at every change within start … end; open throughout beyond coverage."""
    calendar = Reach(calendar).calendar
    if not hasattr(calendar, "intervals"):
        return {start: True}
    low, high = max(start, calendar.first), min(end, calendar.last)
    changes = {start: not calendar.first <= start < calendar.last}
    if low < high:
        changes[low] = False
        for opening, closing in calendar.intervals(low, high):
            changes[opening], changes[closing] = True, False
    if high < end:
        changes[max(high, start)] = True
    return changes


def _segment(here, there, working, hold):
    if hold and hold.kind == CUSTOMER:
        return Segment(here, there, CUSTOMER, hold.holder, hold.reason)
    if not working:
        return Segment(here, there, OFF)
    return Segment(here, there, HELD, hold.holder, hold.reason) if hold else Segment(here, there, WORKING)


def _joined(raw):
    joined = []
    for one in raw:
        last = joined[-1] if joined else None
        if last and (last.kind, last.holder, last.reason) == (one.kind, one.holder, one.reason):
            joined[-1] = Segment(last.start, one.end, one.kind, one.holder, one.reason)
        else:
            joined.append(one)
    return joined


def totals(parts):
    """{(kind, holder): µs of wall time}; they sum to the wall time of the whole."""
    result = {}
    for part in parts:
        result[part.kind, part.holder] = result.get((part.kind, part.holder), 0) + part.wall
    return result


def holds_of_path(states, owners, start, now):
    """A Hold per node in the order of its passing: its owner has the order until it is passed.

    `states` are sla.milestones.NodeState, `owners` {code: department code}. Nodes passed without a record
    are passed when the next known one is; open ones follow one another in path order, only the first holds.
    """
    passed = sorted((state.actual if state.actual is not None else state.passed_by, state.sequence, state.code)
                    for state in states if state.actual is not None or state.passed_by is not None)
    holds, at = [], start
    for end, _sequence, code in passed:
        if end > at:
            holds.append(Hold(at, end, HELD, owners.get(code, ""), code))
            at = end
    first_open = next((state for state in states if state.is_open), None)
    if first_open and now > at:
        holds.append(Hold(at, None, HELD, owners.get(first_open.code, ""), first_open.code))
    return holds


def without(holds, freezes):
    """The holds less the time the order was frozen: whoever froze it had it then, whatever node it waited for."""
    for freeze in freezes:
        holds = [part for hold in holds for part in _less(hold, freeze)]
    return holds


def _less(hold, freeze):
    """What is left of `hold` before and after `freeze`; an end None is still to come."""
    if freeze.end is not None and freeze.end <= hold.start or hold.end is not None and hold.end <= freeze.start:
        return [hold]
    before = [replace(hold, end=freeze.start)] if hold.start < freeze.start else []
    lasts = freeze.end is not None and (hold.end is None or freeze.end < hold.end)
    return [*before, replace(hold, start=freeze.end)] if lasts else before
