"""Which departments, order kinds and milestone plans does a hub start with? Rows that exist are left alone."""
from datetime import date

from django.utils import timezone

from kernel import calendars_cn
from kernel.calendar_versions import add_calendar
from kernel.models import Company, Department, WorkCalendar
from orders.models import CustomerTier, HoldKind, OrderKind
from sla.models import MilestoneNode, MilestonePlan

# Those of an office keep its hours; the others work when the plant does.
OFFICE = frozenset({"order_ops", "sales", "planning", "purchasing", "finance", "service", "it"})
DEPARTMENTS = [
    ("order_ops", "Order operations", "订单运营部"), ("sales", "Sales", "销售部"),
    ("planning", "Planning", "计划部"), ("purchasing", "Purchasing", "采购部"),
    ("production", "Production", "生产部"), ("quality", "Quality", "质量部"),
    ("warehouse", "Warehouse", "仓储部"), ("logistics", "Logistics", "物流部"),
    ("finance", "Finance", "财务部"), ("service", "Customer service", "客服部"),
    ("it", "Information systems", "信息部"),
]
KINDS = [
    ("standard", "Standard order", "标准订单"), ("urgent", "Urgent order", "加急订单"),
    ("custom", "Made to order, long cycle", "长周期定制订单"), ("vmi", "VMI replenishment", "VMI 补货订单"),
    ("jit", "JIT delivery", "JIT 直送订单"),
]
# code, English, Chinese, is it the customer who is waited for? The last one stands at the list's end.
HOLDS = [
    ("customer", "The customer's answer", "客户答复", True), ("payment", "The customer's payment", "客户付款", True),
    ("credit", "Credit release", "信用放行", False), ("quality", "Quality decision", "质量判定", False),
    ("material", "Material", "物料", False), ("drawing", "Drawing or specification", "图纸与技术规格", False),
    ("other", "Something else", "其他", False),
]
TIERS = [("a", "Strategic", "战略客户", 10), ("b", "Key", "重点客户", 20), ("c", "Regular", "一般客户", 30)]

HOUR = 3600
WORK, DAYS, WALL = MilestoneNode.WORK_S, MilestoneNode.WORK_DAY, MilestoneNode.CAL_S
BUDGET, DEADLINE = "budget", "deadline"
CREDIT = ("credit", "Credit checked", "信用审核", "credit_checked")
PURCHASE = ("purchase", "Purchase requested", "采购申请", "purchase_requested")
MRP = ("mrp", "MRP run", "MRP 运算", "mrp_run")
MATERIAL = ("material", "Material received", "采购到货", "material_received")
DISPATCH = ("dispatch", "Work order released", "工单下达", "dispatched")
TOOLING = ("tooling", "Tooling accepted, work order released", "模具验收、工单下达", "dispatched")
START = ("start", "Production started", "生产开工", "production_started")
ARTICLE = ("article", "First article confirmed", "首件确认", "first_article")
FINISH = ("finish", "Production finished", "生产完工", "production_finished")
RELEASE = ("release", "Quality released", "质检放行", "qc_released")
PACK = ("pack", "Packed", "包装完成", "packed")
SHIP = ("ship", "Shipped", "发货出库", "shipped")
TRANSIT = ("transit", "In transit", "在途运输", "in_transit")
DELIVER = ("deliver", "Delivered", "客户签收", "delivered")
INVOICE = ("invoice", "Invoiced", "开具发票", "invoiced")
ORDERED, PROMISED = "ordered", "promised"
SHIPPED = "node:ship:actual"

# kind: [(node, department, anchor, offset, unit, clock, warn before in working hours), …]. What is early in an
# order counts working time from the order; the rest counts back from the promise by the wall clock, because the
# shop floor and the road work on days when the office does not.
PLANS = {
    "standard": [
        (CREDIT, "finance", ORDERED, 6 * HOUR, WORK, BUDGET, 1),
        (MRP, "planning", ORDERED, 3, DAYS, DEADLINE, 2),
        (MATERIAL, "purchasing", PROMISED, -48 * HOUR, WALL, DEADLINE, 4),
        (DISPATCH, "planning", PROMISED, -40 * HOUR, WALL, DEADLINE, 2),
        (ARTICLE, "production", PROMISED, -34 * HOUR, WALL, DEADLINE, 2),
        (FINISH, "production", PROMISED, -20 * HOUR, WALL, DEADLINE, 4),
        (RELEASE, "quality", PROMISED, -16 * HOUR, WALL, DEADLINE, 2),
        (SHIP, "warehouse", PROMISED, -6 * HOUR, WALL, DEADLINE, 2),
        (DELIVER, "logistics", PROMISED, 0, WALL, DEADLINE, 3),
        (INVOICE, "finance", SHIPPED, 3, DAYS, DEADLINE, 2),
    ],
    "urgent": [
        (CREDIT, "finance", ORDERED, 2 * HOUR, WORK, BUDGET, 0.5),
        (MRP, "planning", ORDERED, 1, DAYS, DEADLINE, 1),
        (MATERIAL, "purchasing", PROMISED, -30 * HOUR, WALL, DEADLINE, 2),
        (DISPATCH, "planning", PROMISED, -26 * HOUR, WALL, DEADLINE, 1),
        (ARTICLE, "production", PROMISED, -22 * HOUR, WALL, DEADLINE, 1),
        (FINISH, "production", PROMISED, -14 * HOUR, WALL, DEADLINE, 2),
        (RELEASE, "quality", PROMISED, -11 * HOUR, WALL, DEADLINE, 1),
        (SHIP, "warehouse", PROMISED, -5 * HOUR, WALL, DEADLINE, 1),
        (DELIVER, "logistics", PROMISED, 0, WALL, DEADLINE, 2),
        (INVOICE, "finance", SHIPPED, 3, DAYS, DEADLINE, 2),
    ],
    "custom": [
        (CREDIT, "finance", ORDERED, 2, DAYS, DEADLINE, 2),
        (PURCHASE, "purchasing", ORDERED, 6, DAYS, DEADLINE, 3),
        (MRP, "planning", ORDERED, 8, DAYS, DEADLINE, 3),
        (MATERIAL, "purchasing", PROMISED, -96 * HOUR, WALL, DEADLINE, 8),
        (TOOLING, "planning", PROMISED, -80 * HOUR, WALL, DEADLINE, 4),
        (START, "production", PROMISED, -72 * HOUR, WALL, DEADLINE, 4),
        (ARTICLE, "quality", PROMISED, -64 * HOUR, WALL, DEADLINE, 4),
        (FINISH, "production", PROMISED, -28 * HOUR, WALL, DEADLINE, 6),
        (RELEASE, "quality", PROMISED, -20 * HOUR, WALL, DEADLINE, 3),
        (SHIP, "warehouse", PROMISED, -8 * HOUR, WALL, DEADLINE, 3),
        (DELIVER, "logistics", PROMISED, 0, WALL, DEADLINE, 4),
        (INVOICE, "finance", SHIPPED, 3, DAYS, DEADLINE, 2),
    ],
    "vmi": [
        (CREDIT, "finance", ORDERED, 6 * HOUR, WORK, BUDGET, 1),
        (PACK, "warehouse", PROMISED, -10 * HOUR, WALL, DEADLINE, 2),
        (SHIP, "warehouse", PROMISED, -6 * HOUR, WALL, DEADLINE, 2),
        (TRANSIT, "logistics", PROMISED, -4 * HOUR, WALL, DEADLINE, 1),
        (DELIVER, "logistics", PROMISED, 0, WALL, DEADLINE, 3),
        (INVOICE, "finance", SHIPPED, 3, DAYS, DEADLINE, 2),
    ],
    "jit": [
        (CREDIT, "finance", ORDERED, 2 * HOUR, WORK, BUDGET, 0.5),
        (PACK, "warehouse", PROMISED, -150 * 60, WALL, DEADLINE, 0.5),
        (SHIP, "warehouse", PROMISED, -90 * 60, WALL, DEADLINE, 0.5),
        (DELIVER, "logistics", PROMISED, 0, WALL, DEADLINE, 1),
        (INVOICE, "finance", SHIPPED, 3, DAYS, DEADLINE, 2),
    ],
    # What a system calls an order without saying of which kind.
    "default": [
        (CREDIT, "finance", ORDERED, 8 * HOUR, WORK, BUDGET, 1),
        (SHIP, "warehouse", PROMISED, -6 * HOUR, WALL, DEADLINE, 2),
        (DELIVER, "logistics", PROMISED, 0, WALL, DEADLINE, 3),
        (INVOICE, "finance", SHIPPED, 3, DAYS, DEADLINE, 2),
    ],
}
PLAN_NAMES = {code: (f"Path of: {en}", f"{zh}路径") for code, en, zh in KINDS}
PLAN_NAMES["default"] = ("Default path", "默认路径")


def seed_reference(*, company, at):
    """Departments, kinds, tiers and plans; returns how many rows were new."""
    return sum((seed_departments(company), seed_kinds(), seed_plans(at)))


def seed_company():
    """The first company, with a calendar; a nameless one is made when there is none, for demos and benchmarks."""
    company = Company.objects.order_by("pk").first()
    if company is None:
        company = Company.objects.create(code="main", name_en="Our company", name_zh="本公司")
    if company.calendar_id is None:
        company.calendar = seed_calendar(company.time_zone)
        company.save(update_fields=["calendar"])
    return company


def seed_calendar(time_zone="Asia/Shanghai"):
    """08:30–17:30 with a lunch break, Monday to Friday, with every announced holiday and make-up day."""
    last = calendars_cn.last_announced_year()
    calendar = WorkCalendar.objects.filter(code="cn-office").first()
    return calendar or add_calendar(
        code="cn-office", by=None, at=timezone.now(),
        fields={
            "name_en": "Office hours, mainland China", "name_zh": "中国大陆行政班", "time_zone": time_zone,
            "weekly": calendars_cn.weekly(calendars_cn.OFFICE),
            "covers_from": date(last - 3, 1, 1), "covers_until": date(last + 1, 12, 31),
        },
        days={row.pop("date"): row for row in calendars_cn.day_rows(last - 3, last)},
    )


def seed_departments(company):
    """The departments that are missing; those of an office with the company's hours, or those of its time zone."""
    known = set(Department.objects.values_list("code", flat=True))
    missing = [row for row in DEPARTMENTS if row[0] not in known]
    office = (company.calendar or seed_calendar(company.time_zone)) if missing else None
    for code, en, zh in missing:
        Department.objects.create(
            code=code, company=company, name_en=en, name_zh=zh, calendar=office if code in OFFICE else None
        )
    return len(missing)


def seed_kinds():
    new = sum(
        OrderKind.objects.get_or_create(code=code, defaults={"name_en": en, "name_zh": zh})[1]
        for code, en, zh in KINDS
    )
    new += seed_hold_kinds()
    return new + sum(
        CustomerTier.objects.get_or_create(code=code, defaults={"name_en": en, "name_zh": zh, "rank": rank})[1]
        for code, en, zh, rank in TIERS
    )


def seed_hold_kinds():
    return sum(
        HoldKind.objects.get_or_create(
            code=code, defaults={"name_en": en, "name_zh": zh, "waits_for_customer": customer, "rank": place * 10}
        )[1]
        for place, (code, en, zh, customer) in enumerate(HOLDS, 1)
    )


def seed_plans(at):
    kinds = {kind.code: kind for kind in OrderKind.objects.all()}
    departments = {department.code: department for department in Department.objects.all()}
    return sum(_seed_plan(code, kinds.get(code), rows, departments, at) for code, rows in PLANS.items())


def _seed_plan(code, kind, rows, departments, at):
    en, zh = PLAN_NAMES[code]
    plan, is_new = MilestonePlan.objects.get_or_create(
        code=code, version=1,
        defaults={
            "name_en": en, "name_zh": zh, "kind": kind, "published_at": at, "is_current": True,
        },
    )
    if is_new:
        MilestoneNode.objects.bulk_create(
            _node(plan, number, row, departments) for number, row in enumerate(rows, 1)
        )
    return is_new


def _node(plan, number, row, departments):
    (code, en, zh, fact), department, anchor, offset, unit, clock, warn_h = row
    return MilestoneNode(
        plan=plan, sequence=number, code=code, name_en=en, name_zh=zh, fact=fact, anchor=anchor, offset=offset,
        unit=unit, kind=clock, department=departments.get(department), warn_before_s=int(warn_h * HOUR),
    )
