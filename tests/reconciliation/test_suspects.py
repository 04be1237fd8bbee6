"""Does the cheap first pass ever let a key go that a close look would have found different? Does it let most go?"""
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from reconciliation.engines import duckdb as engine_module
from reconciliation.engines.duckdb import DuckEngine
from reconciliation.plan import presence_sql
from reconciliation.profile_yaml import load_profile
from tests.reconciliation import faultset
from tests.reconciliation.comparing import findings_of, loaded_engine

pytestmark = pytest.mark.pure

PROFILE = """
version: 1
name: {en: Odd texts, zh: 怪文本}
zone: ZONE
currency: CNY
record: erp
empty: [n/a]
systems:
  erp: {key: {column: no, normalise: [trim, upper, strip_zeros]}}
  wms: {key: {column: no, normalise: [trim, upper, strip_zeros]}, zone: OTHER}
  crm: {key: {column: no, normalise: [trim, upper, strip_zeros]}, complete: false}
fields:
  quantity: {type: quantity, unit: unit, base_unit: PC}
  amount: {type: money, tolerance: 0.01, currency: currency}
  rate: {type: number, tolerance: {relative: 1%}, empty: ignore}
  posted: {type: time, max_minutes_between: 3}
  due: {type: time}
  weight: {type: number, tolerance: 0.5, columns: {erp: weight, crm: weight}}
  packed: {type: time, columns: {wms: packed, crm: packed}}
  status: {type: code, map: {open: OPEN, 开: OPEN, shut: SHUT}}
  name: {type: text, normalise: [trim, upper, no_punctuation]}
"""
TEXTS = {
    "quantity": ["1", "1.0", "+1", "01", "2", "12", "１", "1,000", "1000", "x", "", " ", "n/a", "1e3", "1.0000001",
                 "-"],
    "unit": ["PC", "pc", "BOX", "", "CRATE"],
    "amount": ["10", "10.00", "10.01", "10.02", "¥10.00", "10.005", "abc", "", "1_0", ".5", "0.5", "5."],
    "currency": ["CNY", "cny ", "USD", ""],
    "rate": ["1", "1.005", "1.02", "", "nil", "100", "100.9"],
    "posted": ["2026-11-01 10:00:00", "2026-11-01T10:00:00", "2026-11-01 10:03:00", "2026-11-01 10:03:01",
               "2026-11-01T02:00:00Z", "2026-02-30 10:00:00", "01/11/2026", "20261101100000", "", "soon",
               "2026-11-01 10:00:00.000001", "2026-11-01 02:00:00"],
    "due": ["2026-11-05", "2026-11-05 00:00:00", "2026-11-06", "2026-11-5", "", "1991-01-01", "2050-01-01", "n/a"],
    "weight": ["1", "1.5", "1.50", "1.51", "-0.5", "-0", "heavy", "", "99999999999.9", "123456789012.5", "1e2", "1.5 "],
    "packed": ["2026-11-01 10:00:00", "2026-11-01 24:00:00", "2026-11-01 10:00:60", "2026-11-01 10:00:00 ",
               "2026-11-01  10:00:00", "2026-11-1  10:00:00", "2026-11-01 10:00:00+08", "", "soon", "infinity"],
    "status": ["open", "开", "shut", "OPEN", "odd", "", " open "],
    "name": ["Acme", "ACME", "A.C.M.E", "-", "", "Ａcme", "华", "acme "],
}


def drawn_files(draw, rows):
    """Three systems that mostly agree; a few cells of each are drawn anew."""
    files = {name: [] for name in ("erp", "wms", "crm")}
    for number in range(rows):
        base = {column: draw.choice(texts) for column, texts in TEXTS.items()}
        for written in files.values():
            if draw.random() < 0.03:
                continue
            row = {"no": draw.choice([f"SO{number}", f" so{number}"]), **base}
            for column in TEXTS:
                if draw.random() < 0.04:
                    row[column] = draw.choice(TEXTS[column])
            written.append(row)
            if draw.random() < 0.01:
                written.append(dict(row, no=f"00{row['no'].strip()}" if draw.random() < 0.5 else row["no"]))
    return files


STYLES = {"plain": "{}", "one": "{:.1f}", "two": "{:.2f}", "mixed": "{:f}", "signed": "{:+}", "six": "{:.6f}"}


def styled_files(draw, rows, zones):
    """Three systems that each write numbers and instants in a way of their own; a few cells as in TEXTS."""
    def way():
        number = {c: draw.choice(list(STYLES)) for c in ("quantity", "amount", "rate", "weight")}
        return number | {"posted": draw.choice(" TZu"), "due": draw.choice(" Zd"), "packed": draw.choice(" TZ")}

    ways = {name: way() for name in ("erp", "wms", "crm")}
    alike = way() if draw.random() < 0.5 else None
    files = {name: [] for name in ways}
    night = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)  # in Berlin an hour of it happens twice
    for number in range(rows):
        base = {c: Decimal(draw.randrange(1, 9000)) / draw.choice([1, 10]) for c in ("amount", "rate", "weight")}
        base |= {"quantity": Decimal(draw.randrange(1, 500))}
        base |= {c: night + timedelta(seconds=draw.randrange(20_000)) for c in ("posted", "packed")}
        base |= {"due": datetime(2026, 11, draw.randrange(1, 9), tzinfo=ZoneInfo(zones["erp"]))}
        words = {c: draw.choice(TEXTS[c]) for c in ("status", "name")}
        for name, written in files.items():
            if draw.random() < 0.01:
                continue
            row = {"no": f"SO{number}", "unit": "PC", "currency": "CNY", **words}
            for column, value in base.items():
                if draw.random() < 0.01:
                    value += draw.choice([Decimal("0.01"), Decimal("0.02"), 1]) if isinstance(value, Decimal) else \
                        timedelta(seconds=draw.choice([1, 180, 181, 3600]))
                row[column] = styled(value, (alike or ways[name])[column], zones[name])
            for column in TEXTS:
                if draw.random() < 0.005:
                    row[column] = draw.choice(TEXTS[column])
            if row["unit"] == "PC" and row["quantity"] == "12" and draw.random() < 0.5:
                row |= {"unit": "BOX", "quantity": "1"}
            written += [row] * draw.choice([1] * 99 + [2])
    return files


def styled(value, way, zone):
    if isinstance(value, Decimal):
        return STYLES[way].format(value)
    local = value.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    if way == "Z":
        return f"{value.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"
    if way == "d" and not local.hour:
        return str(local.date())
    return local.isoformat() if way == "T" else f"{local}.5" if way == "u" else str(local)


def compared(folder, profile, files, *, whole):
    units = [{"item": "", "unit": "BOX", "factor": "12"}, {"item": "", "unit": "CRATE", "factor": "0.5"}]
    return loaded_engine(folder, profile, files, {"units": units}, whole=whole)


ZONES = [("Asia/Shanghai", "Asia/Shanghai"), ("Asia/Shanghai", "UTC"), ("Europe/Berlin", "Europe/Berlin")]


@pytest.mark.parametrize("zones", ZONES)
def test_odd_texts_of_every_kind_are_judged_alike(tmp_path, zones, monkeypatch):
    monkeypatch.setattr(engine_module, "MANY", 0)  # take the first pass however many it suspects
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    quick = judged_alike(tmp_path, drawn_files(random.Random(seed), 1500), zones)
    keys = [f"SO{n}" for n in range(0, 1500, 7)]
    assert sorted(quick[0].twins(set(keys))) == sorted(quick[1].twins(set(keys)))


@pytest.mark.parametrize("zones", ZONES)
@pytest.mark.parametrize("turn", range(3))
def test_ways_of_writing_numbers_and_instants_are_judged_alike(tmp_path, zones, turn, monkeypatch):
    monkeypatch.setattr(engine_module, "MANY", 0)
    monkeypatch.setattr(engine_module, "FEW_ODD", turn * 4)  # a column is compared typed however odd, or hardly ever
    monkeypatch.setattr(engine_module, "AT_ONCE", 30_000)  # in a few parts
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    each = {"erp": zones[0], "wms": zones[1], "crm": "Asia/Shanghai" if "Asia" in zones[0] else zones[0]}
    judged_alike(tmp_path, styled_files(random.Random(seed), 600, each), zones)


def judged_alike(folder, files, zones):
    """(engine with a first pass, engine that looks at all closely), which say the same."""
    profile = load_profile(PROFILE.replace("ZONE", zones[0]).replace("OTHER", zones[1]))
    quick, close = (compared(folder, profile, files, whole=whole) for whole in (False, True))
    assert not quick.whole and close.whole
    assert quick.compare() == close.compare()
    for system in files:
        assert quick.duplicate_keys(system) == close.duplicate_keys(system)
        assert quick.keyless_rows(system) == close.keyless_rows(system)
        assert quick.presence(system) == close.presence(system) == close.db.execute(presence_sql(
            {name: f"s{i}" for name, i in close.order.items()}, system, close.dialect, profile.partial)).fetchall()
        assert quick.totals(system, "", ()) == close.totals(system, "", ())
    keys = [f"SO{n}" for n in range(0, 1500, 7)]
    assert quick.sides(keys) == close.sides(keys)
    return quick, close


@pytest.mark.parametrize("complete", [("erp", "wms", "crm"), ("erp", "wms"), ("erp",), ()])
def test_keys_of_several_rows_are_all_found(tmp_path, complete, monkeypatch):
    monkeypatch.setattr(engine_module, "MANY", 0)
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    draw = random.Random(seed)
    text = PROFILE.replace("ZONE", "UTC").replace("OTHER", "UTC").replace(", complete: false", "")
    for name in {"erp", "wms", "crm"} - set(complete):
        text = text.replace(f"  {name}: {{key", f"  {name}: {{complete: false, key")
    row = {"quantity": "1", "unit": "PC", "amount": "1", "currency": "CNY", "rate": "1", "posted": "", "due": "",
           "weight": "1", "packed": "", "status": "open", "name": "a"}
    files = {name: [{"no": "SO-first", **row}] for name in ("erp", "wms", "crm")}
    for number in range(300):
        for written in files.values():
            written += [{"no": f"SO{number}", **row}] * draw.choice([1] * 60 + [0, 0, 2, 3])
    if draw.random() < 0.3:
        for written in files.values():
            written += [{"no": "SO-crowd", **row}] * 400  # joined with one another they would be 64 million
    quick, close = (compared(tmp_path, load_profile(text), files, whole=whole) for whole in (False, True))
    assert quick.compare() == close.compare()
    for name in files:
        assert quick.duplicate_keys(name) == close.duplicate_keys(name)


def test_all_that_is_said_of_a_factorys_faults_is_the_same(tmp_path, monkeypatch):
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    sources, tables, _ = faultset.build(900, seed, per_fault=1, systemic=False)
    taken = []
    prepare = DuckEngine.prepare

    def watched(engine, whole):
        engine.whole = whole
        prepare(engine)
        taken.append(engine.whole)

    found = []
    for place, whole in enumerate((False, True)):
        monkeypatch.setattr(DuckEngine, "prepare", lambda engine, whole=whole: watched(engine, whole))
        found.append(findings_of(tmp_path / str(place), faultset.PROFILE, sources, tables, as_of=faultset.AS_OF,
                                 expected=True))
    assert found[0] == found[1] and len(found[0]) > 30
    assert taken[1]


def test_rows_that_agree_need_no_close_look(tmp_path):
    profile = load_profile(PROFILE.replace("ZONE", "Asia/Shanghai").replace("OTHER", "UTC"))
    rows = [{"no": f"SO{n}", "quantity": str(n), "unit": "PC", "amount": f"{n}.50", "currency": "CNY", "rate": "1.5",
             "posted": "2026-11-01 10:00:00", "status": "open", "name": f"N{n}", "due": "2026-11-05",
             "weight": "2", "packed": "2026-11-01T02:00:00Z"} for n in range(200)]
    there = [dict(row, posted="2026-11-01 02:01:00", due="2026-11-04T16:00:00Z", status="开",
                  amount=f"{row['quantity']}.5", name=row["name"].lower()) for row in rows]
    there[7]["amount"] = "9"
    engine = compared(tmp_path, profile, {"erp": rows, "wms": there, "crm": rows[:50]}, whole=False)
    assert not engine.whole
    assert engine.db.execute("SELECT k FROM known").fetchall() == [("SO7",)]
    assert [row[0] for row in engine.compare()] == ["SO7"]


@pytest.mark.parametrize("weights", [("1", "1.5", "2.25"), ("1.50", "2.50", "2.25")])
def test_what_cannot_be_read_is_said_where_no_other_system_holds_the_key(tmp_path, weights):
    profile = load_profile(PROFILE.replace("ZONE", "UTC").replace("OTHER", "UTC"))
    rows = [{"no": f"SO{n}", "quantity": "1", "unit": "PC", "amount": "1", "currency": "CNY", "rate": "1",
             "posted": "", "due": "", "weight": weights[n % 3], "packed": "", "status": "open", "name": "a"}
            for n in range(1, 301)]
    lone = [{**row, "weight": "heavy"} if row["no"] == "SO7" else row for row in rows]
    crm = [row for row in rows if row["no"] != "SO7"]
    engine = compared(tmp_path, profile, {"erp": lone, "wms": rows, "crm": crm}, whole=False)
    assert not engine.whole
    assert [(key, unread) for key, _, _, unread in engine.compare()] == [("SO7", ("weight",))]
