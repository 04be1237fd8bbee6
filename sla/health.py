"""Do clocks fire when they are due, and how long after it?"""
from datetime import timedelta
from itertools import takewhile
from math import ceil

from kernel.health import Check
from sla.actions.sweep import overdue_clocks
from sla.models import ClockFire

LATELY = timedelta(hours=1)
MOST_LOOKED_AT = 5_000
LEAST, WARN_S = 20, 30  # of fewer fires a share says nothing; the loop looks each second, its backup each minute


def overdue(at):
    """The auditor: a clock due for five minutes that has not fired means that the sweep stands still."""
    count = overdue_clocks(at=at)
    return Check("clocks", count == 0, f"{count} overdue")


def lag(at):
    """Does the sweep come late, though it comes? Told, but no reason to take the hub for ill."""
    count, p99 = lag_lately(at)
    detail = f"{p99} s for 99 of 100 of the last {count}" if count else "nothing fired in an hour"
    return Check("clock_lag", count < LEAST or p99 <= WARN_S, detail, is_vital=False)


def lag_lately(at):
    """(how many fires of the last hour were looked at, by how many seconds 99 of 100 of them were late at most).

    The newest ones, read from the end of the table. What was due more than an hour before it fired is no lag: a date
    that had passed when the hub learned of it, or hours without any sweep, which the auditor tells of.
    """
    newest = ClockFire.objects.order_by("-pk").values_list("fired_at", "late_s")[:MOST_LOOKED_AT]
    lately = takewhile(lambda row: row[0] >= at - LATELY, newest)
    late = sorted(late_s for _fired_at, late_s in lately if late_s <= LATELY.total_seconds())
    return len(late), late[ceil(len(late) * 0.99) - 1] if late else 0


def figures(at):
    yield "hub_clocks_overdue", "Clocks due for five minutes that have not fired", {}, overdue_clocks(at=at)
    yield "hub_clock_lag_seconds", "Seconds after its instant by which 99 of 100 levels of the last hour had fired", {
        "quantile": "0.99"}, lag_lately(at)[1]
