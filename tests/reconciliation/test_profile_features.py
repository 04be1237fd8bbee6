"""Do the profile's words mean what docs/profile.md says: 1:n, scope, versions, cross references, empties, grace?"""
import pytest

from reconciliation.errors import ProfileError
from reconciliation.profile_yaml import load_profile
from tests.reconciliation.comparing import findings_of, outcome_of, short

pytestmark = pytest.mark.pure
HEAD = "version: 1\nname: t\nrecord: a\nkey: k\n"


def first(findings):
    return [(*place, f["causes"][0]["cause"], f["state"]) for place, f in zip(short(findings), findings, strict=True)]


def test_one_order_many_shipments_by_sum(tmp_path):
    profile = HEAD + """
systems: {a: {evidence: {promised: due}}, b: {key: [no], evidence: {closed: done}}}
cardinality: {kind: "1:n", many: {b: order_ref}}
fields: {qty: {type: quantity, severity: high}}
"""
    a = [{"k": k, "qty": q, "due": d} for k, q, d in (
        ("1", 100, "2026-11-20"), ("2", 100, "2026-11-20"), ("3", 100, "2026-12-20"), ("4", 100, "2026-11-20"),
        ("5", 100, "2026-11-20"), ("6", 100, "2026-11-20"))]
    b = [{"no": n, "order_ref": r, "qty": q, "done": d} for n, r, q, d in (
        ("s1", "1", 60, 1), ("s2", "1", 40, 1), ("s3", "2", 60, 0), ("s4", "3", 60, 0), ("s5", "4", 60, 1),
        ("s6", "4", 30, 1), ("s7", "5", 70, 1), ("s8", "5", 50, 1))]
    found = findings_of(tmp_path, profile, {"a": a, "b": b}, expected=True)
    assert first(found) == [
        ("2", "cardinality", "qty", "PARTIAL_OPEN", "open"), ("3", "cardinality", "qty", "PARTIAL_OPEN", "expected"),
        ("4", "cardinality", "qty", "PARTIAL_CLOSED", "open"), ("5", "cardinality", "qty", "OVER_SHIPMENT", "open"),
        ("6", "missing", None, "MISSING_MESSAGE", "open"),
    ]
    assert found[2]["values"] == {"a": "100", "b": "90"}


def test_scope_leaves_rows_out_and_says_when_only_one_side_does(tmp_path):
    profile = HEAD + """
systems:
  a: {scope: [{column: kind, in: [SO]}]}
  b: {scope: [{column: kind, not_in: [VOID]}]}
fields: {}
"""
    a = [{"k": "1", "kind": "SO"}, {"k": "2", "kind": "TR"}, {"k": "3", "kind": "SO"}]
    b = [{"k": "1", "kind": "x"}, {"k": "3", "kind": "VOID"}]
    assert first(findings_of(tmp_path, profile, {"a": a, "b": b})) == [("3", "missing", None, "OUT_OF_SCOPE", "open")]


def test_latest_version_counts_where_rows_are_versions(tmp_path):
    profile = HEAD + "systems: {a: {}, b: {duplicates: latest, evidence: {version: v}}}\nfields: {q: {type: number}}\n"
    b = [{"k": "1", "q": 5, "v": 2}, {"k": "1", "q": 4, "v": 10}, {"k": "2", "q": 7, "v": 1}]
    a = [{"k": "1", "q": 4}, {"k": "2", "q": 7}]
    assert findings_of(tmp_path, profile, {"a": a, "b": b}) == []


def test_cross_reference_missing(tmp_path):
    profile = HEAD + "systems: {a: {}, b: {}}\nfields: {item: {type: text, xref: items, authority: a}}\n"
    rows = {"a": [{"k": str(n), "item": "A1"} for n in range(4)],
            "b": [{"k": str(n), "item": "X1" if n else "X9"} for n in range(4)]}
    outcome = outcome_of(tmp_path, profile, rows, {"items": [{"system": "b", "external": "X1", "internal": "A1"}]})
    assert [(d.key, d.main.cause) for d in outcome.differences] == [("0", "XREF_MISSING")]
    assert outcome.gaps == [("items", "item", "b", "X9", 1)]


def test_nothing_blank_and_declared_empties_are_the_same(tmp_path):
    profile = HEAD + "empty: [NULL, '-']\nsystems: {a: {}, b: {}}\nfields: {q: {type: number}, t: {empty: ignore}}\n"
    a = [{"k": "1", "q": "", "t": "x"}, {"k": "2", "q": "-", "t": ""}, {"k": "3", "q": "0", "t": ""}]
    b = [{"k": "1", "q": "NULL", "t": ""}, {"k": "2", "q": "  ", "t": "y"}, {"k": "3", "q": "", "t": ""}]
    assert short(findings_of(tmp_path, profile, {"a": a, "b": b})) == [("3", "value", "q")]


def test_relative_and_absolute_tolerance_and_their_edges(tmp_path):
    profile = HEAD + """systems: {a: {}, b: {}}
fields: {q: {type: number, tolerance: {absolute: 1, relative: 1%}}}
"""
    a = [{"k": n, "q": q} for n, q in enumerate(("10", "10", "1000", "1000", "-1000"), 1)]
    b = [{"k": n, "q": q} for n, q in enumerate(("11", "11.000001", "1010.1", "1010.2", "-1010.2"), 1)]
    assert short(findings_of(tmp_path, profile, {"a": a, "b": b})) == [
        ("2", "value", "q"), ("4", "value", "q"), ("5", "value", "q")]


def test_grace_and_watermark_make_it_expected(tmp_path):
    profile = HEAD + """evidence: {event: at}
systems: {a: {}, b: {grace: 1h, watermark: 2026-11-23T20:00:00Z}}
fields: {}
"""
    a = [{"k": n, "at": t} for n, t in enumerate((
        "2026-11-23T23:00:00Z", "2026-11-23T23:00:01Z", "2026-11-23T20:00:00Z", "2026-11-23T20:00:01Z"), 1)]
    found = findings_of(tmp_path, profile, {"a": a, "b": [{"k": "9", "at": "2026-11-01T00:00:00Z"}]}, expected=True)
    assert [(f["key"], f["state"]) for f in found] == [
        ("1", "expected"), ("2", "expected"), ("3", "open"), ("4", "expected"), ("9", "open")]
    assert found[0]["causes"][0]["cause"] == "IN_TRANSIT" and len(found[0]["causes"]) == 1


def test_several_columns_make_the_key_and_rows_without_one_are_told(tmp_path):
    profile = "version: 1\nname: t\nsystems: {a: {key: [no, line]}, " \
              "b: {key: {columns: ref, normalise: [trim, upper]}}}\n" \
              "fields: {q: {type: integer}}\n"
    found = findings_of(tmp_path, profile, {
        "a": [{"no": "X", "line": "1", "q": 1}, {"no": "", "line": "", "q": 1}], "b": [{"ref": " x|1 ", "q": 2}]})
    assert short(found) == [("", "unreadable", "key"), ("X|1", "value", "q")]
    assert found[0]["values"] == {"a": 1}


def test_two_of_three_agree_and_the_third_is_named(tmp_path):
    profile = HEAD + "systems: {a: {}, b: {}, c: {}}\nfields: {q: {type: number}}\n"
    rows = {n: [{"k": "1", "q": q}] for n, q in (("a", 8), ("b", 5), ("c", 5))}
    (found,) = findings_of(tmp_path, profile, rows)
    assert found["causes"][0]["systems"] == ["a"] and found["values"] == {"a": "8", "b": "5", "c": "5"}


def test_rules_can_be_switched_off(tmp_path):
    rows = {"a": [{"k": "1", "q": "1234"}], "b": [{"k": "1", "q": "12.34"}]}
    tail = "systems: {a: {}, b: {}}\nfields: {q: {type: number}}\n"
    assert findings_of(tmp_path / "1", HEAD + tail, rows)[0]["causes"][0]["cause"] == "DECIMAL_SHIFT"
    off = HEAD + "rules: {off: [DECIMAL_SHIFT]}\n" + tail
    assert findings_of(tmp_path / "2", off, rows)[0]["causes"][0]["cause"] == "UNKNOWN"


@pytest.mark.parametrize(("text", "where"), [
    ("version: 1\nsystems: {a: {key: k}}", "systems"),
    ("version: 1\nsystems: {a: {}, b: {key: k}}", "systems.a"),
    (HEAD + "systems: {a: {}, b: {}}\nfields: {q: {tolerance: 1}}", "fields.q"),
    (HEAD + "systems: {a: {}, b: {}}\nfields: {q: {type: time, tolerance: soon}}", "fields.q.tolerance"),
    (HEAD + "systems: {a: {}, b: {zone: Mars}}\nfields: {}", "systems.b"),
    (HEAD + "systems: {a: {}, b: {}}\nfields: {q: {columns: {c: x}}}", "fields.q.columns"),
    (HEAD + "systems: {a: {}, b: {}}\nfields: {}\ncardinality: {kind: 'n:m'}", "cardinality"),
])
def test_a_wrong_profile_names_the_place(text, where):
    with pytest.raises(ProfileError) as said:
        load_profile(text)
    assert where in str(said.value)


def missing_one(tmp_path, evidence, due="2026-12-20", others=9):
    """What is said of the one row that b lacks, with a date of delivery compared and `evidence` of its making."""
    profile = HEAD + f"systems: {{a: {{{evidence}}}, b: {{{evidence}}}}}\nfields: {{due: {{type: time}}}}\n"
    rows = [{"k": str(n), "due": due, "made": "2026-11-02 08:10:00"} for n in range(others + 1)]
    found = findings_of(tmp_path, profile, {"a": rows, "b": rows[1:]}, as_of="2026-11-20T08:00:00Z")
    assert [one["kind"] for one in found] == ["missing"]
    return found[0]["causes"][0]


def test_a_date_that_is_compared_is_no_age(tmp_path):
    """Once "8 days old" was said, and for certain, of a row whose delivery lay eight days ahead."""
    for due in ("2026-12-20", "2026-11-02"):
        said = missing_one(tmp_path, "", due)
        assert (said["cause"], said["confidence"]) == ("MISSING_MESSAGE", "hypothesis")
        assert "age_h" not in said["evidence"] and "old" not in said["sentence"]["en"]


def test_the_evidence_of_its_making_is_an_age(tmp_path):
    said = missing_one(tmp_path, "evidence: {event: made}")
    assert (said["confidence"], said["evidence"]["neighbours"]) == ("certain", 9) and said["evidence"]["age_h"] > 400
    assert "9 records" in said["sentence"]["en"]


def test_one_neighbour_proves_no_loss(tmp_path):
    assert missing_one(tmp_path, "evidence: {event: made}", others=1)["confidence"] == "hypothesis"
