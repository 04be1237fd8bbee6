"""What do the doors know that a comparison may ask for: refused rows, and the units the mappings read?"""
from decimal import Decimal

from integrations.models import Mapping, ParkedRow
from integrations.reasons import reason_in_both

MOST_REFUSED = 20_000


def refused_rows(systems):
    """Rows still parked of these system codes, newest first, as [{name: value}] with the names below."""
    rows = ParkedRow.objects.filter(
        connection__system__code__in=systems, state=ParkedRow.PARKED
    ).order_by("-pk").values_list(
        "connection__system__code", "entity", "key", "order_number", "message_id", "version", "reason_code",
        "reason_en", "reason_zh", "received_at", "batch")[:MOST_REFUSED]
    names = ("system", "entity", "key", "order_number", "message_id", "version", "error", "error_zh", "received_at",
             "batch")
    return [
        dict(zip(names, (*row, *reason_in_both(code, english, chinese), received_at, batch), strict=True))
        for *row, code, english, chinese, received_at, batch in rows
    ]


def unit_factors(systems):
    """[{item, unit, factor, valid_from}] of every published mapping; an item's own units stand as "item/unit"."""
    found = []
    for mapping in Mapping.objects.filter(system__code__in=systems).exclude(published_at=None).order_by("version"):
        for table in (mapping.spec.get("units") or {}).values():
            found += [row for name, said in table.items() for row in _factor_rows(name, said, mapping.published_at)]
    return found


def _plain(factor):
    """A mapping may write a factor as a fraction, "1/1000"; a table of factors holds plain numbers."""
    over, mark, under = str(factor).partition("/")
    return str(Decimal(over) / Decimal(under)) if mark else str(factor)


def _factor_rows(name, said, published_at):
    item, _, unit = name.rpartition("/")
    factor = _plain(said[1]) if isinstance(said, list) and len(said) > 1 else ""
    # A mapping names the item as its system writes it, "M210103"; records have it without the letters in front.
    items = {item, item.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")} if item else {""}
    return [{"item": one, "unit": unit, "factor": factor, "valid_from": published_at.isoformat()}
            for one in sorted(items)]
