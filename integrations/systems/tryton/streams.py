"""What does the hub read from a Tryton, record by record and field by field, and no more?"""
from dataclasses import dataclass

# No part of what a record says: Tryton writes the first two whenever it is saved, even when nothing changed;
# `touched_at` is put there by the connector, the newest stamp of the record and those it is touched by.
ENVELOPE = ("write_date", "write_uid", "touched_at")

_STAMPS = ("create_date", "write_date")
_PEOPLE = ("create_uid.name", "write_uid.name")


@dataclass(frozen=True, slots=True)
class Stream:
    """One model to read.

    `touched_by` are relations whose change makes a record worth reading again: a sale gets its number
    without its lines being written, its total changes with a line and it is not written either. `split`
    names a list inside the record that becomes one row per element. `has_log`: Tryton's own log knows when
    it reached each state; the connector adds that as `reached`: {state: when, last time}. `key_model` is the model
    whose ids stand in the records' keys, where that is another one.
    """

    model: str
    fields: tuple[str, ...]
    domain: tuple = ()
    touched_by: tuple[str, ...] = ()
    split: str = ""
    has_log: bool = True
    key_model: str = ""


STREAMS = {
    "order": Stream(
        "sale.sale",
        ("number", "reference", "state", "shipment_state", "invoice_state", "party.code", "party.name",
         "currency.code", "total_amount", "sale_date", "shipping_date", "warehouse.code", *_STAMPS, *_PEOPLE),
        touched_by=("lines",),
    ),
    "order_line": Stream(
        "sale.line",
        ("sequence", "quantity", "unit.symbol", "unit_price", "amount", "currency.code", "product.code",
         "product.name", "sale.number", "sale.state", "sale.shipping_date", "moves.quantity", "moves.state",
         *_STAMPS, *_PEOPLE),
        domain=(("type", "=", "line"), ("product", "!=", None)),
        touched_by=("sale", "moves"),
        has_log=False,
    ),
    "shipment": Stream(
        "stock.shipment.out",
        ("number", "reference", "state", "customer.code", "customer.name", "planned_date", "effective_date",
         "warehouse.code", *_STAMPS, *_PEOPLE,
         *(f"outgoing_moves.{name}" for name in (
             "quantity", "state", "unit.symbol", "product.code", "product.name", "origin", "sale.number"))),
        touched_by=("moves",),
        split="outgoing_moves",
        key_model="stock.move",
    ),
    "invoice": Stream(
        "account.invoice",
        ("number", "type", "state", "party.code", "currency.code", "total_amount", "invoice_date",
         "sales.number", *_STAMPS, *_PEOPLE),
        domain=(("type", "=", "out"),),
    ),
}

# What a Tryton that only keeps the warehouse is asked for.
WAREHOUSE_STREAMS = ("shipment",)
