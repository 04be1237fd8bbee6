"""How does a person's decision become an event of the hub, and the order's state follow?"""
import hashlib

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refusal
from kernel.models import Scope
from kernel.news import News, publish
from orders.bulk import dumps, locked
from orders.matching import Kinds
from orders.models import Event, Order, SourceSystem
from orders.refold import Refolder

ENTITY = "decision"


def hub_system(company):
    """The hub as a system of this company: people's decisions are its statements."""
    found = SourceSystem.objects.filter(company=company, role="hub").order_by("pk").first()
    if found:
        return found
    scope = Scope.objects.filter(company=company).order_by("pk").first()
    if scope is None:
        raise Refusal(
            _("%(company)s has no scope yet, so nobody could see this decision: add one first."), code="no_scope",
            company=str(company),
        )
    code = "hub" if not SourceSystem.objects.filter(code="hub").exists() else f"hub-{company.code}"[:30]
    return SourceSystem.objects.create(
        company=company, code=code, role="hub", name_en="Order Hub", name_zh="订单中枢",
        scope=scope,
    )


def lock_order(order):
    """The order as it stands now, locked until the end of the transaction; refuses an archived one."""
    found = locked(Order.objects.filter(pk=order.pk).select_related("company")).get()
    if found.archived_at:
        raise Refusal(_("The order is archived."), code="order_archived")
    return found


def need_reason(reason):
    reason = (reason or "").strip()
    if not reason:
        raise Refusal(_("Please give a reason."), code="reason_missing")
    if len(reason) > 300:
        raise Refusal(_("The reason is longer than 300 characters."), code="reason_too_long")
    return reason


def write_decision(order, kind, data, reason, by, at):
    """One event of the hub in the order's spine, numbered within the order. Not folded yet."""
    system = hub_system(order.company)
    mine = Event.objects.filter(system=system, entity=ENTITY, key=str(order.pk))
    sequence = (mine.order_by("-sequence").values_list("sequence", flat=True).first() or 0) + 1
    text = dumps([kind, data, reason, by and by.pk, at.isoformat()])
    return Event.objects.create(
        system=system, identity=f"v:{ENTITY}:{order.pk}:{sequence}", order=order, entity=ENTITY, key=str(order.pk),
        kind=kind, occurred_at=at, received_at=at, recorded_at=at, orders_by="sequence", sequence=sequence,
        actor_kind="person" if by else "interface", actor=by.username[:60] if by else "", by=by, data=data,
        payload_hash=hashlib.sha256(text.encode()).hexdigest(), reason=reason,
    )


def fold_now(order_ids, at):
    """Fold these orders anew and tell the news; the rows as they are then, in key order."""
    Refolder(Kinds()).refold(order_ids)
    for order_id in sorted(order_ids):
        publish(News("orders.changed", order_id, at))
    return list(Order.objects.filter(pk__in=order_ids).order_by("pk"))


def decide(order, kind, data, reason, by, at):
    """Write one decision and fold; returns the order. The caller has locked it and checked what may be."""
    write_decision(order, kind, data, reason, by, at)
    return fold_now([order.pk], at)[0]
