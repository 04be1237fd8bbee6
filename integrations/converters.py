"""What exact number, text or code does a system's own writing of a value stand for?

Every converter takes one raw value and gives an integer or a text, or refuses with BadValue. Nothing passes
through binary floating point except values that already came as floats (from spreadsheets), which are read
at the 15 digits a spreadsheet keeps.
"""
import re
import unicodedata
from decimal import Context, Decimal, Inexact, InvalidOperation
from fractions import Fraction

from integrations.text_functions import as_text
from integrations.unreadable import BadMapping, BadValue

LARGEST = 2**63 - 1
PRICE_SCALE = 1_000_000
QUANTITY_SCALE = 1_000
EXPONENTS = {
    "JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "XAF": 0, "XOF": 0, "PYG": 0, "UGX": 0,
    "BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3, "IQD": 3, "LYD": 3,
}
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[eE][+-]?\d{1,2})?")
_GAPS = re.compile(r"[\s'\u00a0\u202f\u2009_]")
_EXACT = Context(prec=80, traps=[Inexact, InvalidOperation])
_YES = {"1", "true", "yes", "y", "t", "x", "是", "真", "已", "j", "oui"}
_NO = {"0", "false", "no", "n", "f", "", "否", "假", "未", "-"}


def clean_text(value, limit=None):
    """NFKC text without surrounding blanks or control signs; None for nothing."""
    if value.__class__ is str and value.isascii() and value.isprintable():  # nearly all there is
        text = value.strip()
    else:
        text = _cleaned(as_text(value))
    if text and limit and len(text) > limit:
        raise BadValue("TOO_LONG", limit=limit)
    return text


def _cleaned(text):
    if text is None:
        return None
    text = unicodedata.normalize("NFKC", text)
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() else " " for sign in text if sign not in "\u200b\ufeff\x00")
    return text.strip()


def read_decimal(value, decimal="."):
    """An exact Decimal; knows thousands separators, full-width digits, "12-", "(12)" and currency signs."""
    if isinstance(value, bool) or value is None:
        raise BadValue("UNREADABLE_NUMBER", value=str(value))
    if isinstance(value, int):
        return _EXACT.create_decimal(value) if abs(value) <= LARGEST else _refuse_large(value)
    if isinstance(value, float):
        return _read_float(value)
    if isinstance(value, Decimal):
        value = str(value)
    if not isinstance(value, str) or len(value) > 60:
        raise BadValue("UNREADABLE_NUMBER", value=str(value)[:60])
    return _read_number_text(value, decimal)


def _refuse_large(value):
    raise BadValue("NUMBER_TOO_LARGE", value=str(value)[:60])


def _read_float(value):
    if value != value or value in (float("inf"), float("-inf")):
        raise BadValue("UNREADABLE_NUMBER", value=str(value))
    if abs(value) > LARGEST:
        _refuse_large(value)
    return Decimal(format(value, ".15g"))


def _read_number_text(raw, decimal):
    text = _GAPS.sub("", unicodedata.normalize("NFKC", raw)).strip("¥$€£")
    if decimal == ",":
        text = text.translate(str.maketrans(".,", ",."))
    text = _sign_in_front(text)
    if not _NUMBER.fullmatch(text) or not any(sign.isdigit() for sign in text):
        raise BadValue("UNREADABLE_NUMBER", value=raw[:60])
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        raise BadValue("UNREADABLE_NUMBER", value=raw[:60]) from None


def _sign_in_front(text):
    if text.endswith("-") and not text.startswith("-"):
        return "-" + text[:-1]
    if text.startswith("(") and text.endswith(")"):
        return "-" + text[1:-1]
    return text.replace("\u2212", "-", 1)


def scaled(value, scale, shown, rounding=False):
    """value × scale as an int; refuses what is not whole then, unless rounding half away from zero."""
    if scale.__class__ is int:
        try:
            exact = _EXACT.multiply(value, scale)
        except (Inexact, InvalidOperation):
            raise BadValue("NUMBER_TOO_LARGE", value=str(shown)[:60]) from None
        whole = int(exact)
        if whole == exact:
            return whole if -LARGEST <= whole <= LARGEST else _refuse_large(shown)
    return _whole(Fraction(value) * scale, shown, rounding)


def _whole(product, shown, rounding):
    if product.denominator != 1 and not rounding:
        raise BadValue("NOT_EXACT", value=str(shown)[:60])
    whole = int(abs(product) + Fraction(1, 2))
    whole = -whole if product < 0 else whole
    return whole if abs(whole) <= LARGEST else _refuse_large(shown)


def quantity_m(value, factor=1, decimal=".", rounding=False):
    """Thousandths of the base unit; `factor` (int or Fraction) is how many base units one unit holds."""
    return scaled(read_decimal(value, decimal), QUANTITY_SCALE * factor, value, rounding)


def minor_units(value, currency, decimal=".", rounding=False):
    """Money in the minor units of its currency: fen for CNY, whole yen for JPY."""
    return scaled(read_decimal(value, decimal), 10 ** EXPONENTS.get(currency, 2), value, rounding)


def millionths(value, per=1, decimal=".", rounding=True):
    """A unit price or a rate × 10^6; `per` is the number of units the price is for (100 for 元/百件)."""
    scale = PRICE_SCALE if per == 1 else Fraction(PRICE_SCALE) / Fraction(per)
    return scaled(read_decimal(value, decimal), scale, value, rounding)


def whole_number(value, decimal="."):
    """An int; "12.0" is one, "12.5" is not."""
    return scaled(read_decimal(value, decimal), 1, value)


def currency_code(value):
    """Three capital letters; "RMB" is written CNY."""
    text = (clean_text(value) or "").upper()
    if len(text) != 3 or not (text.isascii() and text.isalpha()):
        raise BadValue("UNKNOWN_CURRENCY", value=text[:20])
    return "CNY" if text == "RMB" else text


def yes_or_no(value):
    """True or False from the words systems use for them."""
    if isinstance(value, bool):
        return value
    text = (clean_text(value) or "").lower()
    if text in _YES or text in _NO:
        return text in _YES
    raise BadValue("NOT_YES_OR_NO", value=text[:40])


def unit_factor(text):
    """An int or Fraction from "24", "0.001" or "1/12", as written in unit tables."""
    try:
        factor = Fraction(str(text))
    except (ValueError, ZeroDivisionError):
        raise BadMapping("BAD_FACTOR", value=str(text)) from None
    if factor <= 0 or factor > 10**9:
        raise BadMapping("BAD_FACTOR", value=str(text))
    return int(factor) if factor.denominator == 1 else factor
