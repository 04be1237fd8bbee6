"""Does an unanswered ticket climb its chain, to people who may know of it, and past empty steps?"""
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exceptions.actions import reapply_chain, resolve_ticket
from exceptions.chain_preview import previews
from exceptions.chain_steps import behind
from exceptions.models import Chain, ChainLevel, Ticket, TicketKind
from kernel.models import OutboxMessage
from sla.actions import sweep_clocks
from sla.models import Clock, ClockFire
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
    sweep_until(at, ticket.response_clock.due_at)
    assert {who for _level, who in told()} == {str(a.pk), str(b.pk)}


def test_no_word_after_it_is_solved(opened, worker, at):  # noqa: F811
    owner = worker("owner")
    ticket = opened()
    resolve_ticket(ticket=ticket, note="done", by=owner, at=at + MINUTE)
    sweep_until(at, at + timedelta(days=3), 6 * HOUR)
    assert told() == []


def test_after_three_days_of_silence_one_word_a_pass(opened, worker, at):  # noqa: F811
    worker("owner")
    ChainLevel.objects.update(target="assignee")
    ticket = opened()
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
    ChainLevel.objects.filter(number=0).update(target=ChainLevel.ROLE, role="order_operations")
    ticket = opened()
    sweep_until(at, ticket.due_at + 10 * MINUTE, 10 * MINUTE)
    due = ticket.entries.get(action="escalated", data__level=0, data__clock="resolution")
    assert len(due.data["to"]) == chains.MOST_TOLD == 50


def test_a_departments_own_ticket_tells_the_department_whatever_its_scopes(opened, worker, scopes, at):  # noqa: F811
    far, other = worker("far", scope=scopes[1]), worker("other", department="sales", scope=scopes[1])
    ChainLevel.objects.filter(number=0).update(target=ChainLevel.DEPARTMENT)
    ticket = opened(for_department=True)
    assert ticket.assignee == far
    Ticket.objects.filter(pk=ticket.pk).update(assignee=None)
    sweep_until(at, ticket.due_at + 10 * MINUTE, 10 * MINUTE)
    due = ticket.entries.get(action="escalated", data__level=0, data__clock="resolution")
    assert due.data["to"] == [far.pk] and other.pk not in due.data["to"]


def test_a_level_may_tell_one_person_and_the_whole_department(opened, worker, person, scopes, at):  # noqa: F811
    owner, mate = worker("owner"), worker("mate", is_away=False)
    chief = person("chief", scopes[0])
    chain = Chain.objects.get(code="fast")
    chain.levels.filter(number=0).update(target=ChainLevel.PERSON, person=chief)
    chain.levels.filter(number=1).update(target=ChainLevel.DEPARTMENT)
    ticket = opened()
    due = ticket.resolution_clock.due_at
    fired = _told_by_level(ticket, at, due + 3 * HOUR)  # it is due when lunch begins
    assert fired["0"] == {str(chief.pk)}
    assert fired["1"] == {str(owner.pk), str(mate.pk)}


def _told_by_level(ticket, start, end):
    sweep_until(start, end, timedelta(minutes=5))
    found = {}
    for message in OutboxMessage.objects.filter(key__startswith=f"clock:{ticket.resolution_clock_id}:"):
        found.setdefault(message.key.split(":")[3], set()).add(message.recipient)
    return found


def test_an_open_ticket_goes_by_the_steps_it_began_with(opened, worker, person, scopes, at):  # noqa: F811
    """Whoever edits a chain, or gives the kind another one, redirects no ticket that is open."""
    owner, chief = worker("owner"), person("chief", scopes[0])
    chain = Chain.objects.get(code="fast")
    chain.levels.filter(number=0).update(target=ChainLevel.ASSIGNEE)
    ticket = opened()
    chain.levels.update(target=ChainLevel.PERSON, person=chief)
    ticket.kind.chain = Chain.objects.get(code="systems")
    ticket.kind.save()
    fired = _told_by_level(ticket, at, ticket.resolution_clock.due_at + MINUTE)
    assert fired == {"-1": {str(owner.pk)}, "0": {str(owner.pk)}}
    assert opened(key="2").chain_steps[0]["target"] == "assignee", "a new one takes the chain of its kind"


def test_re_applying_tells_on_by_the_chain_of_now_and_nobody_twice(opened, worker, person, scopes, at):  # noqa: F811
    owner, chief, root = worker("owner"), person("chief", scopes[0]), person("root", scopes[0], is_superuser=True)
    chain = Chain.objects.get(code="fast")
    ticket = opened()
    due = ticket.resolution_clock.due_at
    assert behind(chain) == []
    sweep_until(at, due - 29 * MINUTE, 10 * MINUTE)  # the warning is out
    chain.levels.filter(number=-1).update(target=ChainLevel.PERSON, person=chief)
    chain.levels.filter(number=0).update(target=ChainLevel.PERSON, person=chief)
    ChainLevel.objects.create(chain=chain, number=-2, offset_s=-7200, target=ChainLevel.HEAD)
    assert behind(chain) == [ticket.pk]
    now = due - 20 * MINUTE
    (shown,) = previews(chain, behind(chain), root, now)
    assert [(one.level, one.who) for one in shown.then][:2] == [(0, "chief"), (1, "everybody of the department")]
    assert shown.then[0].at == due
    assert reapply_chain(chain=chain, ticket_ids=[ticket.pk], by=root, at=now) == 1
    assert reapply_chain(chain=chain, ticket_ids=[ticket.pk], by=root, at=now) == 0
    fired = _told_by_level(ticket, now, due + MINUTE)
    assert fired == {"-1": {str(owner.pk)}, "0": {str(chief.pk)}}
    assert ticket.entries.filter(action="rechained", by=root).count() == 1


@pytest.mark.parametrize("state", ["overdue", "paused", "solved"])
def test_re_applying_in_each_state(opened, worker, person, scopes, at, state):  # noqa: F811
    from exceptions.actions import start_ticket, wait_ticket

    owner, chain = worker("owner"), Chain.objects.get(code="fast")
    ChainLevel.objects.update(target="assignee")
    ticket = opened()
    due = ticket.resolution_clock.due_at
    now = due + 3 * HOUR if state == "overdue" else at + MINUTE
    if state == "overdue":
        sweep_until(at, due + 5 * MINUTE, MINUTE)
    elif state == "paused":
        wait_ticket(ticket=ticket, reason="x", by=owner, at=now)
    else:
        resolve_ticket(ticket=ticket, note="x", by=owner, at=now)
    chain.levels.filter(number=1).update(offset_s=60)  # has passed where it is overdue
    assert reapply_chain(chain=chain, ticket_ids=[ticket.pk], by=owner, at=now) == (state != "solved")
    clock = type(ticket.resolution_clock).objects.get(pk=ticket.resolution_clock_id)
    if state == "overdue":
        assert clock.state == "breached" and clock.late_at == due
        assert clock.levels[clock.level_index][0] == 2, "what has passed is not made up for"
    elif state == "paused":
        assert clock.next_fire_at is None and clock.levels[clock.level_index][0] == -1
        start_ticket(ticket=ticket, by=owner, at=now + HOUR)
        clock.refresh_from_db()
        assert clock.next_fire_at == clock.due_at - 30 * MINUTE


def test_the_page_of_a_chain_shows_what_would_change_and_the_job_does_it(opened, worker, person, scopes, client):  # noqa: F811
    from django.urls import reverse

    from exceptions.jobs import reapply_to_tickets
    from kernel.models import JobRun

    worker("owner")
    root = person("root", scopes[0], is_superuser=True, is_staff=True, language="en")
    chain = Chain.objects.get(code="fast")
    ticket, address = opened(), reverse("chain", args=[chain.pk])
    client.force_login(root)
    assert "Every open ticket goes by these steps." in client.get(address).content.decode()
    chain.levels.filter(number=0).update(target=ChainLevel.PERSON, person=root)
    page = client.get(address).content.decode()
    assert "1 open ticket began with other steps" in page and ticket.number in page
    assert "Re-apply to 1 open ticket" in page
    assert client.get(reverse("chain_reapply", args=[chain.pk])).url == address, "opened, not sent: nothing is done"
    assert client.post(reverse("chain_reapply", args=[chain.pk])).status_code == 302
    assert reapply_to_tickets(lambda *said: None, **JobRun.objects.get(kind="reapply_chain").args) == {"tickets": 1}
    assert behind(chain) == []
    client.force_login(person("stranger", scopes[1], is_staff=True))
    assert client.get(address).status_code == 403
    assert client.post(reverse("chain_reapply", args=[chain.pk])).status_code == 403


def test_the_preview_shows_tickets_of_ones_own_scopes_only(opened, worker, person, scopes, at):  # noqa: F811
    worker("owner")
    chain = Chain.objects.get(code="fast")
    opened()
    chain.levels.filter(number=0).delete()
    assert behind(chain) and previews(chain, behind(chain), person("stranger", scopes[1]), at) == []


def test_a_ticket_whose_clock_keeps_other_levels_than_its_steps_is_found_too(opened, worker, at):  # noqa: F811
    """So it may have come from a version in which the chain was read anew whenever a level fired."""
    owner, chain = worker("owner"), Chain.objects.get(code="fast")
    ticket = opened()
    levels = ticket.resolution_clock.levels
    Clock.objects.filter(pk=ticket.resolution_clock_id).update(levels=[[-1, -3600], [0, 0]])
    assert behind(chain) == [ticket.pk]
    assert reapply_chain(chain=chain, ticket_ids=[ticket.pk], by=owner, at=at) == 1
    assert Clock.objects.get(pk=ticket.resolution_clock_id).levels == levels and behind(chain) == []


def test_an_open_ticket_whose_clock_has_ended_is_not_looked_for_again_and_again(opened, worker):  # noqa: F811
    worker("owner")
    ticket = opened()
    Clock.objects.filter(pk=ticket.resolution_clock_id).update(levels=[[0, 0]], state=Clock.MET)
    assert behind(Chain.objects.get(code="fast")) == []


def looks_at_all(captured):
    """The statements that look through the open tickets of a chain."""
    return [one["sql"] for one in captured if "chain_steps" in one["sql"] and "NULLS LAST" in one["sql"]]


def test_some_tickets_are_re_applied_without_a_look_at_the_others(opened, worker, at):  # noqa: F811
    owner, chain = worker("owner"), Chain.objects.get(code="fast")
    tickets = [opened(key=str(n)) for n in range(4)]
    chain.levels.filter(number=1).update(target=ChainLevel.HEAD)
    with CaptureQueriesContext(connection) as seen:
        assert reapply_chain(chain=chain, ticket_ids=[tickets[1].pk], by=owner, at=at) == 1
    (look,) = looks_at_all(seen.captured_queries)
    assert f"IN ({tickets[1].pk})" in look
    assert behind(chain, most=2) == [tickets[0].pk, tickets[2].pk]


def test_the_page_looks_once_and_counts_no_further_than_it_says(opened, worker, person, scopes, client, monkeypatch):  # noqa: F811
    from django.urls import reverse

    monkeypatch.setattr("exceptions.chain_pages.MOST_COUNTED", 2)
    worker("owner")
    chain = Chain.objects.get(code="fast")
    for number in range(3):
        opened(key=str(number))
    chain.levels.filter(number=1).update(target=ChainLevel.HEAD)
    client.force_login(person("root", scopes[0], is_superuser=True, is_staff=True, language="en"))
    with CaptureQueriesContext(connection) as seen:
        page = client.get(reverse("chain", args=[chain.pk])).content.decode()
    assert "More than 2 open tickets began with other steps" in page and "Re-apply to more than 2 open tickets" in page
    (look,) = looks_at_all(seen.captured_queries)
    assert "LIMIT 3" in look


def of_response(ticket):
    """{level: who was told of the response clock}."""
    found = {}
    for message in OutboxMessage.objects.filter(key__startswith=f"clock:{ticket.response_clock_id}:"):
        found.setdefault(int(message.key.split(":")[3]), set()).add(int(message.recipient))
    return found


def test_the_first_answer_is_asked_for_before_it_is_due_and_again_when_it_stays_away(opened, worker, at):  # noqa: F811
    """15 minutes: reminded after half of them, due, and as long again later the head hears of it."""
    owner, head = worker("owner"), worker("head", department="sales")
    owner.department.head = head
    owner.department.save()
    ticket = opened()
    assert ticket.response_clock.due_at == at + 15 * MINUTE
    sweep_until(at, at + 7 * MINUTE)
    assert of_response(ticket) == {}
    sweep_until(at + 8 * MINUTE, at + 14 * MINUTE)
    assert of_response(ticket) == {-1: {owner.pk}}
    assert "waits for a first answer, due at 11-24 10:15" in OutboxMessage.objects.filter(
        kind="ticket.escalated").get().payload["text_en"]
    sweep_until(at + 15 * MINUTE, at + 29 * MINUTE)
    assert of_response(ticket) == {-1: {owner.pk}, 0: {owner.pk}}
    sweep_until(at + 30 * MINUTE, at + 32 * MINUTE)
    assert of_response(ticket)[1] == {head.pk}
    last = OutboxMessage.objects.get(key__startswith=f"clock:{ticket.response_clock_id}:1:1:")
    assert "still has no first answer" in last.payload["text_en"] and "仍无首次响应" in last.payload["text_zh"]


@pytest.mark.parametrize(("warn_s", "levels"), [
    (None, [[-1, -450], [0, 0], [1, 900]]), (0, [[0, 0], [1, 900]]), (300, [[-1, -300], [0, 0], [1, 900]]),
    (900, [[0, 0], [1, 900]]),
])
def test_when_the_reminder_comes_is_a_setting_of_the_kind(opened, at, warn_s, levels):  # noqa: F811
    TicketKind.objects.filter(code="late_warehouse").update(response_warn_s=warn_s)
    assert opened().response_clock.levels == levels


def test_once_answered_no_reminder_comes(opened, worker, at):  # noqa: F811
    from exceptions.actions import start_ticket

    owner = worker("owner")
    ticket = opened()
    start_ticket(ticket=ticket, by=owner, at=at + MINUTE)
    sweep_until(at, at + HOUR)
    assert of_response(ticket) == {}


def test_a_reminder_after_the_answer_is_due_is_refused_in_the_settings(reference, client):  # noqa: F811
    from exceptions.admin import TicketKindForm
    from kernel.models import User

    kind = TicketKind.objects.get(code="late_warehouse")
    client.force_login(User.objects.create_superuser("root", password="x", language="en"))
    page = client.get(f"/admin/exceptions/ticketkind/{kind.pk}/change/").content.decode()
    assert 'name="response_warn_s"' in page and "when half of the time has passed" in page
    values = {name: getattr(kind, name) for name in TicketKindForm.Meta.fields} | {
        "department": kind.department_id, "chain": kind.chain_id, "response_warn_s": kind.response_s}
    form = TicketKindForm(values, instance=kind)
    assert "response_warn_s" in form.errors
    values["response_warn_s"] = ""
    assert "response_warn_s" not in TicketKindForm(values, instance=kind).errors
