"""Has the demo one account per role, with work to do and a head for every department?"""
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils import timezone

from config.demo_people import WORKERS, DemoHasher, accounts
from kernel.access import ALL, scope_ids
from kernel.models import Department, User
from kernel.roles import roles

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db


def test_every_role_has_one_account():
    assert sorted(worker.role for _name, _password, worker in accounts()) == sorted(roles())
    assert len({worker.username for worker in WORKERS}) == len(WORKERS)


def test_known_passwords_are_refused_outside_a_demo(settings):
    settings.DEMO, settings.IS_DEVELOPMENT = True, False
    with pytest.raises(CommandError):
        call_command("seed_people")
    settings.DEMO, settings.IS_DEVELOPMENT = False, True
    with pytest.raises(CommandError):
        call_command("seed_people")
    assert not User.objects.exists()


def test_a_demo_hashes_quickly_and_nothing_else_does():
    said = {}
    for demo, debug in (("1", "1"), ("0", "1"), ("1", "0")):
        code = "from django.contrib.auth.hashers import make_password as m; print(m('x'))"
        env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "ORDERHUB_DEMO": demo,
               "ORDERHUB_DEBUG": debug, "ORDERHUB_SECRET_KEY": "x" * 60}
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True)
        algorithm, rounds, _rest = done.stdout.split("$", 2)
        said[demo + debug] = (algorithm, int(rounds) <= 1_000)
    assert said == {"11": ("pbkdf2_sha256", True), "01": ("pbkdf2_sha256", False), "10": ("pbkdf2_sha256", False)}


def test_a_quick_hash_is_made_anew_where_hashes_are_slow():
    quick = DemoHasher().encode("demo-sales", "salt")
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.PBKDF2PasswordHasher"]):
        renewed = []
        assert check_password("demo-sales", quick, renewed.append) and renewed == ["demo-sales"]


def test_people_are_seeded_once(settings, company, scopes, client):
    from sla.seed import seed_departments

    seed_departments(company)
    settings.DEMO = settings.IS_DEVELOPMENT = True
    for _time in range(2):
        call_command("seed_people", quiet=True)
    assert User.objects.count() == len(WORKERS) + 1
    assert not Department.objects.filter(head=None).exists()
    people = {person.username: person for person in User.objects.all()}
    assert scope_ids(people["auditor"]) is ALL and scope_ids(people["administrator"]) is ALL
    assert scope_ids(people["quality"]) == {scope.pk for scope in scopes}
    assert people["quality"].has_perm("exceptions.work_ticket") and people["quality"].is_staff
    assert not people["customer"].is_staff and people["customer"].customer_code
    assert people["customer"].customer_company == company
    assert people["admin"].is_superuser and timezone.now()
    assert client.login(username="sales", password="demo-sales")
