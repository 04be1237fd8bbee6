"""What of tickets grows old by itself, or follows what somebody has set up anew?"""
import time

from django.utils import timezone

from exceptions.ticket_clocks import by_other_hours
from kernel.one_writer import rest
from orders.bulk import in_chunks
from sla import jobs
from sla.actions import move_clocks

CLOCKS_AT_ONCE = 500


def follow_hours(progress):
    """Handler of the job: what is open counts by the hours of whoever must act, orders' nodes and tickets alike.

    A department, a plant or the company has taken another calendar. Returns {"orders", "clocks", "moved"}.
    """
    orders, done, moved = jobs.follow_hours(progress), 0, 0
    found = by_other_hours()
    total = sum(len(ids) for ids in found.values())
    for calendar_id, ids in found.items():
        for some in in_chunks(ids, CLOCKS_AT_ONCE):
            began = time.monotonic()
            moved += move_clocks(calendar_id=calendar_id, clock_ids=some, at=timezone.now())
            done += len(some)
            progress(orders + done, orders + total)
            rest(began, most=1)
    return {"orders": orders, "clocks": done, "moved": moved}
