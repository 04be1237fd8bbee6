"""Which length of time did a person type: 1:30, 1 h 30 min, 2 d, 1小时30分? Pure."""
import re
import unicodedata
from fractions import Fraction

DAY = 86400
CLOCK = re.compile(r"(-?)(\d{1,7}):([0-5]\d)(?::([0-5]\d))?")
UNITS = {
    DAY: ("d", "day", "days", "天", "日"),
    3600: ("h", "hr", "hrs", "hour", "hours", "小时", "钟头", "时"),
    60: ("min", "mins", "minute", "minutes", "分钟", "分"),
    1: ("s", "sec", "second", "seconds", "秒"),
}
SIZES = {word: size for size, words in UNITS.items() for word in words}
PART = re.compile(r"(\d{1,7}(?:\.\d{1,6})?)\s*(" + "|".join(sorted(SIZES, key=len, reverse=True)) + r")(?![a-z])[\s,]*")


def write_hours(seconds):
    """9000 → "2:30", 45 → "0:00:45", -1800 → "-0:30"."""
    minutes, rest = divmod(abs(seconds), 60)
    return f"{'-' if seconds < 0 else ''}{minutes // 60}:{minutes % 60:02d}" + (f":{rest:02d}" if rest else "")


def read_hours(text):
    """The seconds of "2:30", "0:00:45", "-0:30", "2 h 30 min" or "2小时30分". Raises ValueError, for days as well."""
    days, seconds = read_length(text)
    if days:
        raise ValueError(text)
    return seconds


def read_length(text):
    """(days, seconds), both of one sign; part of a day counts as so many of its 24 hours. Raises ValueError.

    A number without a unit is no length.
    """
    text = unicodedata.normalize("NFKC", text).strip().lower()
    clock = CLOCK.fullmatch(text)
    if clock:
        sign, hours, minutes, seconds = clock.groups()
        days, found = 0, int(hours) * 3600 + int(minutes) * 60 + int(seconds or 0)
    else:
        sign = "-" if text.startswith("-") else ""
        days, found = _added(text.removeprefix("-").strip())
    return (-days, -found) if sign else (days, found)


def _added(text):
    at, parts = 0, {}
    while at < len(text):
        part = PART.match(text, at)
        if part is None or SIZES[part[2]] in parts:
            raise ValueError(text)
        at, parts[SIZES[part[2]]] = part.end(), Fraction(part[1])
    if not parts:
        raise ValueError(text)
    days = parts.pop(DAY, Fraction(0))
    seconds = sum(size * count for size, count in parts.items()) + days % 1 * DAY
    if seconds.denominator > 1:
        raise ValueError(text)
    return int(days), int(seconds)
