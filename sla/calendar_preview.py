"""What would happen to open clocks and orders, were a calendar to change? Worked out, nothing is written."""
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from orders.models import Order
from sla import clocks
from sla.calendars import WorkTime
from sla.experience import newest_table
from sla.hours import order_time, works_for
from sla.models import Clock, Milestone
from sla.paths import load_paths, tiers_of
from sla.plan_preview import preview_of
from sla.recounting import COLUMNS, Times, alone, open_clocks

# Beyond these the preview says how many it looked at: it answers within a second or two, whatever the size of the hub.
MOST_CLOCKS, MOST_ORDERS, MOST_SHOWN = 20_000, 100, 10


@dataclass(frozen=True, slots=True)
class Shift:
    """One clock that would be due at another time. `turns`: "late", "in_time", "" for neither."""

    clock_id: int
    before: datetime
    after: datetime
    turns: str

    @property
    def seconds(self):
        return int((self.after - self.before).total_seconds())

    @property
    def earlier(self):
        return -self.seconds


@dataclass(frozen=True)
class Effects:
    """`shifts`: all clocks that move, of `looked` looked at and `open` there are; `orders`: Previews with moves."""

    open: int
    looked: int
    shifts: tuple
    orders: tuple
    orders_open: int
    orders_looked: int

    @property
    def later(self):
        return sum(one.after > one.before for one in self.shifts)

    @property
    def late(self):
        return sum(one.turns == "late" for one in self.shifts)

    @property
    def in_time(self):
        return sum(one.turns == "in_time" for one in self.shifts)

    @property
    def first(self):
        return min(one.after for one in self.shifts)

    @property
    def last(self):
        return max(one.after for one in self.shifts)

    @property
    def turning(self):
        return sum(one.turns_late for one in self.orders)

    @property
    def examples(self):
        """Those that turn late first, then those that move most."""
        order = sorted(self.shifts, key=lambda one: (one.turns != "late", -abs(one.seconds), one.clock_id))
        return order[:MOST_SHOWN]


def effects_of(calendar, working_time, user, at):
    """Effects of a change of this calendar to `working_time` (kernel.working_time.WorkingTime).

    On clocks and orders this person may see; orders the latest first.
    """
    work = WorkTime(working_time, calendar.version + 1)
    found = open_clocks(calendar.pk).visible_to(user).filter(alone())
    times = [Times(*row) for row in found.order_by("pk").values_list(*COLUMNS)[:MOST_CLOCKS]]
    count = len(times) if len(times) < MOST_CLOCKS else found.count()
    shifts = [shift for one in times if (shift := _shift(one, at, work))]
    orders, orders_open = _orders(calendar, user)
    previews = _previews(orders, calendar, work, at)
    return Effects(
        count, len(times), tuple(shifts), tuple(one for one in previews if one.moves), orders_open, len(orders))


def _shift(one, at, work):
    due = one.due_at
    was_late = one.state == Clock.BREACHED or due is not None and due <= at
    clocks.recount(one, at, work)
    if one.due_at == due:
        return None
    is_late = one.state == Clock.BREACHED or one.due_at <= at
    return Shift(one.id, due, one.due_at, "" if is_late == was_late else "late" if is_late else "in_time")


def _orders(calendar, user):
    """(the first orders with an open clock of the calendar, those with most to lose first; how many there are)."""
    mine = Order.objects.visible_to(user).filter(
        Exists(open_clocks(calendar.pk).filter(milestone__order=OuterRef("pk"))), is_open=1, archived_at=None)
    rows = list(mine.select_related("kind", "company", "plant", "customer").order_by("-lateness", "pk")[:MOST_ORDERS])
    return rows, len(rows) if len(rows) < MOST_ORDERS else mine.count()


def _previews(orders, calendar, work, at):
    paths, tiers, table, kept = load_paths(), tiers_of(orders), newest_table(), {}
    rows = Milestone.objects.filter(order__in=orders).select_related("node__department", "clock")
    for one in rows.order_by("sequence"):
        kept.setdefault(one.order_id, []).append(one)
    path_of = {pk: paths[rows[0].node.plan_id] for pk, rows in kept.items()}
    nodes = [node for path in path_of.values() for node in path.rows.values()]
    works = works_for(orders, nodes) | {calendar.pk: work}
    return [
        preview_of(
            order, path, kept[order.pk], [], order_time(order, path.rows.values(), works), at,
            (table, tiers.get(order.customer_id)))
        for order in orders if (path := path_of.get(order.pk))
    ]
