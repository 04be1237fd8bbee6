"""Does the order page say who held an order how long, in minutes that sum to the time since its date?"""
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel.models import User
from orders.actions import hold_order, release_order
from orders.decisions import write_decision
from orders.models import Event, Order
from sla import panels
from sla.actions import draft_plan, plan_milestones
from sla.held_time import held_time
from sla.models import MilestonePlan
from sla.segments import HELD, Hold, without
from tests.sla.test_planning import make_order, reference, set_facts  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)  # `at` is Tuesday 10:00; office hours are 08:30–12:00 and 13:30–17:30


@pytest.fixture
def order(make_order, at):  # noqa: F811
    order = make_order(ordered_at=at - HOUR, facts={"credit_checked": at, "mrp_run": at + HOUR})
    plan_milestones(order_ids=[order.pk], at=at)
    return Order.objects.select_related("company", "plant").get(pk=order.pk)


def shares_of(order, now):
    found = held_time(order, list(order.milestones.select_related("node__department").order_by("sequence")), now)
    assert sum(one.minutes for one in found.shares) == found.minutes
    assert sum(one.percent for one in found.shares) == 100 and sum(one.width for one in found.shares) == 900
    return {one.name: one.minutes for one in found.shares}, found


def test_every_minute_is_somebodys_and_they_sum_to_the_wall_time(order, at):
    minutes, found = shares_of(order, at + 24 * HOUR)
    # Purchasing: 11:00–12:00 and 13:30–17:30 today, 08:30–10:00 tomorrow.
    assert minutes == {"Finance": 60, "Planning": 60, "Purchasing": 60 + 240 + 90, "Off hours": 90 + 900}
    assert found.minutes == 25 * 60 and found.hours == "25:00" and found.longest.name == "Purchasing"
    assert list(minutes)[-1] == "Off hours"
    _minutes, found = shares_of(order, at + 8 * 24 * HOUR)
    assert found.longest.work == "44 h", "working time is never said in days"


def test_a_hold_is_whose_it_was_while_it_lasted(order, at):
    person = User.objects.create_user("wang", full_name="Wang Fang")
    hold_order(order=order, kind="credit", reason="credit", by=person, at=at + timedelta(minutes=30))
    release_order(order=order, by=person, at=at + timedelta(hours=1, minutes=30))
    minutes, _found = shares_of(order, at + 2 * HOUR)
    assert minutes == {"Finance": 60, "Planning": 30, "On hold by Wang Fang (Credit release)": 60, "Purchasing": 30}


def test_waiting_for_the_customer_is_the_customers_also_at_night(order, at):
    person = User.objects.create_user("wang", full_name="Wang Fang")
    hold_order(order=order, kind="customer", reason="drawing to be confirmed", by=person, at=at + timedelta(minutes=30))
    release_order(order=order, by=person, at=at + 23 * HOUR)
    minutes, found = shares_of(order, at + 24 * HOUR)
    assert minutes["Waiting for the customer"] == 22 * 60 + 30 and found.minutes == 25 * 60
    assert next(one.kind for one in found.shares if one.name == "Waiting for the customer") == "customer"


def test_a_system_that_says_what_is_waited_for_counts_too_and_its_words_may_change(order, at, systems):
    order.state["axes"] = {"commercial": {"value": "held", "system": "erp"}}
    order.save()
    said = [("held", 30, "material"), ("held", 50, "material"), ("held", 60, "customer"), ("confirmed", 90, None)]
    for place, (status, minutes, kind) in enumerate(said):
        Event.objects.create(
            system=systems["erp"], identity=f"erp{place}", order=order, entity="order", key="1", payload_hash="x",
            occurred_at=at + timedelta(minutes=minutes), received_at=at, recorded_at=at,
            data={"axis": "commercial", "status": status} | ({"hold_kind": kind} if kind else {}),
        )
    minutes, _found = shares_of(order, at + 2 * HOUR)
    assert minutes == {
        "Finance": 60, "Planning": 30, "On hold by ERP (Material)": 30, "Waiting for the customer": 30,
        "Purchasing": 30,
    }


def test_a_hold_of_the_system_that_is_believed_counts_and_of_another_does_not(order, at, systems):
    order.state["axes"] = {"commercial": {"value": "held", "system": "erp"}}
    order.save()
    for code, status, minutes in (("crm", "held", 0), ("erp", "held", 30), ("erp", "confirmed", 90)):
        Event.objects.create(
            system=systems[code], identity=f"{code}{minutes}", order=order, entity="order", key=code, payload_hash="x",
            occurred_at=at + timedelta(minutes=minutes), received_at=at, recorded_at=at,
            data={"axis": "commercial", "status": status},
        )
    minutes, _found = shares_of(order, at + 2 * HOUR)
    assert minutes == {"Finance": 60, "Planning": 30, "On hold by ERP": 60, "Purchasing": 30}


def test_the_time_of_an_order_that_ended_stands_still(order, at):
    Order.objects.filter(pk=order.pk).update(is_open=0)
    order.refresh_from_db()
    assert shares_of(order, at + 24 * HOUR) == shares_of(order, at + 900 * HOUR)
    assert shares_of(order, at + 24 * HOUR)[1].minutes == 120


def test_it_costs_the_same_however_often_the_order_was_held(order, person, scopes, at):
    user, costs = person("li", scopes[0], role=None, is_superuser=True), []
    panels.order_held(order, user)  # calendars are compiled once in a process
    for times in (1, 6):
        for hour in range(times):
            for kind, minutes in (("hold", 0), ("release", 30)):
                write_decision(order, kind, {}, "again", user, at + (times + hour) * HOUR + minutes * HOUR / 60)
        with CaptureQueriesContext(connection) as caught:
            assert panels.order_held(order, user)
        costs.append(len(caught))
    assert costs[0] == costs[1] <= 4


def test_who_may_not_know_of_transit_reads_no_share_of_it(order, person, scopes, at):
    draft = draft_plan(plan=MilestonePlan.objects.get(code="standard"), by=None, at=at)
    draft.nodes.filter(code="ship").update(fact="in_transit")
    order.milestones.filter(node__code="ship").update(actual_at=at + HOUR, node=draft.nodes.get(code="ship"))
    rows = list(order.milestones.select_related("node__department"))
    assert len(panels._known_to(person("li", scopes[0]), rows)) == len(rows) - 1
    assert panels.order_held(order, person("wu", scopes[0])) is None, "who may not see milestones sees no panel"


@pytest.mark.parametrize(("freeze", "left"), [
    ((3, 5), [(0, 3), (5, 10)]), ((0, 4), [(4, 10)]), ((6, 12), [(0, 6)]), ((0, 10), []), ((11, 12), [(0, 10)]),
    ((4, None), [(0, 4)]),
])
def test_a_freeze_is_taken_out_of_a_hold(freeze, left):
    rest = without([Hold(0, 10, HELD, "a")], [Hold(*freeze, HELD, "b")])
    assert [(one.start, one.end) for one in rest] == left


def test_the_page_shows_bar_table_and_sum(client, order, at):
    client.force_login(User.objects.create_superuser("root", password="x", language="en"))
    page = client.get(f"/orders/{order.number}/").content.decode()
    assert 'id="held"' in page and "Who held it how long" in page and 'class="held"' in page
    assert "<td>Sum</td>" in page and "Purchasing</td>" in page
