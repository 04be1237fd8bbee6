"""How does a person write the hours of a week? One line a weekday: 08:30-12:00, 13:30-17:30."""
import re

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

DAYS = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
SHIFT = re.compile(r"(\d{1,2}):(\d\d)\s*[-–—~至]\s*(\d{1,2}):(\d\d)")
BETWEEN = r"[,，;；、\s]+"
DAY = 24 * 60
MISREAD = _("Write hours as 08:30-12:00, 13:30-17:30; leave the line empty for a day off.")


class WeekWidget(forms.MultiWidget):
    """Seven lines, each with the name of its day."""

    template_name = "kernel/week.html"

    def __init__(self, attrs=None):
        super().__init__([UnfoldAdminTextInputWidget({"placeholder": "–", "aria-label": day}) for day in DAYS], attrs)

    def decompress(self, value):
        return value or [""] * len(DAYS)

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["lines"] = list(zip(DAYS, context["widget"]["subwidgets"], strict=True))
        return context


class WeekField(forms.MultiValueField):
    """[[weekday 0-6, start minute, end minute], …], as WorkCalendar.weekly keeps it."""

    widget = WeekWidget

    def __init__(self, **kwargs):
        lines = [forms.CharField(required=False, max_length=200) for _day in DAYS]
        super().__init__(lines, require_all_fields=False, **kwargs)

    def prepare_value(self, value):
        """Seven lines; what somebody typed stands as typed."""
        is_typed = isinstance(value, list) and value and all(one is None or isinstance(one, str) for one in value)
        return value if is_typed else say_week(value or [])

    def compress(self, lines):
        return [[day, *shift] for day, line in enumerate(lines) for shift in read_day(line)]

    def has_changed(self, initial, data):
        try:
            return self.clean(data) != (initial or [])
        except forms.ValidationError:
            return True


class HoursField(forms.CharField):
    """[[start minute, end minute], …] of one day with hours of its own."""

    widget = UnfoldAdminTextInputWidget

    def prepare_value(self, value):
        return value if isinstance(value, str) else say_shifts(value or [])

    def to_python(self, value):
        return [list(shift) for shift in read_day(value)]

    def has_changed(self, initial, data):
        try:
            return self.to_python(data) != [list(one) for one in initial or []]
        except forms.ValidationError:
            return True


def read_day(line):
    """[(start minute, end minute), …] of one line. A shift that ends past midnight ends the next day."""
    text, found = (line or "").strip(), []
    while text:
        shift = SHIFT.match(text)
        if shift is None:
            raise forms.ValidationError(MISREAD, code="hours")
        start, end = _minutes(*shift.group(1, 2)), _minutes(*shift.group(3, 4))
        found.append((start, end if end > start else end + DAY))
        text = re.sub(rf"\A{BETWEEN}", "", text[shift.end():])
    return found


def _minutes(hour, minute):
    found = int(hour) * 60 + int(minute)
    if int(minute) > 59 or found > DAY:
        raise forms.ValidationError(MISREAD, code="hours")
    return found


def say_week(weekly):
    """Seven lines of the hours kept in `weekly`."""
    lines = [[] for _day in DAYS]
    for day, start, end in sorted(tuple(one) for one in weekly if one and one[0] in range(7)):
        lines[day].append((start, end))
    return [say_shifts(line) for line in lines]


def say_shifts(shifts):
    """The hours of one day: 08:30-12:00, 13:30-17:30."""
    return ", ".join(f"{_clock(start)}-{_clock(end if end <= DAY else end - DAY)}" for start, end in shifts)


def _clock(minutes):
    return f"{minutes // 60:02}:{minutes % 60:02}"
