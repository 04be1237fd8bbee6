"""Is it told in what two spellings of one key are apart, and which record the other one is?"""
import openpyxl
import pytest

from reconciliation.files import compare_files
from reconciliation.findings import finding_of
from reconciliation.profile_yaml import load_profile
from reconciliation.spelling import STEPS, how_apart
from tests.reconciliation.comparing import csv_text, findings_of

pytestmark = pytest.mark.pure
PROFILE = """
version: 1
name: t
key: k
record: erp
systems: {erp: {}, wms: {}}
fields: {qty: {type: quantity}, amount: {type: money}, item: {type: text}}
"""
ROW = {"qty": "17", "amount": "1234.50", "item": "M-01"}


@pytest.mark.parametrize("x,y,apart", [
    ("00123", "123", ["zeros"]), ("SO-00123", "SO-123", ["zeros"]), ("ＳＯ１２３", "SO123", ["width"]),
    ("SO 123", "SO123", ["blanks"]), ("so123", "SO123", ["case"]), ("SO123", "S0123", ["look_alike"]),
    ("S\u041e-123", "SO-123", ["look_alike"]), ("1OO", "1oo", ["case"]), ("SO-1", "SO_1", ["signs"]),
    ("WMS-SO-123", "123", ["signs", "letters"]), ("ＳＯ１２３", "so 123", ["width", "blanks", "case"]),
    ("100191", "100119", []), ("SO-1", "SO-1A2", []),
])
def test_the_fewest_reasons_are_told(x, y, apart):
    assert how_apart(x, y) == how_apart(y, x) == apart


def test_every_reason_can_be_told():
    assert {step for case in test_the_fewest_reasons_are_told.pytestmark[0].args[1] for step in case[2]} == set(STEPS)


def of_keys(tmp_path, erp, wms):
    found = findings_of(tmp_path, PROFILE, {"erp": [{"k": erp, **ROW}], "wms": [{"k": wms, **ROW}]})
    assert len(found) == 1
    return found[0]["causes"][0]


@pytest.mark.parametrize("erp,wms,english,chinese", [
    ("100191", "00100191", "leading zeros", "前导零"),
    ("SO-100191", "ＳＯ-１００１９１", "full-width characters", "全角字符"),
    ("SO-100191", "SO -100191", "blanks", "空格"), ("SO-100191", "so-100191", "letter case", "大小写"),
    ("SO-100191", "S\u041e-100191", "look-alike letters", "形近字符"),
    ("AO-100I91", "A0-1OO191", "look-alike letters", "形近字符"),
])
def test_the_sentence_says_what_differs(tmp_path, erp, wms, english, chinese):
    cause = of_keys(tmp_path, erp, wms)
    assert cause["cause"] == "KEY_FORMAT" and cause["systems"] == ["wms"]
    assert cause["sentence"]["en"] == (
        f"WMS writes the same key differently: ERP “{erp}”, WMS “{wms}”; they differ in {english}.")
    assert cause["sentence"]["zh"] == f"WMS 的单号写法不同：ERP “{erp}”，WMS “{wms}”，不同之处：{chinese}。"
    assert cause["evidence"]["keys"][1] == {"system": "wms", "written": wms, "record": wms}


def test_capitals_like_figures_alone_do_not_make_one_key(tmp_path):
    found = findings_of(tmp_path, PROFILE, {"erp": [{"k": "AO-100I91", **ROW}],
                                            "wms": [{"k": "A0-1OO191", **ROW, "qty": "18"}]})
    assert [f["causes"][0]["cause"] for f in found] != ["KEY_FORMAT"] and len(found) == 2


def test_a_mistyped_key_names_the_other_record(tmp_path):
    cause = of_keys(tmp_path, "100191", "100119")
    assert cause["cause"] == "TYPO" and cause["evidence"]["keys"][1]["record"] == "100119"
    assert cause["sentence"]["en"] == "WMS has the key mistyped: ERP “100191”, WMS “100119”."


def keyed(found):
    return sorted((f["key"], f["kind"], f["field"], f["causes"][0]["cause"], f["causes"][0]["confidence"])
                  for f in found)


@pytest.mark.parametrize("erp,wms", [("SO-1001", "SO1001"), ("100191", "00100191"), ("SO-1001", "so 1001")])
def test_values_of_one_key_written_in_two_ways_are_compared(tmp_path, erp, wms):
    rows = {"erp": [{"k": erp, **ROW, "qty": "10"}], "wms": [{"k": wms, **ROW, "qty": "99", "amount": "x"}]}
    found = findings_of(tmp_path, PROFILE, rows)
    assert [(f["key"], f["kind"], f["field"]) for f in found] == [
        (erp, "missing", None), (erp, "value", "qty"), (erp, "unreadable", "amount")]
    assert found[0]["causes"][0]["cause"] == "KEY_FORMAT"
    assert found[1]["values"] == {"erp": "10", "wms": "99"} and found[1]["keys"] == {"erp": erp, "wms": wms}


def test_what_two_systems_say_under_one_spelling_is_told_once_with_the_third(tmp_path):
    profile = PROFILE.replace("wms: {}", "wms: {}, crm: {}")
    rows = {"erp": [{"k": "SO-1001", **ROW, "qty": "10"}], "crm": [{"k": "SO-1001", **ROW, "qty": "11"}],
            "wms": [{"k": "SO1001", **ROW, "qty": "12"}]}
    found = findings_of(tmp_path, profile, rows)
    assert [(f["kind"], f["values"]) for f in found if f["field"]] == [
        ("value", {"crm": "11", "erp": "10", "wms": "12"})]
    assert len(found) == 2


def test_a_copy_under_another_spelling_that_agrees_is_no_other_value(tmp_path):
    rows = {"erp": [{"k": "SO-1001", **ROW, "qty": "10"}],
            "wms": [{"k": "SO1001", **ROW, "qty": "10"}, {"k": "SO1001", **ROW, "qty": "12"}]}
    assert [f["kind"] for f in findings_of(tmp_path, PROFILE, rows)] == ["missing", "duplicate"]


@pytest.fixture
def of_a_workbook(tmp_path):
    """Findings of ERP's csv against the keys that a workbook of WMS holds in number cells."""
    def ask(erp, wms, record="erp"):
        book = openpyxl.Workbook()
        book.active.append(["k", *ROW])
        for key in wms:
            book.active.append([key, 17, 1234.5, "M-01"])
        book.save(tmp_path / "wms.xlsx")
        (tmp_path / "erp.csv").write_text(csv_text([{"k": key, **ROW} for key in erp]), encoding="utf-8")
        (tmp_path / "spill").mkdir()
        profile = load_profile(PROFILE.replace("record: erp", f"record: {record}"))
        outcome = compare_files(profile, "", {"erp": tmp_path / "erp.csv", "wms": tmp_path / "wms.xlsx"}, {},
                                as_of_us=0, spill=tmp_path / "spill")
        return [finding_of(d, outcome.profile) for d in outcome.differences]
    return ask


@pytest.mark.parametrize("record", ["erp", "wms"])
@pytest.mark.parametrize("erp,wms", [
    ("123456789012345678", 123456789012345678), ("123456789012345678", 123456789012345000),
    ("9007199254740993", 9007199254740992), ("00123456789012345678", 123456789012345000)])
def test_a_spreadsheet_keeps_fifteen_digits(of_a_workbook, erp, wms, record):
    (found,) = of_a_workbook([erp], [wms], record)
    (cause,) = found["causes"]
    assert (cause["cause"], cause["systems"]) == ("SCIENTIFIC_NOTATION", ["wms"])
    assert found["key"] == erp and cause["evidence"]["digits_kept"] == 15
    assert "which keeps 15 digits" in cause["sentence"]["en"] and "只保留了 15 位" in cause["sentence"]["zh"]


@pytest.mark.parametrize("erp,wms", [
    (["123456789012345678", "123456789012345679"], [123456789012345000]),  # either may be meant
    (["123456789012345678"], [123456789012346000]), (["12345678901234567"], [123456789012345000])])
def test_what_a_spreadsheet_has_cut_is_not_guessed(of_a_workbook, erp, wms):
    causes = [f["causes"][0]["cause"] for f in of_a_workbook(erp, wms)]
    assert len(causes) == len(erp) + len(wms) and not {"SCIENTIFIC_NOTATION", "TYPO", "TRUNCATED"} & set(causes)


def test_a_long_key_typed_as_text_was_not_cut(of_a_workbook):
    (found,) = of_a_workbook(["9007199254740993"], ["9007199254740992"])
    assert found["causes"][0]["cause"] == "TYPO"


def numbered(count, off, more=()):
    """ERP writes 0001001, WMS writes WMS-1001; the quantities of those in `off` disagree."""
    erp = [{"k": f"000{1001 + n}", "qty": str(40 + n), "amount": str(7 * n + 3), "item": "M-01"} for n in range(count)]
    wms = [{**row, "k": f"WMS-{row['k'][3:]}", "qty": str(int(row["qty"]) + (n in off))} for n, row in enumerate(erp)]
    return {"erp": erp, "wms": [*wms, *more]}


def test_what_enough_clean_pairs_prove_pairs_the_others_too(tmp_path):
    found = findings_of(tmp_path, PROFILE, numbered(20, range(1, 20, 2)))
    assert len(found) == 30 and {f["kind"] for f in found} == {"missing", "value"}
    formats = [f["causes"][0] for f in found if f["kind"] == "missing"]
    assert {c["cause"] for c in formats} == {"KEY_FORMAT"}
    assert sorted(c["confidence"] for c in formats) == ["certain"] * 10 + ["group"] * 10
    by_pattern = formats[1]
    assert by_pattern["evidence"]["agreeing"] == 10
    assert by_pattern["sentence"]["en"].endswith(
        "10 other keys are written in the same two ways and agree in their values.")
    value = next(f for f in found if f["kind"] == "value")
    assert (value["key"], value["field"], value["values"]) == ("0001002", "qty", {"erp": "41", "wms": "42"})


@pytest.mark.parametrize("rows", [
    numbered(20, range(11)),  # more disagree than agree
    numbered(5, [0]),  # four alike prove nothing
    numbered(20, [0], [{"k": "WMS-01001", "qty": "40", "amount": "3", "item": "M-02"}]),  # two partners
    {**numbered(20, ()), "erp": [*numbered(20, ())["erp"], {"k": "X-77001", **ROW}],
     "wms": [*numbered(20, ())["wms"], {"k": "WMS-77001", **ROW, "qty": "18"}]},  # other letters
])
def test_nothing_is_paired_by_a_pattern_without_proof(tmp_path, rows):
    found = findings_of(tmp_path, PROFILE, rows)
    causes = [f["causes"][0] for f in found]
    assert not [c for c in causes if c["cause"] == "KEY_FORMAT" and c["confidence"] == "group"]
    assert not [f for f in found if f["kind"] == "value"]
