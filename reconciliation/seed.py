"""Which comparisons does a hub begin with?"""
from kernel.models import Department, Scope
from kernel.news import action
from reconciliation.daily_tables import DAILY_TABLES
from reconciliation.models import Profile, ProfileVersion

ORDERS = {
    "record": "erp", "key": "order_number",
    "systems": {"erp": {}, "wms": {}, "crm": {}},
    "fields": {
        "quantity_m": {"type": "quantity", "authority": "erp", "severity": "high",
                       "label": {"en": "Quantity", "zh": "数量"}},
        "shipped_m": {"type": "quantity", "columns": {"erp": "shipped_m", "wms": "shipped_m"}, "authority": "erp",
                      "empty": "ignore", "label": {"en": "Shipped", "zh": "已发数量"}},
        "amount_minor": {"type": "money", "columns": {"erp": "amount_minor", "crm": "amount_minor"},
                         "tolerance": "0.01", "authority": "erp", "severity": "high",
                         "label": {"en": "Amount", "zh": "金额"}},
        "customer": {"type": "text", "authority": "erp", "label": {"en": "Customer", "zh": "客户"}},
        "status": {"type": "code", "columns": {"erp": "status", "crm": "status"}, "authority": "erp",
                   "rank": ["draft", "quoted", "confirmed", "held", "closed", "cancelled"],
                   "label": {"en": "Status", "zh": "状态"}},
        "requested_at": {"type": "time", "columns": {"erp": "requested_at", "crm": "requested_at"},
                         "tolerance": "60s", "authority": "erp", "severity": "low",
                         "label": {"en": "Requested date", "zh": "客户要求日期"}},
        "promised_at": {"type": "time", "columns": {"erp": "promised_at", "crm": "promised_at"},
                        "tolerance": "60s", "authority": "erp", "label": {"en": "Promised date", "zh": "承诺日期"}},
    },
}
_MOVED = {
    "quantity_m": {"type": "quantity", "authority": "wms", "severity": "high",
                   "label": {"en": "Quantity", "zh": "数量"}},
    "posted_at": {"max_minutes_between": 3, "authority": "wms",
                  "label": {"en": "Time of posting", "zh": "过账时间"}},
}
INBOUND = {
    "record": "wms",
    "systems": {
        "erp": {"entity": "posting", "key": "parent_key", "scope": [{"column": "parent_entity", "equals": "receipt"}]},
        "wms": {"entity": "receipt", "key": "key", "scope": [{"column": "status", "in": ["received"]}]}},
    "fields": _MOVED,
}
OUTBOUND = {
    "record": "wms",
    "systems": {
        "erp": {"entity": "posting", "key": "parent_key", "scope": [{"column": "parent_entity", "equals": "shipment"}]},
        "wms": {"entity": "shipment", "key": "key", "scope": [{"column": "status", "in": ["shipped", "delivered"]}]}},
    "fields": _MOVED,
}
STOCK = {
    "entity": "stock", "key": "key", "grace": "2h",
    "systems": {"erp": {}, "wms": {}},
    "fields": {"on_hand_m": {"type": "quantity", "authority": "wms", "severity": "high",
                             "label": {"en": "On hand", "zh": "库存"}}},
}
INVOICES = {
    "record": "orders", "key": "order_number",
    "systems": {"orders": {"source": "erp", "entity": "order", "label": {"en": "ERP orders", "zh": "ERP 订单"}},
                "invoices": {"source": "erp", "entity": "invoice", "complete": False,
                             "label": {"en": "ERP invoices", "zh": "ERP 发票"}}},
    "fields": {
        "amount_minor": {"type": "money", "tolerance": "0.01", "authority": "orders", "severity": "high",
                         "label": {"en": "Amount", "zh": "金额"}},
        "customer": {"type": "text", "authority": "orders", "label": {"en": "Customer", "zh": "客户"}}},
}
DELIVERIES = {
    "record": "wms",
    # A packed shipment has no waybill yet.
    "systems": {"wms": {"entity": "shipment", "key": "key", "complete": False,
                        "scope": [{"column": "status", "in": ["shipped", "delivered"]}]},
                "tms": {"entity": "waybill", "key": "parent_key"}},
    "fields": {"quantity_m": {"type": "quantity", "authority": "wms", "label": {"en": "Quantity", "zh": "数量"}}},
}
WORK_ORDERS = {
    "record": "erp", "key": ["order_number", "line_number"],
    "systems": {"erp": {"entity": "order_line"}, "mes": {"entity": "work_order", "complete": False}},
    "fields": {
        "material": {"type": "text", "authority": "erp", "label": {"en": "Material", "zh": "物料"}},
        "bom_revision": {"type": "text", "authority": "erp", "label": {"en": "BOM revision", "zh": "BOM 版本"}},
        "quantity_m": {"type": "quantity", "authority": "erp", "label": {"en": "Quantity", "zh": "数量"}}},
}
# code, English, Chinese, department, every minutes, specification
PROFILES = [
    ("orders", "Orders: ERP, WMS and CRM", "订单：ERP、WMS 与 CRM", "order_ops", 30, ORDERS),
    ("inbound", "Goods in: receipt and posting", "入库：收货与过账", "warehouse", 15, INBOUND),
    ("outbound", "Goods out: shipment and posting", "出库：发货与过账", "warehouse", 15, OUTBOUND),
    ("stock", "Stock: ERP and WMS", "库存：ERP 与 WMS", "warehouse", 60, STOCK),
    ("invoices", "Invoices against orders", "发票与订单", "finance", 60, INVOICES),
    ("deliveries", "Deliveries: WMS and TMS", "交付：WMS 与 TMS", "logistics", 60, DELIVERIES),
    ("work_orders", "Order lines: ERP and shop floor", "订单行：ERP 与车间", "planning", 60, WORK_ORDERS),
]


@action
def seed_profiles(*, company, by, at):
    """Make the profiles that are missing, with their first version; returns how many were new."""
    return _seed(PROFILES, company, at)


@action
def seed_daily_tables(*, company, by, at):
    """Make the daily tables of a maker of car parts that are missing; returns how many were new."""
    return _seed(DAILY_TABLES, company, at)


def _seed(tables, company, at):
    scope = Scope.objects.filter(company=company, kind=Scope.SYSTEM).order_by("pk").first() \
        or Scope.objects.filter(company=company).order_by("pk").first()
    departments = {d.code: d for d in Department.objects.all()}
    made = 0
    for code, name_en, name_zh, department, minutes, spec in tables:
        profile, is_new = Profile.objects.get_or_create(code=code, defaults={
            "company": company, "scope": scope, "name_en": name_en, "name_zh": name_zh, "every_minutes": minutes,
            "department": departments.get(department)})
        if is_new:
            full = {"version": 1, "name": code, "title": {"en": name_en, "zh": name_zh}, "currency": "CNY", **spec}
            ProfileVersion.objects.create(profile=profile, number=1, spec=full, published_at=at)
            made += 1
    return made
