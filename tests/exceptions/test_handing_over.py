"""Does a ticket that is handed over go on where it stood: same budget, new hours, another queue, other people?"""
import re
from datetime import date, timedelta

import pytest
from django.utils import translation

from exceptions.actions import (
    drain_queue,
    hand_over_ticket,
    open_ticket,
    resolve_ticket,
    rest_ticket,
    start_ticket,
    wait_ticket,
    wake_ticket,
)
from exceptions.models import Ticket, TicketEntry
from exceptions.stays import stays_of
from exceptions.ticket_clocks import by_other_hours
from exceptions.words import of_entry
from kernel.errors import Forbidden, Refusal
from kernel.models import Company, Department, OutboxMessage, WorkCalendar
from kernel.roles import sync_roles
from sla.actions import sweep_clocks
from sla.models import Clock, ClockFire
from tests.exceptions.test_tickets import HOUR, MINUTE, opened, reference, worker  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def always(reference):  # noqa: F811
    """A calendar without a pause, for a department that works through."""
    return WorkCalendar.objects.create(
        code="always", name_en="Always", name_zh="全天", weekly=[[day, 0, 1440] for day in range(7)],
        covers_from=date(2025, 1, 1), covers_until=date(2027, 12, 31), time_zone="Asia/Shanghai",
    )


def department(code, **fields):
    Department.objects.filter(code=code).update(**fields)
    return Department.objects.get(code=code)


def hand(ticket, to, by, at, reason="Theirs"):
    hand_over_ticket(ticket=ticket, department=department(to), reason=reason, by=by, at=at)
    return Ticket.objects.get(pk=ticket.pk)


def test_it_goes_to_whoever_has_the_least_there_and_its_history_says_why(opened, worker, at):  # noqa: F811
    mine = worker("a")
    busy, free = worker("busy", "quality"), worker("free", "quality")
    opened(kind="late_quality", key="9")
    ticket = start_ticket(ticket=opened(), by=mine, at=at)
    ticket = hand(ticket, "quality", mine, at + MINUTE, "Wrong batch")
    assert (ticket.department.code, ticket.assignee, ticket.state) == ("quality", free, "assigned")
    entry = ticket.entries.get(action="handed_over")
    assert (entry.text, entry.by, entry.data["from"], entry.data["to"]) == ("Wrong batch", mine, "warehouse", "quality")
    word, said = of_entry(entry)
    assert str(word) == "handed over" and said == ["From Warehouse to Quality."]
    assert busy.tickets.count() == 1


def test_the_customers_time_goes_on_and_counts_by_the_new_hours(opened, worker, always, at):  # noqa: F811
    """10:00 to 11:00 by office hours is an hour used; what is left runs through lunch and night elsewhere."""
    mine = worker("a")
    department("quality", calendar=always)
    ticket = opened()
    budget, used = ticket.resolution_clock.budget_s, 3600
    response = ticket.response_clock
    ticket = hand(ticket, "quality", mine, at + HOUR)
    clock = ticket.resolution_clock
    assert (clock.used_s, clock.calendar, clock.budget_s, clock.cycle) == (used, always, budget, 1)
    assert ticket.due_at == clock.due_at == at + timedelta(seconds=budget)
    assert Clock.objects.get(pk=response.pk).state == Clock.MET, "to hand it over is a first answer"
    assert by_other_hours() == {}
    wait_ticket(ticket=ticket, reason="customer", by=worker("q", "quality"), at=at + 2 * HOUR)
    assert Clock.objects.get(pk=clock.pk).used_s == 7200


def test_hours_of_the_old_department_are_not_counted_anew(opened, worker, always, at):  # noqa: F811
    """Lunch, 12:00 to 13:30 in the office: none of it becomes work because the next department has no lunch."""
    mine = worker("a")
    department("quality", calendar=always)
    ticket = opened()  # 10:00, two hours
    ticket = hand(ticket, "quality", mine, at + 3 * HOUR)  # 13:00, in the middle of lunch
    assert ticket.resolution_clock.used_s == 7200
    assert ticket.late_at is None and ticket.due_at is not None


def test_what_is_late_stays_late_and_no_level_fires_twice(opened, worker, always, at):  # noqa: F811
    mine = worker("a")
    department("quality", calendar=always)
    ticket = opened()
    for minutes in range(0, 400, 10):
        sweep_clocks(at=at + minutes * MINUTE)
    ticket.refresh_from_db()
    late_at = ticket.late_at
    assert late_at
    fires = ClockFire.objects.filter(clock=ticket.resolution_clock).count()
    ticket = hand(ticket, "quality", mine, at + 7 * HOUR)
    assert ticket.late_at == late_at and ticket.due_at == late_at
    assert ClockFire.objects.filter(clock=ticket.resolution_clock).count() == fires
    seen = list(ClockFire.objects.filter(clock=ticket.resolution_clock).values_list("cycle", "level"))
    assert len(seen) == len(set(seen))


def test_nobody_there_it_waits_on_the_new_departments_queue_clock(opened, worker, at):  # noqa: F811
    mine = worker("a")
    department("quality", queue_s=600)
    ticket = hand(opened(), "quality", mine, at)
    assert ticket.assignee is None and ticket.state == "new"
    assert ticket.queue_clock.budget_s == 600 and ticket.queue_clock.state == Clock.RUNNING
    quality = worker("q", "quality")
    assert drain_queue(department=ticket.department, at=at + MINUTE) == 1
    assert Ticket.objects.get(pk=ticket.pk).assignee == quality


def test_from_one_queue_to_the_next_each_has_its_own_time(opened, worker, at):  # noqa: F811
    boss = worker("boss", "order_ops", is_superuser=True)
    department("warehouse", queue_s=600), department("quality", queue_s=1200)
    ticket = opened()
    first = ticket.queue_clock
    ticket = hand(ticket, "quality", boss, at + 5 * MINUTE)
    assert Clock.objects.get(pk=first.pk).state == Clock.CANCELLED
    assert ticket.queue_clock_id != first.pk and ticket.queue_clock.budget_s == 1200
    assert ticket.queue_clock.started_at == at + 5 * MINUTE


def test_what_waits_goes_on_waiting_and_nobody_need_take_it_meanwhile(opened, worker, at):  # noqa: F811
    mine = worker("a")
    ticket = wait_ticket(ticket=opened(), reason="customer", by=mine, at=at)
    ticket = hand(ticket, "quality", mine, at + MINUTE)
    assert (ticket.state, ticket.assignee, ticket.due_at) == ("waiting", None, None)
    assert ticket.queue_clock.state == Clock.PAUSED and ticket.resolution_clock.state == Clock.PAUSED
    quality = worker("q", "quality")
    ticket = start_ticket(ticket=ticket, by=quality, at=at + HOUR)
    assert ticket.assignee == quality and Ticket.objects.get(pk=ticket.pk).queue_clock.state == Clock.MET


def test_an_order_on_hold_its_ticket_changes_hands_and_rests_on(opened, worker, at):  # noqa: F811
    mine = worker("a")
    ticket = rest_ticket(ticket=opened(), at=at)
    ticket = hand(ticket, "quality", mine, at + MINUTE)
    assert ticket.state == "waiting" and ticket.queue_clock.state == Clock.PAUSED
    ticket = wake_ticket(ticket=ticket, at=at + HOUR)
    quality = worker("q", "quality")
    assert ticket.state == "new" and drain_queue(department=ticket.department, at=at + HOUR) == 1
    assert Ticket.objects.get(pk=ticket.pk).assignee == quality


def test_begun_and_handed_over_on_hold_it_is_nobodys_and_waits_in_the_queue(opened, worker, at):  # noqa: F811
    """What the former department had begun nobody of the new one has: in progress it would wait for ever."""
    mine = worker("a")
    ticket = start_ticket(ticket=opened(), by=mine, at=at)
    ticket = hand(rest_ticket(ticket=ticket, at=at), "quality", mine, at + MINUTE)
    began = ticket.queue_clock.started_at
    ticket = wake_ticket(ticket=ticket, at=at + HOUR)
    assert (ticket.state, ticket.assignee) == ("new", None)
    clock = Clock.objects.get(pk=ticket.queue_clock_id)
    assert clock.state == Clock.RUNNING and clock.started_at == began and clock.cycle == 1, "its time goes on"
    quality = worker("q", "quality")
    assert drain_queue(department=ticket.department, at=at + HOUR) == 1
    assert Ticket.objects.get(pk=ticket.pk).assignee == quality


@pytest.mark.parametrize("comes", ["before", "meanwhile"])
def test_who_is_there_at_the_release_has_it_and_has_not_begun(opened, worker, at, comes):  # noqa: F811
    mine = worker("a")
    quality = worker("q", "quality") if comes == "before" else None
    ticket = start_ticket(ticket=opened(), by=mine, at=at)
    ticket = hand(rest_ticket(ticket=ticket, at=at), "quality", mine, at + MINUTE)
    assert (ticket.state, ticket.assignee) == ("waiting", quality)
    quality = quality or worker("q", "quality")
    wake_ticket(ticket=ticket, at=at + HOUR)
    ticket = Ticket.objects.get(pk=ticket.pk)
    assert (ticket.state, ticket.assignee) == ("assigned", quality)
    assert ticket.queue_clock is None or ticket.queue_clock.state == Clock.MET


def test_begun_and_not_handed_over_it_goes_on_in_progress(opened, worker, at):  # noqa: F811
    mine = worker("a")
    ticket = rest_ticket(ticket=start_ticket(ticket=opened(), by=mine, at=at), at=at)
    ticket = wake_ticket(ticket=ticket, at=at + HOUR)
    assert (ticket.state, ticket.assignee) == ("in_progress", mine)


def test_each_departments_time_is_kept(opened, worker, at):  # noqa: F811
    mine, theirs = worker("a"), worker("q", "quality")
    ticket = hand(opened(), "quality", mine, at + HOUR)
    wait_ticket(ticket=ticket, reason="customer", by=theirs, at=at + 90 * MINUTE)
    start_ticket(ticket=ticket, by=theirs, at=at + 100 * MINUTE)
    ticket = hand(ticket, "warehouse", theirs, at + 110 * MINUTE)
    found = stays_of(ticket, at + 115 * MINUTE)
    assert [(one.code, one.work_s // 60) for one in found] == [("warehouse", 60), ("quality", 40), ("warehouse", 5)]
    assert [(one.start, one.end) for one in found] == [
        (at, at + HOUR), (at + HOUR, at + 110 * MINUTE), (at + 110 * MINUTE, None)]
    resolve_ticket(ticket=ticket, note="done", by=mine, at=at + 118 * MINUTE)
    ticket.refresh_from_db()
    later = stays_of(ticket, at + 9 * HOUR)
    assert later[-1].end == at + 118 * MINUTE and later[-1].work_s == 480
    ticket.resolution_clock.refresh_from_db()
    assert sum(one.work_s for one in later) == ticket.resolution_clock.used_s, "every second is somebody's"
    assert [one.code for one in stays_of(opened(key="2"), at)] == ["warehouse"]


def test_whoever_had_it_hears_what_becomes_of_it(opened, worker, at):  # noqa: F811
    mine, boss = worker("a"), worker("boss", "order_ops", is_superuser=True)
    worker("q", "quality")
    ticket = hand(opened(), "quality", boss, at + MINUTE)
    assert [one.person for one in ticket.watchers.all()] == [mine]
    hand(ticket, "planning", boss, at + HOUR)
    told = OutboxMessage.objects.filter(recipient=str(mine.pk), kind="ticket.noted").values_list("payload", flat=True)
    assert any(one["text_en"].startswith(f"{ticket.number} is handed over to Planning") for one in told)


def test_it_is_refused_with_a_sentence(opened, worker, at, person, scopes):  # noqa: F811
    mine, ticket = worker("a"), opened()
    for to, reason, words in (("warehouse", "x", "already"), ("quality", "  ", "Say why")):
        with pytest.raises(Refusal, match=words):
            hand(ticket, to, mine, at, reason)
    far = Department.objects.create(
        company=Company.objects.create(code="c2", name_en="C2", name_zh="C2"), code="far", name_en="Far", name_zh="远")
    with pytest.raises(Refusal, match="another company"):
        hand_over_ticket(ticket=ticket, department=far, reason="x", by=mine, at=at)
    with pytest.raises(Forbidden, match="work of Warehouse"):
        hand(ticket, "quality", worker("q", "quality"), at)
    resolve_ticket(ticket=ticket, note="x", by=mine, at=at)
    with pytest.raises(Refusal, match="no longer open"):
        hand(ticket, "quality", mine, at)


def test_a_groups_ticket_is_seen_by_the_new_department_and_no_longer_by_the_old(reference, scopes, worker, at):  # noqa: F811
    mine, theirs = worker("a", scope=scopes[1]), worker("q", "quality", scope=scopes[1])
    ticket = open_ticket(
        subject_kind="difference_group", subject_key="g", kind_code="late_warehouse", title_en="G", title_zh="G",
        scope=scopes[0], at=at, for_department=True, evidence={"profile": "p"})
    hand(ticket, "quality", mine, at)
    assert Ticket.objects.visible_to(theirs).exists() and not Ticket.objects.visible_to(mine).exists()


# --- pages and REST -------------------------------------------------------------------------------------


@pytest.fixture
def page(client, worker, at):  # noqa: F811
    sync_roles(by=None, at=at)
    person = worker("keeper", is_staff=True, language="en", role="warehouse")
    client.force_login(person)
    return client


def test_the_page_hands_over_and_shows_who_had_it_how_long(page, opened, at):  # noqa: F811
    ticket = opened()
    body = page.get(f"/tickets/{ticket.number}/").content.decode()
    assert "Hand over" in body and "Who had it how long" not in body
    do = f"/tickets/{ticket.number}/hand-over/"
    assert "Choose a department" in page.post(do, {"text": "x"}, follow=True).content.decode()
    body = page.post(do, {"text": "Theirs", "department": "quality"}, follow=True).content.decode()
    assert "Who had it how long" in body and "From Warehouse to Quality." in body
    assert f"{ticket.number}: handed over." in body and "has it now" in body


def test_many_at_once_with_both_halves(page, opened, worker):  # noqa: F811
    first, second = opened(), opened(kind="late_quality", key="2")
    said = {"verb": "hand-over", "ticket": [first.pk, second.pk], "department": "planning", "reason": "Shift plan"}
    body = page.post("/tickets/bulk/", said, follow=True).content.decode()
    assert "1 done, 1 not." in body and "work of Quality" in body
    first.refresh_from_db()
    assert first.department.code == "planning"
    assert "Choose tickets and what to do" in page.post(
        "/tickets/bulk/", {**said, "department": ""}, follow=True).content.decode()


def test_rest_hands_over_once_per_key(page, opened):  # noqa: F811
    ticket = opened()
    address = f"/api/v1/tickets/{ticket.pk}/hand-over/"
    body = {"department": "quality", "reason": "Theirs"}
    for _attempt in range(2):
        answer = page.post(address, body, content_type="application/json", headers={"Idempotency-Key": "k"})
        assert answer.status_code == 200 and answer.json()["department"] == "quality"
    assert [one["department"] for one in answer.json()["departments"]] == ["warehouse", "quality"]
    assert TicketEntry.objects.filter(action="handed_over").count() == 1
    wrong = page.post(address, {**body, "department": "x"}, content_type="application/json")
    assert wrong.json()["fields"].keys() == {"department"}


@pytest.mark.parametrize(("action", "data"), [
    ("handed_over", {"from": "", "to": "quality", "to_en": "Quality", "to_zh": "质量部"}),
    ("escalated", {"level": 0, "names": ["王芳"]}), ("passed", {"level": 1}),
])
def test_what_happened_is_said_in_chinese(action, data):
    with translation.override("zh-hans"):
        word, said = of_entry(TicketEntry(action=action, data=data))
        text = f"{word}{''.join(map(str, said))}"
    assert said and not re.search("[A-Za-z]", text), text
