"""How does an empty hub get to know the two Trytons of the demo: company, systems, authority, connections?"""
from exceptions.seed import seed_exceptions
from integrations.models import Connection, Mapping
from integrations.systems.tryton.mapping import mapping_spec
from integrations.systems.tryton.profiles import PROFILES
from integrations.systems.tryton.streams import STREAMS, WAREHOUSE_STREAMS
from kernel.models import Company, Department, Plant, Scope
from kernel.news import action
from kernel.secrets import seal
from orders.models import AuthorityRank, AuthorityVersion, OrderKind, SourceSystem
from reconciliation.models import Profile, ProfileVersion
from sla.models import MilestoneNode, MilestonePlan
from sla.seed import seed_company, seed_departments, seed_kinds

ZONE = "Asia/Shanghai"
HOUR = 3600
# Whom the hub believes first, axis by axis.
RANKS = {"*": ("erp", "wms"), "commercial": ("erp",), "logistics": ("wms", "erp"), "finance": ("erp",)}
# What these two systems can tell of an order's path: (code, English, Chinese, department, anchor, offset, unit).
PATH = [
    ("pack", "Packed", "包装完成", "warehouse", "promised", -8 * HOUR, MilestoneNode.CAL_S),
    ("ship", "Shipped", "发货出库", "warehouse", "promised", -6 * HOUR, MilestoneNode.CAL_S),
    ("deliver", "Delivered", "客户签收", "logistics", "promised", 0, MilestoneNode.CAL_S),
    ("invoice", "Invoiced", "开具发票", "finance", "node:ship:actual", 3, MilestoneNode.WORK_DAY),
]
FACTS = {"pack": "packed", "ship": "shipped", "deliver": "delivered", "invoice": "invoiced"}


@action
def introduce_pair(*, erp, wms, by, at):
    """The two running Servers as connections of the hub; may be called again when their ports have changed."""
    company = _company()
    _path(at)
    sales = _scope(company, "S01", "East China sales", "华东销售部", Scope.SALES_TEAM)
    plant = _scope(company, "plant-1", "Plant 1", "一厂", Scope.PLANT)
    doors = _scope(company, "systems", "Systems", "系统", Scope.SYSTEM)
    systems = {
        "erp": _system(company, sales, "erp", "Tryton ERP", "Tryton 业务系统", confirms_identity=True),
        "wms": _system(company, plant, "wms", "Tryton warehouse", "Tryton 仓库系统"),
        "hub": _system(company, sales, "hub", "Order Hub", "订单中枢"),
    }
    _authority(company, systems, at)
    _connect(systems["erp"], doors, erp, STREAMS, at)
    _connect(systems["wms"], doors, wms, WAREHOUSE_STREAMS, at)
    _compare(company, doors, at)
    return company


def _company():
    company, _ = Company.objects.get_or_create(code="huadong", defaults={
        "name_en": "East China Precision Auto Parts", "name_zh": "华东精工汽车部件有限公司", "time_zone": ZONE})
    company = seed_company()
    seed_departments(company)
    seed_kinds()
    seed_exceptions()
    Plant.objects.get_or_create(company=company, code="WH", defaults={
        "name_en": "Plant 1", "name_zh": "一厂", "time_zone": ZONE, "calendar": company.calendar})
    return company


def _path(at):
    plan, is_new = MilestonePlan.objects.get_or_create(code="tryton", version=1, defaults={
        "name_en": "From stock", "name_zh": "现货订单路径", "published_at": at, "is_current": True,
        "kind": OrderKind.objects.get(code="standard")})
    if is_new:
        departments = {department.code: department for department in Department.objects.all()}
        MilestoneNode.objects.bulk_create(
            MilestoneNode(plan=plan, sequence=place, code=code, name_en=en, name_zh=zh, fact=FACTS[code],
                          department=departments[department], anchor=anchor, offset=offset, unit=unit,
                          warn_before_s=4 * HOUR)
            for place, (code, en, zh, department, anchor, offset, unit) in enumerate(PATH, start=1))


def _scope(company, code, name_en, name_zh, kind):
    return Scope.objects.get_or_create(
        code=code, defaults={"company": company, "name_en": name_en, "name_zh": name_zh, "kind": kind})[0]


def _system(company, scope, role, name_en, name_zh, **more):
    return SourceSystem.objects.get_or_create(code=role, defaults={
        "company": company, "scope": scope, "role": role, "name_en": name_en, "name_zh": name_zh,
        "time_zone": ZONE, "grace_s": 180, "silent_after_s": 600, **more})[0]


def _authority(company, systems, at):
    version, is_new = AuthorityVersion.objects.get_or_create(number=1, defaults={"published_at": at})
    if is_new:
        AuthorityRank.objects.bulk_create(
            AuthorityRank(version=version, company=company, subject=subject, rank=rank, system=systems[code])
            for subject, codes in RANKS.items() for rank, code in enumerate(codes, start=1))


def _compare(company, scope, at):
    for code, name_en, name_zh, department, spec in PROFILES:
        profile, is_new = Profile.objects.get_or_create(code=code, defaults={
            "company": company, "scope": scope, "name_en": name_en, "name_zh": name_zh, "every_minutes": 5,
            "department": Department.objects.get(code=department)})
        if is_new:
            named = {"version": 1, "name": code, "title": {"en": name_en, "zh": name_zh}, "currency": "CNY"}
            ProfileVersion.objects.create(profile=profile, number=1, spec=named | spec, published_at=at)


def _connect(system, scope, server, streams, at):
    Mapping.objects.get_or_create(system=system, version=1, defaults={
        "spec": mapping_spec(system.code, role=server.role, zone=ZONE), "published_at": at, "note": "Tryton 8.2"})
    Connection.objects.update_or_create(code=f"tryton-{system.code}", defaults={
        "name": system.name_zh, "kind": "tryton", "system": system, "scope": scope, "secret": seal(server.key),
        "is_active": True, "every_s": 15, "next_pull_at": at,
        "config": {"base_url": server.url, "allow_loopback": True, "options": {"streams": list(streams)}}})
