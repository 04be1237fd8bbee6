"""Which tickets open, escalate or are counted when something else happens?"""
from functools import partial

from django.db import transaction
from django.db.models import Count, OuterRef, Q, Subquery
from django.utils import translation

from exceptions import chains
from exceptions.actions import open_ticket
from exceptions.late_nodes import LOADED, open_late_ticket, owed, rest_with_orders
from exceptions.models import Ticket
from exceptions.telling import tell, ticket_link
from kernel.jobs import ask_for_job, job_name
from kernel.models import JobRun, OutboxMessage, Scope, User
from kernel.outbox import CHANNELS
from orders.actions import keep_counts
from orders.bulk import locked
from sla.clocks import DUE_LEVEL
from sla.models import Clock, Milestone


def escalate_tickets(news):
    """clock.fired: whoever is named by the level of a ticket's clock is told."""
    tickets = chains.tickets_of_clocks([one.key for one in news])
    clocks = Clock.objects.in_bulk([one.key for one in news if one.key in tickets])
    for one in news:
        if one.key in tickets:
            chains.escalate(tickets[one.key], clocks[one.key], one.data[0], one.at)


def follow_clocks(news):
    """clocks.moved: a ticket is due when its clock is, and late no longer where that has been taken back."""
    for one in news:
        mine = Ticket.objects.filter(resolution_clock__in=one.data)
        list(locked(mine).values_list("pk", flat=True))
        clock = Clock.objects.filter(pk=OuterRef("resolution_clock"))
        mine.update(due_at=Subquery(clock.values("due_at")), late_at=Subquery(clock.values("late_at")))


def follow_hours(news):
    """hours.taken: a job lets open nodes and tickets count by the hours of whoever must act."""
    for one in news:
        by = User.objects.filter(pk=one.data[0]).first()
        key = f"follow_hours:{one.key}:{int(one.at.timestamp() * 1_000_000)}"
        ask_for_job(kind="follow_hours", key=key, args={}, by=by, at=one.at)


def open_late_tickets(news):
    """clock.fired at the due instant of an order's node: if it stands in the way, its department gets a ticket."""
    fired_at = {one.key: one.at for one in news if one.data[0] == DUE_LEVEL}
    late = owed(Milestone.objects.filter(clock__in=fired_at)).select_related(*LOADED)
    for milestone in late.order_by("order_id", "sequence"):
        open_late_ticket(milestone, fired_at[milestone.clock_id])


def rest_at_once(news):
    """order.decided: the tickets of an order that was put on hold or released are as they should be on the next page.

    After its transaction, in one of their own: a ticket's clocks are locked before anything else. What fails here, the
    next look at all of them does.
    """
    order_ids, at = [one.key for one in news], news[0].at
    transaction.on_commit(lambda: rest_with_orders(at=at, order_ids=order_ids), robust=True)


def open_job_tickets(news):
    """job.dead: work that was given up needs the integration engineer."""
    scope = _system_scope()
    if scope is None:
        return  # an empty hub: the job page shows it
    for job in JobRun.objects.filter(pk__in=[one.key for one in news]):
        english, chinese = in_both(partial(job_name, job.kind))
        open_ticket(
            subject_kind="job", subject_key=job.kind, kind_code="job_dead", scope=scope, at=news[0].at,
            title_en=f"Background job “{english}” was given up after {job.attempts} starts",
            title_zh=f"后台作业“{chinese}”启动 {job.attempts} 次后已放弃",
            evidence={"job": job.pk, "key": job.key, "error": job.error[:500]},
        )


def open_dead_letter_tickets(news):
    """outbox.dead: words that never arrived; one ticket per channel."""
    scope = _system_scope()
    dead = OutboxMessage.objects.filter(pk__in=[one.key for one in news]).order_by("pk") if scope else ()
    for message in dead:
        english, chinese = in_both(partial(_channel, message.channel))
        open_ticket(
            subject_kind="channel", subject_key=message.channel, kind_code="dead_letter", scope=scope, at=news[0].at,
            title_en=f"Messages by “{english}” do not arrive",
            title_zh=f"“{chinese}”渠道的消息无法送达",
            evidence={"message": message.pk, "key": message.key, "error": message.last_error[:500]},
        )


def _channel(code):
    return str(CHANNELS.get(code, code))


def in_both(say):
    """(English, Chinese) of what `say()` says."""
    with translation.override("en"):
        english = say()
    with translation.override("zh-hans"):
        return english, say()


def _system_scope():
    """Where tickets live that belong to no order: the first scope for systems, else the first of all."""
    return Scope.objects.filter(kind=Scope.SYSTEM).order_by("pk").first() or Scope.objects.order_by("pk").first()


def tell_assignees(news):
    """ticket.assigned: the new owner hears of it, once per assignment."""
    for ticket in _tickets(news):
        if ticket.assignee_id:
            told = ticket.entries.filter(action="assigned").order_by("-id").first()
            if told and told.by_id == ticket.assignee_id:
                continue  # whoever takes a ticket knows
            tell(
                [ticket.assignee], key=f"assigned:{told.pk if told else ticket.pk}", kind="ticket.assigned",
                text_en=f"{ticket.number} is yours: {ticket.title_en}",
                text_zh=f"{ticket.number} 已分派给您：{ticket.title_zh}",
                link=ticket_link(ticket), scope_id=ticket.scope_id, at=news[0].at, any_hour=ticket.kind.any_hour,
            )


def count_on_orders(news):
    """ticket.opened, ticket.changed: the number of open tickets stands on the order's own row."""
    order_ids = set(
        Ticket.objects.filter(pk__in=[one.key for one in news], order__isnull=False).values_list("order", flat=True)
    )
    if not order_ids:
        return
    found = Ticket.objects.filter(order__in=order_ids).values("order").annotate(
        open_count=Count("pk", filter=Q(state__in=Ticket.OPEN_STATES))
    )
    counts = {row["order"]: row["open_count"] for row in found}
    keep_counts(order_ids=sorted(order_ids), open_tickets=counts)


def _tickets(news):
    ids = [one.key for one in news]
    return Ticket.objects.filter(pk__in=ids).select_related("assignee", "kind").order_by("pk")
