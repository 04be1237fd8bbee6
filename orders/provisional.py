"""Which systems know a provisional order, which have not confirmed it, and since when?"""
from orders.models import SourceRecord, SourceSystem

HEADER = "order"


def told_of(order):
    """What orders.sentence.Facts says of an order that waits for the authority on identity; {} of any other."""
    if not order.awaits_confirmation:
        return {}
    headers = SourceRecord.objects.filter(order=order, entity=HEADER)
    speaking = SourceSystem.objects.filter(pk__in=headers.values("system")).order_by("code")
    confirming = SourceSystem.objects.filter(company=order.company_id, confirms_identity=True).order_by("code")
    return {
        "provisional_since": order.created_at,
        **_names("known_by", speaking), **_names("confirmed_by", confirming),
    }


def _names(name, systems):
    systems = list(systems)
    return {
        f"{name}_en": tuple(one.name_en or one.name_zh for one in systems),
        f"{name}_zh": tuple(one.name_zh or one.name_en for one in systems),
    }
