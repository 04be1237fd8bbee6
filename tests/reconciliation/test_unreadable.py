"""What is said of values that cannot be read, of rows without a key, and of a row that only one file has?"""
import openpyxl
import pytest

from reconciliation.files import compare_files
from reconciliation.findings import finding_of
from reconciliation.profile_yaml import load_profile
from tests.reconciliation.comparing import findings_of, short

pytestmark = pytest.mark.pure
PLAIN = """
version: 1
name: t
key: 单号
systems: {erp: {}, wms: {}}
fields:
  qty: {type: quantity, label: {en: quantity, zh: 数量}}
  amount: {type: money, label: {en: amount, zh: 金额}}
  day: {type: time, label: {en: delivery day, zh: 交货日}}
"""
GOOD = {"qty": "10", "amount": "12.50", "day": "2026-11-01"}


def one(tmp_path, **wms):
    rows = {"erp": [{"单号": "SO-1", **GOOD}], "wms": [{"单号": "SO-1", **GOOD, **wms}]}
    (found,) = findings_of(tmp_path, PLAIN, rows)
    assert found["kind"] == "unreadable" and len(found["causes"]) == 1
    return found["causes"][0]


@pytest.mark.parametrize("field,written,english,chinese", [
    ("qty", "约68", "WMS writes “约68” as quantity, which is not a number.", "WMS 的数量“约68”不是数字。"),
    ("qty", "9" * 30, f"WMS writes “{'9' * 30}” as quantity, which is too large a number to compare.",
     f"WMS 的数量“{'9' * 30}”数值过大，无法对账。"),
    ("amount", "12.5O", "WMS writes “12.5O” as amount, which is not a number.", "WMS 的金额“12.5O”不是数字。"),
    ("amount", "CNY 1e300", "WMS writes “CNY 1e300” as amount, which is too large a number to compare.",
     "WMS 的金额“CNY 1e300”数值过大，无法对账。"),
    ("day", "下周三", "WMS writes “下周三” as delivery day, which is not a date or time.",
     "WMS 的交货日“下周三”不是日期或时间。"),
    ("day", "2026-02-30", "WMS writes “2026-02-30” as delivery day, which is no day or time that exists.",
     "WMS 的交货日“2026-02-30”不是实际存在的日期或时刻。"),
    ("day", "10/11/2026", "WMS writes “10/11/2026” as delivery day, which does not tell the day from the month.",
     "WMS 的交货日“10/11/2026”分不清哪个是日、哪个是月。"),
    *(("day", written, f"WMS writes “{written}” as delivery day, which is a date in a form that the profile does not "
       "declare (name it under “formats”).", f"WMS 的交货日“{written}”的日期写法未在对账方案中声明（请写入 formats）。")
       for written in ("24/11/2026", "11/24/2026", "20.11.2026 10:00", "11/11/2026")),
    ("day", "30/02/2026", "WMS writes “30/02/2026” as delivery day, which is no day or time that exists.",
     "WMS 的交货日“30/02/2026”不是实际存在的日期或时刻。"),
])
def test_it_says_what_is_wrong_with_the_value(tmp_path, field, written, english, chinese):
    cause = one(tmp_path, **{field: written})
    assert (cause["cause"], cause["confidence"], cause["systems"]) == ("UNREADABLE", "certain", ["wms"])
    assert cause["sentence"] == {"en": english, "zh": chinese}
    assert cause["evidence"]["unread"][0]["raw"] == written


@pytest.mark.parametrize("more,written,why", [
    ("day_first: true", "24/13/2026", "no_such_day"), ("", "24/11/2026", "not_declared"),
    ("", "10/11/2026", "not_declared")])
def test_a_date_that_fits_no_declared_form_is_not_called_ambiguous(tmp_path, more, written, why):
    profile = PLAIN.replace("wms: {}", f"wms: {{{more}}}")
    profile = profile if more else profile.replace("day: {type: time,", "day: {type: time, formats: ['%Y-%m-%d'],")
    rows = {"erp": [{"单号": "SO-1", **GOOD}], "wms": [{"单号": "SO-1", **GOOD, "day": written}]}
    (found,) = findings_of(tmp_path, profile, rows)
    assert found["causes"][0]["evidence"]["unread"][0]["why"] == why


def test_each_system_is_told_of_what_it_wrote(tmp_path):
    rows = {"erp": [{"单号": "SO-1", **GOOD, "qty": "zehn"}], "wms": [{"单号": "SO-1", **GOOD, "qty": "?"}]}
    (found,) = findings_of(tmp_path, PLAIN, rows)
    assert found["causes"][0]["sentence"]["en"] == \
        "ERP writes “zehn” as quantity, which is not a number; WMS writes “?” as quantity, which is not a number."


def test_of_a_sum_the_row_that_cannot_be_read_is_shown(tmp_path):
    profile = PLAIN + 'cardinality: {kind: "1:n", many: {wms: order}}\n'
    rows = {"erp": [{"单号": "SO-1", **GOOD}],
            "wms": [{"单号": "D1", "order": "SO-1", **GOOD, "qty": "4"},
                    {"单号": "D2", "order": "SO-1", **GOOD, "qty": "six"}]}
    found = next(f for f in findings_of(tmp_path, profile, rows) if f["kind"] == "unreadable")
    assert found["causes"][0]["sentence"]["en"] == "WMS writes “six” as quantity, which is not a number."


@pytest.fixture
def named(tmp_path):
    """Compares two files under their own names; the differences as findings."""
    def ask(profile, files):
        spill = tmp_path / "spill"
        spill.mkdir(exist_ok=True)
        outcome = compare_files(load_profile(profile), profile, files, {}, as_of_us=0, spill=spill)
        return [finding_of(d, outcome.profile) for d in outcome.differences]
    return ask


HEAD = "单号,qty,amount,day\n"
ROW = "10,12.50,2026-11-01\n"


def test_a_row_without_a_key_is_named_by_file_and_row(tmp_path, named):
    (tmp_path / "erp.csv").write_text(HEAD + "SO-1," + ROW, encoding="utf-8")
    (tmp_path / "八月出库.csv").write_text(HEAD + "SO-1," + ROW + "," + ROW, encoding="utf-8")
    (found,) = named(PLAIN, {"erp": tmp_path / "erp.csv", "wms": tmp_path / "八月出库.csv"})
    (cause,) = found["causes"]
    assert (found["values"], cause["cause"], cause["systems"]) == ({"wms": 1}, "NO_KEY", ["wms"])
    assert cause["sentence"] == {
        "en": "WMS: row 3 of “八月出库.csv” has no “单号”. Nothing can be held against it: fill it in there and "
              "compare again.",
        "zh": "WMS：文件“八月出库.csv”第 3 行没有“单号”，无法与其他系统匹配，请补填后重新对账。"}


def test_many_rows_without_a_key_are_counted(tmp_path, named):
    (tmp_path / "erp.csv").write_text(HEAD + "SO-1," + ROW, encoding="utf-8")
    (tmp_path / "wms.csv").write_text(HEAD + ("," + ROW) * 5 + "SO-1," + ROW, encoding="utf-8")
    (found,) = named(PLAIN, {"erp": tmp_path / "erp.csv", "wms": tmp_path / "wms.csv"})
    assert found["causes"][0]["sentence"]["en"].startswith("WMS: rows 2, 3, 4 and 2 more of “wms.csv” have no “单号”.")
    assert found["causes"][0]["sentence"]["zh"].startswith("WMS：文件“wms.csv”第 2、3、4 等 5 行没有“单号”，")


def test_rows_of_a_workbook_are_counted_as_excel_counts_them(tmp_path, named):
    (tmp_path / "erp.csv").write_text(HEAD + "SO-1," + ROW, encoding="utf-8")
    book = openpyxl.Workbook()
    for row in (["单号", "qty", "amount", "day"], ["SO-1", 10, 12.5, "2026-11-01"], [None] * 4,
                [None, 10, 12.5, "2026-11-01"]):
        book.active.append(row)
    book.save(tmp_path / "wms.xlsx")
    (found,) = named(PLAIN, {"erp": tmp_path / "erp.csv", "wms": tmp_path / "wms.xlsx"})
    assert "row 4 of “wms.xlsx”" in found["causes"][0]["sentence"]["en"]


def test_empty_lines_and_rows_out_of_scope_are_no_rows_without_a_key(tmp_path, named):
    profile = PLAIN.replace("wms: {}", "wms: {scope: [{column: qty, not_in: ['0']}]}")
    (tmp_path / "erp.csv").write_text(HEAD + "SO-1," + ROW, encoding="utf-8")
    (tmp_path / "wms.csv").write_text(HEAD + "SO-1," + ROW + ",,,\n,0,,\n", encoding="utf-8")
    assert named(profile, {"erp": tmp_path / "erp.csv", "wms": tmp_path / "wms.csv"}) == []


@pytest.mark.parametrize("wms", [{"qty": "约68"}, {"qty": "约68", "amount": "?", "day": "soon"}])
def test_a_row_that_only_one_file_has_is_one_difference(tmp_path, wms):
    rows = {"erp": [{"单号": "SO-1", **GOOD}], "wms": [{"单号": "SO-1", **GOOD}, {"单号": "SO-2", **GOOD, **wms}]}
    assert short(findings_of(tmp_path, PLAIN, rows)) == [("SO-2", "missing", None)]


def test_what_two_of_three_hold_is_still_read(tmp_path):
    profile = PLAIN.replace("wms: {}", "wms: {}, crm: {}")
    rows = {"erp": [{"单号": "SO-1", **GOOD}], "wms": [{"单号": "SO-1", **GOOD, "qty": "约68"}],
            "crm": [{"单号": "X", **GOOD}]}
    assert ("SO-1", "unreadable", "qty") in short(findings_of(tmp_path, profile, rows))


SPLIT = PLAIN.replace("wms: {}", "wms: {evidence: {parent: parent}}")


def test_an_order_whose_parts_do_not_add_up_is_one_difference(tmp_path):
    parts = [{"单号": f"SO-1-{n}", **GOOD, "qty": qty, "amount": "6.25", "parent": "SO-1"}
             for n, qty in ((1, 4), (2, 5))]
    (found,) = findings_of(tmp_path, SPLIT, {"erp": [{"单号": "SO-1", **GOOD}], "wms": parts})
    assert (found["key"], found["kind"], found["values"]["wms"]) == ("SO-1", "cardinality", "SO-1-1 + SO-1-2")
    (cause,) = found["causes"]
    assert cause["sentence"] == {
        "en": "WMS split the order into SO-1-1, SO-1-2, but the parts do not add up to it: quantity 9 instead of 10.",
        "zh": "WMS 将该订单拆分为 SO-1-1、SO-1-2，但合计与原单不符：数量合计 9，应为 10。"}


def test_parts_that_name_no_parent_are_taken_for_others(tmp_path):
    parts = [{"单号": f"SO-1-{n}", **GOOD, "qty": qty, "parent": ""} for n, qty in ((1, 4), (2, 5))]
    found = findings_of(tmp_path, SPLIT, {"erp": [{"单号": "SO-1", **GOOD}], "wms": parts})
    assert {f["kind"] for f in found} == {"missing"}


UNITS = PLAIN.replace("qty: {type: quantity,", "qty: {type: quantity, unit: unit, base_unit: PCS,")


def of_units(tmp_path, erp, wms, tables=None):
    rows = {"erp": [{"单号": "SO-1", **GOOD, "unit": "PCS", "qty": erp}],
            "wms": [{"单号": "SO-1", **GOOD, "qty": wms[0], "unit": wms[1]}]}
    found = findings_of(tmp_path, UNITS, rows, tables)
    return [cause["cause"] for cause in found[0]["causes"]] if found else [], found


def test_an_unknown_unit_is_named(tmp_path):
    causes, found = of_units(tmp_path, "1260", ("35", "托"))
    assert causes == ["UNIT_UNKNOWN"]
    assert found[0]["causes"][0]["confidence"] == "hypothesis"
    assert found[0]["causes"][0]["sentence"] == {
        "en": "WMS counts in “托”, a unit in no table: its number was taken as it stands.",
        "zh": "WMS 的单位“托”未在单位表中定义，数量按原数参与对账。"}


@pytest.mark.parametrize("wms,expected", [
    (("35", "BOX"), []), (("36", "BOX"), "UNIT_UNKNOWN"), (("35", "pcs"), "UNIT_UNKNOWN"),
    (("35", ""), "UNIT_UNKNOWN")])
def test_a_known_unit_is_not(tmp_path, wms, expected):
    causes, _found = of_units(tmp_path, "1260", wms, {"units": [{"item": "", "unit": "BOX", "factor": "36"}]})
    assert causes == expected if expected == [] else expected not in causes
