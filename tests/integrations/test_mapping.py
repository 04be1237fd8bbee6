"""Does a mapping read every value exactly, and does a bad value never do more harm than it must?"""
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations import converters
from integrations.expressions import MAX_LENGTH, compile_expression
from integrations.mapping import MAX_ROW, compile_mapping, payload_hash
from integrations.mapping_sets import compile_mappings
from integrations.time_dialects import read_time, utc_text, zone_named
from integrations.unreadable import REASONS, BadMapping, BadValue, UnreadableRow

pytestmark = pytest.mark.pure

SHANGHAI = zone_named("Asia/Shanghai")
SPEC = {
    "system": "erp", "entity": "order", "mapping_version": 3, "zone": "Asia/Shanghai", "orders_by": "version",
    "envelope": ["id"], "key": "no", "order_number": "strip0(no)", "version": "v", "message_id": "id",
    "occurred_at": {"from": ["day", "clock"], "dialect": "compact"},
    "status": {"from": "state", "table": "states"},
    "fields": {
        "quantity_m": {"from": "qty", "as": "quantity", "unit": "uom", "units": "u", "unit_of": "item"},
        "amount_minor": {"from": "amount", "as": "money", "currency": "cur"},
        "unit_price_u": {"from": "price", "as": "price", "per": "per"},
        "promised_at": {"from": "promise", "as": "time"},
        "customer": "account.id",
    },
    "facts": {"ordered": "made"},
    "tables": {"states": {"A": ["commercial", "confirmed"]}},
    "units": {"u": {"件": ["pcs", 1], "箱": ["pcs", "12"], "M1/箱": ["pcs", "24"], "千件": ["pcs", "1000"]}},
}
ROW = {
    "id": "m1", "no": "0007", "v": 2, "day": "20261124", "clock": "093000", "state": "A", "qty": "1,200.5",
    "uom": "箱", "item": "M1", "amount": "１２３.４５", "cur": "RMB", "price": "1.25", "per": "100",
    "promise": "2026-11-30T17:00:00+08:00", "account": {"id": " C９ "}, "made": "2026/11/24 08:00:00",
}


def read(**changes):
    return compile_mapping(SPEC).read({**ROW, **changes})


def test_a_row_becomes_a_statement():
    said, notes = read()
    assert notes == ()
    assert (said.key, said.order_number, said.version, said.mapping_version) == ("0007", "7", "2", "erp.order/3")
    assert said.occurred_at == datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
    assert (said.occurred_raw, said.occurred_zone) == ("20261124 093000", "Asia/Shanghai")
    assert said.data == {
        "axis": "commercial", "status": "confirmed", "unit": "pcs", "quantity_m": 28_812_000, "currency": "CNY",
        "amount_minor": 12_345, "unit_price_u": 12_500, "promised_at": "2026-11-30T09:00:00Z", "customer": "C9",
        "facts": {"ordered": "2026-11-24T00:00:00Z"},
    }
    json.dumps(said.data)


def test_a_column_named_like_the_path_counts_as_the_path():
    row = {name: value for name, value in ROW.items() if name != "account"}
    assert compile_mapping(SPEC).read({**row, "account.id": "C9"}).statement.data["customer"] == "C9"


@pytest.mark.parametrize(("changes", "field", "code"), [
    ({"qty": "zwölf"}, "quantity_m", "UNREADABLE_NUMBER"), ({"uom": "托"}, "quantity_m", "UNKNOWN_UNIT"),
    ({"qty": "0.00001"}, "quantity_m", "NOT_EXACT"), ({"amount": "1.005"}, "amount_minor", "NOT_EXACT"),
    ({"cur": "Yuan"}, "amount_minor", "UNKNOWN_CURRENCY"), ({"state": "Q"}, "status", "STATUS_UNMAPPED"),
    ({"promise": "soon"}, "promised_at", "UNREADABLE_TIME"), ({"made": "9999-12-31"}, "ordered", "TIME_OUT_OF_RANGE"),
    ({"qty": "9" * 19}, "quantity_m", "NUMBER_TOO_LARGE"), ({"account": {"id": [1]}}, "customer", "NOT_TEXT"),
    ({"v": "x" * 41}, "version", "TOO_LONG"),
])
def test_a_bad_optional_field_is_left_out_and_told(changes, field, code):
    said, notes = read(**changes)
    assert [(note.field, note.code) for note in notes] == [(field, code)]
    assert notes[0].sentence % notes[0].params
    assert field not in said.data and field not in said.data.get("facts", {})
    whole = read().statement.data
    assert all(said.data[name] == whole[name] for name in said.data if name not in ("facts", "unit"))


def test_an_unknown_status_is_kept_as_written():
    said, _ = read(state="Q")
    assert said.status_raw == "Q" and "status" not in said.data


@pytest.mark.parametrize(("changes", "code"), [
    ({"no": None}, "MISSING_KEY"), ({"no": " "}, "MISSING_KEY"), ({"day": None}, "MISSING_VALUE"),
    ({"day": "20261340"}, "UNREADABLE_TIME"), ({"no": "9" * 81}, "TOO_LONG"),
    ({"extra": "x" * (MAX_ROW + 1)}, "ROW_TOO_LARGE"),
])
def test_a_bad_mandatory_field_refuses_the_row_with_a_sentence(changes, code):
    with pytest.raises(UnreadableRow) as refused:
        read(**changes)
    assert refused.value.code == code and str(refused.value) and refused.value.sentence == REASONS[code]


@pytest.mark.parametrize("row", [None, [], "x", 3, {1: object()}])
def test_what_is_no_row_is_refused(row):
    with pytest.raises(UnreadableRow):
        compile_mapping(SPEC).read(row)


def test_a_deep_row_is_refused_not_fatal():
    deep = {}
    for _ in range(100_000):
        deep = {"a": deep}
    with pytest.raises(UnreadableRow):
        compile_mapping(SPEC).read({**ROW, "deep": deep})
    while deep:  # taken apart by hand: freeing it in one go would recurse as deeply
        deep = deep.pop("a")


def test_a_required_field_refuses_the_row():
    spec = {**SPEC, "fields": {**SPEC["fields"], "quantity_m": {**SPEC["fields"]["quantity_m"], "required": True}}}
    for bad in ("many", None, ""):
        with pytest.raises(UnreadableRow):
            compile_mapping(spec).read({**ROW, "qty": bad})


def test_the_envelope_does_not_change_the_hash_and_all_else_does():
    assert read(id="m2").statement.payload_hash == read().statement.payload_hash
    assert read(qty="7").statement.payload_hash != read().statement.payload_hash
    assert payload_hash(dict(reversed(ROW.items())), {"id"}) == read().statement.payload_hash


@pytest.mark.parametrize(("change", "code"), [
    ({"key": ""}, "MISSING_PART"), ({"entity": "thing"}, "MISSING_PART"), ({"zone": "Mars/Base"}, "UNKNOWN_ZONE"),
    ({"zone": "../etc/passwd"}, "UNKNOWN_ZONE"), ({"fields": {"colour": "x"}}, "UNKNOWN_FIELD"),
    ({"facts": {"eaten": "x"}}, "UNKNOWN_FIELD"),
    ({"occurred_at": {"from": "a", "dialect": "mayan"}}, "UNKNOWN_DIALECT"),
    ({"fields": {"customer": {"from": "a", "as": "eval"}}}, "UNKNOWN_CONVERTER"),
    ({"fields": {"customer": {"from": "a", "as": "occurred"}}}, "UNKNOWN_CONVERTER"),
    ({"tables": {"states": {"A": ["commercial", "happy"]}}}, "UNKNOWN_STATUS"),
    ({"units": {"u": {"箱": ["pcs", "0"]}}}, "BAD_FACTOR"), ({"key": "a b c("}, "BAD_EXPRESSION"),
])
def test_a_bad_mapping_is_refused_when_it_is_made(change, code):
    with pytest.raises(BadMapping) as refused:
        compile_mapping({**SPEC, **change})
    assert refused.value.code == code and str(refused.value)


def test_a_system_without_a_mapping_for_the_stream_refuses_the_row():
    mappings = compile_mappings({"system": "erp", "streams": {"order": SPEC}}, version=9)
    assert mappings.read("order", ROW).statement.mapping_version == "erp.order/9"
    with pytest.raises(UnreadableRow):
        mappings.read("invoice", ROW)


# expressions


@pytest.mark.parametrize("text", [
    "a" * (MAX_LENGTH + 1), "__import__('os')", "a.__class__.__mro__()", "map(&a, b)", "sort_by(a, &b)",
    "[@,@]|[@,@]|[@,@]|[@,@]|[@,@]|[@,@]|[@,@]|[@,@]|[@,@]", "eval('1')", "a" + ".a" * 130, "", None, 3,
])
def test_an_expression_that_could_do_more_than_pick_is_refused(text):
    with pytest.raises(BadMapping):
        compile_expression(text)


def test_there_is_no_way_to_attributes():
    row = {"name": "x", "text": "abc"}
    for text in ("name.__class__", "__class__", "text.upper", "items", "@.keys"):
        assert compile_expression(text)(row) is None


def test_functions_cannot_grow_a_huge_text():
    grown = "text"
    for _ in range(12):
        grown = f"replace({grown}, 'a', 'aaaaaaaaaa')"
    with pytest.raises(BadValue):
        compile_expression(grown)({"text": "a"})


@pytest.mark.parametrize(("text", "value"), [
    ("strip0(no)", "42"), ("part(path, '/', `1`)", "b"), ("part(path, '/', `7`)", None), ("before(path, '/')", "a"),
    ("after(path, '/')", "b/c"), ("strip_prefix(so, 'SO-')", "9"), ("lookup('t', so)", "nine"), ("digits(so)", "9"),
    ("a.b || no", "0042"), ("zero || no", 0), ("join('-', [no, so])", "0042-SO-9"), ("lines[0].q", "0.1"),
    ("sum_decimals(lines[].q)", "0.3"), ("strip0(missing)", None), ("length(lines)", 2), ("upper(lower(so))", "SO-9"),
    ("lines[?q == '0.2'].q | [0]", "0.2"), ("strip0(zeros)", "0"),
])
def test_expressions_pick_and_tidy(text, value):
    row = {"no": "0042", "path": "a/b/c", "so": "SO-9", "zero": 0, "zeros": "000",
           "lines": [{"q": "0.1"}, {"q": "0.2"}]}
    assert compile_expression(text, {"t": {"SO-9": "nine"}})(row) == value


# numbers


@pytest.mark.parametrize(("raw", "value"), [
    ("1,234,567.5", "1234567.5"), ("１，２３４．５", "1234.5"), ("12.5-", "-12.5"), ("(12.5)", "-12.5"), ("−3", "-3"),
    ("¥1,000", "1000"), ("1 000", "1000"), ("1\u00a0000.25", "1000.25"), ("1e3", "1000"), (".5", "0.5"),
    (0.1 + 0.2, "0.3"), (12, "12"), (Decimal("0.10"), "0.1"), ("+7", "7"), ("007", "7"),
])
def test_numbers_are_read_as_people_write_them(raw, value):
    assert converters.read_decimal(raw) == Decimal(value)


@pytest.mark.parametrize("raw", [
    "", " ", "1,23", "12,3456", "1.2.3", "--1", "1e999", "约20", "二十", "0x10", "NaN", "inf", float("nan"),
    float("inf"), True, None, [], {}, "1" * 61, "1_0,0", ",", "-", "e5", "1/2", "٣٤x",
])
def test_what_is_no_number_is_refused(raw):
    with pytest.raises(BadValue):
        converters.read_decimal(raw)


def test_european_writing_is_declared_not_guessed():
    assert converters.read_decimal("1.234,5", decimal=",") == Decimal("1234.5")
    with pytest.raises(BadValue):
        converters.read_decimal("1.234,5")


def test_money_follows_its_currency():
    assert converters.minor_units("0.1", "CNY") == 10
    assert converters.minor_units("100", "JPY") == 100
    assert converters.minor_units("1.234", "KWD") == 1234
    assert converters.minor_units("1.005", "CNY", rounding=True) == 101
    assert converters.minor_units("-1.005", "CNY", rounding=True) == -101
    with pytest.raises(BadValue):
        converters.minor_units("1.5", "JPY")


@given(st.integers(-(2**62), 2**62))
def test_thousandths_written_as_decimals_come_back_exactly(thousandths):
    written = f"{'-' if thousandths < 0 else ''}{abs(thousandths) // 1000:,}.{abs(thousandths) % 1000:03d}"
    assert converters.quantity_m(written) == thousandths


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-10**12, max_value=10**12))
def test_money_is_exact(amount):
    assert converters.minor_units(str(amount), "CNY") == int(amount * 100)


@given(st.integers(0, 10**9), st.integers(1, 10**4), st.integers(1, 10**4))
def test_unit_factors_are_exact_or_refused(pieces, numerator, denominator):
    factor = Fraction(numerator, denominator)
    exact = Fraction(pieces) * factor * 1000
    if exact.denominator == 1:
        assert converters.quantity_m(pieces, factor) == exact
    else:
        with pytest.raises(BadValue):
            converters.quantity_m(pieces, factor)


@given(st.text(max_size=70))
def test_no_text_breaks_the_number_reader(text):
    try:
        value = converters.read_decimal(text)
    except BadValue:
        return
    assert value.is_finite()


@given(st.floats(-1e12, 1e12).map(lambda value: round(value, 2)))
def test_spreadsheet_floats_lose_nothing(value):
    assert converters.minor_units(value, "CNY") == int(Decimal(format(value, ".15g")) * 100)


# times

MOMENTS = st.datetimes(datetime(1991, 1, 1), datetime(2099, 1, 1)).map(lambda one: one.replace(tzinfo=UTC))


@given(MOMENTS)
def test_every_dialect_brings_the_same_moment_back(moment):
    local = moment.astimezone(SHANGHAI)
    second = moment.replace(microsecond=0)
    ms = moment - timedelta(microseconds=moment.microsecond % 1000)
    ticks = (ms - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    parts = {name: getattr(moment, name)
             for name in ("year", "month", "day", "hour", "minute", "second", "microsecond")}
    if local.utcoffset() == timedelta(hours=8) and local.replace(fold=0) == local:
        assert read_time(local.strftime("%Y%m%d %H%M%S"), "compact", SHANGHAI) == second
        assert read_time(local.strftime("%Y%m%d%H%M%S"), "sap", SHANGHAI) == second
        assert read_time(local.strftime("%Y-%m-%d %H:%M:%S"), "iso", SHANGHAI) == second
    assert read_time(local.isoformat(), "iso", None) == moment
    assert read_time(utc_text(moment), "iso", None) == moment
    assert read_time(f"/Date({ticks}+0800)/", "sap", None) == ms
    assert read_time(ticks, "epoch_ms", None) == read_time(str(ticks), "epoch_ms", None) == ms
    assert read_time({"__class__": "datetime", **parts}, "tryton", None) == moment


@pytest.mark.parametrize(("raw", "dialect"), [
    ("2026-11-24 09:30", "iso"), ("20261124 093000", "compact"),
])
def test_a_naive_time_without_a_declared_zone_is_refused(raw, dialect):
    with pytest.raises(BadValue) as refused:
        read_time(raw, dialect, None)
    assert refused.value.code == "NO_ZONE"


@given(st.one_of(st.text(max_size=40), st.integers(), st.floats(), st.none(), st.lists(st.integers()),
                 st.dictionaries(st.text(max_size=9), st.integers())),
       st.sampled_from(["iso", "compact", "sap", "tryton", "excel", "epoch_s", "epoch_ms", "epoch_us"]))
def test_no_value_breaks_the_time_reader(value, dialect):
    try:
        assert read_time(value, dialect, SHANGHAI).tzinfo is UTC
    except BadValue as refused:
        assert refused.code in REASONS


def test_excel_serials_are_local_days():
    assert read_time(46350.5, "excel", SHANGHAI) == datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
