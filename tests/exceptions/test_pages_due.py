"""Do the pages of tickets, home and the board say the working time that is left, and ask no question twice?"""
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from exceptions.actions import merge_tickets, start_ticket, wait_ticket
from exceptions.models import Ticket, TicketEntry
from exceptions.words import of_entry
from kernel.models import OutboxMessage
from kernel.roles import sync_roles
from sla.actions import sweep_clocks
from sla.clocks import DUE_LEVEL
from sla.models import Clock
from tests.exceptions.test_tickets import opened, reference, worker  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(worker, client, at):  # noqa: F811
    sync_roles(by=None, at=at)
    person = worker("keeper", is_staff=True, language="en", role="order_operations")
    client.force_login(person)
    return person


@pytest.fixture
def on_friday(monkeypatch, at):
    friday = at + timedelta(days=3, hours=6)  # 16:00 in Shanghai
    monkeypatch.setattr(timezone, "now", lambda: friday)
    return friday


def test_list_page_and_home_say_it_until_the_clock_stands(client, keeper, opened, on_friday):  # noqa: F811
    ticket = opened(at=on_friday)  # two working hours: due on Monday at 9:00
    start_ticket(ticket=ticket, by=keeper, at=on_friday)  # answered: what is due next is the resolution
    for address in ("/tickets/", f"/tickets/{ticket.number}/", "/"):
        assert "2 h of working time" in client.get(address).content.decode(), address
    wait_ticket(ticket=ticket, reason="supplier", by=keeper, at=on_friday)
    assert "of working time" not in client.get("/tickets/").content.decode()


def test_merged_tickets_are_asked_for_once(client, keeper, opened, at):  # noqa: F811
    one, other = opened(key="1"), opened(key="2")
    merge_tickets(ticket=one, into=other, by=keeper, at=at)
    with CaptureQueriesContext(connection) as caught:
        page = client.get(f"/tickets/{other.number}/").content.decode()
    asked = [query["sql"] for query in caught if '"merged_into_id" ' in query["sql"].partition("WHERE")[2]]
    assert one.number in page and len(asked) == 1, asked


def test_a_response_that_ran_out_is_said_wherever_the_ticket_stands(client, keeper, opened, monkeypatch, at):  # noqa: F811
    """A notice says that nobody answered in time; the page, the queue, its filter and the history say so, too."""
    ticket, other = opened(key="1"), opened(key="2")
    start_ticket(ticket=other, by=keeper, at=at)
    Clock.objects.filter(pk=ticket.resolution_clock_id).update(due_at=at + timedelta(days=2))
    Ticket.objects.filter(pk=ticket.pk).update(due_at=at + timedelta(days=2))
    now = ticket.response_clock.due_at + timedelta(minutes=5)
    assert now < other.due_at
    monkeypatch.setattr(timezone, "now", lambda: now)
    sweep_clocks(at=now - timedelta(minutes=6))
    OutboxMessage.objects.all().delete()  # the reminder before it was due
    sweep_clocks(at=now)
    assert OutboxMessage.objects.get(kind="ticket.escalated").recipient == str(keeper.pk)
    queue = client.get("/tickets/?tab=all&late=1").content.decode()
    assert ticket.number in queue and other.number not in queue
    assert "5 min over" in queue and "first response" in queue
    assert ticket.number not in client.get("/tickets/?tab=all&due=8h").content.decode(), "it is overdue already"
    rows = [one.number for one in client.get("/tickets/?tab=all").context["tickets"]]
    assert rows == [ticket.number, other.number], "the sooner due first, whichever clock"
    page = client.get(f"/tickets/{ticket.number}/").content.decode()
    assert "<dt>First response</dt>" in page and "<dt>Resolution</dt>" in page and "5 min over" in page
    assert "No first response in time." in page and f"Told: {keeper}." in page
    assert "5 min over" in client.get("/").content.decode()
    start_ticket(ticket=ticket, by=keeper, at=now)
    assert ticket.number not in client.get("/tickets/?tab=all&late=1").content.decode()
    row = next(one for one in client.get("/tickets/?tab=all").context["tickets"] if one.pk == ticket.pk)
    assert row.next_due_for == "resolution" and not row.is_late


def test_history_says_why_each_level_went_to_whom():
    data = {"level": 1, "clock": "resolution", "names": ["王芳", "李伟"]}
    for told, wanted in (
        ({}, ["Not resolved in time.", "Told: 王芳, 李伟."]),
        ({"level": DUE_LEVEL - 1}, ["The time to resolve it is running out.", "Told: 王芳, 李伟."]),
        ({"clock": "queue"}, ["Nobody was there to be given it.", "Told: 王芳, 李伟."]),
    ):
        entry = TicketEntry(action="escalated", data=data | told)
        assert [str(one) for one in of_entry(entry)[1]] == wanted
    passed = TicketEntry(action="passed", data={"level": 0, "clock": "response"})
    assert [str(one) for one in of_entry(passed)[1]] == ["No first response in time.", "Nobody was there to be told."]
