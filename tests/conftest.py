"""What do all tests share: a small world of company, scopes, people and systems?"""
from datetime import UTC, date, datetime

import pytest


def pytest_configure(config):
    """The Chinese catalogue is compiled once, before anything reads it; workers of a parallel run find it ready."""
    if not hasattr(config, "workerinput"):
        from django.core.management import call_command

        call_command("compile_messages")


AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # Tuesday 10:00 in Shanghai


@pytest.fixture
def at():
    return AT


@pytest.fixture(autouse=True)
def nothing_learned():
    """What finished orders taught is remembered by its row; the rows of another test have the same numbers."""
    from sla.experience import _table

    _table.cache_clear()


@pytest.fixture
def company(db):
    from kernel.models import Company, WorkCalendar

    calendar = WorkCalendar.objects.create(
        code="office", name_en="Office", name_zh="办公室", time_zone="Asia/Shanghai",
        weekly=[[day, start, end] for day in range(5) for start, end in ((510, 720), (810, 1050))],
        covers_from=date(2025, 1, 1), covers_until=date(2027, 12, 31),
    )
    return Company.objects.create(code="hq", name_en="Huachi", name_zh="华驰", calendar=calendar)


@pytest.fixture
def scopes(company):
    from kernel.models import Scope

    return [
        Scope.objects.create(company=company, code=code, name_en=code, name_zh=code, kind="sales_team")
        for code in ("east", "south")
    ]


@pytest.fixture
def systems(company, scopes):
    from orders.models import SourceSystem

    return {
        code: SourceSystem.objects.create(
            company=company, code=code, role=code, name_en=code.upper(), name_zh=code.upper(), scope=scopes[0],
            confirms_identity=code == "erp", grace_s=900, silent_after_s=3600,
        )
        for code in ("erp", "wms", "crm", "tms", "mes", "hub")
    }


@pytest.fixture
def hold_kinds(db):
    from sla.seed import seed_hold_kinds

    seed_hold_kinds()


@pytest.fixture
def kinds(db, hold_kinds):
    from orders.models import OrderKind

    return {
        code: OrderKind.objects.create(code=code, name_en=code, name_zh=code)
        for code in ("standard", "urgent", "custom", "vmi", "jit")
    }


@pytest.fixture
def person(db):
    """make(username, scope=None, role=None, **fields) → an active person with grants and roles."""
    from django.contrib.auth.models import Group

    from kernel.access import grant_scope
    from kernel.models import User

    def make(username, *scopes, role=None, **fields):
        user = User.objects.create_user(username, password="a-long-password-1", **fields)
        for scope in scopes:
            grant_scope(scope=scope, to=user)
        if role:
            user.groups.add(Group.objects.get(name=role))
        return User.objects.get(pk=user.pk)

    return make


@pytest.fixture
def confirmed_order(company, scopes, systems, kinds, at):
    """One confirmed order of the ERP in the first scope, and the roles of people."""
    from kernel.roles import sync_roles
    from orders.actions import record_events
    from orders.models import Order
    from orders.statement import Statement

    sync_roles(by=None, at=at)
    record_events(statements=[Statement(
        system="erp", entity="order", key="SO1", occurred_at=at, order_number="SO1", order_kind="standard",
        data={"status": "confirmed", "axis": "commercial", "quantity_m": 1000}, payload_hash="a" * 64,
    )], by=None, at=at)
    return Order.objects.get(number="SO1")


@pytest.fixture(autouse=True)
def english():
    """Every test begins in English: a page drawn in Chinese by the test before it leaves its language behind."""
    from django.utils import translation

    with translation.override("en"):
        yield
