"""How much working time lies between two instants, by which calendar of ours?"""
from datetime import timedelta
from functools import lru_cache

from kernel.models import WorkCalendar
from kernel.working_time import (
    SECOND,
    OutOfCoverage,
    compile_hours,
    hours_from_rows,
    to_datetime,
    to_us,
)
from sla import milestones


class WorkTime:
    """Working time by one version of one calendar; spans are whole seconds, instants aware UTC.

    Beyond the calendar's coverage nobody knows which days are worked: wall time is counted there, and
    `is_certain` says False, so that whoever shows the date marks it as provisional.
    """

    def __init__(self, compiled, version):
        self.compiled, self.version = compiled, version

    def add(self, at, seconds):
        """The instant `seconds` of work after `at` (before it, when negative)."""
        try:
            return to_datetime(self.compiled.add(to_us(at), seconds * SECOND))
        except OutOfCoverage:
            return at + timedelta(seconds=seconds)

    def between(self, start, end):
        """Whole seconds of work from `start` to `end`."""
        try:
            return self.compiled.between(to_us(start), to_us(end)) // SECOND
        except OutOfCoverage:
            return int((end - start).total_seconds())

    def is_certain(self, at):
        us = to_us(at)
        return self.compiled.first <= us < self.compiled.last and not self.compiled.is_provisional(us)


class RoundTheClock:
    """Where no calendar is set, every second counts."""

    version = 0
    compiled = milestones.RoundTheClock()

    def add(self, at, seconds):
        return at + timedelta(seconds=seconds)

    def between(self, start, end):
        return int((end - start).total_seconds())

    def is_certain(self, at):
        return True


def work_time(calendar):
    """The WorkTime of a WorkCalendar row, or of None."""
    if calendar is None:
        return RoundTheClock()
    return _compiled(calendar.pk, calendar.version, calendar.code)


def work_times(calendar_ids):
    """{id: WorkTime} for calendar ids, None among them; one query, whatever their number."""
    wanted = {i for i in calendar_ids if i is not None}
    if not wanted:
        return {None: RoundTheClock()}
    rows = WorkCalendar.objects.filter(pk__in=wanted).values_list("pk", "version", "code")
    return {None: RoundTheClock()} | {row[0]: _compiled(*row) for row in rows}


@lru_cache(maxsize=128)
def _compiled(pk, version, code):
    # Keyed by version, so that a changed calendar is compiled anew in every process.
    calendar = WorkCalendar.objects.prefetch_related("days").get(pk=pk)
    return WorkTime(compile_hours(hours_from_rows(calendar, calendar.days.all())), version)
