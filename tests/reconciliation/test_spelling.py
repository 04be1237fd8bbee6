"""Is it told in what two spellings of one key are apart, and which record the other one is?"""
import pytest

from reconciliation.spelling import STEPS, how_apart
from tests.reconciliation.comparing import findings_of

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
