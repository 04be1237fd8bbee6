"""Is a program's account or key nobody: no first answer, no figure, no ticket of its own, nobody to be told?"""
from datetime import timedelta

import pytest

from exceptions import reporting
from exceptions.actions import (
    assign_ticket,
    attach_to_ticket,
    comment_ticket,
    report_ticket,
    resolve_ticket,
    start_ticket,
    watch_ticket,
)
from exceptions.models import Ticket, TicketEntry, TicketKind, TicketWatcher
from exceptions.ticket_figures import told
from exceptions.views import assignable
from kernel.actors import is_person, speaks_for
from kernel.errors import Refusal
from kernel.models import ApiToken, OutboxMessage, User
from kernel.people import edit_person
from kernel.roles import sync_roles
from kernel.tokens import issue_token
from sla.actions import sweep_clocks
from sla.models import Clock
from tests.exceptions.test_tickets import MINUTE, opened, reference, worker  # noqa: F401

pytestmark = pytest.mark.django_db
ASKED = {"weeks": "4"}


def fresh(ticket):
    return Ticket.objects.get(pk=ticket.pk)


def test_what_a_programs_account_does_answers_nothing(opened, worker, at):  # noqa: F811
    bot, person = worker("bot", is_machine=True), worker("a")
    ticket = opened()
    comment_ticket(ticket=ticket, text="checked", by=bot, at=at + MINUTE)
    attach_to_ticket(ticket=ticket, name="a.txt", content=b"log", by=bot, at=at + MINUTE)
    start_ticket(ticket=ticket, by=bot, at=at + MINUTE)
    ticket = fresh(ticket)
    assert ticket.first_response_at is None and ticket.response_clock.state == Clock.RUNNING
    assert set(ticket.entries.filter(by=bot).values_list("by_machine", flat=True)) == {True}
    comment_ticket(ticket=ticket, text="Looking", by=person, at=at + timedelta(seconds=92))
    assert fresh(ticket).first_response_at == at + timedelta(seconds=92)
    (found,) = told(person, ASKED, at + 5 * MINUTE)
    assert (found.answer_s, found.answered_by) == (92, person.pk)


def test_what_a_program_solved_nobody_solved(opened, worker, at):  # noqa: F811
    bot, person = worker("bot", is_machine=True), worker("a")
    resolve_ticket(ticket=opened(), note="done", by=bot, at=at + MINUTE)
    (found,) = told(person, ASKED, at + 5 * MINUTE)
    assert found.by_machine and found.solution_s is None and found.answer_s is None and found.solved_by is None
    assert Ticket.objects.get().response_clock.state == Clock.CANCELLED, "an answer nobody gave"


def test_an_account_told_to_be_a_programs_later_leaves_the_figures(opened, worker, at):  # noqa: F811
    person, bot = worker("a"), worker("later")
    ticket = opened()
    start_ticket(ticket=ticket, by=bot, at=at + MINUTE)
    resolve_ticket(ticket=ticket, note="x", by=bot, at=at + 2 * MINUTE)
    assert [one.answer_s for one in told(person, ASKED, at + 5 * MINUTE)] == [60]
    edit_person(person=bot, fields={"is_machine": True}, by=None, at=at)
    (found,) = told(person, ASKED, at + 5 * MINUTE)
    assert (found.answer_s, found.solution_s, found.by_machine) == (None, None, True)


def test_it_is_given_nothing_and_told_nothing(opened, worker, at):  # noqa: F811
    bot = worker("bot", is_machine=True)
    ticket = opened()
    assert ticket.assignee is None and bot not in assignable(bot)
    with pytest.raises(Refusal, match="program's account"):
        assign_ticket(ticket=ticket, to=bot, by=worker("boss", is_superuser=True), at=at)
    User.objects.filter(username="boss").update(is_active=False)
    for minutes in range(0, 200, 5):
        sweep_clocks(at=at + minutes * MINUTE)
    told_to = {pk for data in TicketEntry.objects.filter(action="escalated").values_list("data", flat=True)
               for pk in data["to"]}
    assert bot.pk not in told_to and TicketEntry.objects.filter(action="passed").exists(), "a level with nobody"


def test_what_it_reports_or_comments_it_does_not_watch(opened, worker, scopes, at):  # noqa: F811
    sync_roles(by=None, at=at)
    bot, person = worker("bot", is_machine=True, role="service"), worker("a")
    ticket, is_new = report_ticket(
        about=reporting.about("words", "The gate is shut", None, scopes[0]), kind=TicketKind.objects.get(code="other"),
        text="No pulse.", by=bot, at=at)
    comment_ticket(ticket=ticket, text="still none", by=bot, at=at)
    attach_to_ticket(ticket=ticket, name="a.txt", content=b"log", by=bot, at=at)
    watch_ticket(ticket=ticket, by=bot, at=at)
    assert is_new and not ticket.watchers.exists()
    comment_ticket(ticket=ticket, text="x", by=speaks_for(worker("k"), ApiToken(is_machine=True)), at=at)
    assert not ticket.watchers.exists(), "nor whose key a program uses"
    comment_ticket(ticket=ticket, text="Looking", by=person, at=at)
    assert [one.person for one in ticket.watchers.all()] == [person]


def test_one_that_watched_before_hears_nothing_any_more(opened, worker, at):  # noqa: F811
    bot, person, ticket = worker("bot", is_machine=True), worker("a"), opened()
    for one in (bot, person):
        TicketWatcher.objects.create(ticket=ticket, person=one, since=at)
    comment_ticket(ticket=ticket, text="x", by=worker("b"), at=at)
    assert {one.recipient for one in OutboxMessage.objects.filter(kind="ticket.noted")} == {str(person.pk)}


@pytest.mark.parametrize("is_machine", [False, True])
def test_a_key_says_whether_a_program_acts_by_itself(client, opened, worker, at, is_machine):  # noqa: F811
    sync_roles(by=None, at=at)
    person = worker("a", is_staff=True, role="warehouse")
    ticket = opened()
    clear = issue_token(
        user=person, name="n", days=9999, may_write=True, is_machine=is_machine, by=person, at=at)[1]
    ApiToken.objects.update(expires_at=at + timedelta(days=9999))
    answer = client.post(f"/api/v1/tickets/{ticket.pk}/comment/", {"text": "x"}, content_type="application/json",
                         headers={"Authorization": f"Bearer {clear}"})
    assert answer.status_code == 200
    assert (fresh(ticket).first_response_at is None) is is_machine
    assert answer.json()["entries"][-1]["by_machine"] is is_machine
    assert is_person(User.objects.get(pk=person.pk)), "only with that key"


def test_the_pages_say_what_it_means(client, worker, at):  # noqa: F811
    sync_roles(by=None, at=at)
    boss = worker("boss", is_staff=True, is_superuser=True, language="en")
    client.force_login(boss)
    keys = client.post("/settings/keys/", {"name": "sync", "days": 9, "may_write": "on", "is_machine": "on"})
    assert ApiToken.objects.get().is_machine and "no person&#x27;s answer" in keys.content.decode()
    address = f"/settings/people/{boss.pk}/"
    assert "A program works with this account" in client.get(address).content.decode()
    key = client.get("/api/v1/tokens/").json()["results"][0]
    assert key["is_machine"] is True
