"""Which time zone is it, chosen from those there are and never typed?"""
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from unfold.widgets import UnfoldAdminSelect2Widget

FOLDERS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def zones():
    """The names of places, "Asia/Shanghai", and UTC; without abbreviations, which mean different hours."""
    return sorted(name for name in available_timezones() if name == "UTC" or name.split("/")[0] in FOLDERS)


def zone_field(field):
    """A choice of zones with what each is ahead of UTC now."""
    now = datetime.now(ZoneInfo("UTC"))
    return forms.ChoiceField(
        label=field.verbose_name, initial=field.default, widget=UnfoldAdminSelect2Widget,
        choices=[(name, f"{name} (UTC{_ahead(name, now)})") for name in zones()])


def _ahead(name, now):
    text = now.astimezone(ZoneInfo(name)).strftime("%z")
    return f"{text[:3]}:{text[3:]}"
