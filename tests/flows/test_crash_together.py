"""F4, F12: many loops at once, some killed at random: nothing doubled, nothing missed, nothing after the end."""
import os
import random
import signal
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError

from exceptions.actions import open_ticket
from exceptions.models import Ticket, TicketCounter
from kernel import news
from kernel.access import grant_scope
from kernel.models import OutboxMessage, Scope, User
from kernel.outbox import put_messages
from sla.actions import meet_clock, start_clock, sweep_clocks
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
        pid = self.pids.pop(random.randrange(len(self.pids)))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)

    def wait(self):
        return [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in self.pids]


def assert_whole(count):
    levels = [0, *(number for number, _ in LEVELS)]
    fires = list(ClockFire.objects.values_list("clock_id", "level"))
    assert len(fires) == len(set(fires)) == count * len(levels), len(fires)
    keys = set(OutboxMessage.objects.values_list("key", flat=True))
    assert keys == {f"{clock}:{level}" for clock, level in fires}
    assert not Clock.objects.filter(next_fire_at__isnull=False).exists()


def sigkills(count, kills, pause):
    with Harness(Flow(prepare(count), lambda peer: None, lambda peer: [])) as harness:
        harness._reset()
        crowd = Crowd(harness, lambda: sweep_all(limit=5))
        for _ in range(3):
            crowd.start()
        for _ in range(kills):
            time.sleep(random.uniform(0, pause))
            crowd.kill_one()
            crowd.start()
        assert crowd.wait() == [0, 0, 0]
        harness._child(lambda: assert_whole(count))


def test_f4_random_kills_of_three_sweepers_lose_and_double_nothing(reacting):
    sigkills(count=60, kills=25, pause=0.15)


@pytest.mark.long
def test_f4_a_thousand_random_kills(reacting):
    for _ in range(10):
        sigkills(count=200, kills=100, pause=0.2)


def test_f12_four_loops_and_five_hundred_due_at_once(reacting):
    with Harness(Flow(prepare(500), lambda peer: None, lambda peer: [])) as harness:
        harness._reset()
        crowd = Crowd(harness, lambda: sweep_all(limit=100))
        for _ in range(4):
            crowd.start()
        assert crowd.wait() == [0] * 4, "a database locked was seen"
        harness._child(lambda: assert_whole(500))


def test_nothing_fires_after_it_was_met_while_both_race(reacting):
    """Resolvers and sweepers at once: a clock that was met has no fire later than its end."""

    def resolve():
        for clock in Clock.objects.order_by("?"):
            meet_clock(clock=clock, at=AT + timedelta(minutes=1))

    with Harness(Flow(prepare(120), lambda peer: None, lambda peer: [])) as harness:
        harness._reset()
        sweepers, resolvers = Crowd(harness, lambda: sweep_all(limit=10)), Crowd(harness, resolve)
        sweepers.start(), resolvers.start(), sweepers.start(), resolvers.start()
        assert sweepers.wait() + resolvers.wait() == [0] * 4

        def look():
            assert set(Clock.objects.values_list("state", flat=True)) == {"met"}
            fired = ClockFire.objects.count()
            sweep_all()
            assert ClockFire.objects.count() == fired
            assert OutboxMessage.objects.count() == fired

        harness._child(look)


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
