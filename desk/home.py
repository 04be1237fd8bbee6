"""What waits for this person, what is next and when, and which numbers matter?

Every figure is a Tile: its number and its link come from one filter, so the list behind has exactly that many rows.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import BooleanField, Case, Count, Exists, ExpressionWrapper, OuterRef, Q, Value, When
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from desk.calendars.unannounced import without_next_year
from exceptions.due import next_due
from exceptions.late_nodes import PREFIX
from exceptions.models import Ticket
from exceptions.queue import Asked, tickets_for, with_work_left
from integrations.models import Connection, ParkedRow
from kernel.models import JobRun
from orders.listing import Filters, count_of
from orders.models import Order
from orders.models.order import LATE
from reconciliation.models import Difference
from reconciliation.panels import seen_by
from sla.boards import counting_down, due_soon_in, with_time_left

CAP = 10_000
MOST_WAITING = 50


@dataclass(frozen=True)
class Tile:
    """A number, its words, its address and its tone ("late" | "risk" | "")."""

    count: int
    label: str
    link: str
    tone: str = ""


@dataclass(frozen=True)
class LateOrder:
    """An order that is late, and the ticket that says who must act by when; None where nobody is asked."""

    order: Order
    ticket: Ticket | None


@dataclass(frozen=True)
class LateOrders:
    """`rows` to show, how many `more` there are to act on and the one of those that is late the `longest`.

    `waiting` are those for which nobody has to act now, `waiting_count` how many they are in all.
    """

    rows: list = field(default_factory=list)
    more: int = 0
    longest: Order | None = None
    waiting: list = field(default_factory=list)
    waiting_count: int = 0


def leads_with_orders(user):
    """Whoever moves orders and tickets between people looks at what is late first, a queue's people at their queue."""
    moves = user.has_perm("orders.expedite_order") or user.has_perm("exceptions.assign_ticket")
    return user.has_perm("orders.view_order") and (moves or not user.has_perm("exceptions.work_ticket"))


def tiles(user, now):
    """The numbers that matter to this person, each behind a permission, in the order of the page."""
    found = []
    if user.has_perm("exceptions.view_ticket"):
        found += _ticket_tiles(user, now)
    if user.has_perm("orders.view_order"):
        orders = _order_tiles(user, now)
        found = orders + found if leads_with_orders(user) else found + orders
    if user.has_perm("sla.view_milestone") and user.department_id and (soon := _due_soon(user, now)):
        link = f"/board/?department={user.department.code}&warned=1"
        found.append(Tile(soon, _("steps of my department due soon"), link, "risk"))
    if user.has_perm("reconciliation.view_difference"):
        found.append(Tile(open_differences(user)[: CAP + 1].count(), _("differences open"), "/differences/?tab=open"))
    if user.has_perm("kernel.view_jobrun"):
        found += _door_tiles(user)
    if user.has_perm("kernel.change_workcalendar") and (missing := without_next_year(user, localdate(now)).count()):
        found.append(Tile(missing, _("calendars without next year"), "/calendars/?missing=1", "risk"))
    return found


def _due_soon(user, now):
    return due_soon_in(user, user.department, now).order_by().values("pk")[: CAP + 1].count()


def open_differences(user):
    return seen_by(user).filter(state__in=Difference.OPEN_STATES).order_by().values("pk")


def open_causes(user, limit=6):
    """[(cause, how many open differences)], the most frequent first."""
    if not user.has_perm("reconciliation.view_difference"):
        return []
    found = open_differences(user).exclude(cause="").values("cause").annotate(count=Count("pk"))
    return [(one["cause"], one["count"]) for one in found.order_by("-count", "cause")[:limit]]


def _ticket_tiles(user, now):
    def count(**asked):
        return tickets_for(user, Asked(**asked), now).order_by().values("pk")[: CAP + 1].count()

    found = []
    if user.has_perm("exceptions.work_ticket"):
        found.append(Tile(count(tab="mine"), _("tickets of mine"), "/tickets/?tab=mine"))
    if late := count(tab="mine", late="1"):
        found.append(Tile(late, _("of them overdue"), "/tickets/?tab=mine&late=1", "late"))
    if soon := count(tab="mine", due="24h"):
        found.append(Tile(soon, _("of them due within 24 h"), "/tickets/?tab=mine&due=24h"))
    if user.department_id and (overdue := count(tab="department", late="1")):
        found.append(Tile(overdue, _("overdue in my department"), "/tickets/?tab=department&late=1", "late"))
    if user.has_perm("exceptions.assign_ticket") and (nobody := count(tab="unassigned")):
        found.append(Tile(nobody, _("tickets nobody has taken"), "/tickets/?tab=unassigned", "risk"))
    return found


def _order_tiles(user, now):
    """The late ones always; of the others only what there is."""
    late, risk, due = (Filters(late="late", open="1"), Filters(late="risk", open="1"), Filters(due="24h", open="1"))
    count = count_of(user, late, now)
    found = [Tile(count, _("orders late"), f"/orders/?{late.query}", "late" if count else "")]
    if count := count_of(user, risk, now):
        found.append(Tile(count, _("orders at risk"), f"/orders/?{risk.query}", "risk"))
    if count := count_of(user, due, now):
        found.append(Tile(count, _("orders due within 24 h"), f"/orders/?{due.query}"))
    return found + _provisional_tile(user, now)


def _provisional_tile(user, now):
    """For whoever may join orders: numbers that no authority knows are typing errors or orders nobody entered."""
    if not user.has_perm("orders.join_order"):
        return []
    asked = Filters(provisional="1", open="1")
    count = count_of(user, asked, now)
    return [Tile(count, _("provisional orders"), f"/orders/?{asked.query}", "risk")] if count else []


def _door_tiles(user):
    dead = JobRun.objects.visible_to(user).filter(state=JobRun.DEAD)[: CAP + 1].count()
    found = [Tile(dead, _("jobs given up"), "/jobs/?state=dead", "late")] if dead else []
    if user.has_perm("integrations.view_parkedrow"):
        parked = ParkedRow.objects.visible_to(user).filter(state=ParkedRow.PARKED).values("pk")[: CAP + 1].count()
        if parked:
            found.append(Tile(parked, _("rows parked"), "/inbox/?state=parked", "risk"))
    return found


def my_tickets(user, now, limit=10):
    """What waits for me, the soonest due first; my department's when nothing is mine."""
    if not user.has_perm("exceptions.view_ticket"):
        return [], "mine"
    for tab in ("mine", "department", "unassigned"):
        if tab == "department" and not user.department_id:
            continue
        found = tickets_for(user, Asked(tab=tab)).select_related(
            "order", "assignee", "department", "response_clock", "resolution_clock")
        if rows := with_work_left(found[:limit], now):
            return rows, tab
    return [], "mine"


def late_orders(user, now, limit=10):
    """The LateOrders of this person: those first whose answer is due soonest, without a ticket the longest late.

    Those that wait, their tickets paused or the order on hold, come after them; where not all have room they are told
    of by themselves, for they are often late the longest.
    """
    if not user.has_perm("orders.view_order"):
        return LateOrders()
    tickets = _tickets_of_late_nodes(user)
    late = Order.objects.visible_to(user).open().late().select_related("customer", "kind")
    late = late.annotate(rests=_rests(tickets))
    acting, resting = late.filter(rests=False), late.filter(rests=True)
    acting_count, resting_count = (rows.order_by().values("pk")[: CAP + 1].count() for rows in (acting, resting))
    rows = _acting(acting, tickets.exclude(state=Ticket.WAITING), limit)
    with_work_left([row.ticket for row in rows if row.ticket], now)
    if len(rows) + resting_count <= limit or not rows:
        rows += _with_tickets(_longest(resting, limit), tickets)
        return LateOrders(rows, more=acting_count + resting_count - len(rows))
    left_out = acting.exclude(pk__in=[row.order.pk for row in rows])
    longest = next(iter(_longest(left_out, 1)), None) if acting_count > len(rows) else None
    waiting = _with_tickets(_longest(resting, MOST_WAITING), tickets)
    return LateOrders(rows, acting_count - len(rows), longest, waiting, resting_count)


def _acting(orders, tickets, limit):
    found = {}
    for ticket in tickets.filter(order__in=orders.values("pk"))[: 4 * limit]:
        found.setdefault(ticket.order_id, ticket)
    first = list(found)[:limit]
    known = {one.pk: one for one in orders.filter(pk__in=first)}
    rows = [LateOrder(known[pk], found[pk]) for pk in first if pk in known]
    if len(rows) < limit:
        rest = _longest(orders.exclude(pk__in=known), limit - len(rows))
        rows += [LateOrder(one, found.get(one.pk)) for one in rest]
    return rows


def _longest(orders, limit):
    """The first of late orders, the longest late first; found by their keys, for whole rows cost four times to sort."""
    keys = list(orders.order_by("late_since", "pk").values_list("pk", flat=True)[:limit])
    known = Order.objects.select_related("customer", "kind").in_bulk(keys)
    return [known[key] for key in keys if key in known]


def _with_tickets(orders, tickets):
    orders, found = list(orders), {}
    for ticket in tickets.filter(order__in=[one.pk for one in orders]):
        found.setdefault(ticket.order_id, ticket)
    return [LateOrder(one, found.get(one.pk)) for one in orders]


def _rests(tickets):
    """The condition for a late order: it is on hold, or of its tickets about late nodes all are paused."""
    its = tickets.order_by().filter(order=OuterRef("pk"))
    paused = Exists(its.filter(state=Ticket.WAITING)) & ~Exists(its.exclude(state=Ticket.WAITING))
    rests = Q(held_at__isnull=False) | Q(commercial="held") | paused
    return Case(When(rests, then=Value(True)), default=Value(False), output_field=BooleanField())


def _tickets_of_late_nodes(user):
    """Open tickets about a late node; those whose clock is paused last."""
    if not user.has_perm("exceptions.view_ticket"):
        return Ticket.objects.none()
    found = Ticket.objects.visible_to(user).filter(state__in=Ticket.OPEN_STATES, kind__code__startswith=PREFIX)
    found = found.filter(order__lateness=LATE, order__is_open=1).select_related(
        "assignee", "department", "kind", "response_clock", "resolution_clock"
    )
    found = found.annotate(is_paused=ExpressionWrapper(Q(state=Ticket.WAITING), BooleanField()))
    return found.order_by("is_paused", next_due().asc(nulls_last=True), "pk")


def next_nodes(user, now, limit=8):
    """The next milestones that are not late yet; those of an order on hold wait for its release."""
    if not user.has_perm("sla.view_milestone"):
        return []
    found = counting_down(user).filter(planned_at__gte=now, planned_at__lt=now + timedelta(days=7))
    found = found.filter(order__held_at=None)
    if user.department_id and found.filter(node__department=user.department_id).exists():
        found = found.filter(node__department=user.department_id)
    found = found.select_related("order__customer", "node", "clock").order_by("planned_at", "pk")
    return with_time_left(found[:limit], now)


def ill_connections(user, now):
    if not user.has_perm("integrations.view_connection"):
        return []
    rows = Connection.objects.visible_to(user).filter(is_active=True).select_related("system")
    return [row for row in rows if row.failures or row.system.is_silent(now)]


def failed_jobs(user, limit=5):
    if not user.has_perm("kernel.view_jobrun"):
        return []
    return list(JobRun.objects.visible_to(user).filter(state=JobRun.DEAD).order_by("-id")[:limit])


def opening(tickets):
    """The ticket the page's first words are about: the first whose clock runs."""
    return next((one for one in tickets if one.state != Ticket.WAITING), None)


__all__ = ["CAP", "Tile", "tiles"]
