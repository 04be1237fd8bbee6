"""Does a first draft find the keys of two and three tables, what to smooth in them, and which codes mean the same?"""

import pytest

from desk.files.guessing import describe
from desk.profiles.guessing import Table, first_tree, guess
from reconciliation.preview import preview
from reconciliation.profile_yaml import build_profile, load_profile, write_yaml

pytestmark = pytest.mark.pure

ERP = (["凭证号", "数量", "金额", "状态"],
       [[f"0000{4100 + n}", str(10 + n), f"{100 + n}.00", ["OPEN", "DONE"][n % 2]] for n in range(40)])
WMS = (["单据", "件数", "进度"],
       [[f" {4100 + n}", str(10 + n + 5 * (n == 7)), ["待发", "已发"][n % 2]] for n in range(39)])
CRM = (["Ref", "Value", "Extra"], [[f"４{100 + n}", f"{100 + n}.00", "x"] for n in range(40)])


def tables(*given):
    return [Table(name, {"en": name, "zh": name}, describe(*one)) for name, one in given]


def drafted(*given):
    made = tables(*given)
    return first_tree(made, guess(made), zone="Asia/Shanghai", currency="CNY", title={"en": "t", "zh": "t"})


def seen(tree, *given):
    return preview(build_profile(tree), dict(given))


def test_keys_meet_through_zeros_blanks_and_full_width_signs():
    given = [("erp", ERP), ("wms", WMS), ("crm", CRM)]
    tree = drafted(*given)
    keys = [tree["systems"][name]["key"]["columns"] for name in ("erp", "wms", "crm")]
    assert keys == [["凭证号"], ["单据"], ["Ref"]]
    assert set(tree["systems"]["erp"]["key"]["normalise"]) == {"trim", "nfkc", "strip_zeros"}
    found = seen(tree, *given)
    assert (found.matched, found.equal, found.partial) == (39, 38, [(("crm", "erp"), 1)])
    assert [(one.key, one.values) for one in found.examples if one.field] == [("4107", {"erp": "17", "wms": "22"})]


def test_columns_of_three_tables_belong_together_and_codes_are_told_apart():
    tree = drafted(("erp", ERP), ("wms", WMS), ("crm", CRM))
    columns = {tuple(sorted(one["columns"].items())): one for one in tree["fields"].values()}
    assert (("erp", "数量"), ("wms", "件数")) in columns and (("crm", "Value"), ("erp", "金额")) in columns
    assert columns[("erp", "状态"), ("wms", "进度")]["map"] == {"待发": "OPEN", "已发": "DONE"}


def test_no_step_is_proposed_that_no_key_needs():
    plain = (["No", "Qty"], [[f"A-{n}", str(n * 3)] for n in range(30)])
    tree = drafted(("a", plain), ("b", plain))
    assert tree["systems"]["a"]["key"]["normalise"] == ["trim"]


def test_units_and_currencies_beside_a_number_are_not_fields_of_their_own():
    one = ["单号", "数量", "单位", "金额", "币种"], [[f"K{n}", str(n + 1), "件", f"{n}.50", "CNY"] for n in range(30)]
    tree = drafted(("a", one), ("b", one))
    assert set(tree["fields"]) == {"数量", "金额"}
    assert tree["fields"]["数量"]["unit"] == {"a": "单位", "b": "单位"} and tree["fields"]["数量"]["base_unit"] == "件"
    assert tree["fields"]["金额"]["currency"] == {"a": "币种", "b": "币种"}


def test_factors_of_a_profile_turn_boxes_into_pieces():
    tree = {"version": 1, "systems": {"a": {"key": "k"}, "b": {"key": "k"}}, "fields": {"q": {
        "type": "quantity", "column": "q", "unit": "u", "base_unit": "件", "factors": {"箱": 12}}}}
    pieces, boxes = (["k", "q", "u"], [["1", "24", "件"]]), (["k", "q", "u"], [["1", "2", "箱"]])
    assert seen(tree, ("a", pieces), ("b", boxes)).equal == 1
    tree["fields"]["q"]["factors"] = {"箱": 10}
    assert seen(tree, ("a", pieces), ("b", boxes)).equal == 0


def test_yaml_says_the_same_profile():
    tree = drafted(("erp", ERP), ("wms", WMS), ("crm", CRM))
    assert load_profile(write_yaml(tree)) == build_profile(tree)
    assert write_yaml(tree).startswith("version: 1\nname:")


def test_a_preview_counts_copies_and_rows_without_a_number():
    tree = {"version": 1, "systems": {"a": {"key": "k"}, "b": {"key": "k"}}, "fields": {}}
    found = seen(tree, ("a", (["k"], [["1"], ["1"], [None]])), ("b", (["k"], [["1"], ["2"]])))
    assert (found.matched, found.doubled, found.keyless, found.partial) == (1, {"a": 1}, {"a": 1}, [(("b",), 1)])
