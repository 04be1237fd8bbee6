"""What of tickets grows old by itself, or follows what somebody has set up anew?"""
import time

from django.utils import timezone

from exceptions.actions import reapply_chain
from exceptions.chain_steps import behind
from exceptions.models import Chain
from exceptions.ticket_clocks import by_other_hours
from kernel.models import User
from kernel.one_writer import rest
from orders.bulk import in_chunks
from sla import jobs
from sla.actions import move_clocks

CLOCKS_AT_ONCE, TICKETS_AT_ONCE = 500, 50


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


def reapply_to_tickets(progress, *, chain_id, user_id):
    """Handler of the job: every open ticket of the chain goes by it as it is now, some at a time. Returns {"tickets"}.

    Goes on where it was stopped: who goes by the chain already is not looked for.
    """
    chain, by = Chain.objects.get(pk=chain_id), User.objects.get(pk=user_id)
    ids, done = behind(chain), 0
    for some in in_chunks(ids, TICKETS_AT_ONCE):
        began = time.monotonic()
        done += reapply_chain(chain=chain, ticket_ids=some, by=by, at=timezone.now())
        progress(done, len(ids))
        rest(began, most=1)
    return {"tickets": done}
