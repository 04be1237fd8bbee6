"""What do texts mean: numbers, times, codes at their edges; and does the database read plain ones alike?"""
from decimal import Decimal

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reconciliation.profile import KeyRule
from reconciliation.reading_sql import key_sql, number_sql, smooth_already, smooth_sql, time_sql
from reconciliation.values import (
    Unreadable,
    fixed_offset_us,
    local_us,
    read_flag,
    read_money,
    read_number,
    read_time,
    show_number,
    show_time,
    smooth,
    smooth_key,
)

pytestmark = pytest.mark.pure
DB = duckdb.connect(":memory:")


@pytest.mark.parametrize(("text", "micro"), [
    ("12.5", 12_500_000), ("-0", 0), ("+7", 7_000_000), ("1,234.50", 1_234_500_000), ("１２．５", 12_500_000),
    ("(12.50)", -12_500_000), ("12.50-", -12_500_000), ("1.2E+3", 1_200_000_000), ("1.2万", 12_000_000_000),
    ("0.0000005", 0), ("0.0000015", 2), (".5", 500_000), ("  ", None), ("", None), ("−3", -3_000_000),
])
def test_numbers(text, micro):
    assert read_number(text) == micro


@pytest.mark.parametrize("text", ["NaN", "inf", "12a", "1,23", "--1", "1 2", "9" * 30, "1e999"])
def test_what_is_no_number_is_unreadable(text):
    with pytest.raises(Unreadable):
        read_number(text)


def test_european_decimals_only_where_declared():
    assert read_number("1.234,50", ",") == 1_234_500_000
    with pytest.raises(Unreadable):
        read_number("1.234,50")


def test_money_knows_its_currency():
    assert read_money("¥1,000.00") == (1_000_000_000, "CNY")
    assert read_money("USD 12") == (12_000_000, "USD") and read_money("12 EUR") == (12_000_000, "EUR")


@pytest.mark.parametrize(("text", "shown"), [
    ("2026-11-24 00:00:00", "2026-11-23T16:00:00Z"), ("2026-11-24T10:00:00Z", "2026-11-24T10:00:00Z"),
    ("2026-11-24T10:00:00+08:00", "2026-11-24T02:00:00Z"), ("2026/1/5 8:05", "2026-01-05T00:05:00Z"),
    ("2026年11月24日 08时00分", "2026-11-24T00:00:00Z"), ("20261124080000", "2026-11-24T00:00:00Z"),
    ("2026-11-24T08:00:00.000001", "2026-11-24T00:00:00.000001Z"), ("1763942400", "2025-11-24T00:00:00Z"),
    ("1763942400123", "2025-11-24T00:00:00.123000Z"), ("2026-11-24", "2026-11-23T16:00:00Z"),
])
def test_times(text, shown):
    assert show_time(read_time(text, "Asia/Shanghai")) == shown


@pytest.mark.parametrize("text", ["2026-13-01", "2026-02-30 10:00:00", "24/11/2026", "soon", "2026-11-24 24:00:00"])
def test_what_is_no_time_is_unreadable(text):
    with pytest.raises(Unreadable):
        read_time(text, "Asia/Shanghai")


def test_own_formats_and_day_first():
    assert show_time(read_time("24.11.2026 10:00", "UTC", ("%d.%m.%Y %H:%M",))) == "2026-11-24T10:00:00Z"
    assert show_time(read_time("24/11/2026", "UTC", (), True)) == "2026-11-24T00:00:00Z"
    assert show_time(read_time("46350.5", "UTC", ("excel",))) == "2026-11-24T12:00:00Z"


def test_midnight_is_local():
    us = read_time("2026-11-23T16:00:00Z")
    assert local_us(us, "Asia/Shanghai") % 86_400_000_000 == 0 != us % 86_400_000_000
    assert fixed_offset_us("Asia/Shanghai") == 28_800_000_000 and fixed_offset_us("Europe/Berlin") is None


def test_smoothing():
    assert smooth(" ｓｏ-００12 ", ("trim", "nfkc", "upper", "no_punctuation")) == "SO0012"
    assert smooth("0000", ("strip_zeros",)) == "0" and smooth("", ("strip_zeros",)) == ""
    assert smooth("WMS-123-R", ("trim",), ("WMS-",), ("-R",)) == "123"
    assert read_flag("是") is True and read_flag("0") is False and read_flag("") is None


@settings(deadline=None)
@given(st.decimals(min_value=Decimal(-10) ** 12, max_value=Decimal(10) ** 12, places=6))
def test_numbers_survive_being_shown(number):
    assert read_number(show_number(int(number * 1_000_000))) == int(number * 1_000_000)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet="0123456789.-+, eE万¥aN", max_size=14), min_size=1, max_size=30))
def test_the_database_reads_plain_numbers_as_python_does(texts):
    value, plain = number_sql("t")
    for text, micro, is_plain in DB.execute(
            f"SELECT t, {value}, {plain} FROM (SELECT unnest($1::VARCHAR[]) AS t)", [texts]).fetchall():
        if is_plain:
            assert read_number(text) == micro


@settings(max_examples=60, deadline=None)
@given(st.lists(st.datetimes(min_value=__import__("datetime").datetime(1992, 1, 1),
                             max_value=__import__("datetime").datetime(2049, 1, 1)), min_size=1, max_size=20),
       st.sampled_from(["Asia/Shanghai", "UTC", "Europe/Berlin"]), st.sampled_from([" ", "T"]), st.booleans())
def test_the_database_reads_plain_times_as_python_does(moments, zone, between, is_utc):
    texts = [m.isoformat(between) + ("Z" if is_utc else "") for m in moments]
    value, plain = time_sql("t", zone)
    for text, us, is_plain in DB.execute(
            f"SELECT t, {value}, {plain} FROM (SELECT unnest($1::VARCHAR[]) AS t)", [texts]).fetchall():
        if is_plain:
            assert read_time(text, zone) == us


@settings(max_examples=80, deadline=None)
@given(st.lists(st.text(alphabet="aB0 -_1Ａ", max_size=8), min_size=1, max_size=20),
       st.lists(st.sampled_from(["trim", "nfkc", "upper", "strip_zeros", "no_space", "no_punctuation"]), max_size=4))
@example(["0 0"], ["trim", "strip_zeros"])
def test_the_database_smooths_plain_keys_as_python_does(texts, steps):
    rule = KeyRule(("t",), normalise=tuple(steps), strip_prefix=("B0", "a"), strip_suffix=("1", "B"))
    for (sql, plain), ask in ((smooth_sql("t", steps), lambda t: smooth(t, steps)),
                              (key_sql(["t"], rule), lambda t: smooth_key(rule, t))):
        for text, smoothed, is_plain in DB.execute(
                f"SELECT t, {sql}, {plain} FROM (SELECT unnest($1::VARCHAR[]) AS t)", [texts]).fetchall():
            if is_plain:
                assert (ask(text) or None) == smoothed


@settings(max_examples=120, deadline=None)
@given(st.lists(st.text(alphabet="aB01 -_[\t\n\x1c\x7f\xa0Ａ華", max_size=6), min_size=1, max_size=20),
       st.lists(st.sampled_from(["trim", "nfkc", "upper", "strip_zeros", "no_space", "no_punctuation"]), max_size=4))
@example(["SO-1", "so-1", "0", "01", "A B", "A\tB"], ["trim", "upper", "strip_zeros"])
@example(["SO-1", "so-1", "0", "01", "A B", "A\tB"], [])
def test_keys_that_are_told_to_be_smooth_already_are(texts, steps):
    rule = KeyRule(("t",), normalise=tuple(steps))
    found = DB.execute(f"SELECT t, {smooth_already(['t'], rule)} FROM (SELECT unnest($1::VARCHAR[]) AS t)",
                       [texts]).fetchall()
    for text, is_smooth in found:
        assert not is_smooth or smooth_key(rule, text) == text
    if "SO-1" in texts and not steps:
        assert (("SO-1", True) in found)


def test_keys_that_are_cut_or_joined_are_never_told_so():
    assert smooth_already(["t"], KeyRule(("t",), strip_prefix=("SO",))) == ""
    assert smooth_already(["t", "u"], KeyRule(("t", "u"))) == ""
