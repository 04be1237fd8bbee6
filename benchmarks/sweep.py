"""How fast are due clocks found and fired among 500,000? The peer is the same sweep with one clock a transaction."""
import argparse
from datetime import timedelta

from benchmarks.hub import open_hub
from benchmarks.pairs import alternate
from benchmarks.report import Watch, busy, keep, seconds, table

DUE, SINGLES, LIMIT = 4_000, 200, 200
GOAL_CLOCKS, GOAL_MS = 500_000, 5.0  # a second with nothing due


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--clocks", type=int, default=500_000)
    parser.add_argument("--full", action="store_true")
    asked = parser.parse_args()
    vendor = open_hub()
    from django.db import connection
    from django.utils import timezone

    from sla.actions.sweep import sweep_clocks

    now = timezone.now()
    make_clocks(asked.clocks, now)
    if vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE sla_clock")
    single = fire(sweep_clocks, now, SINGLES, 1)
    many = fire(sweep_clocks, now, DUE - SINGLES, LIMIT)
    quiet = alternate(lambda: sweep_clocks(at=now), runs=100)[0]
    rates = [count / wall for count, wall, _cpu in (single, many)]
    table(
        f"sweep on {vendor}: {DUE:,} due of {asked.clocks:,} clocks", ("", "clocks", "wall", "clocks/s", "CPU/clock"),
        [(name, f"{count:,}", seconds(wall), f"{count / wall:,.0f}", f"{cpu / count * 1e6:.0f} µs")
         for name, (count, wall, cpu) in ((f"{LIMIT} a transaction", many), ("one a transaction", single))],
        [f"{rates[1] / rates[0]:.1f} × the single way; a second with nothing due costs {quiet.p50 * 1e3:.2f} ms "
         f"(p95 {quiet.p95 * 1e3:.2f}); {busy()}",
         _goal(asked.clocks, quiet.p50 * 1e3)],
    )
    keep("sweep", vendor, clocks=asked.clocks, clocks_per_s=round(rates[1]), single_per_s=round(rates[0]),
         quiet_ms=round(quiet.p50 * 1e3, 3))


def _goal(count, quiet_ms):
    if count < GOAL_CLOCKS:
        return f"the goal is for {GOAL_CLOCKS:,} clocks"
    verdict = "held" if quiet_ms <= GOAL_MS else "MISSED"
    return f"nothing due among {GOAL_CLOCKS:,} in ≤ {GOAL_MS:.0f} ms: {verdict}"


def make_clocks(count, now):
    """Deadlines: DUE of them have passed, the others come within a year."""
    from sla.models import Clock

    for start in range(0, count, 10_000):
        some = range(start, min(count, start + 10_000))
        Clock.objects.bulk_create([clock_at(Clock, number, count, now) for number in some])


def clock_at(model, number, count, now):
    away = -number - 1 if number < DUE else 60 + number * 31_536_000 // count
    due = now + timedelta(seconds=away)
    return model(kind=model.DEADLINE, started_at=now - timedelta(days=30), running_since=now - timedelta(days=30),
                 due_at=due, next_fire_at=due, levels=[[0, 0]])


def fire(sweep, now, wanted, limit):
    """(clocks fired, wall, CPU)."""
    watch, fired = Watch(), 0
    while fired < wanted:
        swept = sweep(at=now, limit=limit)
        if not swept.due:
            break
        fired += swept.fired
    return fired, watch.wall, watch.cpu


if __name__ == "__main__":
    main()
