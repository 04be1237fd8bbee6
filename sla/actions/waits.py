"""Reading anew where orders wait, into the summary that pages show."""
import time
from collections import defaultdict
from datetime import timedelta

from django.db import transaction

from kernel.one_writer import rest
from orders.bulk import in_chunks
from sla.bottlenecks import waits
from sla.models import WaitCell, WaitReading
from sla.waiting import Waits

DAYS = (28, 91, 364)  # four weeks, a quarter, a year
AT_ONCE, MOST_REST_S = 200, 0.5


def refresh_waits(*, at, progress=lambda *said: None):
    """Read the waits of a year into a new WaitReading, in short transactions; older readings go. Returns it."""
    reading = WaitReading.objects.create(made_at=at)
    cells, count = _gathered(at)
    keys = sorted(cells, key=str)
    for done, some in enumerate(in_chunks(keys, AT_ONCE)):
        began = time.monotonic()
        WaitCell.objects.bulk_create([_cell(reading, key, cells.pop(key)) for key in some])
        rest(began, MOST_REST_S)
        progress(done * AT_ONCE, len(keys))
    with transaction.atomic():
        WaitReading.objects.filter(pk=reading.pk).update(is_complete=True, wait_count=count)
    reading.refresh_from_db()
    _forget_older(reading)
    return reading


def _gathered(at):
    """({key of a cell: Waits}, how many waits there were)."""
    cells, count = defaultdict(Waits), 0
    starts = [(days, int((at - timedelta(days=days)).timestamp())) for days in DAYS]
    for one in waits(since=at - timedelta(days=max(DAYS)), now=at):
        count += 1
        rest_of_key = one.kind, one.from_code, one.to_code, one.department_id
        within = (0,) if one.kind == WaitCell.NOW else [days for days, start in starts if one.ended >= start]
        for days in within:
            for scope_id in (None, one.scope_id):
                key = days, *rest_of_key, scope_id, one.plant_id, one.kind_id
                cells[key].add(one.order_id, one.seconds)
    return cells, count


def _cell(reading, key, found):
    days, kind, from_code, to_code, department_id, scope_id, plant_id, kind_id = key
    return WaitCell(
        reading=reading, days=days, kind=kind, from_code=from_code, to_code=to_code, department_id=department_id,
        scope_id=scope_id, plant_id=plant_id, order_kind_id=kind_id, waits=found.in_order(),
        longest=found.longest_first(), **found.figures(),
    )


def _forget_older(reading):
    """A reading that broke off goes as well; cells some at a time, because a reader of pages must not wait for it."""
    older = WaitCell.objects.filter(reading__lt=reading.pk).order_by("pk")
    while ids := list(older.values_list("pk", flat=True)[:AT_ONCE * 5]):
        began = time.monotonic()
        WaitCell.objects.filter(pk__in=ids).delete()
        rest(began, MOST_REST_S)
    WaitReading.objects.filter(pk__lt=reading.pk).delete()
