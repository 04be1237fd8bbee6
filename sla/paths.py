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
    """Plans in the order in which an order prefers them: for its customer (and kind), for its kind and tier, its kind,
    its tier, for all."""
    return (not plan.customer_id, not (plan.kind_id and (plan.tier_id or plan.customer_id)), not plan.kind_id,
            not plan.tier_id)


def suits(plan, order, tier_id):
    """Is the order of the plan's kind, and its customer the plan's or of the plan's tier?"""
    return (plan.kind_id in (None, order.kind_id) and plan.tier_id in (None, tier_id)
            and plan.customer_id in (None, order.customer_id))


def path_for(order, tier_id, paths):
    """The most exact plan in force that suits the order; None when there is none with nodes."""
    fitting = [path for path in paths.values() if path.plan.is_current and path.nodes
               and suits(path.plan, order, tier_id)]
    return min(fitting, key=lambda path: exactness(path.plan), default=None)


def tiers_of(orders):
    """{customer id: tier id} of these orders' customers; one query."""
    customers = {order.customer_id for order in orders if order.customer_id}
    return dict(
        PartyRole.objects.filter(party__in=customers, role=PartyRole.CUSTOMER, tier__isnull=False)
        .values_list("party", "tier")
    ) if customers else {}
