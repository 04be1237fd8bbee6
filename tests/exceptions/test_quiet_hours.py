"""Are mail and WeCom held until their reader's working hours begin, and is everybody told inside the hub at once?"""
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from exceptions.actions import comment_ticket, watch_ticket
from exceptions.models import Chain, ChainLevel, TicketKind
from exceptions.quiet_hours import quiet_until
from exceptions.telling import tell
from exceptions.words import of_entry
from integrations import delivery
from integrations.actions.deliver_messages import deliver_messages
from kernel.models import Department, Notice, OutboxMessage, Plant, WorkCalendar
from kernel.outbox import hold_outbound, release_outbound
from sla.actions import sweep_clocks
from tests.exceptions.test_tickets import HOUR, MINUTE, opened, reference, worker  # noqa: F401

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)  # Tuesday 23:30 in Shanghai
MORNING = datetime(2026, 11, 25, 0, 30, tzinfo=UTC)  # Wednesday 08:30, when the office opens
FRIDAY = datetime(2026, 11, 27, 11, 0, tzinfo=UTC)  # 19:00
MONDAY = datetime(2026, 11, 30, 0, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def ways_out(settings):
    settings.HUB_MAIL_FROM, settings.HUB_WECOM_ROBOT = "hub@example.com", "https://robot.example.com/x"


@pytest.fixture
def nights(company):
    return WorkCalendar.objects.create(
        code="nights", name_en="Nights", name_zh="夜班", time_zone="Asia/Shanghai",
        weekly=[[day, 1200, 1680] for day in range(7)],  # 20:00 to 04:00
        covers_from=date(2025, 1, 1), covers_until=date(2027, 12, 31),
    )


@pytest.fixture
def round_the_clock():
    return WorkCalendar.objects.create(
        code="always", name_en="Always", name_zh="全天", time_zone="Asia/Shanghai",
        weekly=[[day, 0, 1440] for day in range(7)], covers_from=date(2025, 1, 1), covers_until=date(2027, 12, 31),
    )


def ways(person, prefix=""):
    """{channel: held until, or None} of what this person was told."""
    return {
        message.channel: message.not_before for message in OutboxMessage.objects.filter(key__startswith=prefix)
        if message.key.endswith(f":{person.pk}:{message.channel}")
    }


def say(*people, at=NIGHT, **more):
    return tell(people, key="k", kind="x", text_en="e", text_zh="z", link="/", scope_id=None, at=at, **more)


def test_mail_and_wecom_wait_for_the_morning_and_the_notice_does_not(worker, monkeypatch):  # noqa: F811
    owner = worker("owner", email="o@example.com", wecom_id="o")
    assert say(owner) == {owner.pk: MORNING}
    assert ways(owner) == {"in_app": None, "mail": MORNING, "wecom": MORNING}
    sent = []
    for channel in ("mail", "wecom"):
        monkeypatch.setitem(delivery.SENDERS, channel, lambda message, at: sent.append(message.channel))
    deliver_messages(at=NIGHT)
    deliver_messages(at=MORNING - timedelta(seconds=1))
    assert sent == [] and Notice.objects.filter(person=owner).count() == 1
    deliver_messages(at=MORNING)
    assert sorted(sent) == ["mail", "wecom"]


def test_within_working_hours_nothing_is_held(worker, at):  # noqa: F811
    owner = worker("owner", email="o@example.com")
    assert say(owner, at=at) == {}
    assert OutboxMessage.objects.get(channel="mail").next_attempt_at == at


def test_the_weekend_is_quiet_and_a_lunch_break_too(worker):  # noqa: F811
    owner = worker("owner", email="o@example.com")
    assert quiet_until([owner], FRIDAY) == {owner.pk: MONDAY}
    noon = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)
    assert quiet_until([owner], noon) == {owner.pk: noon + HOUR}


def test_whose_hours_the_departments_else_the_persons_plants_else_the_companys(worker, person, company, nights):  # noqa: F811
    plant = Plant.objects.create(company=company, code="p1", name_en="P1", name_zh="一厂", calendar=nights)
    by_company = worker("a")
    by_plant = worker("b", plant=plant)
    Department.objects.filter(code="quality").update(calendar=nights)
    by_department = worker("c", department="quality")
    nobody = person("nobody")  # no department, no plant: nothing is known of their hours
    found = quiet_until([by_company, by_plant, by_department, nobody], NIGHT)
    assert found == {by_company.pk: MORNING}
    noon = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    evening = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    assert quiet_until([by_company, by_plant, by_department], noon) == {
        by_plant.pk: evening, by_department.pk: evening}


def test_beyond_what_the_calendar_knows_nobody_is_kept_waiting(worker):  # noqa: F811
    assert quiet_until([worker("owner")], datetime(2031, 5, 3, 15, tzinfo=UTC)) == {}


def test_a_chain_that_goes_round_the_clock_lets_people_sleep(opened, worker, round_the_clock):  # noqa: F811
    """By the hours of the department the ticket is overdue at night, a level with nobody is passed on at once, and
    all of it is held until the head's own hours begin."""
    owner = worker("owner", email="o@example.com")
    chief = worker("chief", department="sales", email="c@example.com")
    chain = Chain.objects.get(code="fast")
    chain.levels.filter(number=0).update(target=ChainLevel.HEAD)  # there is none
    chain.levels.filter(number=1).update(target=ChainLevel.PERSON, person=chief)
    Department.objects.filter(code="warehouse").update(calendar=round_the_clock)
    Department.objects.filter(code="sales").update(calendar=WorkCalendar.objects.get(code="office"))
    ticket = opened(at=NIGHT - 2 * HOUR)
    assert ticket.resolution_clock.due_at == NIGHT
    for step in range(4):
        sweep_clocks(at=NIGHT + step * 2 * MINUTE)
    mine = f"clock:{ticket.resolution_clock_id}:"
    assert ways(chief, mine) == {"in_app": None, "mail": MORNING}
    assert ways(owner, mine) == {"in_app": None, "mail": None}, "the department works round the clock"
    told = ticket.entries.get(action="escalated", data__level=1)
    with timezone.override(ZoneInfo("Asia/Shanghai")):
        (sentence,) = [one for one in of_entry(told)[1] if "held" in one]
    assert sentence == "Mail and WeCom to chief: held until 25 Nov 08:30, outside working hours."


def test_after_days_of_downtime_what_was_late_is_held_as_well(opened, worker):  # noqa: F811
    owner = worker("owner", email="o@example.com")
    ChainLevel.objects.update(target=ChainLevel.ASSIGNEE)
    ticket = opened(at=NIGHT - 8 * HOUR)
    sweep_clocks(at=NIGHT + timedelta(days=3))  # Friday night
    assert ways(owner, f"clock:{ticket.resolution_clock_id}:") == {"in_app": None, "mail": MONDAY}


def test_the_kind_that_must_wake_people_does(opened, worker, round_the_clock):  # noqa: F811
    owner = worker("owner", email="o@example.com")
    Department.objects.filter(code="warehouse").update(calendar=round_the_clock)
    TicketKind.objects.filter(code="late_warehouse").update(any_hour=True)
    ChainLevel.objects.update(target=ChainLevel.PERSON, person=owner)
    type(owner).objects.filter(pk=owner.pk).update(department=Department.objects.get(code="sales"))
    ticket = opened(at=NIGHT - 2 * HOUR)
    sweep_clocks(at=NIGHT)
    assert ways(owner, f"clock:{ticket.resolution_clock_id}:") == {"in_app": None, "mail": None}


@pytest.mark.parametrize("any_hour", [False, True])
def test_its_watchers_too_are_told_at_any_hour(opened, worker, any_hour):  # noqa: F811
    reader = worker("reader", department="sales", email="r@example.com")
    TicketKind.objects.filter(code="late_warehouse").update(any_hour=any_hour)
    ticket = opened(at=NIGHT)
    watch_ticket(ticket=ticket, by=reader, at=NIGHT)
    comment_ticket(ticket=ticket, text="The gate burns", by=worker("b"), at=NIGHT)
    entry = ticket.entries.get(action="commented")
    assert ways(reader, f"noted:{entry.pk}:") == {"in_app": None, "mail": None if any_hour else MORNING}


def test_what_stops_the_hub_itself_is_seeded_as_such(reference):  # noqa: F811
    assert set(TicketKind.objects.filter(any_hour=True).values_list("code", flat=True)) == {
        "job_dead", "silent_system"}


def test_what_a_restore_held_back_keeps_the_quiet_hours(worker, at):  # noqa: F811
    owner = worker("owner", email="o@example.com")
    say(owner)
    hold_outbound(reason="restore", by=None, at=NIGHT)
    release_outbound(send=True, by=None, at=NIGHT + MINUTE)
    assert OutboxMessage.objects.get(channel="mail").next_attempt_at == MORNING
