"""F11: the process dies before and after every statement of sweep and delivery. Nothing lost, nothing doubled.

And the harness bites: three deliberately wrong versions of the same work are caught.
"""
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from integrations import delivery
from integrations.actions.deliver_messages import deliver_messages
from kernel import news
from kernel.models import OutboxMessage
from kernel.outbox import put_messages
from sla import clocks
from sla.actions import start_clock, sweep_clocks
from sla.calendars import ALWAYS
from sla.models import Clock, ClockFire
from tests.crash_harness import Flow, Harness

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
PASSES = 4
CLOCKS, LEVELS = 3, ((0, 0), (1, 60))


def message_of(clock_id, level, at):
    return {
        "key": f"fire:{clock_id}:{level}", "channel": "peer", "recipient": "x", "kind": "test",
        "payload": {}, "scope_id": None, "created_at": at,
    }


def react(items):
    put_messages([message_of(one.key, one.data[0], one.at) for one in items])


def prepare():
    for number in range(CLOCKS):
        start_clock(kind="deadline", label=f"c{number}", due_at=AT, levels=[(1, 60)], at=AT - timedelta(hours=1))


def instants():
    """The passes of one run; long enough apart that every lease and pause between attempts is over."""
    return [AT + number * timedelta(minutes=10) for number in range(PASSES)]


def run_with(sweep, deliver):
    def run(peer):
        delivery.SENDERS["peer"] = lambda message, at: peer.take(message.key)
        for at in instants():
            sweep(at)
            deliver(at)
    return run


def broken(peer):
    wrong = []
    fires = list(ClockFire.objects.values_list("clock_id", "level"))
    expected = {(pk, level) for pk in Clock.objects.values_list("pk", flat=True) for level, _ in LEVELS}
    if set(fires) != expected or len(fires) != len(expected):
        wrong.append(f"fires {sorted(fires)}")
    keys = {f"fire:{clock}:{level}" for clock, level in expected}
    if set(OutboxMessage.objects.values_list("key", flat=True)) != keys:
        wrong.append("outbox does not hold each word once")
    if OutboxMessage.objects.exclude(state="sent").exists():
        wrong.append("a word stays inside")
    if set(peer.taken) != keys:
        wrong.append(f"the peer got {sorted(set(peer.taken))}")
    if Clock.objects.filter(next_fire_at__isnull=False).exists():
        wrong.append("a clock still waits")
    return wrong


RIGHT = (lambda at: sweep_clocks(at=at), lambda at: deliver_messages(at=at))


def wrong_read_then_save(at):
    """What most code bases do: read, change, save, act; no transaction, no compare-and-set."""
    for clock in Clock.objects.filter(next_fire_at__lte=at):
        _cycle, level, planned = clocks.fire(clock, at, ALWAYS)
        clock.save()
        ClockFire.objects.create(clock=clock, cycle=1, level=level, planned_at=planned, fired_at=at)
        put_messages([message_of(clock.pk, level, at)])


def wrong_on_commit(at):
    """Fire and advance in one transaction, but tell after it."""
    with transaction.atomic():
        for clock in Clock.objects.filter(next_fire_at__lte=at):
            _cycle, level, planned = clocks.fire(clock, at, ALWAYS)
            clock.save()
            ClockFire.objects.create(clock=clock, cycle=1, level=level, planned_at=planned, fired_at=at)
            words = [message_of(clock.pk, level, at)]
            transaction.on_commit(lambda words=words: put_messages(words))


def wrong_mark_then_send(at):
    for message in OutboxMessage.objects.filter(state="waiting", next_attempt_at__lte=at):
        OutboxMessage.objects.filter(pk=message.pk).update(state="sent", next_attempt_at=None)
        delivery.SENDERS["peer"](message, at)


@pytest.fixture
def reacting(monkeypatch, transactional_db):
    monkeypatch.setattr(news, "_reactions", lambda: {"clock.fired": [react]})


def test_f11_sweep_and_delivery_survive_death_at_every_point(reacting):
    with Harness(Flow(prepare, run_with(*RIGHT), broken)) as harness:
        result = harness.sweep(singles=1, pairs=50)
    assert result.points >= 60, "the harness does not see the statements"
    assert result.broken == [], f"{len(result.broken)} of {result.cases}"
    assert result.resent > 0, "at least once is the honest promise: somewhere between send and mark it is sent again"


@pytest.mark.parametrize(("sweep", "deliver"), [
    (wrong_read_then_save, RIGHT[1]), (wrong_on_commit, RIGHT[1]), (RIGHT[0], wrong_mark_then_send),
], ids=["read-then-save", "outbox-on-commit", "mark-then-send"])
def test_f11_the_harness_bites(reacting, sweep, deliver):
    with Harness(Flow(prepare, run_with(sweep, deliver), broken)) as harness:
        result = harness.sweep(singles=1, until_broken=True)
    assert result.broken, f"{result.cases} crashes and the wrong version was not caught"


@pytest.mark.long
def test_f11_sweep_and_delivery_survive_every_pair_of_deaths(reacting):
    with Harness(Flow(prepare, run_with(*RIGHT), broken)) as harness:
        result = harness.sweep(singles=1, pairs=4)
    assert result.cases >= 600 and result.broken == []
