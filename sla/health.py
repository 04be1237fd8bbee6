"""Do clocks fire when they are due?"""
from kernel.health import Check
from sla.actions.sweep import overdue_clocks


def overdue(at):
    """The auditor: a clock due for five minutes that has not fired means that the sweep stands still."""
    count = overdue_clocks(at=at)
    return Check("clocks", count == 0, f"{count} overdue")


def figures(at):
    yield "hub_clocks_overdue", "Clocks due for five minutes that have not fired", {}, overdue_clocks(at=at)
