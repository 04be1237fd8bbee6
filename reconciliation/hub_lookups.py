"""Which tables can the hub itself give to a comparison: BOM revisions, refused rows, unit factors?

What the doors know is asked for by dotted names in settings, for a door may know this room and not the other way
round: HUB_REFUSED_ROWS and HUB_UNIT_FACTORS, functions of a list of system codes.
"""
import hashlib
import json

from django.conf import settings
from django.utils.module_loading import import_string

from orders.models import BomRevision
from reconciliation.lookups import Lookups
from reconciliation.values import smooth_key

UNDATED = {"valid_from": ""}


def hub_lookups(profile):
    """(Lookups of what the hub knows for this profile's systems, hash of the tables that decide what is equal)."""
    codes = sorted({s.source for s in profile.systems.values()})
    deciding = {"boms": list(_boms(profile)), "units": list(_units(codes))}
    digest = hashlib.sha256(json.dumps(deciding, sort_keys=True, default=str).encode()).hexdigest()
    tables = deciding | {"messages": list(_refused(profile, codes))}
    return Lookups({name: rows for name, rows in tables.items() if rows}, "UTC", lambda system, text: text), digest


def _boms(profile):
    if not any("bom" in column for f in profile.fields.values() for column in f.columns.values()):
        return
    rows = BomRevision.objects.values_list("material__code", "revision", "valid_from", "valid_until")
    for item, revision, start, end in rows.iterator(chunk_size=2000):
        yield {"item": item, "revision": revision, "valid_from": str(start), "valid_to": str(end) if end else ""}


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
