"""Does an unanswered ticket climb its chain, to people who may know of it, and past empty steps?"""
from datetime import timedelta

import pytest

from exceptions.actions import resolve_ticket
from exceptions.models import ChainLevel, Ticket
from kernel.models import OutboxMessage
from sla.actions import sweep_clocks
from sla.models import ClockFire
from tests.exceptions.test_tickets import HOUR, MINUTE, opened, reference, worker  # noqa: F401

pytestmark = pytest.mark.django_db


def sweep_until(at, end, step=timedelta(minutes=1)):
    while at <= end:
        sweep_clocks(at=at)
        at += step


def told():
    return sorted(
        (message.key.split(":")[3], message.recipient)
        for message in OutboxMessage.objects.filter(kind="ticket.escalated")
    )


def test_the_chain_tells_assignee_head_department_role_in_turn(opened, worker, person, scopes, at):  # noqa: F811
    from django.contrib.auth.models import Group

    owner = worker("owner")
    head, boss = worker("head", department="sales"), person("boss", scopes[0])
    boss.groups.add(Group.objects.get_or_create(name="order_operations")[0])
    department = owner.department
    department.head = head
    department.save()
    ticket = opened()
    clock = ticket.resolution_clock
    sweep_until(at, clock.due_at - timedelta(minutes=29), timedelta(minutes=10))
    ticket.refresh_from_db()
    assert (ticket.level, ticket.late_at) == (0, None), "warned, not late"
    sweep_until(clock.due_at, clock.due_at + timedelta(days=1), timedelta(minutes=10))
    ticket.refresh_from_db()
    assert ticket.level == 2 and ticket.late_at == clock.due_at
    fired = {str(level) for level in ClockFire.objects.filter(clock=clock).values_list("level", flat=True)}
    resolution = [(level, who) for level, who in told() if level in fired]
    assert ("-1", str(owner.pk)) in resolution and ("0", str(head.pk)) in resolution
    assert ("2", str(boss.pk)) in resolution
    assert ClockFire.objects.filter(clock=clock, outcome="fired").count() == 4


def test_nobody_is_told_twice_of_the_same_level(opened, worker, at):  # noqa: F811
    worker("owner")
    ticket = opened()
    for _ in range(3):
        sweep_until(at, ticket.due_at + 10 * HOUR, HOUR)
    keys = list(OutboxMessage.objects.values_list("key", flat=True))
    assert len(keys) == len(set(keys))
    assert ClockFire.objects.filter(clock=ticket.resolution_clock).count() == 4


def test_a_step_with_nobody_is_recorded_and_the_next_goes_at_once(opened, worker, at):  # noqa: F811
    worker("owner")
    ticket = opened()  # no head, nobody with the role
    due = ticket.resolution_clock.due_at
    sweep_clocks(at=due - MINUTE)
    sweep_clocks(at=due + MINUTE)
    skipped = ClockFire.objects.get(clock=ticket.resolution_clock, level=0)
    assert skipped.outcome == "skipped"
    sweep_clocks(at=due + MINUTE)
    assert ClockFire.objects.filter(clock=ticket.resolution_clock, level=1).exists(), "did not wait its half hour"
    assert "passed" in ticket.entries.values_list("action", flat=True)


def test_a_head_who_may_not_see_the_ticket_is_not_told(opened, worker, person, scopes, at):  # noqa: F811
    owner = worker("owner")
    outsider = person("outsider", scopes[1])
    owner.department.head = outsider
    owner.department.save()
    ticket = opened()
    sweep_until(at, ticket.due_at + 9 * HOUR, HOUR)
    assert str(outsider.pk) not in OutboxMessage.objects.values_list("recipient", flat=True)


def test_an_unanswered_ticket_without_owner_alarms_the_whole_department(opened, worker, at):  # noqa: F811
    ticket = opened()
    a, b = worker("a"), worker("b")
    sweep_clocks(at=ticket.response_clock.due_at)
    assert {who for _level, who in told()} == {str(a.pk), str(b.pk)}


def test_no_word_after_it_is_solved(opened, worker, at):  # noqa: F811
    owner = worker("owner")
    ticket = opened()
    resolve_ticket(ticket=ticket, note="done", by=owner, at=at + MINUTE)
    sweep_until(at, at + timedelta(days=3), 6 * HOUR)
    assert told() == []


def test_after_three_days_of_silence_one_word_a_pass(opened, worker, at):  # noqa: F811
    worker("owner")
    ticket = opened()
    ChainLevel.objects.filter(chain=ticket.kind.chain).update(target="assignee")
    at += timedelta(days=3)
    for number in range(1, 4):
        sweep_clocks(at=at + number * 2 * MINUTE)
        fires = ClockFire.objects.filter(clock=ticket.resolution_clock)
        assert fires.count() == number
    assert Ticket.objects.get().late_at == ticket.resolution_clock.due_at


def test_a_level_of_many_people_reaches_the_one_who_may_see(opened, worker, scopes, at):  # noqa: F811
    """Fifty were taken of a role before it was asked who may see the ticket: the level counted as one with nobody."""
    from django.contrib.auth.models import Group

    from kernel.access import grant_scope
    from kernel.models import User

    role = Group.objects.create(name="order_operations")
    crowd = User.objects.bulk_create(User(username=f"far{n}", is_staff=True) for n in range(50))
    role.user_set.add(*crowd)
    near = User.objects.create(username="near", is_staff=True)
    near.groups.add(role)
    grant_scope(scope=scopes[0], to=near)
    chain = opened().kind.chain
    ChainLevel.objects.filter(chain=chain, number=0).update(target=ChainLevel.ROLE, role="order_operations")
    ticket = opened(key="2")
    sweep_until(at, ticket.due_at + 10 * MINUTE, 10 * MINUTE)
    due = ticket.entries.filter(action="escalated", data__level=0, data__clock="resolution")
    assert [one.data["to"] for one in due] == [[near.pk]]
    assert not ticket.entries.filter(action="passed", data__level=0, data__clock="resolution").exists()


def test_of_many_who_may_see_it_fifty_are_told(opened, worker, scopes, at):  # noqa: F811
    from django.contrib.auth.models import Group

    from exceptions import chains
    from kernel.access import grant_scope
    from kernel.models import User

    role = Group.objects.create(name="order_operations")
    role.user_set.add(*User.objects.bulk_create(User(username=f"p{n}", is_staff=True) for n in range(60)))
    grant_scope(scope=scopes[0], to=role)
    ticket = opened()
    ChainLevel.objects.filter(chain=ticket.kind.chain, number=0).update(target=ChainLevel.ROLE, role="order_operations")
    sweep_until(at, ticket.due_at + 10 * MINUTE, 10 * MINUTE)
    due = ticket.entries.get(action="escalated", data__level=0, data__clock="resolution")
    assert len(due.data["to"]) == chains.MOST_TOLD == 50


def test_a_departments_own_ticket_tells_the_department_whatever_its_scopes(opened, worker, scopes, at):  # noqa: F811
    far, other = worker("far", scope=scopes[1]), worker("other", department="sales", scope=scopes[1])
    ticket = opened(for_department=True)
    assert ticket.assignee == far
    Ticket.objects.filter(pk=ticket.pk).update(assignee=None)
    ChainLevel.objects.filter(chain=ticket.kind.chain, number=0).update(target=ChainLevel.DEPARTMENT)
    sweep_until(at, ticket.due_at + 10 * MINUTE, 10 * MINUTE)
    due = ticket.entries.get(action="escalated", data__level=0, data__clock="resolution")
    assert due.data["to"] == [far.pk] and other.pk not in due.data["to"]
