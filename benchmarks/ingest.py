"""How many rows a second go the live way: inbox, mapping, record, event, fold, one batch of 500 a transaction?

The peer is the same way with one row a batch, over the next rows of the same world.
"""
import argparse

from benchmarks.hub import open_hub
from benchmarks.report import Watch, busy, keep, table

GOAL = 1_500
SINGLES = 300


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, default=900)
    parser.add_argument("--full", action="store_true", help="10,000 orders")
    asked = parser.parse_args()
    vendor = open_hub()
    from django.utils import timezone

    from benchmarks.intake import batches_of, inbox
    from integrations.inbox import Reader
    from integrations.models import InboxBatch
    from integrations.sample_factory.introduce import introduce_factory
    from integrations.systems.factory.connector import world_of, world_options

    at = timezone.now()
    doors = introduce_factory(by=None, at=at)
    orders = 10_000 if asked.full else asked.orders
    world = world_of(world_options(orders=orders, seed=5, now=at, faults={}, days=30))
    batches = list(batches_of(world.rows(None, world.now, [])))
    readers = {code: Reader(door.system_id) for code, door in doors.items()}
    singles = [(system, [row]) for system, rows in batches[-3:] for row in rows][-SINGLES:]
    batches = batches[:-3]
    many = timed(inbox, batches, doors, readers, at)
    InboxBatch.objects.all().delete()  # the codes of the batches begin anew
    one = timed(inbox, singles, doors, readers, at)
    rate, single = many[0] / many[1], one[0] / one[1]
    table(
        f"ingest on {vendor}: {many[0]:,} rows of {orders:,} orders through the inbox",
        ("", "rows", "wall", "rows/s", "CPU/row"),
        [(name, f"{rows:,}", f"{wall:.1f} s", f"{rows / wall:,.0f}", f"{cpu / rows * 1e6:.0f} µs")
         for name, (rows, wall, cpu) in (("batches of 500", many), ("one row a batch", one))],
        [f"{rate / single:.1f} × the single-row way; {GOAL:,} rows a second: "
         f"{'held' if rate >= GOAL else 'MISSED'}; {busy()}"],
    )
    keep("ingest", vendor, rows=many[0], rows_per_s=round(rate), cpu_us=round(many[2] / many[0] * 1e6),
         single_rows_per_s=round(single))


def timed(way, batches, doors, readers, at):
    """(rows, wall seconds, CPU seconds) of working off these batches."""
    watch = Watch()
    way(batches, doors, readers, at)
    return sum(len(rows) for _system, rows in batches), watch.wall, watch.cpu


if __name__ == "__main__":
    main()
