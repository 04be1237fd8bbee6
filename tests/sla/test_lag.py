"""Is it seen when clocks fire late, though they fire?"""
from datetime import timedelta

import pytest
from django.utils import timezone

from sla.actions import start_clock, sweep_clocks
from sla.health import LEAST, MOST_LOOKED_AT, WARN_S, lag, lag_lately
from sla.models import ClockFire

pytestmark = pytest.mark.django_db


def fired(lags, at):
    clock = start_clock(kind="deadline", label="x", due_at=at + timedelta(days=9), at=at)
    first = ClockFire.objects.count()
    ClockFire.objects.bulk_create(
        ClockFire(clock=clock, cycle=1, level=first + number, planned_at=at - timedelta(seconds=late_s), fired_at=at,
                  late_s=late_s)
        for number, late_s in enumerate(lags)
    )


def test_p99_of_the_last_hour(at):
    assert lag_lately(at) == (0, 0) and lag(at).is_well
    fired([90] * 50, at - timedelta(hours=2))
    fired([1] * 197 + [40] * 3, at - timedelta(minutes=1))
    assert lag_lately(at) == (200, 40)
    fired([1] * 100, at)
    assert lag_lately(at) == (300, 1), "three of three hundred are the hundredth part that is left out"


def test_health_warns_and_the_hub_is_not_called_ill(at):
    fired([WARN_S] * LEAST, at)
    assert lag(at).is_well
    fired([WARN_S + 1], at)
    check = lag(at)
    assert not check.is_well and not check.is_vital and check.detail == "31 s for 99 of 100 of the last 21"


def test_few_fires_and_dates_long_past_are_no_lag(at):
    fired([600] * (LEAST - 1), at)
    assert lag(at).is_well
    ClockFire.objects.all().delete()
    fired([3 * 86_400] * LEAST * 5, at)
    assert lag_lately(at) == (0, 0) and lag(at).is_well


def test_it_reads_the_end_of_the_table_only(at, django_assert_num_queries):
    fired([1] * 30, at)
    with django_assert_num_queries(1) as seen:
        lag_lately(at)
    assert f"LIMIT {MOST_LOOKED_AT}" in seen.captured_queries[0]["sql"]


def test_the_figure_stands_among_the_numbers_and_the_check_in_health(client):
    now = timezone.now()
    start_clock(kind="deadline", label="x", due_at=now - timedelta(seconds=7), at=now - timedelta(minutes=1))
    assert sweep_clocks(at=now).fired == 1
    assert 'hub_clock_lag_seconds{quantile="0.99"} 7.0' in client.get("/metrics").content.decode()
    check = client.get("/healthz").json()["checks"]["clock_lag"]
    assert check == {"ok": True, "detail": "7 s for 99 of 100 of the last 1"}
