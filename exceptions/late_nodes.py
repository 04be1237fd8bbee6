"""When does a late node become a ticket, and when is its trouble over?"""
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Substr

from exceptions.actions.opening import open_ticket
from exceptions.actions.working import reopen_ticket, resolve_ticket, rest_ticket, wake_ticket
from exceptions.merging import goes_on, has_merged
from exceptions.models import Ticket, TicketKind
from exceptions.subjects import Subject
from exceptions.ticket_clocks import ON_HOLD
from kernel.moments import say_fixed
from sla.blocking import fell_due_on_hold, in_the_way, on_hold
from sla.models import Milestone

PREFIX = "late_"
ANY = "late_order"
SEEN_WITHIN = timedelta(days=1)  # a person says it is solved: until then some system shows that the node was passed
LOADED = ("node__department", "order__scope__company", "order__kind", "order__plant", "order__customer")


def kind_code_of(department):
    """Each department has a kind of its own for its late nodes; without one it is a late order."""
    code = PREFIX + department.code if department else ANY
    return code if TicketKind.objects.filter(code=code).exists() else ANY


def owed(late):
    """Of late milestones those whose department owes the next step: nothing holds them up, and they open tickets.

    Nodes behind a late one are late because of it; their departments can do nothing yet and get no ticket. Nor does
    anybody for what falls due while the order is on hold.
    """
    return in_the_way(late).filter(~fell_due_on_hold(), node__opens_ticket=True)


def raise_late_tickets(*, at, limit=100):
    """Open what a look at the rows says is missing: a late node whose turn has come, without its ticket.

    Returns how many. Like settling, it looks at what is, so that a lost announcement costs a second, not a ticket.
    """
    late = owed(
        Milestone.objects.filter(state=Milestone.LATE, order__is_open=1, order__archived_at=None, late_at__lte=at)
    )
    answered = Q(state__in=Ticket.OPEN_STATES) | Q(opened_at__gte=OuterRef("late_at"))
    not_seen = Q(state=Ticket.RESOLVED, resolved_at__lte=at - SEEN_WITHIN)
    missing = late.filter(~Exists(_its_tickets(answered & ~not_seen))).select_related(*LOADED).order_by("planned_at")
    opened = 0
    for milestone in missing[:limit]:
        _ask(milestone, at)
        opened += 1
    return opened


def _ask(milestone, at):
    """Ask anew whoever said that it is solved, where no system has shown it; else open a ticket."""
    mine = kind_code_of(milestone.node.department)
    said = Ticket.objects.filter(kind__code=mine, order=milestone.order, subject_kind="order", state=Ticket.RESOLVED)
    last = said.filter(opened_at__gte=milestone.late_at, merged_into=None).order_by("-pk").first()
    if last is None:
        return open_late_ticket(milestone, at)
    return reopen_ticket(ticket=last, reason="", why="still_late", by=None, at=at)


def _its_tickets(condition):
    """Tickets of the kind a milestone's department gets, however routed."""
    return Ticket.objects.annotate(department_code=Substr("kind__code", len(PREFIX) + 1)).filter(
        Q(department_code=OuterRef("node__department__code")) | Q(kind__code=ANY),
        condition, order=OuterRef("order"), kind__code__startswith=PREFIX,
    )


def open_late_ticket(milestone, at):
    """One open ticket per order and department: its later nodes are added to it, so that one delay is no flood."""
    order, node = milestone.order, milestone.node
    zone = ZoneInfo(order.plant.time_zone if order.plant else order.scope.company.time_zone)
    en, zh = (say_fixed(milestone.planned_at, zone, language) for language in ("en", "zh"))
    return open_ticket(
        subject_kind="order", subject_key=str(order.pk), kind_code=kind_code_of(node.department),
        title_en=f"Order {order.number}: {node.name_en} is late (planned {en})",
        title_zh=f"订单 {order.number}：{node.name_zh}已延期（计划{zh}）",
        evidence={
            "milestone": milestone.pk, "node": node.code, "planned_at": milestone.planned_at.isoformat(),
        },
        scope=order.scope, order=order, department=node.department, cause="",
        severity=1 if order.kind.code == "urgent" or order.expedited_at else None, at=at,
    )


def settle_late_tickets(*, at, limit=100):
    """Resolve tickets for late nodes of which none is late any more. Returns how many.

    Looks at what is, not at what was announced: a lost announcement cannot leave a ticket open for ever.
    """
    # By the kind, not by the ticket's department: a ticket may have been routed elsewhere.
    department = Substr(OuterRef("kind__code"), len(PREFIX) + 1)
    late = Milestone.objects.filter(order=OuterRef("order"), state=Milestone.LATE, order__is_open=1)
    still_late = owed(late)
    mine = still_late.filter(node__department__code=department)
    over = Ticket.objects.filter(
        Q(kind__code=ANY) & ~Exists(still_late) | ~Q(kind__code=ANY) & ~Exists(mine),
        ~has_merged(), kind__code__startswith=PREFIX, subject_kind="order", state__in=Ticket.OPEN_STATES,
        opened_by=None,  # what a person reported, a person ends
    ).select_related("order").order_by("pk")
    done = 0
    for ticket in over[:limit]:
        resolve_ticket(ticket=ticket, note="", by=None, at=at, why=_why(ticket.order))
        done += 1
    return done


def rest_with_orders(*, at, order_ids=None, limit=100):
    """The time of late nodes' tickets stands still while their order is on hold, and goes on with its release.

    Of these orders alone, where they are named. Returns how many began to rest or went on.
    """
    late = Ticket.objects.filter(kind__code__startswith=PREFIX, subject_kind="order", order__isnull=False)
    late = late if order_ids is None else late.filter(order__in=order_ids)
    resting = Q(state=Ticket.WAITING, resolution_clock__pause_reason=ON_HOLD)
    to_rest = late.filter(on_hold(), state__in=(Ticket.NEW, Ticket.ASSIGNED, Ticket.IN_PROGRESS)).order_by("pk")[:limit]
    to_wake = late.filter(~on_hold(), resting).order_by("pk")[:limit]
    for ticket in to_rest:
        rest_ticket(ticket=ticket, at=at)
    for ticket in to_wake:
        wake_ticket(ticket=ticket, at=at)
    return len(to_rest) + len(to_wake)


def settle_survivors(*, at, limit=100):
    """Resolve tickets in which others go on, once nothing of the whole is left. Returns how many."""
    done = 0
    for ticket in Ticket.objects.filter(has_merged(), state__in=Ticket.OPEN_STATES).order_by("pk")[:limit]:
        if not goes_on(ticket):
            resolve_ticket(ticket=ticket, note="", why="over", by=None, at=at)
            done += 1
    return done


def about_late(ticket, person):
    """For the machine alone: is a node still late because of which the ticket was opened? People need not say."""
    if person is not None or not ticket.kind.code.startswith(PREFIX):
        return None
    return Subject(is_still_late(ticket))


def is_still_late(ticket):
    """Is it about late nodes, and is one of them still not done as far as the systems say?"""
    code = ticket.kind.code
    if not code.startswith(PREFIX):
        return False
    late = owed(Milestone.objects.filter(order=ticket.order_id, state=Milestone.LATE, order__is_open=1))
    if code != ANY:
        late = late.filter(node__department__code=code.removeprefix(PREFIX))
    return late.exists()


def _why(order):
    """A code of exceptions.words.WHY."""
    if order.awaits_confirmation:
        return "unconfirmed"
    if order.commercial == "cancelled":
        return "cancelled"
    if order.is_held:
        return "held"
    return "done" if order.is_open else "finished"
