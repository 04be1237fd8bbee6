"""How are many changed rows written in one statement?"""


def snapshot(row, fields):
    """The values of these fields, to see later whether anything changed."""
    return tuple(getattr(row, name) for name in fields)


def save_changed(model, rows, fields):
    """Insert the rows without a key, update the others: two statements per some hundred rows, whatever their number.

    An upsert by primary key: bulk_update's CASE per row and field costs many times as much.
    """
    new = [row for row in rows if row.pk is None]
    old = [row for row in rows if row.pk is not None]
    if new:
        model.objects.bulk_create(new)
    if old:
        model.objects.bulk_create(old, update_conflicts=True, unique_fields=["id"], update_fields=fields)
