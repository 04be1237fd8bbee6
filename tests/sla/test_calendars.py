"""Do clocks and paths count by one and the same calendar, also where it knows nothing?"""
from datetime import UTC, date, datetime, timedelta

import pytest

from kernel.working_time import SECOND, Hours, compile_hours, to_datetime, to_us
from sla.calendars import ALWAYS, WorkTime
from sla.reach import Reach

OFFICE = compile_hours(Hours(
    "Asia/Shanghai", tuple((day, 510, 1050) for day in range(5)), date(2026, 1, 1), date(2026, 12, 31),
    provisional_years=frozenset({2026}),
))
LAST_DAY = datetime(2026, 12, 31, 2, tzinfo=UTC)
BEYOND = datetime(2027, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize("start", [LAST_DAY, BEYOND, LAST_DAY - timedelta(days=40)])
@pytest.mark.parametrize("seconds", [1, 3600, 400 * 3600, -3600])
def test_a_clock_and_a_path_have_one_date(start, seconds):
    reach = Reach(OFFICE)
    assert WorkTime(OFFICE, 1).add(start, seconds) == to_datetime(reach.add(to_us(start), seconds * SECOND))
    assert WorkTime(OFFICE, 1).between(start, BEYOND) == reach.between(to_us(start), to_us(BEYOND)) // SECOND


def test_what_no_announced_day_tells_is_not_certain():
    announced = compile_hours(Hours("Asia/Shanghai", ((0, 510, 1050),), date(2026, 1, 1), date(2026, 12, 31)))
    assert WorkTime(announced, 1).is_certain(LAST_DAY)
    assert not WorkTime(announced, 1).is_certain(BEYOND) and not WorkTime(OFFICE, 1).is_certain(LAST_DAY)
    assert ALWAYS.is_certain(BEYOND)
    assert ALWAYS.add(BEYOND, 90) == BEYOND + timedelta(seconds=90) and ALWAYS.between(LAST_DAY, BEYOND) > 0
