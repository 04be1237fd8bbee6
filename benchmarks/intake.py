"""How many rows a second go through the inbox, and how many statements through the back-fill path?

`ORDERHUB_VAR=/tmp/somewhere python -m benchmarks.intake [--orders 900] [--path inbox|load]` fills an empty database of
its own with the sample factory's rows, made before the clock starts. Wall time and processor time are told apart,
because the machine may be shared.
"""
import argparse
import os
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("ORDERHUB_DEBUG", "1")

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from integrations.actions.receiving import receive_batch  # noqa: E402
from integrations.actions.working_off import work_off_batch  # noqa: E402
from integrations.inbox import Reader, Unread  # noqa: E402
from integrations.sample_factory.introduce import introduce_factory  # noqa: E402
from integrations.systems.factory.connector import world_of, world_options  # noqa: E402
from orders.actions import load_history  # noqa: E402
from orders.models import Event, Order  # noqa: E402

BATCH = 500


def batches_of(rows):
    """Rows in the order they were received, cut into batches of one system each."""
    waiting = {}
    for row in rows:
        some = waiting.setdefault(row.system, [])
        some.append((row.entity, row.raw, row.received_at))
        if len(some) == BATCH:
            yield row.system, waiting.pop(row.system)
    yield from waiting.items()


def inbox(batches, doors, readers, at):
    for number, (system, rows) in enumerate(batches):
        batch = receive_batch(connection=doors[system], stream="messages", rows=rows, code=f"bench-{number}", by=None,
                              at=at)
        work_off_batch(batch=batch, reader=readers[system], at=at)


def load(batches, readers, at):
    def readable():
        for system, rows in batches:
            for place, (entity, raw, received) in enumerate(rows):
                read = readers[system].read(0, "bench", place, entity, raw, received)
                if not isinstance(read, Unread):
                    yield read, received

    load_history(statements=readable(), by=None, at=at)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, default=900)
    parser.add_argument("--path", choices=("inbox", "load"), default="inbox")
    chosen, at = parser.parse_args(), timezone.now()
    call_command("migrate", verbosity=0)
    doors = introduce_factory(by=None, at=at)
    world = world_of(world_options(orders=chosen.orders, seed=5, now=at, faults={}, days=30))
    batches = list(batches_of(world.rows(None, world.now, [])))
    readers = {code: Reader(door.system_id) for code, door in doors.items()}
    rows, wall, work = sum(len(some) for _, some in batches), time.perf_counter(), time.process_time()
    inbox(batches, doors, readers, at) if chosen.path == "inbox" else load(batches, readers, at)
    wall, work = time.perf_counter() - wall, time.process_time() - work
    print(f"{chosen.path}: {rows} rows, {Event.objects.count()} events, {Order.objects.count()} orders; "
          f"{rows / wall:.0f}/s by the clock, {rows / work:.0f}/s of processor time; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
