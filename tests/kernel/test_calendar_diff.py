"""Is what differs between two versions of a calendar found, and days that differ alike told as one run?"""
from datetime import date

import pytest

from kernel.calendar_diff import Difference, differences

pytestmark = pytest.mark.pure
HOURS = {"time_zone": "UTC", "weekly": [[0, 540, 1020]], "covers_from": "2026-01-01", "covers_until": "2026-12-31"}
OFF, WORKED = ["off", None, [], "", False], ["as_weekday", 0, [], "", False]


def hours(days, **changed):
    return HOURS | changed | {"days": days}


def test_the_same_hours_differ_in_nothing():
    assert differences(hours({"2026-10-01": OFF}), hours({"2026-10-01": OFF})) == []


def test_fields_come_first_and_days_that_follow_one_another_are_one_run():
    before = hours({"2026-09-30": OFF, "2026-10-05": OFF})
    after = hours({"2026-09-30": OFF, "2026-10-01": OFF, "2026-10-02": OFF, "2026-10-03": WORKED, "2026-10-04": WORKED},
                  covers_until="2027-12-31", weekly=[])
    assert differences(before, after) == [
        Difference("weekly", [[0, 540, 1020]], []), Difference("covers_until", "2026-12-31", "2027-12-31"),
        Difference("days", None, OFF, date(2026, 10, 1), date(2026, 10, 2)),
        Difference("days", None, WORKED, date(2026, 10, 3), date(2026, 10, 4)),
        Difference("days", OFF, None, date(2026, 10, 5), date(2026, 10, 5)),
    ]
    assert [one.count for one in differences(before, after)] == [1, 1, 2, 2, 1]


def test_a_run_ends_where_a_day_is_missing_or_the_year_turns():
    found = differences(hours({}), hours(dict.fromkeys(("2026-12-31", "2027-01-01", "2027-01-03"), OFF)))
    assert [(one.first, one.last) for one in found] == [
        (date(2026, 12, 31), date(2027, 1, 1)), (date(2027, 1, 3), date(2027, 1, 3))]
