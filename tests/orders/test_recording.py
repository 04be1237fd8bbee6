"""Do statements become orders, once, whatever way they come?"""
from datetime import timedelta
from itertools import permutations

import pytest

from orders.actions import record_events
from orders.models import (
    Event,
    Order,
    OrderKind,
    OrderLine,
    Party,
    SearchTerm,
    SourceRecord,
    SourceSystem,
    StockLevel,
)
from tests.orders.speech import life, say, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _world(systems, kinds):
    pass


def test_a_whole_life_becomes_one_order(at, scopes):
    result = record_events(statements=life(), by=None, at=at)
    order = Order.objects.get()
    assert (result.new, result.duplicates, result.refused) == (14, 0, [])
    assert (order.number, order.identity, order.kind.code, order.scope) == ("SO-1001", "confirmed", "urgent", scopes[0])
    assert (order.stage, order.is_open, order.logistics, order.finance) == ("paid", 0, "delivered", "paid")
    assert order.customer.code == "C100" and "SHANGHAI" in order.customer.search_key
    assert order.event_count == Event.objects.filter(order=order).count() == 14
    line = order.lines.get()
    assert (line.number, line.material.code, line.quantity_m) == ("10", "M1", 5000)
    assert line.promised_original_at.isoformat() == text(72).replace("Z", "+00:00")
    assert line.promised_at.isoformat() == text(90).replace("Z", "+00:00")
    assert SourceRecord.objects.filter(order=order).count() == 8
    assert SearchTerm.objects.filter(order=order, term__gte="1001", term__lt="1002").exists()
    assert SourceSystem.objects.get(code="erp").last_heard_at == at


def test_the_same_statements_again_change_no_row(at):
    record_events(statements=life(), by=None, at=at)
    before = _everything()
    again = record_events(statements=life(), by=None, at=at + timedelta(hours=1), received_at=at)
    assert (again.new, again.duplicates, again.order_ids, again.record_ids) == (0, 14, set(), set())
    assert _everything() == before


def _everything():
    return [list(model.objects.order_by("pk").values()) for model in (Order, OrderLine, Event, SourceRecord, Party)]


def test_a_bad_statement_stands_alone(at):
    good = life()
    bad = say("erp", "order", "X", 0, {"axis": "commercial", "status": "confirmed", "quantity_m": 10**30})
    unknown = say("sap", "order", "X", 0)
    result = record_events(statements=[good[0], bad, *good[1:], unknown], by=None, at=at)
    assert [(one.statement.key, one.code) for one in result.refused] == [("X", "not_a_number"), ("X", "unknown_system")]
    assert str(result.refused[1]) == "There is no source system “sap”."
    assert result.new == len(good)


def test_a_header_makes_a_provisional_order_and_the_authority_confirms_it(at):
    wms, erp = life()[8], life()[0]
    record_events(statements=[wms], by=None, at=at)
    assert Order.objects.get().identity == "provisional"
    assert Order.objects.get().kind.code == "standard"
    record_events(statements=[erp], by=None, at=at)
    order = Order.objects.get()
    assert (order.identity, order.kind.code) == ("confirmed", "urgent")


def test_a_part_of_an_unknown_order_stays_alone_until_its_header_comes(at):
    ghost = say("tms", "waybill", "T9", 5, {"axis": "logistics", "status": "shipped"}, order_number="so-9 ")
    child = say("wms", "shipment", "S9", 5, parent_entity="order", parent_key="D9")
    record_events(statements=[ghost, child], by=None, at=at)
    assert not Order.objects.exists()
    assert list(SourceRecord.objects.values_list("order", flat=True)) == [None, None]
    record_events(statements=[say("wms", "order", "D9", 4, order_number="SO-9")], by=None, at=at)
    order = Order.objects.get()
    assert set(SourceRecord.objects.values_list("order", flat=True)) == {order.pk}
    assert set(Event.objects.values_list("order", flat=True)) == {order.pk}
    assert order.logistics == "shipped"


def test_hold_release_hold_with_the_same_payload_is_news_but_an_unchanged_one_is_not(at):
    def seen(observation, payload):
        status = {"A": "held", "B": "confirmed"}[payload]
        return say("crm", "order", "K", observation, {"axis": "commercial", "status": status},
                   order_number="SO-5", payload_hash=payload * 64, observation=observation)

    result = record_events(
        statements=[seen(1, "A"), seen(2, "A"), seen(3, "B"), seen(4, "A")], by=None, at=at
    )
    assert (result.new, result.duplicates) == (3, 1)
    assert Order.objects.get().commercial == "held"
    record = SourceRecord.objects.get()
    assert (record.message_count, record.duplicate_count) == (4, 1)


def test_one_version_with_two_contents_keeps_both_and_shows_the_conflict(at):
    def said(status):
        return say("erp", "order", "K", 1, {"axis": "commercial", "status": status}, version="7",
                   orders_by="version", order_number="SO-6")

    record_events(statements=[said("confirmed"), said("held")], by=None, at=at)
    first = Order.objects.get()
    assert first.conflict_count == 1 and first.conflicts[0]["why"] == "tie"
    assert first.event_count == 2


@pytest.mark.parametrize("arrival", list(permutations((1, 2, 3))))
def test_an_unchanged_payload_seen_later_counts_when_something_came_between(at, arrival):
    """Held, seen held again, and the release between them arriving whenever it likes."""
    def seen(hour):
        status = {1: "held", 2: "confirmed", 3: "held"}[hour]
        return say("crm", "order", "K", hour, {"axis": "commercial", "status": status}, order_number="SO-5",
                   payload_hash=status[0] * 64, observation=hour)

    for hour in arrival:
        record_events(statements=[seen(hour)], by=None, at=at)
    assert Order.objects.get().commercial == "held"
    assert SourceRecord.objects.get().occurred_at == seen(3).occurred_at


def test_two_records_under_one_message_id_are_two_events(at):
    said = [say("wms", "shipment", key, 1, {"axis": "logistics", "status": "packed"}, message_id="one",
                payload_hash="a" * 64, order_number="SO-5") for key in ("S1", "S2")]
    assert record_events(statements=said, by=None, at=at).new == 2
    assert set(SourceRecord.objects.values_list("key", flat=True)) == {"S1", "S2"}


@pytest.mark.parametrize("first", ["part", "header", "kindless header"])
def test_a_purchase_order_is_one_order_whoever_speaks_first(at, first):
    OrderKind.objects.create(code="buy", name_en="Purchase", name_zh="采购", family="purchase", direction="buy")
    told = {
        "header": say("erp", "order", "P1", 1, {"axis": "commercial", "status": "confirmed"}, order_number="PO-1",
                      order_kind="buy"),
        "part": say("wms", "receipt", "R1", 2, {"axis": "material", "status": "received"}, order_number="PO-1"),
        "kindless header": say("wms", "order", "A1", 2, {"quantity_m": 5}, order_number="PO-1"),
    }
    for name in sorted(told, key=lambda name: name != first):
        record_events(statements=[told[name]], by=None, at=at)
    order = Order.objects.get()
    assert (order.kind.code, order.material, order.source_records.count()) == ("buy", "received", 3)


def test_a_customer_that_belongs_to_another_team_takes_its_orders_along(at, scopes):
    def crm(version, team):
        return say("crm", "customer", "A", 1, {"customer": "C9", "sales_team": team}, version=version,
                   orders_by="version")

    order = say("erp", "order", "E", 1, {"customer": "C9"}, order_number="SO-9")
    record_events(statements=[order, crm("1", "south")], by=None, at=at)
    assert Order.objects.get().scope == scopes[1]
    record_events(statements=[crm("2", "east")], by=None, at=at)
    assert Order.objects.get().scope == scopes[0]
    assert SourceRecord.objects.get(entity="order").scope == scopes[0]


def test_stock_of_one_place_name_in_two_plants_is_two_rows(at):
    said = [say("erp", "stock", f"{plant}/0001/M1", 1, {"material": "M1", "plant": plant, "warehouse": "0001",
            "on_hand_m": 5}) for plant in ("P1", "P2")]
    record_events(statements=said, by=None, at=at)
    assert StockLevel.objects.count() == 2


def test_sums_beyond_what_a_column_holds_are_left_out(at):
    lines = [say("erp", "order_line", f"E/{number}", 1, {"quantity_m": 2**62, "unit": "pcs"}, order_number="SO-3",
                 line_number=number) for number in ("10", "20", "30")]
    result = record_events(statements=[say("erp", "order", "E", 1, order_number="SO-3"), *lines], by=None, at=at)
    assert (result.refused, Order.objects.get().quantity_m, OrderLine.objects.count()) == ([], None, 3)


def test_a_line_that_is_taken_back_stays_as_withdrawn_and_keeps_its_row(at):
    def erp(version, **more):
        return say("erp", "order_line", "E/10", int(version), {"quantity_m": 1}, version=version,
                   orders_by="version", order_number="SO-3", line_number="10", **more)

    record_events(statements=[say("erp", "order", "E", 1, order_number="SO-3"), erp("1")], by=None, at=at)
    line = OrderLine.objects.get()
    record_events(statements=[erp("2", retracts=True)], by=None, at=at)
    line.refresh_from_db()
    assert line.withdrawn_at == erp("2").occurred_at
    record_events(statements=[erp("3")], by=None, at=at)
    line.refresh_from_db()
    assert line.withdrawn_at is None


def test_stock_belongs_to_the_scope_of_its_plant_also_where_only_the_warehouse_is_named(at, company):
    from kernel.models import Plant, Scope

    plant_scope = Scope.objects.create(company=company, code="1100", name_en="p", name_zh="p", kind=Scope.PLANT)
    for code in ("1100", "1200"):
        Plant.objects.create(company=company, code=code, name_en=code, name_zh=code)

    def stock(system, place, hours, **data):
        return say(system, "stock", f"{place}/M1", hours, {"material": "M1", "on_hand_m": hours * 1000, **data})

    def scopes_now():
        found = StockLevel.objects.order_by("system__code", "warehouse").values_list(
            "system__code", "warehouse", "scope__code")
        return {f"{system} {warehouse}": scope for system, warehouse, scope in found}

    record_events(statements=[stock("wms", "KS01", 1, warehouse="KS01")], by=None, at=at)
    assert scopes_now() == {"wms KS01": "east"}  # nobody has said where it is
    record_events(statements=[
        stock("erp", "KS01", 2, warehouse="KS01", plant="1100"),
        stock("erp", "WH01", 2, warehouse="WH01", plant="1200"),
        stock("erp", "X", 2, warehouse="0001", plant="1100"), stock("erp", "Y", 2, warehouse="0001", plant="1200"),
    ], by=None, at=at)
    record_events(statements=[
        stock("wms", "KS01", 3, warehouse="KS01"), stock("wms", "0001", 3, warehouse="0001"),
    ], by=None, at=at)
    assert scopes_now()["erp KS01"] == scopes_now()["wms KS01"] == plant_scope.code
    assert scopes_now()["erp WH01"] == "east"  # its plant has no scope of its own
    assert scopes_now()["wms 0001"] == "east"  # two plants have a warehouse of this name
    assert set(SourceRecord.objects.filter(key__startswith="KS01").values_list("scope__code", flat=True)) == {"1100"}
