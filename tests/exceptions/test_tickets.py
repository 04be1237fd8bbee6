"""Is a ticket opened once, owned, timed, answered, solved, reopened and merged as it should be?"""
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission

from exceptions.actions import (
    assign_ticket,
    change_tickets,
    close_ticket,
    comment_ticket,
    drain_queue,
    merge_tickets,
    open_ticket,
    reopen_ticket,
    resolve_ticket,
    start_ticket,
    wait_ticket,
)
from exceptions.models import Ticket, TicketKind
from exceptions.seed import seed_exceptions
from kernel.errors import Refusal
from kernel.models import Department, Notice, OutboxMessage
from sla.actions import sweep_clocks
from sla.models import Clock, ClockFire
from sla.seed import seed_reference

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def reference(company, scopes, at):
    seed_reference(company=company, at=at)
    seed_exceptions()


@pytest.fixture
def worker(reference, person, scopes):
    def make(username, department="warehouse", scope=None, **fields):
        user = person(
            username, scope or scopes[0], department=Department.objects.get(code=department), **fields
        )
        user.user_permissions.add(Permission.objects.get(codename="work_ticket"))
        return type(user).objects.get(pk=user.pk)
    return make


@pytest.fixture
def opened(reference, scopes, at):
    def make(key="1", kind="late_warehouse", **more):
        values = {
            "subject_kind": "order", "subject_key": key, "kind_code": kind, "title_en": "Late", "title_zh": "延期",
            "scope": scopes[0], "at": at, "evidence": {"node": "ship"}, **more,
        }
        return open_ticket(**values)
    return make


def history(ticket):
    return list(ticket.entries.values_list("action", flat=True))


def test_one_open_ticket_per_subject_and_kind_a_second_finding_is_an_entry(opened):
    first = opened()
    again = opened(evidence={"node": "deliver"})
    once_more = opened(evidence={"node": "deliver"})
    assert first.pk == again.pk == once_more.pk and Ticket.objects.count() == 1
    assert history(first) == ["opened", "queued", "found_again"]
    assert opened(key="2").pk != first.pk and opened(kind="late_quality").pk != first.pk


def test_numbers_count_by_local_day(opened, at):
    assert [opened(key=str(n)).number for n in range(2)] == ["T-261124-0001", "T-261124-0002"]
    assert opened(key="9", at=at + 14 * HOUR + MINUTE).number == "T-261125-0001"  # 00:01 in Shanghai


def test_it_goes_to_the_least_loaded_who_may_see_it(opened, worker, scopes):
    a, b = worker("a"), worker("b")
    worker("elsewhere", scope=scopes[1])
    worker("away", is_away=True)
    worker("planner", department="planning")
    given = [opened(key=str(n)).assignee for n in range(6)]
    assert sorted(person.username for person in given) == ["a"] * 3 + ["b"] * 3
    assert given[0] == a and given[1] == b


def test_nobody_there_it_waits_in_the_queue_and_is_drained_first_in_first_out(opened, worker, at):
    first, second = opened(key="1"), opened(key="2", at=at + MINUTE)
    assert first.state == "new" and first.assignee is None
    someone = worker("back")
    assert drain_queue(department=first.department, at=at + HOUR, limit=1) == 1
    first.refresh_from_db(), second.refresh_from_db()
    assert first.assignee == someone and second.assignee is None


def test_both_clocks_run_and_the_first_human_action_stops_only_the_response(opened, worker, at):
    someone = worker("a")
    ticket = opened()
    assert ticket.due_at == ticket.resolution_clock.due_at
    comment_ticket(ticket=ticket, text="machine note", by=None, at=at + MINUTE)
    ticket.refresh_from_db()
    assert ticket.first_response_at is None, "a machine's note is no answer"
    comment_ticket(ticket=ticket, text="Looking", by=someone, at=at + 2 * MINUTE)
    ticket = Ticket.objects.get(pk=ticket.pk)
    assert ticket.first_response_at == at + 2 * MINUTE
    assert ticket.response_clock.state == "met" and ticket.resolution_clock.state == "running"


def test_whoever_reports_has_not_answered(opened, worker, person, scopes, at):
    worker("a")
    reporter = person("reporter", scopes[0])
    ticket = opened(by=reporter)
    comment_ticket(ticket=ticket, text="More detail", by=reporter, at=at + MINUTE)
    ticket.refresh_from_db()
    assert ticket.first_response_at is None


def test_waiting_stops_the_time_to_solve(opened, worker, at):
    someone = worker("a")
    ticket = opened()
    due = ticket.due_at
    ticket = wait_ticket(ticket=ticket, reason="customer's answer", by=someone, at=at + MINUTE)
    assert ticket.due_at is None and ticket.state == "waiting"
    assert sweep_clocks(at=at + timedelta(days=10)).fired == 0, "violated while waiting"
    ticket = start_ticket(ticket=ticket, by=someone, at=at + 61 * MINUTE)
    assert ticket.state == "in_progress" and ticket.due_at == due + HOUR + 90 * MINUTE  # over lunch
    assert history(ticket)[-2:] == ["waiting", "resumed"]


def test_solving_ends_every_clock_and_frees_the_subject(opened, worker, at):
    someone = worker("a")
    ticket = resolve_ticket(ticket=opened(), note="Loaded", by=someone, at=at + 5 * MINUTE)
    assert ticket.state == "resolved" and ticket.open_key is None and ticket.first_response_at == at + 5 * MINUTE
    assert set(Clock.objects.values_list("state", flat=True)) == {"met"}
    assert sweep_clocks(at=at + timedelta(days=9)).fired == 0
    assert opened().pk != ticket.pk
    with pytest.raises(Refusal):
        start_ticket(ticket=ticket, by=someone, at=at + HOUR)


def test_solved_by_the_machine_is_no_human_answer(opened, at):
    ticket = resolve_ticket(ticket=opened(), note="over", by=None, at=at + MINUTE)
    assert ticket.first_response_at is None
    assert Ticket.objects.get(pk=ticket.pk).response_clock.state == "cancelled"


def test_reopening_is_a_new_cycle_and_refused_beside_a_twin(opened, worker, at):
    someone = worker("a")
    ticket = resolve_ticket(ticket=opened(), note="x", by=someone, at=at + MINUTE)
    twin = opened()
    with pytest.raises(Refusal) as refused:
        reopen_ticket(ticket=ticket, reason="again", by=someone, at=at + HOUR)
    assert twin.number in str(refused.value)
    resolve_ticket(ticket=twin, note="x", by=someone, at=at + HOUR)
    ticket = reopen_ticket(ticket=ticket, reason="again", by=someone, at=at + HOUR)
    assert ticket.cycle == 2 and ticket.state == "assigned" and ticket.resolved_at is None
    assert ticket.resolution_clock.cycle == 2 and ticket.due_at > at + HOUR


def test_closing_an_open_ticket_needs_a_reason(opened, worker, at):
    someone, ticket = worker("a"), opened()
    with pytest.raises(Refusal):
        close_ticket(ticket=ticket, by=someone, at=at)
    ticket = close_ticket(ticket=ticket, note="duplicate report", by=someone, at=at + MINUTE)
    assert ticket.state == "closed"
    assert sweep_clocks(at=at + timedelta(days=9)).fired == 0


def test_merged_tickets_stop_escalating(opened, worker, at):
    someone = worker("a")
    one, other = opened(key="1"), opened(key="2")
    merged = merge_tickets(ticket=one, into=other, by=someone, at=at + MINUTE)
    assert merged.state == "closed" and merged.merged_into_id == other.pk
    sweep_clocks(at=at + timedelta(days=9))
    assert not ClockFire.objects.filter(clock__resolution_of=one).exists()
    assert ClockFire.objects.filter(clock__resolution_of=other).exists()


def test_nobody_is_given_what_they_may_not_see(opened, worker, scopes, person, at):
    boss, outsider, visitor = worker("boss"), worker("out", scope=scopes[1]), person("visitor", scopes[0])
    boss.user_permissions.add(Permission.objects.get(codename="assign_ticket"))
    boss, ticket = type(boss).objects.get(pk=boss.pk), opened()
    for to in (outsider, visitor):
        with pytest.raises(Refusal):
            assign_ticket(ticket=ticket, to=to, by=boss, at=at)
    colleague = worker("c")
    ticket = assign_ticket(ticket=ticket, to=colleague, by=boss, at=at + MINUTE)
    assert ticket.assignee == colleague


def test_bulk_says_what_was_refused(opened, worker, at):
    someone = worker("a")
    tickets = [opened(key=str(n)) for n in range(3)]
    resolve_ticket(ticket=tickets[1], note="x", by=someone, at=at)
    done, refused = change_tickets(tickets=tickets, verb=start_ticket, by=someone, at=at + MINUTE)
    assert [one.pk for one in done] == [tickets[0].pk, tickets[2].pk] and refused[0][0].pk == tickets[1].pk


def test_the_order_counts_its_open_tickets(opened, worker, company, scopes, at):
    from orders.models import Order, OrderKind

    someone = worker("a")
    kind = OrderKind.objects.get(code="standard")
    order = Order.objects.create(company=company, kind=kind, number="1", scope=scopes[0], created_at=at)
    ticket = opened(order=order)
    opened(order=order, kind="late_quality")
    order.refresh_from_db()
    assert order.open_tickets == 2
    resolve_ticket(ticket=ticket, note="x", by=someone, at=at)
    order.refresh_from_db()
    assert order.open_tickets == 1


def test_the_kpi_of_first_response_is_exact(opened, worker, at):
    someone = worker("a")
    for number, seconds in enumerate((60, 92, 124)):
        ticket = opened(key=str(number))
        comment_ticket(ticket=ticket, text="machine", by=None, at=at + timedelta(seconds=5))
        start_ticket(ticket=ticket, by=someone, at=at + timedelta(seconds=seconds))
    waits = [(one.first_response_at - one.opened_at).total_seconds() for one in Ticket.objects.all()]
    assert sum(waits) / len(waits) == 92.0


def test_the_assignee_hears_of_it_once_and_not_of_what_they_take(opened, worker, at):
    from integrations.actions.deliver_messages import deliver_messages

    someone = worker("a")
    ticket = opened()
    deliver_messages(at=at)
    assert Notice.objects.filter(person=someone).count() == 1
    deliver_messages(at=at + MINUTE)
    assert Notice.objects.count() == 1 and OutboxMessage.objects.get().state == "sent"
    assert ticket.title_zh in Notice.objects.get().text_zh


def test_what_the_machine_finds_is_never_lost_for_want_of_a_kind(opened):
    assert opened(kind="never-heard-of").kind.code == "never-heard-of"


def test_a_person_cannot_invent_a_kind(opened, worker):
    with pytest.raises(Refusal):
        opened(kind="never-heard-of", by=worker("a"))
    assert not TicketKind.objects.filter(code="never-heard-of").exists()
