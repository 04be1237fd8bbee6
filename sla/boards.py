"""Which milestones count down, node by node, the soonest due first?"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Count, Q

from orders.words import FACTS
from sla.models import Milestone

PER_NODE = 12
LOOKED_AT = 3000
PATH = list(FACTS)
TRANSIT = "in_transit"  # a node for those with the right to see it
WITHIN = {"8h": 8, "24h": 24, "3d": 72, "7d": 168}


@dataclass
class Column:
    """One node of the path with its soonest milestones, and how many there are in all."""

    node: object
    count: int = 0
    late: int = 0
    rows: list = field(default_factory=list)


def counting_down(user):
    """Visible milestones that are under way or late, of open orders."""
    found = Milestone.objects.visible_to(user).filter(state__in=[Milestone.RUNNING, Milestone.LATE], order__is_open=1)
    return found if user.has_perm("orders.see_transit") else found.exclude(node__fact=TRANSIT)


def read_asked(get):
    """{name: value} of the board's filters that are allowed and given."""
    asked = {name: get.get(name, "")[:40] for name in ("department", "plant", "kind", "node") if get.get(name)}
    if get.get("late") == "1":
        asked["late"] = "1"
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
    if "late" in asked:
        queryset = queryset.filter(is_late(now))
    if "within" in asked:  # what is late already is shown as that
        until = now + timedelta(hours=WITHIN[asked["within"]])
        queryset = queryset.filter(~is_late(now), planned_at__lte=until)
    return queryset


def is_late(now):
    return Q(state=Milestone.LATE) | Q(planned_at__lt=now)


def columns(user, asked, now, per_node=PER_NODE):
    """Columns in the order of the path. Counts are of everything under the filters, rows the soonest of each."""
    found = filtered(counting_down(user), asked, now)
    counts = (
        found.order_by()
        .values("node__code")
        .annotate(
            all=Count("pk"),
            late=Count("pk", filter=is_late(now)),
        )
    )
    rows = (
        found.select_related("node", "order__customer", "order__kind")
        .only(
            "state",
            "planned_at",
            "forecast_at",
            "sequence",
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
            "order__expedited_at",
            "order__late_reason_en",
            "order__late_reason_zh",
            "order__lateness",
        )
        .order_by("planned_at", "pk")[:LOOKED_AT]
    )
    by_code = defaultdict(list)
    for row in rows:
        if len(by_code[row.node.code]) < per_node:
            by_code[row.node.code].append(row)
    found = [
        Column(by_code[one["node__code"]][0].node, one["all"], one["late"], by_code[one["node__code"]])
        for one in counts
        if by_code[one["node__code"]]
    ]
    return sorted(found, key=_place)


def _place(column):
    """Plans have nodes of their own numbers; what they have in common is the order of the facts."""
    fact = column.node.fact
    return (PATH.index(fact) if fact in PATH else len(PATH), column.node.code)
