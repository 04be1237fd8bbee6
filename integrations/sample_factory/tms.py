"""What does the TMS say of an order's lorry-loads, in its own words (waybill nodes, epoch milliseconds)?"""
from integrations.sample_factory.erp import shipment_key
from integrations.sample_factory.plan import NEVER

CODE = "tms"
LAG = (15_000, 90_000)
_NODE = {"picked": "GOT", "transit": "DEPARTURE", "delivered": "SIGNED"}
SAYS = {("waybill", "picked"): ("logistics", "shipped"), ("waybill", "transit"): ("logistics", "in_transit"),
        ("waybill", "delivered"): ("logistics", "delivered")}


def steps(plan):
    """[(occurred, entity, word, part, sequence)]; a short run is signed for before the next node is told."""
    made = []
    for place, load in enumerate(plan.shipments):
        if load.shipped == NEVER:
            continue
        words = [(load.shipped + 2_000 + plan.lag_seed % 50_000, "picked"), (load.delivered, "delivered")]
        if _tells_transit(plan, load):
            words.insert(1, (load.transit, "transit"))
        made += [(at, "waybill", word, place, number + 1) for number, (at, word) in enumerate(words)]
    return made


def _tells_transit(plan, load):
    return load.transit < load.delivered and plan.kind != "jit"


def render(plan, step, envelope):
    """The raw row of one step."""
    at, _, word, place, sequence = step
    load = plan.shipments[place]
    return {
        **envelope, "waybillNo": load.waybill, "custRef": f"{plan.number}/{place + 1:02d}",
        "shipRef": shipment_key(plan, place), "carrierCode": plan.carrier[0], "carrierName": plan.carrier[1],
        "node": _NODE[word], "pcs": load.pieces, "uom": "件", "eventTime": at, "nodeSeq": sequence,
        "consignee": plan.customer.code,
        "transitTime": load.transit if word != "picked" and _tells_transit(plan, load) else None,
        "signTime": load.delivered if word == "delivered" else None,
        "signed": "Y" if word == "delivered" else "N", "reporter": "driver-app",
    }


def envelope(place, message, batch):
    """The interface's own fields around a row."""
    return {"callbackId": message, "pushBatch": batch}
