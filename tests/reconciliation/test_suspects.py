"""Does the cheap first pass ever let a key go that a close look would have found different? Does it let most go?"""
import random

import pytest

from reconciliation.engines import duckdb as engine_module
from reconciliation.engines.duckdb import DuckEngine
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


def compared(folder, profile, files, *, whole):
    units = [{"item": "", "unit": "BOX", "factor": "12"}, {"item": "", "unit": "CRATE", "factor": "0.5"}]
    return loaded_engine(folder, profile, files, {"units": units}, whole=whole)


@pytest.mark.parametrize("zones", [("Asia/Shanghai", "Asia/Shanghai"), ("Asia/Shanghai", "UTC"),
                                   ("Europe/Berlin", "Europe/Berlin")])
def test_odd_texts_of_every_kind_are_judged_alike(tmp_path, zones, monkeypatch):
    monkeypatch.setattr(engine_module, "MANY", 0)  # take the first pass however many it suspects
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    files = drawn_files(random.Random(seed), 1500)
    profile = load_profile(PROFILE.replace("ZONE", zones[0]).replace("OTHER", zones[1]))
    quick, close = (compared(tmp_path, profile, files, whole=whole) for whole in (False, True))
    assert not quick.whole and close.whole
    assert quick.compare() == close.compare()
    for system in files:
        assert quick.duplicate_keys(system) == close.duplicate_keys(system)
        assert quick.keyless_rows(system) == close.keyless_rows(system)
        assert sorted(quick.presence(system)) == sorted(close.presence(system))
        assert quick.totals(system, "", ()) == close.totals(system, "", ())
    keys = [f"SO{n}" for n in range(0, 1500, 7)]
    assert quick.sides(keys) == close.sides(keys)
    assert sorted(quick.twins(set(keys))) == sorted(close.twins(set(keys)))


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
             "posted": "2026-11-01 10:00:00", "status": "open", "name": f"N{n}"} for n in range(200)]
    there = [dict(row, posted="2026-11-01 02:01:00", status="开", amount=f"{row['quantity']}.5",
                  name=row["name"].lower()) for row in rows]
    there[7]["amount"] = "9"
    engine = compared(tmp_path, profile, {"erp": rows, "wms": there, "crm": rows[:50]}, whole=False)
    assert not engine.whole
    assert engine.db.execute("SELECT k FROM known").fetchall() == [("SO7",)]
    assert [row[0] for row in engine.compare()] == ["SO7"]
