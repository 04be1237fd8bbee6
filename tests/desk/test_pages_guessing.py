"""Are the columns of two strange files put together, by name and by content?"""

import pytest

from desk.files.bad_cells import Checker
from desk.files.guessing import common_prefix, concept_of, date_order, days_of, describe, pair
from desk.files.profile import MONTH_FIRST, build_tree, reading_of, system_name
from reconciliation.profile_yaml import build_profile

pytestmark = pytest.mark.pure


def pairs(guess, a, b):
    return {a[one].name: (b[other].name, kind) for one, other, kind in guess.fields}


@pytest.mark.parametrize(
    ("name", "concept"),
    [
        ("订单号", "key"),
        ("Order No.", "key"),
        ("order_date", "time"),
        ("实发数量", "quantity"),
        ("总金额", "money"),
        ("状态", "code"),
        ("Menge", ""),
        ("客户名称", "customer"),
        ("Qty", "quantity"),
        ("doc_no", "key"),
        ("beat", ""),
    ],
)
def test_what_a_name_speaks_of(name, concept):
    assert concept_of(name) == concept


def test_by_content_alone():
    a = describe(["x", "y", "z"], [[f"K{n}", str(n * 7 % 50), "2026-01-02"] for n in range(30)])
    b = describe(["p", "q", "r"], [["2026/01/02", f"{n * 7 % 50}.0", f"k{n}"] for n in reversed(range(30))])
    guess = pair(a, b)
    assert (a[guess.key_a].name, b[guess.key_b].name, guess.shared) == ("x", "r", 30)
    assert pairs(guess, a, b)["y"] == ("q", "number")


def test_a_prefix_before_every_key_is_cut():
    a = describe(["单号", "数量"], [[f"{n}", n] for n in range(1000, 1040)])
    b = describe(["doc", "qty"], [[f"WMS-{n}", n] for n in range(1000, 1040)])
    guess = pair(a, b)
    assert (guess.prefix_a, guess.prefix_b, guess.shared) == ("", "WMS-", 40)
    assert pairs(guess, a, b) == {"数量": ("qty", "quantity")}
    assert common_prefix(["AB-1", "CD-2"]) == "" and common_prefix(["AB-1", "AB-2"]) == "AB-"


def test_numbers_never_go_with_dates_and_nothing_breaks_on_empty_files():
    a = describe(["n", "v"], [[f"A{n}", n] for n in range(20)])
    b = describe(["n", "v"], [[f"A{n}", f"2026-11-{n + 1:02d}"] for n in range(20)])
    assert "v" not in pairs(pair(a, b), a, b)
    empty = describe(["a"], [])
    assert pair(empty, empty).shared == 0
    assert pair(describe([], []), empty).fields == []


def test_the_profile_that_comes_of_it_is_valid():
    tree = build_tree(
        names=(system_name("ERP 导出 11月", "a"), system_name("///", "b")),
        keys=["单号", "doc"],
        prefixes=["", "WMS-"],
        fields=[
            ("数量", "qty", "quantity", "1"),
            ("时间", "at", "time", "3"),
            ("数量", "qty2", "number", ""),
            ("名", "n", "text", ""),
        ],
        zone="Asia/Shanghai",
        currency="CNY",
        record="b",
    )
    profile = build_profile(tree)
    assert set(profile.systems) == {"erp_导出_11月", "b"} and profile.record_system == "b"
    assert profile.fields["时间"].tolerance == 180_000_000
    assert {"数量", "数量 2"} <= set(profile.fields)


def test_eight_digits_are_a_number_of_an_order_and_no_date():
    """Numbers such as 60100298 have as many digits as a day without dashes: the key was never found."""
    a = describe(["Auftragskennung", "Menge"], [[f"601002{n:02d}", n * 3] for n in range(40)])
    b = describe(["注文", "数"], [[f"601002{n:02d}", n * 3] for n in range(40)])
    guess = pair(a, b)
    assert (a[guess.key_a].name, b[guess.key_b].name, guess.shared) == ("Auftragskennung", "注文", 40)
    assert days_of("20261128") and not days_of("60100298") and not days_of("20261340")


def test_a_foreign_word_with_the_same_values_goes_before_a_known_word_without():
    a = describe(["Numéro", "reference"], [[f"Q{n}-7", f"R{n}"] for n in range(30)])
    b = describe(["番号", "order no"], [[f"q{n}-7", f"X{n}"] for n in range(30)])
    guess = pair(a, b)
    assert (a[guess.key_a].name, b[guess.key_b].name) == ("Numéro", "番号")


def test_numbers_of_the_rows_are_no_key():
    a = describe(["p", "q"], [[n + 1, f"A{n // 2}"] for n in range(40)])
    b = describe(["r", "s"], [[n + 1, f"A{n // 2}"] for n in range(40)])
    guess = pair(a, b)
    assert (a[guess.key_a].name, b[guess.key_b].name) == ("q", "s")


def test_dates_amounts_and_codes_are_told_by_their_values():
    words = [("shipped", "已发货"), ("open", "未清"), ("held", "冻结")]
    a = describe(["k", "u", "v", "w"], [
        [f"K{n}", f"2026-11-{n % 28 + 1}", f"{n * 13}.50", words[n % 3][0]] for n in range(60)
    ])
    b = describe(["l", "x", "y", "z"], [
        [f"K{n}", words[n % 3][1], f"¥{n * 13}.50", f"{n % 28 + 1:02d}/11/2026"] for n in range(60)
    ])
    guess = pair(a, b)
    assert pairs(guess, a, b) == {"u": ("z", "time"), "v": ("y", "money"), "w": ("x", "code")}
    assert (date_order(a[1]), date_order(b[3])) == ("", "day")
    american = describe(["d"], [[f"11/{n % 28 + 1}/2026"] for n in range(60)])
    assert date_order(american[0]) == "month"


def test_two_codes_in_two_languages_belong_together():
    a = describe(["k", "w"], [[f"K{n}", ("versandt", "offen")[n % 2]] for n in range(60)])
    b = describe(["k", "z"], [[f"K{n}", ("已发货", "未清")[n % 2]] for n in range(60)])
    assert pairs(pair(a, b), a, b) == {"w": ("z", "code")}


def test_codes_that_do_not_go_with_one_another_stay_apart():
    a = describe(["k", "w"], [[f"K{n}", "ab"[n % 2]] for n in range(60)])
    b = describe(["k", "z"], [[f"K{n}", "xy"[n // 7 % 2]] for n in range(60)])
    assert "w" not in pairs(pair(a, b), a, b)


def test_dates_are_read_as_each_file_writes_them():
    tree = build_tree(
        names=("a", "b"), keys=["k", "k"], prefixes=["", ""], fields=[("t", "t", "time", "")], zone="UTC",
        currency="CNY", orders=("day", "month"),
    )
    assert tree["systems"]["a"]["day_first"] and "day_first" not in tree["systems"]["b"]
    assert tree["fields"]["t"]["formats"] == MONTH_FIRST
    build_profile(tree)


def test_bad_cells_are_named_and_rows_without_a_number_parked():
    tree = build_tree(
        names=("a", "b"), keys=["k", "k"], prefixes=["", ""], orders=("day", ""), zone="UTC", currency="CNY",
        fields=[("n", "n", "quantity", ""), ("t", "t", "time", ""), ("c", "c", "text", "")],
    )
    checker = Checker(["k", "n", "t", "c"], *reading_of(tree, "a"), sheet="Nov")
    checker.look(2, ["K1", "1,200", "28/11/2026", "x"])
    checker.look(3, ["K2", "a dozen", "31/02/2026", "x"])
    checker.look(4, [" ", "many", None, None])
    checker.look(5, ["K3", None, "", None])
    found = [(one.sheet, one.row, one.column, one.value, one.code) for one in checker.bad]
    assert found == [
        ("Nov", 3, "n", "a dozen", "quantity"), ("Nov", 3, "t", "31/02/2026", "time"), ("Nov", 4, "k", "", "no_key"),
    ]
    assert (checker.rows, checker.cells, checker.keyless) == (4, 2, 1)
