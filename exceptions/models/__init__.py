from exceptions.models.chains import Chain, ChainLevel
from exceptions.models.knowledge import Article
from exceptions.models.routing import RoutingRule
from exceptions.models.tickets import Ticket, TicketCounter, TicketEntry, TicketKind

__all__ = [
    "Article", "Chain", "ChainLevel", "RoutingRule", "Ticket", "TicketCounter", "TicketEntry", "TicketKind",
]
