"""By when had comparable finished orders passed what is open of these, and how often did such a date hold?"""
from dataclasses import dataclass, replace
from datetime import datetime

from sla.calendars import work_times
from sla.experience import LIKELY, NEARLY, newest_table, outlook
from sla.fitting import MONEY_FACTS
from sla.hours import calendar_id_of
from sla.models import Milestone
from sla.paths import tiers_of


@dataclass(frozen=True, slots=True)
class Expected:
    """One open node: half of comparable orders had passed it by `half_at`, four of five by `nearly_at`.

    `late`: percent that passed it later than its date, None without one that is ahead. `held`: in how many percent of
    `tried` dates of four of five for later orders that held; None where too few were tried.
    """

    row: Milestone
    half_at: datetime
    nearly_at: datetime
    samples: int
    late: int | None
    held: int | None
    tried: int

    @property
    def is_risky(self):
        return self.late is not None and self.late >= 50


def expected_of(order, rows, now, shown=None):
    """[Expected, …] of an order's `shown` milestones (None: all); `rows` are its path. [] where nobody knows."""
    found = _expected_of([order], {order.pk: rows}, now)
    keep = {row.pk for row in (rows if shown is None else shown)}
    return [one for row in rows if row.pk in keep and (one := found.get(row.pk))]


def expected_by_id(orders, paths, now, works):
    """{milestone id: Expected} of the open nodes of orders, in as many queries for one as for many.

    `paths`: {order id: [its milestones, with their nodes]}, see sla.boards.paths_of; `works`: {calendar id: WorkTime}.
    """
    return _expected_of(orders, paths, now, works) if orders else {}


def _expected_of(orders, rows, now, works=None):
    table, found = newest_table(), {}
    if not table["rows"]:
        return {}
    calendars = works or work_times({calendar_id_of(order) for order in orders})
    tiers = tiers_of(orders)
    for order in orders:
        if not order.is_open or order.is_held:
            continue  # nobody knows when a held order goes on
        passed = {row.node.code: row.actual_at for row in rows[order.pk] if row.actual_at}
        work = calendars[calendar_id_of(order)]
        ahead = outlook(table, order.kind_id, tiers.get(order.customer_id), passed, work, now)
        if ahead:
            found |= _in_order([one for row in rows[order.pk] if row.is_open and (one := _expected(row, ahead))])
    return found


def _in_order(path):
    """{milestone id: Expected}: no node of the goods is expected before the one it comes after.

    Each date is judged by itself, and of a step that takes long already the next one knows nothing.
    """
    found, half, nearly = {}, None, None
    for one in sorted(path, key=lambda one: one.row.sequence):
        if one.row.node.fact not in MONEY_FACTS:
            half, nearly = max(half or one.half_at, one.half_at), max(nearly or one.nearly_at, one.nearly_at)
            one = replace(one, half_at=half, nearly_at=nearly)
        found[one.row.pk] = one
    return found


def _expected(row, ahead):
    code = row.node.code
    half, nearly = ahead.expected_at(code, LIKELY), ahead.expected_at(code, NEARLY)
    if half is None or nearly is None:
        return None
    is_ahead = row.planned_at is not None and row.planned_at > ahead.now
    late, held = ahead.late_p(code, row.planned_at) if is_ahead else None, ahead.held(code)
    return Expected(
        row, half[0], nearly[0], half[1], None if late is None else round(late * 100),
        round(held[0] * 100) if held else None, held[1] if held else 0,
    )
