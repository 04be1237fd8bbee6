"""What do milestones add to an order's page and to its sentence?"""

from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.panels import Panel
from orders.choices import named
from orders.models.order import LATE
from sla.blocking import held_up_by, is_due_on_hold
from sla.boards import TRANSIT, may_know
from sla.expecting import expected_of
from sla.experience import newest_made_at
from sla.held_time import held_time
from sla.late_shares import late_shares
from sla.models import Milestone, MilestoneNode

SHOWN = (Milestone.WAITING, Milestone.RUNNING, Milestone.DONE, Milestone.LATE, Milestone.SKIPPED)


def order_path(order, user):
    """The path as a bar of nodes: planned, forecast, actual; late ones red with the reason."""
    if not user.has_perm("sla.view_milestone"):
        return None
    now = timezone.now()
    found = list(order.milestones.filter(state__in=SHOWN).select_related("node__department").order_by("sequence"))
    nodes = _nodes(found, order, user, now)
    late = any(one["tone"] == "late" for one in nodes)
    context = {"nodes": nodes, "order": order, "awaits": order.awaits_confirmation, "late": late}
    context["cause"] = _cause(order, found, user, now, order.late_node) if late else None
    context["expected"] = expected_of(order, found, now, shown=[one["row"] for one in nodes])
    context["learned_at"] = newest_made_at() if context["expected"] else None
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
    late = _late_of(order, rows, user, now)
    return Panel(_("Who held it how long"), "sla/held.html", {"held": held, "late": late}, anchor="held")


def _known_to(user, rows):
    return rows if user.has_perm("orders.see_transit") else [one for one in rows if one.node.fact != TRANSIT]


def _late_of(order, rows, user, now):
    """The LateShares of an order for this person; worked out once for one page, which says it in three places."""
    known = order.__dict__.setdefault("_late_of", {})
    hidden = frozenset(one.node.code for one in rows) - {one.node.code for one in _known_to(user, rows)}
    if hidden not in known:
        known[hidden] = late_shares(order, rows, now, hidden=hidden)
    return known[hidden]


def _cause(order, rows, user, now, acting):
    """The milestone that made an order late, where it is another one than `acting`, the node that is waited for."""
    late = _late_of(order, rows, user, now)
    chief = late.chief if late else None
    return chief if chief and chief.node.code != acting else None


def _nodes(found, order, user, now):
    held, told = held_up_by(found), set()
    nodes = [_shown(one, held.get(one.node.code), order, user, now) for one in _known_to(user, found)]
    for node in nodes:  # what they all wait for is said at the first of them
        node["says_why"] = node["waits"] and node["waits_for"] not in told
        told |= {node["waits_for"]} if node["waits"] else set()
    return nodes


def _shown(one, holding, order, user, now):
    """A node that is late because of another one is not late on its own: it waits for that one, or for the release."""
    tone = tone_of(one, now)
    on_hold = tone in ("late", "risk", "running") and is_due_on_hold(one, order)
    waits = tone == "late" and holding is not None and not on_hold
    return {
        "row": one, "tone": "waiting" if waits or on_hold else tone, "over": _over(one), "waits": waits,
        "on_hold": on_hold,
        "waits_for": may_know(holding, user) if waits else None,
        "forecast": one.forecast_at if (waits or tone == "waiting") and _is_ahead(one, order, now) else None,
        "slow": one.is_slow(now),
    }


def _is_ahead(one, order, now):
    return not order.is_held and not one.actual_at and one.forecast_at and one.forecast_at > now


def tone_of(milestone, now):
    """done | late | risk | running | waiting: which one look a node has by itself."""
    if milestone.state in (Milestone.DONE, Milestone.SKIPPED):
        return "done"
    if milestone.state == Milestone.LATE or (
        milestone.planned_at and milestone.planned_at < now and milestone.state == Milestone.RUNNING
    ):
        return "late"
    if milestone.is_slow(now):
        return "risk"
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
        **_told_cause(_cause(order, rows, user, known["now"], node.code) if order.lateness == LATE else None),
    }


def _told_cause(chief):
    if chief is None:
        return {}
    of = chief.node.department
    return {
        "cause_en": chief.node.name_en, "cause_zh": chief.node.name_zh,
        "cause_of_en": of.name_en if of else "", "cause_of_zh": of.name_zh if of else "",
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
