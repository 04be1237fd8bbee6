"""Does a run over little cost little, however many records agree, whatever SQLite knows of its tables?

Counted in steps of SQLite's machine. Finding and reading the changed keys must not grow with the others at all; asking
what is usual (outages, like orders) goes over each record once or twice, never once for each key.
"""
from datetime import timedelta

import pytest
from django.db import connection

from orders.models import SourceRecord
from reconciliation.actions import run_comparison
from reconciliation.engines.database import DatabaseEngine
from reconciliation.key_spine import Spine
from reconciliation.models import Difference, Profile, ProfileVersion
from tests.orders.work import work_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="steps of SQLite's machine are counted"),
]
SYSTEMS = ("crm", "erp", "wms")
SPEC = {
    "version": 1, "name": "orders", "record": "erp", "currency": "CNY", "key": "order_number",
    "systems": {name: {} for name in SYSTEMS},
    "fields": {
        "quantity_m": {"type": "quantity"}, "amount_minor": {"type": "money", "tolerance": "0.01"},
        "posted_at": {"max_minutes_between": 3}, "customer": {"type": "text"},
    },
}
SMALL, LARGE = 500, 3000
CHANGED = 60  # keys; the next ones are missing in one system
GONE = 20
LIKE = 200  # so many orders later, each of those missing has one just like it
A_RECORD = 5  # steps for each further record that agrees: it is counted
A_RECORD_EXPLAINED = 400  # and its moment is asked for, its customer and material read


@pytest.fixture
def profile(company, scopes, at):
    one = Profile.objects.create(code="p", company=company, scope=scopes[0], name_en="p", name_zh="p")
    ProfileVersion.objects.create(profile=one, number=1, spec=SPEC, published_at=at)
    return one


@pytest.fixture
def world(systems, scopes, at):
    for system in systems.values():
        system.last_heard_at = at + timedelta(hours=20)
        system.save()
    return World(systems, scopes[0], at)


class World:
    """Records of three systems that agree, and changes of some."""

    def __init__(self, systems, scope, at):
        self.systems, self.scope, self.at, self.said = systems, scope, at, 0

    def add(self, first, last):
        SourceRecord.objects.bulk_create([
            self._record(name, number) for number in range(first, last) for name in SYSTEMS], batch_size=500)

    def _record(self, name, number):
        self.said += 1
        moment = self.at - timedelta(days=2, seconds=number % 60)
        key, like = f"SO{number:06}", number - LIKE if CHANGED <= number - LIKE < CHANGED + GONE else number
        data = {"quantity_m": 1000 * (like % 7 + 1), "amount_minor": 10_000 + number, "currency": "CNY",
                "customer": f"C{like}", "material": f"M{like}", "posted_at": "2026-11-22T02:00:00Z"}
        return SourceRecord(
            system=self.systems[name], entity="order", key=key, order_number=key, data=data, scope=self.scope,
            occurred_at=moment, received_at=moment, first_received_at=moment, payload_hash=key, actor_kind="interface",
            change_number=self.said)

    def change(self):
        """WMS says other quantities, lacks some orders, and knows one of them under a mistyped number."""
        slips = [f"SO{number:06}" for number in range(CHANGED + GONE)]
        mine = SourceRecord.objects.filter(system=self.systems["wms"])
        for record in mine.filter(order_number__in=slips[:CHANGED]):
            self.said += 1
            record.data["quantity_m"] += 1000
            record.change_number = self.said
            record.save()
        for number, record in enumerate(mine.filter(order_number__in=slips[CHANGED:])):
            self.said += 1
            record.is_retracted, record.order_number = number > 0, record.order_number + ("" if number else "9")
            record.change_number = self.said
            record.save()


def grown(profile, world, at, with_statistics):
    """Steps of a run over little, at the small and at the larger size."""
    steps, have = [], 0
    for size in (SMALL, LARGE):
        world.add(have, size)
        have = size
        run_comparison(profile=profile, by=None, at=at, full=True)
        if with_statistics:
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        world.change()
        run, whole = work_of(lambda: run_comparison(profile=profile, by=None, at=at))
        assert not run.is_full and run.counts["keys"] > CHANGED + GONE
        assert Difference.objects.filter(profile=profile, kind="missing").count() >= GONE - 1
        steps.append(whole.amount)
    return steps


@pytest.mark.parametrize("with_statistics", [False, True])
def test_a_run_over_little_goes_over_the_records_that_agree_once_not_once_a_key(profile, world, at, with_statistics):
    small, large = grown(profile, world, at, with_statistics)
    assert (large - small) / (len(SYSTEMS) * (LARGE - SMALL)) < A_RECORD_EXPLAINED


@pytest.mark.parametrize("with_statistics", [False, True])
def test_reading_the_changed_keys_costs_the_same_among_many(profile, world, at, with_statistics, monkeypatch):
    taken = []

    def count(owner, name):
        real = getattr(owner, name)

        def counted(*args):
            found, work = work_of(lambda: real(*args))
            taken.append(work.amount)
            return found
        monkeypatch.setattr(owner, name, counted)

    count(Spine, "follow")
    count(DatabaseEngine, "prepare")
    grown(profile, world, at, with_statistics)
    _full, small_find, small_read, _full, large_find, large_read = taken
    small, large = small_find + small_read, large_find + large_read
    assert (large - small) / (len(SYSTEMS) * (LARGE - SMALL)) < A_RECORD
