"""Which days of mainland China are off, and which weekends are worked, as rows for a work calendar?

Seed data only: once in the database a calendar is data, and no library is asked at run time. A year that the
State Council has not announced is never guessed: its days are plain weekdays and marked provisional.
"""
from datetime import date, timedelta

import chinese_calendar
from chinese_calendar import constants

FIRST_YEAR = 2004
SOURCE = "chinesecalendar " + getattr(chinese_calendar, "__version__", "1")

OFFICE = ((510, 720), (810, 1_050))  # 08:30-12:00, 13:30-17:30
TWO_SHIFTS = ((480, 705), (750, 1_200), (1_200, 1_425), (1_470, 1_920))  # 08:00-20:00-08:00, two meals
ROUND_THE_CLOCK = ((0, 1_440),)


def announced_years():
    """The years the seed knows, in order: those with days off in them."""
    return sorted({day.year for day in constants.holidays})


def last_announced_year():
    return announced_years()[-1]


def day_rows(first_year=FIRST_YEAR, last_year=None):
    """[{date, kind, as_weekday, intervals, source, provisional}, …] in order, for CalendarDay.

    Holidays on weekdays are `off`, worked weekends `as_weekday` 0 (Monday's hours). Holidays that fall on a
    weekend are `off` too, so that a calendar with Saturday work has them. Raises ValueError for years that
    are not announced.
    """
    last_year = last_year or last_announced_year()
    missing = set(range(first_year, last_year + 1)) - set(announced_years())
    if missing:
        raise ValueError(f"not announced: {sorted(missing)}")
    day, rows = date(first_year, 1, 1), []
    while day.year <= last_year:
        kind = _kind(day)
        if kind:
            rows.append({"date": day, "kind": kind, "as_weekday": 0 if kind == "as_weekday" else None,
                         "intervals": [], "source": SOURCE, "provisional": False})
        day += timedelta(days=1)
    return rows


def _kind(day):
    if day in constants.holidays:
        return "off"
    return "as_weekday" if day in constants.workdays and day.weekday() >= 5 else ""


def weekly(shifts=OFFICE, weekdays=range(5)):
    """[[weekday, start, end], …] for WorkCalendar.weekly: the same shifts on each of these weekdays."""
    return [[weekday, start, end] for weekday in weekdays for start, end in shifts]


def coverage(years_ahead=1):
    """(covers_from, covers_until, provisional years): the announced years and `years_ahead` unannounced ones."""
    last = last_announced_year()
    ahead = range(last + 1, last + 1 + years_ahead)
    return date(FIRST_YEAR, 1, 1), date(last + years_ahead, 12, 31), frozenset(ahead)
