"""Is this hub still empty, and what is left to set up?"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from integrations.models import Connection, ImportFile
from kernel.models import Company, User, WorkCalendar
from orders.models import Order
from reconciliation.models import Run


@dataclass
class Step:
    """One line of the check-list; `is_next` marks the one that carries the page's primary action."""

    title: str
    text: str
    link: str
    verb: str
    done: bool
    is_next: bool = False


def has_no_people():
    return not User.objects.exists()


def is_empty():
    return not Order.objects.exists() and not Run.objects.exists()


def steps(user):
    """What is left before the hub is of use; only for whoever may set it up."""
    if not (user.is_superuser or user.has_perm("kernel.change_company")):
        return []
    company = Company.objects.select_related("calendar").order_by("pk").first()
    found = [
        Step(
            _("Company and time zone"),
            _said_company(company),
            "/setup/company/",
            _("Name the company"),
            company is not None and company.scopes.exists(),
        ),
        Step(
            _("Work calendar"),
            _said_calendar(company),
            "/calendars/",
            _("Look at the calendar"),
            bool(company and company.calendar_id),
        ),
        Step(
            _("Files or systems"),
            _("Drop two exports of any shape, or connect a system."),
            "/files/",
            _("Drop two files"),
            ImportFile.objects.exists() or Connection.objects.exists(),
        ),
        Step(
            _("First comparison"),
            _("Say which columns belong together; the differences come with their causes."),
            "/files/",
            _("Compare files"),
            Run.objects.exists(),
        ),
    ]
    for step in found:
        if not step.done:
            step.is_next = True
            break
    return found


def _said_company(company):
    return (
        f"{company.name} · {company.time_zone}"
        if company
        else _("Whose orders are these, and in which time zone are they read?")
    )


def _said_calendar(company):
    calendar = company and company.calendar
    if not calendar:
        return _("Working hours and days off: deadlines count in working time.")
    days = WorkCalendar.objects.get(pk=calendar.pk).days.count()
    return _("%(name)s, %(days)s days that differ from the week") % {"name": calendar.name, "days": days}
