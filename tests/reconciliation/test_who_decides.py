"""Do one difference, many at once and REST ask for the same right, and name who has it?"""
import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages

from exceptions.models import Ticket
from kernel.errors import Forbidden
from kernel.models import Department, OutboxMessage, User
from kernel.people import deactivate_person
from kernel.roles import sync_roles
from reconciliation.actions import accept_difference, assign_difference, mark_invalid, resolve_difference
from reconciliation.models import Difference, Profile
from sla.seed import seed_departments
from tests.reconciliation.test_report_of_run import roles, run  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client, company, run, person, scopes, roles, at):  # noqa: F811
    sync_roles(by=None, at=at)
    seed_departments(company)
    Profile.objects.update(department=Department.objects.get(code="order_ops"))

    def make(name, role, department=None):
        department = department and Department.objects.get(code=department)
        user = person(name, *scopes[:1], role=role, department=department, is_staff=True, language="en")
        client.force_login(user)
        return user
    return make


def bulk(client, verb, *keys, **more):
    rows = Difference.objects.filter(key__in=keys)
    answer = client.post("/differences/bulk/", {"verb": verb, "difference": [row.pk for row in rows], **more})
    return " ".join(str(one) for one in get_messages(answer.wsgi_request))


def state(key):
    return Difference.objects.get(key=key).state


def test_looking_is_not_deciding_for_one_or_many(client, staff, at):
    auditor, row = staff("reader", "auditor"), Difference.objects.get(key="007")
    for decide, words in (
        (accept_difference, {"reason": "x"}), (mark_invalid, {"reason": "x"}), (resolve_difference, {"note": "x"}),
        (assign_difference, {"to": auditor}),
    ):
        with pytest.raises(Forbidden):
            decide(difference=row, by=auditor, at=at, **words)
    assert "0 done, 1 not." in (said := bulk(client, "fixed", "007", note="x")) and "Order operations" in said
    assert "0 done, 1 not." in bulk(client, "assign", "007", to=auditor.pk)
    assert "0 done, 1 not." in (said := bulk(client, "accept", "007", reason="x"))
    assert "Who decides about differences: Order operations, Finance, Head of department." in said
    assert state("007") == "open"
    text = client.get("/differences/").content.decode()
    assert 'name="difference"' not in text and "With the chosen differences" not in text
    text = client.get(f"/differences/{row.pk}/").content.decode()
    assert f"/differences/{row.pk}/fixed/" not in text and f"/differences/{row.pk}/assign/" not in text


def test_the_work_of_another_department_is_not_claimed_fixed(client, staff):
    staff("keeper", "warehouse", "warehouse")
    assert "the work of Order operations" in bulk(client, "fixed", "007", note="x") and state("007") == "open"


@pytest.mark.parametrize("whose", ["department", "assignee", "ticket"])
def test_who_has_the_work_may_claim_it_fixed_but_not_accept_it(client, staff, whose):
    keeper = staff("keeper", "warehouse", "warehouse")
    row = Difference.objects.get(key="007")
    if whose == "department":
        Profile.objects.update(department=keeper.department)
    elif whose == "assignee":
        Difference.objects.filter(pk=row.pk).update(assignee=keeper)
    else:
        _ticket(row, keeper.department)
    assert "0 done, 1 not." in bulk(client, "accept", "007", reason="x")
    text = client.get(f"/differences/{row.pk}/").content.decode()
    assert f"/differences/{row.pk}/fixed/" in text and f"/differences/{row.pk}/accept/" not in text
    assert "1 done, 0 not." in bulk(client, "fixed", "007", note="posted again") and state("007") == "claimed_fixed"


def _ticket(row, department):
    from django.utils import timezone

    from exceptions.actions import open_ticket
    from exceptions.models import Ticket
    from exceptions.seed import seed_exceptions
    seed_exceptions()
    subject = {"subject_kind": "difference", "subject_key": str(row.pk)}
    if row.group_code:
        subject = {"subject_kind": "difference_group", "subject_key": row.group_code}
    Ticket.objects.filter(open_key__contains=subject["subject_key"]).delete()
    ticket = open_ticket(
        **subject, kind_code="difference", title_en="x", title_zh="x", scope=row.scope, at=timezone.now(),
        evidence={"profile": row.profile.code, "field": row.field}, cause=row.cause,
    )
    Ticket.objects.filter(pk=ticket.pk).update(department=department)


def test_over_rest_the_same(client, staff):
    staff("reader", "auditor")
    row = Difference.objects.get(key="007")
    for verb, body in (("resolve", {"note": "x"}), ("accept", {"reason": "x"}), ("assign", {"assignee": "reader"})):
        answer = client.post(f"/api/v1/differences/{row.pk}/{verb}/", body, content_type="application/json")
        assert answer.status_code == 403 and "Order operations" in answer.json()["detail"]


OWNERS = [
    ("planner", "planning"), ("planner", "purchasing"), ("sales", "sales"), ("service", "service"),
    ("quality", "quality"), ("warehouse", "warehouse"), ("finance", "finance"), ("order_operations", "order_ops"),
]


@pytest.mark.parametrize(("role", "code"), OWNERS)
def test_who_looks_after_a_comparison_sees_it_and_works_on_its_differences(client, staff, role, code):
    keeper, row = staff("keeper", role, code), Difference.objects.get(key="007")
    Profile.objects.update(department=keeper.department)
    for path in ("/runs/", "/runs/calendar/", f"/runs/{row.last_run_id}/", "/differences/", f"/differences/{row.pk}/",
                 "/profiles/", f"/profiles/{row.profile.code}/"):
        assert client.get(path).status_code == 200, path
    assert "1 done, 0 not." in bulk(client, "fixed", "007", note="posted again") and state("007") == "claimed_fixed"


@pytest.mark.parametrize("role", ["planner", "service", "quality"])
def test_looking_after_a_comparison_is_not_publishing_or_starting_one(client, staff, role):
    staff("keeper", role)
    row = Difference.objects.get(key="007")
    assert client.post(f"/runs/start/{row.profile.code}/").status_code in (403, 404)
    assert client.get("/profiles/new/").status_code == 403


def test_every_department_that_looks_after_a_comparison_has_a_role_that_sees_it():
    from config.roles import ROLES
    from reconciliation.daily_tables import DAILY_TABLES
    from reconciliation.seed import PROFILES

    owners = {department for _code, _en, _zh, department, _minutes, _spec in [*PROFILES, *DAILY_TABLES]}
    # Carriers have no role of their own; their head, a head of department, has them.
    assert owners - {"logistics"} <= {code for _role, code in OWNERS}
    for role, _code in OWNERS:
        assert "reconciliation.view_difference" in ROLES[role].permissions, role


def test_a_ticket_links_a_difference_only_to_who_may_open_it(client, staff):
    row = Difference.objects.get(key="007")
    keeper = staff("keeper", "planner", "planning")
    _ticket(row, keeper.department)
    ticket = Ticket.objects.get(department=keeper.department)
    Ticket.objects.filter(pk=ticket.pk).update(evidence={"difference": row.pk, "field": "quantity_m"})
    link = f'href="/differences/{row.pk}/"'
    assert link in client.get(f"/tickets/{ticket.number}/").content.decode()
    Ticket.objects.filter(pk=ticket.pk).update(
        evidence={"difference": row.pk, "field": "amount_minor"}, subject_key="x")
    assert link not in client.get(f"/tickets/{ticket.number}/").content.decode(), "an amount is not theirs to read"
    Ticket.objects.filter(pk=ticket.pk).update(evidence={"difference": row.pk, "field": "quantity_m"})
    keeper.groups.clear()
    keeper.user_permissions.set(Permission.objects.filter(codename="view_ticket"))
    client.force_login(User.objects.get(pk=keeper.pk))
    assert client.get(f"/differences/{row.pk}/").status_code == 403
    assert link not in client.get(f"/tickets/{ticket.number}/").content.decode()


def test_it_is_given_to_who_may_open_it_and_that_person_hears(client, staff, person, scopes):
    row = Difference.objects.get(key="007")
    stranger = person("stranger", scopes[1], role="sales", is_staff=True)
    reader = person("clerk", *scopes[:1], role="sales", is_staff=True, language="en")
    blind = person("blind", *scopes[:1], is_staff=True)
    boss = staff("boss", "order_operations")
    for path in (f"/differences/{row.pk}/", "/differences/"):
        page = client.get(path).content.decode()
        assert f'<option value="{reader.pk}"' in page and f'<option value="{boss.pk}" selected' in page, path
        assert f'<option value="{stranger.pk}"' not in page and f'<option value="{blind.pk}"' not in page, path
    for one in (stranger, blind):
        assert f"{one} may not see this difference." in bulk(client, "assign", "007", to=one.pk)
        answer = client.post(f"/differences/{row.pk}/assign/", {"to": one.pk}, follow=True)
        assert f"{one} may not see this difference." in answer.content.decode() and state("007") == "open"
    assert not OutboxMessage.objects.filter(kind="difference.assigned").exists()
    assert "1 done, 0 not." in bulk(client, "assign", "007", to=reader.pk)
    told = OutboxMessage.objects.get(kind="difference.assigned", channel="in_app")
    assert told.recipient == str(reader.pk) and told.payload["link"] == f"/differences/{row.pk}/"
    assert told.payload["text_en"].startswith("A difference is yours: 007 ")
    client.force_login(reader)
    assert client.get(told.payload["link"]).status_code == 200
    client.force_login(boss)
    assert "1 done" in bulk(client, "assign", "007", to=boss.pk)
    assert OutboxMessage.objects.filter(kind="difference.assigned").count() == 1, "who takes it knows"


def test_an_amount_is_given_to_who_may_see_amounts_only(client, staff, person, scopes):
    Difference.objects.filter(key="007").update(field="amount_minor")
    row, worker = Difference.objects.get(key="007"), person("porter", *scopes[:1], role="warehouse", is_staff=True)
    staff("boss", "finance")
    assert f'<option value="{worker.pk}"' not in client.get(f"/differences/{row.pk}/").content.decode()
    assert "may not see this difference." in bulk(client, "assign", "007", to=worker.pk)


def test_a_program_is_given_none(client, staff, person, scopes, at):
    row = Difference.objects.get(key="007")
    bot = person("bot", *scopes[:1], role="sales", is_staff=True, is_machine=True)
    boss = staff("boss", "order_operations")
    for path in (f"/differences/{row.pk}/", "/differences/"):
        assert f'<option value="{bot.pk}"' not in client.get(path).content.decode(), path
    assert "bot is a program&#x27;s account" in bulk(client, "assign", "007", to=bot.pk).replace("'", "&#x27;")
    assert state("007") == "open"
    assign_difference(difference=row, to=boss, by=boss, at=at)
    deactivate_person(person=boss, hand_over_to=bot, by=None, at=at)
    row.refresh_from_db()
    assert row.assignee is None and row.state == "open", "back to whoever looks after the comparison"
