"""How is an instant or a stretch of time said to a reader, in Chinese and in English? Pure; the caller says now.

Dates have one form everywhere: today 16:00, 26 Nov; the year only when it is not this one.
"""

from datetime import timedelta

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
NEAR = {
    "en": {0: "today", 1: "tomorrow", -1: "yesterday"},
    "zh": {0: "今天", 1: "明天", -1: "昨天"},
}
UNITS = {
    "en": ((86400, " day", " days"), (3600, " h", " h"), (60, " min", " min")),
    "zh": ((86400, "天", "天"), (3600, "小时", "小时"), (60, "分", "分")),
}
# Hours, minutes and seconds of working time.
EXACT = {lang: (*((size, one) for size, one, _many in units[1:]), (1, second))
         for (lang, units), second in zip(UNITS.items(), (" s", "秒"), strict=True)}


def short(language):
    """ "zh" or "en" for a language code such as zh-hans."""
    return "zh" if (language or "").startswith("zh") else "en"


def say_day(at, now, zone, language):
    """The day of an aware instant, as seen in `zone`: 今天, 11月26日 / today, 26 Nov 2025."""
    local, today = at.astimezone(zone).date(), now.astimezone(zone).date()
    near = NEAR[language].get((local - today).days)
    return near or say_date(local, today.year, language)


def say_date(local, this_year, language):
    """A calendar date, with its year only when that is not `this_year`."""
    if language == "zh":
        year = "" if local.year == this_year else f"{local.year}年"
        return f"{year}{local.month}月{local.day}日"
    year = "" if local.year == this_year else f" {local.year}"
    return f"{local.day} {MONTHS[local.month - 1]}{year}"


def say_clock(at, zone):
    return at.astimezone(zone).strftime("%H:%M")


def say_moment(at, now, zone, language):
    """Day and time of an aware instant: 今天 16:00 / 26 Nov 11:00."""
    return f"{say_day(at, now, zone, language)} {say_clock(at, zone)}"


def say_lasting_day(at, now, zone, language):
    """The day of an aware instant without today or tomorrow: 11月26日, 26 Nov 2025."""
    return say_date(at.astimezone(zone).date(), now.astimezone(zone).year, language)


def say_lasting(at, now, zone, language):
    """Day and time as paper has them, which is read another day."""
    return f"{say_lasting_day(at, now, zone, language)} {say_clock(at, zone)}"


def say_stamp(at, zone, language):
    """Day and time with the year: 2026年11月26日 11:00 / 26 Nov 2026 11:00."""
    return f"{say_date(at.astimezone(zone).date(), None, language)} {say_clock(at, zone)}"


def say_fixed(at, zone, language):
    """Day and time in words that stay true whenever they are read: 11月26日 11:00 / 26 Nov 11:00."""
    local = at.astimezone(zone)
    return f"{say_date(local, local.year, language)} {say_clock(at, zone)}"


def say_moment_today(at, now, zone, language):
    """As `say_moment`, but the bare time when it is today, as a sentence has it."""
    if at.astimezone(zone).date() == now.astimezone(zone).date():
        return say_clock(at, zone)
    return say_moment(at, now, zone, language)


def say_exact(seconds, language):
    """Working time to the second, in hours and never in days, which are not of 24 hours: 31 h / 1小时40分 / -45秒."""
    left, parts = abs(int(seconds)), []
    for size, word in EXACT[language]:
        count, left = divmod(left, size)
        if count or (size == 60 and not seconds):
            parts.append(f"{count}{word}")
    return ("-" if seconds < 0 else "") + (" " if language == "en" else "").join(parts)


def say_hours(seconds, language):
    """Working time in whole minutes, see `say_exact`; less than one is told as such."""
    minutes = max(int(seconds), 0) // 60
    return say_exact(minutes * 60, language) if minutes else say_duration(0, language)


def say_duration(stretch, language):
    """A stretch (timedelta or seconds, sign ignored) in its two largest units: 1 day 3 h / 6小时20分."""
    seconds = abs(int(stretch.total_seconds() if isinstance(stretch, timedelta) else stretch))
    if seconds < 60:
        return "under 1 min" if language == "en" else "不到1分"
    parts = []
    for size, one, many in UNITS[language]:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{one if count == 1 else many}")
        elif parts:
            break
        if len(parts) == 2:
            break
    return (" " if language == "en" else "").join(parts)
