"""Does every daily table run on what the factory's systems really send, invent nothing, and find what is changed?"""

import random
from datetime import UTC, datetime

import pytest
from django.db import transaction

from integrations.sample_factory.introduce import introduce_factory
from integrations.sample_factory.world import World
from kernel.models import Company
from orders.actions import record_events
from orders.models import Party, PartyRole, SourceRecord
from orders.statement import Statement
from reconciliation.actions import run_comparison
from reconciliation.daily_tables import DAILY_TABLES
from reconciliation.models import Difference, Profile
from reconciliation.seed import PROFILES, seed_daily_tables, seed_profiles
from tests.integrations.test_sample_factory_hub import feed

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def factory():
    """A factory in which nothing goes wrong on purpose, and all its tables."""
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    introduce_factory(by=None, at=NOW)
    feed(World(220, seed, NOW))
    company = Company.objects.get()
    seed_profiles(company=company, by=None, at=NOW)
    return seed_daily_tables(company=company, by=None, at=NOW)


def test_in_a_faultless_factory_all_tables_agree_and_none_is_empty(factory):
    assert factory == len(DAILY_TABLES)
    for profile in Profile.objects.all():
        run = run_comparison(profile=profile, by=None, at=NOW)
        rows = run.counts["rows"]
        assert all(rows.values()), f"{profile.code}: {rows}"
        found = Difference.objects.filter(profile=profile).exclude(state=Difference.EXPECTED)
        assert not found, f"{profile.code}: {[(one.key, one.kind, one.field, one.values) for one in found][:3]}"


def test_each_table_sees_each_of_its_fields_change(factory):
    for code, *_more, spec in DAILY_TABLES:
        profile = Profile.objects.get(code=code)
        for name, one in spec["fields"].items():
            with transaction.atomic():
                spoil(spec, name, one)
                run_comparison(profile=profile, by=None, at=NOW)
                assert Difference.objects.filter(profile=profile, field=name).exists(), f"{code}: {name}"
                transaction.set_rollback(True)


def test_the_systems_tell_of_suppliers_and_carriers(factory):
    said = SourceRecord.objects.get(system__code="erp", entity="supplier", key="V20018")
    told = ("supplier", "V20018", said.data["supplier_name"]), ("carrier", "YDWL", "远达物流有限公司")
    for role, code, name in told:
        party = PartyRole.objects.get(party__code=code).party
        assert (party.name, [one.role for one in party.roles.all()]) == (name, [role])


def test_a_supplier_with_the_number_of_a_customer_is_another_partner(factory):
    customer = PartyRole.objects.filter(role="customer").order_by("pk").first().party
    named = {"supplier": customer.code, "supplier_name": "别家"}
    record_events(statements=[Statement("erp", "supplier", customer.code, NOW, named)], by=None, at=NOW)
    assert Party.objects.get(pk=customer.pk).name == customer.name
    assert PartyRole.objects.get(role="supplier", party__name="别家").party.code == f"supplier:{customer.code}"


def test_a_cancelled_order_that_the_warehouse_still_packs_is_seen(factory):
    order = SourceRecord.objects.filter(system__code="erp", entity="order", data__status="confirmed").last()
    order.data["status"] = "cancelled"
    order.save()
    run_comparison(profile=Profile.objects.get(code="cancellations"), by=None, at=NOW.replace(hour=23))
    assert [(one.key, one.kind) for one in Difference.objects.all()] == [(order.order_number, "missing")]


def spoil(spec, name, one):
    """Some of what is not believed says something else now."""
    for system, side in spec["systems"].items():
        column = one.get("columns", {}).get(system, name)
        if system == one["authority"]:
            continue
        its = SourceRecord.objects.filter(system__code=side.get("source", system), entity=side["entity"])
        rows = [row for row in its.order_by("pk") if row.data.get(column)][::8]
        for row in rows:
            row.data[column] = changed(row.data[column])
        SourceRecord.objects.bulk_update(rows, ["data"])


def changed(value):
    if isinstance(value, int):
        return value + 7000
    return value.replace("2026", "2025") if value[:2] == "20" and value[4:5] == "-" else value + "X"


def test_tables_are_told_apart_and_belong_to_somebody():
    tables = [*PROFILES, *DAILY_TABLES]
    assert len(tables) == 32
    for place in range(3):
        assert len({one[place] for one in tables}) == len(tables)
    assert all(department and minutes <= 1440 for _code, _en, _zh, department, minutes, _spec in tables)
