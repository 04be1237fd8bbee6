"""Does anything of an order count down, become late or escalate while the order is on hold?"""
from datetime import timedelta

import pytest

from config import steps
from exceptions.late_nodes import raise_late_tickets, rest_with_orders, settle_late_tickets
from exceptions.models import Ticket
from exceptions.seed import seed_exceptions
from exceptions.words import of_entry
from orders.actions import hold_order, release_order
from orders.models import HoldKind, Order
from sla.actions import plan_milestones, sweep_clocks
from sla.boards import columns
from sla.models import ClockFire, Milestone, PlanRequest
from sla.seed import seed_reference
from tests.exceptions.test_late_nodes import done, open_kinds, order  # noqa: F401

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def hold(order, since, at):  # noqa: F811
    Order.objects.filter(pk=order.pk).update(held_at=since)
    plan_milestones(order_ids=[order.pk], at=at)


def sweep(at):
    while sweep_clocks(at=at).fired:
        pass


@pytest.fixture
def viewer(person, order):  # noqa: F811
    return person("viewer", order.scope, is_superuser=True, is_staff=True, language="en")


def counts(viewer, at, **asked):
    found = columns(viewer, asked, at)
    return {name: sum(getattr(one, name) for one in found) for name in ("count", "late", "held", "on_hold")}


def test_what_fell_due_on_hold_is_on_hold_on_the_board_and_not_late(order, viewer, at):  # noqa: F811
    before = counts(viewer, at)
    assert before["late"] == 1 and before["on_hold"] == 0 and before["held"] > 1
    hold(order, at - 60 * DAY, at)
    after = counts(viewer, at)
    shown = Milestone.objects.filter(order=order, state__in=["running", "late"]).count()
    assert after == {"count": 0, "late": 0, "held": 0, "on_hold": shown} and shown > 1
    assert counts(viewer, at, late="1")["on_hold"] == 0


def test_what_was_late_before_the_hold_stays_late_but_counts_no_further(order, viewer, client, at):  # noqa: F811
    late = Milestone.objects.filter(order=order, state=Milestone.LATE).order_by("sequence").first()
    hold(order, late.planned_at + HOUR, at)
    assert counts(viewer, at)["late"] == 1
    client.force_login(viewer)
    page = client.get("/board/").content.decode()
    assert "on hold" in page and "data-deadline" not in page and "stand still, their orders are on hold." in page
    wall = client.get("/board/?wall=1").content.decode()
    assert "on hold" in wall and "data-deadline" not in wall


def test_the_path_says_on_hold_where_nothing_was_late_before(order, viewer, client, at):  # noqa: F811
    client.force_login(viewer)
    assert 'class="late"' in client.get(f"/orders/{order.number}/").content.decode()
    hold(order, at - 60 * DAY, at)
    page = client.get(f"/orders/{order.number}/").content.decode()
    start = page.index('<ol class="path">')
    path = page[start:page.index("</ol>", start)]
    assert 'class="late"' not in path and "on hold" in path


def test_what_falls_due_on_hold_opens_no_ticket_until_the_release(order, at):  # noqa: F811
    Ticket.objects.update(state=Ticket.CLOSED, open_key=None, opened_at=at - 90 * DAY)
    hold(order, at - 60 * DAY, at)
    assert raise_late_tickets(at=at) == 0
    hold(order, None, at + HOUR)
    sweep(at + HOUR)
    raise_late_tickets(at=at + HOUR)
    assert open_kinds() == ["late_planning"]


def test_a_ticket_opened_for_what_is_not_late_any_more_ends(order, at):  # noqa: F811
    raise_late_tickets(at=at)
    hold(order, at - 60 * DAY, at)
    assert settle_late_tickets(at=at) == 1
    entry = Ticket.objects.get(kind__code="late_planning").entries.get(action="resolved")
    said = [str(one) for one in of_entry(entry)[1]]
    assert entry.text == "" and said == ["The order is on hold, nothing of it is due."]


def test_the_ticket_of_what_was_late_before_rests_and_goes_on_as_it_stood(order, person, client, viewer, at):  # noqa: F811
    raise_late_tickets(at=at)
    ticket = Ticket.objects.get(kind__code="late_planning")
    due, left = ticket.due_at, ticket.response_clock.due_at
    late = Milestone.objects.filter(order=order, state=Milestone.LATE).order_by("sequence").first()
    hold(order, late.planned_at + HOUR, at)
    steps.settle(at)
    ticket.refresh_from_db()
    assert ticket.state == "waiting" and ticket.due_at is None and ticket.response_clock.state == "paused"
    fires = ClockFire.objects.filter(clock__in=[ticket.response_clock, ticket.resolution_clock])
    before = fires.count()
    sweep(at + 9 * DAY)
    assert fires.count() == before, "nobody is chased for an order on hold"
    client.force_login(viewer)
    page = client.get(f"/tickets/{ticket.number}/").content.decode()
    assert "paused: the order is on hold" in page and "order_on_hold" not in page
    assert rest_with_orders(at=at) == 0, "once"
    hold(order, None, at)
    assert rest_with_orders(at=at) == 1
    ticket.refresh_from_db()
    assert ticket.state == "new" and ticket.due_at == due and ticket.response_clock.due_at == left
    assert list(ticket.entries.values_list("data__why", flat=True))[-2:] == ["hold", "released"]


def test_what_a_person_waits_for_is_left_alone(order, person, at):  # noqa: F811
    from exceptions.actions import wait_ticket
    raise_late_tickets(at=at)
    ticket = Ticket.objects.get(kind__code="late_planning")
    wait_ticket(ticket=ticket, reason="the supplier", by=None, at=at)
    late = Milestone.objects.filter(order=order, state=Milestone.LATE).order_by("sequence").first()
    hold(order, late.planned_at + HOUR, at)
    assert rest_with_orders(at=at) == 0
    hold(order, None, at)
    assert rest_with_orders(at=at) == 0 and Ticket.objects.get(pk=ticket.pk).state == "waiting"


def test_whoever_holds_or_releases_sees_it_on_the_next_page(
    confirmed_order, company, at, django_capture_on_commit_callbacks
):
    seed_reference(company=company, at=at)
    seed_exceptions()
    order, later = confirmed_order, at + 40 * DAY  # noqa: F811
    plan_milestones(order_ids=[order.pk], at=later)
    sweep(later)
    steps.plan(later)
    raise_late_tickets(at=later)
    order.refresh_from_db()
    assert order.late_node and "must act" in order.late_reason_en
    with django_capture_on_commit_callbacks(execute=True):
        hold_order(order=order, kind=HoldKind.objects.first().code, reason="credit", by=None, at=later)
    order.refresh_from_db()
    assert "on hold since" in order.late_reason_en and "must act" not in order.late_reason_en, "whoever holds it must"
    assert "处理" not in order.late_reason_zh and not PlanRequest.objects.filter(order=order).exists()
    ticket = Ticket.objects.get(order=order, kind__code__startswith="late_")
    assert ticket.state == "waiting"
    with django_capture_on_commit_callbacks(execute=True):
        release_order(order=order, by=None, at=later + HOUR)
    order.refresh_from_db()
    ticket.refresh_from_db()
    assert "on hold" not in order.late_reason_en and "must act" in order.late_reason_en and ticket.state == "new"
