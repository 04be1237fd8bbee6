"""Counting open clocks by a calendar that has changed, many in few statements."""
from kernel.models import WorkCalendar
from kernel.news import News, action, publish
from orders.bulk import update_at_once
from sla.calendars import work_time
from sla.models import Clock
from sla.recounting import CHANGED, counted, take

MOVED = "clocks.moved"


@action
def recount_clocks(*, calendar_id, clock_ids, at, by=None):
    """Count these clocks by their calendar as it is now; returns how many are due at another time than before.

    The rows are locked as the sweep locks them, and what was counted already is left alone: done twice, or by two at
    once, it is done once. `clocks.moved` names those that are due at another time.
    """
    calendar = WorkCalendar.objects.get(pk=calendar_id)
    times = take(calendar_id, clock_ids, calendar.version)
    changed, moved = counted(times, at, work_time(calendar))
    update_at_once(Clock, CHANGED, ([getattr(one, name) for name in CHANGED] + [one.id] for one in changed))
    Clock.objects.filter(pk__in=[one.id for one in times]).update(calendar_version=calendar.version)
    if moved:
        publish(News(MOVED, calendar_id, at, tuple(moved)))
    return len(moved)
