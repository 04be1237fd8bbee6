"""What does somebody want to change in a calendar, carried from the look at it to the yes?"""

from dataclasses import dataclass, field
from datetime import date

from django.core import signing
from django.utils.translation import gettext_lazy as _

from kernel.calendar_diff import differences
from kernel.calendar_versions import looked_at
from kernel.errors import Refusal

SALT = "calendar-change"
KEPT_S = 24 * 3600
DATES = ("covers_from", "covers_until")


@dataclass(frozen=True)
class Wanted:
    """`fields` and `days` as kernel.calendar_versions.change_calendar takes them; `seen`: the version looked at."""

    seen: int
    fields: dict = field(default_factory=dict)
    days: dict = field(default_factory=dict)


def look(calendar, wanted):
    """([Difference, …], the WorkingTime then). Raises Refusal for hours that cannot be counted with."""
    before, after, working_time = looked_at(calendar, wanted.fields, wanted.days)
    return differences(before, after), working_time


def sealed(calendar, wanted):
    """One signed text for a hidden field: what was looked at is what is put in force."""
    fields = {name: value.isoformat() if name in DATES else value for name, value in wanted.fields.items()}
    days = {day.isoformat(): said for day, said in wanted.days.items()}
    return signing.dumps([calendar.pk, wanted.seen, fields, days], salt=SALT, compress=True)


def opened(calendar, text):
    """The Wanted of such a text. Raises Refusal when it is not of this calendar, was altered, or is of yesterday."""
    try:
        pk, seen, fields, days = signing.loads(text, salt=SALT, max_age=KEPT_S)
    except signing.BadSignature:
        pk = None
    if pk != calendar.pk:
        raise Refusal(_("This change was looked at too long ago; look at it once more."), code="calendar_sealed")
    fields = {name: date.fromisoformat(value) if name in DATES else value for name, value in fields.items()}
    return Wanted(seen, fields, {date.fromisoformat(day): said for day, said in days.items()})
