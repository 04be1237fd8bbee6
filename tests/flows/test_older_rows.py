"""Do rows of an older version, odd ones among them, come through the migrations as people would want them to?"""
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from kernel.fields import CodeField
from tests.house.world import our_models
from tests.migrating import empty_database, migrate_to

# The last migrations before the rules that are tried here.
BEFORE = {
    "kernel": "0004_names_of_fields", "orders": "0008_names_of_fields", "sla": "0004_names_of_fields",
    "exceptions": "0005_names_of_fields", "reconciliation": "0003_names_of_fields",
    "integrations": "0005_names_of_fields",
}

AT = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


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
    _rows_without_scope(apps, east, sales)
    _kept_without_end(apps, east, sales)
    _ticket_of_a_chain(apps, sales)
    user = apps.get_model("kernel", "User")
    for code in ("C1", "C2", "BOTH", "C9", ""):
        user.objects.create(username=f"login-{code}", customer_code=code, is_staff=not code)


def _rows_without_scope(apps, company, sales):
    """Of a company with scopes, and of one without any."""
    bare = apps.get_model("kernel", "Company").objects.create(code="bare", name_en="b", name_zh="b")
    kind = apps.get_model("orders", "OrderKind").objects.create(code="standard", name_en="s", name_zh="s")
    plant = apps.get_model("kernel", "Scope").objects.create(company=company, code="p1", kind="plant")
    order = apps.get_model("orders", "Order").objects.create(
        company=company, kind=kind, number="SO-1", scope=plant, created_at=AT
    )
    for owner, code in ((company, "erp"), (bare, "wms")):
        system = apps.get_model("orders", "SourceSystem").objects.create(company=owner, code=code, role=code)
        material = apps.get_model("orders", "Material").objects.create(company=owner, code="M1", name="M")
        apps.get_model("orders", "StockLevel").objects.create(
            system=system, material=material, on_hand_m=1, as_of=AT
        )
        for key, its in (("ghost", None), ("known", order)):
            apps.get_model("orders", "SourceRecord").objects.create(
                system=system, entity="order", key=key, order=its, occurred_at=AT, received_at=AT,
                first_received_at=AT, payload_hash=key,
            )


def _kept_without_end(apps, company, sales):
    system = apps.get_model("orders", "SourceSystem").objects.get(code="erp")
    door = apps.get_model("integrations", "Connection").objects.create(
        code="d", name="d", kind="upload", system=system, scope=sales
    )
    apps.get_model("integrations", "ParkedRow").objects.create(
        connection=door, scope=sales, batch="b", position=1, entity="order", raw={"a": 1}, reason_code="NO_MAPPING",
        received_at=AT,
    )
    apps.get_model("integrations", "ImportFile").objects.create(
        name="a.csv", sha256="0" * 64, path="a", scope=sales, dropped_at=AT
    )


def _ticket_of_a_chain(apps, sales):
    chain, level, kind, ticket = (
        apps.get_model("exceptions", name) for name in ("Chain", "ChainLevel", "TicketKind", "Ticket"))
    normal = chain.objects.create(code="normal", name_en="n", name_zh="n")
    for number, offset_s, target in ((1, 3600, "role"), (-1, -60, "head")):
        level.objects.create(
            chain=normal, number=number, offset_s=offset_s, target=target, role="sales" if target == "role" else "")
    for number, its in (("T-1", normal), ("T-2", None)):
        its_kind = kind.objects.create(code=number, name_en="k", name_zh="k", chain=its)
        ticket.objects.create(
            number=number, kind=its_kind, subject_kind="x", subject_key="x", scope=sales, title_en="t", title_zh="t",
            opened_at=AT)


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


@pytest.mark.parametrize(("system", "own"), [("erp", "sales"), ("wms", "systems")])
def test_rows_without_a_scope_get_one(newest, system, own):
    """An order's record goes where its order is; all else to the company's first scope, made where there is none."""
    from orders.models import SourceRecord, SourceSystem, StockLevel

    found = SourceSystem.objects.select_related("scope").get(code=system)
    assert (found.scope.code, found.scope.company_id) == (own, found.company_id)
    assert StockLevel.objects.get(system=found).scope == found.scope
    scopes = dict(SourceRecord.objects.filter(system=found).values_list("key", "scope__code"))
    assert scopes == {"ghost": own, "known": "p1"}


def test_what_was_kept_without_an_end_gets_one(newest):
    from integrations.models import ImportFile, ParkedRow

    assert ParkedRow.objects.get().keep_until == AT + timedelta(days=365)
    assert ImportFile.objects.get().keep_until == AT + timedelta(days=90)


def test_what_begins_with_a_text_is_found_sign_by_sign(newest):
    """Whatever language the server sorts by: under some, signs are left out, or a small letter is as good."""
    from orders.listing import in_range
    from orders.models import Order, SearchTerm

    terms = ("SO-12", "SO-123", "so-129", "SO12", "SO-13", "Ö-12", "12")
    order = Order.objects.get()
    SearchTerm.objects.bulk_create([SearchTerm(term=term, order=order) for term in terms])
    for asked in ("SO-12", "SO", "S", "12", "Ö", "SO-"):
        found = SearchTerm.objects.filter(in_range("term", asked)).values_list("term", flat=True)
        assert sorted(found) == sorted(term for term in terms if term.startswith(asked)), asked


def test_every_code_has_the_order_of_its_signs(newest):
    wanted = {"sqlite": {None, ""}, "postgresql": {"C"}}[connection.vendor]
    seen = 0
    for model in our_models():
        names = {field.column for field in model._meta.concrete_fields if isinstance(field, CodeField)}
        with connection.cursor() as cursor:
            rows = connection.introspection.get_table_description(cursor, model._meta.db_table) if names else ()
        assert {row.collation for row in rows if row.name in names} <= wanted, model
        seen += len(names)
    assert seen >= 25


def test_an_open_ticket_keeps_the_steps_its_kind_had(newest):
    from exceptions.chain_steps import Step, steps_kept
    from exceptions.models import Ticket

    assert steps_kept(Ticket.objects.get(number="T-1")) == [Step(-1, -60, "head"), Step(1, 3600, "role", "sales")]
    assert steps_kept(Ticket.objects.get(number="T-2")) == []
