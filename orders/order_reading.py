"""What may this person read of one order: axes, conflicts, records, events?"""

from kernel.money import is_money, may_see_money, without_money
from kernel.pages import whole
from orders import words
from orders.models import Event, HoldKind

EVENTS = 30


def hidden_entities(user):
    """The entities whose records say nothing to this person: bills without finance, waybills without transit."""
    finance = () if may_see_money(user) else ("invoice", "posting")
    transit = () if user.has_perm("orders.see_transit") else ("waybill",)
    return (*finance, *transit)


def axes_of(order, user):
    """[(axis, entry)]: the value with its system, whether it is unconfirmed, and what others say."""
    found, kept = [], (order.state or {}).get("axes", {})
    for axis in words.AXES:
        if axis == "finance" and not may_see_money(user):
            continue
        entry = dict(kept.get(axis) or {})
        entry.setdefault("value", getattr(order, axis))
        said = entry.get("said") or {}
        entry["others"] = {system: value for system, value in said.items() if value != entry["value"]}
        found.append((axis, entry))
    return found


def conflicts_of(order, user):
    sees = may_see_money(user)
    return [
        one
        for one in order.conflicts or []
        if sees or not (is_money(one.get("subject", "")) or one.get("subject") == "finance")
    ]


def records_of(order, user):
    rows = order.source_records.select_related("system").order_by("system__code", "entity", "key")[:200]
    hidden = hidden_entities(user)
    return [
        {
            "system": row.system.code,
            "name": row.system.name,
            "entity": row.entity,
            "key": row.key,
            "data": without_money(row.data, user),
            "status_raw": row.status_raw,
            "occurred_at": row.occurred_at,
            "received_at": row.received_at,
            "version": row.version,
            "actor": row.actor,
            "line_number": row.line_number,
            "is_retracted": row.is_retracted,
            "message_count": row.message_count,
        }
        for row in rows
        if row.entity not in hidden
    ]


def events_of(order, user, system="", before=""):
    found = Event.objects.filter(order=order).select_related("system", "by", "record")
    found = found.exclude(entity__in=hidden_entities(user))
    if system:
        found = found.filter(system__code=system)
    if before:
        from_id = whole(before)
        mark = Event.objects.filter(order=order, pk=from_id).values("occurred_at").first()
        if mark:
            at = mark["occurred_at"]
            found = found.filter(occurred_at__lte=at).exclude(occurred_at=at, pk__gte=from_id)
    rows = list(found.order_by("-occurred_at", "-pk")[: EVENTS + 1])
    kinds = _hold_kinds(rows)
    for row in rows:
        row.hold_kind = kinds.get(row.data.get("hold_kind"))
        row.data = without_money(row.data, user)
    return rows[:EVENTS], rows[EVENTS - 1].pk if len(rows) > EVENTS else 0


def _hold_kinds(events):
    """{code: HoldKind} of the holds among these events."""
    codes = {one.data["hold_kind"] for one in events if one.data.get("hold_kind")}
    return {one.code: one for one in HoldKind.objects.filter(code__in=codes)} if codes else {}
