"""What of a plan grows old by itself, without news of the order?"""
from django.utils import timezone

from orders.bulk import in_chunks
from orders.models import Order
from sla.actions.planning import ask_for_planning


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
