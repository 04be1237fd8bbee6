"""Is working-time arithmetic exact over lunch, midnight, holidays and clock changes?

Three witnesses: properties, an oracle that walks every minute by the wall clock and shares no code with the
module, and edge cases that bit other projects (named after their threads).
"""

import time
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kernel import calendars_cn
from kernel.working_time import (
    DAY,
    MINUTE,
    SECOND,
    BadCalendar,
    Day,
    Hours,
    OutOfCoverage,
    compile_hours,
    due_after_pauses,
    hours_from_rows,
    to_datetime,
    to_us,
    wall_to_us,
)

pytestmark = pytest.mark.pure
HOUR = 60 * MINUTE

OFFICE = calendars_cn.OFFICE
NIGHT = ((1_200, 1_380), (1_440, 1_680))  # 20-23 and 00-04 of the next date
ODD = ((0, 1), (7, 433), (433, 500), (1_439, 1_441))
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York")
FROM, UNTIL = date(2026, 1, 1), date(2026, 12, 31)


def hours(zone, shifts, weekdays=range(5), days=(), covers=(FROM, UNTIL), provisional=()):
    weekly = tuple((weekday, *shift) for weekday in weekdays for shift in shifts)
    return Hours(zone, weekly, *covers, tuple(days), frozenset(provisional))


def chinese_days(first=2026, last=2026):
    return tuple(Day(row["date"], row["kind"], row["as_weekday"]) for row in calendars_cn.day_rows(first, last))


SPECIAL = (
    Day(date(2026, 3, 28), "custom", intervals=((1_320, 1_680),)),
    Day(date(2026, 5, 1), "off"),
    Day(date(2026, 5, 9), "as_weekday", 0),
    Day(date(2026, 10, 24), "custom", intervals=((60, 1_600),)),
)

HOURS = {
    "office Shanghai": hours("Asia/Shanghai", OFFICE, days=chinese_days()),
    "two shifts Shanghai": hours("Asia/Shanghai", calendars_cn.TWO_SHIFTS, range(6), chinese_days()),
    "round the clock Shanghai": hours("Asia/Shanghai", ((0, 1_440),), range(7)),
    "night Shanghai": hours("Asia/Shanghai", NIGHT, range(6)),
    "office Berlin": hours("Europe/Berlin", OFFICE, days=SPECIAL),
    "night Berlin": hours("Europe/Berlin", NIGHT, range(7), SPECIAL),
    "inside the change Berlin": hours("Europe/Berlin", ((120, 150), (155, 200)), range(7)),
    "night New York": hours("America/New_York", NIGHT, range(7)),
    "odd minutes New York": hours("America/New_York", ODD, range(7), SPECIAL),
    "Saturday only": hours("America/New_York", ((600, 1_200),), (5,)),
}
compiled = lru_cache(lambda name: compile_hours(HOURS[name]))


def us(text, zone="Asia/Shanghai"):
    return to_us(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))


def wall(instant, zone="Asia/Shanghai"):
    return to_datetime(instant).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")


# --- the oracle -----------------------------------------------------------------------------------------


@lru_cache
def open_minutes(name, first, last):
    """{minute since 1970: open?} by walking the wall clock: a boundary has passed once a clock has shown it."""
    plan = HOURS[name]
    zone, exceptions = ZoneInfo(plan.time_zone), {day.date: day for day in plan.days}
    minute, reached, result = int(first.timestamp()) // 60, None, {}
    start_early = minute - 3 * 1_440
    for at in range(start_early, int(last.timestamp()) // 60):
        shown = datetime.fromtimestamp(at * 60, zone).replace(tzinfo=None)
        reached = shown if reached is None else max(reached, shown)
        if at >= minute:
            result[at] = any(_covers(plan, exceptions, reached, back) for back in (0, 1, 2))
    return result


def _covers(plan, exceptions, shown, back):
    day = shown.date() - timedelta(days=back)
    if not plan.covers_from <= day <= plan.covers_until:
        return False
    exception = exceptions.get(day)
    if exception and exception.kind == "off":
        return False
    if exception and exception.kind == "custom":
        shifts = exception.intervals
    else:
        weekday = exception.as_weekday if exception else day.weekday()
        shifts = [(start, end) for at, start, end in plan.weekly if at == weekday]
    minutes = (shown - datetime(day.year, day.month, day.day)) // timedelta(minutes=1)
    return any(start <= minutes < end for start, end in shifts)


STRETCHES = {
    "Asia/Shanghai": [(2026, 2, 12, 14), (2026, 9, 28, 14), (2026, 5, 7, 5)],
    "Europe/Berlin": [(2026, 3, 26, 5), (2026, 10, 22, 5), (2026, 4, 30, 11)],
    "America/New_York": [(2026, 3, 6, 4), (2026, 10, 30, 4), (2026, 5, 7, 4)],
}


@pytest.mark.parametrize("name", HOURS)
def test_the_oracle_agrees_on_every_minute(name):
    calendar = compiled(name)
    for year, month, day, length in STRETCHES[HOURS[name].time_zone]:
        first = datetime(year, month, day, tzinfo=UTC)
        truth = open_minutes(name, first, first + timedelta(days=length))
        wrong = [minute for minute, is_open in truth.items() if calendar.is_open(minute * MINUTE) != is_open]
        assert not wrong, wall(wrong[0] * MINUTE, HOURS[name].time_zone)
        start, end = to_us(first), to_us(first + timedelta(days=length))
        assert calendar.between(start, end) == sum(truth.values()) * MINUTE
        assert sum(b - a for a, b in calendar.intervals(start, end)) == sum(truth.values()) * MINUTE


@pytest.mark.parametrize("name", HOURS)
def test_the_oracle_agrees_on_due_dates(name):
    calendar = compiled(name)
    year, month, day, length = STRETCHES[HOURS[name].time_zone][0]
    first = datetime(year, month, day, tzinfo=UTC)
    working = [
        minute for minute, is_open in open_minutes(name, first, first + timedelta(days=length)).items() if is_open
    ]
    start = to_us(first)
    for count in range(1, len(working), 37):
        assert calendar.add(start, count * MINUTE) == (working[count - 1] + 1) * MINUTE


# --- properties -----------------------------------------------------------------------------------------

names = st.sampled_from(sorted(HOURS))
LOW, HIGH = us("2026-02-01T00:00"), us("2026-12-01T00:00")
instants = st.integers(LOW, HIGH) | st.integers(LOW // MINUTE, HIGH // MINUTE).map(lambda m: m * MINUTE)
spans = st.integers(1, 7 * HOUR) | st.integers(1, 5 * 60).map(lambda m: m * MINUTE)
PROPERTIES = []


def holds_for(*strategies):
    """A property: 300 examples in every run, 3,000 in the long one."""

    def keep(check):
        PROPERTIES.append((check, strategies))
        return settings(max_examples=300, deadline=None)(given(*strategies)(check))

    return keep


@holds_for(names, instants, spans)
def test_between_undoes_add(name, t, d):
    calendar = compiled(name)
    assert calendar.between(t, calendar.add(t, d)) == d
    assert calendar.between(t, calendar.add(t, -d)) == -d


@holds_for(names, instants, spans, spans)
def test_add_is_additive(name, t, a, b):
    calendar = compiled(name)
    assert calendar.add(calendar.add(t, a), b) == calendar.add(t, a + b)
    assert calendar.add(calendar.add(t, -a), -b) == calendar.add(t, -a - b)


@holds_for(names, instants, instants, spans)
def test_add_is_monotone_in_time(name, t, u, d):
    calendar, (t, u) = compiled(name), sorted((t, u))
    assert calendar.add(t, d) <= calendar.add(u, d)
    assert calendar.add(t, -d) <= calendar.add(u, -d)


@holds_for(names, instants, spans, spans)
def test_add_is_strict_in_the_span(name, t, d, more):
    calendar = compiled(name)
    assert calendar.add(t, d) < calendar.add(t, d + more)
    assert calendar.add(t, -d - more) < calendar.add(t, -d) <= t < calendar.add(t, d)


@holds_for(names, instants, instants, instants)
def test_between_splits(name, a, b, c):
    calendar = compiled(name)
    assert calendar.between(a, b) + calendar.between(b, c) == calendar.between(a, c)


@holds_for(names, instants, spans)
def test_there_and_back_is_the_same_working_instant(name, t, d):
    calendar = compiled(name)
    back = calendar.add(calendar.add(t, d), -d)
    assert calendar.between(t, back) == 0
    assert calendar.next_open(back) == calendar.next_open(t)


@holds_for(names, instants, spans)
def test_a_due_date_lies_in_or_at_the_end_of_a_shift(name, t, d):
    calendar = compiled(name)
    assert calendar.is_open(calendar.add(t, d) - 1)
    assert calendar.is_open(calendar.add(t, -d))


@holds_for(names, instants)
def test_next_open_is_the_first_open_instant(name, t):
    calendar = compiled(name)
    opening = calendar.next_open(t)
    assert opening >= t and calendar.is_open(opening) and calendar.between(t, opening) == 0


@holds_for(names, instants, st.integers(1, 40 * 60), st.lists(st.integers(0, 30 * 60), min_size=2, max_size=8))
def test_a_pause_is_a_walk_around_it(name, start, budget, steps):
    """Due recomputed at each resume from the work used so far equals due found by walking un-paused time."""
    calendar, budget = compiled(name), budget * MINUTE
    marks, at = [], start
    for step in steps[: len(steps) // 2 * 2]:
        at += step * MINUTE
        marks.append(at)
    pauses = list(zip(marks[0::2], marks[1::2], strict=True))
    # Few working minutes a day, late in the year: the due instant lies beyond what is known, and add says so.
    assume(calendar.between(start, calendar.last - 1) > budget + sum(steps) * MINUTE)
    used, running_since, due = 0, start, calendar.add(start, budget)
    for begin, end in pauses:
        if due <= begin:
            break
        used += calendar.between(running_since, begin)
        running_since = end
        due = calendar.add(end, budget - used) if budget > used else end
    assert (
        calendar.between(start, due)
        - sum(calendar.between(begin, min(end, max(due, begin))) for begin, end in pauses if begin < due)
        == budget
    )
    if budget > used:
        assert due_after_pauses(calendar, start, budget, pauses) == due


@holds_for(st.sampled_from(ZONES), st.dates(FROM, UNTIL), st.integers(0, 2_879))
def test_wall_times_are_the_first_instant_that_shows_them(zone, day, minutes):
    instant = wall_to_us(day, minutes, ZoneInfo(zone))
    wanted = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)

    def shown(at):
        return to_datetime(at).astimezone(ZoneInfo(zone)).replace(tzinfo=None)

    assert shown(instant) >= wanted
    assert all(shown(instant - back * MINUTE) < wanted for back in (1, 30, 59, 60, 61, 180))


@pytest.mark.long
def test_the_properties_at_3000_examples():
    assert len(PROPERTIES) >= 8
    for check, strategies in PROPERTIES:
        settings(max_examples=3_000, deadline=None)(given(*strategies)(check))()


# --- what bit others ------------------------------------------------------------------------------------


def plain(zone="Asia/Shanghai", shifts=OFFICE, weekdays=range(5), days=()):
    return compile_hours(hours(zone, shifts, weekdays, days))


def test_nothing_added_is_the_instant_itself_even_when_closed():
    calendar = plain()
    sunday = us("2026-11-22T03:00")
    assert calendar.add(sunday, 0) == sunday


def test_a_span_that_ends_with_the_shift_is_due_then():
    calendar = plain()
    assert wall(calendar.add(us("2026-11-24T13:30"), 4 * HOUR)) == "2026-11-24 17:30:00"
    assert wall(calendar.add(us("2026-11-24T13:30"), 4 * HOUR + 1)) == "2026-11-25 08:30:00"
    assert wall(calendar.add(us("2026-11-25T08:30"), -4 * HOUR)) == "2026-11-24 13:30:00"
    assert wall(calendar.add(us("2026-11-25T08:30"), -4 * HOUR - SECOND)) == "2026-11-24 11:59:59"


def test_zammad_3180_no_minute_is_closed_at_midnight():
    calendar = plain(shifts=((0, 1_440),), weekdays=range(7))
    assert calendar.between(us("2026-11-01T00:00"), us("2026-11-08T00:00")) == 7 * DAY
    assert len(calendar.starts) == 1


def test_zammad_390_only_listed_days_are_off():
    calendar = compile_hours(hours("Asia/Shanghai", OFFICE, days=chinese_days()))
    assert calendar.is_working_date(date(2026, 11, 11))
    assert not calendar.is_working_date(date(2026, 10, 1)) and calendar.is_working_date(date(2026, 10, 10))


def test_glpi_15357_15429_one_hour_before_due_over_a_lunch_break():
    calendar = plain()
    due = calendar.add(us("2026-11-24T11:00"), 90 * MINUTE)
    assert wall(due) == "2026-11-24 14:00:00"
    assert wall(calendar.add(due, -HOUR)) == "2026-11-24 11:30:00"


@pytest.mark.parametrize(
    "start,expected",
    [
        ("2026-03-27T23:30", 3 * DAY - HOUR),
        ("2026-10-24T00:30", 3 * DAY + HOUR),
    ],
)
def test_glpi_day_walk_over_clock_changes_neither_skips_nor_doubles(start, expected):
    calendar = plain("Europe/Paris", ((0, 1_440),), range(7))
    begin = datetime.fromisoformat(start)
    assert (
        calendar.between(us(start, "Europe/Paris"), us((begin + timedelta(days=3)).isoformat(), "Europe/Paris"))
        == expected
    )


def test_oncall_3261_shifts_keep_their_wall_time_after_the_clock_change():
    calendar = plain("Europe/Berlin", ((540, 600),), range(7))
    for day in ("2026-03-28", "2026-03-29", "2026-10-25", "2026-10-26"):
        assert wall(calendar.next_open(us(day + "T00:00", "Europe/Berlin")), "Europe/Berlin") == day + " 09:00:00"


def test_pandas_29901_60596_night_shift_with_a_break_over_midnight():
    calendar = plain("America/New_York", NIGHT, range(7))
    friday = us("2026-11-20T21:00", "America/New_York")
    assert wall(calendar.add(friday, 4 * HOUR), "America/New_York") == "2026-11-21 02:00:00"
    spring = us("2026-03-07T21:00", "America/New_York")  # 02:00 does not exist in this night
    assert wall(calendar.add(spring, 4 * HOUR), "America/New_York") == "2026-03-08 03:00:00"
    assert wall(calendar.add(spring, 5 * HOUR), "America/New_York") == "2026-03-08 04:00:00"


def test_businesstimedelta_5_6_overnight():
    calendar = plain(shifts=((1_200, 1_920),), weekdays=range(5))
    assert wall(calendar.add(us("2026-11-19T21:00"), HOUR)) == "2026-11-19 22:00:00"
    assert calendar.between(us("2026-11-19T21:00"), us("2026-11-19T22:00")) == HOUR
    assert calendar.is_open(us("2026-11-21T07:59")) and not calendar.is_open(us("2026-11-21T08:00"))  # Friday's shift


def test_a_shift_over_midnight_belongs_to_the_day_it_starts():
    off = (Day(date(2026, 11, 20), "off"),)
    calendar = plain(shifts=((1_200, 1_920),), weekdays=range(5), days=off)
    assert calendar.is_open(us("2026-11-20T07:00"))  # Thursday's shift runs into the day off
    assert not calendar.is_open(us("2026-11-20T21:00")) and not calendar.is_open(us("2026-11-21T07:00"))


def test_business_time_227_odd_minutes_and_seconds():
    calendar = plain(shifts=ODD, weekdays=range(7))
    assert calendar.between(us("2026-11-24T00:00:30"), us("2026-11-24T00:07:30")) == 60 * SECOND
    assert wall(calendar.add(us("2026-11-24T00:00:59"), 2 * SECOND)) == "2026-11-24 00:07:01"
    assert calendar.between(us("2026-11-23T23:58"), us("2026-11-24T00:08")) == 3 * MINUTE


def test_frappe_2449_a_pause_is_counted_in_working_time():
    calendar = plain()
    start = us("2026-11-20T16:30")  # Friday; one hour left of it
    pauses = [(us("2026-11-20T17:00"), us("2026-11-23T09:00"))]
    assert wall(due_after_pauses(calendar, start, 2 * HOUR, pauses)) == "2026-11-23 10:30:00"


def test_frappe_3776_a_pause_that_still_lasts_has_no_due_date():
    calendar, start = plain(), us("2026-11-20T16:30")
    assert due_after_pauses(calendar, start, 2 * HOUR, [(us("2026-11-20T17:00"), None)]) is None
    assert due_after_pauses(calendar, start, HOUR // 2, [(us("2026-11-20T17:30"), None)]) == us("2026-11-20T17:00")


def test_glpi_24481_same_second_and_out_of_hours_pauses_cost_nothing():
    calendar, start = plain(), us("2026-11-20T16:30")
    noon, night = us("2026-11-23T10:00"), us("2026-11-21T03:00")
    assert due_after_pauses(calendar, start, 3 * HOUR, [(night, night + HOUR), (noon, noon)]) == calendar.add(
        start, 3 * HOUR
    )


def test_a_pause_over_a_clock_change():
    calendar = plain("Europe/Berlin", ((0, 1_440),), range(7))
    start = us("2026-10-24T22:00", "Europe/Berlin")
    pauses = [(us("2026-10-25T01:00", "Europe/Berlin"), us("2026-10-25T04:00", "Europe/Berlin"))]
    assert wall(due_after_pauses(calendar, start, 4 * HOUR, pauses), "Europe/Berlin") == "2026-10-25 05:00:00"


def test_workalendar_347_a_calendar_may_change_in_mid_year():
    before = plain(days=(Day(date(2026, 5, 1), "off"),))
    after = plain(days=(Day(date(2026, 5, 1), "off"), Day(date(2026, 5, 4), "off")))
    thursday = us("2026-04-30T16:30")
    assert wall(before.add(thursday, 2 * HOUR)) == "2026-05-04 09:30:00"
    assert wall(after.add(thursday, 2 * HOUR)) == "2026-05-05 09:30:00"


# --- coverage -------------------------------------------------------------------------------------------


def test_out_of_coverage_is_an_error_on_every_question():
    calendar = compiled("office Shanghai")
    inside, outside = us("2026-12-31T12:00"), us("2027-01-01T00:00") + 1
    early = us("2026-01-01T00:00") - 1
    for ask in (
        lambda: calendar.add(outside, HOUR),
        lambda: calendar.add(outside, 0),
        lambda: calendar.add(early, HOUR),
        lambda: calendar.between(inside, outside),
        lambda: calendar.between(early, inside),
        lambda: calendar.is_open(outside),
        lambda: calendar.is_open(early),
        lambda: calendar.next_open(early),
        lambda: calendar.add(inside, 1_000 * HOUR),
        lambda: calendar.add(inside, -3_000 * HOUR),
        lambda: calendar.next_open(us("2026-12-31T18:00")),
        lambda: calendar.add_days(inside, 1),
        lambda: calendar.add_calendar_days(inside, 2),
        lambda: list(calendar.intervals(inside, outside)),
        lambda: calendar.is_working_date(date(2027, 1, 4)),
    ):
        with pytest.raises(OutOfCoverage):
            ask()


def test_the_last_working_instant_can_be_reached_and_the_first_too():
    calendar = compiled("office Shanghai")
    assert wall(calendar.add(us("2026-12-31T13:30"), 4 * HOUR)) == "2026-12-31 17:30:00"
    assert wall(calendar.add(us("2026-01-05T08:30"), -8 * HOUR + 30 * MINUTE)) == "2026-01-04 08:30:00"


def test_overlapping_shifts_are_one():
    calendar = plain(shifts=((540, 900), (600, 660), (840, 960), (960, 1_020)))
    assert calendar.between(us("2026-11-24T00:00"), us("2026-11-25T00:00")) == 8 * HOUR


def test_an_open_instant_is_its_own_next_opening():
    calendar = plain()
    assert calendar.next_open(us("2026-11-24T10:00")) == us("2026-11-24T10:00")
    assert wall(calendar.next_open(us("2026-11-24T12:00"))) == "2026-11-24 13:30:00"
    assert wall(calendar.next_open(us("2026-11-20T17:30"))) == "2026-11-23 08:30:00"


def test_a_calendar_without_work_never_loops():
    calendar = plain(weekdays=())
    with pytest.raises(OutOfCoverage):
        calendar.add(us("2026-11-24T00:00"), 1)
    with pytest.raises(OutOfCoverage):
        calendar.add_days(us("2026-11-24T00:00"), 1)
    assert calendar.between(us("2026-11-24T00:00"), us("2026-11-25T00:00")) == 0


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError):
        to_us(datetime(2026, 1, 1))


@pytest.mark.parametrize(
    "weekly",
    [
        ((7, 0, 10),),
        ((0, 10, 10),),
        ((0, 20, 10),),
        ((0, -5, 10),),
        ((0, 0, 2_881),),
        ((0, 5, "9"),),
        ((0, 0.5, 9),),
    ],
)
def test_hours_that_make_no_sense_are_refused(weekly):
    with pytest.raises(BadCalendar):
        compile_hours(Hours("Asia/Shanghai", weekly, FROM, UNTIL))


def test_days_that_make_no_sense_are_refused():
    for days in (
        (Day(FROM, "off"), Day(FROM, "off")),
        (Day(FROM, "holiday"),),
        (Day(FROM, "as_weekday"),),
        (Day(FROM, "custom", intervals=((5, 4),)),),
    ):
        with pytest.raises(BadCalendar):
            compile_hours(hours("Asia/Shanghai", OFFICE, days=days))


# --- days -----------------------------------------------------------------------------------------------


def test_working_days_keep_the_wall_time_and_skip_what_is_off():
    calendar = compiled("office Shanghai")
    assert wall(calendar.add_days(us("2026-02-13T15:20:10"), 1)) == "2026-02-14 15:20:10"  # a make-up Saturday
    assert wall(calendar.add_days(us("2026-02-14T15:20:10"), 1)) == "2026-02-24 15:20:10"  # after Spring Festival
    assert wall(calendar.add_days(us("2026-02-24T15:20:10"), -2)) == "2026-02-13 15:20:10"
    assert wall(calendar.add_calendar_days(us("2026-02-14T15:20:10"), 3)) == "2026-02-17 15:20:10"


def test_days_over_a_clock_change_keep_the_wall_time():
    calendar = compiled("office Berlin")
    friday = us("2026-03-27T15:00", "Europe/Berlin")
    assert wall(calendar.add_calendar_days(friday, 3), "Europe/Berlin") == "2026-03-30 15:00:00"
    assert calendar.add_calendar_days(friday, 3) - friday == 3 * DAY - HOUR


# --- provisional ----------------------------------------------------------------------------------------


def chinese_calendar_rows():
    covers_from, covers_until, ahead = calendars_cn.coverage()
    calendar = SimpleNamespace(
        time_zone="Asia/Shanghai", weekly=calendars_cn.weekly(), covers_from=covers_from, covers_until=covers_until
    )
    return calendar, [SimpleNamespace(**row) for row in calendars_cn.day_rows()], ahead


def test_a_year_that_is_not_announced_is_provisional_never_guessed():
    calendar, rows, ahead = chinese_calendar_rows()
    plan = hours_from_rows(calendar, rows)
    assert plan.provisional_years == ahead == {2027}
    compiled_plan = compile_hours(plan)
    assert compiled_plan.is_provisional(us("2026-12-30T00:00"), us("2027-01-04T00:00"))
    assert not compiled_plan.is_provisional(us("2025-01-01T00:00"), us("2026-12-31T23:59"))
    assert sum(compiled_plan.is_working_date(date(2027, 1, 1) + timedelta(days=n)) for n in range(365)) == 261


def test_a_calendar_without_exceptions_is_not_provisional():
    calendar, _rows, _ahead = chinese_calendar_rows()
    assert hours_from_rows(calendar, []).provisional_years == frozenset()


def test_single_days_may_be_provisional():
    calendar = plain(days=(Day(date(2026, 11, 26), "off", provisional=True),))
    assert calendar.is_provisional(us("2026-11-25T10:00"), us("2026-11-27T10:00"))
    assert not calendar.is_provisional(us("2026-11-27T00:00"), us("2026-11-28T10:00"))


# --- cost -----------------------------------------------------------------------------------------------


def test_a_question_costs_microseconds_at_any_horizon():
    calendar, rows, _ahead = chinese_calendar_rows()
    work = compile_hours(hours_from_rows(calendar, rows))
    start = us("2005-01-04T09:00")

    def per_call(span):
        best = 1.0
        for _ in range(5):
            began = time.perf_counter()
            for _ in range(500):
                work.add(start, span)
            best = min(best, (time.perf_counter() - began) / 500)
        return best

    near, far = per_call(4 * HOUR), per_call(40_000 * HOUR)
    assert near < 100e-6 and far < 5 * near, (near, far)
