"""What of a plan grows old by itself, without news of the order?"""
import time

from django.db.models import F
from django.utils import timezone

from kernel.models import User
from kernel.one_writer import rest
from orders.bulk import in_chunks
from orders.models import Order
from orders.models.order import ON_TIME
from sla.actions import ask_for_planning, plan_milestones, reapply_plan, recount_clocks
from sla.actions import refresh_waits as read_waits
from sla.learning import learn
from sla.milestone_clocks import OPEN
from sla.models import Clock, Milestone, MilestonePlan
from sla.reapplying import followers
from sla.recounting import orders_by_other_hours, orders_hanging_on, orders_to_plan, outdated

AT_ONCE, CLOCKS_AT_ONCE = 100, 500


def refresh_forecasts(progress):
    """Handler of the job: while a due node is not done, each hour that passes moves what is expected after it.

    Orders whose next node is overdue are few and stand in an index of their own, and so do nodes waited for longer
    than usual. Returns {"asked"}.
    """
    now = timezone.now()
    overdue = Order.objects.filter(is_open=1, archived_at=None, next_due_at__lt=now).order_by("pk")
    slow = Milestone.objects.filter(state=Milestone.RUNNING, slow_at__lte=now, order__lateness=ON_TIME)
    ids = sorted({*overdue.values_list("pk", flat=True), *slow.values_list("order_id", flat=True)})
    for some in in_chunks(ids, 500):
        ask_for_planning(order_ids=some, at=now)
        progress(0, len(ids))
    return {"asked": len(ids)}


def learn_durations(progress):
    """Handler of the job: read the finished orders anew, then judge the open ones by them. Returns {"orders"}."""
    now = timezone.now()
    row = learn(at=now, progress=progress)
    if row is None:
        return {"orders": 0}
    under_way = Milestone.objects.filter(state=Milestone.RUNNING, order__is_open=1).order_by("order")
    for some in in_chunks(list(under_way.values_list("order", flat=True).distinct()), 500):
        ask_for_planning(order_ids=some, at=now)
    return {"orders": row.order_count}


def count_anew(progress, *, calendar_id):
    """Handler of the job: open clocks are counted by their calendar as it is now, some at a time; orders planned anew.

    What is counted already is not looked for again, so that the job goes on where it was stopped.
    Returns {"clocks", "moved", "orders"}.
    """
    clocks = moved = 0
    while ids := list(outdated(calendar_id).order_by("pk").values_list("pk", flat=True)):
        for some in in_chunks(ids, CLOCKS_AT_ONCE):
            began = time.monotonic()
            moved += recount_clocks(calendar_id=calendar_id, clock_ids=some, at=timezone.now())
            clocks += len(some)
            progress(clocks, max(clocks, len(ids)))
            rest(began, most=1)
    orders = _plan_all(orders_to_plan(calendar_id), progress, clocks)
    ask_for_planning(order_ids=orders_hanging_on(calendar_id).values_list("pk", flat=True), at=timezone.now())
    return {"clocks": clocks, "moved": moved, "orders": orders}


def follow_hours(progress):
    """Open orders with clocks that count by other hours than those of whoever must act are planned anew. How many?

    Goes on where it was stopped, as `count_anew`. Part of the job exceptions.jobs.follow_hours.
    """
    return _plan_all(orders_by_other_hours(), progress)


def _plan_all(found, progress, before=0):
    """Plan these orders, some at a time; returns how many were."""
    ids, done = list(found.order_by("pk").values_list("pk", flat=True)), 0
    for some in in_chunks(ids, AT_ONCE):
        began = time.monotonic()
        done += plan_milestones(order_ids=some, at=timezone.now())
        progress(before + done, before + len(ids))
        rest(began, most=1)
    # Orders that somebody else was changing at that instant are planned once more when that is done.
    ask_for_planning(order_ids=found.values_list("pk", flat=True), at=timezone.now())
    return done


def follow_calendars(progress):
    """Handler of the job: whatever names an older version of its calendar, for example because it was begun in the very
    instant of the change, follows it. Returns {"calendars"}.
    """
    old = Clock.objects.filter(state__in=OPEN).exclude(calendar_version=F("calendar__version"))
    ids = sorted(old.exclude(calendar=None).values_list("calendar", flat=True).distinct())
    for calendar_id in ids:
        count_anew(progress, calendar_id=calendar_id)
    return {"calendars": len(ids)}


def reapply_to_followers(progress, *, plan_id, user_id):
    """Handler of the job: every open order of the plan follows this version, some at a time. Returns {"orders"}."""
    plan, by = MilestonePlan.objects.get(pk=plan_id), User.objects.get(pk=user_id)
    ids, done = list(followers(plan).order_by("pk").values_list("pk", flat=True)), 0
    for some in in_chunks(ids, AT_ONCE):
        done += reapply_plan(plan=plan, order_ids=some, by=by, at=timezone.now())
        progress(done, len(ids))
    return {"orders": done}


def refresh_waits(progress):
    """Handler of the job: read anew where orders wait, for the page of bottlenecks. Returns {"waits"}."""
    return {"waits": read_waits(at=timezone.now(), progress=progress).wait_count}
