"""Has the demo one account per role, with work to do and a head for every department?"""
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from config.demo_people import WORKERS, accounts
from kernel.access import ALL, scope_ids
from kernel.models import Department, User
from kernel.roles import roles

pytestmark = pytest.mark.django_db


def test_every_role_has_one_account():
    assert sorted(worker.role for _name, _password, worker in accounts()) == sorted(roles())
    assert len({worker.username for worker in WORKERS}) == len(WORKERS)


def test_known_passwords_are_refused_outside_a_demo(settings):
    settings.DEMO, settings.DEBUG = True, False
    with pytest.raises(CommandError):
        call_command("seed_people")
    settings.DEMO, settings.DEBUG = False, True
    with pytest.raises(CommandError):
        call_command("seed_people")
    assert not User.objects.exists()


def test_people_are_seeded_once(settings, company, scopes, client):
    from sla.seed import seed_departments

    seed_departments(company)
    settings.DEMO = settings.DEBUG = True
    for _time in range(2):
        call_command("seed_people", quiet=True)
    assert User.objects.count() == len(WORKERS) + 1
    assert not Department.objects.filter(head=None).exists()
    people = {person.username: person for person in User.objects.all()}
    assert scope_ids(people["auditor"]) is ALL and scope_ids(people["administrator"]) is ALL
    assert scope_ids(people["quality"]) == {scope.pk for scope in scopes}
    assert people["quality"].has_perm("exceptions.work_ticket") and people["quality"].is_staff
    assert not people["customer"].is_staff and people["customer"].customer_code
    assert people["admin"].is_superuser and timezone.now()
    assert client.login(username="sales", password="demo-sales")
