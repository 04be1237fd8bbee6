"""Why are two quantities or numbers different: a unit, its factor, a rounding, a shifted point, a sign?"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from reconciliation.causes.pairs import number_pairs
from reconciliation.causes.registry import Reason, rule
from reconciliation.plan import is_apart
from reconciliation.profile import NUMBER_TYPES
from reconciliation.values import MICRO, Unreadable, read_decimal, show_number, times_factor


def close(field, x, y):
    """Equal within the field's tolerance."""
    return x is not None and y is not None and not is_apart(field, x, y)


@rule("FACTOR_VERSION", family="quantity", precedence=300, types=("quantity",),
      en="{systems} was converted with an old factor: one {unit} taken as {old:base} instead of {now:base}.",
      zh="{systems} 用了旧的换算系数：每 {unit} 应为 {now:base}，却按 {old:base} 计。")
def factor_version(one, world):
    field = world.profile.fields[one.field]
    for a, b, x, y in number_pairs(one, world):
        item = b.text.get("item") or a.text.get("item") or ""
        at = world.event_of(one)
        for unit, dated in world.dated_units(item):
            now = dated.at(at)
            for old, _start, _end in (dated.before(at) if now else ()):
                if y and close(field, _scaled(y, now / old), x):
                    return Reason(systems=(b.system,), evidence={
                        "unit": unit, "item": item or "-", "old": str(old), "now": str(now)})
    return None


def _scaled(value, factor):
    try:
        return times_factor(value, factor)
    except Unreadable:
        return None if value is None else 2**62


@rule("UNIT_FACTOR", family="quantity", precedence=301, types=("quantity",),
      en="{systems} counts in another unit: one {unit} of {item} is {factor:base}.",
      zh="{systems} 用了另一个单位：{item} 每 {unit} 为 {factor:base}。")
def unit_factor(one, world):
    field = world.profile.fields[one.field]
    for a, b, x, y in number_pairs(one, world):
        if not x or not y:
            continue
        item = b.text.get("item") or a.text.get("item") or ""
        for unit, factor, own in world.factors(item):
            if factor == 1:
                continue
            if close(field, _scaled(y, factor), x) or close(field, _scaled(x, factor), y):
                return Reason(systems=(b.system,), strength=2 if own else 1, evidence={
                    "unit": unit, "factor": str(factor), "item": item or "-",
                    "raw_units": {s.system: u for s in (a, b) if (u := s.units.get(one.field))} or None})
    return None


@rule("SIGN", family="quantity", precedence=310, types=NUMBER_TYPES,
      en="{systems} has the opposite sign: {wrong:value} against {right:value}.",
      zh="{systems} 正负号相反：{wrong:value}，应为 {right:value}。")
def sign(one, world):
    field = world.profile.fields[one.field]
    for _a, b, x, y in number_pairs(one, world):
        if x and close(field, x, -y):
            return Reason(systems=(b.system,), evidence={"wrong": show_number(y), "right": show_number(x)})
    return None


@rule("ROUNDING", family="quantity", precedence=320, types=NUMBER_TYPES,
      en="{systems} is rounded: the difference of {delta:value} is no more than rounding the last digit on "
         "{lines} lines makes.",
      zh="{systems} 做了舍入：差额 {delta:value} 不超过 {lines} 行末位舍入所致。")
def rounding(one, world):
    for a, b, x, y in number_pairs(one, world):
        if a.currency.get(one.field) != b.currency.get(one.field):
            continue
        ulp = max(_ulp(a, one.field), _ulp(b, one.field))
        finer = min(_ulp(a, one.field), _ulp(b, one.field))
        said = a.numbers.get("lines") or b.numbers.get("lines")
        lines = min(max(1, (said or MICRO) // MICRO), world.profile.rounding_lines)
        delta = abs(x - y)
        proven = finer < ulp and 2 * delta <= ulp
        if proven or (said and 2 * delta <= ulp * lines):
            confidence = "certain" if proven or lines > 1 else "hypothesis"
        elif not said and world.profile.fields[one.field].type == "money" and delta <= ulp <= MICRO // 10:
            confidence = "hypothesis"
        else:
            continue
        return Reason(confidence, (b.system,), 2, {
            "delta": show_number(delta), "lines": lines, "last_digit": show_number(ulp)})
    return None


def _ulp(side, name):
    """One unit of the last written digit, in millionths; money has at least its two decimals."""
    return _last_digit(side.raw.get(name) or "0", 2 if name in side.currency else 0)


@lru_cache(maxsize=4096)
def _last_digit(text, least):
    try:
        number = read_decimal(text) or Decimal(0)
    except Unreadable:
        number = Decimal("0.01")
    return 10 ** (6 - max(least, min(6, max(0, -number.as_tuple().exponent))))


@rule("DECIMAL_SHIFT", family="quantity", precedence=330, types=NUMBER_TYPES,
      en="In {systems} the decimal point is off by {places} places: {wrong:value} against {right:value}.",
      zh="{systems} 小数点错位 {places} 位：{wrong:value}，应为 {right:value}。")
def decimal_shift(one, world):
    for _a, b, x, y in number_pairs(one, world):
        if not x or not y or abs(x) == abs(y) or (x < 0) != (y < 0):
            continue
        large, small = max(abs(x), abs(y)), min(abs(x), abs(y))
        places = next((k for k in range(1, 9) if small * 10**k == large), 0)
        if places:
            digits = len(str(small).strip("0"))
            return Reason("certain" if digits >= 3 or places >= 4 else "hypothesis", (b.system,), 1, {
                "places": places, "wrong": show_number(y), "right": show_number(x), "digits": digits})
    return None
