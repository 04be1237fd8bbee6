"""Which tables can the hub's own master data give to a comparison?"""
from orders.models import BomRevision
from reconciliation.lookups import Lookups


def hub_lookups(profile):
    """Lookups from the hub's master data: BOM revisions."""
    boms = BomRevision.objects.values_list("material__code", "revision", "valid_from", "valid_until")
    rows = [{"item": item, "revision": revision, "valid_from": str(start), "valid_to": str(end) if end else ""}
            for item, revision, start, end in boms.iterator(chunk_size=2000)] if _needs_boms(profile) else []
    return Lookups({"boms": rows} if rows else {}, "UTC")


def _needs_boms(profile):
    return any("bom" in column for f in profile.fields.values() for column in f.columns.values())
