"""Which departments had a ticket, from when to when, and how much working time did it take them?"""
from dataclasses import dataclass
from datetime import datetime

from exceptions.entries import CLOSED, HANDED
from kernel.models import Department
from sla.calendars import work_time
from sla.models import Clock


@dataclass(frozen=True, slots=True)
class Stay:
    """A department had it from `start` to `end` (None: still); `work_s`: its working seconds, without waiting."""

    code: str
    name_en: str
    name_zh: str
    start: datetime
    end: datetime | None
    work_s: int


def stays_of(ticket, now):
    """[Stay, …] in turn. A ticket that was never handed over has one, of nobody in particular none.

    The working time is that of the ticket's own time to the solution: every stretch of it lies within one stay, since
    handing over ends a stretch.
    """
    turns = list(ticket.entries.filter(action=HANDED).order_by("at", "pk").values_list("at", "data"))
    if not turns and ticket.department is None:
        return []
    held = _held(ticket, turns)
    stretches = _stretches(ticket.resolution_clock, now)
    last = None if ticket.is_open else _ended_at(ticket)
    ends = [at for at, _data in turns]
    return [
        Stay(*names, start, end, sum(work for since, work in stretches if start <= since and (is_last or since < end)))
        for names, start, end, is_last in zip(
            held, [ticket.opened_at, *ends], [*ends, last], [False] * len(ends) + [True], strict=True)
        if names[0]
    ]


def _held(ticket, turns):
    """[(code, English name, Chinese name), …] of each turn."""
    if not turns:
        return [(ticket.department.code, ticket.department.name_en, ticket.department.name_zh)]
    first = turns[0][1]
    told = [_names(first, "from"), *(_names(data, "to") for _at, data in turns)]
    today = {one.code: one for one in Department.objects.filter(code__in=[code for code, _en, _zh in told])}
    return [(code, today[code].name_en, today[code].name_zh) if code in today else (code, en, zh)
            for code, en, zh in told]


def _names(data, which):
    return data.get(which, ""), data.get(f"{which}_en", ""), data.get(f"{which}_zh", "")


def _stretches(clock, now):
    """[(from when, working seconds), …] in which the clock ran, the one under way included."""
    if clock is None:
        return []
    found = list(clock.segments.exclude(state=Clock.PAUSED).values_list("from_at", "work_s"))
    if clock.running_since and clock.state in (Clock.RUNNING, Clock.BREACHED):
        found.append((clock.running_since, work_time(clock.calendar).between(clock.running_since, now)))
    return found


def _ended_at(ticket):
    """Solved, or closed without a solution."""
    closed = ticket.entries.filter(action=CLOSED).order_by("at", "pk").last()
    return ticket.resolved_at or (closed.at if closed else None)
