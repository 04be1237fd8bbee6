"""Can these working hours be counted with? Asked when somebody saves them, not when a clock needs them."""
from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.calendar_versions import compiled
from kernel.errors import Refusal
from kernel.models import CalendarDay, WorkCalendar
from kernel.week_field import HoursField, WeekField


class WorkCalendarForm(forms.ModelForm):
    weekly = WeekField(label=_("weekly hours"), help_text=_("08:30-12:00, 13:30-17:30; an empty line is a day off."))

    class Meta:
        model = WorkCalendar
        fields = ("code", "name_en", "name_zh", "time_zone", "weekly", "covers_from", "covers_until")

    def clean(self):
        said = super().clean()
        if not self.errors:
            _try(WorkCalendar(**said), [])
        return said


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
        compiled(calendar, days)
    except Refusal as refusal:
        raise forms.ValidationError(str(refusal)) from None
