"""How many orders and nodes were done by the date they had, by kind, tier, department, node and week, and which not?

Counted is what was due within the asked weeks, by the date that held last. An order keeps its promise when it is
delivered by then; a node its date when it is passed by then. Left out: nodes passed without a record, what was
cancelled, and the open nodes of orders on hold, for which nothing is due.
"""
from collections import Counter, defaultdict

from django.db.models import Case, Count, DurationField, ExpressionWrapper, F, FilteredRelation, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from kernel.measures import (
    BAR,
    MOMENT,
    NUMBER,
    SHARE,
    TIME,
    Head,
    Row,
    Seconds,
    Share,
    Shown,
    Table,
    Tile,
    choices_among,
    period,
    span_of,
    trend_of,
    week_code,
    week_name,
    week_starts,
    week_words,
)
from kernel.models import Department
from orders.choices import choices
from orders.models import CustomerTier, Order, PartyRole
from sla.boards import TRANSIT
from sla.models import Milestone

MOST = 100
UNKNOWN = ""
OF_NODES = ("department", "node")  # filters that ask for nodes; orders are not of one department
JUDGED = (Milestone.RUNNING, Milestone.WAITING, Milestone.DONE, Milestone.LATE)


def attainment(user, asked, now):
    """The Shown of the page, for what this person may see."""
    names = _names(user)
    nodes = Counts(_counted(nodes_due(user, asked, now), "planned_at", NODE_KEPT, NODE_PARTS, asked, now), NODE_PARTS)
    asks_nodes = any(name in asked for name in OF_NODES)
    orders = None if asks_nodes else Counts(
        _counted(orders_due(user, asked, now), "promised_at", ORDER_KEPT, ORDER_PARTS, asked, now), ORDER_PARTS
    )
    first = None if asks_nodes else _by_first_promise(orders_due(user, asked, now))
    tables = [_weeks(orders, nodes, asked, now)]
    tables += [_split(part, title, orders, nodes, names, asked) for part, title in _splits()]
    tables.append(_late_nodes(user, asked, now, names) if asks_nodes else _late_orders(user, asked, now, names))
    return Shown(
        sentence=_sentence(orders, nodes, asked, now), tables=[one for one in tables if one.rows], as_of=now,
        tiles=_tiles(orders, nodes, first), trend=_trend(orders or nodes, asked, now), choices=_choices(names),
        named={"node": names["node"].get(asked.get("node")), "week": week_words(asked, now)},
        notes=[_("left out: passed without a record, cancelled, on hold")],
    )


# --- what was due ---------------------------------------------------------------------------------------

ORDER_KEPT = Q(actual_at__isnull=False, actual_at__lte=F("promised_at"))
NODE_KEPT = Q(actual_at__isnull=False, actual_at__lte=F("planned_at"))
ORDER_PARTS = {"kind": "kind__code", "tier": "role__tier__code"}
NODE_PARTS = {
    "kind": "order__kind__code", "tier": "role__tier__code", "department": "node__department__code",
    "node": "node__code",
}


def orders_due(user, asked, now):
    """Visible orders that were promised for an instant of the asked weeks that has passed."""
    start, end = span_of(asked, now)
    found = Order.objects.visible_to(user).filter(
        promised_at__gte=start, promised_at__lt=end, archived_at=None, joined_into=None, identity=Order.CONFIRMED
    )
    return _asked(found.exclude(commercial="cancelled"), asked, "")


def nodes_due(user, asked, now):
    """Visible nodes that were due at an instant of the asked weeks that has passed."""
    start, end = span_of(asked, now)
    found = Milestone.objects.visible_to(user).filter(
        planned_at__gte=start, planned_at__lt=end, state__in=JUDGED, order__archived_at=None, order__joined_into=None
    )
    on_hold = Q(actual_at=None) & (Q(order__held_at__isnull=False) | Q(order__commercial="held"))
    found = _asked(found.exclude(on_hold | Q(order__commercial="cancelled")), asked, "order__")
    if not user.has_perm("orders.see_transit"):
        found = found.exclude(node__fact=TRANSIT)
    if "department" in asked:
        found = found.filter(node__department__code=asked["department"])
    return found.filter(node__code=asked["node"]) if "node" in asked else found


def _asked(found, asked, order):
    condition = Q(**{f"{order}customer__roles__role": PartyRole.CUSTOMER})
    found = found.annotate(role=FilteredRelation(f"{order}customer__roles", condition=condition))
    paths = {"plant": f"{order}plant__code", "kind": f"{order}kind__code", "tier": "role__tier__code"}
    return found.filter(**{paths[name]: asked[name] for name in paths if name in asked})


# --- counting -------------------------------------------------------------------------------------------


def _counted(found, moment, kept, parts, asked, now):
    """One query: rows (week's place, a code per part …, kept, of)."""
    starts = week_starts(asked, now)
    weeks = [
        When(**{f"{moment}__lt": end}, then=Value(place)) for place, end in enumerate([*starts[1:], now])
    ]
    rows = found.order_by().annotate(place=Case(*weeks, default=Value(len(starts) - 1)))
    rows = rows.values("place", *parts.values()).annotate(kept=Count("pk", filter=kept), whole=Count("pk"))
    return list(rows.values_list("place", *parts.values(), "kept", "whole"))


class Counts:
    """Rows of `_counted`, put together by one part at a time."""

    def __init__(self, rows, parts):
        self.rows, self.parts = rows, ["week", *parts]

    def has(self, part):
        return part in self.parts

    def by(self, part):
        """{code: Share}."""
        place, kept, of = self.parts.index(part), Counter(), Counter()
        for row in self.rows:
            code = UNKNOWN if row[place] is None else row[place]
            kept[code] += row[-2]
            of[code] += row[-1]
        return defaultdict(lambda: Share(0, 0), {code: Share(kept[code], of[code]) for code in of})

    @property
    def whole(self):
        return Share(sum(row[-2] for row in self.rows), sum(row[-1] for row in self.rows))


def _by_first_promise(found):
    first = Coalesce("promised_original_at", "promised_at")
    counts = found.order_by().aggregate(
        kept=Count("pk", filter=Q(actual_at__isnull=False, actual_at__lte=first)), whole=Count("pk")
    )
    return Share(counts["kept"], counts["whole"])


# --- words and tables -----------------------------------------------------------------------------------


def _splits():
    return (
        ("kind", _("By order kind")), ("tier", _("By customer tier")), ("department", _("By department")),
        ("node", _("By node")),
    )


def _heads(first, orders):
    of_orders = (Head(_("Orders due"), NUMBER), Head(_("Orders kept"), NUMBER), Head(_("Share of orders"), SHARE))
    of_nodes = (Head(_("Nodes due"), NUMBER), Head(_("Nodes kept"), NUMBER), Head(_("Share of nodes"), SHARE))
    return Head(first), *(of_orders if orders else ()), *of_nodes, Head("", BAR)


def _cells(orders, nodes):
    of_orders = () if orders is None else (orders.of, orders.kept, orders)
    return (*of_orders, nodes.of, nodes.kept, nodes, (nodes if orders is None else orders).permille)


def _weeks(orders, nodes, asked, now):
    # No order due is no reason to leave their columns out.
    of_nodes, of_orders = nodes.by("week"), None if orders is None else orders.by("week")
    rows = [
        Row((week_name(start, now), *_cells(None if of_orders is None else of_orders[place], of_nodes[place])),
            {"week": week_code(start)}, is_on=asked.get("week") == week_code(start))
        for place, start in enumerate(week_starts(asked, now))
        if of_nodes[place].of or (of_orders is not None and of_orders[place].of)
    ]
    return Table(_("By week"), _heads(_("Week from Monday"), orders is not None), rows[::-1])


def _split(part, title, orders, nodes, names, asked):
    """The parts with most that was not kept first."""
    shows_orders = orders is not None and orders.has(part)
    of_nodes = nodes.by(part)
    of_orders = orders.by(part) if shows_orders else None
    codes = sorted({*of_nodes, *(of_orders or ())}, key=lambda code: (
        -(of_orders or of_nodes)[code].of + (of_orders or of_nodes)[code].kept, str(code)))
    rows = [
        Row((names[part].get(code, code) or _("none said"),
             *_cells(of_orders[code] if shows_orders else None, of_nodes[code])),
            {part: code} if code else {}, is_on=asked.get(part) == code)
        for code in codes
    ]
    return Table(title, _heads(_title_of(part), shows_orders), rows)


def _title_of(part):
    return {"kind": _("Kind"), "tier": _("Tier"), "department": _("Department"), "node": _("Node")}[part]


def _late_orders(user, asked, now, names):
    late = orders_due(user, asked, now).exclude(ORDER_KEPT).select_related("customer", "kind", "plant")
    rows = [
        Row((one.number, str(one.customer or ""), names["kind"].get(one.kind.code, ""), one.promised_at, one.actual_at,
             Seconds(int(one.over.total_seconds()))), address=one.address)
        for one in _most_late(late, "promised_at", now)
    ]
    heads = (
        Head(_("Order number")), Head(_("Customer")), Head(_("Kind")), Head(_("Promise"), MOMENT),
        Head(_("Actual"), MOMENT), Head(_("Late by"), TIME),
    )
    return Table(_("Orders not kept"), heads, rows, _at_most(rows))


def _late_nodes(user, asked, now, names):
    late = nodes_due(user, asked, now).exclude(NODE_KEPT).select_related("order__customer", "node")
    rows = [
        Row((one.order.number, str(one.order.customer or ""), one.node.name, one.planned_at, one.actual_at,
             Seconds(int(one.over.total_seconds()))), address=one.order.address)
        for one in _most_late(late, "planned_at", now)
    ]
    heads = (
        Head(_("Order number")), Head(_("Customer")), Head(_("Node")), Head(_("Planned"), MOMENT),
        Head(_("Actual"), MOMENT), Head(_("Late by"), TIME),
    )
    return Table(_("Nodes not kept"), heads, rows, _at_most(rows))


def _most_late(found, moment, now):
    over = ExpressionWrapper(Coalesce("actual_at", Value(now)) - F(moment), output_field=DurationField())
    return found.annotate(over=over).order_by("-over", "pk")[:MOST]


def _at_most(rows):
    return _("the latest %(count)s") % {"count": MOST} if len(rows) == MOST else ""


def _sentence(orders, nodes, asked, now):
    whole = (orders or nodes).whole
    if not whole.of and not nodes.whole.of:
        return _("Nothing was due in this period under this filter.")
    words = {
        "period": period(asked, now), "share": whole, "of": f"{whole.of:,}", "nodes": nodes.whole,
        "nodes_of": f"{nodes.whole.of:,}",
    }
    if orders is None:
        return _("%(period)s, nodes due: %(of)s, %(share)s passed by their date.") % words
    if not whole.of:
        return _("%(period)s: no order was due; nodes due: %(nodes_of)s, %(nodes)s passed by their date.") % words
    return _(
        "%(period)s, orders due: %(of)s, %(share)s delivered by their promise; nodes due: %(nodes_of)s, %(nodes)s"
        " passed by their date."
    ) % words


def _tiles(orders, nodes, first):
    of_nodes = Tile(nodes.whole, _("nodes by their date, of %(count)s") % {"count": f"{nodes.whole.of:,}"})
    if orders is None:
        return [of_nodes]
    kept = Tile(orders.whole, _("orders by their promise, of %(count)s") % {"count": f"{orders.whole.of:,}"})
    by_first = Tile(first, _("orders by their first promise, of %(count)s") % {"count": f"{first.of:,}"})
    return [kept, by_first, of_nodes]


def _trend(counts, asked, now):
    by_week = counts.by("week")
    shares = [by_week[place] for place in range(len(week_starts(asked, now)))]
    return trend_of(_("by week, from %(first)s of %(first_of)s to %(last)s of %(last_of)s"), shares)


def _names(user):
    found = choices()
    return {
        "kind": found.get("kind", {}), "plant": found.get("plant", {}), "node": found.get("node", {}),
        "tier": {one.code: one.name for one in CustomerTier.objects.order_by("rank")},
        "department": {one.code: one.name for one in Department.objects.order_by("code")},
    }


def _choices(names):
    labels = (
        ("plant", _("any plant")), ("kind", _("any kind")), ("tier", _("any tier")),
        ("department", _("any department")),
    )
    return choices_among(names, labels)
