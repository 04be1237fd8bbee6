"""Do orders keep the plan they began with, until somebody who saw what would move has them follow another?"""
from datetime import timedelta

import pytest
from django.urls import reverse

from kernel.models import JobRun, User
from orders.models import CustomerTier, OrderKind, PartyRole
from sla.actions import draft_plan, plan_milestones, publish_plan, reapply_plan, sweep_clocks, withdraw_plan
from sla.jobs import reapply_to_followers
from sla.models import Clock, ClockFire, Milestone, MilestoneNode, MilestonePlan
from sla.paths import load_paths, path_for
from sla.plan_preview import previews
from sla.reapplying import followers
from tests.sla.test_planning import HOUR, make_order, nodes_of, reference, set_facts  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db


@pytest.fixture
def root():
    return User.objects.create_superuser("root", password="x", language="en")


def next_version(plan, at, root, change):
    fresh = draft_plan(plan=plan, by=root, at=at)
    change(fresh)
    return publish_plan(plan=fresh, by=root, at=at)


def tighter(fresh):
    """Material an hour earlier, a day for credit less, no first article, and packing is watched from now on."""
    fresh.nodes.filter(code="material").update(offset=-49 * 3600, warn_before_s=8 * 3600)
    fresh.nodes.filter(code="credit").update(offset=2 * 3600)
    fresh.nodes.get(code="article").delete()
    MilestoneNode.objects.create(
        plan=fresh, sequence=20, code="pack", fact="packed", name_en="Packed", name_zh="包装", anchor="promised",
        offset=-8 * 3600, unit="cal_s",
    )


@pytest.fixture
def changed(make_order, at, root):  # noqa: F811
    """(order that began with version 1, version 2 in force)."""
    order = make_order(ordered_at=at - HOUR)
    plan_milestones(order_ids=[order.pk], at=at)
    return order, next_version(MilestonePlan.objects.get(code="standard"), at + HOUR, root, tighter)


def test_what_is_under_way_stays_and_what_comes_follows_the_new_version(changed, make_order, at):  # noqa: F811
    order, fresh = changed
    plan_milestones(order_ids=[order.pk], at=at + HOUR)
    assert {one.node.plan.version for one in order.milestones.all()} == {1}
    new = make_order(number="SO-2")
    plan_milestones(order_ids=[new.pk], at=at + HOUR)
    assert {one.node.plan.version for one in new.milestones.all()} == {2}
    assert list(followers(fresh)) == [order]


def test_the_preview_says_what_the_action_then_does(changed, at, root):
    order, fresh = changed
    now = at + HOUR
    before = list(Milestone.objects.order_by("pk").values()), list(Clock.objects.order_by("pk").values())
    (seen,) = previews(fresh, root, now)
    assert before == (list(Milestone.objects.order_by("pk").values()), list(Clock.objects.order_by("pk").values()))
    moves = {move.node.code: move for move in seen.moves}
    assert set(moves) == {"material", "credit", "article", "pack"} and moves["material"].seconds == -3600
    assert moves["article"].goes and moves["pack"].comes and moves["credit"].seconds < 0
    assert reapply_plan(plan=fresh, order_ids=[order.pk], by=root, at=now) == 1
    nodes = nodes_of(order)
    assert {one.node.plan_id for one in nodes.values()} == {fresh.pk} and "article" not in nodes
    for code, move in moves.items():
        if not move.goes:
            assert nodes[code].planned_at == move.after == (nodes[code].clock.due_at)
    assert not followers(fresh).exists() and not Clock.objects.filter(milestone=None).exists()


def test_time_used_stays_used_and_nothing_fires_twice(changed, at, root):
    order, fresh = changed
    clock = nodes_of(order)["credit"].clock
    sweep_clocks(at=clock.next_fire_at)
    fired = list(ClockFire.objects.values_list("clock", "level"))
    assert fired == [(clock.pk, -1)]
    reapply_plan(plan=fresh, order_ids=[order.pk], by=root, at=at + HOUR)
    moved = nodes_of(order)["credit"].clock
    assert moved.pk == clock.pk and moved.budget_s == 2 * 3600 and moved.started_at == clock.started_at
    material = nodes_of(order)["material"].clock
    assert material.levels == [[-1, -8 * 3600], [0, 0]], "nothing of it has fired: the new warning counts"
    late = moved.due_at + timedelta(days=9)
    for hour in range(4):
        sweep_clocks(at=late + hour * HOUR)
    assert ClockFire.objects.filter(clock=clock, cycle=1, level=-1).count() == 1


def test_a_deadline_that_becomes_a_budget_gets_a_clock_of_its_own(make_order, at, root):  # noqa: F811
    order = make_order(ordered_at=at - HOUR)
    plan_milestones(order_ids=[order.pk], at=at)
    old = nodes_of(order)["mrp"].clock
    fresh = next_version(
        MilestonePlan.objects.get(code="standard"), at, root,
        lambda plan: plan.nodes.filter(code="mrp").update(kind="budget", unit="work_s", offset=3600),
    )
    reapply_plan(plan=fresh, order_ids=[order.pk], by=root, at=at)
    new = nodes_of(order)["mrp"].clock
    old.refresh_from_db()
    assert new.pk != old.pk and new.kind == "budget" and old.state == "cancelled" and old.next_fire_at is None


def test_a_plan_out_of_force_still_carries_the_orders_that_began_with_it(make_order, at, root):  # noqa: F811
    order = make_order()
    plan_milestones(order_ids=[order.pk], at=at)
    old = MilestonePlan.objects.get(code="standard")
    withdraw_plan(plan=old, by=root, at=at)
    set_facts(order, credit_checked=at)
    plan_milestones(order_ids=[order.pk], at=at + HOUR)
    nodes = nodes_of(order)
    assert len(nodes) == 10 and nodes["credit"].state == "done"
    rival = MilestonePlan.objects.create(code="rival", kind=old.kind, name_en="r", name_zh="r")
    rival.nodes.create(sequence=1, code="ship", fact="shipped", anchor="promised", name_en="s", name_zh="s")
    publish_plan(plan=rival, by=root, at=at + HOUR)
    plan_milestones(order_ids=[order.pk], at=at + 2 * HOUR)
    assert len(nodes_of(order)) == 10 and list(followers(rival)) == [order]


def test_followers_are_those_the_plan_would_be_chosen_for(make_order, company, scopes, at, root):  # noqa: F811
    from orders.models import Party

    tier = CustomerTier.objects.get(code="a")
    party = Party.objects.create(company=company, code="C1", name="c", scope=scopes[0])
    PartyRole.objects.create(party=party, role="customer", tier=tier)
    plain, exact, other = make_order(), make_order(number="SO-2", customer=party), make_order(number="SO-3", kind="jit")
    plan_milestones(order_ids=[plain.pk, exact.pk, other.pk], at=at)
    kind = OrderKind.objects.get(code="standard")

    def published(code, **fits):
        plan = MilestonePlan.objects.create(code=code, name_en=code, name_zh=code, **fits)
        plan.nodes.create(sequence=1, code="ship", fact="shipped", anchor="promised", name_en="s", name_zh="s")
        return publish_plan(plan=plan, by=root, at=at + HOUR)

    agreed = published("agreed", customer=party)
    assert list(followers(agreed)) == [exact] and path_for(exact, tier.pk, load_paths()).plan == agreed
    narrow = published("narrow", customer=party, kind=kind)
    assert not followers(agreed).exists() and path_for(exact, tier.pk, load_paths()).plan == narrow
    assert path_for(plain, None, load_paths()).plan.code == "standard"
    for plan in (agreed, narrow):
        withdraw_plan(plan=plan, by=root, at=at + HOUR)
    both = published("both", kind=kind, tier=tier)
    by_tier = published("tier", tier=tier)
    fresh = next_version(MilestonePlan.objects.get(code="standard"), at + HOUR, root, lambda plan: None)
    assert list(followers(both)) == [exact] and not followers(by_tier).exists() and list(followers(fresh)) == [plain]


def test_the_page_shows_what_moves_and_the_button_asks_for_the_job(changed, at, client, root):
    order, fresh = changed
    client.force_login(root)
    page = client.get(reverse("plan", args=[fresh.pk])).content.decode()
    assert "1 open order began with another version and goes on by it." in page
    assert "Re-apply to 1 open order" in page and "no longer on its path" in page and order.number in page
    assert client.post(reverse("plan_reapply", args=[fresh.pk])).status_code == 302
    job = JobRun.objects.get(kind="reapply_plan")
    assert reapply_to_followers(lambda *said: None, **job.args) == {"orders": 1}
    page = client.get(reverse("plan", args=[fresh.pk])).content.decode()
    assert "no open order follows another version" in page and "Re-apply to" not in page


def test_only_whoever_may_change_plans_has_the_button(changed, client, person, scopes):
    from django.core.management import call_command

    _order, fresh = changed
    call_command("sync_roles", verbosity=0)
    client.force_login(person("planner", scopes[0], role="planner"))
    assert "Re-apply to" not in client.get(reverse("plan", args=[fresh.pk])).content.decode()
    assert client.post(reverse("plan_reapply", args=[fresh.pk])).status_code == 403
    client.force_login(person("sales", scopes[0], role="sales"))
    assert client.get(reverse("plan", args=[fresh.pk])).status_code == 403


def test_the_preview_shows_orders_of_ones_own_scopes_only(changed, person, scopes, at):
    _order, fresh = changed
    assert previews(fresh, person("stranger", scopes[1]), at) == []


def test_the_page_leaves_out_orders_of_which_nothing_moves(make_order, at, client, root):  # noqa: F811
    moved, still = make_order(ordered_at=at - HOUR), make_order(number="SO-2", facts={"credit_checked": at - HOUR})
    plan_milestones(order_ids=[moved.pk, still.pk], at=at)
    fresh = next_version(
        MilestonePlan.objects.get(code="standard"), at, root,
        lambda plan: plan.nodes.filter(code="credit").update(offset=2 * 3600),
    )
    client.force_login(root)
    page = client.get(reverse("plan", args=[fresh.pk]))
    assert [one.order for one in page.context["previews"]] == [moved]
    assert "1 order gets other dates; the others keep theirs." in page.content.decode()


def test_the_menu_leads_to_the_plans_and_a_plan_shows_its_nodes(make_order, client, root):  # noqa: F811
    client.force_login(root)
    plan = MilestonePlan.objects.get(code="standard")
    assert f'href="{reverse("plans")}"' in client.get("/").content.decode()
    assert reverse("plan", args=[plan.pk]) in client.get(reverse("plans")).content.decode()
    page = client.get(reverse("plan", args=[plan.pk])).content.decode()
    main = page[page.index('class="sentence"'):]
    for node in plan.nodes.all():
        assert node.name_en in main
    assert plan.kind.name_en in main and "promise" in main and "opens a ticket" in main
    assert " standard ·" not in main and "node:" not in main


def test_who_opens_the_buttons_address_is_led_to_the_plan(make_order, client, root):  # noqa: F811
    client.force_login(root)
    plan = MilestonePlan.objects.get(code="standard")
    answer = client.get(reverse("plan_reapply", args=[plan.pk]))
    assert answer.status_code == 302 and answer.url == reverse("plan", args=[plan.pk])
    assert not JobRun.objects.filter(kind="reapply_plan").exists()
