"""Can these working hours be counted with? Asked when somebody saves them, not when a clock needs them."""
from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.models import CalendarDay, WorkCalendar
from kernel.week_field import HoursField, WeekField
from kernel.working_time import BadCalendar, check_hours, compile_hours, hours_from_rows

WORDS = {
    "covers_nothing": _("It covers nothing: the last day lies before the first."),
    "weekday": _("A weekday is a number from 0 (Monday) to 6."),
    "interval": _("Hours are [weekday, start minute, end minute] with the end after the start."),
    "date_twice": _("A day stands there twice."),
    "kind": _("This kind of day is not known."),
}


class WorkCalendarForm(forms.ModelForm):
    """A changed calendar is a new version: clocks that run keep the hours they started with."""

    weekly = WeekField(label=_("weekly hours"), help_text=_("08:30-12:00, 13:30-17:30; an empty line is a day off."))

    class Meta:
        model = WorkCalendar
        fields = ("code", "name_en", "name_zh", "time_zone", "weekly", "covers_from", "covers_until")

    def clean(self):
        said = super().clean()
        if not self.errors:
            _try(WorkCalendar(**said), [])
        return said

    def save(self, commit=True):
        if self.instance.pk:
            self.instance.version += 1
        return super().save(commit)


class CalendarDayForm(forms.ModelForm):
    intervals = HoursField(label=_("hours"), required=False, max_length=200)

    class Meta:
        model = CalendarDay
        fields = ("calendar", "date", "kind", "as_weekday", "intervals", "source", "provisional")

    def clean(self):
        said = super().clean()
        calendar = said.get("calendar") or getattr(self.instance, "calendar", None)
        if not self.errors and calendar and calendar.pk:
            _try(calendar, [CalendarDay(**{**said, "calendar": calendar})])
        return said


def _try(calendar, days):
    try:
        hours = hours_from_rows(calendar, days)
        check_hours(hours)
        compile_hours(hours)
    except BadCalendar as bad:
        raise forms.ValidationError(WORDS.get(bad.code, _("These hours cannot be counted with."))) from None
    except (TypeError, ValueError, KeyError):
        raise forms.ValidationError(WORDS["interval"]) from None
