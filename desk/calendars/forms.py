"""What can be typed in about a calendar: its hours, days that differ, a file with the days of a year?"""

from datetime import timedelta

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from kernel.models import CalendarDay, WorkCalendar
from kernel.week_field import DAYS, HoursField, WeekField
from kernel.zones import zone_choices

AS_WEEKDAY, PLAIN = "as_", "plain"
_works_as = lazy(lambda day: gettext("works as %(weekday)s") % {"weekday": day}, str)
LONGEST = 400
KINDS = [
    ("", ""), (CalendarDay.OFF, _("day off")),
    *((f"{AS_WEEKDAY}{place}", _works_as(day)) for place, day in enumerate(DAYS)),
    (CalendarDay.CUSTOM, _("own hours")), (PLAIN, _("as its weekday")),
]


def _date_input():
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class HoursForm(forms.ModelForm):
    time_zone = forms.ChoiceField(label=_("time zone"), choices=zone_choices)
    weekly = WeekField(label=_("weekly hours"), help_text=_("08:30-12:00, 13:30-17:30; an empty line is a day off."))

    class Meta:
        model = WorkCalendar
        fields = ("name_zh", "name_en", "time_zone", "weekly", "covers_from", "covers_until")
        widgets = {"covers_from": _date_input(), "covers_until": _date_input()}

    def changed(self):
        return {name: self.cleaned_data[name] for name in self.changed_data}


class NewCalendarForm(HoursForm):
    class Meta(HoursForm.Meta):
        fields = ("code", *HoursForm.Meta.fields)


class DayForm(forms.Form):
    first = forms.DateField(label=pgettext_lazy("first day", "From"), required=False, widget=_date_input())
    last = forms.DateField(label=pgettext_lazy("last day", "Until"), required=False, widget=_date_input())
    kind = forms.ChoiceField(label=_("What it is"), required=False, choices=KINDS)
    intervals = HoursField(label=_("Own hours"), required=False, max_length=200)
    source = forms.CharField(label=_("Occasion"), required=False, max_length=80)
    provisional = forms.BooleanField(label=_("not announced yet"), required=False)

    def clean(self):
        said = super().clean()
        first, last, kind = said.get("first"), said.get("last"), said.get("kind")
        if self.errors or not (first or last or kind):
            return said
        if not first:
            raise forms.ValidationError(_("Say which day it is."))
        if not kind:
            raise forms.ValidationError(_("Say what the day is: off, worked, or with hours of its own."))
        if last and not first <= last <= first + timedelta(days=LONGEST):
            raise forms.ValidationError(_("The last day lies before the first, or more than a year after it."))
        if kind == CalendarDay.CUSTOM and not said.get("intervals"):
            raise forms.ValidationError(_("Own hours are missing: 08:30-12:00, 13:30-17:30."))
        return said

    def days(self):
        """{date: what it is, None for as its weekday}."""
        said = self.cleaned_data
        if not said.get("first"):
            return {}
        last = said["last"] or said["first"]
        count = (last - said["first"]).days + 1
        return {said["first"] + timedelta(days=ahead): self._value() for ahead in range(count)}

    def _value(self):
        said = self.cleaned_data
        kind = said["kind"]
        if kind == PLAIN:
            return None
        weekday = int(kind.removeprefix(AS_WEEKDAY)) if kind.startswith(AS_WEEKDAY) else None
        return {
            "kind": kind if weekday is None else CalendarDay.AS_WEEKDAY, "as_weekday": weekday,
            "intervals": said["intervals"] if kind == CalendarDay.CUSTOM else [], "source": said["source"],
            "provisional": said["provisional"],
        }


DaysFormSet = forms.formset_factory(DayForm, extra=3, max_num=20)


class FileForm(forms.Form):
    file = forms.FileField(label=_("File"), widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.txt"}))
    source = forms.CharField(
        label=_("From"), required=False, max_length=80,
        help_text=_("Where the days come from, for example the notice of the State Council."))
    provisional = forms.BooleanField(label=_("not announced yet: dates that rest on it are marked"), required=False)
