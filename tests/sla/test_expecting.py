"""Do finished orders of the hub's own say by when open nodes are expected, how often that held, and what is slow?"""
from datetime import timedelta

import pytest

from kernel.models import User
from orders.models import Order
from orders.models.order import AT_RISK, ON_TIME
from sla.actions import plan_milestones
from sla.boards import paths_of
from sla.calendars import work_times
from sla.expecting import Expected, _in_order, expected_by_id, expected_of
from sla.experience import newest_table
from sla.hours import calendar_id_of
from sla.jobs import learn_durations, refresh_forecasts
from sla.learning import learn
from sla.models import Experience, Milestone, PlanRequest
from tests.sla.test_planning import HOUR, make_order, nodes_of, reference, set_facts  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def finished(make_order, at):  # noqa: F811
    """160 finished orders, twenty on each of eight working days; MRP came 1 to 20 minutes after the credit check."""
    days = [day for ago in range(30, 0, -1) if (day := at - ago * DAY).weekday() < 5][:8]
    orders = []
    for number in range(160):
        start = days[number // 20]
        facts = {"credit_checked": start, "mrp_run": start + timedelta(minutes=1 + number % 20)}
        orders.append(make_order(number=f"F-{number}", facts=facts, ordered_at=start - HOUR, created_at=start,
                                 is_open=0, commercial="closed"))
    plan_milestones(order_ids=[order.pk for order in orders], at=at)
    return orders


@pytest.fixture
def order(make_order, at):  # noqa: F811
    return make_order(ordered_at=at - HOUR, facts={"credit_checked": at})


def rows_of(order):
    return list(order.milestones.select_related("node").order_by("sequence"))


def expected(order, now):
    order = Order.objects.select_related("plant", "company").get(pk=order.pk)
    return {one.row.node.code: one for one in expected_of(order, rows_of(order), now)}


def test_nobody_knows_before_orders_have_finished(order, at):
    plan_milestones(order_ids=[order.pk], at=at)
    assert learn(at=at) is None and expected(order, at) == {} and nodes_of(order)["mrp"].slow_at is None


def test_half_and_four_of_five_by_working_time_with_how_often_that_held(finished, order, at):
    row = learn(at=at)
    assert row.order_count == 160 and newest_table() == row.table
    plan_milestones(order_ids=[order.pk], at=at)
    one = expected(order, at)["mrp"]
    assert abs(one.half_at - at - timedelta(minutes=10.5)) < timedelta(minutes=1)
    assert abs(one.nearly_at - at - timedelta(minutes=16.5)) < timedelta(minutes=1)
    assert one.samples == 160 and one.tried == 32 and 75 <= one.held <= 85 and one.late == 0
    later = expected(order, at + timedelta(minutes=12))["mrp"]
    assert later.half_at > one.half_at, "what has not happened yet takes longer than half of all did"


def test_what_held_is_measured_on_later_orders_only(finished, at):
    """The newest fifth took longer: a table that had seen them would say that the date held."""
    for order in finished[128:]:
        order.milestones.filter(node__code="mrp").update(actual_at=order.ordered_at + 3 * HOUR)
    held = learn(at=at).table["held"]
    assert held["*|*|mrp"] == [0, 32]


def test_a_slow_node_turns_yellow_before_its_date_and_the_order_with_it(finished, order, at, client):
    learn(at=at)
    plan_milestones(order_ids=[order.pk], at=at)
    mrp = nodes_of(order)["mrp"]
    assert timedelta(minutes=18) < mrp.slow_at - at < timedelta(minutes=20) < mrp.planned_at - at
    PlanRequest.objects.all().delete()
    refresh_forecasts(lambda *said: None)  # by the clock of today `slow_at` has passed
    assert PlanRequest.objects.filter(order=order).exists()
    now = mrp.slow_at + timedelta(minutes=1)
    plan_milestones(order_ids=[order.pk], at=now)
    order.refresh_from_db()
    assert order.lateness == AT_RISK and order.late_node == "mrp" and order.late_since == mrp.slow_at
    assert order.late_reason_en == "MRP run takes longer than in 19 of 20 comparable orders"
    from sla.panels import tone_of

    mrp = nodes_of(order)["mrp"]
    assert tone_of(mrp, now) == "risk" and tone_of(mrp, mrp.slow_at - timedelta(minutes=1)) == "running"


def test_a_held_order_is_not_expected_and_not_slow(finished, order, at):
    learn(at=at)
    Order.objects.filter(pk=order.pk).update(held_at=at, commercial="held")
    plan_milestones(order_ids=[order.pk], at=at)
    assert expected(order, at) == {} and nodes_of(order)["mrp"].slow_at is None


def test_cancelled_and_joined_orders_teach_nothing(finished, at):
    Order.objects.filter(pk__in=[one.pk for one in finished[:50]]).update(commercial="cancelled")
    Order.objects.filter(pk=finished[60].pk).update(joined_into=finished[61])
    assert learn(at=at).order_count == 109


def test_the_job_has_open_orders_judged_anew_and_old_readings_go(finished, order, at):
    plan_milestones(order_ids=[order.pk], at=at)
    PlanRequest.objects.all().delete()
    for _time in range(7):
        assert learn_durations(lambda *said: None) == {"orders": 160}
    assert Experience.objects.count() == 5 and PlanRequest.objects.filter(order=order).exists()


def test_it_costs_the_same_for_few_orders_and_many(finished, make_order, at, django_assert_num_queries):  # noqa: F811
    learn(at=at)
    newest_table()
    many = [make_order(number=f"M-{n}", facts={"credit_checked": at}) for n in range(12)]
    plan_milestones(order_ids=[order.pk for order in many], at=at)
    for some in (many[:2], many):
        with django_assert_num_queries(4):
            orders = list(Order.objects.filter(pk__in=[one.pk for one in some]).select_related("plant", "company"))
            works = work_times({calendar_id_of(order) for order in orders})
            found = expected_by_id(orders, paths_of({order.pk for order in some}), at, works)
        assert {one.row.order_id for one in found.values()} == {order.pk for order in some}


def test_order_page_and_board_show_what_is_expected_and_how_often_that_held(finished, order, client, at):
    from django.utils import timezone

    now = timezone.now()
    set_facts(order, credit_checked=now)
    learn(at=at)
    plan_milestones(order_ids=[order.pk], at=now)
    Milestone.objects.filter(order=order, node__code="mrp").update(planned_at=now + 3 * DAY)
    client.force_login(User.objects.create_superuser("root", password="x", language="en"))
    page = client.get(f"/orders/{order.number}/").content.decode()
    assert "Expected, as finished orders like this one went" in page and "/ 32" in page
    assert "%</small>" in client.get("/board/").content.decode()


def test_no_node_is_expected_before_the_one_it_comes_after(finished, order, at):
    """Quality release was expected on Monday evening and shipping, which waits for it, on Monday noon."""
    plan_milestones(order_ids=[order.pk], at=at)
    rows = rows_of(order)
    first, second, money = rows[1], rows[2], next(row for row in rows if row.node.fact == "invoiced")

    def one(row, half, nearly):
        return Expected(row, at + half * HOUR, at + nearly * HOUR, 50, None, None, 0)

    found = _in_order([one(second, 3, 9), one(first, 5, 8), one(money, 1, 2)])
    assert (found[first.pk].half_at, found[first.pk].nearly_at) == (at + 5 * HOUR, at + 8 * HOUR)
    assert (found[second.pk].half_at, found[second.pk].nearly_at) == (at + 5 * HOUR, at + 9 * HOUR)
    assert found[money.pk].half_at == at + HOUR, "an invoice may come before the goods"


def test_a_promise_that_most_comparable_orders_broke_is_at_risk(make_order, finished, at, monkeypatch):  # noqa: F811
    """An order stood as on time above the hub's own "64 % late"."""
    order = make_order(number="R-1", facts={"credit_checked": at}, ordered_at=at - HOUR, promised_at=at + 30 * DAY)
    learn(at=at)
    for share, lateness in ((0.49, ON_TIME), (0.64, AT_RISK)):
        monkeypatch.setattr("sla.experience.Outlook.late_p", lambda self, code, due_at, share=share: share)
        plan_milestones(order_ids=[order.pk], at=at)
        order.refresh_from_db()
        assert order.lateness == lateness
    assert order.late_reason_en.startswith("64 of 100 comparable orders took longer from here than the promise of ")
