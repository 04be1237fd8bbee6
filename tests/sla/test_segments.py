"""Does every instant of an order belong to exactly one segment, and to the right one?"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.working_time import DAY, MINUTE, to_datetime
from sla.milestones import plan_path
from sla.segments import CUSTOMER, HELD, OFF, WORKING, Hold, holds_of_path, segments, totals
from tests.sla.test_milestones import ORDERED, PATH, PROMISED, office, shifts, us, wall

pytestmark = pytest.mark.pure
HOUR = 60 * MINUTE
BASE = us("2026-02-09T00:00")  # the week before Spring Festival, with a make-up Saturday


def told(*args):
    return [(wall(part.start), wall(part.end), part.kind, part.holder) for part in segments(*args)]


def test_a_day_with_lunch_a_holder_and_a_waiting_customer():
    holds = [
        Hold(us("2026-11-24T09:00"), us("2026-11-24T15:00"), HELD, "planning"),
        Hold(us("2026-11-24T14:00"), us("2026-11-24T20:00"), CUSTOMER, "Huachi"),
    ]
    assert told(us("2026-11-24T08:00"), us("2026-11-25T09:00"), holds, office()) == [
        ("11-24 08:00", "11-24 08:30", OFF, ""),
        ("11-24 08:30", "11-24 09:00", WORKING, ""),
        ("11-24 09:00", "11-24 12:00", HELD, "planning"),
        ("11-24 12:00", "11-24 13:30", OFF, ""),
        ("11-24 13:30", "11-24 14:00", HELD, "planning"),
        ("11-24 14:00", "11-24 20:00", CUSTOMER, "Huachi"),
        ("11-24 20:00", "11-25 08:30", OFF, ""),
        ("11-25 08:30", "11-25 09:00", WORKING, ""),
    ]


def test_the_hold_that_began_last_counts():
    holds = [Hold(BASE, None, HELD, "a"), Hold(BASE + 10 * HOUR, BASE + 11 * HOUR, HELD, "b")]
    assert told(BASE + 9 * HOUR, BASE + 12 * HOUR, holds, office()) == [
        ("02-09 09:00", "02-09 10:00", HELD, "a"),
        ("02-09 10:00", "02-09 11:00", HELD, "b"),
        ("02-09 11:00", "02-09 12:00", HELD, "a"),
    ]


def test_beyond_the_calendar_all_time_is_open_and_nothing_is_lost():
    start, end = us("2027-12-31T16:00"), us("2028-01-02T00:00")
    parts = segments(start, end, [], office())
    assert [part.kind for part in parts] == [WORKING, OFF, WORKING]
    assert sum(part.wall for part in parts) == end - start


def test_without_a_calendar_all_time_is_open():
    assert [part.kind for part in segments(BASE, BASE + 3 * DAY, [], None)] == [WORKING]


def test_nothing_lasts_no_time():
    assert segments(BASE, BASE, [Hold(BASE, None, HELD, "a")], office()) == []


minutes = st.integers(0, 14 * 24 * 60)
drawn_holds = st.lists(
    st.tuples(minutes, minutes | st.none(), st.sampled_from([CUSTOMER, HELD]), st.sampled_from("abc")).map(
        lambda h: Hold(BASE + h[0] * MINUTE, None if h[1] is None else BASE + (h[0] + h[1] // 4) * MINUTE, h[2], h[3])
    ),
    max_size=5,
)


@settings(max_examples=150, deadline=None)
@given(minutes, minutes, drawn_holds, st.lists(minutes, max_size=20))
def test_segments_cover_wall_time_and_every_instant_is_in_the_right_one(one, two, holds, probes):
    start, end = (BASE + at * MINUTE for at in sorted((one, two)))
    parts = segments(start, end, holds, office())
    assert sum(totals(parts).values()) == end - start
    assert all(a.end == b.start for a, b in zip(parts, parts[1:], strict=False))
    for probe in probes:
        at = BASE + probe * MINUTE
        if not start <= at < end:
            continue
        part = next(part for part in parts if part.start <= at < part.end)
        active = [hold for hold in holds if hold.start <= at and (hold.end is None or at < hold.end)]
        if any(hold.kind == CUSTOMER for hold in active):
            assert part.kind == CUSTOMER
        elif not office().is_open(at):
            assert part.kind == OFF, to_datetime(at)
        elif active:
            assert part.kind == HELD and part.holder in {hold.holder for hold in active}
        else:
            assert part.kind == WORKING


@settings(max_examples=150, deadline=None)
@given(minutes, minutes, drawn_holds, st.lists(minutes, max_size=20))
def test_time_off_is_that_of_whoever_has_it(one, two, holds, probes):
    """a works in shifts, b round the clock, c and nobody by the hours of the office."""
    start, end = (BASE + at * MINUTE for at in sorted((one, two)))
    own = {"a": shifts(), "b": None}
    parts = segments(start, end, holds, office(), own)
    assert sum(totals(parts).values()) == end - start
    for probe in probes:
        at = BASE + probe * MINUTE
        part = next((part for part in parts if part.start <= at < part.end), None)
        alone = [hold.holder for hold in holds if hold.start <= at and (hold.end is None or at < hold.end)]
        if part is None or part.kind == CUSTOMER or len(set(alone)) > 1:
            continue
        holder = alone[0] if alone else ""
        works = holder == "b" or own.get(holder, office()).is_open(at)
        assert (part.kind != OFF) == works, to_datetime(at)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 40 * 24 * 60), st.integers(0, 40 * 24 * 60), st.integers(1, 40 * 24 * 60))
def test_what_owners_held_is_what_was_worked(credit, shipped, now):
    """Round by round the path gives the order to one owner after the other, without gap or overlap."""
    facts = {"credit_checked": ORDERED + credit * MINUTE, "shipped": ORDERED + shipped * MINUTE}
    now = max(ORDERED + now * MINUTE, *facts.values())
    states = plan_path(PATH, ordered=ORDERED, promised=PROMISED, facts=facts, calendar=office(), now=now)
    owners = {node.code: node.code.upper() for node in PATH}
    holds = holds_of_path(states, owners, ORDERED, now)
    parts = segments(ORDERED, now, holds, office())
    held = sum(wall_time for (kind, _holder), wall_time in totals(parts).items() if kind == HELD)
    assert held == office().between(ORDERED, now)
