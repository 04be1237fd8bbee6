"""How much working time lies between two instants, and when is so much of it used up?

A calendar is compiled once to sorted UTC intervals with prefix sums; every question is then a bisection.
All instants are int microseconds since 1970 in UTC, all spans int microseconds: exact, whatever the zone.
"""
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 86_400 * SECOND
MOST_MINUTES = 2_880
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OFF, AS_WEEKDAY, CUSTOM = "off", "as_weekday", "custom"


class OutOfCoverage(ValueError):
    """The question reaches beyond the days the calendar knows. `instant` in µs; None when no instant is left."""

    def __init__(self, instant=None, covers=None):
        self.instant, self.covers = instant, covers
        super().__init__(f"{'the result' if instant is None else to_datetime(instant)} is outside {covers}")


class BadCalendar(ValueError):
    """These hours make no calendar; `code` and `params` say why."""

    def __init__(self, code, **params):
        self.code, self.params = code, params
        super().__init__(f"{code} {params}")


@dataclass(frozen=True)
class Day:
    """One date that is not as its weekday. `intervals` are (start, end) minutes, for kind custom."""

    date: date
    kind: str
    as_weekday: int | None = None
    intervals: tuple = ()
    provisional: bool = False


@dataclass(frozen=True)
class Hours:
    """A calendar as data. `weekly` holds (weekday 0-6, start, end) minutes of the wall clock.

    Minutes from 1440 to 2880 lie on the next date: a shift over midnight, and the part of it after a break,
    belongs to the date on which the shift starts.
    """

    time_zone: str
    weekly: tuple
    covers_from: date
    covers_until: date
    days: tuple = ()
    provisional_years: frozenset = frozenset()


def to_us(moment):
    """Exact int µs since 1970 of an aware datetime."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a zone")
    return (moment - EPOCH) // timedelta(microseconds=1)


def to_datetime(us):
    """Aware UTC datetime of int µs since 1970."""
    return EPOCH + timedelta(microseconds=us)


def wall_to_us(day, minutes, zone):
    """The instant at which the wall clocks of `zone` show `minutes` past midnight of `day`.

    That is the first instant at which they show this time or a later one: a time that a clock change skips is
    the instant of the change, and of a time that comes twice it is the first.
    """
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)
    early, late = wall.replace(tzinfo=zone), wall.replace(tzinfo=zone, fold=1)
    if early.utcoffset() >= late.utcoffset():
        return to_us(early)
    # Skipped: fold=0 reads it with the offset before the change, so it lies as far behind the change as the
    # wall time lies in the gap.
    return _change_between(to_us(late), to_us(early), zone)


def _change_between(low, high, zone):
    """The first µs in (low, high] at which the zone's offset is the one of `high`."""
    target = to_datetime(high).astimezone(zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if to_datetime(middle).astimezone(zone).utcoffset() == target:
            high = middle
        else:
            low = middle
    return high


@dataclass(frozen=True)
class WorkingTime:
    """A compiled calendar: open intervals [starts[i], ends[i]), `before[i]` µs of work before starts[i].

    Coverage is first … last; every question outside raises OutOfCoverage.
    """

    starts: tuple
    ends: tuple
    before: tuple
    first: int
    last: int
    hours: Hours
    zone: ZoneInfo
    dates: frozenset
    provisional: tuple = ()

    @property
    def total(self):
        return self.before[-1]

    def covers(self, instant):
        return self.first <= instant < self.last

    def is_open(self, instant):
        """Does work go on at this instant?"""
        place = self._place(instant)
        return place >= 0 and instant < self.ends[place]

    def next_open(self, instant):
        """This instant if open, else the next opening."""
        place = self._place(instant)
        if place >= 0 and instant < self.ends[place]:
            return instant
        if place + 1 >= len(self.starts):
            raise OutOfCoverage(None, self._covers())
        return self.starts[place + 1]

    def between(self, start, end):
        """Working µs from `start` to `end`; negative when `end` lies before."""
        return self._worked(end) - self._worked(start)

    def add(self, instant, span):
        """When `span` working µs after `instant` are used up; negative spans go back.

        Nothing added is the instant itself. A span that ends with a shift is due at its end, not at the
        next opening; one that goes back to an opening ends there.
        """
        if span == 0:
            self._place(instant)
            return instant
        wanted = self._worked(instant) + span
        if not 0 <= wanted <= self.total:
            raise OutOfCoverage(None, self._covers())
        place = (bisect_left if span > 0 else bisect_right)(self.before, wanted) - 1
        return self.starts[place] + wanted - self.before[place]

    def add_days(self, instant, days):
        """The same wall-clock time `days` working dates later (earlier); dates without work do not count."""
        day, step = self.local_date(instant), 1 if days > 0 else -1
        for _ in range(abs(days)):
            day = self._next_working_date(day, step)
        return self._same_clock(instant, day)

    def add_calendar_days(self, instant, days):
        """The same wall-clock time `days` dates later (earlier), in the calendar's zone."""
        return self._same_clock(instant, self.local_date(instant) + timedelta(days=days))

    def local_date(self, instant):
        return to_datetime(instant).astimezone(self.zone).date()

    def is_working_date(self, day):
        """Does a shift start on this local date?"""
        if not self.hours.covers_from <= day <= self.hours.covers_until:
            raise OutOfCoverage(None, self._covers())
        return day in self.dates

    def is_provisional(self, *instants):
        """Does the span of these instants touch days that nobody has announced yet?"""
        low, high = min(instants), max(instants)
        return any(start <= high and low < end for start, end in self.provisional)

    def intervals(self, start, end):
        """The open intervals within [start, end), cut to it, in order."""
        self._place(end)
        place = max(self._place(start), 0)
        while place < len(self.starts) and self.starts[place] < end:
            piece = max(self.starts[place], start), min(self.ends[place], end)
            if piece[0] < piece[1]:
                yield piece
            place += 1

    def _next_working_date(self, day, step):
        day += timedelta(days=step)
        while not self.is_working_date(day):
            day += timedelta(days=step)
        return day

    def _same_clock(self, instant, day):
        local = to_datetime(instant).astimezone(self.zone)
        minutes = local.hour * 60 + local.minute
        result = wall_to_us(day, minutes, self.zone) + instant % MINUTE
        self._place(result)
        return result

    def _place(self, instant):
        """Index of the last interval that starts at or before `instant`; -1 for none."""
        if not self.first <= instant <= self.last:
            raise OutOfCoverage(instant, self._covers())
        return bisect_right(self.starts, instant) - 1

    def _worked(self, instant):
        place = self._place(instant)
        if place < 0:
            return 0
        return self.before[place] + min(instant, self.ends[place]) - self.starts[place]

    def _covers(self):
        return f"{to_datetime(self.first):%Y-%m-%d} … {to_datetime(self.last):%Y-%m-%d}"


def hours_from_rows(calendar, days):
    """Hours of a WorkCalendar row and its CalendarDay rows (anything with their attributes).

    Years in coverage without a single exception, in a calendar that has exceptions in others, are not
    announced yet: they count as provisional.
    """
    days = tuple(Day(row.date, row.kind, row.as_weekday, tuple(map(tuple, row.intervals or ())), row.provisional)
                 for row in days)
    known = {day.date.year for day in days}
    covered = range(calendar.covers_from.year, calendar.covers_until.year + 1)
    return Hours(calendar.time_zone, tuple(map(tuple, calendar.weekly)), calendar.covers_from,
                 calendar.covers_until, days, frozenset(set(covered) - known if known else ()))


def check_hours(hours):
    """Raise BadCalendar unless these hours can be compiled without guessing."""
    if hours.covers_from > hours.covers_until:
        raise BadCalendar("covers_nothing")
    for weekday, start, end in hours.weekly:
        if weekday not in range(7):
            raise BadCalendar("weekday", weekday=weekday)
        _check_interval(start, end)
    seen = set()
    for day in hours.days:
        if day.date in seen:
            raise BadCalendar("date_twice", date=day.date)
        seen.add(day.date)
        _check_day(day)


def _check_day(day):
    if day.kind not in (OFF, AS_WEEKDAY, CUSTOM):
        raise BadCalendar("kind", date=day.date)
    if day.kind == AS_WEEKDAY and day.as_weekday not in range(7):
        raise BadCalendar("weekday", date=day.date)
    for start, end in day.intervals:
        _check_interval(start, end)


def _check_interval(start, end):
    if not (type(start) is type(end) is int and 0 <= start < end <= MOST_MINUTES):
        raise BadCalendar("interval", start=start, end=end)


class _Patterns:
    """Which shifts start on a date, the exceptions taken into account."""

    def __init__(self, hours):
        self.exceptions = {day.date: day for day in hours.days}
        self.weekly = [[] for _ in range(7)]
        for weekday, start, end in hours.weekly:
            self.weekly[weekday].append((start, end))

    def of(self, day):
        exception = self.exceptions.get(day)
        if exception is None:
            return self.weekly[day.weekday()]
        if exception.kind == OFF:
            return ()
        return self.weekly[exception.as_weekday] if exception.kind == AS_WEEKDAY else exception.intervals


def compile_hours(hours):
    """Hours to WorkingTime. Raises BadCalendar.

    Coverage runs from midnight of covers_from to midnight after covers_until; the night shift of the day
    before covers_from belongs to nobody and is left out.
    """
    check_hours(hours)
    zone = ZoneInfo(hours.time_zone)
    first = wall_to_us(hours.covers_from, 0, zone)
    last = wall_to_us(hours.covers_until + timedelta(days=1), 0, zone)
    patterns, raw, dates = _Patterns(hours), [], set()
    for number in range((hours.covers_until - hours.covers_from).days + 1):
        day = hours.covers_from + timedelta(days=number)
        for start, end in patterns.of(day):
            raw.append((wall_to_us(day, start, zone), min(wall_to_us(day, end, zone), last)))
            dates.add(day)
    merged = _merge(raw)
    before = tuple(accumulate((end - start for start, end in merged), initial=0))
    return WorkingTime(tuple(start for start, _ in merged), tuple(end for _, end in merged), before, first, last,
                       hours, zone, frozenset(dates), _provisional(hours, zone))


def _merge(intervals):
    """Sorted, overlapping and touching ones joined, empty ones dropped."""
    merged = []
    for start, end in sorted(pair for pair in intervals if pair[0] < pair[1]):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return merged


def _provisional(hours, zone):
    days = {day.date for day in hours.days if day.provisional}
    spans = [(day, day) for day in days]
    spans += [(date(year, 1, 1), date(year, 12, 31)) for year in hours.provisional_years]
    return tuple(tuple(pair) for pair in _merge(
        [(wall_to_us(a, 0, zone), wall_to_us(b + timedelta(days=1), 0, zone)) for a, b in spans]))


def due_after_pauses(calendar, start, budget, pauses):
    """When a budget of working µs ends if the clock stands still during `pauses`, (from, to) in order.

    The independent definition of pausing: walk the un-paused time. `to` None is a pause that still lasts;
    then the result is None, unless the budget was used up before it.
    """
    used, since = 0, start
    for begin, end in pauses:
        worked = calendar.between(since, max(begin, since))
        if used + worked >= budget:
            break
        used += worked
        if end is None:
            return None
        since = max(end, since)
    return calendar.add(since, budget - used)
