"""What do Tryton's words mean in ours? Data, published as version 1 of a Tryton connection's mapping.

Tryton writes instants in naive UTC and dates without a time. A date that is a promise means "by the end of
that day" in the plant's zone: the end of the day is spelled out here, since a bare date reads as midnight.
"""
from integrations.systems.tryton.streams import ENVELOPE

_STATUS = {
    "sale": {
        "draft": ["commercial", "draft"],
        "quotation": ["commercial", "quoted"],
        "confirmed": ["commercial", "confirmed"],
        "processing": ["commercial", "confirmed"],
        "done": ["commercial", "closed"],
        "cancelled": ["commercial", "cancelled"],
    },
    "shipment": {
        "draft": ["logistics", "none"],
        "waiting": ["logistics", "none"],
        "assigned": ["logistics", "picking"],
        "picked": ["logistics", "picking"],
        "packed": ["logistics", "packed"],
        "shipped": ["logistics", "shipped"],
        "done": ["logistics", "delivered"],
        "cancelled": ["logistics", "none"],
    },
    "invoice": {
        "draft": ["finance", "none"],
        "validated": ["finance", "none"],
        "posted": ["finance", "invoiced"],
        "paid": ["finance", "paid"],
        "cancelled": ["finance", "none"],
    },
}

_UNITS = {"tryton": {
    "u": ["pcs", "1"], "kg": ["kg", "1"], "g": ["kg", "1/1000"], "t": ["kg", "1000"],
    "m": ["m", "1"], "cm": ["m", "1/100"], "L": ["L", "1"], "h": ["h", "1"],
}}


def _time(expression, zone="UTC"):
    return {"from": expression, "as": "time", "dialect": "tryton", "zone": zone}


def _end_of(name, zone):
    """The last second of the day in the date field `name`, null when that is null."""
    parts = "".join(f", {part}: {name}.{part}" for part in ("year", "month", "day"))
    last = ", hour: `23`, minute: `59`, second: `59`"
    return _time(f"{name} && {{\"__class__\": 'datetime'{parts}{last}}}", zone)


def _when(states, expression):
    """The expression's value while `state` is one of `states`, else null."""
    test = " || ".join(f"state == '{state}'" for state in states)
    return f"[@][?{test}].{expression} | [0]"


_SOLD = ("confirmed", "processing", "done")
_WRITTEN = "not_null(write_date, create_date)"


def _reached(state, while_in, otherwise=_WRITTEN):
    """When Tryton's log says it reached `state`; without a log, `otherwise` while in one of `while_in`."""
    return f"not_null(reached.{state}, {_when(while_in, otherwise)})"


_LEFT = f"not_null(reached.shipped, {_reached('done', ('shipped', 'done'))})"
_COMMON = {
    "key": "id",
    "occurred_at": {"from": "touched_at", "dialect": "iso"},
    "actor": "write_uid.name || create_uid.name",
    "actor_kind": {"const": "person"},
    "closed": "contains(['done', 'cancelled', 'paid'], state)",
    "retracts": "gone",
}


def _order(zone):
    return _COMMON | {
        "order_number": "number",
        "status": {"from": "state", "table": "sale"},
        "fields": {
            "customer": "party.code",
            "customer_name": "party.name",
            "currency": {"from": "currency.code", "as": "currency"},
            "amount_minor": {"from": "total_amount.decimal", "as": "money", "currency": "currency.code"},
            "warehouse": "warehouse.code",
            "ordered_at": _time(_reached("confirmed", _SOLD, "create_date")),
            "requested_at": _end_of("shipping_date", zone),
        },
        "facts": {"ordered": _time(_reached("confirmed", _SOLD, "create_date"))},
    }


def _order_line(zone):
    return _COMMON | {
        "closed": "contains(['done', 'cancelled'], sale.state)",
        "order_number": "sale.number",
        "line_number": "sequence || id",
        "parent_entity": "order",
        "parent_key": "sale.id",
        "fields": {
            "material": "product.code",
            "material_name": "product.name",
            "quantity_m": {"from": "quantity", "as": "quantity", "unit": "unit.symbol", "units": "tryton"},
            "shipped_m": {"from": "sum_decimals(moves[?state == 'done'].quantity)", "as": "quantity",
                          "unit": "unit.symbol", "units": "tryton"},
            "unit_price_u": {"from": "unit_price.decimal", "as": "price"},
            "amount_minor": {"from": "amount.decimal", "as": "money", "currency": "currency.code"},
            "promised_at": _end_of("sale.shipping_date", zone),
        },
    }


def _shipment(zone, order_number):
    return _COMMON | {
        "key": "join('/', [not_null(number, to_string(id)), to_string(line.id)])",
        "order_number": order_number,
        "status": {"from": "state", "table": "shipment"},
        "fields": {
            "customer": "customer.code",
            "customer_name": "customer.name",
            "material": "line.product.code",
            "material_name": "line.product.name",
            "quantity_m": {"from": "line.quantity", "as": "quantity", "unit": "line.unit.symbol",
                           "units": "tryton"},
            "shipped_m": {"from": _when(("shipped", "done"), "line.quantity"), "as": "quantity",
                          "unit": "line.unit.symbol", "units": "tryton"},
            "warehouse": "warehouse.code",
            "promised_at": _end_of("planned_date", zone),
            "posted_at": _time(_LEFT),
        },
        "facts": {
            "packed": _time(_reached("packed", ("packed",))),
            "shipped": _time(_LEFT),
            "delivered": _time(_reached("done", ("done",))),
        },
    }


def _invoice():
    return _COMMON | {
        "order_number": "sales[0].number",
        "parent_entity": "order",
        "parent_key": "sales[0].id",
        "status": {"from": "state", "table": "invoice"},
        "fields": {
            "customer": "party.code",
            "currency": {"from": "currency.code", "as": "currency"},
            "amount_minor": {"from": "total_amount.decimal", "as": "money", "currency": "currency.code"},
            "posted_at": _time(_reached("posted", ("posted",))),
        },
        "facts": {
            "invoiced": _time(_reached("posted", ("posted",))),
            "paid": _time(_reached("paid", ("paid",))),
        },
    }


def mapping_spec(system, *, role="erp", zone="Asia/Shanghai"):
    """The mapping (JSON-able, see docs/mapping.md) of a Tryton known to the hub as `system`.

    `role` "erp": it owns the sales; "wms": it only ships and names the order in `reference`. `zone` is the
    plant's, for Tryton's bare dates.
    """
    if role == "erp":
        own_line = {"parent_entity": "order_line", "parent_key": "after(line.origin, ',')"}
        streams = {"order": _order(zone), "order_line": _order_line(zone),
                   "shipment": _shipment(zone, "line.sale.number") | own_line, "invoice": _invoice()}
    else:
        streams = {"shipment": _shipment(zone, "reference")}
    return {"format": 1, "system": system, "zone": "UTC", "mapping_version": 1, "orders_by": "time",
            "envelope": list(ENVELOPE), "tables": _STATUS, "units": _UNITS, "streams": streams}
