"""Between which nodes do the orders wait that this person may see, out of the newest summary (sla.actions.waits)?

Cells have a scope, so they are cut by the scopes a person sees; who sees all reads the cells of all scopes together.
"""
from collections import defaultdict

from django.utils.translation import gettext as _

from kernel.access import ALL, scope_ids
from kernel.measures import (
    BAR,
    NUMBER,
    SHARE,
    TIME,
    Head,
    Row,
    Seconds,
    Share,
    Shown,
    Table,
    choices_among,
    weeks_name,
)
from kernel.models import Department
from orders.choices import choices
from orders.models import Order
from orders.words import FACTS, STAGES, word
from sla.boards import TRANSIT
from sla.bottlenecks import START
from sla.models import MilestoneNode, WaitCell, WaitReading
from sla.waiting import figures, longest_of

READ = "sla.view_waitreading"  # may have the summary read anew
SIGN = "~"  # between the parts of an edge in an address
ORDERS = 20


def bottlenecks(user, asked, now):
    """The Shown of the page."""
    reading = WaitReading.objects.visible_to(user).filter(is_complete=True).order_by("-pk").first()
    names = _names()
    edges = _edges(_cells(user, reading, asked)) if reading else {}
    tables = [_table(kind, title, note, edges, names, asked) for kind, title, note in _kinds()]
    if "edge" in asked:
        tables.insert(0, _orders(user, edges, asked, names))
    return Shown(
        sentence=_sentence(reading, edges, names, asked), tables=[one for one in tables if one.rows],
        as_of=reading.made_at if reading else now, choices=_choices(names),
        named={"edge": _edge_name(asked.get("edge", ""), names)},
        notes=[_("by the clock, nights and days off included")],
        again="waits_read" if user.has_perm(READ) else "",
    )


def edge_code(kind, before, code):
    return SIGN.join((kind, before, code))


def _cells(user, reading, asked):
    days = int(asked["weeks"]) * 7
    found = WaitCell.objects.visible_to(user).filter(reading=reading, days__in=(0, days))
    is_all = user.is_superuser or scope_ids(user) is ALL
    found = found.filter(scope=None) if is_all else found.filter(scope__isnull=False)
    paths = {"plant": "plant__code", "kind": "order_kind__code", "department": "department__code"}
    found = found.filter(**{paths[name]: asked[name] for name in paths if name in asked})
    if not user.has_perm("orders.see_transit"):
        hidden = [TRANSIT, *MilestoneNode.objects.filter(fact=TRANSIT).values_list("code", flat=True).distinct()]
        found = found.exclude(from_code__in=hidden).exclude(to_code__in=hidden)
    return found.values_list("kind", "from_code", "to_code", "department__code", "cases", "waits", "longest")


def _edges(cells):
    """{(kind, from, to): {departments, longest, and the figures of sla.waiting}}."""
    seconds, cases, departments, longest = defaultdict(list), defaultdict(int), defaultdict(set), defaultdict(list)
    for kind, before, code, department, its, waits, most in cells.iterator(chunk_size=500):
        edge = kind, before, code
        seconds[edge] += waits
        cases[edge] += its
        departments[edge].add(department)
        longest[edge].append(most)
    return {
        edge: {"departments": departments[edge], "longest": longest_of(longest[edge], ORDERS)}
        | figures(seconds[edge], cases[edge]) for edge in seconds
    }


def _kinds():
    return (
        (WaitCell.ONWARD, _("From node to node"), ""),
        (WaitCell.NOW, _("Waiting now"), _("open orders, whatever the period")),
        (WaitCell.AGAIN, _("The same node again"), _("such as an inspection that was rejected and judged anew")),
        (WaitCell.BACK, _("Back to an earlier node"), ""),
    )


def _table(kind, title, note, edges, names, asked):
    found = {edge: its for edge, its in edges.items() if edge[0] == kind}
    whole = sum(its["sum_s"] for its in found.values())
    rows = []
    for edge, its in sorted(found.items(), key=lambda one: (-one[1]["sum_s"], one[0])):
        share = Share(its["sum_s"], whole)
        rows.append(Row(
            (_path(edge, names), _of(its["departments"], names), its["count"], its["cases"], Seconds(its["sum_s"]),
             share, Seconds(its["median_s"]), Seconds(its["p90_s"]), share.permille),
            {"edge": edge_code(*edge)}, is_on=asked.get("edge") == edge_code(*edge),
        ))
    heads = (
        Head(_("From, to")), Head(_("Department")), Head(_("Waits"), NUMBER), Head(_("Orders"), NUMBER),
        Head(_("In all"), TIME), Head(_("Share of the time"), SHARE), Head(_("Median"), TIME),
        Head(_("Nine of ten within"), TIME), Head("", BAR),
    )
    return Table(title, heads, rows, note)


def _orders(user, edges, asked, names):
    """The longest waits of one edge: those of orders this person may see."""
    its = edges.get(tuple(asked["edge"].split(SIGN)), {"longest": []})
    seconds = {order_id: waited for waited, order_id in its["longest"]}
    found = Order.objects.visible_to(user).filter(pk__in=seconds).select_related("customer", "kind")
    rows = [
        Row((one.number, str(one.customer or ""), one.kind.name, word(STAGES, one.stage), Seconds(seconds[one.pk])),
            address=one.address)
        for one in sorted(found, key=lambda one: (-seconds[one.pk], one.pk))
    ]
    heads = (
        Head(_("Order number")), Head(_("Customer")), Head(_("Kind")), Head(_("Stage")), Head(_("Waited"), TIME),
    )
    return Table(_("Longest waits: %(edge)s") % {"edge": _edge_name(asked["edge"], names)}, heads, rows)


def _path(edge, names):
    _kind, before, code = edge
    if before == code:
        return _node(code, names)
    return f"{_node(before, names)} → {_node(code, names)}"


def _node(code, names):
    if code == START:
        return _("Order placed")
    return names["node"].get(code) or (word(FACTS, code) if code in FACTS else word(STAGES, code))


def _of(departments, names):
    return ", ".join(names["department"].get(code, "") for code in sorted(filter(None, departments)))


def _edge_name(text, names):
    parts = text.split(SIGN)
    return _path(parts, names) if len(parts) == 3 else ""


def _sentence(reading, edges, names, asked):
    period = weeks_name(int(asked["weeks"]))
    if reading is None:
        return _("Nobody has read yet where orders wait; it is read every few hours.")
    onward = {edge: its for edge, its in edges.items() if edge[0] == WaitCell.ONWARD}
    if not onward:
        return _("%(period)s: no order passed a node under this filter.") % {"period": period}
    edge, its = max(onward.items(), key=lambda one: (one[1]["sum_s"], one[0]))
    words = {
        "period": period, "edge": _path(edge, names), "share": Share(its["sum_s"], sum(
            one["sum_s"] for one in onward.values())),
        "count": f"{its['count']:,}", "median": Seconds(its["median_s"]), "most": Seconds(its["p90_s"]),
    }
    return _(
        "%(period)s: %(share)s of all waiting lies at %(edge)s (waits: %(count)s, half within %(median)s, nine of ten"
        " within %(most)s)."
    ) % words


def _names():
    found = choices()
    return {
        "kind": found.get("kind", {}), "plant": found.get("plant", {}), "node": found.get("node", {}),
        "department": {one.code: one.name for one in Department.objects.order_by("code")},
    }


def _choices(names):
    labels = (("plant", _("any plant")), ("kind", _("any kind")), ("department", _("any department")))
    return choices_among(names, labels)

