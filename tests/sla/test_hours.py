"""Does every node and every ticket count by the hours of whoever must act, also when these take other ones?"""
from datetime import UTC, date, datetime, timedelta
from itertools import product
from unittest.mock import patch

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exceptions import jobs
from exceptions.actions import open_ticket, reopen_ticket, resolve_ticket
from exceptions.late_nodes import raise_late_tickets
from exceptions.models import Ticket
from exceptions.seed import seed_exceptions
from exceptions.ticket_clocks import by_other_hours
from kernel.calendar_versions import change_calendar
from kernel.models import Company, Department, JobRun, Plant, User, WorkCalendar
from orders.models import Order, OrderKind
from sla import calendars, hours
from sla.actions import plan_due_orders, plan_milestones, sweep_clocks
from sla.held_time import held_time
from sla.jobs import count_anew
from sla.late_shares import late_shares
from sla.models import Clock, Milestone, MilestonePlan
from sla.plan_preview import previews
from sla.recounting import orders_by_other_hours, orders_to_plan
from sla.seed import DEPARTMENTS, OFFICE, seed_calendar, seed_departments
from tests.sla.test_planning import make_order, nodes_of, reference, set_facts  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def moment(day, hour=0, minute=0):
    """November 2026 in Shanghai; the 28th is a Saturday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - 8 * HOUR


@pytest.fixture(autouse=True)
def freshly_compiled():
    """Databases of tests have the same keys and other days."""
    calendars._compiled.cache_clear()


@pytest.fixture
def plant(company):
    """From 7:00 to 23:00 every day; the company and its seeded offices work from Monday to Friday."""
    calendar = WorkCalendar.objects.create(
        code="two-shifts", name_en="Two shifts", name_zh="两班", weekly=[[day, 420, 1380] for day in range(7)],
        covers_from=date(2025, 1, 1), covers_until=date(2027, 12, 31),
    )
    return Plant.objects.create(company=company, code="P1", name_en="P", name_zh="P", calendar=calendar)


@pytest.fixture
def weekend_order(make_order, plant):  # noqa: F811
    """Placed on Saturday at ten in the morning: finance has six working hours to check its credit."""
    seed_exceptions()
    order = make_order(plant=plant, ordered_at=moment(28, 10), promised_at=moment(28, 10) + timedelta(days=12))
    plan_milestones(order_ids=[order.pk], at=moment(28, 10))
    return order


def fire_all(at):
    while sweep_clocks(at=at).fired:
        pass


def plan_again(order, at):
    plan_milestones(order_ids=[order.pk], at=at)
    return Order.objects.select_related("company", "plant").get(pk=order.pk)


def follow(at):
    with patch("django.utils.timezone.now", lambda: at):
        return jobs.follow_hours(lambda *said: None)


def test_finance_is_not_late_on_a_sunday_on_which_it_does_not_work(weekend_order):
    sunday = moment(29, 20)
    fire_all(sunday)
    order = plan_again(weekend_order, sunday)
    credit = nodes_of(order)["credit"]
    assert credit.state == Milestone.RUNNING and order.lateness == 0 and not Ticket.objects.exists()
    assert credit.planned_at == credit.clock.due_at == moment(30, 16), "8:30 to 12:00, 13:30 to 16:00 on Monday"
    fire_all(moment(30, 15))
    assert not Ticket.objects.exists(), "it was warned"
    fire_all(moment(30, 16))
    ticket = Ticket.objects.get(kind__code="late_finance")
    assert ticket.resolution_clock.calendar == credit.clock.calendar == Company.objects.get().calendar
    assert raise_late_tickets(at=moment(30, 16)) == 0


def test_the_plant_works_on_sunday_and_so_do_the_clocks_of_who_has_no_hours_of_its_own(weekend_order, plant):
    for code, one in nodes_of(weekend_order).items():
        if one.clock:
            own = one.node.department.code in OFFICE
            assert one.clock.calendar_id == (one.order.company.calendar_id if own else plant.calendar_id), code
    ticket = open_ticket(
        subject_kind="order", subject_key="1", kind_code="late_warehouse", title_en="x", title_zh="x", at=moment(29, 9),
        scope=weekend_order.scope, order=weekend_order,
    )
    assert ticket.department.calendar is None and ticket.resolution_clock.calendar == plant.calendar
    other = open_ticket(
        subject_kind="thing", subject_key="1", kind_code="late_warehouse", title_en="x", title_zh="x", at=moment(29, 9),
        scope=weekend_order.scope,
    )
    assert other.resolution_clock.calendar == other.scope.company.calendar, "without an order there is no plant"


def test_the_rule_in_sql_is_the_rule_on_rows(make_order, plant, company, at):  # noqa: F811
    """Planned while some of department, plant and company keep hours, asked while others do: 8 times 8 ways."""
    keepers = (Department, company.calendar), (Plant, plant.calendar), (Company, seed_calendar())
    order = make_order(plant=plant, ordered_at=at)

    def set_up(keeps):
        for (model, calendar), has in zip(keepers, keeps, strict=True):
            model.objects.update(calendar=calendar if has else None)

    def is_off():
        now = Order.objects.select_related("plant", "company").get()
        nodes = order.milestones.filter(clock__isnull=False).select_related("node__department", "clock")
        return any(one.clock.calendar_id != hours.calendar_id_of_node(one.node, now) for one in nodes)

    ways, seen = list(product((True, False), repeat=3)), set()
    for planned in ways:
        set_up(planned)
        plan_milestones(order_ids=[order.pk], at=at)
        assert not is_off()
        for asked in ways:
            set_up(asked)
            assert orders_by_other_hours().exists() == is_off(), (planned, asked)
            seen.add(is_off())
    assert seen == {True, False}


def test_planning_reads_as_often_however_many_orders_and_hours_there_are(make_order, plant, at):  # noqa: F811
    costs = []
    for count in (2, 12):
        orders = [make_order(number=f"SO-{count}-{n}", plant=plant) for n in range(count)]
        plan_milestones(order_ids=[orders[0].pk], at=at)  # compiles the calendars
        with CaptureQueriesContext(connection) as caught:
            plan_milestones(order_ids=[one.pk for one in orders[1:]], at=at)
        costs.append(len([one for one in caught if one["sql"].startswith("SELECT")]))
    assert costs[0] == costs[1]


def test_a_changed_calendar_of_a_department_moves_its_nodes_and_no_others(weekend_order, company):
    before = {code: one.clock and one.clock.due_at for code, one in nodes_of(weekend_order).items()}
    change_calendar(
        calendar=company.calendar, days={date(2026, 11, 30): {"kind": "off"}}, reason="", by=None, at=moment(28, 12))
    assert orders_to_plan(company.calendar_id).get() == weekend_order
    with patch("django.utils.timezone.now", lambda: moment(28, 12)):
        assert count_anew(lambda *said: None, calendar_id=company.calendar_id)["orders"] == 1
    after = {code: one.clock and one.clock.due_at for code, one in nodes_of(weekend_order).items()}
    assert after["credit"] == before["credit"] + timedelta(days=1) == moment(30, 16) + timedelta(days=1)
    assert {code for code in before if before[code] != after[code]} == {"credit", "mrp"}


def test_what_hangs_on_the_plan_of_a_node_that_is_done_moves_with_that_nodes_hours(
    make_order, reference, plant, company, at,  # noqa: F811
):
    plan = MilestonePlan.objects.create(code="two", version=1, name_en="p", name_zh="p")
    rows = ("credit", "finance", "ordered", "credit_checked"), ("start", "production", "node:credit:planned", "shipped")
    for number, (code, department, anchor, fact) in enumerate(rows, 1):
        plan.nodes.create(
            sequence=number, code=code, fact=fact, anchor=anchor, offset=4 * 3600, unit="work_s", name_en=code,
            name_zh=code, department=Department.objects.get(code=department),
        )
    MilestonePlan.objects.filter(code="standard").update(is_current=False)
    MilestonePlan.objects.filter(pk=plan.pk).update(is_current=True, kind=OrderKind.objects.get(code="standard"))
    order = make_order(plant=plant, ordered_at=moment(27, 15), promised_at=None)  # Friday: due on Monday at 10:00
    plan_milestones(order_ids=[order.pk], at=moment(27, 15))
    set_facts(order, credit_checked=moment(27, 16))
    plan_milestones(order_ids=[order.pk], at=moment(27, 16))
    assert nodes_of(order)["start"].planned_at == moment(30, 14)
    day = date(2026, 11, 30)
    change_calendar(calendar=company.calendar, days={day: {"kind": "off"}}, reason="", by=None, at=moment(28, 12))
    with patch("django.utils.timezone.now", lambda: moment(28, 12)):
        assert count_anew(lambda *said: None, calendar_id=company.calendar_id)["orders"] == 0
    assert plan_due_orders(at=moment(28, 12)) == 1
    assert nodes_of(order)["start"].planned_at == moment(30, 14) + timedelta(days=1)


@pytest.fixture
def client_of_root(client):
    client.force_login(User.objects.create_superuser("root", password="x", language="en"))
    return client


def test_other_hours_of_a_department_are_followed_by_its_nodes_and_tickets(weekend_order, plant, client_of_root):
    finance = Department.objects.get(code="finance")
    ticket = open_ticket(
        subject_kind="order", subject_key="7", kind_code="late_finance", title_en="x", title_zh="x", at=moment(28, 10),
        scope=weekend_order.scope, order=weekend_order,
    )
    assert ticket.due_at > moment(30)
    fields = {"code": "finance", "name_en": "Finance", "name_zh": "财务部", "company": finance.company_id, "head": "",
              "calendar": plant.calendar_id, "most_tickets": "", "queue_s": "0:30"}
    address = reverse("admin:kernel_department_change", args=[finance.pk])
    assert "Its nodes and tickets count by it." in client_of_root.get(address).content.decode()
    done = client_of_root.post(address, fields)
    assert done.status_code == 302, done.context["errors"]
    job = JobRun.objects.get(kind="follow_hours")
    assert job.asked_by.username == "root" and list(orders_by_other_hours()) == [weekend_order]
    clocks = {ticket.response_clock_id, ticket.resolution_clock_id, ticket.queue_clock_id}
    assert {plant.calendar_id: sorted(clocks)} == {key: sorted(ids) for key, ids in by_other_hours().items()}
    now = moment(28, 11)
    found = follow(now)
    assert found["orders"] == 1 and found["clocks"] == 3
    credit = nodes_of(weekend_order)["credit"]
    assert credit.clock.calendar == plant.calendar and credit.planned_at == credit.clock.due_at == moment(28, 16)
    ticket.refresh_from_db()
    clock = Clock.objects.get(pk=ticket.resolution_clock_id)
    assert clock.calendar == plant.calendar and ticket.due_at == clock.due_at < moment(30)
    assert follow(now) == {"orders": 0, "clocks": 0, "moved": 0}
    client_of_root.post(address, fields | {"name_en": "Treasury"})
    assert JobRun.objects.filter(kind="follow_hours").count() == 1, "another name moves nothing"


@pytest.mark.parametrize("kind", ["plant", "company"])
def test_other_hours_of_a_plant_or_the_company_are_told_as_well(kind, weekend_order, plant, company, client_of_root):
    owner = plant if kind == "plant" else company
    fields = {"code": owner.code, "name_en": "P", "name_zh": "P", "time_zone": "Asia/Shanghai", "currency": "CNY",
              "company": company.pk, "calendar": company.calendar_id if kind == "plant" else plant.calendar_id}
    done = client_of_root.post(reverse(f"admin:kernel_{kind}_change", args=[owner.pk]), fields)
    assert done.status_code == 302, done.context["errors"]
    assert JobRun.objects.get(kind="follow_hours").key.startswith(f"follow_hours:{kind}:{owner.pk}:")
    assert follow(moment(28, 11))["orders"] == (kind == "plant"), "the offices keep hours of their own"


def test_time_used_stays_used_and_a_resting_ticket_rests_on(weekend_order, plant):
    from exceptions.actions import wait_ticket

    Department.objects.update(calendar=plant.calendar)
    ticket = open_ticket(
        subject_kind="order", subject_key="7", kind_code="late_finance", title_en="x", title_zh="x", at=moment(28, 10),
        scope=weekend_order.scope, order=weekend_order,
    )
    wait_ticket(ticket=ticket, reason="customer", by=None, at=moment(28, 13))
    Department.objects.update(calendar=Company.objects.get().calendar)
    follow(moment(28, 14))
    clock = Clock.objects.get(pk=ticket.resolution_clock_id)
    assert (clock.used_s, clock.state, clock.due_at) == (3 * 3600, Clock.PAUSED, None)
    assert clock.calendar == Company.objects.get().calendar


def test_who_keeps_no_hours_any_more_counts_every_second(weekend_order, plant):
    ticket = open_ticket(
        subject_kind="order", subject_key="7", kind_code="late_finance", title_en="x", title_zh="x", at=moment(28, 10),
        scope=weekend_order.scope, order=weekend_order,
    )
    for model in (Department, Plant, Company):
        model.objects.update(calendar=None)
    follow(moment(28, 11))
    clock = Clock.objects.get(pk=ticket.resolution_clock_id)
    assert clock.calendar is None and clock.due_at == moment(28, 10) + timedelta(seconds=clock.budget_s)
    assert not by_other_hours() and not orders_by_other_hours().exists()


def test_a_ticket_that_is_opened_again_counts_by_the_hours_of_now(weekend_order, plant):
    ticket = open_ticket(
        subject_kind="order", subject_key="7", kind_code="late_finance", title_en="x", title_zh="x", at=moment(28, 10),
        scope=weekend_order.scope, order=weekend_order,
    )
    resolve_ticket(ticket=ticket, note="x", by=None, at=moment(28, 11), why="over")
    Department.objects.update(calendar=plant.calendar)
    again = reopen_ticket(ticket=ticket, reason="", by=None, at=moment(28, 12), why="still_late")
    assert again.resolution_clock.calendar == plant.calendar and again.due_at == again.resolution_clock.due_at
    assert not by_other_hours()


def test_what_was_done_and_is_taken_back_counts_by_the_hours_of_now(weekend_order, plant):
    set_facts(weekend_order, credit_checked=moment(30, 9))
    plan_again(weekend_order, moment(30, 9))
    Department.objects.update(calendar=plant.calendar)
    Order.objects.filter(pk=weekend_order.pk).update(state={"facts": {}})
    plan_again(weekend_order, moment(30, 10))
    assert nodes_of(weekend_order)["credit"].clock.calendar == plant.calendar


def test_off_hours_are_those_of_whoever_has_the_order(weekend_order):
    now = moment(30, 8, 30)
    set_facts(weekend_order, credit_checked=now, mrp_run=now)
    order = plan_again(weekend_order, now)
    rows = list(order.milestones.select_related("node__department").order_by("sequence"))
    shares = {one.name: one.minutes for one in held_time(order, rows, now).shares}
    assert shares == {"Off hours": 46 * 60 + 30}, "the weekend is nobody's while finance has the order"
    noon = moment(28, 12)
    set_facts(order, credit_checked=noon, mrp_run=noon, material_received=noon, dispatched=noon)
    order = plan_again(order, now)
    rows = list(order.milestones.select_related("node__department").order_by("sequence"))
    shares = {one.name: one.minutes for one in held_time(order, rows, now).shares}
    assert shares == {"Production": (11 + 16) * 60 + 90, "Off hours": 18 * 60}, "the shop floor works at the weekend"


def test_the_hours_late_are_those_of_the_node_and_sum_to_the_sentence(make_order, plant):  # noqa: F811
    order = make_order(plant=plant, ordered_at=moment(27, 10), promised_at=None)  # Friday
    now = moment(30, 9, 30)
    order = plan_again(order, now)
    assert order.late_node == "credit"
    rows = list(order.milestones.select_related("node__department").order_by("sequence"))
    found = late_shares(order, rows, now)
    # Due on Friday at 17:30, six hours of work after ten: what is late is one hour of Monday, not the weekend.
    assert found.total == "1 h" and found.lines == (("1 h", "Credit checked", "Finance"),)


def test_the_preview_of_a_plan_says_the_dates_by_the_same_hours(weekend_order, at):
    from sla.actions import draft_plan, publish_plan, reapply_plan

    root = User.objects.create_superuser("root", password="x")
    fresh = draft_plan(plan=MilestonePlan.objects.get(code="standard"), by=root, at=at)
    fresh.nodes.filter(code="credit").update(offset=2 * 3600)
    publish_plan(plan=fresh, by=root, at=at)
    now = moment(28, 12)
    (seen,) = previews(fresh, root, now)
    (move,) = seen.moves
    assert move.after == moment(30, 10, 30)
    reapply_plan(plan=fresh, order_ids=[weekend_order.pk], by=root, at=now)
    assert nodes_of(weekend_order)["credit"].planned_at == move.after


def test_offices_are_seeded_with_the_companys_hours_and_a_choice_of_people_stays(company, plant):
    Department.objects.create(company=company, code="finance", name_en="F", name_zh="F", calendar=plant.calendar)
    Department.objects.create(company=company, code="sales", name_en="S", name_zh="S")
    assert seed_departments(company) == len(DEPARTMENTS) - 2 and seed_departments(company) == 0
    kept = dict(Department.objects.values_list("code", "calendar__code"))
    assert kept["finance"] == "two-shifts" and kept["sales"] is None
    assert {code for code, calendar in kept.items() if calendar == "office"} == OFFICE - {"finance", "sales"}


def test_a_company_without_hours_gets_offices_of_its_time_zone():
    company = Company.objects.create(code="c", name_en="C", name_zh="C", time_zone="Europe/Berlin")
    seed_departments(company)
    calendar = Department.objects.get(code="sales").calendar
    assert (calendar.code, calendar.time_zone) == ("cn-office", "Europe/Berlin")
    assert Department.objects.get(code="production").calendar is None
