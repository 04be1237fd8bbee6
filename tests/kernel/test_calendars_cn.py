"""Are the Chinese workdays of 2024 to 2026 those of the State Council's notices, day by day?"""

from datetime import date, timedelta

import pytest

from kernel import calendars_cn

pytestmark = pytest.mark.pure

# Typed from the notices: (first day off, last day off), both included.
OFF = [
    # 2024
    ((2024, 1, 1), (2024, 1, 1)),
    ((2024, 2, 10), (2024, 2, 17)),
    ((2024, 4, 4), (2024, 4, 6)),
    ((2024, 5, 1), (2024, 5, 5)),
    ((2024, 6, 10), (2024, 6, 10)),
    ((2024, 9, 15), (2024, 9, 17)),
    ((2024, 10, 1), (2024, 10, 7)),
    # 2025
    ((2025, 1, 1), (2025, 1, 1)),
    ((2025, 1, 28), (2025, 2, 4)),
    ((2025, 4, 4), (2025, 4, 6)),
    ((2025, 5, 1), (2025, 5, 5)),
    ((2025, 5, 31), (2025, 6, 2)),
    ((2025, 10, 1), (2025, 10, 8)),
    # 2026
    ((2026, 1, 1), (2026, 1, 3)),
    ((2026, 2, 15), (2026, 2, 23)),
    ((2026, 4, 4), (2026, 4, 6)),
    ((2026, 5, 1), (2026, 5, 5)),
    ((2026, 6, 19), (2026, 6, 21)),
    ((2026, 9, 25), (2026, 9, 27)),
    ((2026, 10, 1), (2026, 10, 7)),
]
MAKE_UP = [
    date(2024, 2, 4),
    date(2024, 2, 18),
    date(2024, 4, 7),
    date(2024, 4, 28),
    date(2024, 5, 11),
    date(2024, 9, 14),
    date(2024, 9, 29),
    date(2024, 10, 12),
    date(2025, 1, 26),
    date(2025, 2, 8),
    date(2025, 4, 27),
    date(2025, 9, 28),
    date(2025, 10, 11),
    date(2026, 1, 4),
    date(2026, 2, 14),
    date(2026, 2, 28),
    date(2026, 5, 9),
    date(2026, 9, 20),
    date(2026, 10, 10),
]
WORKDAYS = {2024: 251, 2025: 248, 2026: 248}


def days(first, last):
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def works_by_the_notices(day):
    off = any(date(*first) <= day <= date(*last) for first, last in OFF)
    return day in MAKE_UP or (day.weekday() < 5 and not off)


def works_by_the_rows(day, rows):
    row = rows.get(day)
    return day.weekday() < 5 if row is None else row["kind"] == "as_weekday"


def test_all_1096_days_of_2024_to_2026_are_right():
    rows = {row["date"]: row for row in calendars_cn.day_rows(2024, 2026)}
    every = days(date(2024, 1, 1), date(2026, 12, 31))
    assert len(every) == 1_096
    assert [day for day in every if works_by_the_rows(day, rows) != works_by_the_notices(day)] == []
    for year, count in WORKDAYS.items():
        assert sum(works_by_the_rows(day, rows) for day in every if day.year == year) == count


def test_all_19_make_up_days_are_there_and_no_other():
    rows = calendars_cn.day_rows(2024, 2026)
    made_up = [row["date"] for row in rows if row["kind"] == "as_weekday"]
    assert made_up == MAKE_UP and len(made_up) == 19
    assert all(row["as_weekday"] == 0 for row in rows if row["kind"] == "as_weekday")


def test_every_year_from_2004_has_its_holidays_and_no_date_twice():
    rows = calendars_cn.day_rows()
    dates = [row["date"] for row in rows]
    assert dates == sorted(set(dates))
    assert {day.year for day in dates} == set(range(2004, 2027))
    assert all(date(year, 10, 1) in dates and date(year, 1, 1) in dates for year in range(2004, 2027))


def test_2027_is_refused_not_guessed():
    with pytest.raises(ValueError, match="2027"):
        calendars_cn.day_rows(2026, 2027)
    covers_from, covers_until, provisional = calendars_cn.coverage()
    assert (covers_from, covers_until, provisional) == (date(2004, 1, 1), date(2027, 12, 31), {2027})
