"""Do raw rows become events once, are bad ones parked, and can they be read again?"""
from datetime import timedelta

import pytest

from integrations.actions import (
    purge_raw,
    receive_batch,
    replay_row,
    replay_rows,
    reread_batches,
    work_off_batches,
)
from integrations.inbox import opened_row, stored_row
from integrations.models import Connection, InboxBatch, Mapping, ParkedRow, SyncCursor
from kernel.errors import Refusal
from orders.models import Event, Order, OrderLine, SourceRecord

pytestmark = pytest.mark.django_db

SPEC = {
    "format": 1, "system": "wms", "zone": "Asia/Shanghai", "orders_by": "sequence", "envelope": ["msg"],
    "tables": {"status": {"20": ["logistics", "picking"], "50": ["logistics", "shipped"]}},
    "streams": {
        "order": {
            "key": "dn", "order_number": "so", "occurred_at": "time", "sequence": "seq", "message_id": "msg",
            "status": {"from": "status", "table": "status"},
            "fields": {"quantity_m": {"from": "qty", "as": "quantity", "required": True}, "warehouse": "house"},
        },
    },
}


def row(number, seq=1, status="20", qty="5", **more):
    return {"dn": f"DN{number}", "so": f"SO-{number}", "time": "2026-11-20 10:00:00", "seq": seq, "status": status,
            "qty": qty, "msg": f"m{number}-{seq}", **more}


@pytest.fixture
def connection(systems, kinds, scopes, at):
    Mapping.objects.create(system=systems["wms"], version=1, spec=SPEC, published_at=at)
    return Connection.objects.create(
        code="wms", name="WMS", kind="upload", system=systems["wms"], scope=scopes[0]
    )


@pytest.fixture
def send(connection, at):
    def send(rows, code="b1", **more):
        return receive_batch(connection=connection, stream="order", rows=[("order", one, None) for one in rows],
                             code=code, by=None, at=at, **more)
    return send


def test_rows_become_events_and_the_cursor_moves_with_the_batch(send, connection, at):
    batch = send([row(1), row(2), row(1, 2, "50")], cursor={"high": "x"})
    assert SyncCursor.objects.get().position == {"high": "x"}
    done = work_off_batches(at=at, limit=5)
    assert done == {"batches": 1, "new": 3, "duplicates": 0, "parked": 0}
    batch.refresh_from_db()
    assert (batch.state, batch.new_count) == ("done", 3)
    assert dict(Order.objects.values_list("number", "logistics")) == {"SO-1": "shipped", "SO-2": "picking"}
    event = Event.objects.order_by("id").first()
    assert (event.batch, event.position, event.mapping_version) == ("b1", 0, "wms.order/1")


def test_the_same_batch_again_changes_nothing(send, at):
    rows = [row(1), row(2), row(1)]
    send(rows)
    assert work_off_batches(at=at, limit=5)["duplicates"] == 1
    before = _everything()
    assert send(rows).pk == InboxBatch.objects.get().pk
    InboxBatch.objects.update(state=InboxBatch.NEW)  # as after a crash between the last chunk and the end
    assert work_off_batches(at=at + timedelta(hours=1), limit=5)["new"] == 0
    assert _everything() == before


def _everything():
    return [list(model.objects.order_by("pk").values()) for model in (Order, OrderLine, Event, SourceRecord, ParkedRow)]


def test_a_repeat_from_the_source_is_counted_once(send, at):
    send([row(1)], "b1")
    send([row(1)], "b2")
    work_off_batches(at=at, limit=5)
    record = SourceRecord.objects.get()
    assert (record.message_count, record.duplicate_count, Event.objects.count()) == (2, 1, 1)


def test_bad_rows_are_parked_with_a_reason_and_the_good_ones_go_on(send, at):
    send([row(1), row(2, qty="约5箱"), row(3), "no row"])
    assert work_off_batches(at=at, limit=5) == {"batches": 1, "new": 2, "duplicates": 0, "parked": 2}
    number, no_row = ParkedRow.objects.order_by("position")
    assert (number.key, number.order_number, number.reason_code) == ("DN2", "SO-2", "UNREADABLE_NUMBER")
    assert "约5箱" in number.reason_en and number.reason_zh
    assert (no_row.reason_code, no_row.key) == ("NOT_A_ROW", "")


def test_a_parked_row_is_replayed_after_a_mend(send, connection, systems, at):
    send([row(1, house="H1", qty="5 pcs")])
    work_off_batches(at=at, limit=5)
    parked = replay_row(parked=ParkedRow.objects.get(), by=None, at=at)
    assert parked.state == "parked" and not Order.objects.exists()
    order = SPEC["streams"]["order"]
    mended = {**order, "fields": {**order["fields"], "quantity_m": {"from": "before(qty, ' ')", "as": "quantity"}}}
    Mapping.objects.create(system=systems["wms"], version=2,
                           spec={**SPEC, "streams": {"order": mended}}, published_at=at)
    assert replay_rows(connection=connection, by=None, at=at).done == 1
    assert Order.objects.get().quantity_m == 5000
    with pytest.raises(Refusal):
        replay_row(parked=ParkedRow.objects.get(), by=None, at=at)


def test_a_new_mapping_reads_the_raw_again_into_events_that_replace(send, systems, at):
    send([row(1), row(2, status="50")])
    work_off_batches(at=at, limit=5)
    tables = {"status": {"20": ["logistics", "packed"], "50": ["logistics", "shipped"]}}
    mapping = Mapping.objects.create(system=systems["wms"], version=2, spec={**SPEC, "tables": tables},
                                     published_at=at)
    assert reread_batches(mapping=mapping, by=None, at=at) == 1
    assert dict(Order.objects.values_list("number", "logistics")) == {"SO-1": "packed", "SO-2": "shipped"}
    new = Event.objects.latest("id")
    assert (new.mapping_version, new.replaces.mapping_version) == ("wms.order/2", "wms.order/1")
    assert SourceRecord.objects.get(key="DN1").mapping_version == "wms.order/2"
    assert reread_batches(mapping=mapping, by=None, at=at) == 0


def test_purging_the_raw_leaves_events_and_hashes_whole(send, at):
    send([row(1), row(2, qty="?")])
    work_off_batches(at=at, limit=5)
    hashes = list(Event.objects.values_list("payload_hash", flat=True))
    assert purge_raw(at=at) == 0
    assert purge_raw(at=at + timedelta(days=91)) == 1
    batch = InboxBatch.objects.get()
    assert (batch.rows, batch.row_count, bool(batch.purged_at)) == ([], 2, True)
    assert list(Event.objects.values_list("payload_hash", flat=True)) == hashes
    assert ParkedRow.objects.get().raw != {}  # it can still be mended


def test_a_parked_row_names_its_message_and_comes_to_an_end_too(send, connection, at):
    send([row(1, seq="7", qty="?")])
    work_off_batches(at=at, limit=5)
    parked = ParkedRow.objects.get()
    assert (parked.message_id, parked.key) == ("m1-7", "DN1")
    purge_raw(at=parked.keep_until - timedelta(seconds=1))
    assert ParkedRow.objects.get().raw != {} and parked.keep_until > at + timedelta(days=90)
    purge_raw(at=parked.keep_until)
    assert (ParkedRow.objects.get().raw, ParkedRow.objects.get().keep_until) == ({}, None)
    with pytest.raises(Refusal) as refused:
        replay_row(parked=ParkedRow.objects.get(), by=None, at=at)
    assert refused.value.code == "row_purged"
    assert (ParkedRow.objects.get().state, ParkedRow.objects.get().reason_code) == ("parked", "UNREADABLE_NUMBER")


def test_a_connection_says_how_long_its_parked_rows_are_kept(send, connection, at):
    connection.config = {"keep_parked_days": 10}
    connection.save()
    send([row(1, qty="?")])
    work_off_batches(at=at, limit=5)
    assert ParkedRow.objects.get().keep_until == at + timedelta(days=10)


def test_a_row_refused_by_the_orders_names_its_message_too(send, at):
    send([row(1, house="H" * 41)])
    work_off_batches(at=at, limit=5)
    assert ParkedRow.objects.get().message_id == "m1-1"


@pytest.mark.parametrize("raw", [
    {"a": "NUL \0 inside"}, {"a": "half \ud800 character"}, {"a": float("inf")}, {"a": 10**40}, {"人": "名"},
])
def test_any_raw_row_is_kept_on_both_databases(raw, send, at):
    assert opened_row(stored_row(raw)) == raw
    send([raw])
    work_off_batches(at=at, limit=5)
    assert ParkedRow.objects.get().reason_code == "MISSING_KEY"
    assert opened_row(InboxBatch.objects.get().rows[0][1]) == raw


def test_a_row_with_an_unstorable_name_is_parked_and_not_lost(send, at):
    send([row(1, house="H\0"), row(2)])
    work_off_batches(at=at, limit=5)
    assert ParkedRow.objects.count() + Event.objects.count() == 2


def test_a_reason_kept_in_english_only_is_told_in_chinese(send, at):
    """Parked before the Chinese catalogue was there, it said “约456件” is not a number on Chinese pages for ever."""
    from integrations.comparison_tables import refused_rows
    from integrations.reasons import reason_in_both

    send([row(2, qty="约456件")])
    work_off_batches(at=at, limit=5)
    parked = ParkedRow.objects.get()
    ParkedRow.objects.update(reason_zh=parked.reason_en)
    told = refused_rows(["wms"])[0]
    assert (told["error"], told["error_zh"]) == ("“约456件” is not a number.", "“约456件”不是数字。")
    assert told["batch"] == parked.batch and told["received_at"] == parked.received_at
    assert reason_in_both("TOO_LONG", "The text in key is longer than 80 characters.", "")[1].startswith("key")
    assert reason_in_both("X", "what a source said", "来源所说") == ("what a source said", "来源所说")


def test_the_ticker_leaves_the_one_writer_to_others_in_between(send, at, monkeypatch):
    from config.steps import work_off
    from kernel import one_writer

    rested = []
    monkeypatch.setattr(one_writer, "rest", lambda began, most: rested.append(most))
    send([row(1)])
    assert work_off(at)["new"] == 1 and rested
