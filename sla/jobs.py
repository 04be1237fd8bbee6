"""What of a plan grows old by itself, without news of the order?"""
from django.utils import timezone

from kernel.models import User
from orders.bulk import in_chunks
from orders.models import Order
from sla.actions import ask_for_planning, reapply_plan
from sla.models import MilestonePlan
from sla.reapplying import followers

AT_ONCE = 100


def refresh_forecasts(progress):
    """Handler of the job: while a due node is not done, each hour that passes moves what is expected after it.

    Orders whose next node is overdue are few and stand in an index of their own. Returns {"asked"}.
    """
    now = timezone.now()
    overdue = Order.objects.filter(is_open=1, archived_at=None, next_due_at__lt=now).order_by("pk")
    ids = list(overdue.values_list("pk", flat=True))
    for some in in_chunks(ids, 500):
        ask_for_planning(order_ids=some, at=now)
        progress(0, len(ids))
    return {"asked": len(ids)}


def reapply_to_followers(progress, *, plan_id, user_id):
    """Handler of the job: every open order of the plan follows this version, some at a time. Returns {"orders"}."""
    plan, by = MilestonePlan.objects.get(pk=plan_id), User.objects.get(pk=user_id)
    ids, done = list(followers(plan).order_by("pk").values_list("pk", flat=True)), 0
    for some in in_chunks(ids, AT_ONCE):
        done += reapply_plan(plan=plan, order_ids=some, by=by, at=timezone.now())
        progress(done, len(ids))
    return {"orders": done}
