"""What do milestones do when an order changes or a clock fires?"""
from django.utils import timezone

from sla.actions.planning import ask_for_planning
from sla.clocks import DUE_LEVEL
from sla.models import Milestone


def ask_for_plans(news):
    """orders.changed: the order is planned anew within a second; asked for in the transaction that changes it."""
    ask_for_planning(order_ids=[one.key for one in news], at=news[0].at or timezone.now())


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
