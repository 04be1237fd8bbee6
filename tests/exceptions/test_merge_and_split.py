"""Are the same trouble twice, and two troubles in one, put right without losing anything?"""
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission

from exceptions.actions import merge_tickets, resolve_ticket, split_ticket
from exceptions.models import Ticket
from kernel.errors import Refusal
from kernel.models import User
from sla.actions import sweep_clocks
from sla.models import ClockFire
from tests.exceptions.test_tickets import history, opened, reference, worker  # noqa: F401

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clerk(worker, client):  # noqa: F811
    person = worker("clerk", is_staff=True, language="en")
    person.user_permissions.add(Permission.objects.get(codename="view_ticket"))
    client.force_login(person)
    return User.objects.get(pk=person.pk)


def test_a_part_is_a_ticket_of_its_own_with_its_own_clocks(opened, worker, at):  # noqa: F811
    someone, ticket = worker("a"), opened()
    new = split_ticket(ticket=ticket, title="The second pallet", by=someone, at=at + MINUTE)
    again = split_ticket(ticket=ticket, title="The third pallet", by=someone, at=at + MINUTE)
    assert new.pk != ticket.pk != again.pk and new.split_from == ticket and new.kind == ticket.kind
    assert new.evidence == {"node": "ship", "part_of": ticket.number} and new.scope == ticket.scope
    assert new.resolution_clock_id not in (None, ticket.resolution_clock_id)
    assert history(ticket)[-2:] == ["split", "split"] and Ticket.objects.get(pk=ticket.pk).is_open
    resolve_ticket(ticket=new, note="loaded", by=someone, at=at + 2 * MINUTE)
    assert Ticket.objects.get(pk=ticket.pk).is_open


def test_splitting_needs_words_and_an_open_ticket_of_rows(opened, worker, at):  # noqa: F811
    someone, ticket = worker("a"), opened()
    with pytest.raises(Refusal):
        split_ticket(ticket=ticket, title=" ", by=someone, at=at)
    group = opened(key="G", for_department=True)
    with pytest.raises(Refusal):
        split_ticket(ticket=group, title="x", by=someone, at=at)
    resolve_ticket(ticket=ticket, note="x", by=someone, at=at)
    with pytest.raises(Refusal):
        split_ticket(ticket=ticket, title="x", by=someone, at=at)


def test_merging_answers_both_and_only_the_one_that_goes_on_escalates(opened, worker, at):  # noqa: F811
    someone, one, other = worker("a"), opened(key="1"), opened(key="2")
    merge_tickets(ticket=one, into=other, by=someone, at=at + MINUTE)
    one, other = (Ticket.objects.get(pk=pk) for pk in (one.pk, other.pk))
    assert one.first_response_at == other.first_response_at == at + MINUTE
    assert one.entries.get(action="merged").data["name"] == other.number
    sweep_clocks(at=at + timedelta(days=9))
    assert not ClockFire.objects.filter(clock__resolution_of=one).exists()


def test_on_the_page(opened, clerk, client):  # noqa: F811
    one, other = opened(key="1"), opened(key="2")
    page = client.get(f"/tickets/{one.number}/").content.decode()
    assert "/merge/" in page and "/split/" in page and f'<option value="{other.number}">' in page
    client.post(f"/tickets/{one.number}/split/", {"text": "The second pallet"})
    part = Ticket.objects.get(split_from=one)
    assert one.number in client.get(f"/tickets/{part.number}/").content.decode()
    client.post(f"/tickets/{part.number}/merge/", {"into": other.number.lower()})
    part.refresh_from_db()
    assert part.merged_into == other


def test_a_ticket_one_does_not_see_is_no_place_to_merge_into(opened, clerk, client, scopes):  # noqa: F811
    mine, hidden = opened(key="1"), opened(key="2", scope=scopes[1])
    nowhere = client.post(f"/tickets/{mine.number}/merge/", {"into": "T-000000-0000"}, follow=True).content.decode()
    there = client.post(f"/tickets/{mine.number}/merge/", {"into": hidden.number}, follow=True).content.decode()
    assert "There is no ticket T-000000-0000" in nowhere and f"There is no ticket {hidden.number}" in there
    url = f"/api/v1/tickets/{mine.pk}/merge/"
    answers = [client.post(url, {"into": number}, content_type="application/json") for number in
               ("T-000000-0000", hidden.number)]
    assert [one.status_code for one in answers] == [400, 400]
    mine.refresh_from_db()
    assert mine.is_open
