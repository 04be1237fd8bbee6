"""Which instants does a demo live through before today?"""
from datetime import UTC, datetime

import pytest

from config.demo_days import half_days

pytestmark = pytest.mark.pure


def test_mornings_and_afternoons_of_the_last_working_days_oldest_first():
    sunday = datetime(2026, 11, 29, 1, 0, tzinfo=UTC)
    found = [str(at)[:16] for at in half_days(sunday, "Asia/Shanghai")]
    assert found == [f"2026-11-{day} {time}" for day in (25, 26, 27) for time in ("09:20", "15:40")]


def test_today_is_left_to_the_cycle_of_today():
    tuesday = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    found = half_days(tuesday, "Asia/Shanghai")
    assert {at.day for at in found} == {19, 20, 23} and max(found) < tuesday
