"""How many tickets wait, and how many are past their time?"""
from exceptions.models import Ticket


def figures(at):
    open_ones = Ticket.objects.filter(state__in=Ticket.OPEN_STATES)
    yield "hub_tickets_open", "Open tickets", {}, open_ones[:100_000].count()
    yield "hub_tickets_overdue", "Open tickets past their time", {}, open_ones.filter(due_at__lt=at)[:100_000].count()
