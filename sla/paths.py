"""Which milestone plan does an order follow?"""
from dataclasses import dataclass

from orders.models import PartyRole
from sla.milestones import Node
from sla.models import MilestonePlan


@dataclass(frozen=True)
class Path:
    """One plan as rows and as pure nodes: {code: MilestoneNode row}, [milestones.Node]."""

    plan: MilestonePlan
    rows: dict
    nodes: tuple


def load_paths():
    """Every plan version there is, {id: Path}; two queries."""
    return {plan.pk: _path(plan) for plan in MilestonePlan.objects.prefetch_related("nodes__department")}


def _path(plan):
    rows = {row.code: row for row in plan.nodes.all()}
    nodes = tuple(
        Node(row.code, row.sequence, row.fact, row.anchor, row.offset, row.unit, row.kind) for row in rows.values()
    )
    return Path(plan, rows, nodes)


def exactness(plan):
    """Plans in the order in which an order prefers them: for its kind and tier, its kind, its tier, for all."""
    return (not (plan.kind_id and plan.tier_id), not plan.kind_id, not plan.tier_id)


def path_for(order, tier_id, paths):
    """The most exact current plan: (kind, tier) > kind > tier > default; None when there is none with nodes."""
    current = [path for path in paths.values() if path.plan.is_current and path.nodes]
    for kind, tier in ((order.kind_id, tier_id), (order.kind_id, None), (None, tier_id), (None, None)):
        for path in current:
            if (path.plan.kind_id, path.plan.tier_id) == (kind, tier):
                return path
    return None


def tiers_of(orders):
    """{customer id: tier id} of these orders' customers; one query."""
    customers = {order.customer_id for order in orders if order.customer_id}
    return dict(
        PartyRole.objects.filter(party__in=customers, role=PartyRole.CUSTOMER, tier__isnull=False)
        .values_list("party", "tier")
    ) if customers else {}
