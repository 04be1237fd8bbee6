"""Does a department hear once, and of all at once, that nodes of its orders are due soon?"""
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from desk.home import tiles
from exceptions import nodes_due
from exceptions.nodes_due import MOST_NAMED
from exceptions.seed import seed_exceptions
from kernel.models import Department, OutboxMessage
from kernel.news import News
from orders.models import Order, OrderKind
from sla.actions import plan_milestones, sweep_clocks
from sla.boards import columns
from sla.models import Milestone
from sla.seed import seed_reference

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def make_orders(company, scopes, at):
    """Orders whose credit check is the next thing to do: they come in with a warning ahead."""
    seed_reference(company=company, at=at)
    seed_exceptions()

    def make(count, scope=None, **fields):
        kind, first = OrderKind.objects.get(code="standard"), Order.objects.count()
        orders = [
            Order.objects.create(
                company=company, kind=kind, number=f"SO-{first + number}", scope=scope or scopes[0],
                identity=Order.CONFIRMED, ordered_at=at, promised_at=at + timedelta(days=30), created_at=at,
                state={"facts": {}}, **fields,
            )
            for number in range(count)
        ]
        plan_milestones(order_ids=[order.pk for order in orders], at=at)
        return orders
    return make


@pytest.fixture
def first(make_orders):
    """The node that is due first, of an order there is already: (department, its warning's instant)."""
    (order,) = make_orders(1)
    node = order.milestones.filter(node__department__isnull=False, clock__next_fire_at__isnull=False).order_by(
        "clock__next_fire_at").select_related("node__department", "clock").first()
    return node.node.department, node.clock.next_fire_at


@pytest.fixture
def member(person, scopes):
    from django.contrib.auth.models import Permission

    def make(name, department, *of, **fields):
        user = person(name, *(of or scopes[:1]), department=department, is_staff=True, **fields)
        user.user_permissions.add(Permission.objects.get(codename="view_milestone"))
        return type(user).objects.get(pk=user.pk)
    return make


def warned():
    return list(OutboxMessage.objects.filter(kind="milestone.warned").order_by("recipient"))


def test_one_message_a_department_and_sweep_however_many_orders(first, make_orders, member):
    department, when = first
    make_orders(MOST_NAMED + 1)
    anna, away = member("anna", department), member("away", department, is_away=True)
    member("other", Department.objects.exclude(pk=department.pk).first())
    assert sweep_clocks(at=when).fired == MOST_NAMED + 2
    (message,) = warned()
    assert message.recipient == str(anna.pk) != str(away.pk)
    english, chinese = message.payload["text_en"], message.payload["text_zh"]
    assert english.startswith("Due soon: SO-0 ") and english.endswith(", and 2 more") and english.count("SO-") == 8
    assert chinese.startswith("即将到期：SO-0 ") and chinese.endswith("，另有 2 个")
    assert message.payload["link"] == f"/board/?department={department.code}&warned=1"
    assert sweep_clocks(at=when).fired == 0 and len(warned()) == 1


def test_one_node_alone_leads_to_its_order(first, member):
    department, when = first
    member("anna", department)
    sweep_clocks(at=when)
    (message,) = warned()
    assert message.payload["link"] == Order.objects.get().address
    assert message.scope_id == Order.objects.get().scope_id


def test_each_hears_only_of_orders_they_may_see(first, make_orders, member, scopes):
    department, when = first
    make_orders(1, scope=scopes[1])
    anna, both = member("anna", department), member("both", department, *scopes)
    member("neither", department, scopes[1])
    sweep_clocks(at=when)
    told = {message.recipient: message.payload["text_en"].count("SO-") for message in warned()}
    assert told[str(anna.pk)] == 1 and told[str(both.pk)] == 2 and len(told) == 3
    assert not any(m.scope_id is None and m.recipient == str(anna.pk) for m in warned())


def test_what_is_on_hold_or_waits_for_another_node_hurries_nobody(first, member):
    department, when = first
    member("anna", department)
    Order.objects.update(held_at=when - HOUR)
    sweep_clocks(at=when)
    assert warned() == []
    assert Milestone.objects.filter(warned_at__isnull=False).exists(), "it stands on the milestone all the same"


def test_home_counts_them_and_the_board_behind_shows_as_many(first, make_orders, member):
    department, when = first
    make_orders(2)
    anna = member("anna", department)
    assert not any("due soon" in tile.label for tile in tiles(anna, when))
    sweep_clocks(at=when)
    now = when + timedelta(minutes=1)
    (tile,) = [one for one in tiles(anna, now) if "due soon" in one.label]
    assert (tile.count, tile.tone) == (3, "risk")
    assert tile.link == f"/board/?department={department.code}&warned=1"
    shown = columns(anna, {"department": department.code, "warned": "1"}, now)
    assert sum(column.total for column in shown) == 3
    Milestone.objects.filter(node__department=department).update(warned_at=None)
    assert columns(anna, {"department": department.code, "warned": "1"}, now) == []


def test_too_many_people_none_is_left_out_for_one_who_sees_nothing(first, member, scopes, monkeypatch):
    department, when = first
    monkeypatch.setattr(nodes_due, "MOST_PEOPLE", 2)
    blind = [member(f"blind{number}", department, scopes[1]) for number in range(3)]
    seeing = [member(f"seeing{number}", department) for number in range(3)]
    assert max(one.pk for one in blind) < min(one.pk for one in seeing)
    sweep_clocks(at=when)
    assert {one.recipient for one in warned()} == {str(one.pk) for one in seeing[:2]}


def test_who_may_not_see_transport_is_not_told_of_it(first, member, monkeypatch):
    from django.contrib.auth.models import Permission

    department, when = first
    node = Milestone.objects.get(clock__next_fire_at=when, node__department=department).node
    monkeypatch.setattr(nodes_due, "TRANSIT", node.fact)
    anna, ben = member("anna", department), member("ben", department)
    ben.user_permissions.add(Permission.objects.get(codename="see_transit"))
    sweep_clocks(at=when)
    assert {one.recipient for one in warned()} == {str(ben.pk)} != {str(anna.pk)}


def test_the_questions_do_not_grow_with_the_people(first, make_orders, member, scopes):
    department, when = first
    make_orders(2, scope=scopes[1])
    clocks = Milestone.objects.filter(clock__isnull=False).values_list("clock_id", flat=True)
    news = [News("clock.fired", one, when, (-1,)) for one in clocks]

    def asked():
        OutboxMessage.objects.all().delete()
        with CaptureQueriesContext(connection) as found:
            nodes_due.warn_departments(news)
        return len(found)
    member("anna", department), member("both", department, *scopes)
    few, told = asked(), len(warned())
    for number in range(12):
        member(f"p{number}", department, *scopes[: 1 + number % 2])
    assert asked() == few and len(warned()) == told + 12
