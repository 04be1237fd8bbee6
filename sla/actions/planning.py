"""Planning an order's milestones anew: dates, states, clocks, lateness; many orders in few statements."""
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kernel.news import action
from kernel.working_time import SECOND, to_datetime, to_us
from orders.actions import keep_due
from orders.models import Order
from sla.experience import newest_table, outlook
from sla.hours import order_time, works_for
from sla.lateness import lateness_row, unplanned_row
from sla.milestone_clocks import OPEN, sync_clock
from sla.milestones import end_node, forecast_path, plan_path
from sla.models import Clock, ClockSegment, Milestone, PlanRequest
from sla.paths import exactness, load_paths, path_for, suits, tiers_of
from sla.saving import save_changed, snapshot

MILESTONE_FIELDS = [
    "state", "baseline_at", "planned_at", "forecast_at", "actual_at", "late_at", "warned_at", "slow_at",
    "clock_id",
]
CLOCK_FIELDS = [
    "state", "label", "budget_s", "used_s", "running_since", "paused_since", "pause_reason", "due_at", "met_at",
    "late_at", "provisional", "cycle", "levels", "level_index", "next_fire_at", "generation", "calendar_id",
    "calendar_version",
]

LATER = timedelta(minutes=10)
log = logging.getLogger("hub.planning")


@dataclass
class Work:
    """What one pass gathers before it writes."""

    milestones: list = field(default_factory=list)
    clocks: list = field(default_factory=list)
    segments: list = field(default_factory=list)
    late_rows: list = field(default_factory=list)
    failed: set = field(default_factory=set)

    def take(self, other):
        self.milestones += other.milestones
        self.clocks += other.clocks
        self.segments += other.segments
        self.late_rows += other.late_rows


def ask_for_planning(*, order_ids, at):
    """Leave a request for each order, in the transaction that changes it; a job plans them within a second.

    Sorted, and an update where the row is there already: asking waits for a planning under way to end.
    """
    PlanRequest.objects.bulk_create(
        [PlanRequest(order_id=pk, asked_at=at) for pk in sorted(set(order_ids))],
        update_conflicts=True, unique_fields=["order"], update_fields=["asked_at"],
    )


def plan_due_orders(*, at, limit=100):
    """Plan the orders that were asked for, oldest first; returns how many. One short transaction."""
    due = PlanRequest.objects.filter(asked_at__lte=at).order_by("asked_at")
    wanted = list(due.values_list("order_id", flat=True)[:limit])
    return plan_milestones(order_ids=wanted, at=at) if wanted else 0


@action
def plan_milestones(*, order_ids, at):
    """Plan these orders' nodes and keep their lateness; returns how many orders were planned.

    What a person or a clock sees is written here and nowhere else. Orders somebody else is changing at this
    instant are left for the next pass: their request stays.
    """
    ids = sorted(set(order_ids))
    lock_clocks(ids)
    locked = Order.objects.select_for_update(skip_locked=True, no_key=True, of=("self",)).filter(pk__in=ids)
    orders = list(locked.select_related("kind", "company", "plant", "scope").order_by("pk"))
    if orders:
        work = _gather(orders, at)
        _write(work, at)
        done = PlanRequest.objects.filter(order__in=orders)
        done.filter(order__in=work.failed).update(asked_at=at + LATER)
        done.exclude(order__in=work.failed).delete()
    return len(orders)


def lock_clocks(order_ids):
    # Clocks before orders, as the sweep takes them: two that meet wait for each other in one direction only.
    open_ones = Clock.objects.filter(milestone__order__in=order_ids, state__in=OPEN)
    list(open_ones.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))


def _gather(orders, at):
    work, paths, tiers, table = Work(), load_paths(), tiers_of(orders), newest_table()
    works = works_for(orders, [node for path in paths.values() for node in path.rows.values()])
    known = _known_milestones(orders, paths)
    for order in orders:
        mine = known.get(order.pk, {})
        if order.awaits_confirmation:
            _forget(mine)
            work.late_rows.append(unplanned_row(order))
            continue
        path = _path_of(order, mine, tiers, paths)
        if path is None:
            continue
        one = Work()
        try:
            learned = (table, tiers.get(order.customer_id))
            _plan_order(order, path, mine, order_time(order, path.rows.values(), works), at, one, learned)
        except Exception:  # one order that cannot be planned does not hold up the others
            log.exception("order %s cannot be planned", order.pk)
            work.failed.add(order.pk)
        else:
            work.take(one)
    return work


def _known_milestones(orders, paths):
    """{order id: {node code: Milestone}} with their clocks; nodes are those of `paths`, read once for all."""
    known, nodes = {}, {row.pk: row for path in paths.values() for row in path.rows.values()}
    for row in Milestone.objects.filter(order__in=orders).select_related("clock"):
        row.node = nodes[row.node_id]
        known.setdefault(row.order_id, {})[row.node.code] = row
    return known


def _path_of(order, mine, tiers, paths):
    """The plan an order began with is kept, also out of force; another one replaces it when the kind became known."""
    tier = tiers.get(order.customer_id)
    wanted = path_for(order, tier, paths)
    if not mine:
        return wanted
    begun = paths[next(iter(mine.values())).node.plan_id]
    if wanted is None or begun.plan.code == wanted.plan.code or _is_pinned(begun.plan, wanted.plan, order, tier):
        return begun
    _forget(mine)
    return wanted


def _is_pinned(begun, wanted, order, tier):
    """Does the plan still suit the order, and is the other one no more exact, or younger than the order?"""
    is_younger = wanted.published_at is not None and wanted.published_at > order.created_at
    return suits(begun, order, tier) and (exactness(wanted) >= exactness(begun) or is_younger)


def _forget(mine):
    """Take an order's nodes and clocks away; `mine`, {node code: Milestone}, is empty then."""
    if mine:
        Clock.objects.filter(pk__in=[one.clock_id for one in mine.values() if one.clock_id]).delete()
        Milestone.objects.filter(pk__in=[one.pk for one in mine.values()]).delete()
        mine.clear()


def facts_of(order):
    """{fact code: µs} of what the fold says has happened."""
    facts = order.state.get("facts", {})
    return {code: to_us(datetime.fromisoformat(entry["at"])) for code, entry in facts.items()}


def _plan_order(order, path, mine, time, at, work, learned):
    """`time`: its OrderTime; `learned`: (table of sla.experience, id of the customer's tier)."""
    states = plan_path(
        path.nodes, ordered=to_us(order.ordered_at or order.created_at), promised=_us(order.promised_at),
        facts=facts_of(order), now=to_us(at), **time.counting,
        baselines={code: to_us(one.baseline_at) for code, one in mine.items() if one.baseline_at},
        is_cancelled=order.commercial == "cancelled", not_before=_us(order.ordered_at),
    )
    ends = {}
    if order.is_open and not order.is_held:  # nobody knows when a held order goes on
        ends, _steps = forecast_path(path.nodes, states, now=to_us(at), **time.counting)
    ahead = _outlook(order, states, learned, time.whole, at)
    rows = [
        _plan_node(order, path.rows[state.code], state, mine.get(state.code), ends, ahead, time, at, work)
        for state in states
    ]
    end = end_node(path.nodes).code
    forecast = next((ends.get(end) for state in states if state.code == end and state.is_open), None)
    short = next(((state.code, state.short // SECOND) for state in states if state.short and state.is_open), None)
    likely = _late_share(order, rows, ahead, end, at)
    work.late_rows.append(lateness_row(order, rows, _moment(forecast), at, short, likely))
    return rows


def _late_share(order, rows, ahead, end, at):
    """Of comparable finished orders the share that would have broken this promise; None where nobody knows."""
    is_open = any(one.node.code == end and one.is_open for one in rows)
    if not (ahead and is_open and order.promised_at and order.promised_at > at):
        return None
    return ahead.late_p(end, order.promised_at)


def _outlook(order, states, learned, work_time, at):
    table, tier_id = learned
    if not order.is_open or order.is_held:
        return None
    passed = {state.code: to_datetime(state.actual) for state in states if state.actual is not None}
    return outlook(table, order.kind_id, tier_id, passed, work_time, at)


def judged(order, path, mine, time, at, learned):
    """([Milestone, …], row of lateness) of an order by this path, worked out from `mine` in memory; nothing is written.

    `mine`, {node code: Milestone}, is changed.
    """
    work = Work()
    rows = _plan_order(order, path, mine, time, at, work, learned)
    return rows, work.late_rows[0]


def _plan_node(order, node, state, milestone, ends, ahead, time, at, work):
    one = milestone or Milestone(order=order, node=node, sequence=node.sequence)
    before = snapshot(one, MILESTONE_FIELDS) if milestone else None
    if one.baseline_at is None:
        one.baseline_at = _moment(state.baseline)
    one.planned_at, one.actual_at = _moment(state.planned), _moment(state.actual)
    one.forecast_at = _moment(ends.get(state.code)) if state.is_open and order.is_open else None
    one.state = state.state if order.is_open or not state.is_open else Milestone.SKIPPED
    one.slow_at = ahead.slow_at(one.node.code) if ahead and one.state == Milestone.RUNNING else None
    sync_clock(one, state, order, time.of[node.code], at, work, CLOCK_FIELDS)
    one.late_at = one.planned_at if _was_late(one) else None
    if before is None or snapshot(one, MILESTONE_FIELDS) != before:
        work.milestones.append(one)
    return one


def _was_late(one):
    if one.state == Milestone.LATE:
        return True
    return bool(one.actual_at and one.planned_at and one.actual_at > one.planned_at)


def _write(work, at):
    save_changed(Clock, work.clocks, CLOCK_FIELDS)
    for one in work.milestones:
        one.clock = one.clock  # a new clock has its key now
    save_changed(Milestone, work.milestones, MILESTONE_FIELDS)
    ClockSegment.objects.bulk_create(work.segments)
    if work.late_rows:
        keep_due(rows=work.late_rows, at=at)


def _us(moment):
    return None if moment is None else to_us(moment)


def _moment(us):
    return None if us is None else to_datetime(us)
