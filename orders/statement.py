"""What does one system say of one of its things, in our words?"""
from dataclasses import dataclass, field
from datetime import datetime

AXES = ("commercial", "material", "production", "quality", "logistics", "finance")

# Canonical status codes per axis, from the first to the last; the place in the row is the rank.
STATUSES = {
    "commercial": ("draft", "quoted", "confirmed", "held", "closed", "cancelled"),
    "material": ("none", "requested", "short", "reserved", "received"),
    "production": ("none", "planned", "dispatched", "started", "finished"),
    "quality": ("none", "inspecting", "rejected", "released"),
    "logistics": ("none", "picking", "packed", "shipped", "in_transit", "delivered", "returned"),
    "finance": ("none", "invoiced", "part_paid", "paid", "credited"),
}

FACTS = (
    "ordered", "credit_checked", "purchase_requested", "mrp_run", "material_received", "dispatched",
    "production_started", "first_article", "production_finished", "qc_released", "packed", "shipped",
    "in_transit", "delivered", "invoiced", "paid",
)

ENTITIES = (
    "order", "order_line", "shipment", "receipt", "stock", "invoice", "work_order", "inspection",
    "waybill", "posting", "customer", "material", "supplier", "carrier", "price",
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One message of one system about one record of its own.

    `data` holds canonical fields, JSON-native: quantities in thousandths (`quantity_m`), money in minor
    units (`amount_minor`) with `currency` beside it, instants as ISO-8601 UTC strings ending in "Z".
    `orders_by` names what orders this record's stream: "version", "sequence" or "time".
    """

    system: str
    entity: str
    key: str
    occurred_at: datetime
    data: dict = field(default_factory=dict)
    order_number: str = ""
    order_kind: str = ""
    line_number: str = ""
    parent_entity: str = ""
    parent_key: str = ""
    occurred_raw: str = ""
    occurred_zone: str = ""
    orders_by: str = "time"
    version: str = ""
    sequence: int | None = None
    message_id: str = ""
    batch: str = ""
    position: int = 0
    actor_kind: str = "interface"
    actor: str = ""
    device: str = ""
    closed: bool | None = None
    status_raw: str = ""
    unit_raw: str = ""
    mapping_version: str = ""
    payload_hash: str = ""
    retracts: bool = False
    observation: int = 0  # the inbox row it was read from, numbered once; 0 when it came another way
