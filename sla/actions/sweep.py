"""Firing every clock that is due, each level once, whatever dies in between."""
from dataclasses import dataclass
from datetime import timedelta

from kernel.news import News, action, publish
from sla import clocks
from sla.actions.recounting import recount_clocks
from sla.calendars import work_times
from sla.models import Clock, ClockFire

FIRED = "clock.fired"


@dataclass(frozen=True)
class Swept:
    """How many clocks were due, how many levels fired, and by how much the latest was late."""

    due: int = 0
    fired: int = 0
    most_late_s: int = 0


def sweep_clocks(*, at, limit=200):
    """Fire what is due at `at`, at most `limit` clocks in one short transaction. Returns Swept.

    A look without a transaction comes first, so that a quiet second takes no write lock.
    """
    if not Clock.objects.filter(next_fire_at__lte=at).exists():
        return Swept()
    return _fire_due(at=at, limit=limit)


@action
def _fire_due(*, at, limit):
    due = Clock.objects.select_for_update(skip_locked=True, of=("self",)).filter(next_fire_at__lte=at)
    rows, work_of = _claim(due, limit)
    found = len(rows)
    if _recount(rows, work_of, at):  # of the same clocks those that are due all the same: others may be old as well
        rows, work_of = _claim(due.filter(pk__in=[row.pk for row in rows]), limit)
    fires = [fire for row in rows if (fire := _advance(row, at, work_of[row.calendar_id]))]
    new = _not_fired_before(fires)
    ClockFire.objects.bulk_create(new)
    for fire in new:
        publish(News(FIRED, fire.clock_id, at, (fire.level,)))
    return Swept(found, len(new), max((fire.late_s for fire in new), default=0))


def _claim(due, limit):
    rows = list(due.order_by("next_fire_at", "id")[:limit])
    return rows, work_times({row.calendar_id for row in rows})


def _recount(rows, work_of, at):
    """No budget ends by hours that are no longer so: clocks of a calendar that has just changed are counted first."""
    old = [
        row for row in rows
        if row.kind == Clock.BUDGET and row.calendar_version != work_of[row.calendar_id].version
    ]
    for calendar_id in {row.calendar_id for row in old}:
        ids = [row.pk for row in old if row.calendar_id == calendar_id]
        recount_clocks(calendar_id=calendar_id, clock_ids=ids, at=at)
    return bool(old)


def _advance(clock, at, work):
    """Move the clock past the level that is due, by compare-and-set: whoever was overtaken fires nothing."""
    generation, planned_next = clock.generation, clock.next_fire_at
    cycle, level, planned = clocks.fire(clock, at, work)
    moved = Clock.objects.filter(pk=clock.pk, generation=generation, next_fire_at=planned_next).update(
        state=clock.state, late_at=clock.late_at, level_index=clock.level_index,
        last_fired_at=clock.last_fired_at, next_fire_at=clock.next_fire_at, generation=clock.generation,
    )
    if not moved:
        return None
    return ClockFire(
        clock=clock, cycle=cycle, level=level, planned_at=planned, fired_at=at,
        late_s=max(0, int((at - planned).total_seconds())),
    )


def _not_fired_before(fires):
    """The UNIQUE row says what fired already: a level that comes again (a restored clock) stays silent."""
    seen = set(
        ClockFire.objects.filter(clock__in=[fire.clock_id for fire in fires])
        .values_list("clock_id", "cycle", "level")
    )
    return [fire for fire in fires if (fire.clock_id, fire.cycle, fire.level) not in seen]


def overdue_clocks(*, at, grace_s=300):
    """The auditor: how many clocks should have fired more than `grace_s` seconds ago and have not."""
    late = Clock.objects.filter(next_fire_at__lt=at - timedelta(seconds=grace_s))
    return late.count()


@action
def pass_level(*, clock, level, at, by=None):
    """Nobody could be told at this level: say so on its fire row, and after the due instant let the next go at once."""
    ClockFire.objects.filter(clock=clock, cycle=clock.cycle, level=level).update(outcome=ClockFire.SKIPPED)
    if level >= clocks.DUE_LEVEL:
        Clock.objects.filter(pk=clock.pk, next_fire_at__gt=at).update(next_fire_at=at)
