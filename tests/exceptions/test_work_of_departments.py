"""Is work that belongs to no order seen and done by the department that owns it, and by nobody through a back door?"""
from datetime import timedelta

import pytest

from exceptions.actions import drain_queue
from exceptions.models import Ticket, TicketEntry
from kernel.models import Department, Scope, User
from tests.exceptions.test_tickets import opened, reference, worker  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def systems_scope(company):
    return Scope.objects.create(company=company, code="systems", name_en="s", name_zh="s", kind=Scope.SYSTEM)


@pytest.fixture
def group_ticket(opened, systems_scope):  # noqa: F811
    def make(**more):
        values = {"kind": "difference_group", "subject_kind": "difference_group", "scope": systems_scope,
                  "department": Department.objects.get(code="warehouse"), "for_department": True, "cause": "TYPO",
                  "evidence": {"group": "G1"}, **more}
        return opened(**values)
    return make


def sees(person, ticket):
    person = User.objects.get(pk=person.pk)
    tickets = Ticket.objects.visible_to(person).filter(pk=ticket.pk).exists()
    assert TicketEntry.objects.visible_to(person).filter(ticket=ticket).exists() is tickets
    return tickets


def test_a_cause_of_many_records_is_given_to_its_department_without_a_grant_on_its_scope(worker, group_ticket):  # noqa: F811
    keeper, planner = worker("keeper"), worker("planner", department="planning")
    ticket = group_ticket()
    assert ticket.assignee == keeper and ticket.state == Ticket.ASSIGNED
    assert sees(keeper, ticket) and not sees(planner, ticket)


def test_it_goes_to_the_least_loaded_as_any_other(worker, group_ticket):  # noqa: F811
    worker("a"), worker("b")
    given = [group_ticket(key=f"G{n}").assignee.username for n in range(4)]
    assert sorted(given) == ["a", "a", "b", "b"]


def test_a_row_of_a_foreign_scope_stays_hidden_from_the_same_department(worker, group_ticket, opened, scopes):  # noqa: F811
    elsewhere = worker("elsewhere", scope=scopes[1])
    row = opened(kind="stock_difference", subject_kind="difference")
    assert row.assignee is None and not sees(elsewhere, row)
    here = worker("here")
    assert drain_queue(department=row.department, at=row.opened_at + timedelta(minutes=1)) == 1
    row.refresh_from_db()
    assert row.assignee == here and sees(here, row) and not sees(elsewhere, row)


def test_the_ticket_of_an_order_is_never_for_a_whole_department(worker, group_ticket, company, scopes, at):  # noqa: F811
    from orders.models import Order, OrderKind

    elsewhere = worker("elsewhere", scope=scopes[1])
    order = Order.objects.create(company=company, kind=OrderKind.objects.get(code="standard"), number="1",
                                 scope=scopes[0], created_at=at)
    ticket = group_ticket(order=order, scope=scopes[0])
    assert ticket.for_department is False and not sees(elsewhere, ticket)


def test_its_page_opens_for_the_department_only(worker, group_ticket, client):  # noqa: F811
    from django.contrib.auth.models import Permission

    right = Permission.objects.get(codename="view_ticket")
    keeper, planner = worker("keeper", is_staff=True), worker("planner", department="planning", is_staff=True)
    ticket, answers = group_ticket(), {}
    for person in (keeper, planner):
        person.user_permissions.add(right)
        client.force_login(person)
        answers[person.username] = (
            client.get(f"/tickets/{ticket.number}/").status_code,
            ticket.number in client.get("/tickets/?tab=all").content.decode(),
        )
    assert answers == {"keeper": (200, True), "planner": (404, False)}


@pytest.mark.parametrize(("cause", "field", "department"), [
    ("STATUS_UNMAPPED", "status", "it"), ("TAX_INCLUDED", "amount_minor", "finance"),
    ("CURRENCY_CODE", "amount_minor", "finance"), ("LATE_POSTING", "posted_at", "warehouse"),
    ("UNIT_FACTOR", "quantity_m", "planning"), ("TIMEZONE", "amount_minor", "it"), ("TYPO", "customer", "order_ops"),
])
def test_a_cause_of_many_records_goes_where_it_can_be_mended(group_ticket, cause, field, department):
    proposed = Department.objects.get(code="order_ops")
    ticket = group_ticket(cause=cause, evidence={"group": "G1", "field": field}, department=proposed)
    assert ticket.department.code == department
