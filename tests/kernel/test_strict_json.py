"""Does the strict JSON reader refuse what two parsers would read differently, and name the place?"""

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel import strict_json
from kernel.strict_json import NotStrictJson, loads

pytestmark = pytest.mark.pure

BAD = {
    "depth 100k": (b"[" * 100_000, "json.depth", 1, 65),
    "depth 100k closed": (b"[" * 100_000 + b"]" * 100_000, "json.depth", 1, 65),
    "NaN": (b'{"a": NaN}', "json.constant", 1, 7),
    "-Infinity": (b"[\n-Infinity]", "json.constant", 2, 1),
    "1e999": (b"[1, 1e999]", "json.number", 1, 5),
    "1e-999": (b"[1e-999]", "json.number", 1, 2),
    "duplicate key": (b'{"a": 1,\n "a": 2}', "json.duplicate_key", 2, 2),
    "duplicate key, escaped": (b'{"a": 1, "\\u0061": 2}', "json.duplicate_key", 1, 10),
    "duplicate key, inside": (b'[{"x": {"k": 1, "k": 1}}]', "json.duplicate_key", 1, 17),
    "10^30": (b"[1" + b"0" * 30 + b"]", "json.number", 1, 2),
    "2^63": (b"[9223372036854775808]", "json.number", 1, 2),
    "5,000 digits": (b'{"n": ' + b"9" * 5_000 + b"}", "json.number", 1, 7),
    "5,000 digits after the point": (b"[0." + b"1" * 5_000 + b"]", "json.number", 1, 2),
    "NUL escaped": (b'{"a": "x\\u0000y"}', "json.nul", 1, 9),
    "NUL raw in a string": (b'["a\x00b"]', "json.nul", 1, 4),
    "NUL raw between": (b"[1,\x002]", "json.nul", 1, 4),
    "lone high surrogate": (b'["\\ud800x"]', "json.surrogate", 1, 2),
    "lone low surrogate": (b'["\\udc00"]', "json.surrogate", 1, 2),
    "bad UTF-8": (b'{"a": "\xff"}', "json.encoding", 1, 8),
    "UTF-8 of a surrogate": (b'["\xed\xa0\x80"]', "json.encoding", 1, 3),
    "BOM": (b"\xef\xbb\xbf[]", "json.bom", 1, 1),
    "trailing comma": (b"[1,]", "json.syntax", 1, 4),
    "single quotes": (b"{'a': 1}", "json.syntax", 1, 2),
    "two documents": (b"{} {}", "json.syntax", 1, 4),
    "nothing": (b"", "json.syntax", 1, 1),
    "open string": (b'["abc', "json.string", 1, 2),
    "wrong escape": (b'["\\x41"]', None, 1, None),
    "leading zeros": (b"[0123]", "json.syntax", 1, 3),
}


@pytest.mark.parametrize("name", BAD)
def test_f30_refused_with_position(name):
    raw, code, line, column = BAD[name]
    with pytest.raises(NotStrictJson) as caught:
        loads(raw)
    refusal = caught.value
    assert refusal.params["line"] == line
    if column is not None:
        assert refusal.params["column"] == column
    if code:
        assert refusal.code == code
    assert f"ine {line}, column" in str(refusal) or "行" in str(refusal)


def test_f30_the_size_cap_comes_before_everything():
    with pytest.raises(NotStrictJson) as caught:
        loads(b"[" + b" " * 100 + b"]", max_bytes=50)
    assert caught.value.code == "json.too_large"


def test_what_is_clean_is_read_as_the_standard_parser_reads_it():
    text = '{"a": [1, -0.5, true, null, "\\ud83d\\ude00", "x\\\\u0000"], "b": {"a": 9223372036854775807}}'
    assert loads(text.encode()) == json.loads(text)


def test_exact_keeps_every_digit():
    assert loads(b"[0.10, 12345678901234.567890]", exact=True) == [
        Decimal("0.10"),
        Decimal("12345678901234.567890"),
    ]


def test_a_mark_is_taken_where_the_caller_says_so():
    assert loads(b"\xef\xbb\xbf[1]", allow_bom=True) == [1]


def test_depth_counts_nesting_not_brackets_and_not_brackets_in_strings():
    flat = json.dumps([[1] for _ in range(500)] + ["[[[[" * 100])
    assert loads(flat) == json.loads(flat)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False)
    | st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"), max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(JSON, st.booleans())
def test_everything_our_kind_of_json_can_say_passes_unchanged(value, ascii_only):
    text = json.dumps(value, ensure_ascii=ascii_only)
    assert loads(text.encode()) == json.loads(text)
    strict_json._walk(
        text, strict_json.MAX_DEPTH
    )  # the slow walk finds no fault where the fast path found none


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60) | st.text('[]{}",:\\u0d8 1e-.ntrue\x00', max_size=40).map(str.encode))
def test_whatever_comes_it_is_a_value_or_a_refusal(raw):
    try:
        loads(raw)
    except NotStrictJson as refusal:
        assert str(refusal) and refusal.params["position"] <= len(raw)
