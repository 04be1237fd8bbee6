"""Is an empty hub prepared without inventing a company, and complete once somebody names it?"""

import pytest
from django.core.management import call_command

from desk.actions import found_company
from desk.files.storing import home_scope
from desk.first_run import steps
from exceptions.models import RoutingRule, TicketKind
from kernel.models import Company, Department, Scope, User
from orders.models import OrderKind
from sla.models import MilestoneNode, MilestonePlan

pytestmark = pytest.mark.django_db
NAMES = {"name_zh": "", "name_en": "Probe Works", "time_zone": "Europe/Berlin", "currency": "EUR"}


@pytest.fixture
def chief():
    return User.objects.create_superuser("chief", password="a-long-password-1")


def test_preparing_an_empty_hub_invents_no_company(chief):
    call_command("sync_reference")
    assert not Company.objects.exists() and not Department.objects.exists() and not MilestonePlan.objects.exists()
    assert OrderKind.objects.exists()
    assert [step.is_next for step in steps(chief)] == [True, False, False, False]


def test_a_named_company_brings_all_that_needs_one(chief, at):
    call_command("sync_reference")
    company = found_company(**NAMES, by=chief, at=at)
    assert company.time_zone == company.calendar.time_zone == "Europe/Berlin"
    assert home_scope().company == company
    assert Department.objects.count() == 11
    assert not MilestoneNode.objects.filter(department=None).exists()
    assert not TicketKind.objects.filter(department=None).exists() and RoutingRule.objects.exists()
    before = [model.objects.count() for model in (Scope, Department, MilestonePlan, TicketKind, RoutingRule)]
    found_company(**NAMES | {"name_en": "Renamed"}, by=chief, at=at)
    call_command("sync_reference")
    assert [m.objects.count() for m in (Scope, Department, MilestonePlan, TicketKind, RoutingRule)] == before
    assert Company.objects.get().name_en == "Renamed"


def test_a_company_without_a_scope_is_not_done_and_gets_one_when_named(chief, at):
    Company.objects.create(code="main", name_en="Our company", name_zh="本公司")
    assert steps(chief)[0].is_next
    found_company(**NAMES, by=chief, at=at)
    assert home_scope() is not None and not steps(chief)[0].is_next
