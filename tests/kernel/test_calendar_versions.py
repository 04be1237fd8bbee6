"""Is every change of a calendar a version with who, when and why, and does a version stay as it was written?"""
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from kernel import news
from kernel.calendar_versions import add_calendar, change_calendar
from kernel.errors import Refusal
from kernel.models import CalendarDay, CalendarVersion, User, WorkCalendar

pytestmark = pytest.mark.django_db
HOLIDAY, MAKE_UP = date(2026, 12, 25), date(2026, 12, 26)
OFF, AS_MONDAY = {"kind": "off"}, {"kind": "as_weekday", "as_weekday": 0}


@pytest.fixture
def heard(monkeypatch):
    found = []
    monkeypatch.setattr(news, "_reactions", lambda: {"calendar.changed": [found.extend]})
    return found


@pytest.fixture
def root():
    return User.objects.create_superuser("root", password="x")


@pytest.fixture
def office(company, heard):
    return company.calendar


def test_a_change_is_a_version_with_who_when_and_why(office, root, at, heard):
    version = change_calendar(calendar=office, days={HOLIDAY: OFF, MAKE_UP: AS_MONDAY}, reason="notice", by=root, at=at)
    office.refresh_from_db()
    assert (version.number, version.reason, version.made_at, version.made_by) == (2, "notice", at, root)
    assert office.version == 2 and [row.kind for row in office.days.all()] == ["off", "as_weekday"]
    assert [(one.kind, one.key, one.data) for one in heard] == [("calendar.changed", office.pk, (2,))]
    first = office.versions.get(number=1)
    assert first.hours["days"] == {} and first.made_by is None
    assert version.hours["days"] == {"2026-12-25": ["off", None, [], "", False],
                                     "2026-12-26": ["as_weekday", 0, [], "", False]}
    assert version.hours["weekly"] == office.weekly and version.hours["covers_until"] == "2027-12-31"


def test_a_day_goes_away_and_another_one_changes(office, root, at, heard):
    change_calendar(calendar=office, days={HOLIDAY: OFF, MAKE_UP: AS_MONDAY}, reason="", by=root, at=at)
    change_calendar(
        calendar=office, days={HOLIDAY: None, MAKE_UP: {"kind": "custom", "intervals": [[540, 720]]}}, reason="",
        by=root, at=at)
    assert list(office.days.values_list("date", "kind", "intervals")) == [(MAKE_UP, "custom", [[540, 720]])]
    assert [one.number for one in office.versions.all()] == [3, 2, 1]


def test_what_changes_no_hours_is_no_version(office, root, at, heard):
    change_calendar(calendar=office, days={HOLIDAY: OFF}, reason="", by=root, at=at)
    again = change_calendar(
        calendar=office, fields={"name_en": "Day shift"}, days={HOLIDAY: OFF, MAKE_UP: None}, reason="", by=root, at=at)
    office.refresh_from_db()
    assert again is None and office.version == 2 and office.name_en == "Day shift" and len(heard) == 1


def test_a_version_never_changes_and_never_goes(office, root, at):
    version = change_calendar(calendar=office, days={HOLIDAY: OFF}, reason="", by=root, at=at)
    version.reason = "another"
    with pytest.raises(Refusal):
        version.save()
    with pytest.raises(Refusal):
        version.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        CalendarVersion.objects.filter(pk=version.pk).update(reason="another")


def test_nobody_overwrites_what_they_have_not_seen(office, root, at):
    change_calendar(calendar=office, days={HOLIDAY: OFF}, reason="", by=root, at=at, seen=1)
    with pytest.raises(Refusal, match="meanwhile"):
        change_calendar(calendar=office, days={MAKE_UP: OFF}, reason="", by=root, at=at, seen=1)
    assert CalendarDay.objects.count() == 1


@pytest.mark.parametrize("change", [
    {"fields": {"covers_until": date(2020, 1, 1)}}, {"fields": {"weekly": [[9, 0, 60]]}},
    {"days": {HOLIDAY: {"kind": "custom", "intervals": [[720, 540]]}}},
    {"days": {HOLIDAY: {"kind": "as_weekday", "as_weekday": None}}},
])
def test_hours_that_cannot_be_counted_with_change_nothing(office, root, at, heard, change):
    with pytest.raises(Refusal):
        change_calendar(calendar=office, reason="", by=root, at=at, **change)
    assert WorkCalendar.objects.get(pk=office.pk).version == 1
    assert not heard and not CalendarDay.objects.exists() and not CalendarVersion.objects.exists()


def test_a_new_calendar_begins_with_its_first_version(root, at):
    fields = {"name_en": "Night", "name_zh": "夜班", "time_zone": "Asia/Shanghai", "weekly": [[0, 1200, 1560]],
              "covers_from": date(2026, 1, 1), "covers_until": date(2026, 12, 31)}
    calendar = add_calendar(code="night", fields=fields, days={HOLIDAY: OFF}, by=root, at=at)
    assert calendar.days.get().kind == "off"
    assert list(calendar.versions.values_list("number", "made_by")) == [(1, root.pk)]
    with pytest.raises(Refusal):
        add_calendar(code="never", fields=fields | {"covers_until": fields["covers_from"] - timedelta(days=1)}, days={},
                     by=root, at=at)
