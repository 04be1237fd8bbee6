"""Records that a comparison reads as an order's come to that order."""
from kernel.news import action
from orders.actions import join_orders, rematch_key
from orders.models import Order, SourceRecord
from reconciliation.actions.deciding import accept_difference


@action
def match_strays(*, strays, order, reason, by, at):
    """The records are this order's. What only they and their like have made an order of comes over whole.

    Returns the order.
    """
    for stray in strays:
        record = SourceRecord.objects.select_related("order").get(pk=stray.record.pk)
        if record.order_id == order.pk:
            continue  # it came with one before
        if record.order is not None and record.order.awaits_confirmation:
            join_orders(order=order, other=record.order, reason=reason, by=by, at=at)
        else:
            rematch_key(record=record, order=order, reason=reason, by=by, at=at)
    return Order.objects.get(pk=order.pk)


@action
def accept_and_match(*, difference, strays, order, reason, by, at, until=None, up_to_gap=False):
    """Accept that an order is split or misspelled elsewhere, and take in what is its own. Returns the difference."""
    match_strays(strays=strays, order=order, reason=reason, by=by, at=at)
    return accept_difference(
        difference=difference, reason=reason, by=by, at=at, until=until, up_to_gap=up_to_gap)
