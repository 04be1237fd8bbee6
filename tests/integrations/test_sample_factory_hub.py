"""Does the hub, fed by the sample factory, come to what the factory knows to be true?"""
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from django.db.models import F

from integrations.actions.pulling import pull_connection
from integrations.actions.working_off import work_off_batches
from integrations.mapping_sets import compile_mappings
from integrations.models import Connection, InboxBatch, Mapping, ParkedRow, SyncCursor
from integrations.sample_factory.clockwork import to_ms
from integrations.sample_factory.faults import GROUP_KINDS, REGISTRY
from integrations.sample_factory.introduce import introduce_factory
from integrations.sample_factory.mappings import MAPPINGS
from integrations.sample_factory.truth import expected
from integrations.sample_factory.world import World
from integrations.unreadable import UnreadableRow
from kernel.models import Company, Plant
from orders.actions import record_events
from orders.models import (
    AuthorityRank,
    Event,
    ExternalKey,
    Material,
    Order,
    OrderLine,
    Party,
    SourceRecord,
    SourceSystem,
    StockLevel,
)

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
EVERY_FAULT = {**dict.fromkeys(REGISTRY, 0.012), **dict.fromkeys(GROUP_KINDS, 0.03)}
AXES = ("commercial", "material", "production", "quality", "logistics", "finance")

pytestmark = pytest.mark.django_db


def feed(world, size=500):
    """All rows of the world through the mappings into the hub."""
    readers = {system: compile_mappings(spec) for system, spec in MAPPINGS.items()}
    statements, received = [], []
    for row in world.rows(None, world.now):
        try:
            statements.append(readers[row.system].read(row.entity, row.raw).statement)
        except UnreadableRow:
            continue
        received.append(row.received_at)
    for start in range(0, len(statements), size):
        record_events(
            statements=statements[start:start + size], received_at=received[start:start + size], by=None, at=NOW)
    return len(statements)


def assert_true_states(world, moment, may_have_more=False):
    """Every order without a fault of its own stands as the factory knows it to stand."""
    orders = {order.number: order for order in Order.objects.select_related("kind", "customer", "scope")}
    states = list(expected(world, to_ms(moment)))
    assert set(orders) >= {one["order"] for one in states} and (may_have_more or len(orders) == len(states))
    wrong = Counter()
    for one in states:
        if one["faults"]:
            continue
        order = orders[one["order"]]
        for axis in AXES:
            if one["loads"] == 1 and getattr(order, axis) != one[axis]:
                wrong[axis, one[axis], getattr(order, axis)] += 1
        assert order.kind.code == one["kind"] and order.customer.code == one["customer"]
        assert order.scope.code == one["team"]
        assert (order.quantity_m, order.amount_minor, order.currency) == (one["quantity_m"], one["amount_minor"], "CNY")
        assert (order.delivered_m or 0) == one["delivered_m"], one
        for name in ("requested_at", "promised_at", "promised_original_at"):
            assert _text(getattr(order, name)) == one[name], (name, one)
    assert wrong == {}



def test_a_factory_may_be_introduced_twice():
    doors = introduce_factory(by=None, at=NOW)
    assert set(doors) == set(MAPPINGS)
    before = [model.objects.count() for model in (Company, Plant, SourceSystem, Mapping, AuthorityRank, Party)]
    introduce_factory(by=None, at=NOW)
    assert before == [model.objects.count() for model in (Company, Plant, SourceSystem, Mapping, AuthorityRank, Party)]
    assert Connection.objects.filter(kind="factory").count() == 5
    assert SourceSystem.objects.get(code="erp").confirms_identity


@pytest.mark.parametrize("faults", [{}, EVERY_FAULT], ids=["faultless", "with faults"])
def test_the_hub_comes_to_the_truth(faults):
    introduce_factory(by=None, at=NOW)
    world = World(80, 12, NOW, faults)
    feed(world)
    assert_true_states(world, NOW, may_have_more=bool(faults))
    assert Material.objects.filter(name="电控壳体").exists()
    levels = Counter(StockLevel.objects.values_list("system__code", flat=True))
    assert levels["wms"] == levels["erp"] > 0
    assert Party.objects.get(code="100117").name == "上海驭程新能源汽车有限公司"


def _text(moment):
    return None if moment is None else moment.astimezone(UTC).isoformat()


def seed(**options):
    out = StringIO()
    usual = {"orders": 40, "seed": 4, "now": NOW.isoformat(), "faults": "none"}
    call_command("seed_factory", **usual | options, stdout=out)
    return out.getvalue()


def test_seeding_and_then_pulling_comes_to_the_same_truth(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    later = NOW + timedelta(hours=30)
    seed(days=6)
    for door in Connection.objects.filter(kind="factory"):
        pulled = pull_connection(connection=door, at=later)
        assert not pulled.trouble
    done = work_off_batches(at=later, limit=100)
    assert done["new"] > 50 and done["parked"] == 0
    assert_true_states(World(40, 4, NOW, days=6), later)


def test_seeding_keeps_the_truth_beside_the_database(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    told = seed(faults="all=0.01,BAD_KEY=0.2", orders=60)
    lines = [json.loads(line) for line in (tmp_path / "factory" / "truth.jsonl").read_text().splitlines()]
    assert f"{len(lines)} planted faults" in told and "/s)" in told
    assert {line["kind"] for line in lines} >= {"BAD_KEY"}
    assert ParkedRow.objects.filter(reason_code="MISSING_KEY").count() == sum(one["kind"] == "BAD_KEY" for one in lines)
    assert json.loads((tmp_path / "factory" / "world.json").read_text())["orders"] == 60
    assert len((tmp_path / "factory" / "expected.jsonl").read_text().splitlines()) == 60


def test_seeding_twice_changes_nothing(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    seed()
    before = Order.objects.count(), Event.objects.count()
    InboxBatch.objects.all().delete()  # as if the rows had been sent again
    assert "0 events" in seed()
    assert before == (Order.objects.count(), Event.objects.count())


@pytest.mark.parametrize("options", [
    {"faults": "NO_SUCH=0.1"}, {"faults": "TYPO=2"}, {"faults": "TYPO"}, {"now": "2026-11-24T10:00:00"},
])
def test_seeding_refuses_what_it_does_not_understand(options, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    with pytest.raises(CommandError):
        seed(**options)


def picture():
    """Everything the hub holds about orders, without the numbers and instants it gave itself.

    Repeats are counted by their inbox rows; a history loaded in bulk has none. And it makes no bare row for a
    customer whom only a first, provisional word named.
    """
    left_out = {
        "id", "order", "record", "scope", "system", "customer", "kind", "company", "plant", "material", "replaces",
        "observation", "message_count", "duplicate_count", "position", "batch", "recorded_at", "created_at",
        "change_number", "state_hash", "matched_at",
    }

    def rows(model, *names):
        fields = [field.name for field in model._meta.concrete_fields if field.name not in left_out]
        made = model.objects.values_list(*names, *fields)
        return sorted(made.exclude(name=F("code"), orders=None) if model is Party else made, key=repr)

    return {
        "orders": rows(Order, "number", "kind__code", "scope__code", "customer__code", "plant__code", "state_hash"),
        "lines": rows(OrderLine, "order__number", "material__code"),
        "records": rows(SourceRecord, "system__code", "order__number", "scope__code"),
        "events": rows(Event, "system__code", "order__number", "record__key"),
        "keys": rows(ExternalKey, "system__code", "order__number"),
        "parties": rows(Party, "scope__code"), "materials": rows(Material), "stock": rows(StockLevel, "material__code"),
        "parked": sorted(ParkedRow.objects.values_list("entity", "key", "order_number", "reason_code")),
    }


def test_a_history_loaded_in_bulk_ends_as_if_it_had_come_live(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    pictures = []
    for backfill in (False, True):
        with transaction.atomic():
            seed(orders=120, days=9, faults="all=0.012", backfill=backfill)
            pictures.append(picture())
            transaction.set_rollback(True)
    live, loaded = pictures
    for name in live:
        assert live[name] or name == "keys"
        odd = [
            [(one, other) for one, other in zip(*pair, strict=True) if one != other]
            for pair in zip(live[name], loaded[name], strict=False) if pair[0] != pair[1]
        ]
        assert (len(live[name]), odd[:2]) == (len(loaded[name]), []), name


def test_seeding_span_by_span_brings_what_seeding_at_once_brings(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    spans = [NOW - timedelta(days=back) for back in (2, 1)]
    usual = {"orders": 60, "days": 6, "faults": "all=0.02"}

    def kept():
        records = SourceRecord.objects.order_by("system__code", "entity", "key").values_list(
            "system__code", "entity", "key", "data", "first_received_at", "received_at")
        return list(records), sorted((tmp_path / "factory" / "truth.jsonl").read_text("utf-8").splitlines())

    with transaction.atomic():
        seed(**usual)
        at_once = kept()
        transaction.set_rollback(True)
    seed(**usual, until=spans[0].isoformat())
    assert SourceRecord.objects.filter(received_at__gt=spans[0]).count() == 0
    assert SyncCursor.objects.first().position == {"until": spans[0].isoformat()}
    seed(**usual, after=spans[0].isoformat(), until=spans[1].isoformat())
    seed(**usual, after=spans[1].isoformat())
    assert kept() == at_once and len(at_once[0]) > 200


def test_in_bulk_comes_all_there_is():
    with pytest.raises(CommandError, match="--backfill"):
        seed(backfill=True, until=NOW.isoformat())
