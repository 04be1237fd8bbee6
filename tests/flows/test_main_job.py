"""The main job from a system's words to a person's notice, and back to a ticket that closes itself."""
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from config.steps import deliver, plan, settle, sweep
from exceptions.models import Ticket
from exceptions.seed import seed_exceptions
from kernel.access import grant_scope
from kernel.models import Department, Heartbeat, JobRun, Notice, Scope
from orders.actions import hold_order, record_events, release_order
from orders.models import Order
from orders.statement import Statement
from sla.models import PlanRequest
from sla.seed import seed_reference

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def house(company, systems, at):
    seed_reference(company=company, at=at)
    seed_exceptions()


@pytest.fixture
def buyer(house, person, scopes):
    from django.contrib.auth.models import Permission

    user = person("buyer", scopes[0], department=Department.objects.get(code="purchasing"))
    user.user_permissions.add(Permission.objects.get(codename="work_ticket"))
    for scope in Scope.objects.all():
        grant_scope(scope=scope, to=user)
    return user


def said(at, version, promised_at, status="confirmed", **facts):
    return Statement(
        system="erp", entity="order", key="SO-1", order_number="SO-1", order_kind="standard", occurred_at=at,
        orders_by="version", version=str(version), payload_hash=f"{version:064d}",
        data={
            "axis": "commercial", "status": status, "promised_at": _text(promised_at),
            "ordered_at": _text(promised_at - timedelta(days=6)),
            "facts": {code: _text(moment) for code, moment in facts.items()},
        },
    )


def _text(moment):
    return moment.isoformat().replace("+00:00", "Z")


def cycle(at):
    return [step(at) for step in (plan, sweep, plan, settle, deliver)]


def test_a_late_delivery_of_material_becomes_a_ticket_a_notice_and_closes_itself(buyer, at):
    promised = at + 47 * HOUR  # material was due an hour ago
    early = {"credit_checked": at - 5 * 24 * HOUR, "mrp_run": at - 4 * 24 * HOUR}
    record_events(statements=[said(at - 5 * 24 * HOUR, 1, promised, **early)], by=None, at=at)
    assert PlanRequest.objects.count() == 1, "asked for in the transaction that changed it"
    cycle(at)
    order, ticket = Order.objects.get(), Ticket.objects.get()
    assert (order.lateness, order.late_node, order.open_tickets) == (2, "material", 1)
    assert ticket.kind.code == "late_purchasing" and ticket.assignee == buyer and ticket.order == order
    assert "采购到货已延期" in ticket.title_zh and "is late" in ticket.title_en
    assert Notice.objects.get(person=buyer).link == f"/tickets/{ticket.number}/"
    done = said(at + HOUR, 2, promised, material_received=at + HOUR, **early)
    record_events(statements=[done], by=None, at=at + HOUR)
    cycle(at + HOUR)
    ticket.refresh_from_db(), order.refresh_from_db()
    assert ticket.state == "resolved" and order.open_tickets == 0 and order.late_node == ""
    assert ticket.first_response_at is None, "the machine's note is no answer"


def test_a_moved_promise_takes_the_lateness_and_the_ticket_with_it(buyer, at):
    early = {"credit_checked": at - 5 * 24 * HOUR, "mrp_run": at - 4 * 24 * HOUR}
    record_events(statements=[said(at, 1, at + 47 * HOUR, **early)], by=None, at=at)
    cycle(at)
    record_events(statements=[said(at + HOUR, 2, at + 30 * 24 * HOUR, **early)], by=None, at=at + HOUR)
    cycle(at + HOUR)
    assert Order.objects.get().lateness == 0 and Ticket.objects.get().state == "resolved"


def test_a_cancelled_order_closes_its_tickets_and_stops_its_clocks(buyer, at):
    record_events(statements=[said(at, 1, at + HOUR)], by=None, at=at)
    cycle(at)
    assert Ticket.objects.filter(state__in=Ticket.OPEN_STATES).exists()
    record_events(statements=[said(at + HOUR, 2, at + HOUR, status="cancelled")], by=None, at=at + HOUR)
    cycle(at + HOUR)
    assert not Ticket.objects.filter(state__in=Ticket.OPEN_STATES).exists()
    assert sweep(at + timedelta(days=30))["fired"] == 0


def test_a_hold_by_a_person_stops_the_budget_of_the_first_node(buyer, at):
    record_events(statements=[said(at, 1, at + 6 * 24 * HOUR)], by=None, at=at)
    cycle(at)
    hold_order(order=Order.objects.get(), kind="credit", reason="credit", by=buyer, at=at + HOUR)
    plan(at + HOUR)
    credit = Order.objects.get().milestones.select_related("clock").get(node__code="credit")
    assert credit.clock.state == "paused"
    release_order(order=Order.objects.get(), reason="paid", by=buyer, at=at + 3 * HOUR)
    plan(at + 3 * HOUR)
    credit.clock.refresh_from_db()
    assert credit.clock.state == "running" and credit.clock.used_s == 3600


def test_one_late_order_is_no_flood(buyer, at):
    """Everything of the order is late: never two tickets of one department, and the first node has one."""
    record_events(statements=[said(at, 1, at - 24 * HOUR)], by=None, at=at)
    for number in range(6):
        cycle(at + number * HOUR)
    kinds = list(Ticket.objects.values_list("kind__code", flat=True))
    assert len(kinds) == len(set(kinds)) and "late_finance" in kinds


def test_run_cycle_does_it_all_and_says_so(house, at):
    out = StringIO()
    call_command("run_cycle", stdout=out)
    said_lines = out.getvalue().splitlines()
    assert [line.split()[0] for line in said_lines] == [
        "pull", "inbox", "milestones", "comparison", "clocks", "milestones", "tickets", "outbox", "jobs",
    ]
    assert "FAILED" not in out.getvalue()


def test_run_cycle_ends_with_an_error_when_a_step_fails_and_does_the_others(house, monkeypatch):
    from config import steps
    from config.management.commands import run_cycle

    def broken(at):
        raise ValueError("no")

    monkeypatch.setattr(run_cycle, "CYCLE", [("bad", broken), ("outbox", steps.deliver)])
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("run_cycle", stdout=out)
    assert "FAILED: ValueError: no" in out.getvalue() and "outbox" in out.getvalue()


def test_the_ticker_works_and_leaves_a_sign_of_life(house):
    call_command("tick", seconds=0.3, pause=0.1)
    assert Heartbeat.objects.get(name="tick").detail["failing"] == []
    assert not JobRun.objects.filter(state="dead").exists()
