"""What bit other engines (docs/clocks-and-tickets.md): the cases that no other test of ours covers by itself."""
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from django.test import RequestFactory
from django.utils.dateparse import parse_datetime

from exceptions.actions import close_ticket, merge_tickets, reopen_ticket, resolve_ticket, wait_ticket
from exceptions.api import TicketSerializer
from exceptions.models import ChainLevel, Ticket
from integrations.actions.deliver_messages import deliver_messages
from kernel.models import OutboxMessage
from kernel.outbox import hold_outbound
from kernel.working_time import Hours, compile_hours
from sla import clocks
from sla.actions import sweep_clocks
from sla.calendars import ALWAYS, WorkTime
from sla.models import Clock, ClockSegment
from tests.exceptions.test_tickets import HOUR, MINUTE, opened, reference, worker  # noqa: F401

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # Tuesday 10:00 in Shanghai
OFFICE = WorkTime(compile_hours(Hours(
    "Asia/Shanghai", tuple((day, start, end) for day in range(5) for start, end in ((510, 720), (810, 1050))),
    date(2026, 1, 1), date(2027, 12, 31))), 1)


@pytest.mark.django_db
def test_5_the_next_level_takes_no_waiting_word_of_an_earlier_one_away(opened, worker, settings):  # noqa: F811
    """oncall 934: each level, person and channel has a row of its own, which only its own delivery ends."""
    settings.HUB_MAIL_FROM = "hub@example.com"
    owner = worker("owner", email="o@example.com")
    ChainLevel.objects.update(target=ChainLevel.ASSIGNEE)
    ticket = opened()
    night = ticket.resolution_clock.due_at + timedelta(days=3, hours=11)  # Friday 23:00: mail waits for Monday
    for number in range(4):
        sweep_clocks(at=night + number * 2 * MINUTE)
    mine = OutboxMessage.objects.filter(key__startswith=f"clock:{ticket.resolution_clock_id}:", channel="mail")
    assert sorted(int(one.key.split(":")[3]) for one in mine) == [-1, 0, 1, 2]
    assert {(one.state, one.recipient) for one in mine} == {("waiting", owner.email)}
    assert all(one.not_before > night for one in mine)


@pytest.mark.django_db
@pytest.mark.parametrize("is_held", [False, True], ids=["waiting", "held after a restore"])
@pytest.mark.parametrize("end", ["resolved", "closed", "merged"])
def test_5_the_end_of_a_ticket_takes_back_what_waits_for_the_morning(opened, worker, settings, end, is_held):  # noqa: F811
    """Nobody is woken to a ticket that was solved in the night; other tickets' words and those on their way stay."""
    settings.HUB_MAIL_FROM = "hub@example.com"
    owner = worker("owner", email="o@example.com")
    ChainLevel.objects.update(target=ChainLevel.ASSIGNEE)
    ticket, other = opened(), opened(key="2")
    night = ticket.resolution_clock.due_at + timedelta(days=3, hours=11)  # Friday 23:00: mail waits for Monday
    for number in range(4):
        sweep_clocks(at=night + number * 2 * MINUTE)

    def mails(one):
        return OutboxMessage.objects.filter(key__startswith=f"clock:{one.resolution_clock_id}:", channel="mail")

    on_its_way = mails(ticket).first()
    OutboxMessage.objects.filter(pk=on_its_way.pk).update(lease_until=night + 2 * HOUR)
    waits, at = "waiting", night + HOUR
    if is_held:
        hold_outbound(reason="restore", by=None, at=at)
        waits = "held"
    if end == "resolved":
        resolve_ticket(ticket=ticket, note="x", by=owner, at=at)
    elif end == "closed":
        close_ticket(ticket=ticket, note="x", by=owner, at=at)
    else:
        merge_tickets(ticket=ticket, into=other, by=owner, at=at)
    states = {one.pk: one.state for one in mails(ticket)}
    if not is_held:  # holding takes the lease away
        assert states.pop(on_its_way.pk) == "waiting"
    assert len(states) >= 3 and set(states.values()) == {"taken_back"}
    assert set(mails(other).values_list("state", flat=True)) == {waits}
    inside = OutboxMessage.objects.filter(key__startswith=f"clock:{ticket.resolution_clock_id}:", channel="in_app")
    assert set(inside.values_list("state", flat=True)) == {"waiting"}


@pytest.mark.parametrize("hours", [6, 2])
@pytest.mark.parametrize("work", [ALWAYS, OFFICE], ids=["round the clock", "office"])
def test_24_another_budget_while_it_is_paused_keeps_the_time_used(work, hours):
    """glpi 6902, 15605: the pause counted for nothing when the SLA changed in the middle of it."""
    clock = clocks.start(Clock(kind="budget", budget_s=4 * 3600), AT, work)
    clocks.apply(clock, clocks.PAUSE, AT + HOUR, work, "customer")
    clocks.give(clock, AT + 2 * HOUR, work, hours * 3600)
    assert (clock.used_s, clock.due_at, clock.next_fire_at) == (3600, None, None)
    later = AT + timedelta(days=1)
    clocks.apply(clock, clocks.RESUME, later, work)
    assert work.between(later, clock.due_at) == (hours - 1) * 3600
    assert clock.next_fire_at == clock.due_at


@pytest.mark.django_db
@pytest.mark.parametrize("closes", [False, True], ids=["resolved", "resolved and closed"])
def test_26_reopened_from_resolved_or_closed_it_is_the_same(opened, worker, at, closes):  # noqa: F811
    """glpi 9267, 23359: the time in between counted in one of the two and not in the other."""
    owner = worker("owner")
    ticket = opened()
    resolve_ticket(ticket=ticket, note="done", by=owner, at=at + 30 * MINUTE)
    if closes:
        close_ticket(ticket=ticket, by=owner, at=at + HOUR)
    reopened = reopen_ticket(ticket=ticket, reason="not yet", by=owner, at=at + 24 * HOUR)
    clock = reopened.resolution_clock
    assert (reopened.cycle, clock.cycle, clock.state, clock.used_s) == (2, 2, "running", 0)
    assert clock.due_at == at + 26 * HOUR == reopened.due_at, "two working hours from then on"
    ledger = list(ClockSegment.objects.filter(clock=clock).values_list("cycle", "state", "work_s"))
    assert ledger == [(1, "running", 30 * 60)], "what lay between the end and the new beginning is nobody's time"


@pytest.mark.django_db
def test_31_every_instant_leaves_with_its_zone(opened, worker, at, client):  # noqa: F811
    """frappe 3776: due times without a zone were red at once for whoever sat elsewhere."""
    owner = worker("owner", is_staff=True)
    ticket = opened()
    request = RequestFactory().get("/")
    request.user = owner
    said = TicketSerializer(Ticket.objects.get(pk=ticket.pk), context={"request": request}).data
    for name in ("opened_at", "due_at"):
        assert parse_datetime(said[name]) == getattr(ticket, name) and said[name][-6] in "+-" or said[name][-1] == "Z"
        assert parse_datetime(said[name]).utcoffset() is not None


@pytest.mark.django_db
def test_31_from_waiting_straight_to_resolved_the_wait_is_not_counted(opened, worker, at):  # noqa: F811
    """frappe 3776: a hold from February to August became 42 days of work."""
    owner = worker("owner")
    ticket = opened()
    wait_ticket(ticket=ticket, reason="customer", by=owner, at=at + 10 * MINUTE)
    done = resolve_ticket(ticket=ticket, note="done", by=owner, at=at + timedelta(days=180))
    clock = Clock.objects.get(pk=done.resolution_clock_id)
    assert (clock.used_s, clock.late_at, done.late_at) == (600, None, None)
    assert list(ClockSegment.objects.filter(clock=clock).values_list("state", flat=True)) == ["running", "paused"]


def test_37_a_prefetched_task_is_not_handed_out_while_it_runs():
    """django-q 183, 307: a retry shorter than what a task may take runs it twice."""
    q = settings.Q_CLUSTER
    longest_wait = (q["queue_limit"] / q["workers"] + 2) * (q["timeout"] + 3)
    assert q["timeout"] and q["retry"] > longest_wait > q["timeout"]


def test_38_missed_schedules_are_not_made_up_for():
    """django-q2 225: after a stop each minute that was missed ran, with its mail."""
    assert settings.Q_CLUSTER["catch_up"] is False


@pytest.mark.django_db
def test_20_a_word_that_never_arrives_ends(opened, worker, at, settings, monkeypatch):  # noqa: F811
    """zammad 5428: what bounces opens a ticket whose word bounces too: one ticket a channel, and attempts end."""
    from integrations import delivery
    from integrations.channels.outcome import RETRY, Undelivered

    def bounce(message, at):
        raise Undelivered(RETRY, "bounced")

    settings.HUB_MAIL_FROM = "hub@example.com"
    worker("owner", email="o@example.com"), worker("it", department="it", email="it@example.com")
    monkeypatch.setitem(delivery.SENDERS, "mail", bounce)
    opened()
    now = at
    for _round in range(60):
        deliver_messages(at=now)
        now += 12 * HOUR
    mails = OutboxMessage.objects.filter(channel="mail")
    assert set(mails.values_list("state", flat=True)) == {"dead"} and mails.count() < 6
    assert all(one.attempts <= delivery.MOST_ATTEMPTS for one in mails)
    assert Ticket.objects.filter(kind__code="dead_letter").count() == 1
