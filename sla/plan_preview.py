"""What would move were open orders to follow this version of their plan? Worked out, nothing is written."""
from dataclasses import dataclass
from datetime import datetime

from orders.models import Order
from sla.actions.planning import judged
from sla.experience import newest_table
from sla.hours import order_time, works_for
from sla.models import Milestone
from sla.paths import load_paths, tiers_of
from sla.reapplying import followers, repinned

MOST_SHOWN = 100
OPEN = (Milestone.WAITING, Milestone.RUNNING, Milestone.LATE)


@dataclass(frozen=True, slots=True)
class Move:
    """What would change of one open node: its date, or that it comes or goes (one of the dates is None then)."""

    node: object
    before: datetime | None
    after: datetime | None
    comes: bool = False
    goes: bool = False

    @property
    def seconds(self):
        return int((self.after - self.before).total_seconds()) if self.before and self.after else 0

    @property
    def earlier(self):
        return -self.seconds


@dataclass(frozen=True, slots=True)
class Preview:
    """One order with the Moves of its open nodes; `becomes` is its lateness then, see orders.models.order.LATENESS."""

    order: Order
    moves: tuple
    becomes: int

    @property
    def turns_late(self):
        return self.becomes > self.order.lateness


def previews(plan, user, at, most=MOST_SHOWN):
    """[Preview, …] of the first orders this person may see, those with most to lose first."""
    path = load_paths().get(plan.pk)
    if path is None or not path.plan.is_current:
        return []
    mine = Order.objects.visible_to(user).filter(pk__in=followers(plan).values("pk"))
    orders = list(mine.select_related("kind", "company", "plant", "customer").order_by("-lateness", "pk")[:most])
    kept, dropped = repinned(orders, path)
    nodes = path.rows.values()
    works, tiers, table = works_for(orders, nodes), tiers_of(orders), newest_table()
    return [
        preview_of(
            order, path, _of(order, kept), _of(order, dropped), order_time(order, nodes, works), at,
            (table, tiers.get(order.customer_id)),
        )
        for order in orders
    ]


def _of(order, milestones):
    return [one for one in milestones if one.order_id == order.pk]


def preview_of(order, path, kept, dropped, time, at, learned):
    """The Preview of an order whose milestones `kept` are counted by this path and OrderTime; `dropped` go away."""
    dates = {one.node.code: one.planned_at for one in kept}
    rows, late = judged(order, path, {one.node.code: one for one in kept}, time, at, learned)
    moves = [
        Move(row.node, dates.get(row.node.code), row.planned_at, comes=row.node.code not in dates)
        for row in rows if row.state in OPEN and (row.node.code not in dates or row.planned_at != dates[row.node.code])
    ]
    moves += [Move(one.node, one.planned_at, None, goes=True) for one in dropped if one.state in OPEN]
    return Preview(order, tuple(moves), late["lateness"])
