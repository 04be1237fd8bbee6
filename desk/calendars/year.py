"""Which days of one year does a calendar work, and which differ from their weekday?"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from desk.calendars.wording import day_words

REST, WORK, OFF, EXTRA, OWN = "rest", "work", "off", "extra", "own"
MARKS = {
    OFF: pgettext_lazy("mark on a day of a calendar", "off"),
    EXTRA: pgettext_lazy("mark on a day of a calendar", "work"),
    OWN: pgettext_lazy("mark on a day of a calendar", "hours"),
}
MONTHS = (
    _("January"), _("February"), _("March"), _("April"), pgettext_lazy("month", "May"), _("June"), _("July"),
    _("August"), _("September"), _("October"), _("November"), _("December"),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One date. `words` say why it differs from its weekday, "" where it does not."""

    day: date
    state: str
    words: str = ""
    is_provisional: bool = False

    @property
    def mark(self):
        return MARKS.get(self.state, "")


def months_of(working_time, days, year):
    """[(name, [week, …])]: weeks from Monday, of seven Cells or None; `days` {date: value of kernel.calendar_diff}."""
    return [(MONTHS[month - 1], _weeks(working_time, days, year, month)) for month in range(1, 13)]


def _weeks(working_time, days, year, month):
    day, found = date(year, month, 1), []
    week = [None] * day.weekday()
    while day.month == month:
        week.append(_cell(working_time, days.get(day), day))
        if len(week) == 7:
            found.append(week)
            week = []
        day += timedelta(days=1)
    if week:
        found.append(week + [None] * (7 - len(week)))
    return found


def _cell(working_time, value, day):
    is_covered = working_time.hours.covers_from <= day <= working_time.hours.covers_until
    works = is_covered and working_time.is_working_date(day)
    if value is None:
        return Cell(day, WORK if works else REST)
    usual = any(weekday == day.weekday() for weekday, _start, _end in working_time.hours.weekly)
    state = OWN if value[0] == "custom" and works else EXTRA if works and not usual else OFF if not works else WORK
    return Cell(day, state, day_words(value), value[4])


def counts_of(months):
    """{state: how many days of the year}."""
    found = dict.fromkeys((REST, WORK, OFF, EXTRA, OWN), 0)
    for _name, weeks in months:
        for cell in (one for week in weeks for one in week if one):
            found[cell.state] += 1
    return found
