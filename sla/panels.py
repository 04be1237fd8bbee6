"""What do milestones add to an order's page and to its sentence?"""

from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.panels import Panel
from orders.choices import named
from sla.blocking import held_up_by, is_due_on_hold
from sla.boards import TRANSIT, may_know
from sla.held_time import held_time
from sla.late_shares import late_shares
from sla.models import Milestone, MilestoneNode

SHOWN = (Milestone.WAITING, Milestone.RUNNING, Milestone.DONE, Milestone.LATE, Milestone.SKIPPED)


def order_path(order, user):
    """The path as a bar of nodes: planned, forecast, actual; late ones red with the reason."""
    if not user.has_perm("sla.view_milestone"):
        return None
    nodes = _nodes(order, user, timezone.now())
    late = any(one["tone"] == "late" for one in nodes)
    context = {"nodes": nodes, "order": order, "awaits": order.awaits_confirmation, "late": late}
    return Panel(_("Path"), "sla/path.html", context, anchor="path")


def order_held(order, user):
    """Whose the order was how long: a bar and a table whose minutes sum to the time since the order date."""
    if not user.has_perm("sla.view_milestone") or order.awaits_confirmation:
        return None
    rows = list(order.milestones.filter(state__in=SHOWN).select_related("node__department").order_by("sequence"))
    known, now = _known_to(user, rows), timezone.now()
    held = held_time(order, known, now)
    if held is None:
        return None
    late = late_shares(order, rows, now, hidden={one.node.code for one in rows} - {one.node.code for one in known})
    return Panel(_("Who held it how long"), "sla/held.html", {"held": held, "late": late}, anchor="held")


def _known_to(user, rows):
    return rows if user.has_perm("orders.see_transit") else [one for one in rows if one.node.fact != TRANSIT]


def _nodes(order, user, now):
    found = list(order.milestones.filter(state__in=SHOWN).select_related("node__department").order_by("sequence"))
    held = held_up_by(found)
    return [_shown(one, held.get(one.node.code), order, user, now) for one in _known_to(user, found)]


def _shown(one, holding, order, user, now):
    """A node that is late because of another one is not late on its own: it waits for that one, or for the release."""
    tone = tone_of(one, now)
    on_hold = tone in ("late", "risk", "running") and is_due_on_hold(one, order)
    waits = tone == "late" and holding is not None and not on_hold
    return {
        "row": one, "tone": "waiting" if waits or on_hold else tone, "over": _over(one), "waits": waits,
        "on_hold": on_hold,
        "waits_for": may_know(holding, user) if waits else None,
    }


def tone_of(milestone, now):
    """done | late | risk | running | waiting: which one look a node has by itself."""
    if milestone.state in (Milestone.DONE, Milestone.SKIPPED):
        return "done"
    if milestone.state == Milestone.LATE or (
        milestone.planned_at and milestone.planned_at < now and milestone.state == Milestone.RUNNING
    ):
        return "late"
    if milestone.planned_at and milestone.forecast_at and milestone.forecast_at > max(milestone.planned_at, now):
        return "risk"
    return "running" if milestone.state == Milestone.RUNNING else "waiting"


def _over(milestone):
    """By how many seconds a node that is done was late; 0 when it was not."""
    if not milestone.actual_at or not milestone.planned_at:
        return 0
    return max(0, int((milestone.actual_at - milestone.planned_at).total_seconds()))


def order_sentence(order, user, known):
    """The node the order waits for, since when, until when, and whose it is."""
    rows = list(order.milestones.filter(state__in=SHOWN).select_related("node__department").order_by("sequence"))
    ahead = _ahead(rows)
    if not ahead:
        return None
    node = ahead[0].node
    department = node.department
    return {
        "node_en": node.name_en,
        "node_zh": node.name_zh,
        "node_fact": node.fact,
        "node_due_at": ahead[0].planned_at,
        # At risk for a node that nobody was warned about: the path does not fit before the promise.
        "is_short": any(row.node.code == order.late_node and not row.warned_at for row in rows),
        "waiting_since": max(
            (row.actual_at for row in rows if row.actual_at and row.sequence < ahead[0].sequence), default=None
        ),
        "department_en": department.name_en if department else "",
        "department_zh": department.name_zh if department else "",
    }


def _ahead(rows):
    """What the order waits for: the late node in the way, or what holds the late ones up; else what is under way."""
    held, late = held_up_by(rows), [row for row in rows if row.state == Milestone.LATE]
    holding = [row for row in late if row.node.code not in held] or [held[row.node.code] for row in late]
    under_way = [row for row in rows if row.state == Milestone.RUNNING]
    return holding or under_way or [row for row in rows if row.state == Milestone.WAITING]


def node_names():
    """The nodes of the plans in force, for lists that name an order's next node."""
    return named(MilestoneNode.objects.filter(plan__is_current=True), "node")
