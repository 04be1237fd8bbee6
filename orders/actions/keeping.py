"""What upper apps keep on the order's own row, so that a list is one indexed query."""
from kernel.news import action
from orders.bulk import in_chunks, update_rows
from orders.models import Order

_DUE = ("lateness", "late_since", "late_node", "late_reason_en", "late_reason_zh", "next_due_at", "next_node",
        "forecast_at")
_BLANK = {"lateness": 0, "late_node": "", "late_reason_en": "", "late_reason_zh": "", "next_node": ""}
_LONGEST = {"late_node": 40, "late_reason_en": 300, "late_reason_zh": 300, "next_node": 40}


@action
def keep_due(*, rows, at):
    """Keep lateness and next due of orders: rows [{order_id, and any of the due columns}]. Returns how many changed.

    A row that leaves out `forecast_at` leaves the forecast alone.
    """
    changed = 0
    for some in in_chunks(sorted(rows, key=lambda row: row["order_id"])):
        standing = {one[0]: one[1:] for one in Order.objects.filter(
            pk__in=[row["order_id"] for row in some]
        ).values_list("pk", *_DUE)}
        written = []
        for row in some:
            before = standing.get(row["order_id"])
            values = before and _due_values(row, dict(zip(_DUE, before, strict=True)))
            if before and values != before:
                written.append((*values, row["order_id"]))
        update_rows(Order, _DUE, written)
        changed += len(written)
    return changed


def _due_values(row, before):
    values = []
    for name in _DUE:
        value = row.get(name, before["forecast_at"] if name == "forecast_at" else _BLANK.get(name))
        values.append(value[:_LONGEST[name]] if name in _LONGEST else value)
    return tuple(values)


@action
def keep_counts(*, order_ids, open_tickets=None, open_differences=None):
    """Keep counts on orders: {order id: number}; an order of `order_ids` that a dict leaves out has none."""
    wanted = {name: counts for name, counts in (
        ("open_tickets", open_tickets), ("open_differences", open_differences)
    ) if counts is not None}
    for name, counts in wanted.items():
        for some in in_chunks(sorted(set(order_ids))):
            standing = dict(Order.objects.filter(pk__in=some).values_list("pk", name))
            update_rows(Order, (name,), [
                (counts.get(pk, 0), pk) for pk in some if pk in standing and standing[pk] != counts.get(pk, 0)
            ])
