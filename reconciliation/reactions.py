"""Which tickets open and end when differences come, go and are decided, and what is counted on their orders?"""
from django.db.models import Count

from orders.actions import keep_counts
from reconciliation.models import Difference
from reconciliation.tickets import LOADED, close_tickets_of, open_tickets_of


def open_difference_tickets(news):
    """difference.opened: one ticket per group of one cause, one per difference that stands alone."""
    rows = Difference.objects.filter(pk__in=[one.key for one in news], state__in=Difference.WORKING)
    open_tickets_of(rows.select_related(*LOADED).order_by("pk"), news[0].at)


def close_difference_tickets(news):
    """difference.resolved, .expected, .changed: what is gone, may settle, is accepted or claimed needs nobody now."""
    close_tickets_of([one.key for one in news], news[0].at)


def count_on_orders(news):
    """Differences came, went or were decided: orders keep how many are open."""
    ids = set(Difference.objects.filter(pk__in=[one.key for one in news]).exclude(order=None).values_list(
        "order_id", flat=True))
    counts = Difference.objects.filter(order__in=ids, state__in=Difference.OPEN_STATES).values_list(
        "order_id").annotate(n=Count("pk"))
    keep_counts(order_ids=ids, open_differences=dict(counts.order_by()))
