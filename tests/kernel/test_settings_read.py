"""Does who may read settings but not edit them read words and people's units, never codes and seconds?"""
import pytest
from django.urls import reverse

from exceptions.models import Chain, ChainLevel, RoutingRule, TicketKind
from kernel.models import Department, WorkCalendar
from kernel.roles import sync_roles

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client, person, company, at):
    sync_roles(by=None, at=at)
    client.force_login(person("auditor", role="auditor", is_staff=True, language="en"))
    return client


def page(client, row, what="change"):
    meta = row._meta
    return client.get(reverse(f"admin:{meta.app_label}_{meta.model_name}_{what}", args=[row.pk])).content.decode()


def test_a_kind_of_ticket(auditor, company):
    kind = TicketKind.objects.create(code="k", name_en="Late", name_zh="迟", response_s=1800, resolution_s=14400,
                                     severity=1)
    read = page(auditor, kind)
    assert "30 min" in read and "4 h" in read and "high" in read and "1800" not in read and "seconds" not in read


def test_the_levels_of_a_chain(auditor):
    chain = Chain.objects.create(code="c", name_en="Plain", name_zh="一般")
    ChainLevel.objects.create(chain=chain, number=1, offset_s=5400, target=ChainLevel.TARGETS[0][0])
    read = page(auditor, chain)
    assert "1 h 30 min" in read and "5400" not in read


def test_the_hours_of_a_week(auditor):
    calendar = WorkCalendar.objects.first()
    read = page(auditor, calendar)
    assert "Monday 0" in read and "[[" not in read and "&quot;" not in read.split("weekly", 1)[-1][:400]


def test_a_rule_says_when_it_counts(auditor, company):
    quality = Department.objects.create(company=company, code="q9", name_en="Quality", name_zh="质量部")
    RoutingRule.objects.create(priority=7, department=quality, conditions=[
        {"field": "field", "op": "in", "value": ["amount_minor", "unit_price_u", "currency", "quantity_m", "status"]},
        {"field": "severity", "op": "le", "value": 1}, {"field": "plant", "op": "ne", "value": "KS01"}])
    listed = auditor.get(reverse("admin:exceptions_routingrule_changelist")).content.decode()
    assert "field: amount / unit price / currency and 2 more; severity: high; plant is not KS01" in listed
