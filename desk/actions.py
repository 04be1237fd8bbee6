"""Founding a hub: its first administrator, its company with a calendar and a data scope."""

from zoneinfo import available_timezones

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from desk.founding import lay_ground
from kernel.currencies import currency_code
from kernel.errors import Refusal
from kernel.models import Company, User
from kernel.news import action
from kernel.roles import sync_roles
from kernel.typed import fit
from sla.seed import seed_calendar


@action
def make_first_administrator(*, username, full_name, password, language, at, by=None):
    """The person who sets the hub up. Refused as soon as anybody exists. Returns the User."""
    if User.objects.exists():
        raise Refusal(_("This hub has an administrator already. Log in."), code="not_first")
    if not username.strip():
        raise Refusal(_("Choose a user name."), code="username")
    person = User(
        username=fit(username.strip(), 150),
        full_name=fit(full_name.strip(), 80),
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
    """Name the company: with it come calendar, data scope, departments, plans and ticket kinds where missing."""
    if time_zone not in available_timezones():
        raise Refusal(_("There is no time zone %(zone)s."), code="zone", zone=time_zone)
    if not (name_zh.strip() or name_en.strip()):
        raise Refusal(_("Name the company."), code="name")
    names = {"name_zh": name_zh.strip() or name_en.strip(), "name_en": name_en.strip() or name_zh.strip()}
    for name in names.values():
        fit(name, 120)
    company = Company.objects.order_by("pk").first() or Company(code="hq")
    company.time_zone, company.currency = time_zone, currency_code(currency)
    company.name_zh, company.name_en = names["name_zh"], names["name_en"]
    company.calendar = company.calendar or seed_calendar(time_zone)
    company.save()
    lay_ground(at=at)
    return company
