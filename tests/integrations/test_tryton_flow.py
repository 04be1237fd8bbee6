"""Do two real Trytons become one order each, with what both say, through the hub's own inbox?"""
# ruff: noqa: F811
from datetime import UTC, date, datetime, timedelta

import pytest

from integrations.actions import work_off_batches
from integrations.actions.pulling import pull_connection
from integrations.models import Connection, InboxBatch, ParkedRow, SyncCursor
from integrations.systems.tryton.peer.introduce import introduce_pair
from integrations.systems.tryton.peer.server import Server
from kernel.secrets import seal
from orders.models import Event, Order, SourceRecord
from reconciliation.actions import run_comparison
from reconciliation.models import Difference, Profile
from tests.peers.tryton import pair, tryton  # noqa: F401

pytestmark = [pytest.mark.tryton, pytest.mark.django_db]

LINES = [("BP-1001", 40, "128.50"), ("HB-3102", 12, "215.80")]


def now():
    return datetime.now(UTC)


def cycle():
    """Pull both, work off the inbox: what the ticker and the schedule do all day. {connection: Pulled}."""
    pulled = {each.code: pull_connection(connection=each, at=now())
              for each in Connection.objects.select_related("system").order_by("code")}
    work_off_batches(at=now(), limit=200)
    return pulled


@pytest.fixture
def hub(pair):
    """A hub that knows the pair and has read all of it."""
    introduce_pair(erp=pair.erp, wms=pair.wms, by=None, at=now())
    pulled = cycle()
    assert [str(each.trouble) for each in pulled.values() if each.trouble] == []
    return pair


def order(number):
    return Order.objects.get(number=number)


def test_every_sale_with_a_number_is_an_order_and_nothing_is_parked(hub):
    numbers = {row["number"] for row in hub.desk.client.search(
        "sale.sale", [["number", "!=", None]], ["number"], limit=500)}
    assert set(Order.objects.values_list("number", flat=True)) == numbers
    assert not ParkedRow.objects.exists()
    assert {one.identity for one in Order.objects.all()} == {Order.CONFIRMED}
    assert SourceRecord.objects.filter(entity="order", order=None).count() == 1  # the draft, which has no number


def test_an_order_carries_what_both_systems_say(hub):
    seen = order("SO202600003")
    assert (seen.commercial, seen.logistics, seen.finance) == ("confirmed", "delivered", "invoiced")
    assert (seen.customer.code, seen.amount_minor, seen.currency) == ("C10047", 10_680_000, "CNY")
    assert sorted(seen.lines.values_list("number", "material_code", "quantity_m")) == [
        ("10", "EM-4410", 80_000), ("20", "WH-6105", 80_000)]
    said = seen.source_records.filter(entity="shipment")
    assert sorted(said.values_list("system__code", "data__material")) == [
        ("erp", "EM-4410"), ("erp", "WH-6105"), ("wms", "EM-4410"), ("wms", "WH-6105")]


def test_the_order_page_shows_both_systems_in_their_own_words(hub, client, django_user_model):
    client.force_login(django_user_model.objects.create_superuser("root", password="a-long-password-1"))
    page = client.get("/orders/SO202600006/").content.decode()
    for words in ("SO202600006", "上海凌越新能源汽车有限公司", "processing", "DN202600008/27", "packed", "陈韵"):
        assert words in page
    both = client.get("/orders/SO202600003/").content.decode()
    assert "赵磊" in both and "陈韵" in both  # one in the warehouse, one in the ERP


def test_the_planted_disagreements_stand_side_by_side(hub):
    def shipped(number):
        rows = SourceRecord.objects.filter(order__number=number, entity="shipment")
        return {(row.system.code, row.data["material"]): row.data["quantity_m"] for row in rows}

    assert shipped("SO202600002") == {("erp", "SA-2044"): 160_000, ("wms", "SA-2044"): 150_000}
    assert shipped("SO202600006") == {("erp", "WH-6105"): 150_000}
    typo = SourceRecord.objects.get(order_number="SO 2026 00009")
    assert typo.order is None and typo.system.code == "wms"
    posted = SourceRecord.objects.filter(order__number="SO202600003", data__material="EM-4410", entity="shipment")
    at = {row.system.code: datetime.fromisoformat(row.data["posted_at"]) for row in posted}
    assert timedelta(minutes=3) < at["wms"] - at["erp"]


def test_every_planted_disagreement_is_found_and_nothing_invented(hub):
    for profile in Profile.objects.all():
        run_comparison(profile=profile, by=None, at=now())
    seeded = Difference.objects.filter(order__number__lte="SO202600016")
    found = {(one.key.split("|")[0][-3:], one.kind, one.field) for one in seeded}
    assert found == {
        ("002", "value", "quantity_m"), ("003", "value", "posted_at"), ("006", "missing", ""),
        ("007", "value", "quantity_m"), ("009", "missing", ""),
        ("004", "missing", ""), ("005", "missing", ""),  # the rest of what was partly shipped: no WMS has it
    }
    causes = dict(Difference.objects.order_by("key").values_list("key", "cause"))
    assert causes["SO202600009|BP-1001"] == "KEY_FORMAT"
    assert causes["SO202600003|EM-4410"] == "LATE_POSTING"


def test_reading_again_makes_no_event(hub):
    events, batches = Event.objects.count(), InboxBatch.objects.count()
    pulled = cycle()
    assert {each.rows for each in pulled.values()} == {0}
    assert (Event.objects.count(), InboxBatch.objects.count()) == (events, batches)


def test_an_order_is_followed_from_draft_to_delivery(hub):
    sale = hub.desk.draft_sale("C10021", LINES, shipping_date=date.today() + timedelta(days=2))
    cycle()
    record = SourceRecord.objects.get(system__code="erp", entity="order", key=str(sale))
    assert record.order is None
    number = hub.desk.confirm(sale)
    cycle()
    assert (order(number).commercial, order(number).lines.count()) == ("confirmed", 2)
    shipment = hub.dock.take_order(number, "C10021", LINES, planned_date=date.today())
    seen = []
    for step in ("assign_try", "pack", "ship", "do"):
        if step == "pack":
            hub.dock.bring_to(shipment, "pick")
        hub.dock.bring_to(shipment, step)
        cycle()
        seen.append(order(number).logistics)
    assert seen == ["picking", "packed", "shipped", "delivered"]
    assert order(number).events.filter(entity="shipment", system__code="wms").count() == 8


def test_a_dead_peer_moves_no_cursor_and_stops_nobody_else(tryton, tmp_path, db):
    with Server(tryton, "erp", tmp_path) as erp, Server(tryton, "wms", tmp_path) as wms:
        introduce_pair(erp=erp, wms=wms, by=None, at=now())
        erp.kill()
        pulled = cycle()
        assert pulled["tryton-erp"].trouble and not pulled["tryton-wms"].trouble
        dead = Connection.objects.get(code="tryton-erp")
        assert (dead.failures, dead.is_active) == (1, True)
        assert not SyncCursor.objects.filter(connection=dead).exists()
        erp.start()
        assert not cycle()["tryton-erp"].trouble
        assert Order.objects.count() == 16
        assert Connection.objects.get(code="tryton-erp").failures == 0


def test_a_refused_key_pauses_the_connection(hub):
    for secret in ("", "another key"):
        Connection.objects.filter(code="tryton-erp").update(secret=seal(secret), is_active=True)
        assert "401" in cycle()["tryton-erp"].trouble
        assert not Connection.objects.get(code="tryton-erp").is_active


def test_what_is_deleted_in_tryton_is_taken_back_here(hub):
    """Tryton's changes never mention a deleted record: it stayed as it was last heard of."""
    draft = hub.desk.draft_sale("C10047", LINES, shipping_date=date(2026, 12, 1))
    hub.desk.act("sale.sale", draft, "quote")
    number = hub.desk.number(draft)
    cycle()
    lines = SourceRecord.objects.filter(entity="order_line", parent_key=str(draft))
    assert order(number).commercial == "quoted" and lines.count() == len(LINES)
    hub.desk.cancel(draft)
    hub.desk.client._ask("DELETE", f"sale.sale/{draft}")
    cycle()
    assert not SourceRecord.objects.filter(is_retracted=True).exists()  # between two rounds it is not asked for
    SyncCursor.objects.filter(stream__endswith=":gone").delete()
    cycle()
    record = SourceRecord.objects.get(entity="order", key=str(draft))
    assert record.is_retracted and Event.objects.filter(key=str(draft), entity="order", retracts=True).count() == 1
    assert order(number) == record.order  # the order and its history stay
    assert all(one.is_retracted for one in lines)
    assert SourceRecord.objects.filter(is_retracted=True).count() == 1 + len(LINES)
    SyncCursor.objects.filter(stream__endswith=":gone").delete()
    cycle()
    assert Event.objects.filter(retracts=True).count() == 1 + len(LINES)
