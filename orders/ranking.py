"""Whose word counts for an axis, a fact or a field? Ranked systems per subject, as one named version."""
from dataclasses import dataclass, field

from orders.statement import AXES

FACT_AXIS = {
    "ordered": "commercial", "credit_checked": "commercial", "purchase_requested": "material",
    "mrp_run": "material", "material_received": "material", "dispatched": "production",
    "production_started": "production", "first_article": "production", "production_finished": "production",
    "qc_released": "quality", "packed": "logistics", "shipped": "logistics", "in_transit": "logistics",
    "delivered": "logistics", "invoiced": "finance", "paid": "finance",
}

# Roles of systems by subject while nobody has published an authority: version 0.
DEFAULT_ROLES = {
    "*": ("erp", "crm", "wms", "mes", "tms", "file"),
    "commercial": ("erp", "crm", "wms", "mes", "tms", "file"),
    "material": ("erp", "wms", "mes", "file"),
    "production": ("mes", "erp", "file"),
    "quality": ("mes", "wms", "erp", "file"),
    "logistics": ("tms", "wms", "erp", "file"),
    "finance": ("erp", "crm", "file"),
    "material_received": ("wms", "erp", "mes"),
    "packed": ("wms", "erp", "tms"),
    "shipped": ("wms", "erp", "tms"),
    "shipped_m": ("wms", "erp", "tms"),
    "bom_revision": ("erp", "mes"),
    "tier": ("crm", "erp"),
    "credit_limit_minor": ("crm", "erp"),
    "sales_team": ("crm", "erp"),
    "pack_m": ("wms", "erp"),
    "carrier_name": ("tms", "erp"),
}


@dataclass(frozen=True)
class Authority:
    """`ranks` maps a subject (axis, fact, field or "*") to system codes, the first believed first."""

    version: int = 0
    ranks: dict = field(default_factory=dict)

    def systems(self, subject):
        """The ranked systems of a subject: its own, else its axis', else those of everything."""
        ranks = self.ranks
        return ranks.get(subject) or ranks.get(FACT_AXIS.get(subject)) or ranks.get("*") or ()

    def sort(self, subject, systems):
        """These systems from the most to the least believed; unranked ones last, by name."""
        order = {code: rank for rank, code in enumerate(self.systems(subject))}
        return sorted(systems, key=lambda code: (order.get(code, len(order)), code))

    def choose(self, subject, said):
        """(system, unconfirmed) out of `said`, a non-empty dict by system."""
        ranked = self.systems(subject)
        first = next((code for code in ranked if code in said), None) or min(said)
        return first, bool(ranked) and ranked[0] != first


def default_ranks(systems):
    """Ranks by role for [(code, role)], used while no authority is published."""
    ranks = {}
    for subject, roles in DEFAULT_ROLES.items():
        found = [code for role in roles for code, its in sorted(systems) if its == role]
        if found:
            ranks[subject] = tuple(found)
    return ranks


SUBJECTS = (*AXES, *FACT_AXIS, "quantity_m", "amount_minor", "customer", "promised_at", "requested_at")
