"""Does an order that only some system knows stay without plan, clocks and tickets until the authority confirms it?"""
from datetime import timedelta

import pytest

from config.steps import plan, settle, sweep
from exceptions.models import Ticket
from exceptions.seed import seed_exceptions
from orders.actions import join_orders, record_events
from orders.models import Order, SourceSystem
from orders.statement import Statement
from sla.models import Clock, Milestone, PlanRequest
from sla.seed import seed_reference

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def house(company, systems, at):
    seed_reference(company=company, at=at)
    seed_exceptions()


def said(system, number, at, promised_at, version=1, **more):
    return Statement(
        system=system, entity="order", key=f"{system}-{number}", order_number=number, order_kind="standard",
        occurred_at=at, orders_by="version", version=str(version), payload_hash=f"{system}{version}",
        data={
            "axis": "commercial", "status": "confirmed", "promised_at": promised_at.isoformat().replace("+00:00", "Z"),
            "ordered_at": (promised_at - timedelta(days=8)).isoformat().replace("+00:00", "Z"),
        }, **more,
    )


def cycle(at):
    return [step(at) for step in (plan, sweep, plan, settle)]


def late_tickets():
    return Ticket.objects.filter(kind__code__startswith="late_", state__in=Ticket.OPEN_STATES)


def test_a_provisional_order_has_no_plan_no_clock_and_no_ticket(house, at):
    record_events(statements=[said("wms", "SO60100042", at, at - 5 * HOUR)], by=None, at=at)
    cycle(at), cycle(at + timedelta(days=3))
    order = Order.objects.get()
    assert (order.identity, order.lateness, order.next_due_at, order.forecast_at) == ("provisional", 0, None, None)
    assert not Milestone.objects.exists() and not Clock.objects.exists() and not Ticket.objects.exists()
    assert not PlanRequest.objects.exists(), "it is not asked for again and again"
    assert not Order.objects.late().exists()


def test_planning_begins_when_the_authority_confirms_it(house, at):
    record_events(statements=[said("wms", "60100042", at, at - 5 * HOUR)], by=None, at=at)
    cycle(at)
    record_events(statements=[said("erp", "60100042", at + HOUR, at - 5 * HOUR)], by=None, at=at + HOUR)
    cycle(at + HOUR)
    order = Order.objects.get()
    assert order.identity == "confirmed" and order.lateness == 2 and order.milestones.count() == 10
    assert late_tickets().exists()


def test_an_order_that_is_found_to_be_another_loses_its_lateness_and_its_ticket(house, at):
    """The hub planned provisional orders once: what stands from then goes away, too."""
    told = [said("erp", "60100042", at, at - 5 * HOUR), said("erp", "60100043", at, at - 5 * HOUR)]
    record_events(statements=told, by=None, at=at)
    cycle(at)
    assert late_tickets().count() == 2
    right, wrong = Order.objects.order_by("number")
    join_orders(order=right, other=wrong, reason="typing error", by=None, at=at + HOUR)
    cycle(at + HOUR)
    wrong.refresh_from_db()
    assert wrong.lateness == 0 and wrong.next_due_at is None
    assert [one.order for one in late_tickets()] == [right]
    assert not Clock.objects.filter(milestone__order=wrong, next_fire_at__isnull=False).exists()


def test_a_provisional_order_that_was_planned_before_loses_its_nodes_and_its_ticket(house, at):
    record_events(statements=[said("erp", "60100042", at, at - 5 * HOUR)], by=None, at=at)
    cycle(at)
    assert late_tickets().exists()
    Order.objects.update(identity="provisional")
    PlanRequest.objects.create(order=Order.objects.get(), asked_at=at + HOUR)
    cycle(at + HOUR)
    assert not Milestone.objects.exists() and not late_tickets().exists()
    assert not Clock.objects.filter(label__startswith="60100042").exists()
    assert Ticket.objects.get().entries.order_by("-id").first().data["why"] == "unconfirmed"
    assert Order.objects.get().lateness == 0


def test_where_no_system_is_named_to_confirm_orders_any_header_does(house, at):
    SourceSystem.objects.update(confirms_identity=False)
    record_events(statements=[said("wms", "60100042", at, at + 200 * HOUR)], by=None, at=at)
    cycle(at)
    assert Order.objects.get().identity == "confirmed" and Milestone.objects.exists()
