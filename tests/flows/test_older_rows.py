"""Do rows of an older version, odd ones among them, come through the migrations as people would want them to?"""
import pytest

from tests.migrating import empty_database, migrate_to

# The last migrations before the rules that are tried here.
BEFORE = {
    "kernel": "0004_names_of_fields", "orders": "0008_names_of_fields", "sla": "0004_names_of_fields",
    "exceptions": "0005_names_of_fields", "reconciliation": "0003_names_of_fields",
    "integrations": "0005_names_of_fields",
}


@pytest.fixture(scope="module")
def newest(django_db_setup, django_db_blocker):
    """The older rows, brought to the newest; the migrations run once for the file."""
    with django_db_blocker.unblock(), empty_database():
        _older_rows(migrate_to(BEFORE))
        migrate_to()
        yield


def _older_rows(apps):
    company, scope, party = (apps.get_model(*name) for name in (
        ("kernel", "Company"), ("kernel", "Scope"), ("orders", "Party")))
    east, west = (company.objects.create(code=code, name_en=code, name_zh=code) for code in ("east", "west"))
    sales = scope.objects.create(company=east, code="sales", name_en="Sales", name_zh="销售")
    for owner, code in ((east, "C1"), (west, "C2"), (east, "BOTH"), (west, "BOTH")):
        party.objects.create(company=owner, code=code, name=code, scope=sales)
    user = apps.get_model("kernel", "User")
    for code in ("C1", "C2", "BOTH", "C9", ""):
        user.objects.create(username=f"login-{code}", customer_code=code, is_staff=not code)


@pytest.mark.parametrize(("login", "company", "is_active"), [
    ("C1", "east", True), ("C2", "west", True), ("BOTH", None, False), ("C9", None, False), ("", None, True),
])
def test_a_customer_login_gets_its_company_or_waits(newest, login, company, is_active):
    from kernel.models import User
    from orders.models import Party

    person = User.objects.select_related("customer_company").get(username=f"login-{login}")
    assert (person.customer_company and person.customer_company.code, person.is_active) == (company, is_active)
    assert person.customer_code == (login if company else "")
    if login:
        assert [party.code for party in Party.objects.visible_to(person)] == ([login] if company else [])


def test_a_waiting_login_says_what_it_was(newest):
    from django.contrib.admin.models import LogEntry

    entry = LogEntry.objects.get(user__username="login-BOTH")
    assert "“BOTH”" in entry.change_message and entry.object_id == str(entry.user_id)
