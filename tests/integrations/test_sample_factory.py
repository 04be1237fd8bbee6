"""Is the sample factory the same for the same seed, readable row by row, and honest about what it spoils?"""
import hashlib
import json
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from integrations.mapping_sets import compile_mappings
from integrations.sample_factory.faults import GROUP_KINDS, REGISTRY
from integrations.sample_factory.mappings import MAPPINGS
from integrations.sample_factory.truth import expected
from integrations.sample_factory.world import World, simulate, tick
from integrations.systems.base import Page, PeerConfig, connector_for
from integrations.systems.factory.connector import world_options
from integrations.unreadable import UnreadableRow
from orders.statement import STATUSES

pytestmark = pytest.mark.pure

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
EVERY_FAULT = {**dict.fromkeys(REGISTRY, 0.012), **dict.fromkeys(GROUP_KINDS, 0.03)}
READERS = {system: compile_mappings(spec) for system, spec in MAPPINGS.items()}


def digest(rows):
    made = hashlib.sha256()
    for row in rows:
        made.update(json.dumps([*row[:3], row.received_at.isoformat()], ensure_ascii=False, sort_keys=True).encode())
    return made.hexdigest()


def read_all(rows):
    """([statement], [notes], [(row, refusal)])"""
    statements, notes, refused = [], [], []
    for row in rows:
        try:
            said, remarks = READERS[row.system].read(row.entity, row.raw)
        except UnreadableRow as refusal:
            refused.append((row, refusal))
            continue
        statements.append(said)
        notes += remarks
    return statements, notes, refused


@pytest.fixture(scope="module")
def spoilt():
    truth = []
    rows = list(simulate(orders=1500, seed=5, now=NOW, faults=EVERY_FAULT, truth=truth))
    return rows, truth


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others():
    once = digest(simulate(orders=120, seed=3, now=NOW, faults=EVERY_FAULT))
    assert once == digest(simulate(orders=120, seed=3, now=NOW, faults=EVERY_FAULT))
    assert once != digest(simulate(orders=120, seed=4, now=NOW, faults=EVERY_FAULT))


def test_the_same_seed_gives_the_same_bytes_in_another_process():
    program = (
        "from tests.integrations.test_sample_factory import *\n"
        "print(digest(simulate(orders=60, seed=3, now=NOW, faults=EVERY_FAULT)))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True,
                          env={"PYTHONHASHSEED": "77", "PYTHONPATH": "."})
    assert told.stdout.strip() == digest(simulate(orders=60, seed=3, now=NOW, faults=EVERY_FAULT))


def test_rows_come_in_the_order_of_receipt_and_never_before_they_happened(spoilt):
    rows, _ = spoilt
    assert all(one.received_at <= other.received_at for one, other in zip(rows, rows[1:], strict=False))
    assert rows[-1].received_at <= NOW


def test_every_row_of_a_faultless_world_is_read_without_a_note():
    statements, notes, refused = read_all(simulate(orders=300, seed=7, now=NOW))
    assert refused == [] and notes == []
    assert {said.system for said in statements} == set(MAPPINGS)
    for said in statements:
        json.dumps(said.data)
        assert len(said.key) <= 80 and len(said.message_id) <= 64
        if said.order_number:
            assert said.order_number.isdigit() and not said.order_number.startswith("0")
        if "status" in said.data:
            assert said.data["status"] in STATUSES[said.data["axis"]]
        assert said.occurred_at <= NOW
    identities = Counter((said.system, said.message_id) for said in statements)
    assert max(identities.values()) == 1


def test_versions_and_sequences_go_up_by_one_in_each_record():
    statements, _, _ = read_all(simulate(orders=200, seed=8, now=NOW))
    seen = {}
    for said in sorted(statements, key=lambda one: one.occurred_at):
        number = int(said.version or said.sequence or 0)
        if said.orders_by != "time":
            assert number == seen.get((said.system, said.entity, said.key), 0) + 1
            seen[said.system, said.entity, said.key] = number


def test_an_order_tells_fifteen_to_thirty_events_over_its_life():
    statements, _, _ = read_all(simulate(orders=1000, seed=9, now=NOW, backdrop=False, days=300))
    assert 15 <= len(statements) / 1000 <= 25


def test_systems_agree_on_a_faultless_order():
    latest = {}
    for said in read_all(simulate(orders=300, seed=7, now=NOW))[0]:
        latest[said.system, said.entity, said.key] = said
    by_order = {}
    for said in latest.values():
        if said.entity == "order":
            by_order.setdefault(said.order_number, {})[said.system] = said.data
    for said in by_order.values():
        if len(said) == 3:
            assert said["erp"]["quantity_m"] == said["wms"]["quantity_m"] == said["crm"]["quantity_m"]
            assert said["erp"]["customer"] == said["wms"]["customer"] == said["crm"]["customer"]
            assert said["erp"]["amount_minor"] == said["crm"]["amount_minor"]
            assert said["erp"].get("requested_at") == said["crm"].get("requested_at")


def test_every_kind_of_fault_happens_and_is_told(spoilt):
    _, truth = spoilt
    told = Counter(line["kind"] for line in truth)
    assert set(told) == set(REGISTRY) | set(GROUP_KINDS)
    assert len(REGISTRY) + len(GROUP_KINDS) >= 16
    assert len({line["kind"] for line in truth if line["cause"] == "UNKNOWN"}) >= 2
    for line in truth:
        assert (line["order"] or line["entity"] == "stock") and line["cause"]
        assert datetime.fromisoformat(line["known_at"]) <= NOW
        assert bool(line["group"]) == (line["kind"] in GROUP_KINDS)


def test_only_the_planted_rows_are_refused_and_all_of_them(spoilt):
    rows, truth = spoilt
    _, notes, refused = read_all(rows)
    assert {note.code for note in notes} == {"STATUS_UNMAPPED"}
    planted = Counter(line["kind"] for line in truth if line["parks"])
    codes = Counter(refusal.code for _, refusal in refused)
    assert codes["MISSING_KEY"] == planted["BAD_KEY"]
    assert codes["UNREADABLE_TIME"] == planted["BAD_TIME"]
    assert codes["UNREADABLE_NUMBER"] >= planted["BAD_QUANTITY"] + planted["REJECTED_MESSAGE"]
    assert set(codes) == {"MISSING_KEY", "UNREADABLE_TIME", "UNREADABLE_NUMBER"}


def test_an_unknown_fault_is_refused():
    with pytest.raises(ValueError, match="NO_SUCH"):
        World(10, 1, NOW, {"NO_SUCH": 0.5})


def test_orders_are_open_in_every_stage_and_some_are_late_or_about_to_be():
    states = list(expected(World(1500, 21, NOW)))
    assert len(states) == 1500
    open_ones = [one for one in states if one["waiting_for"] not in ("", "paid", "invoiced")]
    waiting = {one["waiting_for"] for one in open_ones}
    assert {"credit_checked", "mrp_run", "material_received", "dispatched", "production_finished", "packed",
            "delivered"} <= waiting
    late = [one for one in open_ones if one["is_late"]]
    assert 10 <= len(late) <= len(open_ones) / 3
    assert len({one["why"]["node"] for one in late if one["why"]}) >= 4
    soon = [one for one in open_ones
            if one["promised_at"] and NOW < datetime.fromisoformat(one["promised_at"]) < NOW + timedelta(hours=9)]
    assert soon
    assert {one["kind"] for one in states} == {"standard", "urgent", "custom", "vmi", "jit"}


def test_ticks_go_on_where_the_first_load_ended():
    world = World(200, 6, NOW, EVERY_FAULT)
    later, end = NOW + timedelta(hours=5), NOW + timedelta(hours=20)
    truth_at_once, truth_in_steps = [], []
    at_once = list(tick(world, NOW, end, truth_at_once))
    in_steps = [*tick(world, NOW, later, truth_in_steps), *tick(world, later, end, truth_in_steps)]
    assert at_once and digest(at_once) == digest(in_steps)
    assert truth_at_once == truth_in_steps
    whole = World(200, 6, NOW, EVERY_FAULT).rows(None, int(end.timestamp() * 1000))
    assert digest(row for row in whole if row.received_at > NOW) == digest(at_once)


def test_each_connection_pulls_its_own_share_in_pages_that_can_be_resumed():
    options = world_options(orders=200, seed=6, now=NOW, faults=EVERY_FAULT, days=30)
    end, pulled = NOW + timedelta(hours=20), []
    for system in MAPPINGS:
        connector = connector_for("factory", PeerConfig(system, "", page_size=7, options={"world": options}))
        cursor = {}
        while cursor.get("until") != end.isoformat():
            page = next(iter(connector.pull("messages", cursor, at=end)))  # the process dies after every page
            cursor = page.cursor
            pulled += [(system, row.stream, json.dumps(row.data, sort_keys=True)) for row in page.rows]
        assert list(connector.pull("messages", cursor, at=end)) == [Page([], cursor)]
    whole = tick(World(200, 6, NOW, EVERY_FAULT), NOW, end)
    assert Counter(pulled) == Counter((row.system, row.entity, json.dumps(row.raw, sort_keys=True)) for row in whole)


def test_a_tick_is_empty_when_no_time_has_passed():
    assert list(tick(World(50, 6, NOW), NOW, NOW)) == []


def test_new_orders_keep_coming_after_the_first_load():
    world = World(600, 6, NOW)
    numbers = {row.raw["orderNo"] for row in tick(world, NOW, NOW + timedelta(days=3)) if row.system == "crm"
               and row.entity == "order" and row.raw["stage"] == "新建"}
    assert 20 <= len(numbers) <= 120


def test_the_simulator_imports_no_django_and_nothing_above_it():
    program = (
        "import sys, integrations.sample_factory.truth, integrations.sample_factory.mappings\n"
        "print(sorted(name for name in sys.modules if name.split('.')[0] in "
        "('django', 'reconciliation', 'sla', 'exceptions')))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True,
                          env={"PYTHONPATH": "."})
    assert told.stdout.strip() == "[]"


# --- what is put right ------------------------------------------------------------------------------------------


def _mended_world():
    return World(400, 7, NOW, dict.fromkeys(REGISTRY, 0.02), mended=0.5)


def test_a_fault_put_right_ends_in_what_is_true():
    """The last message of a record that was put right says what it would have said without the fault."""
    truth = []
    rows = list(_mended_world().rows(None, _mended_world().now, truth))
    righted = [row for row in rows if str(row.raw.get("eventId", row.raw.get("msg_id", ""))).endswith("-C")]
    clean = {}
    for row in World(400, 7, NOW).rows(None, _mended_world().now):
        clean[row.system, row.entity, row.raw.get("id") or row.raw.get("dn_code")] = row.raw
    assert righted and {bool(line.get("mended_at")) for line in truth} == {True, False}
    for row in righted:
        true = clean[row.system, row.entity, row.raw.get("id") or row.raw.get("dn_code")]
        values = ("stage", "amount", "account", "quantity") if row.system == "crm" else (
            "customer_no", "goods_qty", "goods_unit", "erp_order", "dn_status", "delivery_actual_qty")
        assert {name: row.raw[name] for name in values} == {name: true[name] for name in values}


def test_what_is_put_right_comes_in_parts_as_it_comes_whole():
    whole = list(_mended_world().rows(None, _mended_world().now))
    cut = _mended_world().now - 3 * 86_400_000
    parts = [*_mended_world().rows(None, cut), *_mended_world().rows(cut, _mended_world().now)]
    assert sorted(map(str, whole)) == sorted(map(str, parts))
