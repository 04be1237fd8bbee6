"""What does the ERP say of an order, in its own words (SAP-like)?"""
from integrations.sample_factory.catalog import KINDS
from integrations.sample_factory.plan import NEVER
from integrations.sample_factory.wording import compact_date, compact_time, sap_time, when, yuan

CODE = "erp"
LAG = (5_000, 35_000)
_ORDER_TYPE = {code: written for code, _, _, written in KINDS}
_STATUS = {
    "created": "A", "credit": "B", "confirmed": "C", "held": "H", "released": "C", "moved": "C",
    "cancelled": "X", "closed": "Z",
}
SAYS = {
    **{("order", word): ("commercial", status) for word, status in (
        ("created", "draft"), ("credit", "draft"), ("confirmed", "confirmed"), ("held", "held"),
        ("released", "confirmed"), ("moved", "confirmed"), ("cancelled", "cancelled"), ("closed", "closed"))},
    ("order_line", "created"): ("material", "none"),
    ("order_line", "purchase"): ("material", "requested"),
    ("order_line", "short"): ("material", "short"),
    ("order_line", "reserved"): ("material", "reserved"),
    ("posting", "receipt"): ("material", "received"), ("posting", "issue"): ("logistics", "shipped"),
    ("invoice", "posted"): ("finance", "invoiced"), ("invoice", "paid"): ("finance", "paid"),
}


def steps(plan):
    """[(occurred, entity, word, part, version)] of the whole life; a record's versions go up with time."""
    made = _order_steps(plan)
    for place in range(len(plan.lines)):
        made += _line_steps(plan, place)
    if plan.received_posted != NEVER:
        made.append((plan.received_posted, "posting", "receipt", 0, 1))
    for place, load in enumerate(plan.shipments):
        if load.posted != NEVER:
            made.append((load.posted, "posting", "issue", place, 1))
    if plan.invoiced != NEVER:
        made.append((plan.invoiced, "invoice", "posted", 0, 1))
        made.append((plan.paid, "invoice", "paid", 0, 2))
    return made


def order_words(plan):
    """[(occurred, word)] of the order's header, by time; the CRM mirrors it."""
    words = [
        (plan.created, "created"), (plan.confirmed, "confirmed"), (plan.held, "held"),
        (plan.released, "released"), (plan.moved, "moved"), (plan.cancelled, "cancelled"),
        (plan.closed, "closed"),
    ]
    return sorted(pair for pair in words if pair[0] < NEVER)


def _order_steps(plan):
    words = order_words(plan)
    if plan.is_made:
        words = sorted([*words, (plan.credit, "credit")])
    return [(at, "order", word, 0, place + 1) for place, (at, word) in enumerate(words)]


def _line_steps(plan, place):
    words = [(plan.created + 1_000, "created")]
    if plan.is_made:
        words += [(plan.purchase, "purchase"), (plan.mrp, "short" if plan.is_short else "reserved")]
    else:
        words.append((plan.confirmed + 1_000, "reserved"))
    if plan.moved != NEVER:
        words.append((plan.moved + 1_000, words[-1][1]))
    words = sorted(pair for pair in words if pair[0] < NEVER)
    return [(at, "order_line", word, place, version + 1) for version, (at, word) in enumerate(words)]


def render(plan, step, envelope):
    """The raw row of one step."""
    return _RENDER[step[1]](plan, step, envelope)


def _order(plan, step, envelope):
    at, _, word, _, version = step
    promised = plan.promised_at(at)
    by_hand = word in ("confirmed", "held", "released", "moved", "cancelled")
    return {
        **envelope, "VBELN": f"{plan.number:010d}", "AUART": _ORDER_TYPE[plan.kind], "GBSTK": _STATUS[word],
        "KUNNR": f"{plan.customer.code:0>10}", "NAME1": plan.customer.name, "VKGRP": plan.team,
        "WERKS": plan.plant, "KWMENG": f"{plan.pieces}.000", "VRKME": "ST", "NETWR": yuan(plan.amount),
        "WAERK": "CNY", "VDATU": sap_time(plan.requested),
        "ZZPROM": sap_time(promised) if promised else None,
        "ERDAT": sap_time(plan.created), "ZZCREDIT": when(sap_time, plan.credit, at),
        "AEDAT": compact_date(at), "AEZET": compact_time(at), "ZVERSION": f"{version:06d}",
        "AENAM": plan.seller if by_hand else "RFC_BATCH", "ZUSTYP": "A" if by_hand else "B",
        "LFIMG": f"{plan.shipped_pieces(at)}.000" if word == "closed" else None,
        "LIFSK": "Z1" if word == "held" else None,
        "ABGRU": "K1" if word == "cancelled" else None,
        "FKSTA": "X" if word in ("closed", "cancelled") else "N",
    }


def _line(plan, step, envelope):
    at, _, word, place, version = step
    line = plan.lines[place]
    promised = plan.promised_at(at)
    return {
        **envelope, "VBELN": f"{plan.number:010d}", "POSNR": f"{line.number:06d}",
        "MATNR": f"{line.material.code:0>18}", "ARKTX": line.material.name, "KWMENG": f"{line.pieces}.000",
        "VRKME": "ST", "NETPR": yuan(line.price), "KPEIN": "1", "NETWR": yuan(line.amount), "WAERK": "CNY",
        "STLAL": line.material.revision, "WERKS": plan.plant, "EDATU": sap_time(plan.requested),
        "ZZPROM": sap_time(promised) if promised else None, "ZMATST": _MATERIAL_STATUS[word],
        "BANDAT": when(sap_time, plan.purchase, at), "MRPDAT": when(sap_time, plan.mrp, at),
        "AEDAT": compact_date(at), "AEZET": compact_time(at), "ZVERSION": f"{version:06d}",
        "AENAM": plan.planner if word == "purchase" else "MRP_JOB",
        "ZUSTYP": "A" if word == "purchase" else "B",
    }


_MATERIAL_STATUS = {"created": "00", "purchase": "10", "short": "25", "reserved": "20"}


def receipt_key(plan):
    """How the WMS names the inbound receipt of the order's components."""
    return f"ASN{plan.number}"


def shipment_key(plan, place):
    """How the WMS names a shipment."""
    return f"SHP{plan.number}-{place + 1}"


def _posting(plan, step, envelope):
    at, _, word, place, version = step
    inbound = word == "receipt"
    pieces = plan.pieces if inbound else plan.shipments[place].pieces
    return {
        **envelope, "MBLNR": f"{'50' if inbound else '49'}{plan.index * 4 + place:08d}",
        "BWART": "101" if inbound else "601", "VBELN": f"{plan.number:010d}",
        "XBLNR": receipt_key(plan) if inbound else shipment_key(plan, place),
        "MATNR": f"{plan.lines[0].material.code:0>18}", "WERKS": plan.plant, "LGORT": plan.warehouse.code,
        "MENGE": f"{pieces}.000", "MEINS": "ST", "BUDAT": compact_date(at), "CPUTM": compact_time(at),
        "LIFNR": plan.supplier[0] if inbound else None, "ZVERSION": f"{version:06d}", "USNAM": "RFC_WMS",
        "ZUSTYP": "B",
    }


def _invoice(plan, step, envelope):
    at, _, word, _, version = step
    return {
        **envelope, "BELNR": f"90{plan.index:08d}", "VBELN": f"{plan.number:010d}",
        "RFBSK": "P" if word == "paid" else "C", "NETWR": yuan(plan.amount), "WAERK": "CNY",
        "KUNNR": f"{plan.customer.code:0>10}", "FKDAT": sap_time(plan.invoiced),
        "AUGDT": when(sap_time, plan.paid, at), "AEDAT": compact_date(at), "AEZET": compact_time(at),
        "ZVERSION": f"{version:06d}", "AENAM": "RFC_FI", "ZUSTYP": "B",
    }


def envelope(place, message, batch):
    """The interface's own fields around a document."""
    return {"DOCNUM": message, "ZBATCH": batch}


_RENDER = {"order": _order, "order_line": _line, "posting": _posting, "invoice": _invoice}
