"""Do the pages of tickets, home and the board say the working time that is left, and ask no question twice?"""
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from exceptions.actions import merge_tickets, wait_ticket
from kernel.roles import sync_roles
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
