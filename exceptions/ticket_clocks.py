"""Which clocks does a ticket have, and in which order are they locked?"""
from exceptions.models import Ticket
from sla.actions import cancel_clock, meet_clock, pause_clock, reopen_clock, resume_clock, start_clock
from sla.clocks import RESTART
from sla.models import Clock

ON_HOLD = "order_on_hold"  # why a clock stands still, where no person said it


def lock_ticket(ticket):
    """The ticket as it is now, locked. Its clocks are locked first, as the sweep does it: no deadlock."""
    names = ("response_clock_id", "resolution_clock_id", "queue_clock_id")
    ids = Ticket.objects.filter(pk=ticket.pk).values_list(*names).get()
    clocks = Clock.objects.select_for_update(of=("self",)).filter(pk__in=[i for i in ids if i]).order_by("pk")
    list(clocks.values_list("pk", flat=True))
    return Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)


def calendar_of(ticket):
    """The department's own working hours, else the company's, else None: every second counts."""
    department = ticket.department
    return (department and department.calendar) or ticket.scope.company.calendar


def start_clocks(ticket, at):
    """A budget to the first human answer and one to the solution, the latter with the kind's chain as levels."""
    kind, common = ticket.kind, {"calendar": calendar_of(ticket), "scope": ticket.scope, "at": at}
    ticket.response_clock = start_clock(
        kind=Clock.BUDGET, label=f"{ticket.number} response", budget_s=kind.response_s, **common
    )
    ticket.resolution_clock = start_clock(
        kind=Clock.BUDGET, label=f"{ticket.number} resolution", budget_s=kind.resolution_s,
        levels=chain_levels(kind.chain), **common,
    )
    ticket.due_at = ticket.resolution_clock.due_at


def enter_queue(ticket, at):
    """Nobody is there to be given it: the department has so much working time until its head hears of it."""
    if ticket.department is None:
        return
    if ticket.queue_clock:
        ticket.queue_clock = reopen_clock(clock=ticket.queue_clock, at=at, used=RESTART)
        return
    ticket.queue_clock = start_clock(
        kind=Clock.BUDGET, label=f"{ticket.number} queue", budget_s=ticket.department.queue_s,
        calendar=calendar_of(ticket), scope=ticket.scope, at=at,
    )
    ticket.save(update_fields=["queue_clock"])


def leave_queue(ticket, at):
    if _goes(ticket.queue_clock) or _stands(ticket.queue_clock):
        ticket.queue_clock = meet_clock(clock=ticket.queue_clock, at=at)


def _goes(clock):
    return clock is not None and clock.state in (Clock.RUNNING, Clock.BREACHED)


def _stands(clock):
    return clock is not None and clock.state == Clock.PAUSED


def chain_levels(chain):
    return [] if chain is None else list(chain.levels.values_list("number", "offset_s"))


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
        _follow(ticket, reopen_clock(clock=ticket.resolution_clock, at=at, used=RESTART))
        ticket.late_at = None


def _follow(ticket, clock):
    """The ticket's own due date is that of its clock: None while it waits."""
    ticket.resolution_clock, ticket.due_at = clock, clock.due_at
