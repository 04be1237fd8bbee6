"""Are the columns of two strange files put together, by name and by content?"""

import pytest

from desk.files.guessing import common_prefix, concept_of, describe, pair
from desk.files.profile import build_tree, system_name
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
