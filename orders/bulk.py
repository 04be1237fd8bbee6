"""How are many rows written at once, without a model instance per row?

Measured: executemany is 4 to 5 times the single-row path on SQLite and 10 times on PostgreSQL; bulk_update half of it.
"""
import json
from datetime import UTC

from django.db import connection, models

CHUNK = 800


def columns(model, names):
    return [model._meta.get_field(name) for name in names]


def _converter(field):
    if isinstance(field, models.JSONField):
        return dumps
    if isinstance(field, models.DateTimeField) and connection.vendor == "sqlite":
        return _naive
    return None


def dumps(value):
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _naive(moment):
    # As Django writes it on SQLite: in UTC. Nearly all of the hub's instants are UTC already.
    if moment is None:
        return None
    return str((moment if moment.tzinfo is UTC else moment.astimezone(UTC)).replace(tzinfo=None))


def _prepared(model, names, rows):
    """Rows with values as the driver takes them. JSON may be given as text already."""
    converters = [(place, made) for place, made in enumerate(map(_converter, columns(model, names))) if made]
    for row in rows:
        row = list(row)
        for place, convert in converters:
            row[place] = convert(row[place])
        yield row


def _placeholder(field):
    return "%s::jsonb" if isinstance(field, models.JSONField) and connection.vendor == "postgresql" else "%s"


def _quoted(name):
    return connection.ops.quote_name(name)


def insert_rows(model, names, rows):
    """Insert rows (tuples of values by field names); those that break a unique rule are left out. Rows written."""
    rows = list(_prepared(model, names, rows))
    if not rows:
        return 0
    fields = columns(model, names)
    sql = (
        f"INSERT INTO {_quoted(model._meta.db_table)} ({', '.join(_quoted(one.column) for one in fields)}) "
        f"VALUES ({', '.join(_placeholder(one) for one in fields)}) ON CONFLICT DO NOTHING"
    )
    return _run(sql, rows)


def update_rows(model, names, rows):
    """Update rows (tuples: values by field names, then the primary key). Rows found."""
    rows = list(_prepared(model, [*names, "pk" if "pk" in names else model._meta.pk.name], rows))
    if not rows:
        return 0
    sets = ", ".join(f"{_quoted(one.column)} = {_placeholder(one)}" for one in columns(model, names))
    sql = f"UPDATE {_quoted(model._meta.db_table)} SET {sets} WHERE {_quoted(model._meta.pk.column)} = %s"
    return _run(sql, rows)


def update_at_once(model, names, rows):
    """Like `update_rows`, for many rows of which no two are one: one statement on PostgreSQL, a third of its time.

    On SQLite, which is asked without a journey, a statement a row costs no more.
    """
    if connection.vendor != "postgresql":
        return update_rows(model, names, rows)
    fields = [*columns(model, names), model._meta.pk]
    rows = list(rows)
    if not rows:
        return 0
    sets = ", ".join(f"{_quoted(one.column)} = said.{_quoted(one.column)}" for one in fields[:-1])
    kinds = ", ".join(f"{_quoted(one.column)} {one.rel_db_type(connection)}" for one in fields)
    sql = (
        f"UPDATE {_quoted(model._meta.db_table)} kept SET {sets} FROM json_to_recordset(%s::json) AS said({kinds}) "
        f"WHERE kept.{_quoted(model._meta.pk.column)} = said.{_quoted(model._meta.pk.column)}"
    )
    keys = [one.column for one in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, [json.dumps([dict(zip(keys, row, strict=True)) for row in rows], default=str)])
        return cursor.rowcount


def point_rows(model, name, by, pairs):
    """Set one foreign key where another one points: pairs (new id, id that `by` points to)."""
    pairs = list(pairs)
    if pairs:
        column, where = (_quoted(one.column) for one in columns(model, (name, by)))
        _run(f"UPDATE {_quoted(model._meta.db_table)} SET {column} = %s WHERE {where} = %s", pairs)


def _run(sql, rows):
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)
        return cursor.rowcount


def in_chunks(items, size=CHUNK):
    """Lists of at most `size`, because a query takes only so many parameters."""
    items = list(items)
    for start in range(0, len(items), size):
        yield items[start:start + size]


def locked(queryset):
    """The rows, on PostgreSQL locked in key order.

    SQLite has one writer anyway, and without statistics ORDER BY the key makes it read an index of all rows.
    """
    if connection.vendor != "postgresql":
        return queryset.order_by()
    return queryset.order_by("pk").select_for_update(no_key=True, of=("self",))
