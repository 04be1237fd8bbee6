"""Founding a hub: its first administrator, its company with a calendar and a data scope."""

from datetime import date
from zoneinfo import available_timezones

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kernel.calendars_cn import coverage, day_rows, weekly
from kernel.errors import Refusal
from kernel.models import CalendarDay, Company, Scope, User, WorkCalendar
from kernel.news import action
from kernel.roles import sync_roles


@action
def make_first_administrator(*, username, full_name, password, language, at, by=None):
    """The person who sets the hub up. Refused as soon as anybody exists. Returns the User."""
    if User.objects.exists():
        raise Refusal(_("This hub has an administrator already. Log in."), code="not_first")
    if not username.strip():
        raise Refusal(_("Choose a user name."), code="username")
    person = User(
        username=username.strip()[:150],
        full_name=full_name.strip()[:80],
        language=language,
        is_staff=True,
        is_superuser=True,
    )
    try:
        validate_password(password, person)
        person.set_password(password)
        person.full_clean()
    except ValidationError as error:
        raise Refusal(" ".join(error.messages), code="password") from None
    person.save()
    sync_roles(by=person, at=at)
    return person


@action
def found_company(*, name_zh, name_en, time_zone, currency, by, at):
    """The company, its calendar with the announced days off of China, and one data scope for everything."""
    if time_zone not in available_timezones():
        raise Refusal(_("There is no time zone %(zone)s."), code="zone", zone=time_zone)
    if not (name_zh.strip() or name_en.strip()):
        raise Refusal(_("Name the company."), code="name")
    names = {
        "name_zh": (name_zh.strip() or name_en.strip())[:120],
        "name_en": (name_en.strip() or name_zh.strip())[:120],
    }
    company = Company.objects.order_by("pk").first()
    if company is None:
        company = Company.objects.create(
            code="hq", time_zone=time_zone, currency=currency, calendar=_calendar(time_zone, at), **names
        )
        Scope.objects.create(company=company, code="main", kind=Scope.SYSTEM, name_en="Everything", name_zh="全部")
        return company
    company.time_zone, company.currency = time_zone, currency
    company.name_zh, company.name_en = names["name_zh"], names["name_en"]
    company.save()
    return company


def _calendar(time_zone, at):
    first = at.year - 1
    start, end, _ahead = coverage()
    calendar = WorkCalendar.objects.create(
        code="office",
        name_en="Office hours",
        name_zh="办公时间",
        time_zone=time_zone,
        weekly=weekly(),
        covers_from=max(start, date(first, 1, 1)),
        covers_until=end,
    )
    CalendarDay.objects.bulk_create([CalendarDay(calendar=calendar, **row) for row in day_rows(first)])
    return calendar
