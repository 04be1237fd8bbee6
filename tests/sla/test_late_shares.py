"""Are an order's working hours late shared among the nodes that slipped, and do they sum to the whole?"""
import re
from datetime import timedelta
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from kernel.models import User
from kernel.moments import say_duration
from kernel.templatetags.hub import moment
from kernel.working_time import MINUTE
from orders.models import Order
from sla.actions import plan_milestones
from sla.held_time import say_work
from sla.late_shares import _said, late_shares
from sla.panels import order_path
from tests.sla.test_planning import make_order, reference  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)  # `at` is Tuesday 10:00; office hours are 08:30–12:00 and 13:30–17:30


def planned(order, at):
    plan_milestones(order_ids=[order.pk], at=at)
    order = Order.objects.select_related("company", "plant").get(pk=order.pk)
    return order, list(order.milestones.select_related("node__department").order_by("sequence"))


@pytest.fixture
def late_order(make_order, at):  # noqa: F811
    """Promised next Tuesday 10:00: material was due Sunday 10:00 and came Monday 15:30, five hours of work late."""
    facts = {
        "credit_checked": at - 20 * HOUR, "mrp_run": at, "material_received": at + (5 * 24 + 24 + 5.5) * HOUR,
    }
    return make_order(facts=facts, ordered_at=at - 24 * HOUR, promised_at=at + 7 * 24 * HOUR)


def test_the_node_that_slipped_bears_the_hours_with_its_department(late_order, at):
    now = at + (6 * 24 + 5.5) * HOUR
    order, rows = planned(late_order, now)
    found = late_shares(order, rows, now)
    # Monday 08:30–12:00 and 13:30–15:30; what comes after waits for it and bears nothing.
    assert not found.is_over and found.node == "Delivered" and found.total == "5 h 30 min"
    assert found.lines == (("5 h 30 min", "Material received", "Purchasing"),)


def test_shares_in_words_sum_to_the_whole_and_the_small_ones_are_told_together(late_order, at):
    _order, rows = planned(late_order, at)
    parts = {row: part * MINUTE for row, part in zip(rows, (700, 333, 201, 99, 40, 7), strict=False)}
    found = _said(parts, 1380, rows[0])
    assert found.total == "23 h" and [line[0] for line in found.lines] == ["12 h", "6 h", "3 h", "2 h"]
    assert found.lines[3][1:] == ("other nodes", "")
    found = _said({rows[0]: 100 * MINUTE, rows[1]: 33 * MINUTE}, 133, rows[0])
    assert found.total == "2 h 13 min" and [line[0] for line in found.lines] == ["1 h 40 min", "33 min"]


def test_an_order_delivered_late_tells_by_how_much_and_of_whom(make_order, at):  # noqa: F811
    facts = {"credit_checked": at - 20 * HOUR, "mrp_run": at - 19 * HOUR, "delivered": at + 3 * HOUR}
    for code, hours in (("material_received", -46), ("dispatched", -41), ("first_article", -35),
                        ("production_finished", -21), ("qc_released", -17), ("shipped", -7)):
        facts[code] = at + hours * HOUR
    order = make_order(facts=facts, ordered_at=at - 24 * 5 * HOUR, promised_at=at)
    order, rows = planned(order, at + 4 * HOUR)
    found = late_shares(order, rows, at + 9 * HOUR)
    # 10:00 to 13:00: two hours of work until lunch, at 12:00.
    assert found.is_over and found.total == "2 h" and found.lines == (("2 h", "Delivered", "Logistics"),)


def test_what_is_not_late_has_no_shares(make_order, at):  # noqa: F811
    order, rows = planned(make_order(facts={"credit_checked": at}, promised_at=at + 14 * 24 * HOUR), at)
    assert order.lateness < 2 and late_shares(order, rows, at) is None
    order, rows = planned(make_order("SO-2", commercial="cancelled", is_open=0, promised_at=at - HOUR), at)
    assert late_shares(order, rows, at) is None


def test_without_a_promise_the_late_node_counts_against_its_own_plan(make_order, at):  # noqa: F811
    order, rows = planned(make_order(promised_at=None, ordered_at=at - 2 * 24 * HOUR), at)
    found = late_shares(order, rows, at)
    assert found.node == "Credit checked" and found.lines == ((found.total, "Credit checked", "Finance"),)


def test_a_hidden_node_is_told_with_the_next(late_order, at):
    now = at + (6 * 24 + 5.5) * HOUR
    order, rows = planned(late_order, now)
    shown = late_shares(order, rows, now, hidden={"material"})
    assert shown.total == late_shares(order, rows, now).total
    assert "Material received" not in [line[1] for line in shown.lines]
    assert "Work order released" in [line[1] for line in shown.lines]


def test_working_time_is_said_in_hours_never_in_days():
    assert [say_work(n) for n in (45, 60, 135, 26 * 60)] == ["45 min", "1 h", "2 h 15 min", "26 h"]


def test_the_page_of_a_late_order_says_so_and_of_another_does_not(client, make_order, at):  # noqa: F811
    client.force_login(User.objects.create_superuser("root", password="x", language="en"))
    order, _rows = planned(make_order(promised_at=None, ordered_at=at - 2 * 24 * HOUR), at)
    assert "of working time late (" in client.get(f"/orders/{order.number}/").content.decode()
    Order.objects.filter(pk=order.pk).update(lateness=0, late_node="")
    assert "of working time late (" not in client.get(f"/orders/{order.number}/").content.decode()


def time_machine(now):
    return mock.patch("django.utils.timezone.now", return_value=now)


@pytest.fixture
def came_late(make_order, at):  # noqa: F811
    """Delivery was promised a day ago; the material came an hour ago, days late, and planning has it now."""
    facts = {"credit_checked": at - 9 * 24 * HOUR, "mrp_run": at - 8 * 24 * HOUR, "material_received": at - HOUR}
    order = make_order(facts=facts, ordered_at=at - 10 * 24 * HOUR, promised_at=at - 24 * HOUR)
    return planned(order, at)


def words_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode().replace("&nbsp;", " ")))


def test_sentence_red_line_and_shares_name_the_same_cause(client, came_late, at):
    order, rows = came_late
    found = late_shares(order, rows, at)
    assert found.chief.node.code == "material" and found.lines[0][1:] == ("Material received", "Purchasing")
    assert order.late_node not in ("", "material")
    client.force_login(User.objects.create_superuser("root", password="x", language="en"))
    with time_machine(at):
        page = words_of(client.get(f"/orders/{order.number}/"))
    assert ", mostly caused by “Material received” (Purchasing)" in page
    assert "must act; mostly caused by “Material received” (Purchasing)" in page
    assert "must act" in page and page.count("mostly caused by") == 2


def test_where_the_node_waited_for_made_it_late_nobody_is_named_twice(client, late_order, at):
    now = at + (5 * 24) * HOUR
    Order.objects.filter(pk=late_order.pk).update(state={**late_order.state, "facts": {
        name: told for name, told in late_order.state["facts"].items() if name != "material_received"}})
    order, rows = planned(late_order, now)
    client.force_login(User.objects.create_superuser("root", password="x", language="en"))
    with time_machine(now):
        assert "caused by" not in words_of(client.get(f"/orders/{order.number}/"))


def test_the_shares_say_which_of_two_measures_they_are(client, came_late, at):
    """58 hours, 3 days 16 h and 2 h stood on one page, and nothing said which of them leave out the nights."""
    order, rows = came_late
    delivery = next(row for row in rows if row.node.fact == "delivered")
    found = late_shares(order, rows, at)
    assert found.by_the_clock == int((delivery.forecast_at - order.promised_at).total_seconds())
    # The stored forecast is as old as the last planning; the shares are of this minute, and so is the clock.
    later = late_shares(order, rows, at + 2 * HOUR)
    assert later.by_the_clock >= found.by_the_clock + 2 * 3600
    client.force_login(User.objects.create_superuser("root", password="x", language="en"))
    with time_machine(at):
        page = words_of(client.get(f"/orders/{order.number}/"))
    assert f"of working time late ({say_duration(found.by_the_clock, 'en')} by the clock), of which" in page
    assert page.count("Working time leaves out nights and days off.") == 1


def test_a_node_that_waits_shows_its_date_and_its_forecast_and_the_reason_stands_once(client, came_late, at):
    """Seven nodes said seven times what they wait for, and not one of them when it is due."""
    order, rows = came_late
    client.force_login(User.objects.create_superuser("root", password="x", language="en"))
    with time_machine(at):
        nodes = {one["row"].node.code: one for one in order_path(order, User.objects.get()).context["nodes"]}
        page = words_of(client.get(f"/orders/{order.number}/"))
        waiting = [one for one in nodes.values() if one["waits"]]
        assert len(waiting) > 3 and [one["says_why"] for one in waiting] == [True] + [False] * (len(waiting) - 1)
        assert page.count("waits for ") == 1
        for one in waiting:
            assert one["forecast"] == (one["row"].forecast_at if one["row"].forecast_at > at else None)
        ahead = [one for one in waiting if one["forecast"]]
        for one in ahead:
            with timezone.override(ZoneInfo("Asia/Shanghai")):
                planned_at, forecast_at = (
                    words(str(moment(value))) for value in (one["row"].planned_at, one["row"].forecast_at))
            assert f"planned {planned_at} forecast ≈ {forecast_at}" in page
        assert ahead
        unplanned = [one for one in nodes.values() if not one["row"].planned_at and not one["row"].actual_at]
        assert unplanned and all(one["forecast"] == one["row"].forecast_at for one in unplanned)
        order.held_at = at
        held = order_path(order, User.objects.get()).context["nodes"]
    assert not any(one["forecast"] for one in held), "nothing is expected before the release"


def words(html):
    return re.sub(r"<[^>]+>", "", html)
