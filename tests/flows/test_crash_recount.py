"""A calendar changes while clocks run: whatever dies or races, every clock follows it once and no level fires twice."""
import time
from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch

import pytest

from kernel import news
from kernel.calendar_versions import add_calendar, change_calendar
from kernel.models import OutboxMessage, WorkCalendar
from sla import jobs
from sla.actions import pause_clock, start_clock, sweep_clocks
from sla.models import Clock, ClockFire
from sla.recounting import outdated
from tests.crash_harness import Flow, Harness
from tests.flows.test_crash_together import Crowd, react

# On the second day, with levels due by the old hours that nobody has swept yet.
START, NOW = datetime(2026, 11, 24, 9, tzinfo=UTC), datetime(2026, 11, 25, 10, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFF = {date(2026, 11, day): {"kind": "off"} for day in (24, 25)}
LEVELS = [(-1, -3600), (1, 3600)]


@pytest.fixture
def reacting(monkeypatch, transactional_db):
    monkeypatch.setattr(news, "_reactions", lambda: {"clock.fired": [react]})


def prepare(count):
    """Clocks of four fates: late already, warned, far off, paused."""
    def make():
        calendar = add_calendar(code="days", days={}, by=None, at=START, fields={
            "name_en": "x", "name_zh": "x", "time_zone": "UTC", "weekly": [[day, 540, 1020] for day in range(5)],
            "covers_from": date(2026, 1, 1), "covers_until": date(2027, 12, 31)})
        for number in range(count):
            clock = start_clock(kind="budget", label=str(number), budget_s=(8, 9, 20, 8)[number % 4] * 3600,
                                calendar=calendar, levels=LEVELS, at=START)
            if number % 4 == 3:
                pause_clock(clock=clock, reason="x", at=START + 2 * HOUR)
        for at in (START + 7 * HOUR, START + 8 * HOUR, START + 24 * HOUR):
            sweep_clocks(at=at, limit=count)
    return make


# What each fate has told by the end: (cycle, level). The late one is late anew, the warned one is not warned anew.
TOLD = {0: {(1, -1), (1, 0), (2, 0), (2, 1)}, 1: {(1, -1), (1, 0), (1, 1)}, 2: {(1, -1), (1, 0), (1, 1)}, 3: set()}
DUE = {0: datetime(2026, 11, 26, 17, tzinfo=UTC), 1: datetime(2026, 11, 27, 10, tzinfo=UTC),
       2: datetime(2026, 11, 30, 13, tzinfo=UTC), 3: None}


def change():
    calendar = WorkCalendar.objects.get()
    change_calendar(calendar=calendar, days=OFF, reason="x", by=None, at=NOW)
    return calendar.pk


def count_anew(calendar_id):
    with patch("django.utils.timezone.now", lambda: NOW):
        jobs.count_anew(lambda *said: None, calendar_id=calendar_id)


# Just after each instant at which something is due: the late one anew, the warned one, the far one, and what follows.
INSTANTS = [
    datetime(2026, 11, day, hour, 1, tzinfo=UTC)
    for day, hour in ((26, 17), (27, 10), (27, 11), (30, 12), (30, 13), (30, 14))
]


def sweep_days():
    for at in INSTANTS:
        sweep_clocks(at=at)


def sweep_now():
    """Again and again while others count: nothing may fire by the old hours, see TOLD."""
    for _pass in range(40):
        sweep_clocks(at=NOW, limit=7)
        time.sleep(0.005)


def broken(peer=None):
    wrong = []
    for number, clock in enumerate(Clock.objects.order_by("pk")):
        fate = number % 4
        told = list(ClockFire.objects.filter(clock=clock).values_list("cycle", "level"))
        if set(told) != TOLD[fate] or len(told) != len(TOLD[fate]):
            wrong.append(f"{number} told {sorted(told)}")
        if clock.due_at != DUE[fate] or clock.used_s != (7200 if fate == 3 else 0):
            wrong.append(f"{number} is due {clock.due_at}, used {clock.used_s}")
    if outdated(WorkCalendar.objects.get().pk).exists() or WorkCalendar.objects.get().version != 2:
        wrong.append("a clock was left behind")
    return wrong


def run(peer):
    count_anew(change())
    sweep_days()


def dies(singles):
    with Harness(Flow(prepare(4), run, broken)) as harness:
        result = harness.sweep(singles=singles)
    assert result.points >= 60, "the harness does not see the statements"
    assert result.broken == [], f"{len(result.broken)} of {result.cases}"


def test_a_change_of_the_calendar_survives_death_at_every_third_point(reacting):
    dies(singles=3)


@pytest.mark.long
def test_a_change_of_the_calendar_survives_death_at_every_point(reacting):
    dies(singles=1)


def test_two_jobs_and_two_sweepers_at_once_count_every_clock_once(reacting, monkeypatch):
    monkeypatch.setattr(jobs, "CLOCKS_AT_ONCE", 7)
    with Harness(Flow(prepare(80), run, broken)) as harness:
        harness._reset()
        harness._child(change)
        counters = Crowd(harness, lambda: count_anew(WorkCalendar.objects.get().pk))
        sweepers = Crowd(harness, sweep_now)
        counters.start(), sweepers.start(), counters.start(), sweepers.start()
        assert counters.wait() + sweepers.wait() == [0] * 4

        def look():
            sweep_days()
            assert broken() == []
            keys = list(OutboxMessage.objects.values_list("key", flat=True))
            assert len(keys) == len(set(keys))

        harness._child(look)
