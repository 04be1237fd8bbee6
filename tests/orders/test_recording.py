"""Do statements become orders, once, whatever way they come?"""
from datetime import timedelta

import pytest

from orders.actions import record_events
from orders.models import Event, Order, OrderLine, Party, SearchTerm, SourceRecord, SourceSystem
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
