"""In which state is a clock after an event, when is it due, and when does it fire next?

`apply` is the one state machine: it changes a Clock in memory and returns the ledger rows of the stretch that
ended. Nothing here reads the database or the time. `work` counts working time: see sla.calendars.WorkTime.
"""
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refusal
from sla.models import Clock, ClockSegment

START, PAUSE, RESUME, MEET, CANCEL, REOPEN = "start", "pause", "resume", "meet", "cancel", "reopen"
CONTINUE, RESTART = "continue", "restart"
DUE_LEVEL = 0
WARNING_LEVEL = -1
# After downtime levels follow one another by this much, so that days of silence end without a burst.
LEAST_GAP = timedelta(seconds=60)

R, P, M, B, C = Clock.RUNNING, Clock.PAUSED, Clock.MET, Clock.BREACHED, Clock.CANCELLED
# (state, event) → state afterwards; the same state means: nothing to do. A pair that is not here is refused.
NEXT = {
    (R, PAUSE): P, (B, PAUSE): P, (P, PAUSE): P,
    (P, RESUME): R, (R, RESUME): R, (B, RESUME): B,
    (R, MEET): M, (B, MEET): M, (P, MEET): M, (M, MEET): M,
    (R, CANCEL): C, (B, CANCEL): C, (P, CANCEL): C, (C, CANCEL): C, (M, CANCEL): M,
    (M, REOPEN): R, (C, REOPEN): R, (R, REOPEN): R, (B, REOPEN): B, (P, REOPEN): P,
}
REFUSALS = {
    PAUSE: _("A clock that is no longer running cannot be paused."),
    RESUME: _("A clock that has ended cannot be resumed; reopen it."),
    MEET: _("A cancelled clock cannot be met."),
}


def sorted_levels(levels):
    """[[number, offset seconds from due], …] by offset, with the due instant itself as level 0."""
    kept = dict(levels)
    kept[DUE_LEVEL] = 0
    return sorted(([number, offset] for number, offset in kept.items()), key=_level_order)


def _level_order(level):
    # The breach goes before other levels at the same instant.
    number, offset = level
    return offset, number != DUE_LEVEL, number


def start(clock, at, work, due_at=None, now=None):
    """Set a new clock going at `at`: `due_at` for a deadline, else its budget counts from then.

    `now`, where it is later than `at`, is the present: warnings that lie before it are left out.
    """
    clock.levels = sorted_levels(clock.levels)
    clock.started_at = clock.running_since = at
    clock.state, clock.calendar_version = R, work.version
    clock.due_at = due_at or _budget_due(clock, at, work)
    _plan_next(clock, now or at, work, skip_warnings=True)
    return clock


def apply(clock, event, at, work, reason="", used=CONTINUE):
    """Change the clock by one event; returns the ledger rows to store ([] when nothing changed).

    `used`, for reopen: "continue" keeps the work used before, "restart" gives the whole budget again. Raises
    Refusal for what cannot be. A deadline never moves: pausing it only marks in the ledger who is waited for.
    """
    before = clock.state
    after = NEXT.get((before, event))
    if after is None:
        raise Refusal(REFUSALS[event], code="clock_state")
    if event == PAUSE and clock.kind == Clock.DEADLINE and before != P:
        return _mark_waiting(clock, at, work, reason)
    if event == RESUME and clock.kind == Clock.DEADLINE and clock.paused_since:
        return _end_waiting(clock, at, work)
    if after == before:
        return []
    at = max(at, _latest(clock))
    ended = _end_stretch(clock, at, work)
    CHANGES[event](clock, at, work, used)
    clock.pause_reason = reason[:200] if event == PAUSE else ""
    clock.generation += 1
    return ended


def _latest(clock):
    """The last instant the clock knows of: a wall clock set back makes no stretch of negative length."""
    return max(filter(None, (clock.started_at, clock.running_since, clock.paused_since, clock.met_at)))


def move(clock, at, work, due_at):
    """Give a deadline another date, because the promise changed; a later one can be late anew (new cycle)."""
    if clock.due_at == due_at or clock.state not in (R, B):
        return clock
    return _move_due(clock, at, work, due_at)


def give(clock, at, work, budget_s):
    """Give a budget's clock another budget, because the promise leaves less time, or more."""
    if clock.budget_s == budget_s or clock.state not in (R, B, P):
        return clock
    clock.budget_s = budget_s
    if clock.state == P:
        return clock  # it is due again when it goes on
    return _move_due(clock, at, work, _budget_due(clock, clock.running_since, work))


def warn(clock, at, work, levels):
    """Give a clock other levels, because another version of its plan warns at another time; not once one has fired."""
    levels = sorted_levels(levels)
    if clock.levels == levels or clock.level_index:
        return clock
    clock.levels = levels
    clock.generation += 1
    if clock.due_at:
        _plan_next(clock, at, work, skip_warnings=True)
    return clock


def pass_on(clock, at, before, work):
    """From `at` somebody else must act: what was used till then by `before` stays used, the rest counts by `work`.

    The budget is not given anew: the due instant is only counted by other hours. One that has passed stays where it is.
    Returns the ledger rows of the stretch that ended.
    """
    if clock.state not in (R, B):
        clock.calendar_version = work.version
        return []
    at, next_before = max(at, _latest(clock)), clock.next_fire_at
    ended = _end_stretch(clock, at, before)
    clock.running_since, clock.calendar_version = at, work.version
    if clock.kind == Clock.BUDGET and clock.due_at > at:
        clock.due_at, clock.provisional = _budget_due(clock, at, work), False
    _plan_next(clock, at, work, skip_warnings=True)
    _keep_apart(clock, at, next_before)
    clock.generation += 1
    return ended


def relevel(clock, at, work, levels, fired):
    """Give an open clock other levels at any time. Does it change? `fired`: numbers that have fired in this cycle.

    What has fired does not fire again, and a level whose instant has passed is not made up for; only the due instant
    is never left out.
    """
    levels = sorted_levels(levels)
    if clock.levels == levels or clock.state not in (R, B, P):
        return False
    clock.levels = levels
    places = range(len(levels))
    clock.level_index = next((one for one in places if _is_ahead(clock, at, work, one, fired)), len(levels))
    clock.generation += 1
    if clock.due_at:
        _plan_next(clock, at, work)
    return True


def _is_ahead(clock, at, work, place, fired):
    number, offset = clock.levels[place]
    if number == DUE_LEVEL or number in fired:
        return number == DUE_LEVEL and clock.late_at is None
    if clock.due_at is None:  # it waits: what is left of its time says what it has passed
        return clock.budget_s - clock.used_s + offset > 0
    return planned_at(clock, place, work) > at


def recount(clock, at, work, due_at=None):
    """Count an open clock by its calendar as it is now. Is it due, or does it fire, at another time than before?

    Work used in stretches that ended stays used, a paused clock waits as before, and a deadline stays where it is,
    unless `due_at` says that what it is anchored to makes it another: only its levels move. A level that has fired
    does not fire again. Where a breach is taken back, because the clock is due only later now, being late anew is told
    anew, in a cycle of its own that warns no second time.

    `clock` may be anything with the fields of sla.recounting.Times.
    """
    clock.calendar_version = work.version
    if clock.state not in (R, B):
        return False
    due_before, next_before = clock.due_at, clock.next_fire_at
    if clock.kind == Clock.BUDGET:
        clock.due_at = _budget_due(clock, clock.running_since, work)
    elif due_at is not None:
        clock.due_at = due_at
    clock.provisional = False
    if clock.state == B and clock.due_at > at:
        clock.state, clock.late_at, clock.cycle = R, None, clock.cycle + 1
        clock.level_index = [number for number, _offset in clock.levels].index(DUE_LEVEL)
    elif clock.late_at == due_before:
        clock.late_at = clock.late_at and clock.due_at
    _plan_next(clock, at, work, skip_warnings=True)
    _keep_apart(clock, at, next_before)
    if (clock.due_at, clock.next_fire_at) == (due_before, next_before):
        return False
    clock.generation += 1
    return True


def _keep_apart(clock, at, next_before):
    """Levels after the due instant: what was to go at once goes at once, what the change made due follows the last."""
    if clock.state != B or clock.next_fire_at is None:
        return
    if next_before and next_before <= at:
        clock.next_fire_at = next_before
    elif clock.next_fire_at <= at:
        clock.next_fire_at = max(clock.next_fire_at, (clock.last_fired_at or at) + LEAST_GAP)


def _move_due(clock, at, work, due_at):
    if due_at > at and clock.level_index:
        clock.cycle, clock.level_index = clock.cycle + 1, 0
    if due_at > at:
        clock.state, clock.late_at = R, None
    clock.due_at = due_at
    clock.generation += 1
    _plan_next(clock, at, work, skip_warnings=True)
    return clock


def fire(clock, at, work):
    """Take the level that is due now and plan the next. Returns (cycle, level, planned instant)."""
    level = clock.levels[clock.level_index][0]
    planned = planned_at(clock, clock.level_index, work)
    if level == DUE_LEVEL:
        clock.state, clock.late_at = B, clock.due_at
    clock.level_index += 1
    clock.last_fired_at = at
    clock.generation += 1
    _plan_next(clock, at, work)
    if clock.next_fire_at and clock.next_fire_at <= at:
        clock.next_fire_at = at + LEAST_GAP
    return clock.cycle, level, planned


def planned_at(clock, index, work):
    """When the level at `index` is due by plan, whatever has happened since."""
    return work.add(clock.due_at, clock.levels[index][1])


def _plan_next(clock, at, work, skip_warnings=False):
    """Set `next_fire_at` to the next level. A warning about a date that has already passed is left out."""
    if skip_warnings and clock.due_at <= at:
        while clock.level_index < len(clock.levels) and clock.levels[clock.level_index][1] < 0:
            clock.level_index += 1
    done = clock.level_index >= len(clock.levels)
    clock.next_fire_at = None if done else planned_at(clock, clock.level_index, work)
    clock.provisional = clock.provisional or not work.is_certain(clock.due_at)


def _budget_due(clock, at, work):
    return work.add(at, clock.budget_s - clock.used_s)


def _end_stretch(clock, at, work):
    """Close the stretch the clock is in; a running one adds to the work used."""
    since = clock.paused_since or clock.running_since
    if since is None:
        return []
    worked = work.between(since, at)
    if not clock.paused_since:
        clock.used_s += worked
    state = P if clock.paused_since else clock.state
    ended = _segment(clock, since, at, state, clock.pause_reason, worked)
    clock.running_since = clock.paused_since = None
    return [ended]


def _segment(clock, since, at, state, reason, worked):
    return ClockSegment(
        clock=clock, cycle=clock.cycle, from_at=since, to_at=at, state=state, reason=reason, work_s=worked
    )


def _mark_waiting(clock, at, work, reason):
    if clock.paused_since:
        return []
    since = clock.running_since
    at = max(at, since)
    ended = [_segment(clock, since, at, clock.state, "", work.between(since, at))]
    clock.used_s += ended[0].work_s
    clock.paused_since, clock.pause_reason = at, reason[:200]
    clock.generation += 1
    return ended


def _end_waiting(clock, at, work):
    since = clock.paused_since
    at = max(at, since)
    ended = [_segment(clock, since, at, P, clock.pause_reason, work.between(since, at))]
    clock.paused_since, clock.pause_reason, clock.running_since = None, "", at
    clock.generation += 1
    return ended


def _pause(clock, at, work, used):
    clock.state, clock.paused_since = P, at
    clock.due_at = clock.next_fire_at = None


def _resume(clock, at, work, used):
    clock.running_since, clock.calendar_version = at, work.version
    clock.due_at = _budget_due(clock, at, work)
    clock.state = B if clock.late_at else R
    _plan_next(clock, at, work)


def _meet(clock, at, work, used):
    clock.state, clock.met_at, clock.next_fire_at = M, at, None
    if clock.due_at and at > clock.due_at:
        clock.late_at = clock.late_at or clock.due_at


def _cancel(clock, at, work, used):
    clock.state, clock.next_fire_at = C, None


def _reopen(clock, at, work, used):
    clock.cycle, clock.level_index = clock.cycle + 1, 0
    clock.state, clock.met_at, clock.late_at, clock.running_since = R, None, None, at
    clock.calendar_version = work.version
    if clock.kind == Clock.BUDGET:
        clock.used_s = 0 if used == RESTART else clock.used_s
        clock.due_at = _budget_due(clock, at, work)
    _plan_next(clock, at, work, skip_warnings=True)


CHANGES = {PAUSE: _pause, RESUME: _resume, MEET: _meet, CANCEL: _cancel, REOPEN: _reopen}
