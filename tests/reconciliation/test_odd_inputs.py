"""Does the comparison stand up to files that nobody would wish for?"""
import random

import duckdb
import pytest

from reconciliation.errors import CannotRun
from reconciliation.files import compare_files
from reconciliation.profile_yaml import load_profile
from tests.reconciliation.comparing import findings_of, short

pytestmark = pytest.mark.pure
PLAIN = "version: 1\nname: t\nkey: k\nsystems: {a: {}, b: {}}\nfields: {q: {type: number}, t: {type: time}}\n"


def test_a_file_with_a_header_only(tmp_path):
    rows = {"a": "k,q,t\n1,2,2026-01-01\n", "b": "k,q,t\n"}
    assert short(findings_of(tmp_path, PLAIN, rows)) == [("1", "missing", None)]


def test_both_empty_are_equal(tmp_path):
    assert findings_of(tmp_path, PLAIN, {"a": "k,q,t\n", "b": "k,q,t\n"}) == []


def test_typed_parquet_columns(tmp_path):
    duckdb.sql("COPY (SELECT 1::BIGINT AS k, 12.50::DECIMAL(18,2) AS q, TIMESTAMPTZ '2026-01-01 08:00:00+08' AS t "
               f"UNION ALL SELECT 2, NULL, NULL) TO '{tmp_path / 'a.parquet'}'")
    duckdb.sql(f"COPY (SELECT '1' AS k, 12.5::DOUBLE AS q, TIMESTAMP '2026-01-01 00:00:00' AS t "
               f"UNION ALL SELECT '2', 1e20, NULL) TO '{tmp_path / 'b.parquet'}'")
    spill = tmp_path / "s"
    spill.mkdir()
    outcome = compare_files(load_profile(PLAIN), PLAIN, {n: tmp_path / f"{n}.parquet" for n in "ab"}, {},
                            as_of_us=0, spill=spill)
    assert [(d.key, d.kind, d.field) for d in outcome.differences] == [("2", "unreadable", "q")]


def test_a_key_held_a_thousand_times(tmp_path):
    rows = "k,q,t\n" + "1,2,\n" * 1000
    found = findings_of(tmp_path, PLAIN, {"a": rows, "b": "k,q,t\n1,3,\n"})
    assert short(found) == [("1", "duplicate", None), ("1", "value", "q")]
    assert found[0]["values"] == {"a": 1000, "b": 1}


def test_quotes_line_breaks_and_odd_names(tmp_path):
    profile = """
version: 1
name: t
key: 单号
systems: {a: {}, b: {}}
fields: {备注: {type: text}, "it's": {type: text, column: "x,y"}}
"""
    a = '单号,备注,"x,y"\n1,"a\nb","say ""hi"""\n2,平,x\n'
    b = '单号,备注,"x,y"\n1,"a\nb","say ""hi"""\n2,平安,x\n'
    assert short(findings_of(tmp_path, profile, {"a": a, "b": b})) == [("2", "value", "备注")]


def test_rows_of_uneven_length(tmp_path):
    rows = {"a": "k,q,t\n1,2\n2,3,2026-01-01,extra\n", "b": "k,q,t\n1,2,\n2,3,2026-01-01\n"}
    assert short(findings_of(tmp_path, PLAIN, rows)) == [("", "unreadable", "row")]


def test_keys_in_chinese_and_with_prefixes(tmp_path):
    profile = """
version: 1
name: t
systems:
  a: {key: {columns: k, normalise: [trim, nfkc], strip_prefix: [订单-, SO-]}}
  b: {key: k}
fields: {q: {type: number}}
"""
    a = [{"k": "订单-１２", "q": 1}, {"k": "SO-13", "q": 1}, {"k": "甲", "q": 1}]
    b = [{"k": "12", "q": 1}, {"k": "13", "q": 2}, {"k": "甲", "q": 1}]
    assert short(findings_of(tmp_path, profile, {"a": a, "b": b})) == [("13", "value", "q")]


def test_numbers_beyond_all_bounds_are_unreadable_not_wrong(tmp_path):
    rows = {"a": f"k,q,t\n1,{'9' * 40},\n2,1e400,\n3,-0,\n", "b": "k,q,t\n1,1,\n2,1,\n3,0,\n"}
    assert short(findings_of(tmp_path, PLAIN, rows)) == [("1", "unreadable", "q"), ("2", "unreadable", "q")]


def test_numbers_whose_difference_would_not_fit_are_unreadable(tmp_path):
    profile = PLAIN.replace("q: {type: number}", "q: {type: quantity, tolerance: 1, unit: u, base_unit: PC}")
    much, most = "9000000000000", str(4 * 10**12)
    rows = {"a": f"k,q,u,t\n1,{much},PC,\n2,{most},PC,\n3,900000000000,BOX,\n4,90000000000,BOX,\n",
            "b": f"k,q,u,t\n1,-{much},PC,\n2,-{most},PC,\n3,-900000000000,BOX,\n4,-90000000000,BOX,\n"}
    found = findings_of(tmp_path, profile, rows, {"units": "item,unit,factor\n,BOX,12\n"})
    assert short(found) == [("1", "unreadable", "q"), ("2", "value", "q"), ("3", "unreadable", "q"),
                            ("4", "value", "q")]


@pytest.mark.parametrize("seed", range(6))
def test_garbage_never_crashes(tmp_path, seed):
    draw = random.Random(seed)
    signs = ["", "0", "1", "-", "1.5", "NaN", "2026-01-01", "2026-02-30", "万", "=1+1", "\u3000", "ａ", "A" * 300,
             "1E5", "00"]
    profile = PLAIN.replace("type: number", draw.choice(["type: number", "type: money", "type: code", "type: text"])) \
        .replace("systems: {a: {}, b: {}}",
                 "systems: {a: {evidence: {event: t, received: q, version: q}, record: true}, "
                 "b: {evidence: {event: t, received: q, closed: q, shipped: q}}}")
    rows = {n: [{"k": draw.choice([*signs, *map(str, range(40))]), "q": draw.choice(signs), "t": draw.choice(signs)}
                for _ in range(120)] for n in "ab"}
    for finding in findings_of(tmp_path, profile, rows, expected=True):
        assert finding["causes"]


def test_a_missing_column_is_named_with_the_choices(tmp_path):
    with pytest.raises(CannotRun, match="“t”.*k, q"):
        findings_of(tmp_path, PLAIN, {"a": "k,q\n1,2\n", "b": "k,q,t\n"})
