"""How fast do 100,000 open clocks follow a day off that is announced? The peer counts one clock a transaction."""
import argparse
from datetime import timedelta

from benchmarks.hub import open_hub
from benchmarks.report import Watch, busy, keep, seconds, table

SINGLES = 300
HOUR = timedelta(hours=1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--clocks", type=int, default=100_000)
    parser.add_argument("--full", action="store_true")
    asked = parser.parse_args()
    vendor = open_hub()
    from django.utils import timezone

    from kernel.calendar_versions import change_calendar
    from sla.actions import recount_clocks
    from sla.jobs import count_anew
    from sla.models import Clock
    from sla.seed import seed_calendar

    now, calendar = timezone.now(), seed_calendar()
    make_clocks(calendar, asked.clocks, now)
    days = {(now + timedelta(days=ahead)).date(): {"kind": "off"} for ahead in (2, 3, 9)}
    change_calendar(calendar=calendar, days=days, reason="", by=None, at=now)
    watch = Watch()
    for pk in Clock.objects.order_by("pk").values_list("pk", flat=True)[:SINGLES]:
        recount_clocks(calendar_id=calendar.pk, clock_ids=[pk], at=now)
    single = (SINGLES, watch.wall, watch.cpu)
    watch = Watch()
    found = count_anew(lambda *said: None, calendar_id=calendar.pk)
    many = (found["clocks"], watch.wall, watch.cpu)
    rates = [count / wall for count, wall, _cpu in (single, many)]
    table(
        f"recount on {vendor}: {asked.clocks:,} open clocks", ("", "clocks", "wall", "clocks/s", "CPU/clock"),
        [(name, f"{count:,}", seconds(wall), f"{count / wall:,.0f}", f"{cpu / count * 1e6:.0f} µs")
         for name, (count, wall, cpu) in (("the job, with its rests", many), ("one a transaction", single))],
        [f"{found['moved']:,} are due at another time; {rates[1] / rates[0]:.1f} × the single way; {busy()}"],
    )
    keep("recount", vendor, clocks=found["clocks"], moved=found["moved"], seconds=round(many[1], 2),
         clocks_per_s=round(rates[1]), single_per_s=round(rates[0]))


def make_clocks(calendar, count, now):
    """As tickets leave them: budgets under way with a chain of levels, one of six paused, one of six a deadline."""
    from sla import clocks
    from sla.calendars import work_time
    from sla.models import Clock

    work, made = work_time(calendar), []
    for number in range(count):
        start = now - (number % 200) * HOUR
        kind = Clock.DEADLINE if number % 6 == 5 else Clock.BUDGET
        clock = Clock(
            kind=kind, label=f"bench {number}", calendar=calendar, budget_s=(40 + number % 160) * 3600,
            levels=[[-1, -14400], [1, 3600], [2, 14400]])
        clocks.start(clock, start, work, now + (10 + number % 90) * HOUR if kind == Clock.DEADLINE else None)
        if number % 6 == 4:
            clocks.apply(clock, clocks.PAUSE, start + HOUR, work, "bench")
        made.append(clock)
    for start in range(0, count, 5_000):
        Clock.objects.bulk_create(made[start:start + 5_000])


if __name__ == "__main__":
    main()
