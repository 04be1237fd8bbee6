"""Which tables can the hub itself give to a comparison: BOM revisions, prices, refused rows, unit factors?

What the doors know is asked for by dotted names in settings, for a door may know this room and not the other way
round: HUB_REFUSED_ROWS and HUB_UNIT_FACTORS, functions of a list of system codes.
"""
import hashlib
import json
from decimal import Decimal

from django.conf import settings
from django.utils.module_loading import import_string

from orders.models import BomRevision, Event
from reconciliation.lookups import Lookups
from reconciliation.values import smooth_key

UNDATED = {"valid_from": ""}


def hub_lookups(profile):
    """(Lookups of what the hub knows for this profile's systems, hash of the tables that decide what is equal)."""
    codes = sorted({s.source for s in profile.systems.values()})
    deciding = {"boms": list(_boms(profile)), "units": list(_units(codes))}
    digest = hashlib.sha256(json.dumps(deciding, sort_keys=True, default=str).encode()).hexdigest()
    tables = deciding | {"messages": list(_refused(profile, codes)), "prices": list(_prices(profile))}
    return Lookups({name: rows for name, rows in tables.items() if rows}, "UTC", lambda system, text: text), digest


def _boms(profile):
    if not any("bom" in column for f in profile.fields.values() for column in f.columns.values()):
        return
    rows, named = BomRevision.objects.values_list("material__code", "revision", "valid_from", "valid_until"), set()
    for item, revision, start, end in rows.iterator(chunk_size=2000):
        named.add((item, revision))
        yield {"item": item, "revision": revision, "valid_from": str(start), "valid_to": str(end) if end else ""}
    yield from (row for row in _history(profile, "bom_revision", "revision", str)
                if (row["item"], row["revision"]) not in named)


def _prices(profile):
    """What the master data have said a piece costs, each price from the day on which it was said."""
    if any(f.type == "money" for f in profile.fields.values()):
        yield from _history(profile, "unit_price_u", "price", lambda price: str(Decimal(price).scaleb(-6)))


def _history(profile, field, name, say):
    """{item, `name`, valid_from} of all that master data have ever said in `field`, in the order it was changed.

    The system of record decides; where none is named, all of the profile do. What was said first has always held.
    """
    record = profile.systems.get(profile.record_system)
    codes = [record.source] if record else sorted({s.source for s in profile.systems.values()})
    said = Event.objects.filter(
        record__entity="material", record__is_retracted=False, record__system__code__in=codes, kind=Event.STATED,
    ).order_by("occurred_at", "pk").values_list("data", "occurred_at")
    last = {}
    for data, occurred_at in said.iterator(chunk_size=2000):
        item, value = data.get("material"), data.get(field)
        if item and value is not None and last.get(item) != value:
            since = {"valid_from": occurred_at.isoformat()} if item in last else UNDATED
            yield {"item": item, name: say(value), **since}
            last[item] = value


def _ask(setting, codes):
    name = getattr(settings, setting, "")
    return import_string(name)(codes) if name else []


def _units(codes):
    """The first version of a factor has always held; later ones hold from when they were published."""
    seen = {}
    for row in _ask("HUB_UNIT_FACTORS", codes):
        place = (row["item"], row["unit"])
        if row["factor"] and seen.get(place) != row["factor"]:
            yield row if place in seen else {**row, **UNDATED}
            seen[place] = row["factor"]


def _refused(profile, codes):
    """Refused rows under the key the profile compares by."""
    for row in _ask("HUB_REFUSED_ROWS", codes):
        for name, system in profile.systems.items():
            if system.source == row["system"] and system.entity == row["entity"]:
                key = row["order_number"] if system.key.columns == ("order_number",) else row["key"]
                yield {"system": name, "key": smooth_key(system.key, key), "outcome": "refused",
                       "error": row["error"], "error_zh": row["error_zh"],
                       "received": row["received_at"].isoformat(), "batch": row["batch"]}
