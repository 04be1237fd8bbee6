"""How long does reading anew where orders wait take? The peer is the same waits by loops in plain Python over the rows.

The loops read their rows off the same tables and keep every rule of sla.bottlenecks but the names of nodes in rework;
what both find is compared by count and sum. Goal: 2.2 million events in 60 s on SQLite, in 30 s on PostgreSQL.
"""
import argparse
import json
import random
from datetime import timedelta
from itertools import groupby

from benchmarks.hub import open_hub
from benchmarks.report import Watch, busy, keep, seconds, table

FULL, SMALL = 100_000, 5_000
GOALS = {"sqlite": 60, "postgresql": 30}
GOAL_EVENTS = 2_200_000
STEP = timedelta(minutes=437)
# record, axis, its statuses one after the other; ? stands for one order in twenty.
RECORDS = (
    ("order", "commercial", ("draft", "draft", "confirmed", "closed")),
    ("order_line", "material", ("none", "requested", "reserved")),
    ("receipt", "material", ("received",)), ("posting", "material", ("received",)),
    ("work_order", "production", ("dispatched", "started", "started", "finished")),
    ("inspection", "quality", ("inspecting", "rejected?", "inspecting?", "released")),
    ("shipment", "logistics", ("packed", "shipped")), ("waybill", "logistics", ("shipped", "in_transit", "delivered")),
    ("invoice", "finance", ("invoiced", "paid")),
)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--orders", type=int, default=0)
    asked = parser.parse_args()
    orders = asked.orders or (FULL if asked.full else SMALL)
    vendor = open_hub()
    from django.utils import timezone

    from sla.actions import refresh_waits
    from sla.models import WaitCell

    now = timezone.now()
    events = fill(orders, now)
    mine = Watch()
    reading = refresh_waits(at=now)
    mine_wall = mine.wall
    peer = Watch()
    count, total = by_loops(now)
    peer_wall = peer.wall
    cells = WaitCell.objects.filter(reading=reading, scope=None, days=364).exclude(kind=WaitCell.NOW)
    found = [(one.count, one.sum_s) for one in cells]
    assert (count, total) == (sum(one[0] for one in found), sum(one[1] for one in found)), "both ways find the same"
    table(
        f"waits on {vendor}: {orders:,} orders, {events:,} events, {reading.wait_count:,} waits",
        ("", "wall", "events/s"),
        [("read anew", seconds(mine_wall), f"{events / mine_wall:,.0f}"),
         ("by loops in Python", seconds(peer_wall), f"{events / peer_wall:,.0f}")],
        [f"{peer_wall / mine_wall:.1f} × the loops, which write no summary; {busy()}",
         _goal(vendor, events, mine_wall)],
    )
    keep("bottleneck", vendor, orders=orders, events=events, waits=reading.wait_count, wall_s=round(mine_wall, 1),
         peer_s=round(peer_wall, 1), cells=reading.cells.count())


def _goal(vendor, events, wall):
    goal = GOALS[vendor]
    if events >= GOAL_EVENTS:
        return f"2.2 million events in ≤ {goal} s: {'held' if wall <= goal else 'MISSED'} ({wall:.0f} s)"
    return f"EXTRAPOLATION, not measured: 2.2 M events at this rate {wall / events * GOAL_EVENTS:.0f} s (goal {goal} s)"


# --- a year of orders -----------------------------------------------------------------------------------


def fill(orders, now):
    """Orders, passed nodes and events in bulk; returns how many events."""
    from kernel.models import Scope
    from orders.models import Event, Order, OrderKind, SourceSystem
    from sla.models import Milestone, MilestoneNode
    from sla.seed import seed_company, seed_reference

    company = seed_company()
    seed_reference(company=company, at=now)
    scopes = [Scope.objects.create(company=company, code=f"b{n}", name_en=f"b{n}", name_zh=f"b{n}") for n in range(40)]
    system = SourceSystem.objects.create(
        company=company, scope=scopes[0], code="bench", name_en="bench", name_zh="bench", role="erp"
    )
    kinds = list(OrderKind.objects.filter(code__in=("standard", "urgent")))
    nodes = {kind.pk: list(MilestoneNode.objects.filter(plan__kind=kind).order_by("sequence")) for kind in kinds}
    draw, events = random.Random(5), 0
    for start in range(0, orders, 2_000):
        made = Order.objects.bulk_create([
            Order(company=company, kind=kinds[n % 2], number=f"B{n}", scope=scopes[n % 40], created_at=now,
                  ordered_at=now - timedelta(days=1 + n * 355 / orders), identity=Order.CONFIRMED, is_open=0)
            for n in range(start, min(orders, start + 2_000))
        ])
        Milestone.objects.bulk_create([
            Milestone(order=order, node=node, sequence=node.sequence, state=Milestone.DONE,
                      actual_at=order.ordered_at + STEP * place * draw.random())
            for order in made for place, node in enumerate(nodes[order.kind_id], 1)
        ])
        events += store(Event, [row for order in made for row in events_of(order, system, draw)], now)
    return events


def events_of(order, system, draw):
    place = 0
    for entity, axis, statuses in RECORDS:
        again = draw.random() < 0.05
        for status in statuses:
            if status.endswith("?") and not again:
                continue
            place += 1
            moment = order.ordered_at + STEP * place / 3
            data = {"axis": axis, "status": status.rstrip("?"), "quantity_m": 230000, "unit": "pcs", "plant": "1100",
                    "material": "227426", "customer": "101153", "facts": {"ordered": order.ordered_at.isoformat()}}
            yield {"system": system.pk, "identity": f"o:{order.pk}:{place}", "order": order.pk, "entity": entity,
                   "key": f"{entity}{order.pk}", "occurred_at": moment, "data": json.dumps(data)}


def store(model, rows, now):
    from orders.bulk import insert_rows

    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    usual = {field.name: None if field.null else field.get_default() for field in fields}
    usual |= {"received_at": now, "recorded_at": now, "payload_hash": "x"}
    insert_rows(model, list(usual), [tuple((usual | row).values()) for row in rows])
    return len(rows)


# --- the peer -------------------------------------------------------------------------------------------


def by_loops(now):
    """(how many waits ended within a year, their sum in seconds)."""
    from sla.models import Milestone

    since, count, total = now - timedelta(days=364), 0, 0
    rows = Milestone.objects.filter(actual_at__isnull=False).order_by("order", "sequence")
    rows = rows.values_list("order", "order__ordered_at", "actual_at").iterator(chunk_size=5_000)
    for _order, its in groupby(rows, lambda row: row[0]):
        latest = None
        for _pk, ordered_at, moment in its:
            latest = whole(ordered_at) if latest is None else latest
            if since <= moment <= now:
                count, total = count + 1, total + max(0, whole(moment) - latest)
            latest = max(latest, whole(moment))
    for seconds_ in rework(since, now):
        count, total = count + 1, total + seconds_
    return count, total


def rework(since, now):
    from orders.models import Event
    from sla.bottlenecks import DONE, is_undone

    rows = Event.objects.filter(order__isnull=False, kind="stated", retracts=False)
    rows = rows.order_by("order", "system", "entity", "key", "occurred_at", "sequence", "pk")
    rows = rows.values_list("order", "system", "entity", "key", "data", "occurred_at").iterator(chunk_size=5_000)
    for _record, its in groupby(rows, lambda row: row[:4]):
        earlier, verdict = None, None
        for *_key, data, moment in its:
            step = data.get("axis"), data.get("status")
            is_new, earlier = step != earlier, step
            if not is_new or step not in DONE:
                continue
            if verdict and is_undone(step[0], verdict[0], step[1]) and since <= moment <= now:
                yield whole(moment) - whole(verdict[1])
            verdict = step[1], moment


def whole(moment):
    return int(moment.timestamp() // 1)


if __name__ == "__main__":
    main()
