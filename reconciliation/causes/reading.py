"""Which value cannot be read, which row has no key, which unit is in no table?"""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from datetime import datetime

from reconciliation.causes.pairs import number_pairs
from reconciliation.causes.registry import Reason, rule
from reconciliation.values import COMPACT, DAY_FIRST, STAMP, Unreadable, read_decimal, without_currency

LARGE = 10**9  # what is a number, and smaller, can only have failed because a whole one was promised
SHOWN = 60


@rule("UNREADABLE", family="reading", precedence=5, kinds=("unreadable",),
      en="{unread:unread}.", zh="{unread:unread}。")
def unreadable(one, world):
    field = world.profile.fields.get(one.field)
    if field is None or one.facts.get("rows"):
        return None
    found = {n: unread(side, one.field) for n, side in sorted(one.sides.items()) if one.field in side.unreadable}
    if not found:
        return None
    why = {n: why_unread(field, text, world.profile.systems[n].day_first) for n, text in found.items()}
    return Reason(systems=tuple(found), evidence={
        "unread": [{"system": n, "raw": text[:SHOWN], "why": why[n]} for n, text in found.items()]})


def unread(side, name):
    """What a side has written in the field; of a sum what its first row has that cannot be read."""
    rows = [child for child in side.children if name in child.unreadable]
    return str((rows[0] if rows else side).raw.get(name) or "").strip()


def why_unread(field, text, day_first=False):
    """not_a_number | too_large | not_whole | not_a_date | no_such_day | not_declared | day_or_month"""
    plain = unicodedata.normalize("NFKC", text).strip()
    if field.type == "time":
        match = DAY_FIRST.match(plain)
        if match and not day_first:
            return _why_no_order(*match.groups(), is_declared=bool(field.formats))
        return "no_such_day" if match or STAMP.match(plain) or COMPACT.match(plain) else "not_a_date"
    try:
        number = read_decimal(without_currency(plain)[0] if field.type == "money" else plain, field.decimal)
    except Unreadable:
        return "not_a_number"
    return "not_whole" if number is not None and abs(number) < LARGE else "too_large"


def _why_no_order(first, second, year, hour, minute, second_of, _fraction, *, is_declared):
    """Why a date such as 24/11/2026, of which nobody said what comes first, was not read."""
    readings = set()
    for day, month in ((first, second), (second, first)):
        with suppress(ValueError):
            readings.add(datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0),
                                  int(second_of or 0)))
    if not readings:
        return "no_such_day"
    return "day_or_month" if len(readings) > 1 and not is_declared else "not_declared"


@rule("NO_KEY", family="reading", precedence=6, kinds=("unreadable",),
      en="{keyless:keyless}. Nothing can be held against it: fill it in there and compare again.",
      zh="{keyless:keyless}，无法与其他系统匹配，请补填后重新对账。")
def no_key(one, world):
    counts, where = one.facts.get("rows"), one.facts.get("where", {})
    if not counts or "surplus" in one.facts:
        return None
    return Reason(systems=tuple(sorted(counts)), evidence={"keyless": [
        {"system": n, "rows": count, "columns": list(world.profile.systems[n].key.columns), **where.get(n, {})}
        for n, count in sorted(counts.items())]})


@rule("UNREADABLE", family="reading", precedence=7, kinds=("unreadable",),
      en="{surplus:surplus}. They were compared with nothing, and what stands before them may stand in the wrong "
         "columns: put in quotes what holds the separator, and compare again.",
      zh="{surplus:surplus}。多出的内容没有参与对账，其前的内容也可能错列；请给含分隔符的内容加上引号后重新对账。")
def more_cells_than_the_header(one, world):
    where = one.facts.get("surplus")
    if not where:
        return None
    return Reason(systems=tuple(sorted(where)), evidence={"surplus": [
        {"system": n, "rows": one.facts["rows"][n], **told} for n, told in sorted(where.items())]})


@rule("UNIT_UNKNOWN", family="reading", precedence=302, types=("quantity",),
      en="{systems} counts in “{unit}”, a unit in no table: its number was taken as it stands.",
      zh="{systems} 的单位“{unit}”未在单位表中定义，数量按原数参与对账。")
def unit_unknown(one, world):
    """A guess at most: the numbers may differ for another reason too."""
    field = world.profile.fields[one.field]
    for a, b, _x, _y in number_pairs(one, world):
        for side, other in ((b, a), (a, b)):
            unit, its = side.units.get(field.name) or "", other.units.get(field.name) or field.base_unit
            if not unit or not its or unit.upper() == its.upper():
                continue
            if not world.knows_unit(field, side.system, unit, side.text.get("item")):
                return Reason("hypothesis", (side.system,), 1, {"unit": unit, "other_unit": its})
    return None
