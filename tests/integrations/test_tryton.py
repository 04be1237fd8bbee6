"""Does the hub read a real Tryton whole, only once, and whatever happens in between?"""
# ruff: noqa: F811
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest

from integrations.mapping_sets import compile_mappings
from integrations.systems.tryton.mapping import mapping_spec
from integrations.systems.tryton.peer.server import Server
from kernel.outbound import PeerError
from tests.peers.tryton import connect, pair, pull_all, tryton  # noqa: F401

pytestmark = pytest.mark.tryton

LINES = [("BP-1001", 40, "128.50"), ("HB-3102", 12, "215.80")]


def now():
    return datetime.now(UTC)


def said(server, sql, *arguments):
    """Rows straight out of the peer's own file: the oracle."""
    with closing(sqlite3.connect(server.database)) as file, file:
        return file.execute(sql, arguments).fetchall()


def draft(pair):
    return pair.desk.draft_sale("C10034", LINES, shipping_date=date.today() + timedelta(days=5))


def caught_up(connector, stream):
    return pull_all(connector, stream, {}, now())[1]


def test_the_first_pull_brings_everything_once_and_the_second_nothing(pair):
    connector = connect(pair.erp, page_size=5)
    tables = {"order": "sale_sale", "order_line": "sale_line", "invoice": "account_invoice"}
    for stream, table in tables.items():
        rows, cursor, pages = pull_all(connector, stream, {}, now())
        ids = [row.data["id"] for row in rows]
        assert sorted(ids) == [found for (found,) in said(pair.erp, f"select id from {table} order by id")]
        again, cursor, _ = pull_all(connector, stream, cursor, now())
        assert (again, cursor["window"]) == ([], None)
        assert len(pages) > 1 or len(ids) < 5


def test_a_shipment_becomes_one_row_per_thing_shipped(pair):
    rows, _, _ = pull_all(connect(pair.wms, page_size=4), "shipment", {}, now())
    moves = said(pair.wms, "select m.id, m.quantity from stock_move m join stock_location l"
                           " on l.id = m.to_location where l.type = 'customer' order by m.id")
    assert sorted((row.data["line"]["id"], row.data["line"]["quantity"]) for row in rows) == moves


def test_every_row_is_understood_and_no_field_left_out(pair):
    for server in (pair.erp, pair.wms):
        mapping = compile_mappings(mapping_spec(server.role, role=server.role))
        connector = connect(server)
        for stream in connector.streams():
            readings = [mapping.read(row.stream, row.data) for row in caught_rows(connector, stream)]
            assert readings and not [reading.notes for reading in readings if reading.notes]
            keys = [reading.statement.key for reading in readings]
            assert len(set(keys)) == len(keys)


def caught_rows(connector, stream):
    return pull_all(connector, stream, {}, now())[0]


def test_a_total_that_changes_with_a_line_is_said_later_than_the_total_before(pair):
    mapping, connector = compile_mappings(mapping_spec("erp")), connect(pair.erp)
    sale = draft(pair)
    rows, cursor, _ = pull_all(connector, "order", {}, now())
    ((line,),) = said(pair.erp, "select id from sale_line where sale = ? and sequence = 10", sale)
    pair.desk.change_quantity(line, 1)
    (row,) = pull_all(connector, "order", cursor, now())[0]
    first, second = (mapping.read("order", each.data).statement for each in (rows[-1], row))
    assert first.key == second.key == str(sale)
    assert first.occurred_at < second.occurred_at
    assert (first.data["amount_minor"], second.data["amount_minor"]) == (772_960, 271_810)


def test_amounts_quantities_and_instants_are_exactly_what_the_peer_holds(pair):
    mapping = compile_mappings(mapping_spec("erp"))
    connector = connect(pair.erp)
    for row in caught_rows(connector, "order_line"):
        spoken = mapping.read("order_line", row.data).statement
        ((quantity, price, written),) = said(
            pair.erp, "select l.quantity, l.unit_price, max(coalesce(l.write_date, l.create_date),"
            " coalesce(s.write_date, s.create_date)) from sale_line l join sale_sale s on s.id = l.sale"
            " where l.id = ?", int(spoken.key))
        assert spoken.data["quantity_m"] == round(quantity * 1000)
        assert spoken.data["unit_price_u"] == round(float(price) * 1_000_000)
        assert spoken.occurred_at == datetime.fromisoformat(written).replace(tzinfo=UTC)


def test_the_warehouse_names_the_erps_order_and_the_planted_typo_stays(pair):
    mapping = compile_mappings(mapping_spec("wms", role="wms"))
    numbers = {mapping.read("shipment", row.data).statement.order_number
               for row in caught_rows(connect(pair.wms), "shipment")}
    known = {number for (number,) in said(pair.erp, "select number from sale_sale")}
    assert len(numbers & known) >= 8
    assert "SO 2026 00009" in numbers - known


def test_a_line_changed_behind_its_sales_back_is_found(pair):
    connector = connect(pair.erp)
    sale = draft(pair)
    orders, lines = caught_up(connector, "order"), caught_up(connector, "order_line")
    before = said(pair.erp, "select write_date from sale_sale where id = ?", sale)
    ((line,),) = said(pair.erp, "select id from sale_line where sale = ? and sequence = 20", sale)

    pair.desk.change_quantity(line, 15)

    assert said(pair.erp, "select write_date from sale_sale where id = ?", sale) == before
    # Tryton computes the total when it is asked, so the sale says something new without being written.
    (order,) = pull_all(connector, "order", orders, now())[0]
    assert (order.data["id"], order.data["total_amount"]["decimal"]) == (sale, "8377.00")
    rows, _, _ = pull_all(connector, "order_line", lines, now())
    assert [(row.data["id"], row.data["quantity"]) for row in rows] == [(line, 15)]


def test_lines_come_again_when_their_sale_gets_its_number(pair):
    connector = connect(pair.erp)
    sale = draft(pair)
    cursor = caught_up(connector, "order_line")
    pair.desk.act("sale.sale", sale, "quote")
    rows, _, _ = pull_all(connector, "order_line", cursor, now())
    number = pair.desk.number(sale)
    assert {(row.data["sale"]["id"], row.data["sale"]["number"]) for row in rows} == {(sale, number)}
    assert len(rows) == 2


def test_a_write_that_commits_late_is_seen_through_the_overlap(pair):
    sale = draft(pair)
    connector, hasty = connect(pair.erp), connect(pair.erp, overlap_s=0)
    patient_cursor, hasty_cursor = caught_up(connector, "order"), caught_up(hasty, "order")
    # A transaction that began a minute ago stamps its rows with a minute ago, and they appear only now.
    stamp = (now() - timedelta(seconds=60)).strftime("%Y-%m-%d %H:%M:%S.%f")
    said(pair.erp, "update sale_sale set reference = 'LATE', write_date = ? where id = ?", stamp, sale)

    rows, cursor, _ = pull_all(connector, "order", patient_cursor, now())
    assert [row.data["reference"] for row in rows] == ["LATE"]
    assert pull_all(connector, "order", cursor, now())[0] == []
    assert pull_all(hasty, "order", hasty_cursor, now())[0] == []  # what the overlap is for


def test_every_status_on_the_way_arrives(pair):
    mapping = compile_mappings(mapping_spec("wms", role="wms"))
    connector = connect(pair.wms)
    cursor, heard = caught_up(connector, "shipment"), []
    shipment = pair.dock.take_order("SO-TEST", "C10034", LINES[:1], planned_date=date.today())
    for step in ("assign_try", "pick", "pack", "ship", "do"):
        pair.dock.bring_to(shipment, step)
        rows, cursor, _ = pull_all(connector, "shipment", cursor, now())
        (spoken,) = [mapping.read("shipment", row.data).statement for row in rows]
        heard.append((spoken.status_raw, spoken.data["status"], spoken.data.get("shipped_m")))
    assert [spoken.data["facts"][fact] for fact in ("packed", "shipped", "delivered")] == logged(
        pair.wms, f"stock.shipment.out,{shipment}", "packed", "shipped", "done")
    assert heard == [("assigned", "picking", None), ("picked", "picking", None), ("packed", "packed", None),
                     ("shipped", "shipped", 40_000), ("done", "delivered", 40_000)]


def logged(server, resource, *states):
    """When the peer's own log says that these states were reached, as ISO text."""
    return [datetime.fromisoformat(when).isoformat() + "Z" for state in states for (when,) in said(
        server, "select create_date from ir_model_log where resource = ? and target = ?", resource,
        f"state:{state}")]


def test_a_step_gone_by_unseen_has_its_time_all_the_same(pair):
    mapping, connector = compile_mappings(mapping_spec("erp")), connect(pair.erp)
    cursor = caught_up(connector, "shipment")
    number = pair.desk.confirm(draft(pair))
    (shipment,) = pair.desk.sale(number)["shipments"]
    pair.erp_dock.bring_to(shipment["id"], "do")
    rows, _, _ = pull_all(connector, "shipment", cursor, now())
    for row in rows:
        spoken = mapping.read("shipment", row.data).statement
        facts = [spoken.data["facts"][fact] for fact in ("packed", "shipped", "delivered")]
        assert facts == logged(pair.erp, f"stock.shipment.out,{shipment['id']}", "packed", "shipped", "done")
        assert spoken.order_number == number and spoken.data["posted_at"] == facts[1]
    assert len(rows) == 2


def test_a_cancelled_sale_says_so(pair):
    connector = connect(pair.erp)
    sale = draft(pair)
    cursor = caught_up(connector, "order")
    pair.desk.act("sale.sale", sale, "quote")
    pair.desk.cancel(sale)
    (row,) = pull_all(connector, "order", cursor, now())[0]
    spoken = compile_mappings(mapping_spec("erp")).read("order", row.data).statement
    assert (spoken.data["status"], spoken.closed) == ("cancelled", True)
    assert spoken.order_number == row.data["number"] != ""


def test_a_peer_that_dies_between_two_pages_costs_nothing(tryton, tmp_path):
    with Server(tryton, "erp", tmp_path) as server:
        connector = connect(server, page_size=6, deadline_s=5)
        pages = connector.pull("order", {}, at=now())
        first = next(pages)
        server.kill()
        with pytest.raises(PeerError) as failure:
            next(pages)
        assert failure.value.kind == "retryable"
        with pytest.raises(PeerError):
            next(connector.pull("order", first.cursor, at=now()))

        server.start()
        rest, cursor, _ = pull_all(connector, "order", first.cursor, now())
        ids = [row.data["id"] for row in [*first.rows, *rest]]
        assert sorted(ids) == [found for (found,) in said(server, "select id from sale_sale order by id")]
        assert cursor["window"] is None


def test_what_is_wrong_with_a_connection_is_told(pair):
    assert connect(pair.erp).check() == []
    with pytest.raises(PeerError) as failure:
        next(connect(pair.erp, secret="not-the-key").pull("order", {}, at=now()))
    assert failure.value.kind == "auth"
    assert "401" in connect(pair.erp, secret="not-the-key").check()[0]
    with pytest.raises(PeerError) as failure:
        next(connect(pair.erp, allow_loopback=False).pull("order", {}, at=now()))
    assert failure.value.kind == "refused"
    assert "not-the-key" not in repr(connect(pair.erp, secret="not-the-key").config)


def test_records_that_are_not_there_are_told_and_a_missing_right_is_not_believed(pair):
    with closing(connect(pair.erp)) as connector:
        ids = [str(row["id"]) for row in connector.client.search("sale.sale", [], ["id"], limit=30)]
        rows = connector.gone("order", [*ids, "999991", "no number"], at=now())
        # Later than all it can have written in the second its answer names.
        assert datetime.fromisoformat(rows[0].data["touched_at"]) >= connector.client.peer_time + timedelta(seconds=1)
        assert [(row.data["id"], row.data["gone"]) for row in rows] == [(999991, True)]
        moves = [row["id"] for row in connector.client.search("stock.move", [], ["id"], limit=2)]
        rows = connector.gone("shipment", [f"CS1/{moves[0]}", "CS1/999992"], at=now())
        assert [(row.data["number"], row.data["line"]) for row in rows] == [("CS1", {"id": 999992})]
        with pytest.raises(PeerError) as failure:
            connector.gone("order", [ids[0], *[str(n) for n in range(900_000, 900_030)]], at=now())
        assert failure.value.kind == "retryable" and "31" in str(failure.value)
    with closing(connect(pair.erp, options={"believe_gone": True})) as connector:
        assert len(connector.gone("order", [str(n) for n in range(900_000, 900_030)], at=now())) == 30
