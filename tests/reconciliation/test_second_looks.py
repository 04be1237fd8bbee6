"""What was on its way and has had its time: is it looked at again by itself, soon, alone, and as a whole run would?"""

import sys
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db.models import F
from django.utils import timezone

from config.schedule import JOBS
from exceptions.models import Ticket
from kernel.jobs import LEASE
from orders.models import SourceRecord
from reconciliation.actions import recheck_expected
from reconciliation.jobs import is_due, recheck_due
from reconciliation.models import Difference, Observation, Run
from tests.desk.conftest import roles, staff  # noqa: F401
from tests.reconciliation.test_run_comparison import agree, compare, found, profile, say  # noqa: F401

pytestmark = pytest.mark.django_db
GRACE = timedelta(minutes=15)  # of the systems of these tests
AGE = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)
NEW = {"quantity_m": 1_000}


@pytest.fixture
def seldom(profile):  # noqa: F811
    profile.every_minutes = 240
    profile.save()
    return profile


@pytest.fixture
def underway(seldom, say, at):  # noqa: F811
    """60900 is in the ERP since five minutes, and expected elsewhere; 60001 and 60002 differ for long."""
    agree(say, 30)
    for number in ("60001", "60002"):
        say("wms", number, quantity_m=77_000, posted_at="2026-11-22T02:00:00Z")
    say("erp", "60900", age=AGE, **NEW)
    compare(seldom, at)
    assert state() == "expected"
    return seldom


def state(key="60900", **more):
    return Difference.objects.get(key=key, **more).state


def look(moment, monkeypatch):
    """What the job does at `moment`."""
    monkeypatch.setattr("reconciliation.jobs.timezone", SimpleNamespace(now=lambda: moment))
    return recheck_due(lambda *said: None)


def test_what_did_not_arrive_is_open_within_two_minutes_of_its_grace(underway, at, monkeypatch):
    assert Difference.objects.get(key="60900").recheck_at == at - AGE + GRACE
    assert next(job for job in JOBS if job.kind == "recheck_due").every_minutes == 1
    before = Run.objects.count()
    assert look(at + 9 * MINUTE, monkeypatch) == {} and Run.objects.count() == before and state() == "expected"
    done = look(at + 11 * MINUTE, monkeypatch)
    assert done["orders"]["new"] == 1 and state() == "open"
    one = Difference.objects.get(key="60900")
    assert one.opened_at == at + 11 * MINUTE and one.recheck_at is None and not is_due(underway, at + 11 * MINUTE)
    assert Ticket.objects.filter(subject_kind="difference", subject_key=str(one.pk)).count() == 1
    assert look(at + 12 * MINUTE, monkeypatch) == {}, "once is enough"


def test_what_arrived_meanwhile_is_closed_and_nobody_hears_of_it(underway, say, at, monkeypatch):  # noqa: F811
    for system in ("wms", "crm"):
        say(system, "60900", age=timedelta(minutes=2), **NEW)
    tickets = Ticket.objects.count()
    done = look(at + 11 * MINUTE, monkeypatch)
    assert (done["orders"]["resolved"], done["orders"]["new"]) == (1, 0) and state() == "resolved"
    assert Ticket.objects.count() == tickets and Difference.objects.get(key="60900").opened_at is None


def test_what_arrived_with_other_values_differs_in_those(underway, say, at, monkeypatch):  # noqa: F811
    for system in ("wms", "crm"):
        say(system, "60900", age=AGE, quantity_m=9_000)
    look(at + 11 * MINUTE, monkeypatch)
    assert [row for row in found() if row[0] == "60900"] == [
        ("60900", "missing", "", "resolved"), ("60900", "value", "quantity_m", "open")]


def test_no_other_key_is_touched(underway, say, at, monkeypatch):  # noqa: F811
    """As many as had their time are kept, however many differ besides."""
    first = Run.objects.get()
    say("wms", "60005", quantity_m=66_000, posted_at="2026-11-22T02:00:00Z")
    look(at + 11 * MINUTE, monkeypatch)
    run = Run.objects.get(is_recheck=True)
    assert run.counts["keys"] == 1 and not run.is_full
    assert list(Observation.objects.filter(run=run).values_list("difference__key", flat=True)) == ["60900"]
    others = Difference.objects.exclude(key="60900")
    assert others.count() == 2 and {one.last_run_id for one in others} == {first.pk}


def test_what_changed_meanwhile_is_left_to_the_next_run_and_not_forgotten(
    underway, say, at, monkeypatch,  # noqa: F811
):
    """Also the number a record had before: only who reads the change first knows it."""
    say("wms", "60005", quantity_m=66_000, posted_at="2026-11-22T02:00:00Z")
    top = SourceRecord.objects.order_by("-change_number").first().change_number
    SourceRecord.objects.filter(key="erp-60006-").update(order_number="60777", change_number=top + 1)
    look(at + 11 * MINUTE, monkeypatch)
    assert {row[0] for row in found()} == {"60001", "60002", "60900"}
    run = compare(underway, at + 20 * MINUTE)
    whole = compare(underway, at + 20 * MINUTE, full=True)
    assert not run.is_full and {"60005", "60006", "60777"} <= {row[0] for row in found()}
    assert [whole.counts[name] for name in ("new", "reopened", "resolved")] == [0, 0, 0]


def test_it_finds_what_a_whole_run_finds(underway, say, at, monkeypatch):  # noqa: F811
    """The causes of one that goes together with others, too: here the same order under a misspelled number."""
    say("wms", "60090", age=timedelta(days=1), **NEW)
    look(at + 11 * MINUTE, monkeypatch)
    one = Difference.objects.get(key="60900")
    said = one.cause, one.causes, one.values, one.group_code, one.state
    whole = compare(underway, at + 11 * MINUTE, full=True)
    one.refresh_from_db()
    assert said == (one.cause, one.causes, one.values, one.group_code, one.state)
    assert whole.counts["new"] == Difference.objects.filter(key="60090", first_run=whole).count()


def test_one_of_many_goes_with_their_cause_and_opens_no_ticket_of_its_own(
    seldom, say, at, monkeypatch,  # noqa: F811
):
    """The warehouse system lacks all of an hour: the one that was on its way is the last of them."""
    agree(say, 60)
    for n in range(20):
        for system in ("erp", "crm"):
            say(system, f"61{n:03d}", age=timedelta(minutes=20) if n else AGE, quantity_m=5_000, amount_minor=12_345,
                currency="CNY", warehouse="W9")
    compare(seldom, at)
    group = Ticket.objects.get(subject_kind="difference_group")
    assert state("61000") == "expected"
    look(at + 11 * MINUTE, monkeypatch)
    assert state("61000") == "open"
    assert Difference.objects.get(key="61000").group_code == group.subject_key
    assert Ticket.objects.count() == 1


def test_where_a_system_is_silent_it_is_left_to_the_schedule(underway, at, systems, monkeypatch):
    """Nothing is known until it speaks: not asked again each minute."""
    type(systems["wms"]).objects.update(last_heard_at=at - timedelta(hours=2))
    look(at + 11 * MINUTE, monkeypatch)
    one = Difference.objects.get(key="60900")
    assert one.state == "expected" and one.recheck_at is None
    assert look(at + 13 * MINUTE, monkeypatch) == {}


def test_one_that_fails_is_not_tried_every_minute(underway, at, monkeypatch):
    def fail(*_given, **_more):
        raise ValueError("no good")

    monkeypatch.setattr(sys.modules["reconciliation.actions.run_comparison"], "explain", fail)
    assert look(at + 11 * MINUTE, monkeypatch) == {"orders": {"error": "no good"}}
    assert Run.objects.get(is_recheck=True).error == "no good" and look(at + 12 * MINUTE, monkeypatch) == {}


def test_while_a_run_is_at_work_it_waits(underway, at, monkeypatch):
    now = timezone.now()
    Run.objects.create(profile=underway, version=underway.versions.get(), as_of=at, state=Run.RUNNING,
                       started_at=now, lease_until=now + LEASE)
    assert look(at + 11 * MINUTE, monkeypatch) == {} and state() == "expected"
    Run.objects.filter(state=Run.RUNNING).update(state=Run.DONE, change_mark=F("id"), lease_until=None)
    assert look(at + 12 * MINUTE, monkeypatch)["orders"]["new"] == 1


def test_the_schedule_and_the_pages_go_by_the_runs_that_look_at_all(
    underway, at, staff, monkeypatch,  # noqa: F811
):
    look(at + 11 * MINUTE, monkeypatch)
    first, second = Run.objects.order_by("pk")
    assert second.is_recheck and not is_due(underway, at + 239 * MINUTE) and is_due(underway, at + 240 * MINUTE)
    client = staff("auditor")
    page = client.get("/runs/").content.decode()
    assert f"/runs/{first.pk}/" in page and f"/runs/{second.pk}/" not in page
    assert "a second look at what was on its way" in client.get(f"/runs/{second.pk}/").content.decode()
    assert f"/runs/{second.pk}/" not in client.get(f"/runs/{first.pk}/").content.decode()


def test_without_a_run_of_the_newest_version_the_whole_is_compared(underway, at):
    version = underway.versions.get()
    type(version).objects.create(profile=underway, number=2, spec=version.spec, published_at=at)
    run = recheck_expected(profile=underway, at=at + 11 * MINUTE)
    assert run.is_full and not run.is_recheck and state() == "open"
