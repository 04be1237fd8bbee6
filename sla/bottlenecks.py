"""Between which nodes do orders wait, how long, and what is done again? Read out of the database in three queries.

A wait leads from the node an order passed before to the node it passed next, in the order of its path, and counts
from when all before it had been passed: what was passed out of turn waited for nothing. Rework is what a record of
its own says: an inspection that is rejected and judged anew (the same node again), a work order that is started again
after it was finished (back to an earlier node). What two systems tell of it counts once.
"""
from collections import Counter
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from django.db import connection

from orders.bulk import in_chunks
from orders.models import Event, Order
from orders.standing import HAPPENED, PLACE
from sla.models import Milestone, MilestoneNode, WaitCell

START = "ordered"  # where every path begins: the order was placed
REJECTED, RETURNED = "rejected", "returned"
# What a status says was done last; a rejection is a verdict too, and goods that came back are past all nodes.
DONE = {(axis, status): fact for axis, row in HAPPENED.items() for status, fact in row.items()}
DONE |= {("quality", REJECTED): "qc_released", ("logistics", RETURNED): RETURNED}


class Wait(NamedTuple):
    """One order waited `seconds` for `to_code`; `ended` is when it was passed, in seconds since 1970."""

    order_id: int
    kind: str
    from_code: str
    to_code: str
    department_id: int | None
    scope_id: int
    plant_id: int | None
    kind_id: int
    ended: int
    seconds: int


SECONDS = {
    "sqlite": "CAST(strftime('%%s', substr({}, 1, 19)) AS INTEGER)",
    "postgresql": "floor(extract(epoch FROM {}))::bigint",
}
TEXT = {"sqlite": "json_extract({}, '$.{}')", "postgresql": "({} ->> '{}')"}
TABLES = {
    "milestones": Milestone, "nodes": MilestoneNode, "orders": Order, "events": Event,
}
# Passed nodes of an order and, before them, its being placed.
PASSED = """
WITH passed AS (
    SELECT m.order_id, m.sequence, n.code, n.department_id, {m_actual} AS at
    FROM {milestones} m JOIN {nodes} n ON n.id = m.node_id
    WHERE m.actual_at IS NOT NULL
    UNION ALL
    SELECT id, -1, '{start}', NULL, {ordered} FROM {orders} WHERE ordered_at IS NOT NULL
)"""
ONWARD = PASSED + """, steps AS (
    SELECT order_id, code, department_id, at, LAG(code) OVER path AS before,
        MAX(at) OVER (PARTITION BY order_id ORDER BY sequence ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS since
    FROM passed WINDOW path AS (PARTITION BY order_id ORDER BY sequence)
)
SELECT s.order_id, '{onward}', s.before, s.code, s.department_id, o.scope_id, o.plant_id, o.kind_id, s.at,
    CASE WHEN s.at > s.since THEN s.at - s.since ELSE 0 END
FROM steps s JOIN {orders} o ON o.id = s.order_id
WHERE s.before <> s.code AND s.at BETWEEN %s AND %s AND o.joined_into_id IS NULL
ORDER BY s.order_id"""
# The next open node of an open order that is not on hold, from when it had passed all that it has passed.
NOW = PASSED + """, come AS (
    SELECT order_id, code, since FROM (
        SELECT order_id, code, MAX(at) OVER (PARTITION BY order_id) AS since,
            ROW_NUMBER() OVER (PARTITION BY order_id ORDER BY sequence DESC) AS place FROM passed
        WHERE order_id IN (SELECT id FROM {orders} WHERE is_open = 1)
    ) latest WHERE place = 1
), ahead AS (
    SELECT order_id, code, department_id FROM (
        SELECT m.order_id, n.code, n.department_id,
            ROW_NUMBER() OVER (PARTITION BY m.order_id ORDER BY m.sequence) AS place
        FROM {milestones} m JOIN {nodes} n ON n.id = m.node_id
        WHERE m.state IN ('running', 'late', 'waiting') AND m.actual_at IS NULL
    ) open_ones WHERE place = 1
)
SELECT o.id, '{now}', c.code, x.code, x.department_id, o.scope_id, o.plant_id, o.kind_id, c.since,
    CASE WHEN %s > c.since THEN %s - c.since ELSE 0 END
FROM {orders} o JOIN come c ON c.order_id = o.id JOIN ahead x ON x.order_id = o.id
WHERE o.is_open = 1 AND o.held_at IS NULL AND o.commercial NOT IN ('held', 'cancelled') AND o.archived_at IS NULL
ORDER BY o.id"""
# The statuses of one record as they followed one another, without repeats; those of DONE, each beside the one before.
REWORK = """
WITH said AS (
    SELECT e.order_id, e.system_id, e.entity, e.key, e.id, e.occurred_at, COALESCE(e.sequence, 0) AS turn,
        {axis} AS axis, {status} AS status
    FROM {events} e
    WHERE e.order_id IS NOT NULL AND e.kind = 'stated' AND NOT e.retracts
        AND e.id NOT IN (SELECT replaces_id FROM {events} WHERE replaces_id IS NOT NULL)
), told AS (
    SELECT said.*, LAG(status) OVER record AS earlier FROM said WHERE axis IN ({axes})
    WINDOW record AS (PARTITION BY order_id, system_id, entity, key, axis ORDER BY occurred_at, turn, id)
), verdicts AS (
    SELECT told.*, {occurred} AS at, LAG(status) OVER record AS before, LAG({occurred}) OVER record AS since
    FROM told WHERE (earlier IS NULL OR earlier <> status) AND ({verdict})
    WINDOW record AS (PARTITION BY order_id, system_id, entity, key, axis ORDER BY occurred_at, turn, id)
)
SELECT v.order_id, v.system_id, v.axis, v.before, v.status, v.since, v.at, o.scope_id, o.plant_id, o.kind_id
FROM verdicts v JOIN {orders} o ON o.id = v.order_id
WHERE v.before IS NOT NULL AND ({undone}) AND v.at BETWEEN %s AND %s AND o.joined_into_id IS NULL
ORDER BY v.order_id, v.at, v.id"""


def waits(*, since, now):
    """Every Wait that ended from `since` to `now` and, kind NOW, those that last; the ones of an order together."""
    since, now = int(since.timestamp()), int(now.timestamp())
    yield from map(Wait._make, _rows(ONWARD, [since, now]))
    yield from _reworked(_rows(REWORK, [since, now]))
    yield from map(Wait._make, _rows(NOW, [now, now]))


def _rows(query, values):
    # In the server's own portions: a year of waits is too much for one answer.
    with connection.chunked_cursor() as cursor:
        cursor.execute(_sql(query), values)
        while rows := cursor.fetchmany(5_000):
            yield from rows


def _sql(query):
    vendor = connection.vendor
    names = {name: model._meta.db_table for name, model in TABLES.items()}
    columns = {"m_actual": "m.actual_at", "ordered": "ordered_at", "occurred": "occurred_at"}
    return query.format(
        **names, **{name: SECONDS[vendor].format(column) for name, column in columns.items()},
        axis=TEXT[vendor].format("e.data", "axis"), status=TEXT[vendor].format("e.data", "status"),
        start=START, onward=WaitCell.ONWARD, now=WaitCell.NOW,
        axes=", ".join(f"'{axis}'" for axis in sorted({axis for axis, _status in DONE})),
        verdict=" OR ".join(f"axis = '{axis}' AND status = '{status}'" for axis, status in sorted(DONE)),
        undone=" OR ".join(
            f"v.axis = '{axis}' AND v.before = '{before}' AND v.status = '{status}'"
            for axis, before, status in sorted(UNDONE)
        ),
    )


def is_undone(axis, before, status):
    """Does this turn of a record's status do something again, or go back? The same status: it had left it between."""
    done, again = DONE.get((axis, before)), DONE.get((axis, status))
    if done is None or again is None:
        return False
    if RETURNED in (before, status):
        return True
    return PLACE[again] <= PLACE[done]


UNDONE = frozenset(
    (axis, before, status) for axis, before in DONE for its, status in DONE
    if axis == its and is_undone(axis, before, status)
)


def _reworked(rows):
    """Waits of kind AGAIN and BACK; of several systems that tell of one axis the one that tells most."""
    for some in _portions(rows, 2_000):
        named = _names([row[0] for row in some])
        for order_id, its in groupby(some, itemgetter(0)):
            for row in _once(list(its)):
                _order_id, _system, axis, before, status, since, ended, scope_id, plant_id, kind_id = row
                done, again = DONE[axis, before], DONE[axis, status]
                to_code, department_id = named.get((order_id, again), (again, None))
                yield Wait(
                    order_id, WaitCell.AGAIN if again == done else WaitCell.BACK,
                    named.get((order_id, done), (done, None))[0], to_code, department_id, scope_id, plant_id, kind_id,
                    ended, max(ended - since, 0),
                )


def _once(rows):
    told = Counter((axis, system) for _order, system, axis, *_rest in rows)
    best = {axis: min((-count, system) for (its, system), count in told.items() if its == axis)[1]
            for axis, _system in told}
    return [row for row in rows if row[1] == best[row[2]]]


def _portions(rows, size):
    """Lists of about `size` rows; the rows of one order are never parted."""
    some = []
    for _order_id, its in groupby(rows, itemgetter(0)):
        some += its
        if len(some) >= size:
            yield some
            some = []
    if some:
        yield some


def _names(order_ids):
    """{(order id, fact): (node code, department id)} as the order's own path calls it."""
    found = {}
    for ids in in_chunks(sorted(set(order_ids))):
        rows = Milestone.objects.filter(order__in=ids).order_by("-sequence")
        for order_id, fact, code, department in rows.values_list(
            "order_id", "node__fact", "node__code", "node__department_id"
        ):
            found[order_id, fact] = code, department
    return found
