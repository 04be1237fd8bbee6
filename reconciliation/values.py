"""What does this text mean: which number (millionths), which instant (µs UTC), which plain text?

Every function returns None for "nothing written" and raises Unreadable for "written, but not to be read".
These are the only meanings; the SQL in reading_sql.py is a fast path for the plainest forms and must agree.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from functools import lru_cache
from zoneinfo import ZoneInfo

MICRO = 1_000_000
LARGEST = 2**62 - 1  # the difference of any two still fits 64 bits
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NAIVE = datetime(1970, 1, 1)
MULTIPLES = {"万": 10_000, "亿": 100_000_000}
SYMBOLS = {"¥": "CNY", "￥": "CNY", "元": "CNY", "$": "USD", "€": "EUR", "£": "GBP"}
NUMBER = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$")
GROUPED = re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$")
EURO_GROUPED = re.compile(r"^[+-]?\d{1,3}(\.\d{3})+(,\d+)?$")
STAMP = re.compile(
    r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[T ]*(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:[.,](\d{1,9}))?秒?)?分?)?"
    r"\s*(Z|z|UTC|[+-]\d{2}(?::?\d{2})?)?$"
)
COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?)?$")
DAY_FIRST = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?: +(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?)?$")
TRUE_WORDS = {"1", "true", "t", "yes", "y", "closed", "是", "已关闭", "关闭", "x", "done"}
FALSE_WORDS = {"0", "false", "f", "no", "n", "open", "否", "未关闭", "开放", ""}


class Unreadable(ValueError):
    """The text is not what its column promises."""


def read_number(text, decimal="."):
    """Integer millionths of the decimal number in `text`; beyond six decimals it rounds half to even."""
    return _to_micro(read_decimal(text, decimal))


def read_decimal(text, decimal="."):
    """Exact Decimal of `text`, or None. Knows 1,234.5 · (12) · 12- · 1.2E+3 · 1.2万 · full-width digits."""
    plain = unicodedata.normalize("NFKC", text).strip().replace("−", "-").replace("\u00a0", "")
    if not plain:
        return None
    factor = MULTIPLES.get(plain[-1:], 1)
    if factor != 1:
        plain = plain[:-1].strip()
    plain = _signed(plain)
    grouped, other = (EURO_GROUPED, ".") if decimal == "," else (GROUPED, ",")
    if grouped.match(plain):
        plain = plain.replace(other, "")
    plain = plain.replace(",", ".") if decimal == "," else plain
    if not NUMBER.match(plain):
        raise Unreadable(text)
    try:
        return Decimal(plain) * factor
    except InvalidOperation as error:
        raise Unreadable(text) from error


def _signed(plain):
    """Accounting forms of minus: (12.50) and 12.50- ."""
    if plain.startswith("(") and plain.endswith(")"):
        return "-" + plain[1:-1].strip()
    return "-" + plain[:-1].strip() if plain.endswith("-") and plain[:1].isdigit() else plain


def _to_micro(number):
    if number is None:
        return None
    micro = int((number * MICRO).to_integral_value(rounding=ROUND_HALF_EVEN)) if abs(number) < 10**13 else LARGEST + 1
    if abs(micro) > LARGEST:
        raise Unreadable(str(number))
    return micro


def read_money(text, decimal="."):
    """(millionths, currency or "") of `text`; a symbol or three-letter code beside the number is its currency."""
    plain, currency = without_currency(text)
    return read_number(plain, decimal), currency


def without_currency(text):
    """(the number's text, currency or "") of an amount's text."""
    plain = unicodedata.normalize("NFKC", text).strip()
    currency = ""
    for symbol, code in SYMBOLS.items():
        if symbol in plain or unicodedata.normalize("NFKC", symbol) in plain:
            plain, currency = plain.replace(symbol, "").replace(unicodedata.normalize("NFKC", symbol), ""), code
    match = re.match(r"^([A-Z]{3})\s*(.*)$", plain) or re.match(r"^(.*?)\s*([A-Z]{3})$", plain)
    if match:
        a, b = match.groups()
        currency, plain = (a, b) if a.isalpha() and a.isupper() else (b, a)
    return plain, currency


def times_factor(micro, factor):
    """`micro` × `factor` (Decimal) in millionths, half to even."""
    if micro is None:
        return None
    value = int((Decimal(micro) * factor).to_integral_value(rounding=ROUND_HALF_EVEN))
    if abs(value) > LARGEST:
        raise Unreadable(str(value))
    return value


def read_time(text, zone="UTC", formats=(), day_first=False):
    """UTC µs since 1970 of `text`; a stamp without offset is in `zone`. Own `formats` (strptime) are tried first."""
    if not formats and len(text) >= 19 and text[4] == text[7] == "-":
        try:
            return _to_us(datetime.fromisoformat(text), zone, text)
        except ValueError:
            pass
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return None
    for pattern in formats:
        moment = _by_format(plain, pattern)
        if moment is not None:
            return _to_us(moment, zone, text)
    moment = _by_shape(plain, text, day_first)
    if moment is None:
        moment = _by_number(plain)
    if moment is None:
        raise Unreadable(text)
    return _to_us(moment, zone, text)


def _by_format(plain, pattern):
    if pattern == "epoch_s" or pattern == "epoch_ms":
        return _epoch(plain, 1 if pattern == "epoch_s" else 1000)
    if pattern == "excel":
        return _excel_day(plain)
    try:
        return datetime.strptime(plain, pattern)
    except ValueError:
        return None


def _by_shape(plain, text, day_first):
    match = STAMP.match(plain) or COMPACT.match(plain)
    try:
        if match:
            groups = match.groups() + (None,) * (8 - len(match.groups()))
            return _stamp(*groups)
        match = DAY_FIRST.match(plain) if day_first else None
        if match:
            day, month, year, *rest = match.groups()
            return _stamp(year, month, day, *rest, None)
    except ValueError as error:
        raise Unreadable(text) from error
    return None


def _stamp(year, month, day, hour, minute, second, fraction=None, offset=None):
    micro = int((fraction or "0").ljust(6, "0")[:6])
    moment = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), micro)
    return moment.replace(tzinfo=_offset(offset)) if offset else moment


def _offset(text):
    if text in ("Z", "z", "UTC"):
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def _by_number(plain):
    """Seconds, milli- or microseconds since 1970 when the digits can be nothing else."""
    if re.fullmatch(r"1\d{9}(\.\d{1,6})?", plain):
        return _epoch(plain, 1)
    if re.fullmatch(r"1\d{15}", plain):
        return _epoch(plain, MICRO)
    return _epoch(plain, 1000) if re.fullmatch(r"1\d{12}", plain) else None


def _epoch(plain, per_second):
    try:
        return EPOCH + timedelta(microseconds=int(Decimal(plain) * MICRO / per_second))
    except (InvalidOperation, OverflowError):
        return None


def _excel_day(plain):
    """Days since 1899-12-30, as spreadsheets count them; rounded to the millisecond they are good for."""
    try:
        milliseconds = int((Decimal(plain) * 86_400_000).to_integral_value(rounding=ROUND_HALF_EVEN))
        return datetime(1899, 12, 30) + timedelta(milliseconds=milliseconds)
    except (InvalidOperation, OverflowError):
        return None


@lru_cache(maxsize=64)
def _zone(name):
    return ZoneInfo(name)


def _to_us(moment, zone, text):
    if moment.tzinfo is None and moment.year >= 1992 and fixed_offset_us(zone) is not None:
        delta = moment - NAIVE
        return (delta.days * 86_400 + delta.seconds) * MICRO + delta.microseconds - fixed_offset_us(zone)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=_zone(zone))
    try:
        delta = moment.astimezone(UTC) - EPOCH
    except OverflowError as error:
        raise Unreadable(text) from error
    return (delta.days * 86_400 + delta.seconds) * MICRO + delta.microseconds


@lru_cache(maxsize=64)
def fixed_offset_us(zone):
    """The zone's offset in µs when it has been one and the same from 1992 on (China), else None."""
    moments = (datetime(1992 + i // 12, i % 12 + 1, 15, tzinfo=UTC) for i in range(12 * 60))
    offsets = {m.astimezone(_zone(zone)).utcoffset() for m in moments}
    return int(offsets.pop().total_seconds()) * MICRO if len(offsets) == 1 else None


def local_us(us, zone):
    """`us` on the wall clock of `zone`, as µs since a naive 1970: for "is it midnight there?"."""
    moment = (EPOCH + timedelta(microseconds=us)).astimezone(_zone(zone))
    return us + int(moment.utcoffset().total_seconds()) * MICRO


def read_flag(text):
    """True, False or None (nothing known)."""
    word = text.strip().lower() if text else ""
    if not word:
        return None
    return True if word in TRUE_WORDS else False if word in FALSE_WORDS else None


def smooth(text, steps, strip_prefix=(), strip_suffix=()):
    """`text` after the named normalisation steps, in their order; prefixes and suffixes are cut after them."""
    for step in steps:
        text = STEPS[step](text)
    for prefix in strip_prefix:
        if text.startswith(prefix) and len(text) > len(prefix):
            text = text[len(prefix):]
            break
    for suffix in strip_suffix:
        if text.endswith(suffix) and len(text) > len(suffix):
            text = text[: -len(suffix)]
            break
    return STEPS["strip_zeros"](text) if "strip_zeros" in steps else text


def smooth_key(rule, *parts):
    """The key of a KeyRule made of the texts of its columns; "" when all are blank. Of a key of one column, zeros
    that a prefix has hidden are stripped too."""
    smoothed = [smooth(p or "", rule.normalise) for p in parts]
    if not any(smoothed):
        return ""
    cut = smooth(rule.join.join(smoothed), (), rule.strip_prefix, rule.strip_suffix)
    return STEPS["strip_zeros"](cut) if len(parts) == 1 and "strip_zeros" in rule.normalise else cut


STEPS = {
    "trim": lambda t: t.strip(),
    "nfkc": lambda t: unicodedata.normalize("NFKC", t),
    "upper": lambda t: t.upper(),
    "strip_zeros": lambda t: t.lstrip("0") or ("0" if t else ""),
    "no_space": lambda t: re.sub(r"\s+", "", t),
    "no_punctuation": lambda t: re.sub(r"[\W_]+", "", t),
}


def show_number(micro):
    """'12.5' of 12500000."""
    sign, digits = "-" if micro < 0 else "", abs(micro)
    whole, rest = divmod(digits, MICRO)
    return f"{sign}{whole}.{rest:06d}".rstrip("0").rstrip(".")


def show_money(micro, currency=""):
    """'100.00 CNY': at least two decimals."""
    whole, _, rest = show_number(micro).partition(".")
    return f"{whole}.{rest.ljust(2, '0')}" + (f" {currency}" if currency else "")


def show_time(us):
    """'2026-11-24T10:00:00Z', microseconds only when there are any."""
    moment = EPOCH + timedelta(microseconds=us)
    text = moment.strftime("%Y-%m-%dT%H:%M:%S")
    return text + (f".{moment.microsecond:06d}Z" if moment.microsecond else "Z")


def as_share(text):
    """'0.13', '13%' or '13' as Decimal('0.13')."""
    number = Decimal(text.rstrip("%"))
    return number / 100 if text.endswith("%") or number >= 1 else number
