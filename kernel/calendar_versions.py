"""How does a work calendar come and change, and what does each of its versions say?

The rows of a calendar say how it is now; every change writes a version beside them, with who, when and why.
"""
from datetime import date

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refusal
from kernel.models import CalendarDay, CalendarVersion, WorkCalendar
from kernel.news import News, action, publish
from kernel.working_time import BadCalendar, compile_hours, hours_from_rows

CHANGED = "calendar.changed"
NAMES = ("name_en", "name_zh")
HOURS = ("time_zone", "weekly", "covers_from", "covers_until")
FIELDS = NAMES + HOURS
DAY = ("kind", "as_weekday", "intervals", "source", "provisional")
WORDS = {
    "covers_nothing": _("It covers nothing: the last day lies before the first."),
    "weekday": _("A weekday is a number from 0 (Monday) to 6."),
    "interval": _("Hours are [weekday, start minute, end minute] with the end after the start."),
    "date_twice": _("A day stands there twice."),
    "kind": _("This kind of day is not known."),
}
UNKNOWN = _("These hours cannot be counted with.")


@action
def add_calendar(*, code, fields, days, by, at, reason=""):
    """A new calendar. `fields`: FIELDS; `days`: {date: {DAY field: value}}. Returns it."""
    calendar = WorkCalendar(code=code, **fields)
    rows = [CalendarDay(calendar=calendar, date=day, **said) for day, said in sorted(days.items())]
    compiled(calendar, rows)
    calendar.save(force_insert=True)
    CalendarDay.objects.bulk_create(rows)
    _write_version(calendar, hours_of(calendar, rows), reason, by, at)
    return calendar


@action
def change_calendar(*, calendar, fields=None, days=None, reason, by, at, seen=None):
    """The calendar is as this says from now on: the new CalendarVersion, None when its hours stay as they are.

    `fields`: those of FIELDS that change; `days`: {date: {DAY field: value}, or None for a day that is as its
    weekday again}. `seen`: the version the person looked at; another one in between is not overwritten.
    """
    calendar = WorkCalendar.objects.select_for_update(no_key=True, of=("self",)).get(pk=calendar.pk)
    if seen is not None and seen != calendar.version:
        raise Refusal(_("Somebody else has changed this calendar meanwhile; look at it again."), code="calendar_seen")
    rows = {row.date: row for row in calendar.days.all()}
    before = hours_of(calendar, rows.values())
    changed, gone = _changed(calendar, rows, fields or {}, days or {})
    after = hours_of(calendar, rows.values())
    if after == before:
        calendar.save()  # a name, if anything
        return None
    compiled(calendar, rows.values())
    _keep_present(calendar, before, at)
    calendar.version += 1
    calendar.save()
    for row in gone:
        row.delete()
    for row in changed:
        row.save()
    version = _write_version(calendar, after, reason, by, at)
    publish(News(CHANGED, calendar.pk, at, (version.number,)))
    return version


def looked_at(calendar, fields, days):
    """What `change_calendar` would make of it, nothing written: (hours now, hours then, the WorkingTime then)."""
    calendar = WorkCalendar.objects.get(pk=calendar.pk)
    rows = {row.date: row for row in calendar.days.all()}
    before = hours_of(calendar, rows.values())
    _changed(calendar, rows, fields, days)
    return before, hours_of(calendar, rows.values()), compiled(calendar, rows.values())


def _changed(calendar, rows, fields, days):
    """Put it into `calendar` and `rows`, {date: CalendarDay}, in memory. ([rows to save], [rows to delete])."""
    changed, gone = [], []
    for name, value in fields.items():
        setattr(calendar, name, value)
    for day, said in sorted(days.items()):
        row = rows.get(day)
        if said is None:
            if row is not None:
                gone.append(rows.pop(day))
            continue
        row = row or CalendarDay(calendar=calendar, date=day)
        before = _day(row)
        for name, value in said.items():
            setattr(row, name, value)
        if row.pk is None or _day(row) != before:
            changed.append(row)
        rows[day] = row
    return changed, gone


def compiled(calendar, rows):
    """The WorkingTime of these rows, saved or not; a Refusal that says what cannot be counted with."""
    try:
        return compile_hours(hours_from_rows(calendar, rows))
    except BadCalendar as bad:
        raise Refusal(WORDS.get(bad.code, UNKNOWN), code="calendar_hours") from None
    except (TypeError, ValueError, KeyError):
        raise Refusal(WORDS["interval"], code="calendar_hours") from None


def hours_of(calendar, rows):
    """All that working time is counted by, as JSON: HOURS, and {"days": {date: [values of DAY]}}."""
    said = {name: getattr(calendar, name) for name in HOURS}
    said |= {name: value.isoformat() for name, value in said.items() if isinstance(value, date)}
    said["weekly"] = [list(one) for one in calendar.weekly]
    return said | {"days": {row.date.isoformat(): _day(row) for row in sorted(rows, key=lambda row: row.date)}}


def _day(row):
    return [row.kind, row.as_weekday, [list(one) for one in row.intervals or ()], row.source, row.provisional]


def _keep_present(calendar, hours, at):
    """A calendar from before versions were kept: what it said until now is written down before it changes."""
    if not CalendarVersion.objects.filter(calendar=calendar, number=calendar.version).exists():
        _write_version(calendar, hours, "", None, at)


def _write_version(calendar, hours, reason, by, at):
    return CalendarVersion.objects.create(
        calendar=calendar, number=calendar.version, hours=hours, reason=reason[:300], made_at=at, made_by=by
    )
