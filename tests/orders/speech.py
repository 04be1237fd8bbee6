"""How do tests speak as a system? One sales order's life, as five systems tell it."""
from datetime import UTC, datetime, timedelta

from orders.statement import Statement

START = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


def text(hours):
    return (START + timedelta(hours=hours)).isoformat().replace("+00:00", "Z")


def say(system, entity, key, hours, data=None, **parts):
    return Statement(system=system, entity=entity, key=key, occurred_at=START + timedelta(hours=hours),
                     data=data or {}, **parts)


def life(number="SO-1001", customer="C100", team="east", until=99):
    """Statements from draft to paid, in the order they happened; each stream in its own ordering."""
    erp = {"orders_by": "version", "order_number": number, "order_kind": "urgent"}
    header = {"axis": "commercial", "customer": customer, "customer_name": "上海测试有限公司", "quantity_m": 5000,
              "amount_minor": 120_00, "currency": "CNY", "sales_team": team, "ordered_at": text(0)}
    line = {"axis": "material", "material": "M1", "material_name": "制动盘", "quantity_m": 5000, "unit": "pcs",
            "unit_price_u": 24_000_000, "currency": "CNY", "requested_at": text(80)}
    told = [
        say("erp", "order", f"E{number}", 0, header | {"status": "draft"}, version="1", **erp),
        say("erp", "order_line", f"E{number}/10", 0, line | {"status": "none"}, version="1", line_number="10", **erp),
        say("erp", "order", f"E{number}", 1, header | {"status": "confirmed", "facts": {"ordered": text(0)}},
            version="2", **erp),
        say("erp", "order_line", f"E{number}/10", 1, line | {"status": "requested", "promised_at": text(72)},
            version="2", line_number="10", **erp),
        say("crm", "order", f"O-{number}", 1.5, {"axis": "commercial", "status": "confirmed", "customer": customer,
            "tier": "gold", "sales_team": team}, version="1", orders_by="version", order_number=number),
        say("mes", "work_order", f"W{number}", 10, {"axis": "production", "status": "dispatched",
            "facts": {"dispatched": text(10)}}, sequence=1, orders_by="sequence", order_number=number,
            line_number="10"),
        say("erp", "order_line", f"E{number}/10", 11, line | {"status": "reserved", "promised_at": text(90)},
            version="10", line_number="10", **erp),
        say("mes", "work_order", f"W{number}", 20, {"axis": "production", "status": "finished",
            "facts": {"dispatched": text(10), "production_started": text(12), "production_finished": text(20)}},
            sequence=2, orders_by="sequence", order_number=number, line_number="10"),
        say("wms", "order", f"D{number}", 22, {"axis": "logistics", "status": "picking", "quantity_m": 5000},
            sequence=1, orders_by="sequence", order_number=number),
        say("wms", "shipment", f"S{number}", 30, {"axis": "logistics", "status": "packed", "quantity_m": 5000,
            "facts": {"packed": text(30)}}, sequence=1, orders_by="sequence", parent_entity="order",
            parent_key=f"D{number}"),
        say("wms", "shipment", f"S{number}", 32, {"axis": "logistics", "status": "shipped", "quantity_m": 5000,
            "facts": {"packed": text(30), "shipped": text(32)}}, sequence=2, orders_by="sequence",
            parent_entity="order", parent_key=f"D{number}"),
        say("wms", "order", f"D{number}", 32, {"axis": "logistics", "status": "shipped", "quantity_m": 5000},
            sequence=2, orders_by="sequence", order_number=number),
        say("tms", "waybill", f"T{number}", 50, {"axis": "logistics", "status": "delivered", "quantity_m": 5000,
            "facts": {"delivered": text(50)}}, order_number=number, message_id=f"tms-{number}-1"),
        say("erp", "invoice", f"I{number}", 60, {"axis": "finance", "status": "paid", "amount_minor": 120_00,
            "facts": {"invoiced": text(55), "paid": text(60)}}, version="3", **erp),
    ]
    return told[:until]
