"""May only those work on a ticket whose work it is, by page, list, bulk and REST alike?"""
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages

from exceptions.actions import (
    assign_ticket,
    close_ticket,
    comment_ticket,
    merge_tickets,
    rate_article,
    reopen_ticket,
    resolve_ticket,
    split_ticket,
    start_ticket,
    wait_ticket,
)
from exceptions.models import Article, Ticket
from exceptions.rights import may_work, who_works
from kernel.errors import Forbidden
from kernel.models import Department, User
from kernel.roles import sync_roles
from tests.exceptions.test_tickets import opened, reference  # noqa: F401

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
WORK = {
    "assign": (assign_ticket, {}), "start": (start_ticket, {}), "wait": (wait_ticket, {"reason": "x"}),
    "resolve": (resolve_ticket, {"note": "x"}), "close": (close_ticket, {"note": "x"}),
    "split": (split_ticket, {"title": "x"}),
}


@pytest.fixture
def staff(reference, person, scopes, at):  # noqa: F811
    """make(name, role, department) → somebody who sees the first scope."""
    sync_roles(by=None, at=at)

    def make(name, role="warehouse", department="warehouse", **fields):
        department = department and Department.objects.get(code=department)
        return person(name, scopes[0], role=role, department=department, is_staff=True, language="en", **fields)
    return make


@pytest.fixture
def ticket(opened):  # noqa: F811
    return opened()


@pytest.fixture
def outsider(staff):
    return staff("outsider", "sales", "sales")


def fresh(row):
    return type(row).objects.get(pk=row.pk)


@pytest.mark.parametrize("verb", WORK)
def test_who_sees_it_only_is_refused_and_told_who_can(verb, staff, ticket, outsider, at):
    head = staff("head", full_name="Zhao Min")
    ticket.department.head = head
    ticket.department.save()
    act, arguments = WORK[verb]
    more = {"to": outsider} if verb == "assign" else {}
    with pytest.raises(Forbidden) as refused:
        act(ticket=ticket, by=outsider, at=at, **arguments, **more)
    assert "Warehouse" in str(refused.value) and "Zhao Min" in str(refused.value)
    assert "Order operations, Administrator" in str(refused.value)
    assert fresh(ticket).state == "new" and fresh(ticket).first_response_at is None


@pytest.mark.parametrize("who", ["member", "assignee", "head", "operations", "administrator", "superuser"])
def test_these_may(who, staff, opened, at):  # noqa: F811
    ticket = opened()
    person = {
        "member": lambda: staff("a"),
        "assignee": lambda: staff("b", "sales", "sales"),
        "head": lambda: staff("c", "quality", "quality"),
        "operations": lambda: staff("d", "order_operations", "order_ops"),
        "administrator": lambda: staff("e", "administrator", None),
        "superuser": lambda: staff("f", "warehouse", "sales", is_superuser=True),
    }[who]()
    if who == "assignee":
        Ticket.objects.filter(pk=ticket.pk).update(assignee=person)
    if who == "head":
        Department.objects.filter(pk=ticket.department_id).update(head=person)
    person, ticket = fresh(person), fresh(ticket)
    assert may_work(ticket, person)
    assert start_ticket(ticket=ticket, by=person, at=at).state == "in_progress"


def test_being_of_the_department_does_not_give_the_right_to_work(person, scopes, reference, ticket):  # noqa: F811
    visitor = person("visitor", scopes[0], department=ticket.department, is_staff=True)
    assert not may_work(ticket, visitor)


def test_a_ticket_of_no_department_is_for_whoever_works_on_tickets(staff, ticket, outsider):
    ticket.department = None
    assert may_work(ticket, outsider) and "people who work on tickets" in who_works(ticket)


def test_reopening_rating_and_merging_ask_as_well(staff, opened, outsider, at):  # noqa: F811
    owner, mine = staff("owner"), opened(key="9", kind="late_sales")
    ticket = resolve_ticket(ticket=opened(key="1"), note="x", by=owner, at=at)
    other = opened(key="2")
    article = Article.objects.first()
    for act, arguments in (
        (reopen_ticket, {"ticket": ticket, "reason": "x"}),
        (rate_article, {"ticket": ticket, "article": article, "is_solved": True}),
        (merge_tickets, {"ticket": mine, "into": other}), (merge_tickets, {"ticket": other, "into": mine}),
    ):
        with pytest.raises(Forbidden):
            act(by=outsider, at=at, **arguments)
    assert fresh(mine).is_open and fresh(other).is_open


def test_everybody_who_sees_it_may_comment_and_that_answers_it_only_when_it_is_theirs(staff, ticket, outsider, at):
    comment_ticket(ticket=ticket, text="Any news?", by=outsider, at=at + MINUTE)
    assert fresh(ticket).first_response_at is None
    comment_ticket(ticket=ticket, text="On it", by=staff("owner"), at=at + 2 * MINUTE)
    assert fresh(ticket).first_response_at == at + 2 * MINUTE


def test_giving_to_others_needs_its_own_right_at_every_door(staff, ticket, at):
    owner, colleague = staff("owner"), staff("colleague")
    with pytest.raises(Forbidden) as refused:
        assign_ticket(ticket=ticket, to=colleague, by=owner, at=at)
    assert "Head of department" in str(refused.value)
    assert assign_ticket(ticket=ticket, to=owner, by=owner, at=at).assignee == owner


def test_the_page_shows_only_what_one_may_press(client, staff, ticket, outsider):
    client.force_login(outsider)
    page = client.get(f"/tickets/{ticket.number}/").content.decode()
    assert f"/{ticket.number}/comment/" in page and "is the work of Warehouse" in page
    for verb in ("start", "resolve", "assign", "wait", "merge", "split"):
        assert f"/{ticket.number}/{verb}/" not in page
    client.force_login(staff("owner"))
    page = client.get(f"/tickets/{ticket.number}/").content.decode()
    assert f"/{ticket.number}/start/" in page and "is the work of" not in page


def test_page_and_bulk_refuse_alike(client, outsider, ticket, opened):  # noqa: F811
    mine = opened(key="5", kind="late_sales")
    client.force_login(outsider)
    answer = client.post(f"/tickets/{ticket.number}/start/")
    assert "is the work of Warehouse" in str(list(get_messages(answer.wsgi_request))[0])
    page = client.get("/tickets/?tab=all").content.decode()
    assert f'value="{mine.pk}" aria-label="{mine.number}"' in page
    assert f'aria-label="{ticket.number}"' not in page and ticket.number in page
    answer = client.post("/tickets/bulk/", {"verb": "start", "ticket": [ticket.pk, mine.pk]})
    said = str(list(get_messages(answer.wsgi_request))[-1])
    assert "1 done, 1 not." in said and "is the work of Warehouse" in said
    assert fresh(ticket).state == "new" and fresh(mine).state == "in_progress"


def test_nothing_to_press_no_boxes(client, outsider, ticket):
    client.force_login(outsider)
    page = client.get("/tickets/?tab=all").content.decode()
    assert ticket.number in page and 'name="ticket"' not in page and "With the chosen ones" not in page


def test_over_rest_it_is_403_with_the_same_sentence(client, outsider, ticket):
    client.force_login(User.objects.get(pk=outsider.pk))
    answer = client.post(f"/api/v1/tickets/{ticket.pk}/start/", content_type="application/json")
    assert answer.status_code == 403 and answer.json()["code"] == "ticket_not_yours"
    assert "is the work of Warehouse" in answer.json()["detail"]
    answer = client.post(f"/api/v1/tickets/{ticket.pk}/comment/", {"text": "x"}, content_type="application/json")
    assert answer.status_code == 200


def test_the_auditor_may_look_and_ask(client, staff, ticket, at):
    auditor = staff("auditor", "auditor", None)
    client.force_login(auditor)
    client.post(f"/tickets/{ticket.number}/comment/", {"text": "Why so late?"})
    assert fresh(ticket).entries.filter(action="commented", by=auditor).count() == 1
    client.post(f"/tickets/{ticket.number}/resolve/", {"text": "x"})
    assert fresh(ticket).is_open


def test_the_list_asks_the_database_no_more_for_many_rows(client, staff, opened, django_assert_max_num_queries):  # noqa: F811
    client.force_login(staff("owner"))
    opened(key="0")
    client.get("/tickets/?tab=all")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    with CaptureQueriesContext(connection) as few:
        client.get("/tickets/?tab=all")
    for n in range(1, 12):
        opened(key=str(n), kind="late_warehouse" if n % 2 else "late_sales")
    with django_assert_max_num_queries(len(few) + 1):
        client.get("/tickets/?tab=all")


def test_the_right_for_every_department_is_a_right_with_words():
    from config.roles import RIGHTS, ROLES
    held = {code for code, role in ROLES.items() if "exceptions.work_any_ticket" in role.permissions}
    assert held == {"order_operations", "administrator"} and "exceptions.work_any_ticket" in RIGHTS
    assert Permission.objects.filter(codename="work_any_ticket").exists()
