"""Are open clocks counted by their calendar as it is now: all of them, each level once, many in few statements?"""
import random
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch

import pytest
from django.db import connection

from exceptions.actions import open_ticket, wait_ticket
from exceptions.seed import seed_exceptions
from kernel.calendar_versions import add_calendar, change_calendar
from kernel.models import JobRun, User, WorkCalendar
from orders.models import Order
from sla import calendars, clocks, jobs
from sla.actions import (
    meet_clock,
    pause_clock,
    plan_due_orders,
    plan_milestones,
    recount_clocks,
    resume_clock,
    start_clock,
    sweep_clocks,
)
from sla.actions.sweep import Swept
from sla.calendars import work_time
from sla.models import Clock, ClockFire
from sla.recounting import orders_to_plan, outdated
from tests.sla.test_clocks_sweep import count_into
from tests.sla.test_planning import make_order, nodes_of, reference  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OFF = {"kind": "off"}


@pytest.fixture(autouse=True)
def freshly_compiled():
    """Databases of tests have the same keys and other days."""
    calendars._compiled.cache_clear()


@pytest.fixture
def root():
    return User.objects.create_superuser("root", password="x")


@pytest.fixture
def calendar(root, at):
    """09:00 to 17:00 UTC from Monday to Friday; `at` is a Tuesday at 02:00."""
    return add_calendar(code="days", days={}, by=root, at=at, fields={
        "name_en": "Days", "name_zh": "白班", "time_zone": "UTC", "weekly": [[day, 540, 1020] for day in range(5)],
        "covers_from": date(2026, 1, 1), "covers_until": date(2027, 12, 31)})


@pytest.fixture
def change(calendar, root, at):
    def make(days, when=None, **more):
        return change_calendar(calendar=calendar, days=days, reason="", by=root, at=when or at, **more)
    return make


def moment(day, hour=0, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def budget(calendar, hours, at, levels=()):
    return start_clock(kind="budget", label="x", budget_s=hours * 3600, calendar=calendar, levels=levels, at=at)


def run_job(calendar, at):
    """The work of the job that the change asked for."""
    with patch("django.utils.timezone.now", lambda: at):
        return jobs.count_anew(lambda *said: None, calendar_id=calendar.pk)


def fresh(clock):
    return Clock.objects.get(pk=clock.pk)


def fired(clock):
    return list(ClockFire.objects.filter(clock=clock).order_by("pk").values_list("cycle", "level", "planned_at"))


def test_a_day_off_moves_a_budget_and_the_clock_names_the_version(calendar, change, at):
    clock = budget(calendar, 12, at)
    assert clock.due_at == moment(25, 13) and clock.calendar_version == 1
    change({date(2026, 11, 25): OFF})
    job = JobRun.objects.get(kind="count_anew")
    assert job.args == {"calendar_id": calendar.pk} and job.asked_by.username == "root"
    assert run_job(calendar, at) == {"clocks": 1, "moved": 1, "orders": 0}
    clock = fresh(clock)
    assert clock.due_at == moment(26, 13) == clock.next_fire_at and clock.calendar_version == 2


def test_a_paused_clock_keeps_the_work_it_used(calendar, change, at):
    clock = budget(calendar, 12, at)
    pause_clock(clock=clock, reason="customer", at=moment(24, 12))
    change({date(2026, 11, 25): OFF}, moment(24, 13))
    assert run_job(calendar, moment(24, 13)) == {"clocks": 1, "moved": 0, "orders": 0}
    clock = fresh(clock)
    assert (clock.used_s, clock.due_at, clock.next_fire_at, clock.calendar_version) == (3 * 3600, None, None, 2)
    clock = resume_clock(clock=clock, at=moment(24, 14))
    assert clock.due_at == moment(26, 15)  # 3 h used, 3 h on Tuesday, 6 h on Thursday


def test_a_level_that_fired_does_not_fire_again(calendar, change, at):
    clock = budget(calendar, 12, at, [(-1, -4 * 3600), (1, 3600)])
    sweep_clocks(at=moment(25, 9))
    assert fired(clock) == [(1, -1, moment(25, 9))]
    change({date(2026, 11, 26): OFF, date(2026, 11, 25): {"kind": "custom", "intervals": [[540, 600]]}}, moment(25, 9))
    run_job(calendar, moment(25, 9))
    assert fresh(clock).due_at == moment(27, 12)
    for hour in range(24 * 5):
        sweep_clocks(at=moment(25, 9) + hour * HOUR)
    assert fired(clock) == [(1, -1, moment(25, 9)), (1, 0, moment(27, 12)), (1, 1, moment(27, 13))]


def test_what_is_overdue_by_the_new_hours_fires_once(calendar, change, at):
    change({date(2026, 11, 24): OFF})
    clock = budget(calendar, 8, at, [(-1, -3600)])
    assert clock.due_at == moment(25, 17)
    change({date(2026, 11, 24): None}, moment(25, 10))
    run_job(calendar, moment(25, 10))
    for minute in (0, 1, 600):
        sweep_clocks(at=moment(25, 10, 1) + timedelta(minutes=minute))
    assert fired(clock) == [(1, 0, moment(24, 17))]  # a warning of what has passed already would be none
    assert fresh(clock).late_at == moment(24, 17)


def test_a_breach_that_is_taken_back_may_come_again_once(calendar, change, at):
    clock = budget(calendar, 8, at, [(-1, -3600)])
    sweep_clocks(at=moment(24, 16))
    sweep_clocks(at=moment(24, 17))
    assert fresh(clock).state == "breached"
    change({date(2026, 11, 24): OFF}, moment(24, 18))
    run_job(calendar, moment(24, 18))
    clock = fresh(clock)
    assert clock.state == "running" and clock.late_at is None and clock.due_at == moment(25, 17)
    for hour in range(48):
        sweep_clocks(at=moment(24, 18) + hour * HOUR)
    assert [one[:2] for one in fired(clock)] == [(1, -1), (1, 0), (2, 0)]


def test_a_deadline_stays_and_its_warning_moves(calendar, change, at):
    clock = start_clock(kind="deadline", label="x", due_at=moment(26, 12), calendar=calendar, levels=[(-1, -4 * 3600)],
                        at=at)
    assert clock.next_fire_at == moment(25, 16)
    change({date(2026, 11, 25): OFF})
    assert run_job(calendar, at) == {"clocks": 1, "moved": 0, "orders": 0}
    assert (fresh(clock).due_at, fresh(clock).next_fire_at) == (moment(26, 12), moment(24, 16))


def test_an_announced_year_is_no_longer_provisional(calendar, change, root, at):
    change({date(2026, 10, 1): OFF})  # the calendar knows of days off, of 2027 none
    clock = budget(calendar, 8 * 40, at)
    assert clock.provisional and clock.due_at.year == 2027
    change({date(2027, 1, 1): OFF})
    run_job(calendar, at)
    assert not fresh(clock).provisional


def test_what_ended_stays_as_it_was(calendar, change, at):
    clock = budget(calendar, 12, at)
    meet_clock(clock=clock, at=moment(24, 15))
    before = Clock.objects.filter(pk=clock.pk).values().get()
    change({date(2026, 11, 25): OFF})
    run_job(calendar, at)
    assert Clock.objects.filter(pk=clock.pk).values().get() == before


def test_nothing_fires_by_hours_that_are_no_longer_so(calendar, change, at):
    """The sweep comes between the change and its job."""
    clock = budget(calendar, 8, at)
    change({date(2026, 11, 24): OFF})
    assert sweep_clocks(at=moment(24, 17)).fired == 0
    assert fresh(clock).due_at == moment(25, 17) and fresh(clock).calendar_version == 2
    assert sweep_clocks(at=moment(25, 17)).fired == 1


def test_many_due_by_the_old_hours_fire_by_the_new_ones_only(calendar, change, at):
    """More than one pass takes: those of the next pass are counted first as well."""
    made = [budget(calendar, 8, at) for _number in range(6)]
    change({date(2026, 11, 24): OFF})
    assert sweep_clocks(at=moment(24, 17), limit=2) == Swept(2, 0, 0)
    while sweep_clocks(at=moment(24, 17), limit=2).due:
        pass
    assert not ClockFire.objects.exists()
    assert {fresh(clock).due_at for clock in made} == {moment(25, 17)}


def test_whoever_touches_a_clock_first_counts_it_first(calendar, change, at):
    clock = budget(calendar, 8, at)
    change({date(2026, 11, 24): OFF})
    assert meet_clock(clock=clock, at=moment(24, 18)).late_at is None
    assert fresh(clock).calendar_version == 2


def make_clocks(calendar, count, at, seed=1):
    """Clocks of all kinds and states, as months of use leave them."""
    random.seed(seed)
    made = []
    for number in range(count):
        levels = [(-1, -3600 * random.randint(1, 9)), (1, 3600)] if number % 3 else []
        start = at - random.randint(0, 20 * 24) * HOUR
        if number % 4 == 0:
            clock = start_clock(kind="deadline", label=str(number), due_at=start + random.randint(1, 40) * 12 * HOUR,
                                calendar=calendar, levels=levels, at=start)
        else:
            clock = budget(calendar, random.randint(1, 160), start, levels)
        made.append(clock)
        if number % 5 == 0:
            pause_clock(clock=clock, reason="customer", at=start + 30 * HOUR)
        if number % 10 == 0:
            resume_clock(clock=clock, at=start + 50 * HOUR)
    for _pass in range(4):
        sweep_clocks(at=at, limit=count)
    for clock in made[::13]:
        meet_clock(clock=clock, at=at)
    return [clock.pk for clock in made]


def one_by_one(ids, at):
    """What counting each row by itself gives: the independent way of the same rule."""
    found = {}
    for clock in Clock.objects.filter(pk__in=ids).select_related("calendar"):
        if clock.state in ("running", "breached", "paused"):
            clocks.recount(clock, at, work_time(clock.calendar))
        found[clock.pk] = {f.attname: deepcopy(getattr(clock, f.attname)) for f in Clock._meta.concrete_fields}
    return found


@pytest.mark.parametrize("days", [
    {date(2026, 11, day): OFF for day in (18, 19, 25, 26, 30)},
    {date(2026, 11, day): {"kind": "as_weekday", "as_weekday": 0} for day in (14, 15, 21, 22, 28, 29)},
    {date(2026, 11, 24): {"kind": "custom", "intervals": [[0, 1440]]}, date(2026, 11, 13): OFF},
])
def test_many_at_once_are_counted_as_one_by_one(calendar, change, at, days):
    ids = make_clocks(calendar, 160, at)
    change(days)
    wanted = one_by_one(ids, at)
    before = {row["id"]: row["due_at"] for row in Clock.objects.values("id", "due_at")}
    moved = recount_clocks(calendar_id=calendar.pk, clock_ids=ids, at=at)
    assert {row["id"]: row for row in Clock.objects.filter(pk__in=ids).values()} == wanted
    assert moved == sum(wanted[pk]["due_at"] != before[pk] for pk in ids) > 20
    assert not outdated(calendar.pk).exists()


def test_a_chunk_costs_as_many_statements_whatever_its_size(calendar, change, at):
    ids = make_clocks(calendar, 120, at)
    change({date(2026, 11, day): OFF for day in (25, 26)})

    def statements(some):
        with connection.execute_wrapper(count_into(counted := [])):
            assert recount_clocks(calendar_id=calendar.pk, clock_ids=some, at=at)
        return len(counted)

    work_time(WorkCalendar.objects.get(pk=calendar.pk))  # compiled once per version
    few = statements(ids[:20])
    assert statements(ids[20:]) == few <= 12


def test_a_job_that_was_stopped_goes_on_where_it_was(calendar, change, at, monkeypatch):
    ids = make_clocks(calendar, 60, at)
    change({date(2026, 11, day): OFF for day in (25, 26)})
    monkeypatch.setattr(jobs, "CLOCKS_AT_ONCE", 10)
    wanted, done = one_by_one(ids, at), []

    def dies(*, clock_ids, **more):
        if len(done) == 3:
            raise KeyboardInterrupt
        done.extend([clock_ids])
        return recount_clocks(clock_ids=clock_ids, **more)

    monkeypatch.setattr(jobs, "recount_clocks", dies)
    with pytest.raises(KeyboardInterrupt):
        run_job(calendar, at)
    monkeypatch.setattr(jobs, "recount_clocks", recount_clocks)
    left = outdated(calendar.pk).count()
    assert run_job(calendar, at)["clocks"] == left > 0
    assert {row["id"]: row for row in Clock.objects.filter(pk__in=ids).values()} == wanted
    assert run_job(calendar, at) == {"clocks": 0, "moved": 0, "orders": 0}
    assert recount_clocks(calendar_id=calendar.pk, clock_ids=ids, at=at + 9 * DAY) == 0


def test_what_was_begun_in_the_instant_of_the_change_follows_within_the_hour(calendar, change, at):
    clock = budget(calendar, 12, at)
    start_clock(kind="budget", label="no calendar", budget_s=3600, at=at)
    change({date(2026, 11, 25): OFF})
    run_job(calendar, at)
    Clock.objects.filter(pk=clock.pk).update(calendar_version=1, due_at=moment(25, 13))
    with patch("django.utils.timezone.now", lambda: at):
        assert jobs.follow_calendars(lambda *said: None) == {"calendars": 1}
        assert jobs.follow_calendars(lambda *said: None) == {"calendars": 0}
    assert fresh(clock).due_at == moment(26, 13)


def test_a_ticket_is_due_when_its_clock_is(company, scopes, root, reference, at):  # noqa: F811
    seed_exceptions()
    ticket, resting = (
        open_ticket(subject_kind="thing", subject_key=key, kind_code="stock_difference", title_en="x", title_zh="x",
                    scope=scopes[0], at=at) for key in "ab")
    wait_ticket(ticket=resting, reason="customer", by=None, at=at)
    due, clock = ticket.due_at, ticket.resolution_clock
    change_calendar(calendar=company.calendar, days={date(2026, 11, day): OFF for day in (24, 25)}, reason="", by=root,
                    at=at)
    run_job(company.calendar, at)
    ticket.refresh_from_db()
    resting.refresh_from_db()
    assert ticket.due_at == fresh(clock).due_at > due + DAY and ticket.late_at is None
    assert resting.due_at is None


@pytest.fixture
def order(make_order, at):  # noqa: F811
    order = make_order(ordered_at=at - 2 * HOUR, promised_at=at + 20 * DAY)
    plan_milestones(order_ids=[order.pk], at=at)
    return order


def test_dates_of_an_order_move_where_they_count_working_time_and_no_promise_moves(order, company, root, at):
    before = {code: (one.planned_at, one.clock and one.clock.due_at) for code, one in nodes_of(order).items()}
    change_calendar(calendar=company.calendar, days={date(2026, 11, day): OFF for day in (24, 25)}, reason="", by=root,
                    at=at)
    found = run_job(company.calendar, at)
    assert found["orders"] == 1 and not orders_to_plan(company.calendar_id).exists()
    after = {code: (one.planned_at, one.clock and one.clock.due_at) for code, one in nodes_of(order).items()}
    assert {code for code in before if after[code] != before[code]} == {"credit", "mrp"}
    assert after["mrp"] == (moment(30),) * 2 and after["credit"][0] == after["credit"][1]
    assert {one.clock.calendar_version for one in nodes_of(order).values() if one.clock} == {2}
    assert Order.objects.get(pk=order.pk).next_due_at == after["credit"][0]


def test_an_order_that_was_warned_is_not_warned_again_because_a_day_is_off(order, company, root, at):
    mrp = nodes_of(order)["mrp"]
    warned_at = mrp.clock.next_fire_at
    for hour in range(30 * 24):
        if warned_at <= at + hour * HOUR < mrp.planned_at:
            break
    now = at + hour * HOUR
    sweep_clocks(at=now)
    sweep_clocks(at=now + HOUR / 2)
    assert ClockFire.objects.filter(clock=mrp.clock).count() == 1
    change_calendar(calendar=company.calendar, days={mrp.planned_at.date(): OFF}, reason="", by=root, at=now)
    plan_due_orders(at=now)
    plan_milestones(order_ids=list(orders_to_plan(company.calendar_id).values_list("pk", flat=True)), at=now)
    clock = nodes_of(order)["mrp"].clock
    assert clock.due_at > mrp.planned_at and clock.cycle == 1
    for hour in range(10 * 24):
        sweep_clocks(at=now + hour * HOUR)
    assert list(ClockFire.objects.filter(clock=clock).values_list("cycle", "level")) == [(1, -1), (1, 0)]
