"""Which steps does the hub's main job have? Each takes the instant and says in numbers what it did."""
import time

from django.utils import timezone

from exceptions.actions import drain_queue
from exceptions.late_nodes import raise_late_tickets, rest_with_orders, settle_late_tickets, settle_survivors
from exceptions.models import Ticket
from integrations.actions import pull_connection, work_off_batches
from integrations.actions.deliver_messages import deliver_messages
from integrations.models import Connection, InboxBatch
from kernel.jobs import kick_due_jobs
from kernel.models import Department
from kernel.one_writer import rest
from reconciliation.actions import run_comparison
from reconciliation.actions.turns import AtWork
from reconciliation.models import Profile
from sla.actions import plan_due_orders, sweep_clocks

BATCH, MOST_BATCHES = 200, 5  # clocks a transaction, transactions a pass


def _again(work, most=200):
    """Repeat short transactions until one finds nothing to do; the sum."""
    total = 0
    for _round in range(most):
        done = work()
        total += done
        if not done:
            break
    return total


def pull(at):
    """Read every active connection now."""
    found = {}
    for connection in Connection.objects.filter(is_active=True).exclude(kind="upload").order_by("code"):
        try:
            found[connection.code] = str(pull_connection(connection=connection, at=at))
        except Exception as error:  # one silent system does not stop the others; its connection keeps the reason
            found[connection.code] = f"failed: {error}"
    return found


def work_off(at):
    """Inbox → records, events, state; politely, for a loop that never ends is no reason to keep people waiting."""
    if not InboxBatch.objects.filter(state=InboxBatch.NEW).exists():
        return {}
    return work_off_batches(at=at, limit=20, rest=True)


def plan(at):
    """Dates, states and clocks of the orders that changed."""
    return {"orders": _again(lambda: plan_due_orders(at=at))}


def compare(at, codes=None):
    """Every active profile, now, or those of `codes` alone."""
    found, wanted = {}, Profile.objects.filter(is_active=True)
    if codes is not None:
        wanted = wanted.filter(code__in=codes)
    for profile in wanted.order_by("code"):
        try:
            run = run_comparison(profile=profile, by=None, at=at)
        except AtWork as refusal:
            found[profile.code] = str(refusal)
        except Exception as error:  # the run keeps it; the other profiles are compared all the same
            found[profile.code] = f"failed: {error}"
        else:
            looked = "all" if run.is_full else f"{run.counts['keys']} keys of"
            said = " ".join(f"{name}={run.counts[name]}" for name in ("new", "still", "reopened", "resolved", "open"))
            found[profile.code] = f"{said} ({looked} {run.counts['compared']} records)"
    return found


def sweep(at):
    """Clocks that are due: late nodes become tickets, tickets escalate.

    A batch that is full is followed by another, so that a slow machine does not fall behind by a batch a second.
    """
    found = []
    for _batch in range(MOST_BATCHES):
        began = time.monotonic()
        found.append(sweep_clocks(at=at, limit=BATCH))
        if found[-1].due < BATCH:
            break
        rest(began, most=0.2)
    return {
        "due": sum(one.due for one in found), "fired": sum(one.fired for one in found),
        "most_late_s": max(one.most_late_s for one in found),
    }


def settle(at):
    """Tickets whose trouble is over; tickets that wait for somebody to come back."""
    queues = Department.objects.filter(tickets__state=Ticket.NEW, tickets__assignee=None).distinct()
    given = sum(drain_queue(department=department, at=at) for department in queues.order_by("pk"))
    rest_with_orders(at=at)
    resolved = settle_late_tickets(at=at) + settle_survivors(at=at)
    return {"resolved": resolved, "opened": raise_late_tickets(at=at), "given": given}


def deliver(at):
    """Words on their way out."""
    done = deliver_messages(at=at, now=timezone.now)
    return {"sent": done.sent, "again": done.again, "dead": done.dead}


def kick(at):
    """Jobs whose kick was lost."""
    kicked, buried = kick_due_jobs(at=at)
    return {"kicked": kicked, "buried": buried}


# What one cycle does, in this order: (name, step).
CYCLE = [
    ("pull", pull), ("inbox", work_off), ("milestones", plan), ("comparison", compare), ("clocks", sweep),
    ("milestones again", plan), ("tickets", settle), ("outbox", deliver), ("jobs", kick),
]


def run_ticks(progress):
    """The ticker's steps as a job: the backup for when its loop does not run. Idempotent, like the loop."""
    return {name: step(timezone.now()) for name, step, _every_s in TICKS}


# What the ticker does: (name, step, every how many seconds).
TICKS = [
    ("inbox", work_off, 1), ("milestones", plan, 1), ("clocks", sweep, 0.5), ("outbox", deliver, 1),
    ("tickets", settle, 5), ("jobs", kick, 10),
]
