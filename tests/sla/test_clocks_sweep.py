"""Does the sweep fire each level once, only what is due, and cost no more when a million clocks sleep?"""
from datetime import timedelta

import pytest
from django.db import connection

from kernel import news
from sla.actions import (
    cancel_clock,
    meet_clock,
    move_deadline,
    overdue_clocks,
    pause_clock,
    reopen_clock,
    resume_clock,
    start_clock,
    sweep_clocks,
)
from sla.models import Clock, ClockFire, ClockSegment

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
heard = []


def listen(items):
    heard.extend((one.key, one.data[0]) for one in items)


@pytest.fixture(autouse=True)
def listening(monkeypatch):
    heard.clear()
    monkeypatch.setattr(news, "_reactions", lambda: {"clock.fired": [listen]})


def deadline(due_at, at, levels=()):
    return start_clock(kind="deadline", label="x", due_at=due_at, levels=levels, at=at)


def test_only_what_is_due_fires_each_level_once(at):
    soon, later = deadline(at + MINUTE, at), deadline(at + 60 * MINUTE, at)
    assert sweep_clocks(at=at).fired == 0
    assert sweep_clocks(at=at + MINUTE).fired == 1
    assert sweep_clocks(at=at + MINUTE).fired == 0
    assert sweep_clocks(at=at + 5 * MINUTE).fired == 0
    assert heard == [(soon.pk, 0)]
    soon.refresh_from_db()
    assert soon.state == "breached" and soon.late_at == at + MINUTE
    assert later.pk not in dict(heard)


def test_a_level_already_fired_stays_silent_when_the_clock_is_set_back(at):
    clock = deadline(at, at)
    sweep_clocks(at=at)
    Clock.objects.filter(pk=clock.pk).update(next_fire_at=at, level_index=0)
    assert sweep_clocks(at=at + MINUTE).fired == 0
    assert ClockFire.objects.count() == 1 and len(heard) == 1


@pytest.mark.parametrize("end", [meet_clock, cancel_clock])
def test_no_news_after_the_end(end, at):
    clock = deadline(at + MINUTE, at)
    end(clock=clock, at=at)
    assert sweep_clocks(at=at + 60 * MINUTE).fired == 0 and heard == []


def test_no_news_while_paused_and_again_after(at):
    clock = start_clock(kind="budget", label="x", budget_s=600, at=at)
    pause_clock(clock=clock, reason="customer", at=at + MINUTE)
    assert sweep_clocks(at=at + 600 * MINUTE).fired == 0
    resume_clock(clock=clock, at=at + 600 * MINUTE)
    assert sweep_clocks(at=at + 608 * MINUTE).fired == 0
    assert sweep_clocks(at=at + 609 * MINUTE).fired == 1
    ledger = list(ClockSegment.objects.values_list("state", "reason"))
    assert ledger == [("running", ""), ("paused", "customer")]


def test_how_late_it_fired_is_recorded(at):
    clock = deadline(at, at, [(1, 60)])
    swept = sweep_clocks(at=at + timedelta(days=3))
    assert swept.fired == 1 and swept.most_late_s == 3 * 86400
    sweep_clocks(at=at + timedelta(days=3, minutes=2))
    fires = list(ClockFire.objects.filter(clock=clock).values_list("level", "planned_at", "late_s"))
    assert fires == [(0, at, 259200), (1, at + MINUTE, 259260)]


def test_a_stale_copy_of_the_clock_cannot_undo_what_happened(at):
    clock = deadline(at + MINUTE, at)
    stale = Clock.objects.get(pk=clock.pk)
    sweep_clocks(at=at + MINUTE)
    move_deadline(clock=stale, due_at=at + 30 * MINUTE, at=at + 2 * MINUTE)
    fresh = Clock.objects.get(pk=clock.pk)
    assert fresh.cycle == 2 and fresh.state == "running"
    assert sweep_clocks(at=at + 30 * MINUTE).fired == 1


def test_reopened_clocks_fire_in_a_cycle_of_their_own(at):
    clock = start_clock(kind="budget", label="x", budget_s=60, at=at)
    sweep_clocks(at=at + MINUTE)
    meet_clock(clock=clock, at=at + 2 * MINUTE)
    reopen_clock(clock=clock, used="restart", at=at + 3 * MINUTE)
    assert sweep_clocks(at=at + 4 * MINUTE).fired == 1
    assert list(ClockFire.objects.values_list("cycle", "level")) == [(1, 0), (2, 0)]


def test_f13_an_hour_back_and_forth_fires_nothing_twice(at):
    clock = deadline(at, at, [(1, 600)])
    for jump in (0, -600, 0, 30, -30, 700, 0, 700):
        sweep_clocks(at=at + timedelta(seconds=jump))
    assert list(ClockFire.objects.filter(clock=clock).values_list("level", flat=True)) == [0, 1]
    assert not ClockFire.objects.filter(late_s__lt=0).exists()


def test_a_quiet_sweep_takes_no_write_lock_and_one_query(at, django_assert_num_queries):
    deadline(at + 60 * MINUTE, at)
    with django_assert_num_queries(1):
        sweep_clocks(at=at)


def test_the_cost_is_of_what_is_due_not_of_what_is_open(at, django_assert_num_queries):
    def grow(count):
        Clock.objects.bulk_create(
            Clock(kind="deadline", levels=[[0, 0]], started_at=at, due_at=at + timedelta(days=9),
                  next_fire_at=at + timedelta(days=9)) for _ in range(count)
        )

    def statements():
        with connection.execute_wrapper(count_into(counted := [])):
            for _ in range(3):
                deadline(at, at)
            counted.clear()
            assert sweep_clocks(at=at).fired == 3
        return len(counted)

    few = statements()
    grow(2_000)
    assert statements() == few
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE sla_clock")
    assert "clock_due" in Clock.objects.filter(next_fire_at__lte=at).order_by("next_fire_at", "id")[:200].explain()


def test_the_look_of_a_quiet_second_uses_the_partial_index(at):
    """What runs each second when nothing is due is `exists()`; its plan is asked for as it was sent."""
    Clock.objects.bulk_create(
        Clock(kind="deadline", levels=[[0, 0]], started_at=at, due_at=at + timedelta(days=9),
              next_fire_at=at + timedelta(days=9)) for _ in range(3_000)
    )
    Clock.objects.filter(pk__in=list(Clock.objects.values_list("pk", flat=True)[:1_500])).update(next_fire_at=None)
    sent = []

    def keep(execute, sql, params, many, context):
        sent.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        assert sweep_clocks(at=at).due == 0
    ((sql, params),) = sent
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE sla_clock")
        cursor.execute(("EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN ") + sql, params)
        plan = " ".join(str(cell) for row in cursor.fetchall() for cell in row)
    assert "clock_due" in plan and "SCAN sla_clock" not in plan and "Seq Scan" not in plan, plan


def test_a_full_batch_is_followed_by_another_in_the_same_pass(at, monkeypatch):
    from config import steps

    monkeypatch.setattr(steps, "BATCH", 3)
    for number in range(7):
        deadline(at - timedelta(seconds=number), at - MINUTE)
    assert steps.sweep(at) == {"due": 7, "fired": 7, "most_late_s": 6}
    assert steps.sweep(at) == {"due": 0, "fired": 0, "most_late_s": 0}
    for _number in range(20):
        deadline(at, at - MINUTE)
    assert steps.sweep(at)["fired"] == 3 * steps.MOST_BATCHES, "the other steps have their turn"


def count_into(counted):
    def run(execute, sql, params, many, context):
        counted.append(sql)
        return execute(sql, params, many, context)
    return run


def test_the_auditor_counts_what_should_have_fired(at):
    deadline(at, at)
    assert overdue_clocks(at=at + 4 * MINUTE) == 0
    assert overdue_clocks(at=at + 6 * MINUTE) == 1
