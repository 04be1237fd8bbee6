"""Which milestones count down, node by node, the soonest due first, and which wait for another one?"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from functools import reduce
from operator import or_

from django.db.models import Count, Q

from kernel.models import Department, Plant
from orders.choices import named, of
from orders.models import CustomerTier, OrderKind, PartyRole
from orders.words import FACTS
from sla.blocking import OPEN, PASSED, fell_due_on_hold, held_up_by, is_held_up, on_hold
from sla.calendars import work_times
from sla.expecting import expected_by_id
from sla.hours import calendar_id_of
from sla.models import Milestone
from sla.working_left import tell_work_left

PER_NODE = 12
LOOKED_AT = 3000
PATH = list(FACTS)
TRANSIT = "in_transit"  # a node for those with the right to see it
NAMED = ("department", "plant", "kind", "tier", "customer", "node")
WITHIN = {"8h": 8, "24h": 24, "3d": 72, "7d": 168}


@dataclass
class Column:
    """One node of the path: how many can be done now, how many of these are late, how many wait for another node.

    `late_on_hold`: how many of the late ones were late before their order was put on hold. `on_hold`: how many count
    down no more because their order is on hold. `count`, `held` and `on_hold` have no milestone in common. `rows` are
    the soonest of those that can be done, then of those that wait, then of those on hold.
    """

    node: object
    count: int = 0
    late: int = 0
    late_on_hold: int = 0
    held: int = 0
    on_hold: int = 0
    rows: list = field(default_factory=list)

    @property
    def total(self):
        return self.count + self.held + self.on_hold

    @property
    def late_unseen(self):
        return max(self.late - len(self.rows), 0)


def counting_down(user):
    """Visible milestones that are under way or late, of open orders."""
    found = Milestone.objects.visible_to(user).filter(state__in=[Milestone.RUNNING, Milestone.LATE], order__is_open=1)
    found = found.annotate(is_held_up=is_held_up(), is_on_hold=on_hold())
    # What was late before its order was put on hold stays late; the rest of a held order stands still.
    found = found.annotate(stands_still=fell_due_on_hold() | Q(is_on_hold=True, is_held_up=True))
    return found if user.has_perm("orders.see_transit") else found.exclude(node__fact=TRANSIT)


def read_asked(get):
    """{name: value} of the board's filters that are allowed and given."""
    asked = {name: said for name in NAMED if (said := get.get(name, "").replace("\x00", "").strip()[:40])}
    for name in ("late", "warned"):
        if get.get(name) == "1":
            asked[name] = "1"
    if get.get("within") in WITHIN:
        asked["within"] = get["within"]
    return asked


def filtered(queryset, asked, now):
    paths = {
        "department": "node__department__code",
        "plant": "order__plant__code",
        "kind": "order__kind__code",
        "node": "node__code",
    }
    for name, path in paths.items():
        if name in asked:
            queryset = queryset.filter(**{path: asked[name]})
    if "tier" in asked:
        of_tier = PartyRole.objects.filter(role=PartyRole.CUSTOMER, tier__code=asked["tier"])
        queryset = queryset.filter(order__customer__in=of_tier.values("party"))
    if "customer" in asked:
        queryset = queryset.filter(_of_customer(asked["customer"]))
    if "late" in asked:
        queryset = queryset.filter(is_late(now), READY)
    if "warned" in asked:
        queryset = queryset.filter(is_warned(now))
    if "within" in asked:  # what is late already is shown as that
        until = now + timedelta(hours=WITHIN[asked["within"]])
        queryset = queryset.filter(~is_late(now), planned_at__lte=until, stands_still=False)
    return queryset


def _of_customer(text):
    """By code, or by a part of the name."""
    names = ("name", "short_name")
    return reduce(or_, (Q(**{f"order__customer__{one}__icontains": text}) for one in names)) | Q(
        order__customer__code=text)


READY = Q(is_held_up=False, stands_still=False)


def is_late(now):
    return Q(state=Milestone.LATE) | Q(planned_at__lt=now)


def is_warned(now):
    """Its department has been warned of it, it can be done, and it is not late yet."""
    return Q(warned_at__isnull=False, state=Milestone.RUNNING, planned_at__gte=now) & READY


def due_soon_in(user, department, now):
    """Of a department: the milestones this person's board shows under that filter."""
    return filtered(counting_down(user), {"department": department.code, "warned": "1"}, now)


def choices():
    """{what: {code: name}} of what the board can be narrowed to; one query."""
    return of(
        named(Department.objects.all(), "department"), named(Plant.objects.all(), "plant"),
        named(OrderKind.objects.all(), "kind"), named(CustomerTier.objects.all(), "tier"),
    )


def columns(user, asked, now, per_node=PER_NODE, expects=False):
    """Columns in the order of the path. Counts are of everything under the filters, rows the soonest of each.

    A row that waits says for which node in `waits_for`: a Milestone, or None where this person may not know it. With
    `expects` each has its sla.expecting.Expected, or None, in `expected`.
    """
    found = filtered(counting_down(user), asked, now)
    counts = (
        found.order_by()
        .values("node__code")
        .annotate(
            ready=Count("pk", filter=READY),
            late=Count("pk", filter=is_late(now) & READY),
            late_on_hold=Count("pk", filter=is_late(now) & READY & Q(is_on_hold=True)),
            held=Count("pk", filter=Q(is_held_up=True, stands_still=False)),
            on_hold=Count("pk", filter=Q(stands_still=True)),
        )
    )
    rows = (
        found.select_related("node", "order__customer", "order__kind", "order__plant", "order__company", "clock")
        .only(
            "state",
            "planned_at",
            "forecast_at",
            "slow_at",
            "sequence",
            "clock__calendar",
            "node__code",
            "node__fact",
            "node__name_en",
            "node__name_zh",
            "order__number",
            "order__customer__name",
            "order__customer__short_name",
            "order__kind__code",
            "order__kind__name_en",
            "order__kind__name_zh",
            "order__plant__calendar",
            "order__company__calendar",
            "order__is_open",
            "order__held_at",
            "order__commercial",
            "order__expedited_at",
            "order__late_reason_en",
            "order__late_reason_zh",
            "order__lateness",
        )
        .order_by("stands_still", "is_held_up", "planned_at", "pk")
    )
    by_code = _first_of_each(rows, counts, per_node)
    shown = [row for rows in by_code.values() for row in rows]
    works = work_times({*map(_calendar_of, shown), *(calendar_id_of(row.order) for row in shown)})
    with_time_left(shown, now, works)
    paths = paths_of({row.order_id for row in shown if expects or _waits(row)})
    tell_what_is_waited_for(shown, user, paths)
    orders = {row.order_id: row.order for row in shown} if expects else {}
    expected = expected_by_id(list(orders.values()), paths, now, works)
    for row in shown:
        row.expected = expected.get(row.pk)
    found = [
        Column(rows[0].node, one["ready"], one["late"], one["late_on_hold"], one["held"], one["on_hold"], rows)
        for one in counts
        if (rows := by_code[one["node__code"]])
    ]
    return sorted(found, key=_place)


def with_time_left(rows, now, works=None):
    """The milestones as a list, each with the words of its `work_left` (sla.working_left). Load their clock."""
    rows = list(rows)
    tell_work_left(rows, now, due=_counts_until, calendar=_calendar_of, works=works)
    return rows


def _counts_until(row):
    stands = row.is_held_up or row.stands_still
    return None if stands or row.clock is None else row.planned_at


def _calendar_of(row):
    return row.clock.calendar_id if row.clock else None


def _first_of_each(rows, counts, per_node):
    """{node code: its first `per_node` rows}: of the soonest of all, and one by one for a node they leave short."""
    by_code = defaultdict(list)
    for row in rows[:LOOKED_AT]:
        if len(by_code[row.node.code]) < per_node:
            by_code[row.node.code].append(row)
    for one in counts:
        code = one["node__code"]
        if len(by_code[code]) < min(per_node, one["ready"] + one["held"] + one["on_hold"]):
            by_code[code] = list(rows.filter(node__code=code)[:per_node])
    return by_code


def _waits(row):
    return row.is_held_up and not row.stands_still


def tell_what_is_waited_for(rows, user, paths=None):
    """Put `waits_for` on those of the rows that wait for another node; `paths`, where they are loaded already."""
    waiting = [row for row in rows if _waits(row)]
    found = paths_of({row.order_id for row in waiting}) if paths is None else paths
    for row in waiting:
        row.waits_for = may_know(held_up_by(found[row.order_id]).get(row.node.code), user)


def paths_of(order_ids):
    """{order id: [its milestones in the order of the path, with their nodes]}, but for what is cancelled."""
    found = defaultdict(list)
    if order_ids:
        nodes = Milestone.objects.filter(order__in=order_ids, state__in=[*OPEN, *PASSED]).select_related("node")
        for one in nodes.order_by("order_id", "sequence"):
            found[one.order_id].append(one)
    return found


def may_know(milestone, user):
    """The milestone, or None where this person may not see its node."""
    hidden = milestone is None or milestone.node.fact == TRANSIT and not user.has_perm("orders.see_transit")
    return None if hidden else milestone


def _place(column):
    """Plans have nodes of their own numbers; what they have in common is the order of the facts."""
    fact = column.node.fact
    return (PATH.index(fact) if fact in PATH else len(PATH), column.node.code)
