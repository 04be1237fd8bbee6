from exceptions.models.chains import Chain, ChainLevel
from exceptions.models.knowledge import Article, ArticleVerdict
from exceptions.models.routing import RoutingRule
from exceptions.models.tickets import Ticket, TicketCounter, TicketEntry, TicketKind

__all__ = [
    "Article", "ArticleVerdict", "Chain", "ChainLevel", "RoutingRule", "Ticket", "TicketCounter", "TicketEntry",
    "TicketKind",
]
