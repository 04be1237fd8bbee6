"""How does a hub get to know the sample factory: company, plants, scopes, systems, mappings, doors, authority?"""
from datetime import timedelta

from integrations.models import Connection, Mapping
from integrations.sample_factory.catalog import CARRIERS, COMPANY, GROUPS, KINDS, PLANTS, SUPPLIERS, TEAMS, TIERS
from integrations.sample_factory.mappings import FORMER, MAPPINGS
from kernel.calendar_versions import add_calendar
from kernel.models import Company, Plant, Scope, WorkCalendar
from kernel.news import action
from orders.masters import search_key_of
from orders.models import (
    AuthorityRank,
    AuthorityVersion,
    CustomerTier,
    OrderKind,
    Party,
    PartyRole,
    SourceSystem,
)
from orders.ranking import default_ranks

ZONE = "Asia/Shanghai"
YEAR = timedelta(days=365)
SYSTEMS = [  # code, English, Chinese, seconds after which it counts as silent
    ("erp", "ERP", "ERP 企业资源计划", 4 * 3600), ("wms", "WMS", "WMS 仓储管理", 4 * 3600),
    ("crm", "CRM", "CRM 客户管理", 8 * 3600), ("tms", "TMS", "TMS 运输管理", 6 * 3600),
    ("mes", "MES", "MES 制造执行", 6 * 3600),
]


@action
def introduce_factory(*, by, at):
    """Makes what is missing and leaves what is there; gives {system code: Connection} of the factory's doors."""
    company = _company(at)
    scopes = _scopes(company)
    _plants(company, at)
    _reference()
    systems = _systems(company, scopes["systems"])
    _partners(company)
    _authority(company, systems, at)
    return {code: _door(systems[code], scopes["systems"], at) for code in MAPPINGS}


def _company(at):
    code, name_en, name_zh = COMPANY
    company = Company.objects.order_by("pk").first() or Company(code=code)
    if not company.name_zh or company.name_zh == "本公司":  # the placeholder a new hub starts with
        company.name_en, company.name_zh = name_en, name_zh
        company.save()
    return company


def _scopes(company):
    wanted = [(code, en, zh, Scope.SALES_TEAM) for code, en, zh, _ in TEAMS]
    wanted += [(code, en, zh, Scope.PLANT) for code, en, zh in PLANTS]
    wanted += [(code, en, zh, Scope.CUSTOMER_GROUP) for code, en, zh in GROUPS]
    wanted.append(("systems", "Systems", "系统", Scope.SYSTEM))
    return {
        code: Scope.objects.get_or_create(
            code=code, defaults={"company": company, "name_en": en, "name_zh": zh, "kind": kind})[0]
        for code, en, zh, kind in wanted
    }


def _plants(company, at):
    calendar = WorkCalendar.objects.filter(code="two-shifts").first() or add_calendar(
        code="two-shifts", days={}, by=None, at=at, fields={
            "name_en": "Two shifts, every day", "name_zh": "两班制（每日）", "time_zone": ZONE,
            "weekly": [[day, 7 * 60, 23 * 60] for day in range(7)],
            "covers_from": at.date().replace(year=at.year - 2, day=1),
            "covers_until": at.date().replace(year=at.year + 2, day=1),
        })
    for code, name_en, name_zh in PLANTS:
        Plant.objects.get_or_create(company=company, code=code, defaults={
            "name_en": name_en, "name_zh": name_zh, "time_zone": ZONE, "calendar": calendar})


def _reference():
    for code, name_en, name_zh, _ in KINDS:
        OrderKind.objects.get_or_create(code=code, defaults={"name_en": name_en, "name_zh": name_zh})
    for code, name_en, name_zh, rank, _ in TIERS:
        CustomerTier.objects.get_or_create(
            code=code, defaults={"name_en": name_en, "name_zh": name_zh, "rank": rank})


def _systems(company, scope):
    made = {
        code: SourceSystem.objects.get_or_create(code=code, defaults={
            "company": company, "scope": scope, "role": code, "name_en": name_en, "name_zh": name_zh,
            "time_zone": ZONE, "grace_s": 900, "silent_after_s": silent, "confirms_identity": code == "erp"})[0]
        for code, name_en, name_zh, silent in SYSTEMS
    }
    SourceSystem.objects.get_or_create(code="hub", defaults={
        "company": company, "scope": scope, "role": "hub", "name_en": "Order Hub", "name_zh": "订单中枢",
        "time_zone": ZONE})
    return made


def _partners(company):
    """Suppliers and carriers; customers are told of by the CRM itself."""
    wanted = [(code, name, PartyRole.SUPPLIER) for code, name in SUPPLIERS]
    wanted += [(code, name, PartyRole.CARRIER) for code, name, _ in CARRIERS]
    for code, name, role in wanted:
        party, _ = Party.objects.get_or_create(
            company=company, code=code, defaults={"name": name, "search_key": search_key_of(name, code)})
        PartyRole.objects.get_or_create(party=party, role=role)


def _authority(company, systems, at):
    if AuthorityVersion.objects.exists():
        return
    version = AuthorityVersion.objects.create(number=1, published_at=at, note="ERP, MES, WMS, TMS, CRM")
    ranks = default_ranks([(code, system.role) for code, system in systems.items()])
    AuthorityRank.objects.bulk_create([
        AuthorityRank(version=version, company=company, subject=subject, rank=place, system=systems[code])
        for subject, codes in ranks.items() for place, code in enumerate(codes, 1)
    ])


def _door(system, scope, at):
    if not Mapping.objects.filter(system=system).exists():
        former, spec = FORMER.get(system.code), MAPPINGS[system.code]
        specs = [(former, at - 2 * YEAR), (spec, at - YEAR)] if former else [(spec, at)]
        for version, (spec, published_at) in enumerate(specs, 1):
            Mapping.objects.create(system=system, version=version, spec=spec, published_at=published_at)
    return Connection.objects.get_or_create(code=f"factory-{system.code}", defaults={
        "name": system.name_zh, "kind": "factory", "system": system, "scope": scope, "next_pull_at": None})[0]
