"""Which small text functions may a mapping use inside its expressions?

Each takes text or null and gives text or null; none can make its result longer than LIMIT.
"""
from decimal import Decimal

from integrations.unreadable import BadValue

LIMIT = 10_000


def as_text(value):
    """The text of a plain value; None stays None, whole floats lose their ".0", lists are refused."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, (int, float, Decimal)):
        return str(value)
    raise BadValue("NOT_TEXT")


def _on_text(function):
    def call(value, *rest):
        text = as_text(value)
        if text is None:
            return None
        result = function(text, *rest)
        if isinstance(result, str) and len(result) > LIMIT:
            raise ValueError("result too long")
        return result
    return call


def _strip_zeros(text):
    stripped = text.strip()
    return stripped.lstrip("0") or ("0" if stripped else "")


def _part(text, separator, index):
    parts = text.split(separator) if separator else [text]
    return parts[index] if -len(parts) <= index < len(parts) else None


def _before(text, separator):
    return text.split(separator, 1)[0] if separator else text


def _after(text, separator):
    return text.split(separator, 1)[1] if separator and separator in text else text


def _sum_decimals(values):
    return str(sum((Decimal(as_text(value)) for value in values or [] if value is not None), Decimal(0)))


TEXT_FUNCTIONS = {
    "strip0": _on_text(_strip_zeros),
    "strip_prefix": _on_text(lambda text, prefix: text.removeprefix(prefix)),
    "strip_suffix": _on_text(lambda text, suffix: text.removesuffix(suffix)),
    "before": _on_text(_before),
    "after": _on_text(_after),
    "part": _on_text(_part),
    "trim": _on_text(lambda text: text.strip()),
    "upper": _on_text(lambda text: text.upper()),
    "lower": _on_text(lambda text: text.lower()),
    "replace": _on_text(lambda text, old, new: text.replace(old, new) if old else text),
    "digits": _on_text(lambda text: "".join(sign for sign in text if sign in "0123456789")),
    "sum_decimals": _sum_decimals,
}
