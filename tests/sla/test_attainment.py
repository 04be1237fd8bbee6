"""Do the shares of what was kept on time say what was due and done, with the counts, for what a person may see?"""
from datetime import timedelta

import pytest

from kernel.access import grant_scope
from kernel.measures import Seconds, Share, measure, read_asked, week_code, week_starts
from kernel.models import User
from orders.models import CustomerTier, Order, Party, PartyRole
from sla.attainment import attainment
from sla.models import Milestone
from tests.sla.test_bottlenecks import pass_nodes
from tests.sla.test_planning import make_order, reference  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def boss(db):
    return User.objects.create_superuser("boss", password="x")


@pytest.fixture
def promised(make_order, company, scopes):  # noqa: F811
    """Store an order promised for `promise`, delivered `over` after that; None: not delivered."""
    tier = CustomerTier.objects.get(code="a")
    party = Party.objects.create(company=company, code="C1", name="Huizhong", scope=scopes[0])
    PartyRole.objects.create(party=party, role=PartyRole.CUSTOMER, tier=tier)
    PartyRole.objects.create(party=party, role=PartyRole.SUPPLIER)

    def make(number, promise, over, **fields):
        actual = None if over is None else promise + over
        return make_order(number=number, promised_at=promise, actual_at=actual, customer=party, **fields)
    return make


def shown(user, at, **get):
    one = measure("attainment")
    return attainment(user, read_asked(get, one), at)


def rows(found, title):
    table = next((one for one in found.tables if one.title == title), None)
    return [row.cells for row in table.rows] if table else []


def test_an_order_keeps_its_promise_to_the_instant(promised, boss, at):
    promised("A", at - DAY, timedelta())
    promised("B", at - DAY, timedelta(microseconds=1))
    promised("C", at - DAY, None)
    promised("D", at + HOUR, None)  # not due yet
    promised("E", at - 14 * 7 * DAY, None)  # before the period
    promised("F", at - DAY, None, commercial="cancelled")
    promised("G", at - DAY, None, identity=Order.PROVISIONAL)
    found = shown(boss, at)
    assert rows(found, "By order kind") == [("Standard order", 3, 1, Share(1, 3), 0, 0, Share(0, 0), 333)]
    assert [row[0] for row in rows(found, "Orders not kept")] == ["C", "B"]
    assert rows(found, "Orders not kept")[0][-1] == Seconds(86400)
    assert "orders due: 3, 33.3 %" in found.sentence


def test_by_tier_a_customer_who_is_a_supplier_too_counts_once(promised, make_order, boss, at):  # noqa: F811
    promised("A", at - DAY, timedelta())
    make_order(number="B", promised_at=at - DAY)
    found = rows(shown(boss, at), "By customer tier")
    assert [(row[0], row[1], row[2]) for row in found] == [("none said", 1, 0), ("Strategic", 1, 1)]


def test_the_first_promise_stands_beside_the_last(promised, boss, at):
    promised("A", at - DAY, timedelta(), promised_original_at=at - 3 * DAY)
    promised("B", at - DAY, -3 * DAY, promised_original_at=at - 3 * DAY)
    tiles = shown(boss, at).tiles
    assert [str(one.value) for one in tiles[:2]] == ["100 %", "50 %"]


def test_a_node_counts_once_it_is_due_and_open_ones_of_held_orders_do_not(make_order, boss, at):  # noqa: F811
    order = make_order(promised_at=at + 9 * DAY)
    pass_nodes(order, credit=at - 2 * DAY, mrp=at - DAY)
    Milestone.objects.filter(order=order, node__code="credit").update(planned_at=at - 2 * DAY)
    Milestone.objects.filter(order=order, node__code="mrp").update(planned_at=at - 2 * DAY)
    Milestone.objects.filter(order=order, node__code="material").update(planned_at=at - DAY, state="late")
    Milestone.objects.filter(order=order, node__code="ship").update(planned_at=at + DAY)
    Milestone.objects.filter(order=order, node__code="release").update(planned_at=at - DAY, state="skipped")
    found = shown(boss, at)
    assert {row[0]: row[1:4] for row in rows(found, "By department")} == {
        "Purchasing": (1, 0, Share(0, 1)), "Planning": (1, 0, Share(0, 1)), "Finance": (1, 1, Share(1, 1)),
    }
    assert {row[0] for row in rows(found, "By node")} == {"Credit checked", "MRP run", "Material received"}
    late = rows(shown(boss, at, department="purchasing"), "Nodes not kept")
    assert [(row[2], row[-1]) for row in late] == [("Material received", Seconds(86400))]
    Order.objects.filter(pk=order.pk).update(held_at=at)
    assert {row[0] for row in rows(shown(boss, at), "By department")} == {"Planning", "Finance"}


def test_weeks_begin_on_monday_by_the_hubs_zone_and_one_can_be_looked_at(promised, boss, at):
    monday = week_starts({"weeks": "4"}, at)[-1]
    promised("A", monday, timedelta())
    promised("B", monday - timedelta(microseconds=1), None)
    found = rows(shown(boss, at, weeks="4"), "By week")
    assert [(row[1], row[2]) for row in found] == [(1, 1), (1, 0)]
    alone = shown(boss, at, weeks="4", week=week_code(monday))
    assert [row[0] for row in rows(alone, "By week")] == [found[0][0]] and rows(alone, "Orders not kept") == []
    assert alone.sentence.startswith("Week from 23 Nov, orders due: 1, 100 %")
    assert shown(boss, at, weeks="4").trend.is_drawn and not alone.trend


def test_all_means_all():
    assert str(Share(1999, 2000)) == "99.9 %" and str(Share(3, 3)) == "100 %" and str(Share(0, 0)) == "—"


def test_a_person_sees_figures_over_the_rows_of_his_scopes(promised, scopes, at):
    promised("A", at - DAY, None)
    other = promised("B", at - DAY, None)
    Order.objects.filter(pk=other.pk).update(scope=scopes[1])
    person = User.objects.create_user("clerk", password="x")
    assert shown(person, at).tables == []
    grant_scope(scope=scopes[1], to=person)
    found = shown(User.objects.get(pk=person.pk), at)
    assert [row[0] for row in rows(found, "Orders not kept")] == ["B"]


def test_figures_take_few_queries_however_many_orders(promised, boss, at, django_assert_max_num_queries):
    for number in range(12):
        pass_nodes(promised(f"A{number}", at - number * 5 * DAY - HOUR, timedelta(hours=number - 6)))
    with django_assert_max_num_queries(10):
        shown(boss, at)


def test_where_nodes_were_due_and_no_order_every_row_is_as_wide_as_its_heads(make_order, boss, at):  # noqa: F811
    """The page gave an error on a hub whose first orders are promised for later."""
    order = make_order(promised_at=at + 30 * DAY)
    pass_nodes(order, credit=at - DAY)
    Milestone.objects.filter(order=order, node__code="credit").update(planned_at=at - DAY)
    found = shown(boss, at)
    assert rows(found, "By week") and rows(found, "By node")
    assert all(len(row.cells) == len(table.heads) for table in found.tables for row in table.rows)
