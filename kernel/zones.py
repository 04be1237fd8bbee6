"""Which time zones are there, and how far is each from UTC now?"""
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

FOLDERS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def zones():
    """The names of places, "Asia/Shanghai", and UTC; without abbreviations, which mean different hours."""
    return sorted(name for name in available_timezones() if name == "UTC" or name.split("/")[0] in FOLDERS)


def zone_choices(first=()):
    """[(name, "Asia/Shanghai (UTC+08:00)")] for a select; those that are used already stand first, known or not."""
    now, known = datetime.now(ZoneInfo("UTC")), available_timezones()
    return [(name, f"{name} (UTC{_ahead(name, now)})" if name in known else name)
            for name in dict.fromkeys([*first, *zones()])]


def _ahead(name, now):
    text = now.astimezone(ZoneInfo(name)).strftime("%z")
    return f"{text[:3]}:{text[3:]}"
