"""Who would be told when, were open tickets to go by their chain as it is now? Worked out, nothing is written."""
from copy import copy
from dataclasses import dataclass
from datetime import datetime

from exceptions.chain_steps import levels_of, named, say_target, steps_kept, steps_of
from exceptions.models import Ticket
from sla import clocks
from sla.calendars import work_times
from sla.models import ClockFire

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Telling:
    """Who is told at which level, and when; `at` None while the clock stands still."""

    level: int
    who: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Preview:
    """One ticket with the Tellings ahead of it as it goes now, and as it would go."""

    ticket: Ticket
    now: tuple
    then: tuple


def previews(chain, ids, user, at, most=MOST_SHOWN):
    """[Preview, …] of the first tickets among `ids` (as from `behind`) this person may see, the soonest due first."""
    steps = steps_of(chain)
    mine = Ticket.objects.visible_to(user).filter(pk__in=ids)
    tickets = list(mine.select_related("resolution_clock").order_by("due_at", "pk")[:most])
    names = named([*steps, *(one for ticket in tickets for one in steps_kept(ticket))])
    works = work_times({ticket.resolution_clock.calendar_id for ticket in tickets})
    fired = _fired(tickets)
    return [
        _preview(ticket, steps, at, works[ticket.resolution_clock.calendar_id], fired, names) for ticket in tickets
    ]


def _fired(tickets):
    rows = ClockFire.objects.filter(clock__in=[one.resolution_clock_id for one in tickets])
    return set(rows.values_list("clock_id", "cycle", "level"))


def _preview(ticket, steps, at, work, fired, names):
    clock = ticket.resolution_clock
    gone = {level for pk, cycle, level in fired if (pk, cycle) == (clock.pk, clock.cycle)}
    then = copy(clock)
    clocks.relevel(then, at, work, levels_of(steps), gone)
    return Preview(
        ticket, _ahead(clock, steps_kept(ticket), gone, work, names), _ahead(then, steps, gone, work, names))


def _ahead(clock, steps, gone, work, names):
    by_number = {one.number: one for one in steps}
    return tuple(
        Telling(number, say_target(by_number.get(number), names),
                clocks.planned_at(clock, place, work) if clock.due_at else None)
        for place, (number, _offset) in enumerate(clock.levels)
        if place >= clock.level_index and number not in gone
    )
