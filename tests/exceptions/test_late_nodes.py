"""Does one delay become one ticket, at the department that can act, and the next one when its turn comes?"""
from datetime import timedelta

import pytest

from exceptions.actions import close_ticket, open_ticket, resolve_ticket
from exceptions.late_nodes import is_still_late, owed, raise_late_tickets, settle_late_tickets
from exceptions.models import Ticket
from exceptions.seed import seed_exceptions
from orders.models import Order, OrderKind
from sla.actions import plan_milestones, sweep_clocks
from sla.models import Milestone
from sla.seed import seed_reference

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def order(company, scopes, at):
    """Promised twelve days ago, only the credit check is done: every later node of the goods is overdue."""
    seed_reference(company=company, at=at)
    seed_exceptions()
    order = Order.objects.create(
        company=company, kind=OrderKind.objects.get(code="standard"), number="SO-9", scope=scopes[0],
        identity=Order.CONFIRMED,
        ordered_at=at - timedelta(days=30), promised_at=at - timedelta(days=12), created_at=at - timedelta(days=30),
        state={"facts": {"credit_checked": {"at": (at - timedelta(days=29)).isoformat()}}},
    )
    plan_milestones(order_ids=[order.pk], at=at)
    while sweep_clocks(at=at).fired:
        pass
    return order


def done(order, at, *facts):
    order.refresh_from_db()
    order.state["facts"].update({fact: {"at": at.isoformat()} for fact in facts})
    order.save()
    plan_milestones(order_ids=[order.pk], at=at)


def open_kinds():
    return sorted(Ticket.objects.filter(state__in=Ticket.OPEN_STATES).values_list("kind__code", flat=True))


def test_one_delay_is_one_ticket(order, at):
    assert Milestone.objects.filter(order=order, state=Milestone.LATE).count() > 3, "many nodes are overdue"
    raise_late_tickets(at=at)
    assert open_kinds() == ["late_planning"], "only MRP stands in the way"


def test_the_next_department_is_asked_when_its_turn_comes(order, at):
    done(order, at, "mrp_run")
    settle_late_tickets(at=at)
    assert raise_late_tickets(at=at) == 1
    assert open_kinds() == ["late_purchasing"]
    assert raise_late_tickets(at=at + HOUR) == 0, "asking again opens nothing"


def test_a_ticket_a_person_resolved_is_not_raised_again_for_the_same_delay(order, at, person, scopes):
    raise_late_tickets(at=at)
    resolve_ticket(ticket=Ticket.objects.get(state__in=Ticket.OPEN_STATES), note="told the customer",
                   by=person("li", scopes[0], is_superuser=True), at=at)
    assert raise_late_tickets(at=at + HOUR) == 0


def test_what_a_person_called_solved_is_asked_anew_when_no_system_shows_it_within_a_day(order, at, person, scopes):
    """The order stayed late for ever, and nobody was asked any more."""
    raise_late_tickets(at=at)
    ticket = Ticket.objects.get(state__in=Ticket.OPEN_STATES)
    resolve_ticket(ticket=ticket, note="done it", by=person("li", scopes[0], is_superuser=True), at=at)
    assert is_still_late(ticket)
    assert raise_late_tickets(at=at + 25 * HOUR) == 1 and raise_late_tickets(at=at + 25 * HOUR) == 0
    ticket.refresh_from_db()
    assert ticket.is_open and ticket.cycle == 2, "the same ticket, with a whole budget"
    assert ticket.entries.order_by("-pk").filter(data__why="still_late").exists()
    done(order, at, "mrp_run")
    assert not is_still_late(ticket)


def test_what_was_closed_without_a_solution_stays_closed(order, at, person, scopes):
    raise_late_tickets(at=at)
    close_ticket(ticket=Ticket.objects.get(state__in=Ticket.OPEN_STATES), note="the customer waits on purpose",
                 by=person("li", scopes[0], is_superuser=True), at=at)
    assert raise_late_tickets(at=at + 50 * HOUR) == 0


def test_a_node_without_record_behind_a_done_one_keeps_its_own_ticket_only(order, at):
    done(order, at, "mrp_run", "material_received", "dispatched", "first_article")
    late = Milestone.objects.filter(order=order, state=Milestone.LATE)
    assert [one.node.code for one in owed(late).select_related("node")] == ["finish"]


def test_bulk_resolve_says_like_the_single_page_that_it_may_open_again(order, at, client, person, scopes):
    """Only the single page told it: whoever resolved many was surprised a day later."""
    raise_late_tickets(at=at)
    late = Ticket.objects.get(state__in=Ticket.OPEN_STATES)
    client.force_login(person("li", scopes[0], is_superuser=True, is_staff=True, language="en"))
    said = {"verb": "resolve", "ticket": [late.pk], "note": "done"}
    body = client.post("/tickets/bulk/", said, follow=True).content.decode()
    words = "No system shows the late step as done yet; if none does within a day, the ticket opens again."
    assert f"{late.number}: {words}" in body
    late.refresh_from_db()
    client.post(f"/tickets/{late.number}/reopen/", {"text": "x"})
    assert words in client.post(f"/tickets/{late.number}/resolve/", {"text": "done"}, follow=True).content.decode()
    other = open_ticket(subject_kind="x", subject_key="1", kind_code="other", title_en="A", title_zh="A", at=at,
                        scope=scopes[0])
    body = client.post("/tickets/bulk/", {**said, "ticket": [other.pk]}, follow=True).content.decode()
    assert "1 done, 0 not." in body and "opens again" not in body
