"""Do the admin pages open for those who may, and show each row only to those who see it?"""
import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from kernel.models import Scope, User
from orders.models import Order, SourceSystem
from tests.house.conftest import HIDDEN, SEEN, customer, insider, worlds  # noqa: F401 - fixtures
from tests.house.world import OURS, our_models

pytestmark = pytest.mark.django_db


def address(model, what="changelist", *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{what}", args=args)


@pytest.fixture
def root(client, db):
    client.force_login(User.objects.create_superuser("root", password="x"))
    return client


@pytest.fixture
def inside(client, insider):  # noqa: F811
    client.force_login(insider)
    return client


def test_every_model_is_registered():
    missing = [model for model in our_models() if not admin.site.is_registered(model)]
    assert missing == []


def test_every_admin_page_opens_for_a_superuser(root, worlds):  # noqa: F811
    for model in [m for m in admin.site._registry if m._meta.app_label in OURS]:
        assert root.get(address(model)).status_code == 200, model
        row = worlds[0].get(model)
        assert root.get(address(model, "change", row.pk)).status_code == 200, model
        assert root.get(address(model, "history", row.pk)).status_code == 200, model


def test_third_party_pages_are_for_superusers_only(root, insider, client):  # noqa: F811
    others = [m for m in admin.site._registry if m._meta.app_label not in OURS]
    assert {m._meta.label for m in others} >= {"django_q.Schedule", "axes.AccessAttempt"}
    for model in others:
        assert root.get(address(model)).status_code == 200, model
    client.force_login(insider)
    for model in others:
        assert client.get(address(model)).status_code == 403, model


def test_hidden_row_is_not_found(inside, worlds):  # noqa: F811
    hidden = worlds[1].get(Order)
    for what in ("change", "history"):
        assert inside.get(address(Order, what, hidden.pk)).status_code == 404
    assert inside.get(address(Order, "change", worlds[0].get(Order).pk)).status_code == 200


@pytest.mark.parametrize("query", [
    "number__startswith=h", "amount_minor__gt=5", "late_reason_en__regex=(a%2B)%2B$", "scope__code__startswith=h",
    "customer__credit__gt=1", "number__regex=(",
])
def test_a_filter_that_is_not_offered_is_refused(inside, query):
    assert inside.get(address(Order) + "?" + query).status_code == 400


def test_an_offered_filter_works(inside, worlds):  # noqa: F811
    scope = worlds[0].get(Scope)
    page = inside.get(address(Order), {"scope__id__exact": scope.pk, "stage": worlds[0].get(Order).stage})
    assert page.status_code == 200 and SEEN in page.content.decode()


def test_filter_choices_name_no_hidden_scope(inside):
    assert HIDDEN not in inside.get(address(Order)).content.decode()


def test_counts_are_capped(root, worlds, django_assert_max_num_queries):  # noqa: F811
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        root.get(address(Order))
    counts = [q["sql"] for q in queries if "COUNT(" in q["sql"] and "orders_order" in q["sql"]]
    assert counts and all("LIMIT" in sql for sql in counts)


def test_recent_actions_name_no_row_that_is_hidden_by_now(inside, insider, worlds):  # noqa: F811
    kind = ContentType.objects.get_for_model(Order)
    for world in worlds:
        LogEntry.objects.create(
            user=insider, content_type=kind, object_id=str(world.get(Order).pk),
            object_repr=world.get(Order).number, action_flag=CHANGE,
        )
    page = inside.get(reverse("admin:index"))
    entries = [str(entry) for entry in page.context["log_entries"]]
    assert any(SEEN in entry for entry in entries) and not any(HIDDEN in entry for entry in entries)


def test_a_hidden_row_cannot_be_posted_as_foreign_key(inside, worlds):  # noqa: F811
    from reconciliation.models import Profile

    profile, hidden = worlds[0].get(Profile), worlds[1].get(Scope)
    before = profile.scope_id
    page = inside.post(address(Profile, "change", profile.pk), {
        "code": profile.code, "name_en": "a", "name_zh": "b", "company": profile.company_id,
        "scope": hidden.pk, "every_minutes": 5, "is_active": "on",
    })
    assert page.status_code == 200 and page.context["errors"]
    profile.refresh_from_db()
    assert profile.scope_id == before != hidden.pk


def test_a_setting_can_be_edited_and_its_history_read(inside, worlds):  # noqa: F811
    from exceptions.models import TicketKind

    kind = worlds[0].get(TicketKind)
    done = inside.post(address(TicketKind, "change", kind.pk), {
        "code": kind.code, "name_en": "Late material", "name_zh": "缺料", "response_s": "0:01", "resolution_s": "0:10",
        "severity": 2,
    })
    assert done.status_code == 302, done.context["errors"]
    assert "Late material" in inside.get(address(TicketKind, "history", kind.pk)).content.decode()
    version = kind.history.latest().pk
    old = reverse("admin:exceptions_ticketkind_simple_history", args=[kind.pk, version])
    assert inside.get(old).status_code == 200
    assert inside.post(old, {"code": "x"}).status_code == 403


def test_facts_cannot_be_changed_added_or_deleted(root, worlds):  # noqa: F811
    order = worlds[0].get(Order)
    assert root.post(address(Order, "change", order.pk), {"number": "X"}).status_code == 403
    assert root.get(address(Order, "add")).status_code == 403
    assert root.get(address(Order, "delete", order.pk)).status_code == 403


def test_a_secret_goes_in_and_never_comes_out(inside, worlds):  # noqa: F811
    from integrations.models import Connection
    from kernel.secrets import unseal

    door = worlds[0].get(Connection)
    done = inside.post(address(Connection, "change", door.pk), {
        "code": door.code, "name": "ERP", "kind": "tryton", "system": door.system_id, "scope": door.scope_id,
        "config": "{}", "every_s": "0:01", "new_secret": "s3cret-word",
    })
    assert done.status_code == 302, done.context["errors"]
    door.refresh_from_db()
    assert unseal(door.secret) == "s3cret-word"
    for what in ("change", "history"):
        page = inside.get(address(Connection, what, door.pk)).content.decode()
        assert "s3cret-word" not in page and door.secret not in page


def test_autocomplete_offers_people_but_no_hidden_rows(inside):
    url = reverse("admin:autocomplete")
    page = inside.get(url, {"app_label": "exceptions", "model_name": "chainlevel", "field_name": "person"})
    assert page.status_code == 200


def test_amounts_only_with_leave(inside, insider, worlds):  # noqa: F811
    from django.contrib.auth.models import Permission

    order = worlds[0].get(Order)
    Order.objects.filter(pk=order.pk).update(amount_minor=987654321, state={"amount_minor": {"value": 987654321}})
    url = address(Order, "change", order.pk)
    assert "987654321" in inside.get(url).content.decode().replace(",", "")
    insider.user_permissions.remove(Permission.objects.get(codename="see_finance"))
    assert "987654321" not in inside.get(url).content.decode().replace(",", "")


def test_inline_inputs_have_a_name(inside, worlds):  # noqa: F811
    from exceptions.models import Chain

    page = inside.get(address(Chain, "change", worlds[0].get(Chain).pk)).content.decode()
    assert 'aria-label="Level' in page or 'aria-label="level' in page


def test_a_published_authority_is_closed(inside, worlds):  # noqa: F811
    from orders.models import AuthorityVersion

    version = worlds[0].get(AuthorityVersion)
    assert version.published_at
    assert inside.post(address(AuthorityVersion, "change", version.pk), {"number": 9}).status_code == 403
    assert SourceSystem.objects.exists()


@pytest.mark.parametrize("name", ["WorkCalendar", "CalendarDay", "CalendarVersion"])
def test_calendars_are_changed_on_their_own_page_only(inside, worlds, name):  # noqa: F811
    """The admin wrote days past the action: no version, and no clock followed."""
    model = apps.get_model("kernel", name)
    row = worlds[0].get(model)
    assert inside.post(address(model, "change", row.pk), {"provisional": "on"}).status_code == 403
    assert inside.get(address(model, "add")).status_code == 403
    assert reverse("calendar", args=[getattr(row, "calendar_id", row.pk)]) in inside.get(
        address(model, "change", row.pk)).content.decode()


def test_conditions_nobody_can_read_are_refused(inside, worlds):  # noqa: F811
    from exceptions.models import RoutingRule

    rule = worlds[0].get(RoutingRule)
    body = {"priority": 7, "department": rule.department_id, "conditions-0-op": "eq"}
    page = inside.post(address(RoutingRule, "change", rule.pk), body | {"conditions-0-field": "margin"})
    assert page.context["errors"]
    body |= {"conditions-0-field": "cause", "conditions-0-value": "cause:OUTAGE"}
    assert inside.post(address(RoutingRule, "change", rule.pk), body).status_code == 302
