"""Does the database end in the same state, whatever the order, the batches, the path or the repeats?"""
import random
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import transaction

from kernel.models import Plant
from orders.actions import load_history, record_events
from orders.models import (
    AuthorityRank,
    AuthorityVersion,
    CustomerTier,
    Event,
    ExternalKey,
    Material,
    Order,
    OrderLine,
    Party,
    PartyRole,
    SearchTerm,
    SourceRecord,
    StockLevel,
)
from tests.orders.speech import life, say

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _world(systems, kinds, scopes, company, at):
    CustomerTier.objects.create(code="gold", name_en="Gold", name_zh="金牌", rank=1)
    plant = Plant.objects.create(company=company, code="P2", name_en="Plant 2", name_zh="二厂")
    version = AuthorityVersion.objects.create(number=4, published_at=at)
    ranks = [("*", None, ("erp", "crm", "wms", "mes", "tms")), ("commercial", plant, ("crm", "erp")),
             ("logistics", None, ("tms", "wms", "erp"))]
    for subject, where, codes in ranks:
        for rank, code in enumerate(codes, 1):
            AuthorityRank.objects.create(version=version, company=company, plant=where, subject=subject, rank=rank,
                                         system=systems[code])


def told():
    """Two orders, a ghost, master data, stock, a tie, a moved record and a retraction."""
    erp = {"orders_by": "version", "order_number": "SO-7"}
    return [
        *life("SO-7"), *life("SO-8", customer="C200", team="south", until=9),
        say("erp", "order", "ESO-7", 3, {"axis": "commercial", "status": "confirmed", "customer": "C100",
            "plant": "P2", "sales_team": "south", "quantity_m": 5000, "customer_name": "上海测试有限公司"},
            version="10", **erp),
        say("crm", "order", "O-SO-7", 4, {"axis": "commercial", "status": "held", "customer": "C100"}, version="2",
            orders_by="version", order_number="SO-7"),
        say("tms", "waybill", "T-ghost", 5, {"axis": "logistics", "status": "shipped"}, order_number="SO-404",
            message_id="ghost"),
        say("wms", "shipment", "S-moved", 20, {"axis": "logistics", "status": "packed", "quantity_m": 1},
            order_number="SO-8", sequence=1, orders_by="sequence"),
        say("wms", "shipment", "S-moved", 21, {"axis": "logistics", "status": "packed", "quantity_m": 1},
            order_number="so-7", sequence=2, orders_by="sequence"),
        say("wms", "receipt", "R-part", 22, {"axis": "material", "status": "received"}, sequence=1,
            orders_by="sequence", parent_entity="shipment", parent_key="S-moved"),
        say("erp", "order_line", "ESO-8/10", 30, {}, version="11", orders_by="version", order_number="SO-8",
            line_number="10", retracts=True),
        say("mes", "inspection", "Q", 9, {"axis": "quality", "status": "rejected"}, order_number="SO-7"),
        say("mes", "inspection", "Q", 9, {"axis": "quality", "status": "released"}, order_number="SO-7"),
        say("crm", "customer", "A1", 1, {"customer": "C100", "customer_name": "上海测试", "tier": "gold",
            "credit_limit_minor": 5}, version="1", orders_by="version"),
        say("crm", "customer", "A1", 2, {"customer": "C100", "customer_name": "上海测试", "credit_limit_minor": 7,
            "tier": "gold"}, version="2", orders_by="version"),
        say("erp", "material", "M1", 1, {"material": "M1", "material_name": "制动盘", "unit": "pcs"}),
        say("wms", "stock", "H/M1", 6, {"material": "M1", "warehouse": "H", "on_hand_m": 5}),
        say("wms", "stock", "H/M1", 8, {"material": "M1", "warehouse": "H", "on_hand_m": 9}),
    ]


def snapshot():
    """All that is derived, by names instead of row ids; no instants of our own."""
    orders = Order.objects.order_by("number").values_list(
        "number", "kind__code", "identity", "scope__code", "customer__code", "plant__code", "ordered_at",
        "commercial", "material", "production", "quality", "logistics", "finance", "stage", "is_open", "held_at",
        "quantity_m", "delivered_m", "amount_minor", "currency", "requested_at", "promised_original_at", "promised_at",
        "actual_at", "state", "conflicts", "authority_version", "state_hash", "last_event_at", "event_count",
    )
    lines = OrderLine.objects.filter(withdrawn_at=None).order_by("order__number", "number").values_list(
        "order__number", "number", "material__code", "quantity_m", "shipped_m", "promised_original_at", "promised_at",
        "actual_at", "state",
    )
    records = SourceRecord.objects.order_by("system__code", "entity", "key").values_list(
        "system__code", "entity", "key", "order__number", "scope__code", "order_number", "data", "occurred_at",
        "version", "sequence", "max_version", "payload_hash", "message_count", "is_retracted",
    )
    events = Event.objects.order_by("system__code", "entity", "key", "occurred_at", "payload_hash").values_list(
        "system__code", "entity", "key", "order__number", "record__key", "occurred_at", "payload_hash", "data",
        "kind",
    )
    others = [
        Party.objects.order_by("code").values_list("code", "name", "search_key", "scope__code"),
        PartyRole.objects.order_by("party__code").values_list("party__code", "role", "tier__code",
                                                              "credit_limit_minor"),
        Material.objects.order_by("code").values_list("code", "name", "base_unit"),
        StockLevel.objects.values_list("system__code", "material__code", "warehouse", "on_hand_m", "as_of"),
        SearchTerm.objects.order_by("order__number", "term").values_list("order__number", "term"),
        ExternalKey.objects.order_by("system__code", "key").values_list("system__code", "key", "order__number"),
    ]
    return [list(rows) for rows in (orders, lines, records, events, *others)]


@contextmanager
def forgotten():
    """What is written inside is gone afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_a_hundred_permutations_in_batches_of_any_size_end_in_one_state(at):
    statements, seed = told(), random.randrange(10**9)
    draw = random.Random(seed)
    with forgotten():
        record_events(statements=statements, by=None, at=at)
        expected = snapshot()
    assert len(expected[0]) == 2 and not Order.objects.exists()
    for turn in range(100):
        mixed = statements + draw.choices(statements, k=draw.randrange(5))
        draw.shuffle(mixed)
        size = draw.choice((7, 20, 60))
        with forgotten():
            for start in range(0, len(mixed), size):
                record_events(statements=mixed[start:start + size], by=None, at=at)
            found = snapshot()
        assert found == expected, f"seed {seed}, turn {turn}, batches of {size}"


def test_the_load_of_history_ends_in_exactly_the_state_of_the_live_path(at):
    statements = told()
    with forgotten():
        live = record_events(statements=statements, by=None, at=at)
        expected, exact = snapshot(), _exact()
    loaded = load_history(statements=((one, at) for one in statements), by=None, at=at)
    assert (loaded.new, loaded.duplicates, loaded.refused) == (live.new, live.duplicates, live.refused)
    assert snapshot() == expected
    assert _exact() == exact


def _exact():
    """Every column of every row but the row ids and what names them."""
    found = []
    for model in (Order, OrderLine, Event, SourceRecord, Party, PartyRole, Material, StockLevel):
        names = [one.attname for one in model._meta.concrete_fields if not one.is_relation and one.attname != "id"]
        found.append(sorted(map(str, model.objects.values_list(*names))))
    return found


def test_a_load_that_meets_a_bad_row_and_is_repeated_loses_and_doubles_nothing(at):
    bad = say("erp", "order", "X", 1, {"axis": "commercial", "status": "no such"})
    statements = [*told(), bad]
    first = load_history(statements=statements, by=None, at=at)
    before = snapshot()
    again = load_history(statements=statements, by=None, at=at + timedelta(days=1))
    assert (again.new, [one.code for one in again.refused]) == (0, ["unknown_status"])
    assert first.refused[0].statement is bad
    assert snapshot() == before
