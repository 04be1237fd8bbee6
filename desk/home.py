"""What waits for this person, what is next and when, and which numbers matter?

Every figure is a Tile: its number and its link come from one filter, so the list behind has exactly that many rows.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from exceptions.models import Ticket
from exceptions.queue import Asked, tickets_for
from integrations.models import Connection, ParkedRow
from kernel.models import JobRun
from orders.listing import Filters, count_of
from orders.models import Order
from reconciliation.models import Difference
from reconciliation.panels import seen_by
from sla.boards import counting_down

CAP = 10_000


@dataclass(frozen=True)
class Tile:
    """A number, its words, its address and its tone ("late" | "risk" | "")."""

    count: int
    label: str
    link: str
    tone: str = ""


def tiles(user, now):
    """The numbers that matter to this person, each behind a permission."""
    found = []
    if user.has_perm("exceptions.view_ticket"):
        found += _ticket_tiles(user, now)
    if user.has_perm("orders.view_order"):
        found += _order_tiles(user, now)
    if user.has_perm("reconciliation.view_difference"):
        count = seen_by(user).filter(state__in=Difference.OPEN_STATES).values("pk")[: CAP + 1].count()
        found.append(Tile(count, _("differences open"), "/differences/?tab=open"))
    if user.has_perm("kernel.view_jobrun"):
        found += _door_tiles(user)
    return found


def _ticket_tiles(user, now):
    def count(**asked):
        return tickets_for(user, Asked(**asked), now).order_by().values("pk")[: CAP + 1].count()

    mine, late, soon = count(tab="mine"), count(tab="mine", late="1"), count(tab="mine", due="24h")
    found = [Tile(mine, _("tickets of mine"), "/tickets/?tab=mine")]
    if late:
        found.append(Tile(late, _("of them overdue"), "/tickets/?tab=mine&late=1", "late"))
    if soon:
        found.append(Tile(soon, _("of them due within 24 h"), "/tickets/?tab=mine&due=24h"))
    if user.department_id:
        overdue = count(tab="department", late="1")
        found.append(
            Tile(overdue, _("overdue in my department"), "/tickets/?tab=department&late=1", "late" if overdue else "")
        )
    if user.has_perm("exceptions.assign_ticket"):
        nobody = count(tab="unassigned")
        found.append(
            Tile(nobody, _("tickets nobody has taken"), "/tickets/?tab=unassigned", "risk" if nobody else "")
        )
    return found


def _order_tiles(user, now):
    late, risk, due = (Filters(late="late", open="1"), Filters(late="risk", open="1"), Filters(due="24h", open="1"))
    numbers = [count_of(user, one, now) for one in (late, risk, due)]
    return [
        *_provisional_tile(user, now),
        Tile(numbers[0], _("orders late"), f"/orders/?{late.query}", "late" if numbers[0] else ""),
        Tile(numbers[1], _("orders at risk"), f"/orders/?{risk.query}", "risk" if numbers[1] else ""),
        Tile(numbers[2], _("orders due within 24 h"), f"/orders/?{due.query}"),
    ]


def _provisional_tile(user, now):
    """For whoever may join orders: numbers that no authority knows are typing errors or orders nobody entered."""
    if not user.has_perm("orders.join_order"):
        return []
    asked = Filters(provisional="1", open="1")
    count = count_of(user, asked, now)
    return [Tile(count, _("provisional orders"), f"/orders/?{asked.query}", "risk")] if count else []


def _door_tiles(user):
    dead = JobRun.objects.visible_to(user).filter(state=JobRun.DEAD)[: CAP + 1].count()
    found = [Tile(dead, _("jobs given up"), "/jobs/?state=dead", "late" if dead else "")]
    if user.has_perm("integrations.view_parkedrow"):
        parked = ParkedRow.objects.visible_to(user).filter(state=ParkedRow.PARKED).values("pk")[: CAP + 1].count()
        found.append(Tile(parked, _("rows parked"), "/inbox/?state=parked", "risk" if parked else ""))
    return found


def my_tickets(user, limit=10):
    """What waits for me, the soonest due first; my department's when nothing is mine."""
    if not user.has_perm("exceptions.view_ticket"):
        return [], "mine"
    for tab in ("mine", "department", "unassigned"):
        if tab == "department" and not user.department_id:
            continue
        rows = list(tickets_for(user, Asked(tab=tab)).select_related("order", "assignee", "department")[:limit])
        if rows:
            return rows, tab
    return [], "mine"


def late_orders(user, limit=8):
    """The orders that have been late the longest."""
    if not user.has_perm("orders.view_order"):
        return []
    found = Order.objects.visible_to(user).open().late().select_related("customer", "kind")
    return list(found.order_by("late_since", "pk")[:limit])


def next_nodes(user, now, limit=8):
    """The next milestones that are not late yet; those of an order on hold wait for its release."""
    if not user.has_perm("sla.view_milestone"):
        return []
    found = counting_down(user).filter(planned_at__gte=now, planned_at__lt=now + timedelta(days=7))
    found = found.filter(order__held_at=None)
    if user.department_id and found.filter(node__department=user.department_id).exists():
        found = found.filter(node__department=user.department_id)
    return list(found.select_related("order__customer", "node").order_by("planned_at", "pk")[:limit])


def ill_connections(user, now):
    if not user.has_perm("integrations.view_connection"):
        return []
    rows = Connection.objects.visible_to(user).filter(is_active=True).select_related("system")
    return [row for row in rows if row.failures or row.system.is_silent(now)]


def failed_jobs(user, limit=5):
    if not user.has_perm("kernel.view_jobrun"):
        return []
    return list(JobRun.objects.visible_to(user).filter(state=JobRun.DEAD).order_by("-id")[:limit])


def opening(user, now, tickets, tab):
    """The page's one sentence: how many wait, what is next and when. Parts as (text, link, tone, instant)."""
    waiting = [one for one in tickets if one.state != Ticket.WAITING]
    if not waiting:
        return None
    count = tickets_for(user, Asked(tab=tab)).order_by().values("pk")[: CAP + 1].count()
    return {"count": count, "first": waiting[0], "tab": tab, "late": bool(waiting[0].late_at)}


__all__ = ["CAP", "Tile", "tiles"]
