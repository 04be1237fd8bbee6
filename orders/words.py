"""What are stages, axes, states, facts and fields called on a page?"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STAGES = {
    "draft": _("draft"),
    "quoted": _("quoted"),
    "confirmed": _("confirmed"),
    "held": _("on hold"),
    "requested": _("material requested"),
    "short": _("material short"),
    "reserved": _("material reserved"),
    "received": _("material received"),
    "planned": _("production planned"),
    "dispatched": _("dispatched"),
    "started": _("in production"),
    "finished": _("production finished"),
    "inspecting": _("under inspection"),
    "rejected": _("rejected by QC"),
    "released": _("released by QC"),
    "picking": _("picking"),
    "packed": _("packed"),
    "shipped": _("shipped"),
    "in_transit": _("in transit"),
    "delivered": _("delivered"),
    "returned": _("returned"),
    "invoiced": _("invoiced"),
    "part_paid": _("part paid"),
    "paid": _("paid"),
    "credited": _("credited"),
    "closed": _("closed"),
    "cancelled": _("cancelled"),
    "none": pgettext_lazy("status", "nothing yet"),
}
AXES = {
    "commercial": _("commercial"),
    "material": _("material"),
    "production": _("production"),
    "quality": _("quality"),
    "logistics": _("logistics"),
    "finance": _("finance"),
}
FACTS = {
    "ordered": _("ordered"),
    "credit_checked": _("credit checked"),
    "purchase_requested": _("purchase requested"),
    "mrp_run": _("MRP run"),
    "material_received": _("material received"),
    "dispatched": _("dispatched to line"),
    "production_started": _("production started"),
    "first_article": _("first article inspected"),
    "production_finished": _("production finished"),
    "qc_released": _("QC release"),
    "packed": _("packed"),
    "shipped": _("shipped"),
    "in_transit": _("in transit"),
    "delivered": _("delivered"),
    "invoiced": _("invoiced"),
    "paid": _("paid"),
}
FIELDS = {
    "status": _("status"),
    "quantity_m": _("quantity"),
    "shipped_m": _("shipped quantity"),
    "unit": _("unit"),
    "amount_minor": _("amount"),
    "currency": _("currency"),
    "unit_price_u": _("unit price"),
    "customer": _("customer"),
    "customer_name": _("customer name"),
    "tier": _("tier"),
    "material": _("material"),
    "material_name": _("material name"),
    "bom_revision": _("BOM revision"),
    "plant": _("plant"),
    "warehouse": _("warehouse"),
    "sales_team": _("sales team"),
    "requested_at": _("requested date"),
    "promised_at": _("promise"),
    "promised_original_at": _("original promise"),
    "forecast_at": _("forecast"),
    "ordered_at": _("order date"),
    "posted_at": _("posted"),
    "carrier": _("carrier"),
    "waybill": _("waybill"),
    "on_hand_m": _("on hand"),
    "order_kind": _("order kind"),
    "credit_limit_minor": _("credit limit"),
    "pack_m": _("quantity in a box"),
    "list_price_minor": _("list price"),
    "supplier": _("supplier"),
    "supplier_name": _("supplier name"),
    "carrier_name": _("carrier name"),
}
ENTITIES = {
    "order": _("order"),
    "order_line": _("order line"),
    "shipment": _("shipment"),
    "receipt": _("receipt"),
    "stock": _("stock"),
    "invoice": _("invoice"),
    "work_order": _("work order"),
    "inspection": _("inspection"),
    "waybill": _("waybill"),
    "posting": _("posting"),
    "customer": _("customer"),
    "material": _("material"),
    "supplier": _("supplier"),
    "carrier": _("carrier"),
    "price": _("list price"),
}
# What comes together from a system: of one kind, or all of its messages one after the other.
STREAMS = ENTITIES | {"messages": _("all messages")}
EVENTS = {"stated": _("message of a system"), "hub": _("decision in the hub")}
ORDERED_BY = {"version": _("version"), "sequence": _("sequence"), "time": _("time")}
ACTORS = {"interface": _("interface"), "person": pgettext_lazy("actor", "person"), "device": _("device")}
MATCHED_BY = {"number": _("order number"), "person": pgettext_lazy("actor", "person")}
DECISIONS = {
    "held": _("put on hold"),
    "released": _("released from hold"),
    "expedited": _("expedited"),
    "accepted": _("accepted"),
    "hold": _("put on hold"),
    "release": _("released from hold"),
    "expedite": _("expedited"),
    "unexpedite": _("no longer expedited"),
    "joined": _("joined"),
    "parted": _("parted"),
    "shared": _("shared"),
    "corrected": _("corrected"),
    "archived": _("archived"),
    "accept": _("conflict accepted"),
    "join": _("joined"),
    "part": _("parted"),
    "rematch": _("record matched by hand"),
    "share": _("shared"),
    "unshare": _("no longer shared"),
    "correct_promise": _("original promise corrected"),
    "archive": _("archived"),
}
# Kind of a decision → what was decided about whom or what, of the event's data.
DECIDED = {
    "share": _("shared with %(name)s"),
    "unshare": _("no longer shared with %(name)s"),
    "join": _("order %(order)s joined to this one"),
    "joined": _("joined to order %(order)s"),
    "part": _("order %(order)s parted from this one"),
    "parted": _("parted from order %(order)s"),
    "rematch": _("record %(key)s matched by hand"),
    "correct_promise": _("original promise of line %(line)s corrected"),
}
WHY = {
    "differ": _("the systems say different things"),
    "tie": _("one system says two things at the same moment"),
    "ended_in_one": _("cancelled in one system, alive in another"),
    "several_records": _("one system says several things in records of its own"),
    "held_but_moved": _("work went on although the order is on hold"),
    "held_but_ended": _("ended in a system although it is on hold here"),
    "released_but_held": _("released from hold here, still on hold in a system"),
    "expedited_but_cancelled": _("expedited here, cancelled in a system"),
}


def event_word(code):
    """What an event is: a system's message, or a decision made in the hub."""
    return word(EVENTS, code) if code in EVENTS else word(DECISIONS, code)


def decided(event):
    """What a decision was, naming the person or thing it was about."""
    data = {"name": event.data.get("person", ""), **event.data}
    sentence = DECIDED.get(event.kind)
    return sentence % data if sentence else event_word(event.kind)


# What an authority is about: everything, an axis, or one field or node.
SUBJECTS = {"*": _("everything"), **AXES, **{code: name for code, name in (FACTS | FIELDS).items() if code not in AXES}}


def word(table, code):
    """The page's word for a code; the code itself when it has none yet."""
    return table.get(code, code)
