"""Counting open clocks by a calendar that has changed, or by another one, many in few statements."""
from kernel.models import WorkCalendar
from kernel.news import News, action, publish
from orders.bulk import update_at_once
from sla.calendars import work_time
from sla.models import Clock
from sla.recounting import CHANGED, counted, take, take_over

MOVED = "clocks.moved"


@action
def recount_clocks(*, calendar_id, clock_ids, at, by=None):
    """Count these clocks by their calendar as it is now; returns how many are due at another time than before.

    The rows are locked as the sweep locks them, and what was counted already is left alone: done twice, or by two at
    once, it is done once. `clocks.moved` names those that are due at another time.
    """
    calendar = WorkCalendar.objects.get(pk=calendar_id)
    return _count(take(calendar_id, clock_ids, calendar.version), calendar, at)


@action
def move_clocks(*, calendar_id, clock_ids, at, by=None):
    """Count these clocks by this calendar from now on (None: every second counts), for those who must act keep it.

    The stretch under way is counted by it from its start, as when a calendar changes; else as `recount_clocks`.
    """
    calendar = None if calendar_id is None else WorkCalendar.objects.get(pk=calendar_id)
    return _count(take_over(calendar_id, clock_ids), calendar, at)


def _count(times, calendar, at):
    work = work_time(calendar)
    changed, moved = counted(times, at, work)
    update_at_once(Clock, CHANGED, ([getattr(one, name) for name in CHANGED] + [one.id] for one in changed))
    Clock.objects.filter(pk__in=[one.id for one in times]).update(calendar=calendar, calendar_version=work.version)
    if moved:
        publish(News(MOVED, calendar.pk if calendar else 0, at, tuple(moved)))
    return len(moved)
