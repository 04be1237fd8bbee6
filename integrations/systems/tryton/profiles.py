"""What is compared between an ERP and a warehouse that are both Tryton? Data, as docs/profile.md has it."""

_QUANTITY = {"type": "quantity", "severity": "high", "label": {"en": "Quantity", "zh": "数量"}}
_LEFT = ["shipped", "delivered"]

POSTED = {
    "record": "wms", "key": ["order_number", "material"],
    "systems": {
        "erp": {"entity": "shipment", "scope": [{"column": "status", "in": _LEFT}]},
        "wms": {"entity": "shipment", "scope": [{"column": "status", "in": _LEFT}]}},
    "fields": {
        "quantity_m": {**_QUANTITY, "authority": "wms"},
        "posted_at": {"max_minutes_between": 3, "authority": "wms",
                      "label": {"en": "Time of posting", "zh": "过账时间"}}},
}
OPEN = {
    "record": "erp", "key": ["order_number", "material"],
    "systems": {
        "erp": {"entity": "shipment", "scope": [{"column": "status", "not_in": _LEFT}]},
        "wms": {"entity": "shipment", "scope": [{"column": "status", "not_in": _LEFT}]}},
    "fields": {"quantity_m": {**_QUANTITY, "authority": "erp"}},
}
# code, English, Chinese, department, specification
PROFILES = [
    ("tryton-posted", "Goods out: shipped and posted", "出库：已发货与已过账", "warehouse", POSTED),
    ("tryton-open", "Still to ship: ERP and warehouse", "待发货：ERP 与仓库", "warehouse", OPEN),
]
