"""The working calendars: one list, a page of each with its year and its versions, and the look before a change."""

from collections import Counter
from datetime import date
from itertools import zip_longest

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.calendars import reading
from desk.calendars.changes import Wanted, look, opened, sealed
from desk.calendars.forms import DaysFormSet, FileForm, HoursForm, NewCalendarForm
from desk.calendars.owners import owners_of
from desk.calendars.unannounced import without_next_year
from desk.calendars.wording import said, week_sentence
from desk.calendars.year import counts_of, months_of
from kernel.access import ALL, scope_ids
from kernel.calendar_diff import differences
from kernel.calendar_versions import FIELDS, add_calendar, change_calendar, compiled, hours_of
from kernel.errors import Refusal
from kernel.models import Company, Department, JobRun, Plant, WorkCalendar
from kernel.pages import draw, staff_page, whole
from sla.calendar_preview import effects_of
from sla.recounting import open_clocks

VIEW, CHANGE, ADD = "kernel.view_workcalendar", "kernel.change_workcalendar", "kernel.add_workcalendar"
MOST_VERSIONS, MOST_SAID, MOST_BAD = 20, 6, 20


@staff_page(VIEW)
def calendar_list(request):
    """Every calendar: its hours, how far it reaches, who works by it."""
    today, missing = timezone.localdate(), request.GET.get("missing") == "1"
    found = without_next_year(request.user, today) if missing else WorkCalendar.objects.visible_to(request.user)
    calendars = list(found.prefetch_related("days"))
    users = _users(calendars)
    for one in calendars:
        one.week, one.users = week_sentence(one.weekly), users.get(one.pk, [])
        one.unannounced = _unannounced(compiled(one, one.days.all()))
    return draw(
        request, "desk/calendars/list.html", page_title=_("Working calendars"), calendars=calendars,
        may_add=request.user.has_perm(ADD), missing=missing, next_year=today.year + 1)


@staff_page(VIEW)
def calendar_page(request, pk):
    calendar = _calendar(request, pk)
    rows = list(calendar.days.all())
    hours, working_time, now = hours_of(calendar, rows), compiled(calendar, rows), timezone.now()
    first, last = calendar.covers_from.year, calendar.covers_until.year
    year = min(max(whole(request.GET.get("year", "")) or timezone.localdate(now).year, first), last)
    days = {date.fromisoformat(day): value for day, value in hours["days"].items()}
    months = months_of(working_time, days, year)
    return draw(
        request, "desk/calendars/calendar.html", page_title=calendar.name,
        page_parent=(reverse("calendars"), _("Working calendars")), calendar=calendar, year=year, months=months,
        counts=counts_of(months), week=week_sentence(calendar.weekly), users=_users([calendar]).get(calendar.pk, []),
        earlier=year - 1 if year > first else None, later=year + 1 if year < last else None,
        unannounced=_unannounced(working_time), is_unannounced=year in working_time.hours.provisional_years,
        open_clocks=open_clocks(calendar.pk).visible_to(request.user).count(), is_whole=_sees_all(request.user),
        job=_job(calendar), versions=_versions(calendar, hours, now),
        may_change=request.user.has_perm(CHANGE), now=now)


def _calendar(request, pk):
    return get_object_or_404(WorkCalendar.objects.visible_to(request.user), pk=pk)


def _sees_all(user):
    return scope_ids(user) is ALL


def _unannounced(working_time):
    """Years the calendar covers and nobody has announced, from this one on."""
    this_year = timezone.localdate().year
    return sorted(year for year in working_time.hours.provisional_years if year >= this_year)


def _users(calendars):
    """{calendar id: names of the companies, plants and departments that work by it}."""
    found = {}
    for model in (Company, Plant, Department):
        for row in model.objects.filter(calendar__in=calendars).order_by("code"):
            found.setdefault(row.calendar_id, []).append(row.name)
    return found


def _job(calendar):
    """The job that counts open clocks by the present version, while it is not done."""
    key = f"count_anew:{calendar.pk}:{calendar.version}"
    return JobRun.objects.filter(key=key).exclude(state=JobRun.DONE).first()


def _versions(calendar, hours, now):
    """The latest versions, each with what it changed in words."""
    rows = list(calendar.versions.select_related("made_by").order_by("-number")[:MOST_VERSIONS + 1])
    this_year = timezone.localdate(now).year
    for row, before in zip_longest(rows, rows[1:]):
        found = differences(before.hours, row.hours) if before else []
        row.said, row.more = said(found[:MOST_SAID], this_year), max(len(found) - MOST_SAID, 0)
        row.is_first = before is None
    return rows[:MOST_VERSIONS]


@staff_page(CHANGE)
def calendar_change(request, pk):
    """Hours and days typed in, then a look at what moves, then the change itself."""
    calendar = _calendar(request, pk)
    if "sealed" in request.POST:
        return _put_in_force(request, calendar)
    sent = request.POST if request.method == "POST" else None
    hours = HoursForm(sent, instance=calendar)
    days = DaysFormSet(sent, prefix="days", initial=_asked_day(request))
    if sent is not None and hours.is_valid() and days.is_valid():
        calendar.refresh_from_db()  # a bound form has written into it
        wanted = Wanted(calendar.version, hours.changed(), _gathered(days))
        try:
            return _shown(request, calendar, wanted)
        except Refusal as refusal:
            hours.add_error(None, str(refusal))
    calendar.refresh_from_db()
    return draw(
        request, "desk/calendars/change.html", page_title=_("Change"),
        page_parent=(reverse("calendar", args=[calendar.pk]), calendar.name), calendar=calendar, hours=hours, days=days,
        is_open=bool(hours.errors or (sent is not None and hours.changed_data)))


def _asked_day(request):
    """A day of the year's page that was clicked stands in the first line."""
    try:
        return [{"first": date.fromisoformat(request.GET.get("day", ""))}]
    except ValueError:
        return []


def _gathered(formset):
    days = {}
    for form in formset:
        days |= form.days()
    return days


@staff_page(CHANGE)
def calendar_import(request, pk):
    """A file with the days of a year, and a look at what it changes."""
    calendar, bad = _calendar(request, pk), []
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = _read(form)
            bad = found.bad
            if not bad:
                fields, days = reading.replacing(calendar, found)
                return _shown(request, calendar, Wanted(calendar.version, fields, days), found.years)
        except Refusal as refusal:
            form.add_error("file", str(refusal))
    return draw(
        request, "desk/calendars/import.html", page_title=_("Days of a year from a file"),
        page_parent=(reverse("calendar", args=[calendar.pk]), calendar.name), calendar=calendar, form=form,
        bad=bad[:MOST_BAD], bad_count=len(bad))


def _read(form):
    upload, said_ = form.cleaned_data["file"], form.cleaned_data
    if upload.size > reading.LIMITS.file_bytes:
        raise Refusal(_("The file is larger than the days of a few years can be."), code="days_size")
    return reading.read_days(upload.read(), source=said_["source"], provisional=said_["provisional"])


def _shown(request, calendar, wanted, years=()):
    """What would change and what would move, with the button that does it."""
    found, working_time = look(calendar, wanted)
    names = {name: value for name, value in wanted.fields.items() if name not in ("weekly", "time_zone")}
    now = timezone.now()
    effects = effects_of(calendar, working_time, request.user, now) if found else None
    this_year = timezone.localdate(now).year
    examples = effects.examples if effects else []
    owners = owners_of([one.clock_id for one in examples], request.user)
    return draw(
        request, "desk/calendars/look.html", page_title=_("What would change"),
        page_parent=(reverse("calendar", args=[calendar.pk]), calendar.name), calendar=calendar,
        changes=said(found, this_year), effects=effects, names=names,
        examples=[(one, owners.get(one.clock_id)) for one in examples], sealed=sealed(calendar, wanted),
        is_whole=_sees_all(request.user), number=calendar.version + 1, years=reading.said_years(years),
        counts=_counts(found),
        still_unannounced=[year for year in years if year in working_time.hours.provisional_years])


def _counts(found):
    """How many days come, change and go."""
    counts = Counter()
    for one in found:
        if one.first:
            counts["come" if one.before is None else "go" if one.after is None else "change"] += one.count
    return counts


def _put_in_force(request, calendar):
    reason = request.POST.get("reason", "").strip()
    try:
        wanted = opened(calendar, request.POST["sealed"])
        if not reason:
            raise Refusal(_("Say why; the reason stands with the version."), code="reason")
        version = change_calendar(
            calendar=calendar, fields=wanted.fields, days=wanted.days, reason=reason, by=request.user,
            at=timezone.now(), seen=wanted.seen)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("calendar_change", pk=calendar.pk)
    if version is None:
        messages.success(request, _("Saved; the hours are as they were."))
    else:
        messages.success(
            request, _("Version %(number)s is in force; open clocks follow it.") % {"number": version.number})
    return redirect("calendar", pk=calendar.pk)


@staff_page(ADD)
def calendar_new(request):
    form = NewCalendarForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        fields = {name: form.cleaned_data[name] for name in FIELDS}
        try:
            made = add_calendar(code=form.cleaned_data["code"], fields=fields, days={}, by=request.user,
                                at=timezone.now())
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("calendar", pk=made.pk)
    return draw(
        request, "desk/calendars/new.html", page_title=_("New calendar"),
        page_parent=(reverse("calendars"), _("Working calendars")), form=form)


