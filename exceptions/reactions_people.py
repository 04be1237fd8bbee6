"""Who takes over the tickets of somebody who left?"""
from exceptions.actions import assign_ticket
from exceptions.actions.opening import hand_out
from exceptions.models import Ticket
from kernel.errors import Refusal
from kernel.models import User


def hand_over_tickets(news):
    """news `person.deactivated`: each open ticket goes to the named person, else back to its department."""
    for item in news:
        to = User.objects.filter(pk=item.data[0]).first() if item.data and item.data[0] else None
        mine = Ticket.objects.filter(assignee_id=item.key, state__in=Ticket.OPEN_STATES).order_by("pk")
        for ticket in mine:
            _hand_over(ticket, to, item.at)


def _hand_over(ticket, to, at):
    try:
        if to is not None:
            assign_ticket(ticket=ticket, to=to, by=None, at=at)
            return
    except Refusal:  # may not see it, or does not work on tickets: the department finds somebody who does
        pass
    ticket.assignee, ticket.state = None, Ticket.NEW
    ticket.save(update_fields=["assignee", "state"])
    hand_out(ticket, at)
