"""Does the order list cost every person about the same at 200,000 orders, and show exactly the right rows?"""
from itertools import product

import pytest
from django.db import connection
from django.test import Client

from kernel.tending import tend_database
from orders.listing import CAP, PAGE, Filters, count_of, page_of, write_cursor
from orders.models import Event, Order
from tests.orders import list_world
from tests.orders.list_world import KINDS, NOW
from tests.orders.work import work_of

MOST = {"sqlite": 20_000, "postgresql": 4_000}  # steps of SQLite's machine, or shared blocks of PostgreSQL
MOST_HOME = {"sqlite": 2_500_000, "postgresql": 40_000}
QUERIES = 4
RIGHTS = ('FROM "kernel_user"', 'FROM "auth_permission"')  # who is this, and what may they: on every page
FILTERS = {
    "none": (Filters(), lambda row: True),
    "stage": (Filters(stage="started"), lambda row: row.stage == "started"),
    "dense stage": (Filters(stage="paid"), lambda row: row.stage == "paid"),
    "late": (Filters(late="late"), lambda row: row.lateness == 2),
    "provisional": (Filters(provisional="1"), lambda row: row.is_provisional),
    "stage and late": (Filters(stage="started", late="late"), lambda row: row.stage == "started" and row.lateness == 2),
    "at risk": (Filters(late="risk"), lambda row: row.lateness == 1),
    "tickets": (Filters(tickets="1"), lambda row: "tickets" in row.flags),
    "differences": (Filters(differences="1"), lambda row: "differences" in row.flags),
    "conflicts": (Filters(conflicts="1"), lambda row: "conflicts" in row.flags),
    "held": (Filters(held="1"), lambda row: "held" in row.flags),
    "held with tickets": (
        Filters(held="1", tickets="1"), lambda row: {"held", "tickets"} <= row.flags,
    ),
}
# Two pages in one: of one's scopes, and of the orders shared singly.
SHARED = 1.5
KNOWN = {
    # 100 scopes are probed, and rows that nobody has vacuumed yet are looked up in the table as well.
    ("postgresql", "small", "none"): 6_500, ("postgresql", "small", "dense stage"): 6_500,
}
EVERYBODY = (*KINDS, "shared", "superuser")

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Built once for the file."""
    with django_db_blocker.unblock(), list_world.standing() as world:
        yield world


def limit(kind="", name=""):
    most = MOST[connection.vendor] * (SHARED if kind == "shared" else 1)
    return KNOWN.get((connection.vendor, kind, name), most)


@pytest.mark.parametrize(("kind", "name"), list(product(EVERYBODY, FILTERS)))
def test_a_page_costs_little_and_is_right(world, kind, name):
    filters, fits = FILTERS[name]
    user = world.user(kind)
    (rows, cursor), work = work_of(lambda: page_of(user, filters, NOW))
    want = world.page(kind, fits, size=PAGE + 1)
    assert [row.pk for row in rows] == want[:PAGE] and bool(cursor) == (len(want) > PAGE)
    assert work.amount <= limit(kind, name), work.texts
    assert work.uncapped_counts == []
    own = [sql for sql in work.texts if not any(part in sql for part in RIGHTS)]
    assert len(own) <= QUERIES, own


def test_the_guard_has_teeth(world):
    """The plain way, a literal list and nothing else, costs more than is allowed for somebody with old orders only."""
    ids = sorted(world.granted["two_old"])
    plain = Order.objects.filter(scope_id__in=ids).select_related("kind", "customer", "plant")
    rows, work = work_of(lambda: list(plain.order_by("-created_at", "-pk")[: PAGE + 1]))
    assert [row.pk for row in rows] == world.page("two_old", lambda row: True, size=PAGE + 1)
    assert work.amount > limit()


@pytest.mark.parametrize(("kind", "name"), list(product(("superuser", "one", "five", "all", "two_old", "shared"),
                                                        ("none", "dense stage", "late"))))
def test_the_deepest_page_costs_at_most_twice_the_first(world, kind, name):
    filters, fits = FILTERS[name]
    visible = world.page(kind, fits, size=len(world.rows))
    if len(visible) < 3 * PAGE:
        pytest.skip("hardly more than a page")
    by_id, user = {row.id: row for row in world.rows}, world.user(kind)
    page_of(user, filters, NOW)  # scopes and rights are read now
    _rows, first = work_of(lambda: page_of(user, filters, NOW))
    before = by_id[visible[-PAGE - 1]]
    (rows, cursor), deepest = work_of(lambda: page_of(user, filters, NOW, write_cursor(before.created, before.id)))
    assert [row.pk for row in rows] == visible[-PAGE:] and not cursor
    assert deepest.amount <= 2 * first.amount + limit() // 50


@pytest.fixture
def forgetful(world):
    """SQLite as it is in a hub that has only been fed live: nobody has called ANALYZE."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps its statistics itself")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM sqlite_stat1")
        cursor.execute("ANALYZE sqlite_schema")
    yield
    list_world.analyse()


@pytest.mark.parametrize("kind", ["fifty", "all", "small"])
@pytest.mark.parametrize("name", ["none", "late", "tickets"])
def test_people_of_many_scopes_need_no_statistics(world, forgetful, kind, name):
    _page, work = work_of(lambda: page_of(world.user(kind), FILTERS[name][0], NOW))
    assert work.amount <= limit(kind, name), work.texts


def test_the_hourly_job_gives_statistics(world, forgetful):
    """Somebody with single orders shared is served by the right index after it, and was not before."""
    filters = FILTERS["dense stage"][0]
    _page, before = work_of(lambda: page_of(world.user("shared"), filters, NOW))
    assert tend_database() == {"tended": 1}
    _page, after = work_of(lambda: page_of(world.user("shared"), filters, NOW))
    assert after.amount <= limit("shared") < before.amount


def test_paging_on_comes_to_every_row_once(world):
    """Through a person's whole list, page by page, orders of one instant among them."""
    seen, cursor, user = [], "", world.user("tiny")
    while True:
        rows, cursor = page_of(user, Filters(), NOW, cursor, size=7)
        seen += [row.pk for row in rows]
        if not cursor:
            break
    assert seen == world.page("tiny", lambda row: True, size=10_000)


@pytest.mark.parametrize(("kind", "name"), list(product(EVERYBODY, FILTERS)))
def test_the_count_is_right_and_capped(world, kind, name):
    filters, fits = FILTERS[name]
    user = world.user(kind)
    count, work = work_of(lambda: count_of(user, filters, NOW))
    assert count == len(world.page(kind, fits, size=CAP + 1))
    assert work.uncapped_counts == []


@pytest.fixture
def root(world):
    client = Client()
    client.force_login(world.user("superuser"))
    return client


@pytest.mark.parametrize("model", [Order, Event])
@pytest.mark.parametrize("query", ["", "?q=SO2335", "?p=2"])
def test_the_admin_counts_nothing_to_the_end(root, model, query):
    address = f"/admin/orders/{model._meta.model_name}/{query}"
    answer, work = work_of(lambda: root.get(address))
    assert answer.status_code == 200
    assert work.uncapped_counts == []


@pytest.mark.parametrize("kind", ["superuser", "all", "two_old", "tiny"])
def test_the_home_page_asks_a_bounded_number_of_questions(world, kind):
    client = Client()
    client.force_login(world.user(kind))
    answer, work = work_of(lambda: client.get("/"))
    assert answer.status_code == 200
    assert len(work.texts) <= 60, len(work.texts)
    assert work.uncapped_counts == []
    assert work.amount <= MOST_HOME[connection.vendor]


@pytest.mark.parametrize("query", ["", "?stage=started&late=late", "?late=late"])
def test_the_page_itself_reads_orders_once_or_twice(world, query):
    """The list as it is served: drawing the rows asks for nothing more."""
    client = Client()
    client.force_login(world.user("shared"))
    answer, work = work_of(lambda: client.get(f"/orders/{query}"))
    assert answer.status_code == 200 and len(answer.context["rows"]) == PAGE
    assert len([sql for sql in work.texts if 'FROM "orders_order"' in sql]) == 2
    assert work.uncapped_counts == []
