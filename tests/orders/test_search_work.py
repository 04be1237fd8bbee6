"""Does a search of 200,000 orders find exactly what fits, at a bounded cost, also when nothing does?"""
from itertools import islice, product

import pytest
from django.db import connection

from orders.masters import search_key_of
from orders.models import Order
from orders.search import search_customers, search_materials, search_orders
from orders.search_terms import terms_of
from tests.orders import list_world
from tests.orders.work import work_of

# Steps of SQLite's machine, or shared blocks of PostgreSQL: some milliseconds.
MOST = {"sqlite": 120_000, "postgresql": 16_000}
# A name that every fifth order holds: all its lines are gathered before the newest are taken.
OFTEN = {"material name": 30}
FEWER_THAN_LIKE = 5
HITS = 10
TERMS = {
    "fragment": "4711", "short fragment": "471", "prefix": "SO2300-00001", "whole number": "SO2300-0000100",
    "chinese": "上海王", "initials": "SHW", "pinyin": "SHANGHAIWANG", "material": "M00123", "material name": "电控",
    "no number": "SO9999999", "no letters": "ZZQX", "no characters": "鑫鑫鑫",
}
PEOPLE = ("superuser", "fifty", "one", "tiny", "small")

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Built once for the file."""
    with django_db_blocker.unblock(), list_world.standing(searchable=True) as world:
        yield world


def fits(world, term):
    """A predicate over rows, in plain Python."""
    if any(sign.isdigit() for sign in term):
        codes = {pk for pk, (code, _name) in world.materials.items() if code.startswith(term)}
        return lambda row: row.material in codes or any(one.startswith(term) for one in terms_of(row.number))
    parties = {pk for pk, (_name, key) in world.parties.items() if term in key}
    parts = {pk for pk, (_code, name) in world.materials.items() if term in search_key_of(name)}
    return lambda row: row.customer in parties or row.material in parts


@pytest.mark.parametrize(("kind", "name"), list(product(PEOPLE, TERMS)))
def test_orders_are_found_at_a_bounded_cost(world, kind, name):
    term, user = TERMS[name], world.user(kind)
    hits, work = work_of(lambda: search_orders(term, user, HITS))
    fitting = fits(world, term)
    want = list(islice((row.number for row in world.rows if world.sees(kind, row) and fitting(row)), HITS))
    assert [hit.title for hit in hits] == want
    assert work.amount <= MOST[connection.vendor] * OFTEN.get(name, 1), work.texts
    assert work.uncapped_counts == []


@pytest.mark.parametrize("name", ["no number", "no letters", "no characters"])
def test_finding_nothing_costs_a_fraction_of_like(world, name):
    term, user = TERMS[name], world.user("superuser")
    hits, work = work_of(lambda: search_orders(term, user, HITS))
    by_like = Order.objects.filter(number__contains=term).order_by("-created_at", "-pk")
    nothing, like = work_of(lambda: list(by_like.only("number")[:HITS]))
    assert hits == [] and nothing == []
    assert work.amount * FEWER_THAN_LIKE <= like.amount


@pytest.mark.parametrize(("find", "term"), [(search_customers, "上海王"), (search_customers, "SHW"),
                                            (search_materials, "M0012"), (search_materials, "电控")])
def test_customers_and_materials_are_found_in_their_own_small_tables(world, find, term):
    hits, work = work_of(lambda: find(term, world.user("superuser"), HITS))
    assert hits
    assert work.amount <= MOST[connection.vendor]
    assert not any('"orders_order"' in sql for sql in work.texts)


def test_the_terms_of_the_world_are_those_of_the_hub(world):
    """The world's terms are made in SQL: the same as the hub writes."""
    for row in (world.rows[0], world.rows[77], world.rows[-1]):
        order = Order.objects.get(pk=row.id)
        assert sorted(set(order.search_terms.values_list("term", flat=True))) == terms_of(row.number)
