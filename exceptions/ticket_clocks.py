"""Which clocks does a ticket have, by whose hours do they count, and in which order are they locked?"""
from collections import defaultdict

from django.db.models import F, Value
from django.db.models.functions import Coalesce

from exceptions import chain_steps
from exceptions.models import Ticket
from sla.actions import (
    cancel_clock,
    meet_clock,
    pass_clock,
    pause_clock,
    reopen_clock,
    resume_clock,
    start_clock,
)
from sla.clocks import RESTART, WARNING_LEVEL
from sla.hours import counted_by, whose
from sla.milestone_clocks import OPEN
from sla.models import Clock

CLOCKS = ("response_clock", "resolution_clock", "queue_clock")
STILL_LEVEL = 1  # of the response clock: still no answer
ON_HOLD = "order_on_hold"  # why a clock stands still, where no person said it


def lock_ticket(ticket):
    """The ticket as it is now, locked. Its clocks are locked first, as the sweep does it: no deadlock."""
    ids = Ticket.objects.filter(pk=ticket.pk).values_list(*CLOCKS).get()
    clocks = Clock.objects.select_for_update(of=("self",)).filter(pk__in=[i for i in ids if i]).order_by("pk")
    list(clocks.values_list("pk", flat=True))
    return Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)


def calendar_of(ticket):
    """The working hours of whoever must act, see sla.hours; None: every second counts."""
    owner = whose(ticket.department, ticket.order and ticket.order.plant, ticket.scope.company)
    return owner and owner.calendar


def by_other_hours():
    """{calendar id, or None: [ids of open tickets' open clocks that ought to count by it and do not]}."""
    found = defaultdict(list)
    for name in CLOCKS:
        rows = Ticket.objects.filter(state__in=Ticket.OPEN_STATES, **{f"{name}__state__in": OPEN}).annotate(
            ought=counted_by("department", "order__plant", "scope__company"),
            counts=Coalesce(f"{name}__calendar", Value(0)),
        ).exclude(ought=F("counts"))
        for clock_id, ought in rows.order_by("pk").values_list(name, "ought"):
            found[ought or None].append(clock_id)
    return found


def start_clocks(ticket, at):
    """A budget to the first human answer and one to the solution, the latter with the kind's chain as levels."""
    kind, steps = ticket.kind, chain_steps.steps_of(ticket.kind.chain)
    common = {"calendar": calendar_of(ticket), "scope": ticket.scope, "at": at}
    ticket.response_clock = start_clock(
        kind=Clock.BUDGET, label=f"{ticket.number} response", budget_s=kind.response_s,
        levels=response_levels(kind), **common,
    )
    ticket.resolution_clock = start_clock(
        kind=Clock.BUDGET, label=f"{ticket.number} resolution", budget_s=kind.resolution_s,
        levels=chain_steps.levels_of(steps), **common,
    )
    ticket.chain_steps = chain_steps.pinned(steps)
    ticket.due_at = ticket.resolution_clock.due_at


def response_levels(kind):
    """A reminder before the first answer is due, and a level when it has been missing for as long again."""
    warn_s = kind.response_s // 2 if kind.response_warn_s is None else kind.response_warn_s
    reminder = [[WARNING_LEVEL, -warn_s]] if 0 < warn_s < kind.response_s else []
    return [*reminder, [STILL_LEVEL, kind.response_s]]


def enter_queue(ticket, at):
    """Nobody is there to be given it: the department has so much working time until its head hears of it."""
    if ticket.department is None:
        return
    if ticket.queue_clock:
        ticket.queue_clock = reopen_clock(clock=ticket.queue_clock, at=at, used=RESTART, calendar=calendar_of(ticket))
        return
    ticket.queue_clock = start_clock(
        kind=Clock.BUDGET, label=f"{ticket.number} queue", budget_s=ticket.department.queue_s,
        calendar=calendar_of(ticket), scope=ticket.scope, at=at,
    )
    ticket.save(update_fields=["queue_clock"])


def pass_to_department(ticket, at):
    """The ticket's department is another one: what is left counts by its hours, and its queue has a clock of its own.

    Neither the time to the answer nor that to the solution begins anew, for the customer it is one ticket.
    """
    calendar = calendar_of(ticket)
    if ticket.queue_clock:
        cancel_clock(clock=ticket.queue_clock, at=at)
        ticket.queue_clock = None
    if ticket.response_clock:
        ticket.response_clock = pass_clock(clock=ticket.response_clock, calendar=calendar, at=at)
    if ticket.resolution_clock:
        _follow(ticket, pass_clock(clock=ticket.resolution_clock, calendar=calendar, at=at))
        ticket.late_at = ticket.resolution_clock.late_at


def rest_in_queue(ticket, at):
    """While a ticket waits for somebody else nobody need take it: its queue's clock stands."""
    if _goes(ticket.queue_clock):
        ticket.queue_clock = pause_clock(clock=ticket.queue_clock, reason=ticket.resolution_clock.pause_reason, at=at)


def is_queued(ticket):
    """Does its time in the queue count?"""
    return _goes(ticket.queue_clock)


def leave_queue(ticket, at):
    if _goes(ticket.queue_clock) or _stands(ticket.queue_clock):
        ticket.queue_clock = meet_clock(clock=ticket.queue_clock, at=at)


def _goes(clock):
    return clock is not None and clock.state in (Clock.RUNNING, Clock.BREACHED)


def _stands(clock):
    return clock is not None and clock.state == Clock.PAUSED


def stop_response(ticket, at):
    if ticket.response_clock:
        ticket.response_clock = meet_clock(clock=ticket.response_clock, at=at)


def pause(ticket, reason, at):
    if ticket.resolution_clock:
        _follow(ticket, pause_clock(clock=ticket.resolution_clock, reason=reason, at=at))


def resume(ticket, at):
    if ticket.resolution_clock:
        _follow(ticket, resume_clock(clock=ticket.resolution_clock, at=at))


def rest(ticket, at):
    """All its clocks stand still while the order is on hold."""
    pause(ticket, ON_HOLD, at)
    if _goes(ticket.response_clock):
        ticket.response_clock = pause_clock(clock=ticket.response_clock, reason=ON_HOLD, at=at)
    if _goes(ticket.queue_clock):
        ticket.queue_clock = pause_clock(clock=ticket.queue_clock, reason=ON_HOLD, at=at)


def wake(ticket, at):
    resume(ticket, at)
    if _stands(ticket.response_clock):
        ticket.response_clock = resume_clock(clock=ticket.response_clock, at=at)
    if _stands(ticket.queue_clock):
        ticket.queue_clock = resume_clock(clock=ticket.queue_clock, at=at)


def meet_all(ticket, at, was_human):
    """The solution stops the time; an answer nobody gave is not counted as given."""
    if ticket.response_clock and not was_human:
        ticket.response_clock = cancel_clock(clock=ticket.response_clock, at=at)
    if ticket.queue_clock:
        ticket.queue_clock = cancel_clock(clock=ticket.queue_clock, at=at)
    if ticket.resolution_clock:
        ticket.resolution_clock = meet_clock(clock=ticket.resolution_clock, at=at)
        ticket.late_at = ticket.resolution_clock.late_at


def cancel_all(ticket, at):
    if ticket.response_clock:
        ticket.response_clock = cancel_clock(clock=ticket.response_clock, at=at)
    if ticket.resolution_clock:
        ticket.resolution_clock = cancel_clock(clock=ticket.resolution_clock, at=at)
    if ticket.queue_clock:
        ticket.queue_clock = cancel_clock(clock=ticket.queue_clock, at=at)


def reopen_resolution(ticket, at):
    if ticket.resolution_clock:
        _follow(ticket, reopen_clock(
            clock=ticket.resolution_clock, at=at, used=RESTART, calendar=calendar_of(ticket)))
        ticket.late_at = None


def _follow(ticket, clock):
    """The ticket's own due date is that of its clock: None while it waits."""
    ticket.resolution_clock, ticket.due_at = clock, clock.due_at
