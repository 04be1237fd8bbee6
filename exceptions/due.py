"""Which of a ticket's two clocks is due next, the first response or the resolution, and has either run out?"""
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext as _

from sla.models import Clock

UNMET = (Clock.RUNNING, Clock.BREACHED)
RESPONSE, RESOLUTION = "response", "resolution"


def overdue():
    """The condition for a ticket's row: its resolution or its first response is overdue."""
    return Q(late_at__isnull=False) | Q(response_clock__state=Clock.BREACHED)


def next_due():
    """The nearer of the two instants in SQL: that of the first response while nobody has given it."""
    sooner = Q(due_at=None) | Q(response_clock__due_at__lt=F("due_at"))
    awaited = Q(sooner, response_clock__state__in=UNMET, response_clock__due_at__isnull=False)
    return Case(When(awaited, then=F("response_clock__due_at")), default=F("due_at"))


def tell_due(tickets):
    """Put next_due_at, next_due_for (RESPONSE, RESOLUTION or ""), next_due_word, response_due_at and is_late on each.

    Load both clocks. What is no longer open, or waits, has nothing due.
    """
    for ticket in tickets:
        clock = ticket.response_clock
        runs = clock is not None and clock.state in UNMET and ticket.is_open
        ticket.response_due_at = clock.due_at if runs else None
        ticket.response_is_late = runs and clock.state == Clock.BREACHED
        ticket.is_late = bool(ticket.late_at) or ticket.response_is_late
        ticket.next_due_at, ticket.next_due_for = _nearer(ticket)
        ticket.next_due_word = {RESPONSE: _("first response"), RESOLUTION: _("resolution")}.get(ticket.next_due_for, "")


def _nearer(ticket):
    both = [(ticket.response_due_at, RESPONSE), (ticket.due_at, RESOLUTION)]
    running = ticket.is_open and ticket.state != ticket.WAITING
    return min((one for one in both if one[0]), default=(None, "")) if running else (None, "")
