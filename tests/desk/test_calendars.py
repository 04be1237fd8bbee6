"""Is a calendar changed from its page only after a look at what moves, and does a file tell a year without guessing?"""
import io
import re
from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from desk.calendars.changes import Wanted, opened, sealed
from desk.calendars.reading import read_days
from desk.home import tiles
from exceptions.actions import open_ticket
from exceptions.seed import seed_exceptions
from kernel.calendar_versions import change_calendar
from kernel.errors import Refusal
from kernel.models import CalendarVersion, JobRun, User, WorkCalendar
from sla import calendars, jobs
from sla.actions import plan_milestones
from sla.calendar_preview import effects_of
from sla.models import Clock
from tests.sla.test_planning import make_order, reference  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOTICE = """date,name,isOffDay
2027-01-01,New Year,true
2027-01-02,New Year,true
2027-02-06,Spring Festival,false
"""


@pytest.fixture(autouse=True)
def freshly_compiled(at):
    calendars._compiled.cache_clear()
    with patch("django.utils.timezone.now", lambda: at):
        yield


@pytest.fixture
def root(client):
    user = User.objects.create_superuser("root", password="x", language="en")
    client.force_login(user)
    return user


@pytest.fixture
def calendar(company):
    return company.calendar


def lines(*filled):
    """The lines of days of the form; each is (from, until, kind, hours, occasion)."""
    body = {"days-TOTAL_FORMS": 3, "days-INITIAL_FORMS": 0}
    for place, values in enumerate(filled):
        names = ("first", "last", "kind", "intervals", "source")
        body |= {f"days-{place}-{name}": value for name, value in zip(names, values, strict=True)}
    return body


def hours_of_form(calendar, **changed):
    body = {"name_en": calendar.name_en, "name_zh": calendar.name_zh, "time_zone": calendar.time_zone,
            "covers_from": "2025-01-01", "covers_until": "2027-12-31"}
    body |= {f"weekly_{day}": "08:30-12:00, 13:30-17:30" for day in range(5)}
    return body | changed


def look_at(client, calendar, *filled, **changed):
    return client.post(
        reverse("calendar_change", args=[calendar.pk]), hours_of_form(calendar, **changed) | lines(*filled))


def put_in_force(client, calendar, response, reason="notice"):
    return client.post(
        reverse("calendar_change", args=[calendar.pk]), {"sealed": response.context["sealed"], "reason": reason})


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_what_was_looked_at_is_what_is_put_in_force(client, root, calendar):
    response = look_at(client, calendar, ("2026-12-25", "2026-12-26", "off", "", "plant holiday"))
    assert "25 Dec to 26 Dec as its weekday day off (plant holiday)" in text_of(response)
    assert not CalendarVersion.objects.exists() and not calendar.days.exists()
    assert put_in_force(client, calendar, response).url == reverse("calendar", args=[calendar.pk])
    version = CalendarVersion.objects.get(number=2)
    assert version.made_by == root and version.reason == "notice"
    assert list(calendar.days.values_list("date", "kind", "source")) == [
        (date(2026, 12, 25), "off", "plant holiday"), (date(2026, 12, 26), "off", "plant holiday")]
    page = text_of(client.get(reverse("calendar", args=[calendar.pk])))
    assert "notice" in page and "25 Dec to 26 Dec" in page and "the first one kept" in page


def test_a_calendar_from_before_versions_were_kept_has_a_page(client, root, calendar):
    assert not calendar.versions.exists()
    page = client.get(reverse("calendar", args=[calendar.pk]))
    assert page.status_code == 200 and page.context["versions"] == []


def test_hours_of_the_week_change_from_the_page(client, root, calendar):
    response = look_at(client, calendar, weekly_5="22:00-6:00", name_en="Day shift")
    page = text_of(response)
    assert "Saturday 22:00-06:00" in page and "Monday to Friday 08:30-12:00, 13:30-17:30" in page
    put_in_force(client, calendar, response)
    calendar.refresh_from_db()
    assert calendar.weekly[-1] == [5, 1320, 1800] and calendar.name_en == "Day shift" and calendar.version == 2


@pytest.mark.parametrize("monday", ["8-12", "08:30", "25:00-26:00", "08:30-12:75", "[1]"])
def test_hours_that_cannot_be_counted_with_are_refused(client, root, calendar, monday):
    response = look_at(client, calendar, weekly_0=monday)
    assert response.context["hours"].errors and not CalendarVersion.objects.exists()


@pytest.mark.parametrize("line", [
    ("", "", "off", "", ""), ("2026-12-25", "", "", "", ""), ("2026-12-25", "2026-12-24", "off", "", ""),
    ("2026-12-25", "", "custom", "", ""), ("2026-12-25", "", "custom", "9 to 12", ""),
])
def test_a_day_that_says_too_little_is_asked_for_again(client, root, calendar, line):
    response = look_at(client, calendar, line)
    assert response.context["days"].is_valid() is False and "sealed" not in response.context


def test_a_day_of_own_hours_comes_and_goes(client, root, calendar):
    put_in_force(client, calendar, look_at(client, calendar, ("2026-12-24", "", "custom", "09:00-12:00", "")))
    assert calendar.days.get().intervals == [[540, 720]]
    response = look_at(client, calendar, ("2026-12-24", "", "plain", "", ""))
    assert "09:00-12:00 as its weekday" in text_of(response)
    put_in_force(client, calendar, response)
    assert not calendar.days.exists() and calendar.versions.count() == 3


def test_without_a_reason_or_after_another_change_nothing_happens(client, root, calendar, at):
    response = look_at(client, calendar, ("2026-12-25", "", "off", "", ""))
    put_in_force(client, calendar, response, reason=" ")
    change_calendar(calendar=calendar, days={date(2026, 12, 31): {"kind": "off"}}, reason="", by=root, at=at)
    put_in_force(client, calendar, response)
    assert calendar.days.get().date == date(2026, 12, 31)


def test_what_was_looked_at_cannot_be_altered_or_taken_to_another_calendar(calendar):
    other = WorkCalendar(pk=calendar.pk + 1)
    text = sealed(calendar, Wanted(1, {"covers_until": date(2028, 1, 1)}, {date(2026, 12, 25): None}))
    assert opened(calendar, text) == Wanted(1, {"covers_until": date(2028, 1, 1)}, {date(2026, 12, 25): None})
    for bad in (text[:-1], "x"):
        with pytest.raises(Refusal):
            opened(calendar, bad)
    with pytest.raises(Refusal):
        opened(other, text)


@pytest.mark.parametrize("name", ["calendar_change", "calendar_import"])
def test_only_who_may_change_calendars_gets_there(client, person, calendar, scopes, name):
    reader = person("reader", scopes[0])
    client.force_login(reader)
    assert client.get(reverse(name, args=[calendar.pk])).status_code == 403
    assert client.get(reverse("calendar", args=[calendar.pk])).status_code == 403


def make_ticket(scopes, at, key="a"):
    seed_exceptions()
    return open_ticket(subject_kind="thing", subject_key=key, kind_code="stock_difference", title_en="x",
                       title_zh="x", scope=scopes[0], at=at)


def test_the_look_says_what_the_change_then_does(client, root, calendar, make_order, scopes, at):  # noqa: F811
    order = make_order(ordered_at=at - 2 * HOUR, promised_at=at + 20 * DAY)
    plan_milestones(order_ids=[order.pk], at=at)
    ticket = make_ticket(scopes, at)
    before = dict(Clock.objects.values_list("pk", "due_at"))
    response = look_at(client, calendar, ("2026-11-24", "2026-11-25", "off", "", ""))
    effects, page = response.context["effects"], text_of(response)
    assert before == dict(Clock.objects.values_list("pk", "due_at"))  # nothing is written
    assert ticket.number in page and order.number in page and "later" in page
    put_in_force(client, calendar, response)
    jobs.count_anew(lambda *said: None, calendar_id=calendar.pk)
    after = dict(Clock.objects.values_list("pk", "due_at"))
    alone = {pk for pk in after if after[pk] != before[pk]} - set(
        Clock.objects.filter(kind="deadline", milestone__isnull=False).values_list("pk", flat=True))
    assert {one.clock_id: one.after for one in effects.shifts} == {pk: after[pk] for pk in alone}
    moved = {move.node.code: move.after for one in effects.orders for move in one.moves}
    assert moved == {one.node.code: one.planned_at for one in order.milestones.select_related("node")
                     if one.node.code in ("credit", "mrp")}


def test_the_look_names_what_would_be_overdue(client, root, calendar, scopes, at):
    change_calendar(calendar=calendar, days={(at - DAY).date(): {"kind": "off"}}, reason="", by=root, at=at - 2 * DAY)
    make_ticket(scopes, at - 2 * DAY)  # its first answer is overdue already, its solution is not
    response = look_at(client, calendar, ((at - DAY).date().isoformat(), "", "plain", "", ""))
    assert response.context["effects"].late == 1 and "1 would be overdue at once." in text_of(response)


def test_a_large_hub_says_how_many_it_looked_at(client, root, calendar, scopes, at, monkeypatch):
    monkeypatch.setattr("sla.calendar_preview.MOST_CLOCKS", 2)
    for key in "abc":
        make_ticket(scopes, at, key)
    page = text_of(look_at(client, calendar, ("2026-11-24", "", "off", "", "")))
    assert f"looked at 2 of {Clock.objects.count()} open deadlines" in page


def test_the_look_costs_as_many_queries_for_many_clocks(calendar, root, scopes, at, django_assert_max_num_queries):
    for key in "abcdefgh":
        make_ticket(scopes, at, key)
    working_time = calendars.work_time(calendar).compiled
    with django_assert_max_num_queries(12):
        effects_of(calendar, working_time, root, at)


def test_the_look_costs_as_many_queries_for_many_orders(calendar, root, make_order, at):  # noqa: F811
    working_time, costs = calendars.work_time(calendar).compiled, []
    for count in (1, 6):
        orders = [make_order(f"SO-{count}-{n}", ordered_at=at) for n in range(count)]
        plan_milestones(order_ids=[one.pk for one in orders], at=at)
        with CaptureQueriesContext(connection) as caught:
            assert len(effects_of(calendar, working_time, root, at).orders) == 0
        costs.append(len(caught))
    assert costs[0] == costs[1]


def test_a_file_of_a_year_is_reviewed_and_put_in_force(client, root, calendar):
    address = reverse("calendar_import", args=[calendar.pk])
    put_in_force(client, calendar, look_at(client, calendar, ("2027-05-03", "", "off", "", "")))
    response = client.post(address, {"file": SimpleUploadedFile("2027.csv", NOTICE.encode()), "source": "notice"})
    page = text_of(response)
    assert "2027: 3 days come, 0 change, 1 go" in page and "works as Monday (Spring Festival)" in page
    put_in_force(client, calendar, response)
    days = list(calendar.days.order_by("date").values_list("date", "kind", "provisional"))
    assert days == [(date(2027, 1, 1), "off", False), (date(2027, 1, 2), "off", False),
                    (date(2027, 2, 6), "as_weekday", False)]
    again = client.post(address, {"file": SimpleUploadedFile("2027.csv", NOTICE.encode())})
    assert "Nothing would change" in text_of(again)


def test_a_year_beyond_is_covered_and_may_be_provisional(client, root, calendar, at):
    body = "日期,结束日期,类型,名称\n2028/10/1,2028-10-07,休,国庆节\n2028年10月8日,,调休上班,国庆节\n"
    response = client.post(reverse("calendar_import", args=[calendar.pk]), {
        "file": SimpleUploadedFile("a.csv", body.encode("gb18030")), "provisional": "on"})
    put_in_force(client, calendar, response)
    calendar.refresh_from_db()
    assert calendar.covers_until == date(2028, 12, 31) and calendar.days.filter(provisional=True).count() == 8
    assert not calendars.work_time(calendar).is_certain(datetime(2028, 10, 3, tzinfo=UTC))
    page = text_of(client.get(reverse("calendar", args=[calendar.pk]) + "?year=2028"))
    assert "2026 has not been announced" in page and "7 days off" in page


def test_rows_that_are_not_understood_are_named_and_nothing_is_taken(client, root, calendar):
    body = "date,kind\n2027-01-01,off\nsoon,off\n2027-01-03,调休\n2027-01-01,work\n"
    response = client.post(reverse("calendar_import", args=[calendar.pk]), {
        "file": SimpleUploadedFile("a.csv", body.encode())})
    page = text_of(response)
    assert "3 rows are not understood" in page and "“soon” is no date" in page and "“调休”" in page
    assert "sealed" not in response.context and not calendar.days.exists()


@pytest.mark.parametrize("body", ["name,amount\na,1\n", "date,kind\n", "<html></html>"])
def test_a_file_of_something_else_is_refused(client, root, calendar, body):
    response = client.post(reverse("calendar_import", args=[calendar.pk]), {
        "file": SimpleUploadedFile("a.csv", body.encode())})
    assert response.status_code == 200 and response.context["form"].errors["file"]


def test_a_workbook_is_read_like_a_text():
    from openpyxl import Workbook

    book, kept = Workbook(), io.BytesIO()
    for row in (["日期", "类型", "工时", "备注"], [date(2027, 10, 1), "休", None, "国庆节"],
                [date(2027, 10, 9), "周四", None, None], [date(2027, 12, 31), None, "08:30-12:00", "盘点"]):
        book.active.append(row)
    book.save(kept)
    found = read_days(kept.getvalue(), source="notice")
    assert not found.bad and [(day, one["kind"], one["as_weekday"], one["intervals"], one["source"])
                              for day, one in found.days.items()] == [
        (date(2027, 10, 1), "off", None, [], "国庆节"), (date(2027, 10, 9), "as_weekday", 3, [], "notice"),
        (date(2027, 12, 31), "custom", None, [[510, 720]], "盘点")]


def test_an_unannounced_year_is_said_to_be_so_everywhere(client, root, calendar):
    put_in_force(client, calendar, look_at(client, calendar, ("2026-10-01", "", "off", "", "")))
    page = text_of(client.get(reverse("calendar", args=[calendar.pk]) + "?year=2027"))
    assert "2027 has not been announced" in page and "not announced yet" in page
    assert "2027 not announced" in text_of(client.get(reverse("calendars")))


def test_the_job_that_brings_clocks_to_the_version_is_on_the_page(client, root, calendar):
    put_in_force(client, calendar, look_at(client, calendar, ("2026-12-25", "", "off", "", "")))
    assert "being brought to this version" in text_of(client.get(reverse("calendar", args=[calendar.pk])))
    JobRun.objects.filter(kind="count_anew").update(state=JobRun.DONE)
    assert "being brought" not in text_of(client.get(reverse("calendar", args=[calendar.pk])))


def test_a_calendar_is_added_on_its_page(client, root):
    body = {"code": "night", "name_en": "Night", "name_zh": "夜班", "time_zone": "Asia/Shanghai",
            "weekly_0": "20:00-4:00", "covers_from": "2026-01-01", "covers_until": "2026-12-31"}
    assert client.post(reverse("calendar_new"), body | {"covers_until": "2025-01-01"}).context["form"].errors
    assert client.post(reverse("calendar_new"), body).status_code == 302
    assert WorkCalendar.objects.get(code="night").versions.get().made_by == root




def test_from_november_on_a_calendar_without_next_year_stands_on_the_home_page(client, root, calendar, at):
    def told(now):
        tile = [one for one in tiles(root, now) if one.link == "/calendars/?missing=1"]
        shown = client.get("/calendars/?missing=1").context["calendars"]
        assert not tile or tile[0].count == len(shown)
        return bool(tile)

    change_calendar(calendar=calendar, days={date(2026, 10, 1): {"kind": "off"}}, reason="", by=root, at=at)
    assert told(at) and not told(at - 40 * DAY)
    days = {date(2027, 1, 1): {"kind": "off", "provisional": True}}
    change_calendar(calendar=calendar, days=days, reason="", by=root, at=at)
    assert told(at)
    change_calendar(calendar=calendar, days={date(2027, 1, 1): {"provisional": False}}, reason="", by=root, at=at)
    assert not told(at)
    change_calendar(calendar=calendar, fields={"covers_until": date(2027, 6, 30)}, reason="", by=root, at=at)
    assert told(at)
