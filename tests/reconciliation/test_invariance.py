"""Do results depend on nothing but the data: not on the order of rows, of systems, on names, or on the engine?"""
import random
import sqlite3

import pytest

from reconciliation.plan import build_plan
from reconciliation.profile_yaml import load_profile
from tests.reconciliation import faultset
from tests.reconciliation.comparing import findings_of, loaded_engine

pytestmark = pytest.mark.pure


@pytest.fixture(scope="module")
def drawn():
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    return faultset.build(900, seed, per_fault=1, systemic=False)


def ask(folder, drawn, profile=faultset.PROFILE, sources=None):
    return findings_of(folder, profile, sources or drawn[0], drawn[1], as_of=faultset.AS_OF, expected=True)


def test_the_order_of_rows_changes_nothing(tmp_path, drawn):
    mixed = {name: random.sample(rows, len(rows)) for name, rows in drawn[0].items()}
    assert ask(tmp_path / "a", drawn) == ask(tmp_path / "b", drawn, sources=mixed)


def test_the_order_of_systems_and_fields_changes_nothing(tmp_path, drawn):
    turned = faultset.PROFILE.replace("  erp: {}\n", "").replace("  crm: {}\n", "  crm: {}\n  erp: {}\n")
    assert turned != faultset.PROFILE
    assert ask(tmp_path / "a", drawn) == ask(tmp_path / "b", drawn, turned)


def test_renaming_systems_renames_them_and_no_more(tmp_path, drawn):
    """erp → a_sap and crm → z_crm keep the alphabetical order; wms → b_wms turns it round."""
    names = {"erp": "x_sap", "wms": "b_wms", "crm": "m_crm"}
    profile = faultset.PROFILE
    for old, new in names.items():
        for before, after in ((f"  {old}: {{", f"  {new}: {{"), (f"record: {old}", f"record: {new}"),
                              (f"authority: {old}", f"authority: {new}"), (f"{{{old}: ", f"{{{new}: "),
                              (f", {old}: ", f", {new}: ")):
            profile = profile.replace(before, after)
    sources = {names[s]: rows for s, rows in drawn[0].items()}
    tables = {t: [{**r, "system": names.get(r["system"], r["system"])} if "system" in r else r for r in rows]
              for t, rows in drawn[1].items()}
    before = ask(tmp_path / "a", drawn)
    after = findings_of(tmp_path / "b", profile, sources, tables, as_of=faultset.AS_OF, expected=True)

    def shape(found):
        return [(f["key"], f["kind"], f["field"], f["state"], f["causes"][0]["cause"], f["causes"][0]["confidence"])
                for f in found]

    assert shape(before) == shape(after)
    assert [{names[s]: v for s, v in f["values"].items()} for f in before if f["kind"] == "value"] == \
        [f["values"] for f in after if f["kind"] == "value"]


def test_a_system_nobody_compares_changes_nothing(tmp_path, drawn):
    more = faultset.PROFILE.replace("  crm: {}\n", "  crm: {}\n  tms: {complete: false}\n")
    sources = {**drawn[0], "tms": [{"order_no": row["order_no"]} for row in drawn[0]["erp"]]}
    without = faultset.PROFILE
    for name in ("qty, unit: unit, item: item", "column: amount", "column: status", "column: customer, authority",
                 "column: item, authority"):
        column = name.split(",")[0].replace("column: ", "")
        each = f"columns: {{erp: {column}, wms: {column}, crm: {column}}}"
        more, without = (t.replace(f"column: {column},", each + ",") for t in (more, without))
    a = ask(tmp_path / "a", drawn, without)
    b = ask(tmp_path / "b", drawn, more, sources)
    cut = [(f["key"], f["kind"], f["field"], f["values"]) for f in b]
    assert [(f["key"], f["kind"], f["field"]) for f in a] == [c[:3] for c in cut if c[1] != "missing" or c[0] in
                                                              {f["key"] for f in a}]


def test_sqlite_and_duckdb_give_the_same_rows(tmp_path, drawn):
    profile = load_profile(faultset.PROFILE)
    tables = {name: [{k: str(v) for k, v in row.items()} for row in rows] for name, rows in drawn[1].items()}
    engine = loaded_engine(tmp_path, profile, drawn[0], tables)
    here = engine.compare()
    lite = sqlite3.connect(":memory:")
    for relation in engine.relations():
        rows = engine.db.execute(f"SELECT * EXCLUDE (rid, inside, chosen) FROM {relation.name}")
        names = [f'"{d[0]}"' for d in rows.description]
        lite.execute(f"CREATE TABLE {relation.name} ({', '.join(names)})")
        lite.executemany(f"INSERT INTO {relation.name} VALUES ({', '.join('?' * len(names))})", rows.fetchall())
        lite.execute(f"CREATE INDEX {relation.name}_k ON {relation.name} (k)")
    plan = build_plan(profile, engine.relations(), "sqlite")
    there = sorted((plan.read(row) for row in lite.execute(plan.sql)), key=lambda r: r[0])
    assert there == sorted(here, key=lambda r: r[0]) and len(here) > 30
    engine.close()
