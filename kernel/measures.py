"""What is a page of figures made of, and how far back does it look? config/measures.py lists the pages."""
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from kernel.moments import say_date, say_duration, say_exact, short

WEEKS = (4, 13, 52)
DEFAULT_WEEKS = 13
TEXT, LONG, NUMBER, SHARE, TIME, BAR, MOMENT = "text", "long", "number", "share", "time", "bar", "moment"


@dataclass(frozen=True)
class Measure:
    """One page: `show` is a dotted function (user, asked, now) → Shown; `asks` the names its address may carry."""

    code: str
    title: str
    url: str
    permission: str
    show: str
    asks: tuple[str, ...]

    def is_for(self, user):
        return user.has_perm(self.permission)


@dataclass(frozen=True)
class Share:
    """So many of so many. Never rounded up: 100 % means all."""

    kept: int
    of: int

    @property
    def ratio(self):
        return self.kept / self.of if self.of else None

    @property
    def permille(self):
        return self.kept * 1000 // self.of if self.of else 0

    def __str__(self):
        if not self.of:
            return "—"
        text = f"{self.permille / 10:.1f}".removesuffix(".0")
        return f"{text}%" if short(get_language()) == "zh" else f"{text} %"


@dataclass(frozen=True)
class Seconds:
    """A time as people say it, to the second under an hour; None: unknown."""

    value: int | None

    def __str__(self):
        if self.value is None:
            return "—"
        say = say_exact if self.value < 3600 else say_duration
        return say(self.value, short(get_language()))


@dataclass(frozen=True)
class Head:
    name: str
    kind: str = TEXT


@dataclass(frozen=True)
class Row:
    """Cells as the heads say: texts, int, Share, Seconds, datetime, or a number of 0 to 1000 for a bar.

    `narrow`: what the address asks beside, to look at this row alone; `address`: the page of what it is about.
    """

    cells: tuple
    narrow: dict = field(default_factory=dict)
    address: str = ""
    is_on: bool = False


@dataclass(frozen=True)
class Table:
    title: str
    heads: tuple[Head, ...]
    rows: list[Row]
    note: str = ""


@dataclass(frozen=True)
class Tile:
    value: object
    words: str


@dataclass(frozen=True)
class Trend:
    """A share by week as a line from 0 to all, with the first and the last in words beside it."""

    words: str
    shares: list

    @property
    def line(self):
        known = [(place, one) for place, one in enumerate(self.shares) if one.of]
        width = 600 / max(len(self.shares) - 1, 1)
        return " ".join(f"{place * width:.1f},{58 - one.permille * 56 / 1000:.1f}" for place, one in known)

    @property
    def is_drawn(self):
        return sum(one.of > 0 for one in self.shares) > 1


def trend_of(words, shares):
    """The Trend of shares by week, None of fewer than two; `words` name first, first_of, last and last_of."""
    known = [one for one in shares if one.of]
    if len(known) < 2:
        return None
    first, last = known[0], known[-1]
    return Trend(words % {"first": first, "first_of": first.of, "last": last, "last_of": last.of}, shares)


def choices_among(names, labels):
    """[(name in the address, label of "any", [(code, name), …]), …] of those with more than one to choose from."""
    return [(name, label, list(names[name].items())) for name, label in labels if len(names[name]) > 1]


@dataclass
class Shown:
    """What a page of figures shows. `choices`: [(name in the address, label of "any", [(code, name), …]), …]."""

    sentence: str
    tables: list[Table]
    as_of: datetime
    tiles: list[Tile] = field(default_factory=list)
    trend: Trend | None = None
    choices: list = field(default_factory=list)
    named: dict = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    again: str = ""  # name of the address that reads the figures anew, for whoever may


@cache
def measures():
    return import_string(settings.HUB_MEASURES)


def measure(code):
    return next((one for one in measures() if one.code == code), None)


@cache
def _show(name):
    return import_string(name)


def shown(one, user, asked, now):
    return _show(one.show)(user, asked, now)


def read_asked(get, one):
    """{name: value} of what the page may be asked and is; the weeks always."""
    asked = {name: get.get(name, "")[:100] for name in one.asks if get.get(name)}
    weeks = get.get("weeks", "")
    asked["weeks"] = weeks if weeks in {str(count) for count in WEEKS} else str(DEFAULT_WEEKS)
    return asked


def zone():
    return ZoneInfo(settings.HUB_TIME_ZONE)


def week_starts(asked, now):
    """Monday 0:00, by the hub's zone, of each asked week, oldest first; the last is the week of `now`."""
    monday = now.astimezone(zone()).date()
    monday -= timedelta(days=monday.weekday())
    days = [monday - timedelta(weeks=back) for back in reversed(range(int(asked["weeks"])))]
    return [datetime.combine(day, time(), zone()) for day in days]


def span_of(asked, now):
    """(start, end) of the asked weeks, or of the one week asked for; never beyond `now`."""
    starts = week_starts(asked, now)
    one = next((start for start in starts if week_code(start) == asked.get("week")), None)
    return (one, min(one + timedelta(days=7), now)) if one else (starts[0], now)


def week_code(start):
    return start.date().isoformat()


def week_name(start, now):
    """The Monday a week begins with."""
    return say_date(start, now.astimezone(zone()).year, short(get_language()))


def weeks_name(count):
    return ngettext("Last %(count)s week", "Last %(count)s weeks", count) % {"count": count}


def week_words(asked, now):
    """The one week that is looked at, in words; None: all of them."""
    found = [start for start in week_starts(asked, now) if week_code(start) == asked.get("week")]
    return _("Week from %(day)s") % {"day": week_name(found[0], now)} if found else None


def period(asked, now):
    return week_words(asked, now) or weeks_name(int(asked["weeks"]))


def joined(asked, more):
    """What an address asks, with `more` (None takes a name away); weeks of the default are left out."""
    found = {name: value for name, value in (asked | more).items() if value}
    if found.get("weeks") == str(DEFAULT_WEEKS):
        del found["weeks"]
    return found
