"""Do orders get their milestones, clocks and lateness, in few statements, and again when things change?"""
from datetime import timedelta

import pytest

from kernel.models import Company
from orders.models import Order
from sla.actions import ask_for_planning, plan_due_orders, plan_milestones, sweep_clocks
from sla.jobs import refresh_forecasts
from sla.models import Clock, Milestone, PlanRequest
from sla.seed import seed_plans, seed_reference

HOUR = timedelta(hours=1)


@pytest.fixture
def reference(company, at):
    seed_reference(company=company, at=at)


@pytest.fixture
def make_order(reference, scopes, at):
    def make(number="SO-1", kind="standard", facts=None, **fields):
        from orders.models import OrderKind

        values = {
            "ordered_at": at - timedelta(days=1), "promised_at": at + timedelta(days=5), "created_at": at,
            "identity": Order.CONFIRMED,
            "state": {"facts": {k: {"at": v.isoformat()} for k, v in (facts or {}).items()}}, **fields,
        }
        return Order.objects.create(
            company=Company.objects.get(code="hq"), kind=OrderKind.objects.get(code=kind), number=number,
            scope=scopes[0], **values,
        )
    return make


def set_facts(order, **facts):
    order.refresh_from_db()
    order.state["facts"].update({code: {"at": moment.isoformat()} for code, moment in facts.items()})
    order.save()


def nodes_of(order):
    return {one.node.code: one for one in order.milestones.select_related("node", "clock")}


@pytest.mark.django_db
def test_an_order_gets_its_path_with_dates_and_clocks(make_order, at):
    order = make_order(facts={"credit_checked": at - 20 * HOUR})
    assert plan_milestones(order_ids=[order.pk], at=at) == 1
    nodes = nodes_of(order)
    assert len(nodes) == 10
    assert nodes["credit"].state == "done" and nodes["credit"].clock is None
    assert nodes["mrp"].state == "running" and nodes["deliver"].planned_at == order.promised_at
    assert nodes["material"].planned_at == order.promised_at - 48 * HOUR
    assert nodes["invoice"].planned_at is None and nodes["invoice"].clock is None
    clock = nodes["material"].clock
    assert clock.due_at == nodes["material"].planned_at and clock.next_fire_at < clock.due_at
    order.refresh_from_db()
    assert order.lateness == 0 and order.next_node == "mrp" and order.next_due_at == nodes["mrp"].planned_at


@pytest.mark.django_db
def test_planning_again_changes_nothing(make_order, at, django_assert_max_num_queries):
    order = make_order()
    plan_milestones(order_ids=[order.pk], at=at)
    before = list(Milestone.objects.order_by("pk").values()), list(Clock.objects.order_by("pk").values())
    plan_milestones(order_ids=[order.pk], at=at)
    assert before == (list(Milestone.objects.order_by("pk").values()), list(Clock.objects.order_by("pk").values()))


@pytest.mark.django_db
def test_a_moved_promise_moves_the_plan_and_keeps_the_baseline(make_order, at):
    order = make_order()
    plan_milestones(order_ids=[order.pk], at=at)
    first = nodes_of(order)["material"]
    Order.objects.filter(pk=order.pk).update(promised_at=order.promised_at + timedelta(days=3))
    plan_milestones(order_ids=[order.pk], at=at + HOUR)
    moved = nodes_of(order)["material"]
    assert moved.baseline_at == first.planned_at and moved.planned_at == first.planned_at + timedelta(days=3)
    assert moved.clock.due_at == moved.planned_at


@pytest.mark.django_db
def test_a_node_past_due_is_late_fires_once_and_is_met_when_done(make_order, at):
    order = make_order(promised_at=at + 45 * HOUR, facts={"mrp_run": at - 5 * HOUR})
    plan_milestones(order_ids=[order.pk], at=at)
    order.refresh_from_db()
    assert order.lateness == 2 and order.late_node == "material"
    assert "Purchasing" in order.late_reason_en and "采购部" in order.late_reason_zh
    assert sweep_clocks(at=at).fired == 1
    assert sweep_clocks(at=at + timedelta(minutes=5)).fired == 0
    set_facts(order, material_received=at + HOUR)
    plan_milestones(order_ids=[order.pk], at=at + HOUR)
    done = nodes_of(order)["material"]
    assert done.state == "done" and done.late_at == done.planned_at and done.clock.state == "met"
    order.refresh_from_db()
    assert order.lateness == 1 and order.late_reason_en.startswith("Delivery expected")


@pytest.mark.django_db
def test_a_hold_stops_the_budget_but_not_the_promise(make_order, at):
    order = make_order(ordered_at=at - HOUR)
    plan_milestones(order_ids=[order.pk], at=at)
    due = nodes_of(order)["credit"].clock.due_at
    Order.objects.filter(pk=order.pk).update(held_at=at)
    plan_milestones(order_ids=[order.pk], at=at + timedelta(minutes=1))
    nodes = nodes_of(order)
    assert nodes["credit"].clock.state == "paused" and nodes["credit"].clock.due_at is None
    assert nodes["deliver"].clock.due_at == order.promised_at and nodes["deliver"].clock.state == "running"
    Order.objects.filter(pk=order.pk).update(held_at=None)
    plan_milestones(order_ids=[order.pk], at=at + HOUR)
    assert nodes_of(order)["credit"].clock.due_at == due + HOUR


@pytest.mark.django_db
def test_a_cancelled_order_has_no_clock_that_could_fire(make_order, at):
    order = make_order(promised_at=at + HOUR)
    plan_milestones(order_ids=[order.pk], at=at)
    Order.objects.filter(pk=order.pk).update(commercial="cancelled", is_open=0)
    plan_milestones(order_ids=[order.pk], at=at)
    assert not Clock.objects.filter(next_fire_at__isnull=False).exists()
    order.refresh_from_db()
    assert order.lateness == 0 and order.next_due_at is None


@pytest.mark.django_db
def test_the_kind_became_known_and_the_path_is_another(make_order, at):
    from orders.models import OrderKind

    order = make_order(kind="jit")
    plan_milestones(order_ids=[order.pk], at=at)
    assert len(nodes_of(order)) == 5
    Order.objects.filter(pk=order.pk).update(kind=OrderKind.objects.get(code="custom"))
    plan_milestones(order_ids=[order.pk], at=at)
    assert len(nodes_of(order)) == 12 and Clock.objects.filter(milestone=None).count() == 0


@pytest.mark.django_db
def test_a_new_plan_version_leaves_orders_under_way_alone(make_order, at):
    from sla.models import MilestonePlan

    order = make_order()
    plan_milestones(order_ids=[order.pk], at=at)
    old = MilestonePlan.objects.get(code="standard")
    old.is_current = False
    old.save()
    fresh_plan = MilestonePlan.objects.create(
        code="standard", version=2, kind=old.kind, is_current=True, name_en="v2", name_zh="v2"
    )
    fresh_plan.nodes.create(
        sequence=1, code="deliver", fact="delivered", anchor="promised", unit="cal_s", name_en="D", name_zh="签收"
    )
    plan_milestones(order_ids=[order.pk], at=at)
    assert len(nodes_of(order)) == 10
    fresh = make_order(number="SO-2")
    plan_milestones(order_ids=[fresh.pk], at=at)
    assert len(nodes_of(fresh)) == 1


@pytest.mark.django_db
def test_requests_are_worked_off_once_and_many_orders_cost_few_statements(
    make_order, at, django_assert_max_num_queries
):
    orders = [make_order(number=f"SO-{number}") for number in range(30)]
    ask_for_planning(order_ids=[order.pk for order in orders], at=at)
    ask_for_planning(order_ids=[orders[0].pk], at=at)
    # 30 single updates of the orders' own rows, and a handful for all nodes and clocks together.
    with django_assert_max_num_queries(30 + 30):
        assert plan_due_orders(at=at) == 30
    assert PlanRequest.objects.count() == 0 and plan_due_orders(at=at) == 0
    assert Milestone.objects.count() == 300


@pytest.mark.django_db
def test_plans_are_seeded_once_with_names_and_departments(reference, at):
    from sla.models import MilestoneNode

    assert seed_plans(at) == 0
    assert not MilestoneNode.objects.filter(department=None).exists()
    assert MilestoneNode.objects.filter(plan__code="custom").count() == 12
    from sla.milestones import check_nodes
    from sla.paths import load_paths
    for path in load_paths().values():
        check_nodes(path.nodes)


@pytest.mark.django_db
def test_the_forecast_is_the_hubs_own_even_where_a_system_states_one(make_order, at):
    stated = at - 3 * HOUR
    order = make_order(promised_at=at + 5 * HOUR, forecast_at=stated)
    order.state["fields"] = {"forecast_at": {"value": stated.isoformat(), "system": "erp"}}
    order.save()
    plan_milestones(order_ids=[order.pk], at=at)
    order.refresh_from_db()
    delivery = nodes_of(order)["deliver"].forecast_at
    assert order.forecast_at == delivery and delivery > at


@pytest.mark.django_db
def test_what_is_expected_moves_on_while_a_due_node_waits(make_order, at, monkeypatch):
    order = make_order(promised_at=at + 45 * HOUR, facts={"mrp_run": at - 5 * HOUR})
    other = make_order("SO-2")
    plan_milestones(order_ids=[order.pk, other.pk], at=at)
    order.refresh_from_db()
    first, later = order.forecast_at, at + timedelta(days=9)
    assert order.expected_at(later) is None and order.is_overtaken(later)
    Order.objects.filter(pk=other.pk).update(next_due_at=later + HOUR)
    monkeypatch.setattr("sla.jobs.timezone.now", lambda: later)
    assert refresh_forecasts(lambda *said: None) == {"asked": 1}
    plan_due_orders(at=later)
    order.refresh_from_db()
    assert order.forecast_at >= later > first and order.expected_at(later) == order.forecast_at


@pytest.mark.django_db
def test_the_board_counts_late_nodes_apart_from_those_that_come_due(make_order, at, scopes, person):
    from sla.boards import columns, counting_down, filtered

    done = {"credit_checked": at - 20 * HOUR}
    orders = [
        make_order(f"SO-{n}", promised_at=at + (30 + 20 * n) * HOUR, facts=done if n > 1 else {}) for n in range(4)
    ]
    plan_milestones(order_ids=[one.pk for one in orders], at=at)
    now = at + 2 * HOUR
    user = person("li", scopes[0])
    every = set(counting_down(user).filter(is_held_up=False).values_list("pk", flat=True))
    late = set(filtered(counting_down(user), {"late": "1"}, now).values_list("pk", flat=True))
    soon = set(filtered(counting_down(user), {"within": "7d"}, now).values_list("pk", flat=True))
    assert late and soon and not late & soon and late | soon == every
    found = columns(user, {}, now)
    assert sum(one.late for one in found) == len(late)
    assert sum(one.count for one in found) == len(every)


@pytest.mark.django_db
def test_a_promise_shorter_than_the_path_is_a_risk_from_the_first_day_and_no_node_is_late(make_order, at):
    order = make_order(ordered_at=at, promised_at=at + 24 * HOUR)
    plan_milestones(order_ids=[order.pk], at=at)
    nodes = [one for one in order.milestones.select_related("node", "clock").order_by("sequence") if one.planned_at]
    dates = [one.planned_at for one in nodes]
    assert dates == sorted(dates) and dates[0] > at and dates[-1] == order.promised_at
    assert [one.clock.due_at for one in nodes] == dates, "the budget's clock knows the shorter time"
    order.refresh_from_db()
    assert (order.lateness, order.late_since) == (1, at)
    # Six hours of credit end today at 17:30; 48 h before the promise was yesterday 10:00: 6 h of then, 7.5 h of today.
    assert order.late_reason_en == "The promise is 14 working hours shorter than the path needs"
    assert order.late_reason_zh == "承诺时间比路径所需少 14 小时（工时）"
    assert order.forecast_at > order.promised_at


@pytest.mark.django_db
def test_a_promise_that_moves_away_gives_the_budget_its_time_back(make_order, at):
    order = make_order(ordered_at=at, promised_at=at + 24 * HOUR)
    plan_milestones(order_ids=[order.pk], at=at)
    assert nodes_of(order)["credit"].clock.budget_s < 6 * 3600
    Order.objects.filter(pk=order.pk).update(promised_at=at + timedelta(days=20))
    plan_milestones(order_ids=[order.pk], at=at + HOUR / 2)
    credit = nodes_of(order)["credit"]
    assert credit.clock.budget_s == 6 * 3600 and credit.planned_at == credit.clock.due_at
    order.refresh_from_db()
    assert order.lateness == 0 and order.late_reason_en == ""


@pytest.mark.django_db
def test_what_was_done_in_time_ends_the_risk_of_a_short_promise(make_order, at):
    order = make_order(ordered_at=at, promised_at=at + 24 * HOUR)
    set_facts(order, credit_checked=at, mrp_run=at, material_received=at + HOUR)
    plan_milestones(order_ids=[order.pk], at=at + HOUR)
    order.refresh_from_db()
    assert "shorter than the path" not in order.late_reason_en


@pytest.mark.django_db
def test_a_promise_before_the_order_is_said_in_those_words(make_order, at):
    order = make_order(ordered_at=at, promised_at=at - 24 * HOUR)
    plan_milestones(order_ids=[order.pk], at=at + HOUR)
    assert min(one.planned_at for one in nodes_of(order).values() if one.planned_at) >= at
    order.refresh_from_db()
    assert order.lateness == 2 and order.late_since == order.promised_at
    assert order.late_reason_en == "The promise of 23 Nov 10:00 lies before the order was placed (24 Nov 10:00)"


@pytest.mark.django_db
def test_nodes_behind_a_late_one_wait_for_it_and_are_not_counted_as_late(make_order, at, scopes, person):
    from django.contrib.auth.models import Permission

    from sla.blocking import held_up_by, in_the_way
    from sla.boards import columns
    from sla.panels import order_path, order_sentence

    order = make_order(
        ordered_at=at - timedelta(days=30), promised_at=at - timedelta(days=12),
        facts={"credit_checked": at - timedelta(days=29)},
    )
    plan_milestones(order_ids=[order.pk], at=at)
    rows = list(order.milestones.select_related("node").order_by("sequence"))
    late = [row for row in rows if row.state == Milestone.LATE]
    held = held_up_by(rows)
    assert len(late) > 3 and {one.node.code for one in held.values()} == {"mrp"}
    assert set(in_the_way(order.milestones.filter(state=Milestone.LATE))) == {
        row for row in late if row.node.code not in held}, "rows and SQL say the same"
    user = person("li", scopes[0])
    user.user_permissions.add(*Permission.objects.filter(codename__in=["view_milestone", "see_transit"]))
    user = type(user).objects.get(pk=user.pk)
    found = {one.node.code: one for one in columns(user, {}, at)}
    assert sum(one.late for one in found.values()) == 1 and found["mrp"].late == 1
    assert found["ship"].held == 1 and found["ship"].rows[0].waits_for.node.code == "mrp"
    order.refresh_from_db()
    assert order.late_node == "mrp" and order_sentence(order, user, {"now": at})["node_en"] == "MRP run"
    shown = {one["row"].node.code: one for one in order_path(order, user).context["nodes"]}
    assert shown["mrp"]["tone"] == "late" and shown["ship"]["tone"] == "waiting"
    assert shown["ship"]["waits_for"].node.code == "mrp"


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["jit", "standard", "default"])
def test_a_draft_without_a_promise_has_no_forecast_and_not_the_one_of_its_next_node(make_order, at, kind):
    from orders.models import OrderKind

    OrderKind.objects.get_or_create(code=kind, defaults={"name_en": kind, "name_zh": kind})
    order = make_order(kind=kind, ordered_at=at - HOUR, promised_at=None)
    plan_milestones(order_ids=[order.pk], at=at)
    nodes = nodes_of(order)
    assert nodes["credit"].forecast_at and nodes["deliver"].forecast_at is None
    order.refresh_from_db()
    assert order.forecast_at is None and order.lateness == 0 and order.next_node == "credit"


@pytest.mark.django_db
def test_without_a_promise_the_forecast_walks_on_once_the_goods_have_begun(make_order, at):
    order = make_order(kind="jit", promised_at=None, facts={"packed": at - HOUR})
    plan_milestones(order_ids=[order.pk], at=at)
    order.refresh_from_db()
    assert order.forecast_at == at + timedelta(minutes=90), "an hour to ship, which is due now, and 90 minutes to go"
    set_facts(order, delivered=at + HOUR)
    plan_milestones(order_ids=[order.pk], at=at + HOUR)
    order.refresh_from_db()
    assert order.forecast_at is None, "what has happened is not expected"


@pytest.mark.django_db
def test_a_plan_without_delivery_is_expected_at_its_end(make_order, at):
    from orders.models import OrderKind
    from sla.models import MilestonePlan

    kind = OrderKind.objects.create(code="purchase", name_en="Purchase order", name_zh="采购订单")
    plan = MilestonePlan.objects.create(
        code="purchase", version=1, kind=kind, is_current=True, name_en="p", name_zh="p"
    )
    for number, (code, fact, anchor) in enumerate([
        ("ask", "purchase_requested", "ordered"), ("goods", "material_received", "promised"),
        ("bill", "invoiced", "node:goods:actual"),
    ], 1):
        plan.nodes.create(
            sequence=number, code=code, fact=fact, anchor=anchor, unit="cal_s", name_en=code, name_zh=code
        )
    order = make_order(kind="purchase", facts={"purchase_requested": at - timedelta(days=1)})
    plan_milestones(order_ids=[order.pk], at=at)
    order.refresh_from_db()
    assert order.forecast_at == order.promised_at
    late = order.promised_at + 30 * HOUR
    plan_milestones(order_ids=[order.pk], at=late)
    set_facts(order, material_received=late)
    plan_milestones(order_ids=[order.pk], at=late)
    order.refresh_from_db()
    assert order.forecast_at is None


@pytest.mark.django_db
def test_an_upgrade_plans_every_open_order_anew(make_order, at):
    from importlib import import_module

    from django.apps import apps

    planned, unplanned, closed = (make_order(f"SO-{number}") for number in range(3))
    plan_milestones(order_ids=[planned.pk, closed.pk], at=at)
    Order.objects.filter(pk=closed.pk).update(is_open=0)
    import_module("sla.migrations.0006_plan_open_orders_to_their_end").ask(apps, None)
    assert [one.order_id for one in PlanRequest.objects.all()] == [planned.pk] and unplanned.pk


@pytest.mark.django_db
def test_an_order_that_was_delivered_late_is_at_no_risk_any_more(make_order, at, scopes, person):
    from orders.listing import Filters, count_of

    late = at + timedelta(days=5, hours=20)
    order = make_order(facts={"shipped": late - 2 * HOUR, "delivered": late}, actual_at=late)
    plan_milestones(order_ids=[order.pk], at=late + HOUR)
    order.refresh_from_db()
    assert (order.lateness, order.late_reason_en, order.next_node) == (0, "", "invoice")
    due = order.next_due_at
    invoice = nodes_of(order)["invoice"]
    Milestone.objects.filter(pk=invoice.pk).update(warned_at=due - HOUR)
    Clock.objects.filter(pk=invoice.clock_id).update(level_index=1)
    plan_milestones(order_ids=[order.pk], at=due - HOUR)
    order.refresh_from_db()
    assert order.lateness == 0, "a warning about the invoice is no risk for the delivery"
    user = person("li", scopes[0])
    assert count_of(user, Filters(late="risk", open="1"), due) == 0
    plan_milestones(order_ids=[order.pk], at=due + HOUR)
    order.refresh_from_db()
    assert (order.lateness, order.late_node) == (2, "invoice")


@pytest.mark.django_db
@pytest.mark.parametrize("since", [None, 0])
def test_a_held_order_is_neither_on_time_nor_at_risk_and_nothing_is_expected_or_due(make_order, at, since):
    held_at = None if since is None else at
    order = make_order(ordered_at=at, promised_at=at + 24 * HOUR)
    plan_milestones(order_ids=[order.pk], at=at)
    order.refresh_from_db()
    assert order.lateness == 1 and order.forecast_at and order.next_due_at
    Order.objects.filter(pk=order.pk).update(held_at=held_at, commercial="held")
    later = at + 12 * HOUR
    plan_milestones(order_ids=[order.pk], at=later)
    order.refresh_from_db()
    assert any(one.state == Milestone.LATE for one in nodes_of(order).values()), "its deadlines go on"
    assert (order.lateness, order.forecast_at, order.next_due_at, order.next_node) == (0, None, None, "")
    assert not any(one.forecast_at for one in nodes_of(order).values())
    assert order.promised_at == at + 24 * HOUR
    plan_milestones(order_ids=[order.pk], at=order.promised_at + HOUR)
    order.refresh_from_db()
    assert order.lateness == 2 and order.late_since == order.promised_at, "the promise stays"
    Order.objects.filter(pk=order.pk).update(held_at=None, commercial="confirmed")
    plan_milestones(order_ids=[order.pk], at=later)
    order.refresh_from_db()
    assert order.lateness == 2 and order.late_node and order.forecast_at and order.next_due_at


@pytest.mark.django_db
def test_what_was_late_before_the_hold_stays_late(make_order, at):
    order = make_order(promised_at=at + 45 * HOUR, facts={"mrp_run": at - 5 * HOUR}, held_at=at, commercial="held")
    plan_milestones(order_ids=[order.pk], at=at + HOUR)
    order.refresh_from_db()
    assert order.lateness == 2 and order.late_node == "material" and "on hold since" in order.late_reason_en
