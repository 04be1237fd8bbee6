"""How are hours, days and what differs between two versions of a calendar said?"""

from datetime import date
from itertools import groupby

from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from kernel.calendar_diff import DAYS
from kernel.models import CalendarDay
from kernel.moments import say_date, short
from kernel.week_field import DAYS as WEEKDAYS
from kernel.week_field import say_shifts, say_week

FIELDS = {
    "time_zone": gettext_lazy("time zone"), "weekly": gettext_lazy("weekly hours"),
    "covers_from": gettext_lazy("covers from"), "covers_until": gettext_lazy("covers until"),
}


def week_words(weekly):
    """[(“Monday to Friday”, “08:30-12:00, 13:30-17:30”), …] of the weekdays that are worked."""
    found = []
    for line, days in groupby(enumerate(say_week(weekly)), key=lambda one: one[1]):
        days = [place for place, _line in days]
        if line:
            found.append((_weekdays(days[0], days[-1]), line))
    return found


def _weekdays(first, last):
    if first == last:
        return str(WEEKDAYS[first])
    return _("%(first)s to %(last)s") % {"first": WEEKDAYS[first], "last": WEEKDAYS[last]}


def week_sentence(weekly):
    said = [f"{days} {hours}" for days, hours in week_words(weekly)]
    return pgettext("weekly hours", "; ").join(said) or _("no working hours")


def day_words(value):
    """What a day is: a value of kernel.calendar_diff, None for a day that is as its weekday."""
    if value is None:
        return _("as its weekday")
    kind, as_weekday, intervals, source, provisional = value
    if kind == CalendarDay.AS_WEEKDAY:
        said = _("works as %(weekday)s") % {"weekday": WEEKDAYS[as_weekday]}
    elif kind == CalendarDay.CUSTOM:
        said = say_shifts(intervals) or _("day off")
    else:
        said = _("day off")
    if source:
        said = _("%(day)s (%(note)s)") % {"day": said, "note": source}
    return _("%(day)s, not announced yet") % {"day": said} if provisional else said


def span_words(first, last, this_year):
    language = short(get_language())
    if first == last:
        return say_date(first, this_year, language)
    return _("%(first)s to %(last)s") % {
        "first": say_date(first, last.year if first.year == last.year else this_year, language),
        "last": say_date(last, this_year, language),
    }


def said(found, this_year):
    """[(what, before, after), …] in words of [Difference, …]."""
    return [
        (span_words(one.first, one.last, this_year), day_words(one.before), day_words(one.after))
        if one.what == DAYS else (str(FIELDS[one.what]), _value(one.what, one.before), _value(one.what, one.after))
        for one in found
    ]


def _value(what, value):
    if what == "weekly":
        return week_sentence(value)
    if what == "time_zone":
        return value
    return say_date(date.fromisoformat(value), 0, short(get_language()))
