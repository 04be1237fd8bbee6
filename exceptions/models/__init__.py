from exceptions.models.attachments import TicketAttachment
from exceptions.models.chains import Chain, ChainLevel
from exceptions.models.knowledge import Article, ArticlePosting, ArticleTerm, ArticleVerdict
from exceptions.models.routing import RoutingRule
from exceptions.models.tickets import Ticket, TicketCounter, TicketEntry, TicketKind
from exceptions.models.watchers import TicketWatcher

__all__ = [
    "Article", "ArticlePosting", "ArticleTerm", "ArticleVerdict", "Chain", "ChainLevel", "RoutingRule", "Ticket",
    "TicketAttachment", "TicketCounter", "TicketEntry", "TicketKind", "TicketWatcher",
]
