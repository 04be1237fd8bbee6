from orders.models.authority import AuthorityRank, AuthorityVersion
from orders.models.events import Event
from orders.models.materials import BomRevision, Material, StockLevel
from orders.models.order import Order, OrderLine, OrderShare, SearchTerm
from orders.models.parties import CustomerTier, Party, PartyContact, PartyRole
from orders.models.reference import HoldKind, OrderKind, SourceSystem
from orders.models.sources import ExternalKey, SourceRecord

__all__ = [
    "AuthorityRank", "AuthorityVersion", "BomRevision", "CustomerTier", "Event", "ExternalKey", "HoldKind", "Material",
    "Order", "OrderKind", "OrderLine", "OrderShare", "Party", "PartyContact", "PartyRole", "SearchTerm",
    "SourceRecord", "SourceSystem", "StockLevel",
]
