"""F4, F12: many loops at once, some killed at random: nothing doubled, nothing missed, nothing after the end."""
import mmap
import os
import random
import signal
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, transaction

from exceptions.actions import open_ticket
from exceptions.models import Ticket, TicketCounter
from kernel import news
from kernel.access import grant_scope
from kernel.models import OutboxMessage, Scope, User
from kernel.outbox import put_messages
from sla import clocks
from sla.actions import meet_clock, pause_clock, start_clock, sweep_clocks
from sla.calendars import ALWAYS
from sla.models import Clock, ClockFire
from tests.crash_harness import Flow, Harness
from tests.flows.test_crash_tickets import prepare_house

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
LEVELS = [(1, 120), (2, 240)]


def react(items):
    put_messages([
        {"key": f"{one.key}:{one.data[0]}", "channel": "x", "recipient": "x", "kind": "x", "payload": {},
         "scope_id": None, "created_at": one.at} for one in items
    ])


@pytest.fixture
def reacting(monkeypatch, transactional_db):
    monkeypatch.setattr(news, "_reactions", lambda: {"clock.fired": [react]})


def prepare(count):
    def make():
        for number in range(count):
            start_clock(kind="deadline", label=str(number), due_at=AT, levels=LEVELS, at=AT - timedelta(hours=1))
    return make


def sweep_all(limit=20):
    """One loop: sweeps through the passes of the day again and again until nothing is left. Returns "locked" seen."""
    locked = 0
    for at in (AT + timedelta(minutes=10 * number) for number in range(4)):
        while True:
            try:
                if not sweep_clocks(at=at, limit=limit).due:
                    break
            except OperationalError:
                locked += 1
            time.sleep(0.002)
    return locked


class Day:
    """A day that passes an hour a second, the same in all processes, until the parent says that it is over."""

    def __init__(self):
        self.began, self._over = time.monotonic(), mmap.mmap(-1, 1)

    def now(self):
        return AT + timedelta(hours=time.monotonic() - self.began)

    def is_over(self):
        return self._over[0] == 1

    def end(self):
        self._over[0] = 1


def sweep_all_day(day, limit, work_of=None, sweep=sweep_clocks):
    """One loop that never ends by itself: sweeps, and calls `work_of(now)` for more when nothing is due."""
    locked = 0
    while not day.is_over():
        try:
            if not sweep(at=day.now(), limit=limit).due and work_of:
                work_of(day.now())
        except OperationalError:
            locked += 1
    return locked


def start_some(now):
    for number in range(5):
        start_clock(kind="deadline", label=str(number), due_at=now, levels=LEVELS, at=now - timedelta(hours=1))


class Crowd:
    """Processes that all do the same, started again when they are killed."""

    def __init__(self, harness, work):
        self.harness, self.work, self.pids = harness, work, []

    def start(self):
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                self.harness._take_connection()
                code = min(self.work() or 0, 99)
            finally:
                os._exit(code)
        self.pids.append(pid)

    def kill_one(self):
        """True when it was the signal that ended it: one that had ended before proves nothing."""
        pid = self.pids.pop(random.randrange(len(self.pids)))
        os.kill(pid, signal.SIGKILL)
        status = os.waitpid(pid, 0)[1]
        return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL

    def wait(self):
        return [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in self.pids]


def assert_whole(count):
    levels = [0, *(number for number, _ in LEVELS)]
    fires = list(ClockFire.objects.values_list("clock_id", "level"))
    assert len(fires) == len(set(fires)) == count * len(levels), len(fires)
    keys = set(OutboxMessage.objects.values_list("key", flat=True))
    assert keys == {f"{clock}:{level}" for clock, level in fires}
    assert not Clock.objects.filter(next_fire_at__isnull=False).exists()


def sigkills(kills, pause):
    """Four sweepers with work without end, `kills` of them killed at it. Returns how many died of the signal."""
    with Harness(Flow(prepare(50), lambda peer: None, lambda peer: [])) as harness:
        harness._reset()
        day = Day()
        crowd = Crowd(harness, lambda: sweep_all_day(day, limit=5, work_of=start_some))
        for _ in range(4):
            crowd.start()
        died = 0
        for _ in range(kills):
            time.sleep(random.uniform(0, pause))
            died += crowd.kill_one()
            crowd.start()
        day.end()
        assert crowd.wait() == [0] * 4

        def look():
            for number in range(len(LEVELS) + 2):  # what was due when the day ended
                while sweep_clocks(at=day.now() + timedelta(minutes=10 * number), limit=200).due:
                    pass
            count = Clock.objects.count()
            assert count >= 50 + kills, "there was too little work to be killed at"
            assert_whole(count)

        harness._child(look)
        return died


def test_f4_random_kills_of_four_sweepers_at_work_lose_and_double_nothing(reacting):
    assert sigkills(kills=25, pause=0.15) == 25, "some had ended before they were killed"


@pytest.mark.long
def test_f4_a_thousand_random_kills_of_four_sweepers_at_work(reacting):
    assert sum(sigkills(kills=100, pause=0.2) for _ in range(10)) >= 1_000, "some had ended before they were killed"


def test_f12_four_loops_and_five_hundred_due_at_once(reacting):
    with Harness(Flow(prepare(500), lambda peer: None, lambda peer: [])) as harness:
        harness._reset()
        crowd = Crowd(harness, lambda: sweep_all(limit=100))
        for _ in range(4):
            crowd.start()
        assert crowd.wait() == [0] * 4, "a database locked was seen"
        harness._child(lambda: assert_whole(500))


# Ten minutes apart, a sixth of a second here: slow machines too are in the middle of them when the others come.
MANY_LEVELS = [(number, 600 * number) for number in range(1, 40)]


def prepare_race():
    for number in range(60):
        start_clock(kind="budget", label=str(number), budget_s=3_600, levels=MANY_LEVELS, at=AT - timedelta(hours=1))


def end_all(day):
    """Meet every second clock and pause the others; each notes its fires in the transaction that ends them."""
    for pk in Clock.objects.order_by("?").values_list("pk", flat=True):
        with transaction.atomic():
            clock = Clock.objects.select_for_update().get(pk=pk)
            if clock.label.startswith("fires "):
                continue  # the other one was here
            if pk % 2:
                meet_clock(clock=clock, at=day.now())
            else:
                pause_clock(clock=clock, reason="waits", at=day.now())
            fires = ClockFire.objects.filter(clock=pk).count()
            Clock.objects.filter(pk=pk).update(label=f"fires {fires}")


def race(harness, sweep):
    """Two that sweep and two that end clocks at once. Returns the ids of clocks that fired after their end."""
    harness._reset()
    day = Day()
    sweepers = Crowd(harness, lambda: sweep_all_day(day, limit=10, sweep=sweep))
    enders = Crowd(harness, lambda: end_all(day))
    sweepers.start(), sweepers.start()
    time.sleep(0.3)  # some levels have fired, most have not
    enders.start(), enders.start()
    assert enders.wait() == [0, 0]
    time.sleep(0.3)  # who read a clock before it ended has acted by now
    day.end()
    assert sweepers.wait() == [0, 0]
    read, write = os.pipe()

    def look():
        assert set(Clock.objects.values_list("state", flat=True)) == {"met", "paused"}
        fired = ClockFire.objects.count()
        assert 0 < fired < 60 * (len(MANY_LEVELS) + 1), "that was no race"
        late = [
            clock.pk for clock in Clock.objects.all()
            if clock.label != f"fires {ClockFire.objects.filter(clock=clock).count()}"
        ]
        os.write(write, (",".join(map(str, late)) + ";").encode())
        while sweep_clocks(at=day.now() + timedelta(days=1)).due:
            pass
        if sweep is sweep_clocks:
            assert ClockFire.objects.count() == fired == OutboxMessage.objects.count()

    harness._child(look)
    os.close(write)
    with os.fdopen(read) as pipe:
        return [one for one in pipe.read().split(";")[0].split(",") if one]


def test_nothing_fires_after_it_was_met_or_paused_while_both_race(reacting):
    with Harness(Flow(prepare_race, lambda peer: None, lambda peer: [])) as harness:
        assert race(harness, sweep_clocks) == []


def wrong_sweep(at, limit):
    """Reads, takes its time, and fires whatever it has read: what the compare-and-set forbids."""
    rows = list(Clock.objects.filter(next_fire_at__lte=at).order_by("?")[:limit])
    time.sleep(0.05)
    for clock in rows:
        with transaction.atomic():
            cycle, level, planned = clocks.fire(clock, at, ALWAYS)
            Clock.objects.filter(pk=clock.pk, state__in=("running", "breached")).update(
                level_index=clock.level_index, next_fire_at=clock.next_fire_at)
            ClockFire.objects.bulk_create(
                [ClockFire(clock=clock, cycle=cycle, level=level, planned_at=planned, fired_at=at)],
                ignore_conflicts=True)
    return type("Swept", (), {"due": len(rows)})


def test_the_race_bites(reacting):
    with Harness(Flow(prepare_race, lambda peer: None, lambda peer: [])) as harness:
        assert race(harness, wrong_sweep), "a sweeper that fires what it read long ago was not caught"


def prepare_team():
    prepare_house()
    first = User.objects.get(username="a")
    for name in "bcd":
        person = User.objects.create(username=name, department=first.department)
        person.user_permissions.set(first.user_permissions.all())
        grant_scope(scope=Scope.objects.get(code="east"), to=person)


def test_tickets_opened_at_once_have_numbers_of_their_own_and_are_spread_evenly(transactional_db):
    """Four processes open ten each, and five all of them open: loads lie at most one apart."""

    def open_some():
        scope, me = Scope.objects.get(code="east"), os.getpid()
        for number in range(10):
            key = f"shared-{number}" if number % 2 else f"{me}-{number}"
            open_ticket(subject_kind="x", subject_key=key, kind_code="late_sales", title_en="t", title_zh="t",
                        scope=scope, evidence={"by": me}, at=AT)

    with Harness(Flow(prepare_team, lambda peer: None, lambda peer: [])) as harness:
        harness._reset()
        crowd = Crowd(harness, open_some)
        for _ in range(4):
            crowd.start()
        assert crowd.wait() == [0] * 4

        def look():
            assert Ticket.objects.count() == 4 * 5 + 5
            numbers = sorted(Ticket.objects.values_list("number", flat=True))
            assert numbers == [f"T-261124-{number:04d}" for number in range(1, 26)]
            assert TicketCounter.objects.get().last == 25
            loads = [user.tickets.count() for user in User.objects.all()]
            assert max(loads) - min(loads) <= 1, loads

        harness._child(look)
