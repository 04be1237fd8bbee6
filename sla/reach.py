"""What does a calendar answer where it knows nothing, and how is that told?"""
from kernel.working_time import DAY, SECOND, OutOfCoverage

WORK_S, WORK_DAY, CAL_DAY, CAL_S = "work_s", "work_day", "cal_day", "cal_s"
UNITS = (WORK_S, WORK_DAY, CAL_DAY, CAL_S)


class Reach:
    """A calendar (None: round the clock) that answers beyond its coverage too, by the wall clock.

    It remembers in `is_guess` that it did.
    """

    def __init__(self, calendar):
        self.calendar, self.is_guess = calendar or RoundTheClock(), False

    def add(self, instant, span):
        try:
            return self.calendar.add(instant, span)
        except OutOfCoverage:
            self.is_guess = True
            return instant + span

    def between(self, start, end):
        try:
            return self.calendar.between(start, end)
        except OutOfCoverage:
            self.is_guess = True
            return end - start

    def is_open(self, instant):
        return not self.calendar.covers(instant) or self.calendar.is_open(instant)

    def next_open(self, instant):
        """This instant if work goes on then, or nobody knows, else when it begins again."""
        try:
            return self.calendar.next_open(instant)
        except OutOfCoverage:
            return instant

    def is_certain(self, instant):
        """Do announced days of the calendar tell about this instant?"""
        return self.calendar.covers(instant) and not self.calendar.is_provisional(instant)

    def offset(self, instant, amount, unit):
        """`amount` of `unit` after `instant`, and whether that rests on unannounced or unknown days."""
        self.is_guess = False
        result = self._offset(instant, amount, unit)
        return result, self.is_guess or self._is_provisional(instant, result)

    def _offset(self, instant, amount, unit):
        if unit == CAL_S:
            return instant + amount * SECOND
        if unit == WORK_S:
            return self.add(instant, amount * SECOND)
        try:
            days = self.calendar.add_days if unit == WORK_DAY else self.calendar.add_calendar_days
            return days(instant, amount)
        except OutOfCoverage:
            self.is_guess = True
            return instant + amount * DAY

    def _is_provisional(self, start, end):
        return self.calendar.is_provisional(start, end)


class Reaches:
    """The Reach of each node: by its own of `calendars` {code: calendar} where it has one, else by the common one."""

    def __init__(self, calendar, calendars=None):
        self.common = calendar if isinstance(calendar, Reach) else Reach(calendar)
        self._own = {code: Reach(one) for code, one in (calendars or {}).items()}

    def __getitem__(self, code):
        return self._own.get(code, self.common)


class RoundTheClock:
    """The calendar of a hub that has none: every instant is worked, days are those of UTC."""

    def add(self, instant, span):
        return instant + span

    def between(self, start, end):
        return end - start

    def add_days(self, instant, days):
        return instant + days * DAY

    add_calendar_days = add_days

    def covers(self, instant):
        return True

    def is_open(self, instant):
        return True

    def next_open(self, instant):
        return instant

    def is_provisional(self, *instants):
        return False
