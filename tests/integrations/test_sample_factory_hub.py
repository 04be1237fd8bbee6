"""Does the hub, fed by the sample factory, come to what the factory knows to be true?"""
from collections import Counter
from datetime import UTC, datetime

import pytest

from integrations.mapping_sets import compile_mappings
from integrations.models import Connection, Mapping
from integrations.sample_factory.faults import GROUP_KINDS, REGISTRY
from integrations.sample_factory.introduce import introduce_factory
from integrations.sample_factory.mappings import MAPPINGS
from integrations.sample_factory.truth import expected
from integrations.sample_factory.world import World
from integrations.unreadable import UnreadableRow
from kernel.models import Company, Plant
from orders.actions import record_events
from orders.models import AuthorityRank, Material, Order, Party, SourceSystem, StockLevel

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
    orders = {order.number: order for order in Order.objects.select_related("kind", "customer", "scope")}
    states = list(expected(world))
    assert set(orders) >= {one["order"] for one in states} and (faults or len(orders) == len(states))
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
    assert Material.objects.filter(name="电控壳体").exists()
    levels = Counter(StockLevel.objects.values_list("system__code", flat=True))
    assert levels["wms"] == levels["erp"] > 0
    assert Party.objects.get(code="100117").name == "上海驭程新能源汽车有限公司"


def _text(moment):
    return None if moment is None else moment.astimezone(UTC).isoformat()
