"""Which evidence decides between two causes, and does the rule stay silent where it just does not hold?"""
from datetime import UTC, datetime, timedelta

import pytest

from reconciliation.causes.codes import is_scientific
from reconciliation.causes.presence import expected_at
from reconciliation.rounded import is_cut, kept_digits
from tests.reconciliation.comparing import findings_of

pytestmark = pytest.mark.pure
AS_OF = "2026-11-24T00:00:00Z"
START = datetime(2026, 11, 2, tzinfo=UTC)


def text(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def first_causes(folder, profile, sources, tables=None, **options):
    """{(key, field): (first cause, its confidence, all causes)}"""
    found = findings_of(folder, profile, sources, tables, as_of=AS_OF, **options)
    return {(one["key"], one["field"]): (one["causes"][0]["cause"], one["causes"][0]["confidence"],
                                         [cause["cause"] for cause in one["causes"]]) for one in found}


# --- clocks ----------------------------------------------------------------------------------------------------

DOCKS = """
version: 1
name: Receipts
record: wms
key: {columns: k}
evidence: {event: at, received: heard, device: gun, warehouse: depot}
systems: {wms: {}, tms: {}}
fields: {docked: {type: time, tolerance: 10m}}
"""


def docks(count=160):
    """Receipts an hour apart; the truck docks half an hour to three hours before the goods are booked."""
    rows = {"wms": [], "tms": []}
    for n in range(count):
        at = START + timedelta(hours=n)
        docked = at - timedelta(minutes=30 + n * 37 % 150)
        same = {"k": f"R{n:04d}", "gun": f"P{n % 4}", "depot": f"D{n % 4}"}
        rows["wms"].append({**same, "at": at, "heard": at + timedelta(seconds=3 + n % 9), "docked": docked})
        rows["tms"].append({**same, "at": docked, "heard": docked + timedelta(seconds=4 + n % 20),
                            "docked": docked - timedelta(seconds=n % 100)})
    return rows


def written(rows):
    return {name: [{k: text(v) if isinstance(v, datetime) else v for k, v in row.items()} for row in ones]
            for name, ones in rows.items()}


def test_the_clock_of_a_record_is_known_for_all_its_times(tmp_path):
    """The dock's time strays by hours against its arrival; the event of the same scanner tells that it is off."""
    rows = docks()
    fast = [row for row in rows["wms"] if row["gun"] == "P1"][10:30]
    utc = [row for row in rows["wms"] if row["depot"] == "D2"][10:30]
    for ones, shift in ((fast, timedelta(minutes=37)), (utc, timedelta(hours=-8))):
        for row in ones:
            row.update(at=row["at"] + shift, docked=row["docked"] + shift)
    waited = rows["tms"][0]
    waited["docked"] -= timedelta(minutes=33)  # its clock is right: the event says so
    told = first_causes(tmp_path, DOCKS, written(rows))
    assert {told[row["k"], "docked"][:2] for row in fast} == {("CLOCK_SKEW", "group")}
    assert {told[row["k"], "docked"][0] for row in utc} == {"TIMEZONE"}
    assert told["R0000", "docked"][2] == ["UNKNOWN"]
    assert len(told) == 41


SHIPPED = """
version: 1
name: Deliveries
record: erp
key: {columns: k}
systems:
  erp: {evidence: {event: at, received: heard}}
  wms: {evidence: {event: at, received: heard}}
  tms: {evidence: {event: at, warehouse: depot}}
fields: {shipped: {type: time, tolerance: 15m, column: shipped}}
"""


def deliveries(count=200):
    rows = {"erp": [], "wms": [], "tms": []}
    for n in range(count):
        at = START + timedelta(hours=n * 2, minutes=n % 7)
        for place, (system, ones) in enumerate(rows.items()):
            own = at + timedelta(seconds=40 * place)
            more = {"depot": f"D{n % 3}"} if system == "tms" else {"heard": own + timedelta(seconds=20)}
            shipped = at + timedelta(seconds=(n * 37 + place * 71 * n) % 200)
            ones.append({"k": f"D{n:04d}", "at": own, **more, "shipped": shipped})
    return rows


def test_without_receive_times_many_alike_tell_a_zone_and_one_alone_does_not(tmp_path):
    rows = deliveries()
    off = [row for row in rows["tms"] if row["depot"] == "D1"][5:25]
    for row in off:
        row.update(at=row["at"] - timedelta(hours=8), shipped=row["shipped"] - timedelta(hours=8))
    rows["tms"][180]["shipped"] -= timedelta(hours=8)
    rows["tms"][183]["shipped"] += timedelta(days=1)
    rows["tms"][186]["shipped"] += timedelta(hours=2, minutes=31)
    told = first_causes(tmp_path, SHIPPED, written(rows))
    assert {told[row["k"], "shipped"][:2] for row in off} == {("TIMEZONE", "group")}
    # Whole hours of one record: a zone, the wrong day, a delay; nothing tells which.
    assert told["D0180", "shipped"][2] == told["D0183", "shipped"][2] == ["UNKNOWN"]
    assert told["D0186", "shipped"][:2] == ("LATE_POSTING", "hypothesis")


PLANNED = """
version: 1
name: Orders
record: erp
zone: Asia/Shanghai
key: {columns: k}
evidence: {event: at, received: heard}
systems: {erp: {}, crm: {}}
fields: {due: {type: time}, entered: {type: time, tolerance: 2m}}
"""


def planned(count=80):
    rows = {"erp": [], "crm": []}
    for n in range(count):
        at = START + timedelta(hours=n * 3)
        entered = at - timedelta(hours=3 + n * 7 % 27, minutes=n % 50)
        for place, ones in enumerate(rows.values()):
            own = at + timedelta(seconds=30 * place)
            ones.append({"k": f"S{n:03d}", "at": own, "heard": own + timedelta(seconds=9),
                         "due": (datetime(2026, 12, 1) + timedelta(days=n % 20)).strftime("%Y-%m-%d"),
                         "entered": entered + timedelta(seconds=11 * place)})
    return rows


def test_a_plan_is_no_posting_and_a_time_that_comes_in_any_hour_proves_none(tmp_path):
    rows = planned()
    rows["crm"][10]["due"] = "2026-12-18"  # seven days on
    rows["crm"][20]["due"] = "2026-12-01 14:30:00"  # an hour still to come when the hub heard of it
    rows["crm"][30]["entered"] += timedelta(hours=12)  # afternoon for morning
    rows["crm"][40]["entered"] -= timedelta(hours=12)
    rows["crm"][50]["entered"] += timedelta(hours=1, minutes=20)
    told = first_causes(tmp_path, PLANNED, written(rows))
    assert told["S010", "due"][2] == ["UNKNOWN"]
    assert "LATE_POSTING" not in told["S020", "due"][2]
    assert told["S030", "entered"][2] == told["S040", "entered"][2] == ["UNKNOWN"]
    assert told["S050", "entered"][:2] == ("LATE_POSTING", "hypothesis")


# --- presence ---------------------------------------------------------------------------------------------------

GATES = """
version: 1
name: Receipts
record: wms
key: {columns: k}
evidence: {event: at}
systems: {wms: {}, erp: {}, tms: {complete: false}}
fields: {}
"""


@pytest.mark.parametrize("engine", ["duckdb", "sqlite"])
def test_an_outage_is_counted_by_the_systems_that_hold_every_key(tmp_path, engine):
    """Seven of ten receipts are known at the gate too, hours before they are booked."""
    rows = {"wms": [], "erp": [], "tms": []}
    for n in range(300):
        at = START + timedelta(minutes=30 * n)
        rows["wms"].append({"k": f"R{n:04d}", "at": at})
        if not 200 <= n < 225:
            rows["erp"].append({"k": f"R{n:04d}", "at": at + timedelta(seconds=20)})
        if n % 10 < 7:
            rows["tms"].append({"k": f"R{n:04d}", "at": at - timedelta(minutes=40 + n * 53 % 150)})
    rows["erp"] = [row for row in rows["erp"] if row["k"] != "R0100"]
    found = findings_of(tmp_path, GATES, written(rows), as_of=AS_OF, engine=engine)
    causes = {one["key"]: one["causes"][0] for one in found}
    lost = [causes.pop(f"R{n:04d}") for n in range(200, 225)]
    assert {(one["cause"], one["evidence"]["absent"], one["evidence"]["expected"]) for one in lost} == \
        {("OUTAGE", 25, 25)}
    assert {key: one["cause"] for key, one in causes.items()} == {"R0100": "MISSING_MESSAGE"}


def test_when_a_record_was_due_is_asked_of_complete_systems_first():
    side = type("Side", (), {})

    def told(at):
        made = side()
        made.at_us = at
        return made

    world = type("World", (), {"profile": type("Profile", (), {"systems": {
        name: type("System", (), {"complete": name != "tms"}) for name in ("erp", "wms", "crm", "tms")}})})
    one = type("One", (), {"sides": {"wms": told(50), "crm": told(40), "tms": told(7)}})
    assert expected_at(one, world, "erp") == 40
    one.sides = {"erp": told(None), "tms": told(7)}
    assert expected_at(one, world, "wms") == 7
    one.sides = {"erp": told(None)}
    assert expected_at(one, world, "wms") is None


# --- keys -------------------------------------------------------------------------------------------------------

LONG = """
version: 1
name: Invoices
record: erp
key: {columns: k}
systems: {erp: {}, crm: {}}
fields: {amount: {type: money, currency: CNY}, city: {type: text}}
"""


def invoices(pairs):
    """Invoices that agree, and each of `pairs` (key in the ERP or "", key in the CRM or "", amount in the CRM)."""
    rows = {name: [{"k": f"2532001000000000{n:04d}", "amount": f"{n}.10", "city": "常州"} for n in range(9)]
            for name in ("erp", "crm")}
    for n, (erp, crm, *other) in enumerate(pairs):
        amount = f"{500 + n}.25"
        rows["erp"] += [{"k": erp, "amount": amount, "city": f"城{n}"}] if erp else []
        rows["crm"] += [{"k": crm, "amount": other[0] if other else amount, "city": f"城{n}"}] if crm else []
    return rows


def test_a_number_that_a_spreadsheet_has_cut_is_no_ghost(tmp_path):
    told = first_causes(tmp_path, LONG, invoices([
        ("25321012898872767415", "2.53210128988727E+19"),  # cut after 15 digits, not rounded
        ("25323012645516399321", "25323012645516300000"),
        ("25324012645516399321", "25324012645516300000", "77.00"),
        ("", "25325012645516300000"),
        ("25326012645516399321", "25326012645516300000"), ("25326012645516388777", ""),
        ("", "25327012645516312345")]))
    assert told["25321012898872767415", None][:2] == told["25323012645516399321", None][:2] == \
        ("SCIENTIFIC_NOTATION", "certain")
    assert told["25324012645516399321", None][:2] == ("SCIENTIFIC_NOTATION", "hypothesis")
    assert told["25325012645516300000", None][:2] == ("GHOST", "hypothesis")  # nobody has the whole one
    assert told["25326012645516300000", None][:2] == ("GHOST", "hypothesis")  # two might be it
    assert told["25327012645516312345", None][:2] == ("GHOST", "certain")


def test_what_a_spreadsheet_leaves_of_a_long_number():
    assert kept_digits("25321012898872767415") == kept_digits("2.53210128988727E+19") == (20, "253210128988727")
    assert kept_digits("2.5321E+19") == kept_digits("123456789012345") == kept_digits("A2532101289887276") == ()
    assert is_cut("2.53210128988727e+19") and is_cut("25321012898872700000")
    assert not is_cut("25321012898872700001") and not is_cut("100000000000") and not is_cut("S12E5")
    assert is_scientific("2.53210128988727E+19", "25321012898872767415")
    assert is_scientific("2.53E+19", "25321012898872767415") and is_scientific("6.91235E+12", "6912345678901")
    assert not is_scientific("2.53210128988728E+18", "2532101289887274741")
    assert not is_scientific("6.91234E+12", "6912345678901")


LOTS = """
version: 1
name: Stock
record: wms
key: {columns: k}
systems: {wms: {}, erp: {}}
fields: {on_hand: {type: quantity}, grade: {type: text}}
"""


def test_zeros_lost_inside_one_part_of_a_key_are_a_way_of_writing_it(tmp_path):
    rows = {name: [{"k": f"B1|RX32|7{n:05d}", "on_hand": n, "grade": "A"} for n in range(9)] for name in ("wms", "erp")}
    for name, keys in (("wms", ("A4|RX31572|0709858", "A4|RX31572|0511111")),
                       ("erp", ("A4|RX31572|709858", "A4|RX31572|511111"))):
        rows[name] += [{"k": key, "on_hand": 700 + 7 * n + (name == "erp" and n == 1), "grade": "B"}
                       for n, key in enumerate(keys)]
    told = first_causes(tmp_path, LOTS, rows)
    assert told["A4|RX31572|0709858", None][:2] == ("KEY_FORMAT", "certain")
    assert "KEY_FORMAT" not in told["A4|RX31572|0511111", None][2]  # their stock differs: they may be two lots


# --- quantities -------------------------------------------------------------------------------------------------

PARTS = """
version: 1
name: Deliveries
record: erp
key: {columns: k}
systems:
  erp: {evidence: {promised: promised}}
  wms: {evidence: {closed: closed, shipped: shipped}}
  tms: {}
fields: {quantity: {type: quantity, column: quantity}}
"""


def test_two_of_three_that_say_what_was_shipped_do_not_make_it_the_order(tmp_path):
    past, ahead = "2026-11-20", "2026-12-20"
    cases = {"P1": (360, 98, "no", 98, past), "P2": (360, 98, "no", 98, ahead), "P3": (360, 98, "yes", 98, past),
             "P4": (360, 367, "yes", 367, past), "P5": (360, 98, "no", 360, past), "P6": (360, 98, "", "", past)}
    rows = {"erp": [], "wms": [], "tms": []}
    for key, (ordered, done, closed, shipped, promised) in cases.items():
        rows["erp"].append({"k": key, "quantity": ordered, "promised": promised})
        rows["wms"].append({"k": key, "quantity": done, "closed": closed, "shipped": shipped})
        rows["tms"].append({"k": key, "quantity": done})
    found = {one["key"]: one for one in findings_of(tmp_path, PARTS, rows, as_of=AS_OF, expected=True)}
    assert {key: (one["causes"][0]["cause"], one["state"]) for key, one in found.items()} == {
        "P1": ("PARTIAL_OPEN", "open"), "P2": ("PARTIAL_OPEN", "expected"), "P3": ("PARTIAL_CLOSED", "open"),
        "P4": ("OVER_SHIPMENT", "open"), "P5": ("UNKNOWN", "open"), "P6": ("UNKNOWN", "open")}


AGAIN = """
version: 1
name: Stock
record: wms
key: {columns: k}
evidence: {version: v, payload_hash: h, batch: b}
systems: {wms: {}, erp: {}}
fields: {on_hand: {type: quantity}}
"""


def test_what_was_taken_in_twice_is_told_by_the_log(tmp_path):
    rows, log = {"wms": [], "erp": []}, []
    # key: (quantity in the ERP, version in the WMS, how the first sending of the same content ended)
    cases = {"K1": (260, 1, "applied"), "K2": (191, 1, "applied"), "K3": (260, 1, "refused"), "K4": (191, 2, "applied"),
             "K5": (260, 1, None)}
    for key, (there, version, first) in cases.items():
        rows["wms"].append({"k": key, "on_hand": 130, "v": version, "h": f"w{key}", "b": "W1"})
        rows["erp"].append({"k": key, "on_hand": there, "v": 1, "h": f"e{key}", "b": "REDO"})
        for batch, outcome in (("E1", first), ("REDO", "applied")):
            if outcome:
                log.append({"system": "erp", "key": key, "outcome": outcome, "payload_hash": f"e{key}", "batch": batch,
                            "version": 1, "message_id": f"{key}{batch}", "received": "2026-11-20T00:00:00Z"})
    told = first_causes(tmp_path, AGAIN, rows, {"messages": log})
    assert told["K1", "on_hand"][:2] == ("REPLAYED_BATCH", "certain")  # exactly twice
    assert told["K2", "on_hand"][:2] == ("REPLAYED_BATCH", "hypothesis")
    assert all("REPLAYED_BATCH" not in told[key, "on_hand"][2] for key in ("K3", "K4", "K5"))


# --- codes ------------------------------------------------------------------------------------------------------

CODES = """
version: 1
name: Codes
record: erp
key: {columns: k}
evidence: {item: own, event: at}
systems: {erp: {}, wms: {}, crm: {}}
fields:
  item: {type: text, columns: {erp: item, wms: item, crm: item}, xref: items}
  grade: {type: code, columns: {erp: grade, wms: grade}, map: {A: FIRST, B: SECOND}}
  revision: {type: text, columns: {erp: revision, wms: revision}}
"""


def test_a_successor_is_known_through_the_cross_reference(tmp_path):
    rows = {name: [{"k": f"C{n}", "own": "RX1", "item": "HD-N1" if name == "crm" else "RX1N", "grade": "A",
                    "revision": "D", "at": "2026-11-20T08:00:00Z"} for n in range(4)] for name in ("erp", "wms", "crm")}
    rows["wms"][1]["item"] = "RX1"
    rows["wms"][2]["item"] = "RX9"  # replaced as well, by another one
    tables = {"items": [{"system": "crm", "external": "HD-N1", "internal": "RX1N"}],
              "replacements": [{"old": "RX1", "replacement": "RX1N"}, {"old": "RX9", "replacement": "RX9N"}]}
    told = first_causes(tmp_path, CODES, rows, tables)
    assert told["C1", "item"][0] == "SUPERSEDED_ITEM"
    assert "SUPERSEDED_ITEM" not in told["C2", "item"][2]


def test_a_code_of_no_map_and_a_revision_are_no_wrong_cross_reference(tmp_path):
    rows = {name: [{"k": f"C{n:02d}", "own": "RX1", "item": "RX1", "grade": "AB"[n % 2], "revision": "D",
                    "at": "2026-11-20T08:00:00Z"} for n in range(40)] for name in ("erp", "wms", "crm")}
    for n in range(6):
        rows["wms"][n]["grade"] = "C"
        rows["wms"][10 + n]["revision"] = "E"  # in force from January
        rows["wms"][20 + n]["revision"] = "X9"  # no revision of this item
    tables = {"boms": [{"item": "RX1", "revision": "D", "valid_from": "2026-09-01", "valid_to": "2027-01-01"},
                       {"item": "RX1", "revision": "E", "valid_from": "2027-01-01", "valid_to": ""}]}
    told = first_causes(tmp_path, CODES, rows, tables)
    assert {told[f"C{n:02d}", "grade"][0] for n in range(6)} == {"STATUS_UNMAPPED"}
    assert {"XREF_WRONG" in told[f"C{n:02d}", "grade"][2] for n in range(6)} == {False}
    assert {tuple(told[f"C{n}", "revision"][2]) for n in range(10, 16)} == {("UNKNOWN",)}
    assert {told[f"C{n}", "revision"][0] for n in range(20, 26)} == {"XREF_WRONG"}


# --- states and people ------------------------------------------------------------------------------------------

STATES = """
version: 1
name: States
record: erp
key: {columns: k}
evidence: {event: at, actor_kind: who}
systems: {erp: {}, crm: {}}
fields:
  status: {type: code, column: status, rank: [NEW, PACKED, SHIPPED, CLOSED]}
  amount: {type: number, column: amount}
"""


def states(count=60):
    rows = {"erp": [], "crm": []}
    for n in range(count):
        at = START + timedelta(hours=n)
        for place, (name, ones) in enumerate(rows.items()):
            # The CRM follows after some seconds, in every fifth record it is first.
            own = at + timedelta(seconds=(40 + n % 50) * place * (-1 if n % 5 == 0 else 1))
            ones.append({"k": f"T{n:02d}", "at": own, "status": "CLOSED" if n % 3 else "PACKED", "amount": 100 + n,
                         "who": "person" if name == "erp" and n % 20 == 0 else "interface"})
    return rows


def test_an_event_as_late_as_usual_opens_nothing_again_and_makes_nothing_old(tmp_path):
    rows = states()
    rows["crm"][1]["status"] = "NEW"  # seconds later, as always
    rows["crm"][2].update(status="NEW", at=rows["crm"][2]["at"] + timedelta(hours=9))
    rows["crm"][3]["status"] = "SHIPPED"
    rows["erp"][6].update(at=rows["erp"][6]["at"] - timedelta(hours=9))
    rows["crm"][6]["status"] = "SHIPPED"
    told = first_causes(tmp_path, STATES, written(rows))
    assert told["T01", "status"][2] == told["T03", "status"][2] == ["UNKNOWN"]
    assert told["T02", "status"][:2] == ("REOPENED", "hypothesis")
    assert told["T06", "status"][:2] == ("STALE_STATE", "hypothesis")


@pytest.mark.parametrize(("by_hand", "cause"), [(3, "MANUAL_EDIT"), (11, "UNKNOWN")])
def test_that_people_edit_there_is_usual_only_where_enough_show_it(tmp_path, by_hand, cause):
    """Three of the twelve records that the ERP changed last may be chance; eleven of twelve are not."""
    rows = states()
    for n in range(12):
        rows["erp"][n * 5]["who"] = "person" if n < by_hand else "interface"
    rows["erp"][7].update(amount=999, who="person", at=rows["erp"][7]["at"] + timedelta(hours=5))
    told = first_causes(tmp_path, STATES, written(rows))
    assert told["T07", "amount"][0] == cause
