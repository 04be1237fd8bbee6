"""What does the WMS say of an order, in its own words (a Chinese warehouse system, local wall clock)?"""
from integrations.sample_factory.erp import receipt_key, shipment_key
from integrations.sample_factory.plan import NEVER
from integrations.sample_factory.wording import naive, when

CODE = "wms"
LAG = (3_000, 17_000)
_STATUS = {
    "noticed": "10", "picking": "20", "packed": "40", "partly": "50", "shipped": "60", "cancelled": "90",
}
SAYS = {
    ("order", "noticed"): ("logistics", "none"), ("order", "picking"): ("logistics", "picking"),
    ("order", "partly"): ("logistics", "shipped"), ("order", "shipped"): ("logistics", "shipped"),
    ("order", "cancelled"): ("commercial", "cancelled"), ("shipment", "packed"): ("logistics", "packed"),
    ("shipment", "shipped"): ("logistics", "shipped"), ("receipt", "received"): ("material", "received"),
}


def steps(plan):
    """[(occurred, entity, word, part, sequence)] of the whole life."""
    made = _order_steps(plan)
    if plan.received != NEVER:
        made.append((plan.received, "receipt", "received", 0, 1))
    for place, load in enumerate(plan.shipments):
        if load.packed != NEVER:
            made.append((load.packed, "shipment", "packed", place, 1))
            made.append((load.shipped, "shipment", "shipped", place, 2))
    return made


def _order_steps(plan):
    words = [(plan.created + 9_000 + plan.lag_seed % 40_000, "noticed"), (plan.picking, "picking")]
    words += [(load.shipped + 1_000, "partly") for load in plan.shipments[:-1]]
    words.append((plan.shipments[-1].shipped + 1_000, "shipped"))
    words.append((plan.cancelled + 30_000 if plan.cancelled != NEVER else NEVER, "cancelled"))
    words = sorted(pair for pair in words if pair[0] < NEVER)
    return [(at, "order", word, 0, place + 1) for place, (at, word) in enumerate(words)]


def render(plan, step, envelope):
    """The raw row of one step."""
    return _RENDER[step[1]](plan, step, envelope)


def boxed(plan, pieces):
    """(quantity, unit) as the warehouse counts: boxes of one part, pieces of several."""
    if len(plan.lines) > 1:
        return pieces, "件"
    return pieces // plan.lines[0].material.pack, "箱"


def _order(plan, step, envelope):
    at, _, word, _, sequence = step
    quantity, unit = boxed(plan, plan.pieces)
    gone, _ = boxed(plan, plan.shipped_pieces(at))
    return {
        **envelope, "dn_code": f"DN{plan.number}01", "erp_order": f"SO-{plan.number}",
        "dn_status": _STATUS[word],
        "customer_no": f"C{plan.customer.code}",
        "goods_code": f"M{plan.lines[0].material.code}" if len(plan.lines) == 1 else None,
        "goods_qty": quantity,
        "delivery_actual_qty": gone if word in ("partly", "shipped") else None,
        "goods_unit": unit, "warehouse": plan.warehouse.code,
        "is_closed": word in ("shipped", "cancelled"), "update_time": naive(at), "seq": sequence,
        "operator": plan.keeper if word == "picking" else "接口",
        "operator_type": 2 if word == "picking" else 0,
        "device": plan.device if word in ("picking", "shipped") else "",
    }


def _receipt(plan, step, envelope):
    at, _, _, _, sequence = step
    quantity, unit = boxed(plan, plan.pieces)
    return {
        **envelope, "asn_code": receipt_key(plan), "erp_order": f"SO-{plan.number}",
        "goods_code": f"M{plan.lines[0].material.code}", "goods_qty": quantity, "goods_unit": unit,
        "warehouse": plan.warehouse.code, "supplier": plan.supplier[0], "asn_status": "4",
        "inbound_time": naive(at), "update_time": naive(at), "seq": sequence, "operator": plan.keeper,
        "operator_type": 2, "device": plan.device,
    }


def _shipment(plan, step, envelope):
    at, _, word, place, sequence = step
    load = plan.shipments[place]
    quantity, unit = boxed(plan, load.pieces)
    return {
        **envelope, "ship_code": shipment_key(plan, place), "erp_order": f"SO-{plan.number}",
        "dn_code": f"DN{plan.number}01", "ship_status": _STATUS[word], "goods_qty": quantity,
        "goods_unit": unit, "goods_code": f"M{plan.lines[0].material.code}", "warehouse": plan.warehouse.code,
        "customer_no": f"C{plan.customer.code}", "carrier": plan.carrier[0], "waybill": load.waybill,
        "pack_time": naive(load.packed), "ship_time": when(naive, load.shipped, at), "update_time": naive(at),
        "seq": sequence, "operator": plan.keeper, "operator_type": 2, "device": plan.device,
    }


def envelope(place, message, batch):
    """The interface's own fields around a row."""
    return {"msg_id": message, "batch_no": batch}


_RENDER = {"order": _order, "receipt": _receipt, "shipment": _shipment}
