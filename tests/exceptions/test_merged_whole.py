"""Does the ticket that goes on carry what was merged into it, and does whoever watches hear of it?"""
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission

from exceptions.actions import (
    comment_ticket,
    merge_tickets,
    resolve_ticket,
    start_ticket,
    unwatch_ticket,
    watch_ticket,
)
from exceptions.late_nodes import raise_late_tickets, settle_late_tickets, settle_survivors
from exceptions.models import Ticket, TicketWatcher
from kernel.access import revoke_scope
from kernel.models import OutboxMessage
from tests.exceptions.test_late_nodes import done, order  # noqa: F401
from tests.exceptions.test_tickets import opened, reference, worker  # noqa: F401

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clerk(worker, client):  # noqa: F811
    person = worker("clerk", is_staff=True, language="en")
    person.user_permissions.add(Permission.objects.get(codename="view_ticket"))
    client.force_login(person)
    return type(person).objects.get(pk=person.pk)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def heard(person):
    return list(OutboxMessage.objects.filter(kind="ticket.noted", channel="in_app", recipient=str(person.pk))
                .order_by("pk").values_list("payload__text_en", flat=True))


def test_history_evidence_and_title_of_the_merged_one_stand_on_the_one_that_goes_on(opened, clerk, client, at):  # noqa: F811
    one = opened(key="1", title_en="The first pallet", evidence={"node": "ship_early"})
    other, third = opened(key="2"), opened(key="3")
    comment_ticket(ticket=one, text="Carrier called back", by=clerk, at=at)
    merge_tickets(ticket=one, into=other, by=clerk, at=at + MINUTE)
    merge_tickets(ticket=other, into=third, by=clerk, at=at + 2 * MINUTE)
    page = client.get(f"/tickets/{third.number}/").content.decode()
    for said in ("Carrier called back", "ship_early", "The first pallet", f"/tickets/{one.number}/", other.number):
        assert said in page, said
    assert fresh(one).merged_into == fresh(other).merged_into == third
    assert f"/tickets/{third.number}/" in client.get(f"/tickets/{one.number}/").content.decode()


def test_what_one_does_not_see_of_the_merged_one_is_not_shown(opened, clerk, client, scopes, at):  # noqa: F811
    hidden, other = opened(key="1", scope=scopes[1], title_en="Secret pallet"), opened(key="2")
    merge_tickets(ticket=hidden, into=other, by=None, at=at)
    comment_ticket(ticket=hidden, text="Secret words", by=None, at=at)
    page = client.get(f"/tickets/{other.number}/").content.decode()
    assert "Secret" not in page


def test_watchers_assignee_and_severity_go_along(opened, worker, person, scopes, at):  # noqa: F811
    owner, asker = worker("owner"), person("asker", scopes[0])
    one, other = opened(key="1", severity=1), opened(key="2", severity=3, kind="late_quality")
    assert one.assignee == owner and other.assignee is None
    watch_ticket(ticket=one, by=asker, at=at)
    merge_tickets(ticket=one, into=other, by=None, at=at)
    assert {one.person for one in fresh(other).watchers.all()} == {owner, asker} and fresh(other).severity == 1
    resolve_ticket(ticket=other, note="x", by=None, at=at)
    assert any("is resolved" in said for said in heard(asker))


def test_a_second_finding_of_the_merged_one_goes_to_the_one_that_goes_on(opened, at):  # noqa: F811
    one, other = opened(key="1"), opened(key="2")
    merge_tickets(ticket=one, into=other, by=None, at=at)
    again = opened(key="1", evidence={"node": "deliver"})
    assert again.pk == other.pk and Ticket.objects.count() == 2
    assert "found_again" in other.entries.values_list("action", flat=True)
    resolve_ticket(ticket=other, note="x", by=None, at=at)
    assert opened(key="1").pk not in (one.pk, other.pk)


def test_the_machine_ends_it_only_when_nothing_of_the_whole_is_late(order, opened, at):  # noqa: F811
    raise_late_tickets(at=at)
    late, by_hand = Ticket.objects.get(kind__code="late_planning"), opened(kind="other", key="x", subject_kind="hand")
    merge_tickets(ticket=by_hand, into=late, by=None, at=at)
    done(order, at, "mrp_run")
    settle_late_tickets(at=at)
    assert settle_survivors(at=at) == 0 and fresh(late).is_open, "what was reported by hand is ended by hand"


def test_two_delays_merged_end_with_the_later_one(order, opened, at):  # noqa: F811
    raise_late_tickets(at=at)
    late = Ticket.objects.get(kind__code="late_planning")
    done(order, at, "mrp_run")
    raise_late_tickets(at=at)
    later = Ticket.objects.get(kind__code="late_purchasing")
    merge_tickets(ticket=later, into=late, by=None, at=at)
    settle_late_tickets(at=at)
    assert settle_survivors(at=at) == 0 and fresh(late).is_open, "material is still late"
    done(order, at, "material_received", "dispatched")
    settle_late_tickets(at=at)
    assert settle_survivors(at=at) == 1 and fresh(late).state == "resolved"


def test_watchers_hear_once_and_never_of_their_own_doing(opened, worker, person, scopes, at):  # noqa: F811
    owner, asker, other = worker("owner"), person("asker", scopes[0]), person("other", scopes[0])
    ticket = opened()
    comment_ticket(ticket=ticket, text="Any news?", by=asker, at=at)
    assert heard(owner) == [f"asker commented on {ticket.number}: Late"], "the assignee is told"
    assert heard(asker) == [] and TicketWatcher.objects.get().person == asker, "who asks wants to hear the answer"
    watch_ticket(ticket=ticket, by=other, at=at)
    watch_ticket(ticket=ticket, by=other, at=at)
    start_ticket(ticket=ticket, by=owner, at=at)
    comment_ticket(ticket=ticket, text="Tomorrow", by=owner, at=at)
    assert len(heard(asker)) == len(heard(other)) == 1
    unwatch_ticket(ticket=ticket, by=other, at=at)
    resolve_ticket(ticket=ticket, note="x", by=owner, at=at)
    assert len(heard(asker)) == 2 and len(heard(other)) == 1


def test_nobody_hears_of_a_ticket_they_no_longer_see(opened, worker, person, scopes, at):  # noqa: F811
    owner, asker = worker("owner"), person("asker", scopes[0])
    ticket = opened()
    watch_ticket(ticket=ticket, by=asker, at=at)
    revoke_scope(scope=scopes[0], to=asker)
    comment_ticket(ticket=ticket, text="x", by=owner, at=at)
    assert heard(asker) == []


def test_on_the_page_and_over_rest(opened, clerk, client):  # noqa: F811
    ticket = opened()
    assert ">Watch<" in client.get(f"/tickets/{ticket.number}/").content.decode()
    client.post(f"/tickets/{ticket.number}/watch/")
    page = client.get(f"/tickets/{ticket.number}/").content.decode()
    assert "Stop watching" in page and "Watched by" in page
    assert client.post(f"/api/v1/tickets/{ticket.pk}/unwatch/", content_type="application/json").status_code == 200
    assert not TicketWatcher.objects.exists()
