"""How does an empty hub get to know the two Trytons of the demo: company, systems, authority, connections?"""
from datetime import date, timedelta

from integrations.models import Connection, Mapping
from integrations.systems.tryton.mapping import mapping_spec
from integrations.systems.tryton.streams import STREAMS, WAREHOUSE_STREAMS
from kernel.models import Company, Plant, Scope, WorkCalendar
from kernel.news import action
from kernel.secrets import seal
from orders.models import AuthorityRank, AuthorityVersion, OrderKind, SourceSystem

ZONE = "Asia/Shanghai"
# Whom the hub believes first, axis by axis.
RANKS = {"*": ("erp", "wms"), "commercial": ("erp",), "logistics": ("wms", "erp"), "finance": ("erp",)}


@action
def introduce_pair(*, erp, wms, by, at):
    """The two running Servers as connections of the hub; may be called again when their ports have changed."""
    company = _company(at)
    sales = _scope(company, "sales-east", "East China sales", "华东销售部", Scope.SALES_TEAM)
    plant = _scope(company, "plant-1", "Plant 1", "一厂", Scope.PLANT)
    OrderKind.objects.get_or_create(
        code="standard", defaults={"name_en": "Standard order", "name_zh": "标准订单"})
    systems = {
        "erp": _system(company, sales, "erp", "Tryton ERP", "Tryton 业务系统", confirms_identity=True),
        "wms": _system(company, plant, "wms", "Tryton warehouse", "Tryton 仓库系统"),
        "hub": _system(company, sales, "hub", "Order Hub", "订单中枢"),
    }
    _authority(company, systems, at)
    _connect(systems["erp"], sales, erp, STREAMS, at)
    _connect(systems["wms"], plant, wms, WAREHOUSE_STREAMS, at)
    return company


def _company(at):
    calendar, _ = WorkCalendar.objects.get_or_create(code="factory", defaults={
        "name_en": "Factory", "name_zh": "工厂日历", "time_zone": ZONE,
        "weekly": [[day, start, end] for day in range(6) for start, end in ((480, 720), (780, 1080))],
        "covers_from": at.date() - timedelta(days=366), "covers_until": date(at.year + 1, 12, 31)})
    company, _ = Company.objects.get_or_create(code="huadong", defaults={
        "name_en": "East China Precision Auto Parts", "name_zh": "华东精工汽车部件有限公司", "time_zone": ZONE,
        "calendar": calendar})
    Plant.objects.get_or_create(company=company, code="WH", defaults={
        "name_en": "Plant 1", "name_zh": "一厂", "time_zone": ZONE, "calendar": calendar})
    return company


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


def _connect(system, scope, server, streams, at):
    Mapping.objects.get_or_create(system=system, version=1, defaults={
        "spec": mapping_spec(system.code, role=server.role, zone=ZONE), "published_at": at, "note": "Tryton 8.2"})
    Connection.objects.update_or_create(code=f"tryton-{system.code}", defaults={
        "name": system.name_zh, "kind": "tryton", "system": system, "scope": scope, "secret": seal(server.key),
        "is_active": True, "every_s": 15, "next_pull_at": at,
        "config": {"base_url": server.url, "allow_loopback": True, "options": {"streams": list(streams)}}})
