"""What do milestones do when an order changes or a clock fires?"""
import logging

from django.db import DatabaseError, transaction
from django.utils import timezone

from kernel.jobs import ask_for_job
from kernel.models import CalendarVersion
from sla.actions.planning import ask_for_planning, plan_milestones
from sla.clocks import DUE_LEVEL
from sla.models import Milestone

log = logging.getLogger("hub.planning")


def ask_for_plans(news):
    """orders.changed: the order is planned anew within a second; asked for in the transaction that changes it."""
    ask_for_planning(order_ids=[one.key for one in news], at=news[0].at or timezone.now())


def plan_at_once(news):
    """order.decided: whoever put an order on hold or released it looks at it now; planned as soon as that is written.

    After the transaction, because planning locks clocks before orders. Should it fail, the request that stands there
    is worked off within a second all the same.
    """
    order_ids, at = [one.key for one in news], news[0].at
    transaction.on_commit(lambda: _plan(order_ids, at), robust=True)


def _plan(order_ids, at):
    try:
        plan_milestones(order_ids=order_ids, at=at)
    except DatabaseError:
        log.info("orders are left to the next pass", exc_info=True)


def count_anew(news):
    """calendar.changed: a job counts open clocks by the new version; asked for in the transaction that changes it."""
    for one in news:
        number = one.data[0]
        made = CalendarVersion.objects.select_related("made_by").get(calendar=one.key, number=number)
        ask_for_job(
            kind="count_anew", key=f"count_anew:{one.key}:{number}", args={"calendar_id": one.key}, by=made.made_by,
            at=one.at)


def plan_moved(news):
    """clocks.moved: what an order's own dates say follows its budgets, within a second."""
    for one in news:
        orders = Milestone.objects.filter(clock__in=one.data).values_list("order_id", flat=True)
        ask_for_planning(order_ids=orders, at=one.at)


def mark_milestones(news):
    """clock.fired: a warning or the due instant stands on the milestone, and the order is judged anew."""
    by_clock = {one.key: one for one in news}
    touched = list(
        Milestone.objects.filter(clock__in=by_clock, actual_at=None).select_related("clock").order_by("pk")
    )
    for milestone in touched:
        one = by_clock[milestone.clock_id]
        if one.data[0] == DUE_LEVEL:
            milestone.state, milestone.late_at = Milestone.LATE, milestone.clock.late_at
        else:
            milestone.warned_at = one.at
        milestone.save(update_fields=["state", "late_at", "warned_at"])
    if touched:
        ask_for_planning(order_ids=[one.order_id for one in touched], at=news[0].at)
