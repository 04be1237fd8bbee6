"""Who takes over the tickets of somebody who left, and who hears that an order is shared with them?"""
from exceptions.actions import assign_ticket
from exceptions.actions.opening import hand_out
from exceptions.models import Ticket
from exceptions.telling import tell
from exceptions.ticket_clocks import lock_ticket
from kernel.errors import Refusal
from kernel.models import User
from orders.models import OrderShare


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
    ticket = lock_ticket(ticket)
    ticket.assignee = None
    if ticket.state != Ticket.WAITING:  # what waits for somebody else goes on waiting, its time stands still
        ticket.state = Ticket.NEW
    ticket.save(update_fields=["assignee", "state"])
    hand_out(ticket, at)


def tell_of_share(news):
    """order.shared: the person hears of it, with the order's page."""
    shares = OrderShare.objects.filter(pk__in=[one.key for one in news]).select_related("order", "person", "shared_by")
    for share in shares.order_by("pk"):
        number, by = share.order.number, share.shared_by
        tell(
            [share.person], key=f"shared:{share.pk}", kind="order.shared",
            text_en=f"Order {number} is shared with you" + (f" by {by}" if by else ""),
            text_zh=f"{by} 向您共享了订单 {number}" if by else f"订单 {number} 已共享给您",
            link=share.order.address, scope_id=share.order.scope_id, at=news[0].at,
        )
