"""Does work go to who is there, on shift and has room, evenly, and does somebody hear of it when nobody is?"""
import threading
from collections import Counter
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection, connections

from exceptions.actions import (
    assign_ticket,
    drain_queue,
    reopen_ticket,
    resolve_ticket,
    rest_ticket,
    start_ticket,
    wait_ticket,
    wake_ticket,
)
from exceptions.models import Ticket, TicketEntry
from kernel import people
from kernel.models import Department, OutboxMessage, Plant, User, WorkCalendar
from sla.actions import sweep_clocks
from tests.exceptions.test_tickets import HOUR, MINUTE, opened, reference, worker  # noqa: F401

pytestmark = pytest.mark.django_db
NIGHT = 14 * HOUR  # 10:00 in Shanghai and 14 hours: midnight


@pytest.fixture
def shifts(company):
    """A plant that works from 20:00 to 4:00, every day."""
    calendar = WorkCalendar.objects.create(
        code="nights", name_en="Nights", name_zh="夜班", weekly=[[day, 1200, 1680] for day in range(7)],
        covers_from=date(2025, 1, 1), covers_until=date(2027, 12, 31),
    )
    return Plant.objects.create(company=company, code="P1", name_en="P", name_zh="P", calendar=calendar)


def department(**fields):
    Department.objects.filter(code="warehouse").update(**fields)
    return Department.objects.get(code="warehouse")


def told_of(ticket):
    return set(OutboxMessage.objects.filter(key__startswith=f"clock:{ticket.queue_clock_id}:")
               .values_list("recipient", flat=True))


def test_who_is_off_shift_is_given_nothing_until_the_shift_begins(opened, worker, shifts, at):  # noqa: F811
    night, day = worker("night", plant=shifts), worker("day")
    assert [opened(key=str(n)).assignee for n in range(3)] == [day] * 3, "the company's office hours"
    assert [opened(key=f"n{n}", at=at + NIGHT).assignee for n in range(2)] == [night] * 2
    noon = opened(key="lunch", at=at + 2 * HOUR + MINUTE)
    assert noon.assignee is None and noon.state == "new"
    assert drain_queue(department=noon.department, at=at + 3 * HOUR) == 0
    assert drain_queue(department=noon.department, at=at + 4 * HOUR) == 1
    noon.refresh_from_db()
    assert noon.assignee == day


def test_the_departments_hours_go_before_the_companys(opened, worker, shifts, at):  # noqa: F811
    department(calendar=shifts.calendar)
    night = worker("night")
    assert opened(key="1").assignee is None and opened(key="2", at=at + NIGHT).assignee == night


def test_people_and_clocks_count_by_the_same_hours(opened, worker, shifts, company, at):  # noqa: F811
    """The plant's went before the department's for people and after them for clocks: a clock ran while the person whose
    work it was counted as off."""
    department(calendar=company.calendar)
    somebody = worker("night", plant=shifts)
    ticket = opened()
    assert ticket.resolution_clock.calendar == company.calendar and ticket.assignee == somebody
    assert opened(key="2", at=at + NIGHT).assignee is None


def test_nobody_is_given_more_than_fits(opened, worker, at):  # noqa: F811
    department(most_tickets=2)
    a, b = worker("a"), worker("b", most_tickets=1)
    worker("none", most_tickets=0)
    given = Counter(opened(key=str(n)).assignee for n in range(5))
    assert given == {a: 2, b: 1, None: 2}
    waiting = list(Ticket.objects.filter(assignee=None).order_by("pk"))
    mine = Ticket.objects.filter(assignee=a).first()
    assert drain_queue(department=mine.department, at=at + MINUTE) == 0
    resolve_ticket(ticket=mine, note="x", by=a, at=at + MINUTE)
    assert drain_queue(department=mine.department, at=at + 2 * MINUTE) == 1
    assert [Ticket.objects.get(pk=one.pk).assignee for one in waiting] == [a, None], "the oldest first"


def test_of_equals_the_one_who_was_given_nothing_for_longest(opened, worker, at):  # noqa: F811
    a, b = worker("a"), worker("b")
    for n, person in enumerate((a, b, a, b)):
        ticket = opened(key=str(n))
        assert ticket.assignee == person
        resolve_ticket(ticket=ticket, note="x", by=person, at=at)


def test_what_nobody_there_may_see_holds_up_nobody_behind_it(opened, worker, scopes, at):  # noqa: F811
    for n in range(3):
        opened(key=str(n), scope=scopes[1])
    last = opened(key="9", at=at + MINUTE)
    someone = worker("a")
    assert drain_queue(department=last.department, at=at + HOUR, limit=2) == 1
    last.refresh_from_db()
    assert last.assignee == someone and Ticket.objects.filter(assignee=None).count() == 3


def test_the_queue_has_a_clock_of_its_departments_own(opened, worker, at):  # noqa: F811
    head = worker("head", department="sales")
    home = department(queue_s=1200, head=head)
    ticket = opened()
    assert ticket.queue_clock.due_at == at + 20 * MINUTE
    sweep_clocks(at=at + 19 * MINUTE)
    assert told_of(ticket) == set()
    for minute in (20, 40, 60):
        sweep_clocks(at=at + minute * MINUTE)
    assert told_of(ticket) == {str(head.pk)} and ticket.entries.filter(data__clock="queue").count() == 1
    ticket.refresh_from_db()
    assert ticket.level == 0 and ticket.late_at is None, "it is not its solution that is late"
    worker("back")
    assert drain_queue(department=home, at=at + HOUR) == 1
    ticket.queue_clock.refresh_from_db()
    assert ticket.queue_clock.state == "met" and ticket.queue_clock.late_at == at + 20 * MINUTE


def test_without_a_head_those_who_give_out_tickets_hear_of_it(opened, worker, at):  # noqa: F811
    giver = worker("giver", department="sales")
    giver.user_permissions.add(Permission.objects.get(codename="assign_ticket"))
    ticket = opened()
    sweep_clocks(at=at + 30 * MINUTE)
    assert told_of(ticket) == {str(giver.pk)}


def test_whoever_is_given_a_ticket_never_let_the_queues_clock_run(opened, worker, at):  # noqa: F811
    taker = worker("taker")
    assert opened().queue_clock is None
    User.objects.filter(pk=taker.pk).update(is_away=True)
    taken, started, solved = (opened(key=key) for key in "234")
    assign_ticket(ticket=taken, to=taker, by=taker, at=at + MINUTE)
    start_ticket(ticket=started, by=taker, at=at + MINUTE)
    resolve_ticket(ticket=solved, note="over", by=None, at=at + MINUTE)
    sweep_clocks(at=at + timedelta(days=3))
    assert not any(told_of(one) for one in (taken, started, solved))
    again = reopen_ticket(ticket=solved, reason="no", by=None, at=at + timedelta(days=3))
    assert again.queue_clock.due_at == at + timedelta(days=3, minutes=30), "a new wait, the whole time"


def test_the_queues_clock_stands_still_with_the_order(opened, at):  # noqa: F811
    ticket = opened()
    rest_ticket(ticket=ticket, at=at + 10 * MINUTE)
    sweep_clocks(at=at + timedelta(days=3))
    assert not ticket.entries.filter(data__clock="queue").exists()
    wake_ticket(ticket=ticket, at=at + timedelta(days=1))
    ticket.queue_clock.refresh_from_db()
    assert ticket.queue_clock.due_at == at + timedelta(days=1, minutes=20)


def test_what_waits_for_somebody_else_waits_on_when_its_owner_leaves(opened, worker, scopes, at):  # noqa: F811
    gone, here = worker("gone"), worker("here", is_away=True)
    ticket = wait_ticket(ticket=opened(), reason="supplier", by=gone, at=at + MINUTE)
    people.deactivate_person(person=gone, hand_over_to=None, by=None, at=at + HOUR)
    ticket.refresh_from_db()
    assert ticket.assignee is None and ticket.state == "waiting"
    ticket = start_ticket(ticket=ticket, by=here, at=at + 2 * HOUR)
    assert ticket.resolution_clock.state == "running" and ticket.due_at is not None


def test_the_page_says_that_nobody_is_there_and_until_when(client, opened, worker, at):  # noqa: F811
    viewer = worker("viewer", department="sales", is_staff=True, language="en")
    viewer.user_permissions.add(Permission.objects.get(codename="view_ticket"))
    ticket = opened()
    client.force_login(viewer)
    page = client.get(f"/tickets/{ticket.number}/").content.decode()
    assert "nobody there yet" in page and "who gives out tickets hears of it" in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer; its tests share one connection")
def test_eight_at_once_share_evenly_and_never_beyond_what_fits(opened, worker, at):  # noqa: F811
    """Reopening takes no number, so nothing but the department's own lock keeps the loads together."""
    tickets = [opened(key=str(n)) for n in range(48)]
    for one in tickets:
        resolve_ticket(ticket=one, note="over", by=None, at=at)
    workers = [worker(f"w{n}", most_tickets=9) for n in range(5)]
    failed = []

    def reopen(some):
        try:
            for one in some:
                reopen_ticket(ticket=one, reason="again", by=None, at=at + MINUTE)
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=reopen, args=(tickets[n::8],)) for n in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    loads, worst = Counter({one.pk: 0 for one in workers}), 0
    for entry in TicketEntry.objects.filter(action="assigned").order_by("pk"):
        loads[entry.data["to"]] += 1
        worst = max(worst, max(loads.values()) - min(loads.values()))
    assert not failed and worst <= 1 and set(loads.values()) == {9}
    assert Ticket.objects.filter(state="new", assignee=None).count() == 3
