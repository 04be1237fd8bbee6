"""What is really the state of every order of the sample factory, as far as its systems have told it?"""
from integrations.sample_factory.clockwork import to_datetime
from integrations.sample_factory.plan import NEVER
from integrations.sample_factory.world import SYSTEMS
from orders.statement import STATUSES

_SAYS = {(module.CODE, *said): pair for module in SYSTEMS for said, pair in module.SAYS.items()}
# Whose word is the truth of an axis here: the last said by one system, or the furthest anybody has seen.
_OWNER = {"commercial": "erp", "finance": "erp", "production": "mes", "quality": "mes"}
_NODES = (
    ("credit_checked", "credit"), ("purchase_requested", "purchase"), ("mrp_run", "mrp"),
    ("material_received", "received"), ("dispatched", "dispatched"), ("production_started", "started"),
    ("first_article", "first_article"), ("production_finished", "finished"), ("qc_released", "qc_released"),
)


def expected(world, moment=None):
    """One dict per order that spoke until `moment` (UTC ms, the world's now): what a hub must have come to.

    {"order", "kind", "customer", "team", "plant", the six axes, "quantity_m", "delivered_m", "shipped_m",
    "amount_minor", "requested_at", "promised_at", "promised_original_at", "is_late", "waiting_for", "why",
    "faults": [kinds], "loads": number of shipments}. Orders with faults may rightly differ where those touch them.
    """
    moment = world.now if moment is None else moment
    for plan in world.plans(None, moment):
        told = [message for message in world.messages(plan) if message[0] <= moment]
        if told:
            yield _expected_of(world, plan, told, moment)


def _expected_of(world, plan, told, moment):
    axes, heard_at = _axes(told)
    delivered = plan.delivered_pieces(moment) if axes["logistics"] == "delivered" else 0
    promised = plan.promised_at(moment)
    return {
        "order": plan.order_number, "kind": plan.kind, "customer": plan.customer.code, "team": plan.team,
        "plant": plan.plant, **axes, "quantity_m": plan.pieces * 1000, "delivered_m": delivered * 1000,
        "shipped_m": plan.shipped_pieces(moment) * 1000, "amount_minor": plan.amount, "currency": "CNY",
        "requested_at": _text(plan.requested), "promised_at": _text(promised),
        "promised_original_at": _text(plan.promised_first if promised else None),
        "is_late": bool(promised) and min(plan.delivered, moment) > promised and plan.cancelled > moment,
        "waiting_for": _waiting_for(plan, moment), "why": _why(plan),
        "faults": [getattr(one, "kind", "") or one.fault.kind for one in world.book.suffered(plan)],
        "loads": len(plan.shipments), "last_heard_at": _text(heard_at),
    }


def _text(ms):
    return None if ms is None or ms == NEVER else to_datetime(ms).isoformat()


def _axes(told):
    """({axis: status}, when the last message came) from what was received."""
    axes = {axis: statuses[0] for axis, statuses in STATUSES.items()}
    newest = {}
    for _, _, system, _, step in told:
        code, entity, word, occurred = _told(system, step)
        axis, status = _SAYS.get((code, entity, word), ("", ""))
        if not axis or _OWNER.get(axis, code) != code:
            continue
        rank = STATUSES[axis].index(status) if axis not in _OWNER else occurred
        if rank >= newest.get(axis, -1):
            newest[axis], axes[axis] = rank, status
    return axes, max(message[0] for message in told)


def _told(system, step):
    if system is not None:
        return SYSTEMS[system].CODE, step[1], step[2], step[0]
    if step.row is None or any(truth["parks"] for truth in step.truths):
        return "", "", "", 0
    return step.system, step.entity, step.word, step.occurred


def _waiting_for(plan, moment):
    """The first node of the path that has not happened yet; "" when all has."""
    if plan.cancelled <= moment:
        return ""
    for node, name in _NODES:
        if (plan.is_made or node == "credit_checked") and getattr(plan, name) > moment:
            return node
    for node in ("packed", "shipped", "delivered"):
        if any(getattr(load, node) > moment for load in plan.shipments):
            return node
    return "invoiced" if plan.invoiced > moment else "paid" if plan.paid > moment else ""


def _why(plan):
    """Why it is late, in both languages, when a trouble befell it."""
    if plan.trouble is None:
        return None
    node, english, chinese, *_ = plan.trouble
    return {"node": node, "en": english, "zh": chinese}
