"""Is this foreign text JSON that every part of the hub reads alike, and if not, where does it go wrong?

The fast path is the standard parser with hooks. Only what looks wrong is walked a second time, token by
token, to name the place.
"""
import json
import math
import re
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refusal

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 64
MAX_INTEGER = 2**63 - 1
MIN_INTEGER = -(2**63)
MAX_NUMBER_CHARS = 400

_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_TOKEN = re.compile(
    r'(?P<string>"(?:[^"\\\x00-\x1f]|\\.)*")'
    r"|(?P<number>-?\d[\d.eE+-]*)|(?P<word>-?[A-Za-z]+)|(?P<mark>[\[\]{}:,])|(?P<space>[ \t\r\n]+)"
)
_WORDS = {"true", "false", "null"}
_SURROGATE = re.compile("[\ud800-\udfff]")
_SUSPICIOUS_ESCAPE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")


class NotStrictJson(Refusal):
    """Refused text; `params` holds `line` and `column` (from 1) and `position` (characters from 0)."""


class _Suspicious(ValueError):
    pass


def loads(raw, *, max_bytes=MAX_BYTES, max_depth=MAX_DEPTH, exact=False, allow_bom=False):
    """Parse `raw` (bytes in UTF-8, or str) and return plain Python values.

    Whole numbers come as int and must fit 64 bits; others as float, or as Decimal with `exact=True`.
    Raises NotStrictJson for: more than `max_bytes`, deeper than `max_depth`, a key twice in one object,
    NaN, Infinity, numbers out of range, NUL, lone surrogates, bad UTF-8, a byte-order mark (unless
    `allow_bom`), and everything that is not JSON.
    """
    text = _decode(raw, max_bytes, allow_bom)
    if _looks_wrong(text, max_depth):
        _walk(text, max_depth)
    try:
        return json.loads(
            text, object_pairs_hook=_pairs, parse_constant=_constant, parse_int=_integer,
            parse_float=_decimal if exact else _float,
        )
    except json.JSONDecodeError as error:
        _walk(text, max_depth)
        raise _syntax(text, error.pos, error.msg) from None
    except (_Suspicious, RecursionError):
        _walk(text, max_depth)
        raise _syntax(text, 0, "") from None


def _decode(raw, max_bytes, allow_bom):
    if len(raw) > max_bytes:
        raise NotStrictJson(
            _("The text is larger than %(limit)s bytes."), code="json.too_large", limit=max_bytes,
            line=1, column=1, position=0,
        )
    if isinstance(raw, str):
        return _checked_text(raw, allow_bom)
    try:
        return _checked_text(bytes(raw).decode("utf-8"), allow_bom)
    except UnicodeDecodeError as error:
        before = bytes(raw[: error.start]).decode("utf-8", "replace")
        raise _refusal(before, len(before), "encoding", _("these bytes are not UTF-8")) from None


def _checked_text(text, allow_bom):
    if text.startswith("\ufeff"):
        if not allow_bom:
            raise _refusal(text, 0, "bom", _("the text begins with a byte-order mark"))
        text = text[1:]
    found = _SURROGATE.search(text)
    if found:
        raise _refusal(text, found.start(), "surrogate", _("half of a character pair stands alone"))
    return text


def _looks_wrong(text, max_depth):
    if _SUSPICIOUS_ESCAPE.search(text):
        return True
    depth = deepest = 0
    if text.count("[") + text.count("{") <= max_depth:
        return False
    for char in re.findall(r"[\[\]{}]", _STRING.sub("", text)):
        depth += 1 if char in "[{" else -1
        deepest = max(deepest, depth)
    return deepest > max_depth


def _pairs(pairs):
    result = dict(pairs)
    if len(result) != len(pairs):
        raise _Suspicious("duplicate key")
    return result


def _constant(name):
    raise _Suspicious(name)


def _integer(digits):
    if len(digits) > 20 or not MIN_INTEGER <= int(digits) <= MAX_INTEGER:
        raise _Suspicious("integer out of range")
    return int(digits)


def _float(digits):
    if not _fits(digits):
        raise _Suspicious("number out of range")
    return float(digits)


def _decimal(digits):
    _float(digits)
    return Decimal(digits)


def _fits(digits):
    """Can 64-bit arithmetic hold this fraction? Neither infinite nor rounded away to nothing."""
    if len(digits) > MAX_NUMBER_CHARS:
        return False
    value = float(digits)
    mantissa = re.split("[eE]", digits)[0]
    return math.isfinite(value) and (value != 0 or not mantissa.strip("-0."))


def _walk(text, max_depth):
    """Raise at the first place that the strict rules forbid; return when a plain walk finds none."""
    stack, position = [], 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if not token:
            raise _unreadable(text, position)
        kind, value = token.lastgroup, token.group()
        if kind == "mark":
            _walk_mark(text, position, value, stack, max_depth)
        elif kind == "string":
            _walk_string(text, token, stack)
        elif kind == "number":
            _walk_number(text, position, value)
        elif kind == "word" and value not in _WORDS:
            raise _refusal(text, position, "constant", _("“%(word)s” is not a JSON value"), word=value[:40])
        position = token.end()


def _unreadable(text, position):
    if text[position] == "\x00" or (text[position] == '"' and "\x00" in text[position:position + 200]):
        return _refusal(text, text.find("\x00", position), "nul", _("a NUL character stands here"))
    if text[position] == '"':
        return _refusal(text, position, "string", _("this string never ends or holds a control character"))
    return _syntax(text, position, repr(text[position]))


def _walk_mark(text, position, mark, stack, max_depth):
    if mark in "[{":
        stack.append(set() if mark == "{" else None)
        if len(stack) > max_depth:
            raise _refusal(text, position, "depth", _("nested deeper than %(limit)s levels"), limit=max_depth)
    elif mark in "]}" and stack:
        stack.pop()


def _walk_string(text, token, stack):
    position = token.start()
    try:
        value = json.loads(token.group())
    except json.JSONDecodeError as error:
        raise _refusal(text, position + error.pos, "string", _("this string holds a wrong escape")) from None
    if "\x00" in value:
        place = position + token.group().find("\\u0000")
        raise _refusal(text, place, "nul", _("a NUL character stands here"))
    if _SURROGATE.search(value):
        raise _refusal(text, position, "surrogate", _("half of a character pair stands alone"))
    if stack and stack[-1] is not None and text[token.end():token.end() + 64].lstrip().startswith(":"):
        if value in stack[-1]:
            raise _refusal(text, position, "duplicate_key", _("the key “%(key)s” stands twice in one object"),
                           key=value[:80])
        stack[-1].add(value)


def _walk_number(text, position, digits):
    whole = not set(digits) & set(".eE")
    try:
        good = (len(digits) <= 20 and MIN_INTEGER <= int(digits) <= MAX_INTEGER) if whole else _fits(digits)
    except ValueError:
        return  # not a number at all: the standard parser says where
    if not good:
        raise _refusal(text, position, "number", _("the number %(number)s is out of range"),
                       number=digits[:30] + ("…" if len(digits) > 30 else ""))


def _syntax(text, position, detail):
    return _refusal(text, position, "syntax", _("this is not JSON (%(detail)s)"), detail=detail)


def _refusal(text, position, code, sentence, **params):
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    where = {"line": line, "column": column, "position": position}
    return NotStrictJson(_Placed(sentence, params, where), code="json." + code, **params, **where)


class _Placed:
    """A translatable sentence with its place in front, put together only when it is shown."""

    def __init__(self, sentence, params, where):
        self.sentence, self.params, self.where = sentence, params, where

    def __str__(self):
        inner = str(self.sentence) % self.params if self.params else str(self.sentence)
        return (str(_("Line %(line)s, column %(column)s: ")) % self.where + inner).replace("%", "%%")
