"""How long does a first load of history take? The sample factory's rows, read ahead, in bulk, one fold per order.

Measured in wall and CPU seconds of the loading process; reading ahead runs in a process beside it, as in real life.
The peer is the live path over the same kind of rows in the same run (a small world of another seed).
"""
import argparse
import time

from benchmarks.hub import database_bytes, open_hub
from benchmarks.report import Watch, busy, keep, seconds, table

FULL, SMALL, LIVE = 200_000, 20_000, 400
GOAL_EVENTS, GOAL_S = 4_000_000, 900


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--orders", type=int, default=0)
    asked = parser.parse_args()
    orders = asked.orders or (FULL if asked.full else SMALL)
    vendor = open_hub()
    from integrations.sample_factory.introduce import introduce_factory

    introduce_factory(by=None, at=_now())
    live = live_rate(LIVE)
    run = Load(orders)
    run.go()
    cpu_us = run.watch_cpu / run.events * 1e6
    table(
        f"backfill on {vendor}: {orders:,} orders, {run.events:,} events", ("", "wall", "CPU", "events/s"),
        [
            ("insert in bulk", seconds(run.stored_wall), seconds(run.stored_cpu),
             f"{run.events / run.stored_wall:,.0f}"),
            ("one fold per order", seconds(run.watch_wall - run.stored_wall),
             seconds(run.watch_cpu - run.stored_cpu), ""),
            ("whole", seconds(run.watch_wall), seconds(run.watch_cpu), f"{run.events / run.watch_wall:,.0f}"),
            ("live path, other rows", "", "", f"{live:,.0f}"),
        ],
        [
            f"{run.events / run.watch_wall / live:.1f} × the live path; {cpu_us:.0f} µs CPU an event; "
            f"reading ahead took {seconds(run.watch.children)} CPU beside it; {busy()}",
            f"database {run.bytes / 1e6:,.0f} MB, {run.bytes / run.events:,.0f} B an event",
            _goal(orders, run, cpu_us),
        ],
    )
    keep("backfill", vendor, orders=orders, events=run.events, wall_s=round(run.watch_wall, 1),
         cpu_s=round(run.watch_cpu, 1), store_wall_s=round(run.stored_wall, 1), store_cpu_s=round(run.stored_cpu, 1),
         events_per_s=round(run.events / run.watch_wall), live_events_per_s=round(live), bytes=run.bytes,
         marks=run.marks)


def _goal(orders, run, cpu_us):
    if orders >= FULL:
        verdict = "held" if run.watch_wall <= GOAL_S else "MISSED"
        return f"200,000 orders in ≤ 15 min: {verdict} ({run.watch_wall / 60:.1f} min)"
    wall = GOAL_EVENTS / run.events * run.watch_wall / 60
    return (f"EXTRAPOLATION, not measured: 4 M events at this rate {wall:.1f} min wall, "
            f"{cpu_us * GOAL_EVENTS / 1e6 / 60:.1f} min CPU")


class Load:
    """One run of load_history; what it took until the last insert, and in all."""

    def __init__(self, orders):
        self.orders, self.marks, self.events = orders, [], 0
        self.stored_wall = self.stored_cpu = 0.0

    def go(self):
        from integrations.sample_factory.ahead import read_ahead
        from integrations.systems.factory.connector import world_of, world_options
        from orders.actions import load_history

        now = _now()
        world = world_of(world_options(orders=self.orders, seed=11, now=now, faults={}, days=365))
        self.watch = Watch()
        rows = (pair for chunk, _unread, _told in read_ahead(world) for pair in chunk)
        loaded = load_history(statements=rows, by=None, at=now, progress=self.note)
        self.watch_wall, self.watch_cpu = self.watch.wall, self.watch.cpu
        self.events, self.bytes = loaded.new, database_bytes()

    def note(self, done, folding):
        if not folding:
            self.stored_wall, self.stored_cpu = self.watch.wall, self.watch.cpu
        if not folding and done % 200_000 == 0:
            self.marks.append([done, round(self.stored_wall, 1), round(self.stored_cpu, 1)])


def live_rate(orders):
    """Events a second of record_events over a small world, mapping and inbox left out."""
    from integrations.sample_factory.ahead import read_in_chunks
    from integrations.systems.factory.connector import world_of, world_options
    from orders.actions import record_events

    now = _now()
    world = world_of(world_options(orders=orders, seed=12, now=now, faults={}, days=365))
    pairs = [pair for chunk, _unread, _told in read_in_chunks(world) for pair in chunk]
    began = time.monotonic()
    record_events(statements=[one for one, _ in pairs], received_at=[at for _, at in pairs], by=None, at=now)
    return len(pairs) / (time.monotonic() - began)


def _now():
    from django.utils import timezone

    return timezone.now()


if __name__ == "__main__":
    main()
