"""Does the one state machine of clocks do what its table says, and does time add up?"""
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.errors import Refusal
from kernel.working_time import Hours, compile_hours, due_after_pauses, to_datetime, to_us
from sla import clocks
from sla.calendars import ALWAYS, WorkTime
from sla.models import Clock

pytestmark = pytest.mark.pure

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # Tuesday 10:00 in Shanghai
OFFICE = Hours(
    "Asia/Shanghai", tuple((day, start, end) for day in range(5) for start, end in ((510, 720), (810, 1050))),
    date(2026, 1, 1), date(2027, 12, 31),
)
WORK = WorkTime(compile_hours(OFFICE), 1)
HOUR = 3600
STATES = ["running", "breached", "paused", "met", "cancelled"]
EVENTS = ["pause", "resume", "meet", "cancel", "reopen"]
# Typed here anew, not taken from the code: (state, event) → state afterwards.
AFTER = {
    ("running", "pause"): "paused", ("running", "resume"): "running", ("running", "meet"): "met",
    ("running", "cancel"): "cancelled", ("running", "reopen"): "running",
    ("breached", "pause"): "paused", ("breached", "resume"): "breached", ("breached", "meet"): "met",
    ("breached", "cancel"): "cancelled", ("breached", "reopen"): "breached",
    ("paused", "pause"): "paused", ("paused", "resume"): "running", ("paused", "meet"): "met",
    ("paused", "cancel"): "cancelled", ("paused", "reopen"): "paused",
    ("met", "meet"): "met", ("met", "cancel"): "met", ("met", "reopen"): "running",
    ("cancelled", "cancel"): "cancelled", ("cancelled", "reopen"): "running",
}
REFUSED = {
    ("met", "pause"), ("cancelled", "pause"), ("met", "resume"), ("cancelled", "resume"), ("cancelled", "meet"),
}


def minutes(n):
    return timedelta(minutes=n)


def budget(hours=4, levels=(), at=AT, work=WORK):
    return clocks.start(Clock(kind="budget", budget_s=int(hours * HOUR), levels=list(levels)), at, work)


def deadline(due_at, levels=(), at=AT, work=WORK):
    return clocks.start(Clock(kind="deadline", levels=list(levels)), at, work, due_at)


def in_state(state):
    clock = budget(levels=[(-1, -HOUR), (1, HOUR)])
    if state == "breached":
        clocks.fire(clock, clock.next_fire_at, WORK)
        clocks.fire(clock, clock.next_fire_at, WORK)
    elif state != "running":
        clocks.apply(clock, {"paused": "pause", "met": "meet", "cancelled": "cancel"}[state], AT + minutes(30), WORK)
    assert clock.state == state
    return clock


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("state", STATES)
def test_every_transition_follows_the_table(state, event):
    clock = in_state(state)
    later = AT + timedelta(days=1)
    if (state, event) in REFUSED:
        with pytest.raises(Refusal):
            clocks.apply(clock, event, later, WORK)
        assert clock.state == state
        return
    generation = clock.generation
    ended = clocks.apply(clock, event, later, WORK)
    assert clock.state == AFTER[state, event]
    changed = clock.state != state or clock.generation != generation
    assert bool(ended) <= changed, "a ledger row without a change"
    # One invariant for all: only a clock that runs may fire, and only such a clock has a next instant.
    if clock.state in ("paused", "met", "cancelled"):
        assert clock.next_fire_at is None
    if clock.state == "running":
        assert clock.next_fire_at is not None and clock.running_since is not None
    if clock.state == "paused":
        assert clock.due_at is None


def test_the_table_of_the_code_is_the_one_typed_here():
    assert clocks.NEXT == AFTER
    assert set(AFTER) | REFUSED == {(state, event) for state in STATES for event in EVENTS}


def test_a_clock_paused_when_it_was_overdue_is_overdue_again_when_it_goes_on():
    clock = in_state("breached")
    clocks.apply(clock, "pause", AT + timedelta(days=1), WORK)
    clocks.apply(clock, "resume", AT + timedelta(days=2), WORK)
    assert clock.state == "breached" and clock.late_at is not None


def test_a_budget_counts_working_time_only():
    # 10:00 + 4 h with lunch 12:00-13:30: 15:30 in Shanghai.
    assert budget(4).due_at == datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
    # 10 h run into the next day: 2 + 4 today, then 3.5 before and 0.5 after lunch.
    assert budget(10).due_at == datetime(2026, 11, 25, 6, 0, tzinfo=UTC)


def test_a_pause_gives_back_exactly_the_working_time_it_took():
    clock = budget(4)
    clocks.apply(clock, "pause", AT + minutes(60), WORK, reason="customer")
    assert clock.used_s == HOUR and clock.due_at is None
    ended = clocks.apply(clock, "resume", AT + timedelta(hours=6), WORK)  # 16:00
    assert [(one.state, one.reason, one.work_s) for one in ended] == [("paused", "customer", int(3.5 * HOUR))]
    # 1.5 h today until 17:30, 1.5 h from 08:30 tomorrow.
    assert clock.due_at == datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


def test_pausing_and_resuming_in_the_same_second_changes_nothing():
    clock = budget(4)
    due = clock.due_at
    clocks.apply(clock, "pause", AT + minutes(7), WORK)
    clocks.apply(clock, "resume", AT + minutes(7), WORK)
    assert clock.due_at == due


def test_a_pause_outside_hours_moves_nothing():
    clock = budget(10)
    due = clock.due_at
    clocks.apply(clock, "pause", AT + timedelta(hours=9), WORK)
    clocks.apply(clock, "resume", AT + timedelta(hours=20), WORK)
    assert clock.due_at == due


def test_solving_a_paused_ticket_does_not_count_the_pause():
    clock = budget(4)
    clocks.apply(clock, "pause", AT + minutes(30), WORK)
    clocks.apply(clock, "meet", AT + timedelta(days=180), WORK)
    assert clock.used_s == 30 * 60 and clock.late_at is None


def test_a_deadline_never_moves_by_waiting():
    promise = AT + timedelta(days=2)
    clock = deadline(promise, [(-1, -HOUR)])
    warned = clock.next_fire_at
    ended = clocks.apply(clock, "pause", AT + minutes(30), WORK, reason="customer drawing")
    assert [one.state for one in ended] == ["running"]
    assert (clock.due_at, clock.next_fire_at, clock.state) == (promise, warned, "running")
    ended = clocks.apply(clock, "resume", AT + minutes(90), WORK)
    assert [(one.state, one.reason) for one in ended] == [("paused", "customer drawing")]
    assert clock.due_at == promise


def test_a_changed_promise_moves_it_and_lets_it_be_late_anew():
    clock = deadline(AT + minutes(10))
    clocks.fire(clock, AT + minutes(10), WORK)
    assert clock.state == "breached" and clock.next_fire_at is None
    clocks.move(clock, AT + minutes(20), WORK, AT + timedelta(days=1))
    assert (clock.state, clock.cycle, clock.late_at) == ("running", 2, None)
    assert clock.next_fire_at == AT + timedelta(days=1)


def test_a_promise_moved_into_the_past_breaches_once_in_the_same_cycle():
    clock = deadline(AT + timedelta(days=1), [(-1, -HOUR)])
    clocks.move(clock, AT, WORK, AT - timedelta(days=1))
    assert clock.next_fire_at <= AT and clock.cycle == 1
    cycle, level, planned = clocks.fire(clock, AT, WORK)
    assert (cycle, level, planned) == (1, 0, AT - timedelta(days=1))
    assert clock.next_fire_at is None


def test_a_warning_about_a_date_already_passed_is_left_out():
    clock = deadline(AT - minutes(5), [(-1, -HOUR)])
    assert clocks.fire(clock, AT, WORK)[1] == 0


def test_nothing_fires_before_due():
    clock = budget(4, [(-1, -HOUR), (2, HOUR)])
    fired = []
    while clock.next_fire_at:
        at = clock.next_fire_at
        _cycle, level, planned = clocks.fire(clock, at, WORK)
        assert planned <= at
        fired.append((level, WORK.between(clock.due_at, planned)))
    assert fired == [(-1, -HOUR), (0, 0), (2, HOUR)]


def test_after_three_days_of_downtime_one_level_per_pass_and_planned_instants_unchanged():
    clock = budget(4, [(-1, -HOUR), (1, HOUR), (2, 2 * HOUR)])
    due, at, fired = clock.due_at, AT + timedelta(days=3), []
    while clock.next_fire_at:
        fired.append((at, *clocks.fire(clock, at, WORK)[1:]))
        assert clock.next_fire_at is None or clock.next_fire_at > at, "a burst"
        at = clock.next_fire_at or at
    assert [level for _, level, _ in fired] == [-1, 0, 1, 2]
    assert fired[1][2] == due and clock.late_at == due
    assert [b[0] - a[0] for a, b in zip(fired, fired[1:], strict=False)] == [clocks.LEAST_GAP] * 3


def test_reopening_starts_a_cycle_and_keeps_or_returns_the_time_used():
    clock = budget(4)
    clocks.apply(clock, "meet", AT + minutes(60), WORK)
    clocks.apply(clock, "reopen", AT + minutes(90), WORK)
    assert clock.cycle == 2 and WORK.between(AT + minutes(90), clock.due_at) == 3 * HOUR
    clocks.apply(clock, "meet", AT + minutes(95), WORK)
    clocks.apply(clock, "reopen", AT + minutes(96), WORK, used="restart")
    assert clock.cycle == 3 and WORK.between(AT + minutes(96), clock.due_at) == 4 * HOUR


def test_f13_a_clock_set_back_makes_no_negative_stretch():
    clock = budget(4)
    ended = clocks.apply(clock, "pause", AT - minutes(10), WORK)
    assert [one.work_s for one in ended] == [0] and ended[0].from_at == ended[0].to_at == AT
    ended = clocks.apply(clock, "resume", AT - minutes(20), WORK)
    assert ended[0].to_at >= ended[0].from_at
    assert clock.due_at == budget(4).due_at


def test_met_late_before_the_sweep_came_is_still_late():
    clock = deadline(AT + minutes(10))
    clocks.apply(clock, "meet", AT + minutes(11), WORK)
    assert clock.late_at == AT + minutes(10) and clock.next_fire_at is None


def test_out_of_coverage_is_marked_and_never_silent():
    clock = deadline(datetime(2031, 5, 1, tzinfo=UTC), [(-1, -HOUR)])
    assert clock.provisional and clock.next_fire_at == datetime(2031, 4, 30, 23, tzinfo=UTC)
    assert not budget(4).provisional


PAUSES = st.lists(st.integers(1, 3_000), min_size=0, max_size=8)


@settings(max_examples=300, deadline=None)
@given(PAUSES, st.integers(600, 200_000), st.integers(0, 7 * 86_400))
def test_pausing_equals_walking_the_unpaused_time(lengths, budget_s, shift):
    """An independent definition: kernel.working_time.due_after_pauses walks; the clock keeps what was used."""
    start = AT + timedelta(seconds=shift)
    clock = clocks.start(Clock(kind="budget", budget_s=budget_s), start, WORK)
    at, pauses = start, []
    for place, length in enumerate(lengths):
        at += timedelta(minutes=length)
        if clock.state == "running" and clock.due_at <= at:
            break
        clocks.apply(clock, "pause" if place % 2 == 0 else "resume", at, WORK)
        if place % 2 == 0:
            pauses.append([to_us(at), None])
        else:
            pauses[-1][1] = to_us(at)
    expected = due_after_pauses(WORK.compiled, to_us(start), budget_s * 1_000_000, pauses)
    assert clock.due_at == (None if expected is None else to_datetime(expected))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(0, 5_000)), max_size=14))
def test_segments_add_up_to_wall_time_whatever_happens(steps):
    clock = budget(4, work=ALWAYS)
    at, ledger, open_time = AT, [], timedelta(0)
    for event, length in steps:
        step = timedelta(minutes=length)
        if clock.state not in ("met", "cancelled"):
            open_time += step
        at += step
        try:
            ledger += clocks.apply(clock, event, at, ALWAYS)
        except Refusal:
            pass
    since = clock.paused_since or clock.running_since
    last = at - since if since else timedelta(0)
    assert sum((one.to_at - one.from_at for one in ledger), timedelta(0)) + last == open_time


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 60 * 24 * 3), st.booleans()), min_size=1, max_size=6))
def test_however_often_it_is_passed_on_every_second_is_counted_once(turns):
    """By the hours of whoever had it: what was used before is never counted anew, and the budget stays one."""
    works, at, now = {True: ALWAYS, False: WORK}, AT, WORK
    clock, worked, ledger = budget(hours=100), 0, []
    for length, is_always in turns:
        then = at + minutes(length)
        worked += now.between(at, then)
        ledger += clocks.pass_on(clock, then, now, works[is_always])
        at, now = then, works[is_always]
        assert clock.used_s == worked == sum(one.work_s for one in ledger)
        if clock.due_at > at:
            assert clock.due_at == now.add(at, clock.budget_s - worked)
    assert clock.budget_s == 100 * HOUR and clock.cycle == 1


def test_what_is_passed_on_keeps_a_promise_and_a_breach_where_they_are():
    promised = AT + timedelta(days=2)
    clock = deadline(promised)
    clocks.pass_on(clock, AT + minutes(30), WORK, ALWAYS)
    assert clock.due_at == promised and clock.state == "running"
    late = in_state("breached")
    was = (late.due_at, late.late_at, late.cycle, late.level_index)
    clocks.pass_on(late, late.due_at + minutes(5), WORK, ALWAYS)
    assert (late.due_at, late.late_at, late.cycle, late.level_index) == was and late.state == "breached"
    assert late.next_fire_at == late.due_at + timedelta(hours=1), "the next level by the new hours"
    resting = in_state("paused")
    assert clocks.pass_on(resting, AT + minutes(40), WORK, ALWAYS) == [] and resting.due_at is None
    assert resting.used_s == 1800 and resting.calendar_version == ALWAYS.version


def test_other_levels_given_while_it_waits_are_not_made_up_for_when_it_goes_on():
    """Six of eight hours are used: what would have warned four and three hours before is over."""
    clock = budget(8, at=AT)
    clocks.apply(clock, "pause", _after(6 * HOUR), WORK)
    assert clock.used_s == 6 * HOUR
    clocks.relevel(clock, _after(6 * HOUR), WORK, [(-3, -4 * HOUR), (-2, -3 * HOUR), (-1, -HOUR)], set())
    later = AT + timedelta(days=2)
    clocks.apply(clock, "resume", later, WORK)
    assert clock.levels[clock.level_index] == [-1, -HOUR]
    assert clock.next_fire_at == WORK.add(later, HOUR) > later


def _after(seconds):
    return WORK.add(AT, seconds)


def test_levels_after_the_due_instant_that_it_has_passed_are_not_made_up_for_either():
    clock = budget(1)
    clocks.fire(clock, clock.next_fire_at, WORK)
    clocks.apply(clock, "pause", _after(4 * HOUR), WORK)  # late for three hours of work
    clocks.relevel(clock, _after(4 * HOUR), WORK, [(1, HOUR), (2, 2 * HOUR), (3, 4 * HOUR)], {0})
    later = AT + timedelta(days=2)
    clocks.apply(clock, "resume", later, WORK)
    assert clock.state == "breached" and clock.next_fire_at == WORK.add(later, HOUR)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 6 * HOUR), st.lists(st.integers(-5 * HOUR, 5 * HOUR), max_size=5, unique=True))
def test_other_levels_are_the_same_whether_given_before_or_after_it_goes_on(used, offsets):
    levels, later = [(number, one) for number, one in enumerate(sorted(offsets), 1)], AT + timedelta(days=2)
    before, after = budget(4), budget(4)
    for clock in (before, after):
        clocks.apply(clock, "pause", _after(used), WORK)
    clocks.relevel(before, _after(used), WORK, levels, set())
    for clock in (before, after):
        clocks.apply(clock, "resume", later, WORK)
    clocks.relevel(after, later, WORK, levels, set())
    assert (before.level_index, before.next_fire_at) == (after.level_index, after.next_fire_at)
