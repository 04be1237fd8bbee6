"""Keeping on the order's own row what upper apps know of it, so that a list is one indexed query."""
from kernel.news import action
from orders.models import Order

DUE_FIELDS = (
    "lateness", "late_since", "late_node", "late_reason_en", "late_reason_zh", "next_due_at", "next_node",
    "forecast_at",
)


@action
def keep_due(*, rows, at):
    """Store lateness and what is due next; rows: dicts with order_id and DUE_FIELDS. Only what changed is written."""
    known = {
        row.pop("id"): row
        for row in Order.objects.filter(pk__in=[row["order_id"] for row in rows]).values("id", *DUE_FIELDS)
    }
    for row in sorted(rows, key=lambda one: one["order_id"]):
        fields = {name: row[name] for name in DUE_FIELDS if name in row}
        if any(known[row["order_id"]][name] != value for name, value in fields.items()):
            Order.objects.filter(pk=row["order_id"]).update(**fields)


@action
def keep_counts(*, order_ids, open_tickets=None, open_differences=None):
    """Store {order id: number} of open tickets or differences; an order that is not in the dict has none."""
    for name, counts in (("open_tickets", open_tickets), ("open_differences", open_differences)):
        if counts is not None:
            for pk in sorted(order_ids):
                Order.objects.filter(pk=pk).exclude(**{name: counts.get(pk, 0)}).update(**{name: counts.get(pk, 0)})
