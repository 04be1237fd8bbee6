"""When does work go on in the sample factory? All times are UTC milliseconds; the factory lives at +08:00."""
from bisect import bisect_right
from datetime import UTC, datetime, timedelta

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
OFFSET = 8 * HOUR
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MONDAY = 4 * DAY  # 1970-01-05 was a Monday

# opening, closing (ms of the local day), how many days of the week from Monday
OFFICE = (8 * HOUR + 30 * MINUTE, 17 * HOUR + 30 * MINUTE, 5)
PLANT = (7 * HOUR, 23 * HOUR, 7)
DOCK = (8 * HOUR, 19 * HOUR, 7)
ROAD = (0, DAY, 7)


def to_ms(moment):
    """UTC milliseconds of an aware datetime."""
    return (moment - EPOCH) // timedelta(milliseconds=1)


def to_datetime(ms):
    """The aware UTC datetime of UTC milliseconds."""
    return EPOCH + timedelta(milliseconds=ms)


def after_work(start, worked, calendar):
    """The moment at which `worked` ms of working time have passed since `start`."""
    opening, closing, days = calendar
    local = start + OFFSET
    day, clock = local - local % DAY, local % DAY
    while True:
        if (day - _MONDAY) // DAY % 7 < days and clock < closing:
            clock = max(clock, opening)
            if worked <= closing - clock:
                return day + clock + worked - OFFSET
            worked -= closing - clock
        day, clock = day + DAY, 0


def next_hour_of_day(start, hour, minute=0, calendar=ROAD):
    """The first moment not before `start` at hour:minute local time of a working day."""
    local = start + OFFSET
    moment = local - local % DAY + hour * HOUR + minute * MINUTE
    if moment < local:
        moment += DAY
    while (moment - _MONDAY) // DAY % 7 >= calendar[2]:
        moment += DAY
    return moment - OFFSET


# How busily orders come in, by hour of the local day, and by weekday.
_HOURS = (1, 1, 1, 1, 1, 2, 4, 10, 30, 40, 38, 30, 16, 30, 40, 38, 34, 24, 12, 8, 6, 4, 3, 2)
_WEEKDAYS = (20, 20, 20, 20, 19, 8, 4)


class Arrivals:
    """Turns order numbers 0, 1, 2, … into arrival times: `count` from `start` to `now`, and on."""

    def __init__(self, start, now, count):
        self.start = start
        self._edges, self._totals = [start], [0]
        self._extend_until(now)
        self.rate = max(count, 1) / self._weight_at(now)

    def _extend_until(self, moment):
        while self._edges[-1] <= moment:
            self._add_hour()

    def _add_hour(self):
        local = self._edges[-1] + OFFSET
        weight = _HOURS[local % DAY // HOUR] * _WEEKDAYS[(local - _MONDAY) // DAY % 7]
        end = self._edges[-1] - self._edges[-1] % HOUR + HOUR
        self._totals.append(self._totals[-1] + weight * (end - self._edges[-1]))
        self._edges.append(end)

    def _weight_at(self, moment):
        self._extend_until(moment)
        place = bisect_right(self._edges, moment) - 1
        span = self._edges[place + 1] - self._edges[place]
        gained = self._totals[place + 1] - self._totals[place]
        return self._totals[place] + gained * (moment - self._edges[place]) / span

    def time_of(self, index):
        """When order `index` arrives."""
        wanted = (index + 0.5) / self.rate
        while self._totals[-1] <= wanted:
            self._add_hour()
        place = bisect_right(self._totals, wanted) - 1
        gained = self._totals[place + 1] - self._totals[place]
        span = self._edges[place + 1] - self._edges[place]
        return int(self._edges[place] + span * (wanted - self._totals[place]) / gained)

    def count_until(self, moment):
        """How many orders have arrived by `moment`."""
        return 0 if moment <= self.start else int(self._weight_at(moment) * self.rate + 0.5)
