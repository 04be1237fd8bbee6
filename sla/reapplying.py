"""Which open orders began with another version of their plan, and which of their nodes has this one too?"""
from django.db.models import Exists, OuterRef, Q

from orders.models import Order, PartyRole
from sla.models import Milestone, MilestonePlan
from sla.paths import exactness, load_paths


def followers(plan):
    """Open orders that would begin with this plan today and follow another version or plan."""
    found = Order.objects.filter(_is_for(plan), is_open=1, archived_at=None)
    for other in MilestonePlan.objects.filter(is_current=True, nodes__isnull=False).distinct():
        if exactness(other) < exactness(plan):
            found = found.exclude(pk__in=Order.objects.filter(_is_for(other), is_open=1).values("pk"))
    elsewhere = Milestone.objects.filter(order=OuterRef("pk")).exclude(node__plan=plan)
    return found.filter(Exists(elsewhere))


def _is_for(plan):
    """The condition that an order is of the plan's kind and customer, or of a customer of its tier."""
    said = Q(kind=plan.kind_id) if plan.kind_id else Q()
    if plan.customer_id:
        said &= Q(customer=plan.customer_id)
    if plan.tier_id:
        customers = PartyRole.objects.filter(role=PartyRole.CUSTOMER, tier=plan.tier_id)
        said &= Q(customer__in=customers.values("party"))
    return said


def locked_followers(plan, order_ids):
    """(the orders among these ids that may follow the plan, locked by key; its Path, None when it is not in force)."""
    path = load_paths().get(plan.pk)
    if path is None or not path.plan.is_current:
        return [], None
    ids = sorted(followers(plan).filter(pk__in=order_ids).values_list("pk", flat=True))
    locked = Order.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=ids, is_open=1)
    return list(locked.order_by("pk")), path


def repinned(orders, path):
    """([Milestone, …] of these orders as nodes of `path`, changed in memory; [Milestone, …] that it has not)."""
    kept, dropped = [], []
    rows = Milestone.objects.filter(order__in=orders).exclude(node__plan=path.plan).select_related("node", "clock")
    for one in rows.order_by("order_id", "sequence"):
        node = path.rows.get(one.node.code)
        if node is None or node.fact != one.node.fact:
            dropped.append(one)
            continue
        one.node, one.sequence = node, node.sequence
        kept.append(one)
    return kept, dropped


def clocks_to_end(milestones):
    return [one.clock_id for one in milestones if one.clock_id]
