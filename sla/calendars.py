"""How much working time lies between two instants, by which calendar of ours?"""
from functools import lru_cache

from kernel.models import WorkCalendar
from kernel.working_time import SECOND, compile_hours, hours_from_rows, to_datetime, to_us
from sla.reach import Reach


class WorkTime:
    """Working time by one version of one calendar (None: every second counts), as clocks ask for it.

    Spans are whole seconds, instants aware UTC. Beyond the calendar's coverage sla.reach.Reach answers by the wall
    clock, and `is_certain` says False, so that whoever shows the date marks it as provisional.
    """

    def __init__(self, compiled=None, version=0):
        self._reach, self.version = Reach(compiled), version

    @property
    def compiled(self):
        return self._reach.calendar

    def add(self, at, seconds):
        """The instant `seconds` of work after `at` (before it, when negative)."""
        return to_datetime(self._reach.add(to_us(at), seconds * SECOND))

    def between(self, start, end):
        """Whole seconds of work from `start` to `end`."""
        return self._reach.between(to_us(start), to_us(end)) // SECOND

    def is_open(self, at):
        """Does work go on at this instant? Where nobody knows, yes."""
        return self._reach.is_open(to_us(at))

    def opens_at(self, at):
        """This instant where work goes on, else when it begins again; where nobody knows, this instant."""
        return to_datetime(self._reach.next_open(to_us(at)))

    def is_certain(self, at):
        return self._reach.is_certain(to_us(at))


ALWAYS = WorkTime()


def work_time(calendar):
    """The WorkTime of a WorkCalendar row, or of None."""
    if calendar is None:
        return ALWAYS
    return _compiled(calendar.pk, calendar.version, calendar.code)


def work_times(calendar_ids):
    """{id: WorkTime} for calendar ids, None among them; one query, whatever their number."""
    wanted = {i for i in calendar_ids if i is not None}
    if not wanted:
        return {None: ALWAYS}
    rows = WorkCalendar.objects.filter(pk__in=wanted).values_list("pk", "version", "code")
    return {None: ALWAYS} | {row[0]: _compiled(*row) for row in rows}


@lru_cache(maxsize=128)
def _compiled(pk, version, code):
    # Keyed by version, so that a changed calendar is compiled anew in every process.
    calendar = WorkCalendar.objects.prefetch_related("days").get(pk=pk)
    return WorkTime(compile_hours(hours_from_rows(calendar, calendar.days.all())), version)
