"""Which comparisons does a maker of car parts let run every day, beside those a hub begins with?

Each asks one question that no other asks: where two of them look at the same records, one says what is missing and
the other, whose systems need not be complete, compares values the first leaves out. So nothing is told twice.
"""

WORDS = {
    "amount_minor": ("money", "Amount", "金额"), "bom_revision": ("text", "BOM revision", "BOM 版本"),
    "carrier": ("text", "Carrier", "承运商"), "carrier_name": ("text", "Carrier name", "承运商名称"),
    "credit_limit_minor": ("money", "Credit limit", "信用额度"), "customer": ("text", "Customer", "客户"),
    "customer_name": ("text", "Customer name", "客户名称"), "material": ("text", "Material", "物料"),
    "list_price_minor": ("money", "List price", "标准售价"), "pack_m": ("quantity", "Quantity in a box", "每箱数量"),
    "supplier_name": ("text", "Supplier name", "供应商名称"),
    "plant": ("text", "Plant", "工厂"), "promised_at": ("time", "Promised date", "承诺日期"),
    "quantity_m": ("quantity", "Quantity", "数量"), "requested_at": ("time", "Requested date", "客户要求日期"),
    "material_name": ("text", "Material name", "物料名称"),
    "sales_team": ("text", "Sales team", "销售团队"), "shipped_m": ("quantity", "Shipped", "已发数量"),
    "tier": ("code", "Tier", "客户等级"), "warehouse": ("text", "Warehouse", "仓库"),
    "waybill": ("text", "Waybill", "运单号"),
}


# How order numbers come written in the warehouse; what is written wrong is told by the comparison of orders.
NUMBER = {"columns": ["order_number"], "normalise": ["trim", "upper", "strip_zeros"],
          "strip_prefix": ["SO-", "SO_", "SO"]}


def side(entity, source="", key=NUMBER, only=None, complete=True, en="", zh="", grace=""):
    """One system of a table; `only` {column: values of the rows that take part}."""
    made = {"entity": entity, "key": key}
    if source:
        made |= {"source": source, "label": {"en": en, "zh": zh}}
    if only:
        made["scope"] = [{"column": column, "in": list(values)} for column, values in only.items()]
    if not complete:
        made["complete"] = False
    if key is NUMBER and entity == "order":
        made["duplicates"] = "latest"  # two of one number: told by the comparison of orders
    if grace:
        made["grace"] = grace
    return made


def field(name, believed, severity="medium", **more):
    """(name, one compared field), called as everywhere."""
    kind, en, zh = WORDS[name]
    return name, {"type": kind, "authority": believed, "severity": severity, "label": {"en": en, "zh": zh}, **more}


def table(right, systems, *fields, **more):
    return {"record": right, "systems": systems, "fields": dict(fields), **more}


SHIPPED = ("shipped", "delivered")
ITEM = ["order_number", "line_number"]

# --- sales ----------------------------------------------------------------------------------------------------

SALES = table(
    "erp", {"erp": side("order", complete=False), "crm": side("order", complete=False)},
    field("sales_team", "erp"), field("customer_name", "erp", "low"))
CANCELLED = table(
    "erp", {"erp": side("order", only={"status": ["cancelled"]}, grace="1h"),
            "wms": side("order", only={"status": ["cancelled"]}, grace="1h")})
SINGLE_PARTS = table(
    "crm", {"crm": side("order", complete=False), "wms": side("order", complete=False)},
    field("material", "crm", "high", empty="ignore"))

CUSTOMERS_OF_ORDERS = table(
    "customers", {"customers": side("customer", "crm", key="customer", en="CRM customers", zh="CRM 客户"),
                  "orders": side("order", "erp", key="customer", complete=False, en="ERP orders", zh="ERP 订单")},
    field("customer_name", "customers", aggregate="same"), field("sales_team", "customers", aggregate="same"),
    cardinality={"kind": "1:n", "many": {"orders": "customer"}})
TIERS = table(
    "customers", {"customers": side("customer", "crm", key="customer", complete=False, en="CRM customers",
                                    zh="CRM 客户"),
                  "orders": side("order", "crm", key="customer", complete=False, en="CRM orders", zh="CRM 订单")},
    field("tier", "customers", aggregate="same"), cardinality={"kind": "1:n", "many": {"orders": "customer"}})

# --- inside an order ------------------------------------------------------------------------------------------

_HEAD = side("order", "erp", en="ERP orders", zh="ERP 订单")
_LINES = side("order_line", "erp", en="ERP order lines", zh="ERP 订单行")
_BY_ORDER = {"cardinality": {"kind": "1:n", "many": {"lines": "order_number"}}}
LINE_SUMS = table(
    "orders", {"orders": _HEAD, "lines": _LINES},
    field("quantity_m", "orders", "high"), field("amount_minor", "orders", "high", tolerance="0.01"), **_BY_ORDER)
LINE_DATES = table(
    "orders", {"orders": _HEAD | {"complete": False}, "lines": _LINES | {"complete": False}},
    field("requested_at", "orders", tolerance="1d"), field("promised_at", "orders", tolerance="1d", empty="ignore"),
    **_BY_ORDER)

# --- shop floor and quality -----------------------------------------------------------------------------------

INSPECTIONS = table(
    "erp", {"erp": side("order_line", key=ITEM), "mes": side("inspection", key=ITEM, complete=False)},
    field("material", "erp", "high"), field("bom_revision", "erp", "high"), field("quantity_m", "erp"))
FINISHED = table(
    "work", {"work": side("work_order", "mes", ITEM, {"status": ["finished"]}, complete=False,
                          en="Finished work orders", zh="完工的生产订单"),
             "checks": side("inspection", "mes", ITEM, en="Inspections", zh="质检", grace="2d")},
    field("quantity_m", "work"))
MADE_WHERE = table(
    "erp", {"erp": side("order_line", key=ITEM, complete=False),
            "mes": side("work_order", key=ITEM, complete=False)},
    field("plant", "erp", "high"))

PARTS_OF_LINES = table(
    "parts", {"parts": side("material", "erp", key="material", en="Material master", zh="物料主数据"),
              "lines": side("order_line", "erp", key="material", complete=False, en="ERP order lines",
                            zh="ERP 订单行")},
    field("material_name", "parts", "low", aggregate="same"), field("bom_revision", "parts", "high", aggregate="same"),
    cardinality={"kind": "1:n", "many": {"lines": "material"}})
COMPONENTS = table(
    "wms", {"wms": side("receipt"), "mes": side("work_order", complete=False)},
    field("material", "mes", "high"))

# --- warehouse and roads --------------------------------------------------------------------------------------

RECEIVED_WHAT = table(
    "wms", {"erp": side("posting", key="parent_key", only={"parent_entity": ["receipt"]}, complete=False),
            "wms": side("receipt", key="key", complete=False)},
    field("material", "wms", "high"), field("warehouse", "wms"))
ISSUED_WHAT = table(
    "wms", {"erp": side("posting", key="parent_key", only={"parent_entity": ["shipment"]}, complete=False),
            "wms": side("shipment", key="key", only={"status": SHIPPED}, complete=False)},
    field("material", "wms", "high"), field("warehouse", "wms"))
NOTES_AND_LOADS = table(
    "notes", {"notes": side("order", "wms", key="key", only={"status": ["shipped"]}, complete=False,
                            en="WMS delivery notes", zh="WMS 发货单"),
              "loads": side("shipment", "wms", key="parent_key", only={"status": SHIPPED}, complete=False,
                            en="WMS shipments", zh="WMS 发货")},
    field("shipped_m", "loads", "low", columns={"notes": "shipped_m", "loads": "quantity_m"}),
    field("warehouse", "notes"), cardinality={"kind": "1:n", "many": {"loads": "parent_key"}})
CARRIERS = table(
    "tms", {"wms": side("shipment", key="key", only={"status": SHIPPED}, complete=False),
            "tms": side("waybill", key="parent_key", complete=False)},
    field("carrier", "wms"), field("waybill", "tms"), field("customer", "wms", "high"))
CLOSED_AND_CARRIED = table(
    "tms", {"erp": side("order", only={"status": ["closed"]}, complete=False), "tms": side("waybill")},
    field("shipped_m", "tms", "high", columns={"erp": "shipped_m", "tms": "quantity_m"}),
    cardinality={"kind": "1:n", "many": {"tms": "order_number"}})

# --- money ----------------------------------------------------------------------------------------------------

# A second lorry may leave days after the first, and the invoice follows the last one.
NOT_INVOICED = table(
    "wms", {"wms": side("shipment", only={"status": SHIPPED}, complete=False), "erp": side("invoice", grace="8d")},
    field("customer", "wms", "high", aggregate="same"), cardinality={"kind": "1:n", "many": {"wms": "order_number"}})
INVOICED_UNSHIPPED = table(
    "tms", {"erp": side("invoice", complete=False), "tms": side("waybill")},
    field("customer", "tms", "high", aggregate="same"),
    cardinality={"kind": "1:n", "many": {"tms": "order_number"}})

# --- master data: what is wrong here goes wrong in every order after it ------------------------------------------

CUSTOMER_MASTER = table(
    "erp", {"erp": side("customer", key="customer"), "crm": side("customer", key="customer")},
    field("customer_name", "erp"), field("tier", "crm"), field("sales_team", "crm"),
    field("credit_limit_minor", "crm", "high", tolerance="0.01"))
PACKING = table(
    "erp", {"erp": side("material", key="material"), "wms": side("material", key="material")},
    field("pack_m", "wms", "high"), field("material_name", "erp", "low"))
PART_REVISIONS = table(
    "erp", {"erp": side("material", key="material"), "mes": side("material", key="material")},
    field("bom_revision", "erp", "high"), field("plant", "erp", "high"))
SUPPLIERS = table(
    "erp", {"erp": side("supplier", key="supplier"), "wms": side("supplier", key="supplier")},
    field("supplier_name", "erp"))
CARRIER_MASTER = table(
    "tms", {"erp": side("carrier", key="carrier"), "tms": side("carrier", key="carrier")},
    field("carrier_name", "tms"))
LIST_PRICES = table(
    "erp", {"erp": side("price", key="material"), "crm": side("price", key="material")},
    field("list_price_minor", "erp", "high", tolerance="0.01"))

# code, English, Chinese, department, every minutes, specification
DAILY_TABLES = [
    ("sales_teams", "Sales teams and customer names: ERP and CRM", "销售团队与客户名称：ERP 与 CRM", "sales", 240,
     SALES),
    ("order_customers", "Customers of orders and of the master", "订单客户与客户主数据", "service", 240,
     CUSTOMERS_OF_ORDERS),
    ("tiers", "Customer tiers on orders and in the master", "订单客户等级与客户主数据", "sales", 240, TIERS),
    ("cancellations", "Cancelled orders: ERP and WMS", "取消的订单：ERP 与 WMS", "order_ops", 60, CANCELLED),
    ("single_parts", "Parts of one-line orders: CRM and WMS", "单行订单物料：CRM 与 WMS", "sales", 240,
     SINGLE_PARTS),
    ("line_sums", "Order totals and their lines", "订单合计与订单行", "order_ops", 120, LINE_SUMS),
    ("line_dates", "Order dates and those of their lines", "订单日期与订单行日期", "planning", 240, LINE_DATES),
    ("inspections", "Inspection lots: ERP and shop floor", "质检批：ERP 与车间", "quality", 120, INSPECTIONS),
    ("finished_work", "Finished work orders and inspections", "完工与质检", "quality", 240, FINISHED),
    ("plants", "Plants: ERP and shop floor", "生产工厂：ERP 与车间", "planning", 240, MADE_WHERE),
    ("order_parts", "Parts of order lines and of the master", "订单行物料与物料主数据", "planning", 240,
     PARTS_OF_LINES),
    ("components", "Components received for work orders", "生产订单与组件收货", "planning", 120, COMPONENTS),
    ("receipt_items", "Material and warehouse of receipts", "收货物料与仓库", "warehouse", 120, RECEIVED_WHAT),
    ("issue_items", "Material and warehouse of goods issues", "发货物料与仓库", "warehouse", 120, ISSUED_WHAT),
    ("delivery_notes", "Delivery notes and their shipments", "发货单与发货", "warehouse", 120, NOTES_AND_LOADS),
    ("carriers", "Carriers and consignees: WMS and TMS", "承运商与收货方：WMS 与 TMS", "logistics", 120, CARRIERS),
    ("closed_orders", "Closed orders and what was carried", "已关闭订单与承运数量", "logistics", 240,
     CLOSED_AND_CARRIED),
    ("not_invoiced", "Shipped, not invoiced", "已发货未开票", "finance", 240, NOT_INVOICED),
    ("invoiced_unshipped", "Invoiced, not on the road", "已开票未发运", "finance", 240, INVOICED_UNSHIPPED),
    ("customer_master", "Customer master: ERP and CRM", "客户主数据：ERP 与 CRM", "sales", 1440, CUSTOMER_MASTER),
    ("packing", "Material master and packing: ERP and WMS", "物料主数据与包装：ERP 与 WMS", "warehouse", 1440, PACKING),
    ("part_revisions", "Material master: ERP and shop floor", "物料主数据：ERP 与车间", "planning", 1440,
     PART_REVISIONS),
    ("suppliers", "Supplier master: ERP and WMS", "供应商主数据：ERP 与 WMS", "purchasing", 1440, SUPPLIERS),
    ("carrier_master", "Carrier master: ERP and TMS", "承运商主数据：ERP 与 TMS", "logistics", 1440, CARRIER_MASTER),
    ("list_prices", "List prices: ERP and CRM", "标准售价：ERP 与 CRM", "finance", 1440, LIST_PRICES),
]
