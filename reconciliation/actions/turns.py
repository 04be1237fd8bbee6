"""Whose turn is it to compare by a profile? One run at a time, and one whose process died does not stand in the way."""

import time
from itertools import takewhile
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refusal
from kernel.jobs import LEASE, MAX_STARTS
from kernel.models import JobRun
from kernel.moments import say_clock
from kernel.news import action
from reconciliation.models import Profile, Run

BEAT_S = 60


class AtWork(Refusal):
    """Another run of the profile is at work: nothing is wrong, it is only not this one's turn yet."""


def is_at_work(run, now):
    """Does a process work on this run, as far as anybody can tell? One that died leaves it running for ever."""
    if run.state != Run.RUNNING or run.lease_until is None or run.lease_until <= now:
        return False
    job = run.job
    if job is None:
        return True
    # A later start of the same job, or none, means that whoever began this run has ended.
    return (job.state == JobRun.RUNNING and job.lease_until is not None and job.lease_until > now
            and job.started_at <= run.started_at)


def times_cut_off(profile):
    """How many of its last runs were cut off, one after the other; no more than MAX_STARTS are counted."""
    last = Run.objects.filter(profile=profile).order_by("-pk")[:MAX_STARTS]
    return len(list(takewhile(lambda run: run.was_cut_off or run.state == Run.RUNNING, last)))


@action
def begin_run(*, version, at, job, by, again=None, is_recheck=False):
    """The Run that begins now by a version of a profile; `again`, the job's own one, begins anew.

    Raises AtWork while another one of the profile is at work. Those that were cut off have failed.
    """
    Profile.objects.select_for_update(of=("self",)).get(pk=version.profile_id)
    now = timezone.now()
    others = Run.objects.filter(profile=version.profile_id, state=Run.RUNNING).select_related("job")
    others = list(others.exclude(pk=again and again.pk).order_by("pk"))
    for other in others:
        if is_at_work(other, now) or not _bury([other], now) and _goes_on(other):
            raise AtWork(
                _("This comparison is being made already, since %(since)s. The next one can begin when it is done."),
                code="at_work", since=say_clock(other.started_at, ZoneInfo(settings.HUB_TIME_ZONE)))
    run = again or Run(profile_id=version.profile_id, version=version, job=job, as_of=at, is_recheck=is_recheck)
    run.state, run.started_at, run.finished_at, run.error = Run.RUNNING, now, None, ""
    run.lease_until = now + LEASE
    run.save()
    return run


def hold_turn(run):
    """Go on with a run, for another lease. Refused when it was taken for dead: another may be at work by now."""
    if not Run.objects.filter(pk=run.pk, state=Run.RUNNING).update(lease_until=timezone.now() + LEASE):
        raise Refusal(_("This comparison was taken for dead, because nothing was heard of it for %(minutes)s minutes. "
                        "It stops, so that it does not undo what a later one does."),
                      code="turn_lost", minutes=int(LEASE.total_seconds() // 60))


def each_minute(do, clock=time.monotonic):
    """A function to call as often as one likes, at every step of a long work: it does something once a minute."""
    last = clock()

    def beat():
        nonlocal last
        if clock() - last >= BEAT_S:
            last = clock()
            do()

    return beat


@action
def bury_dead_runs(*, at, by=None):
    """Runs whose process died have failed, so that nobody waits for them. `at` is now; returns how many."""
    dead = [run for run in Run.objects.filter(state=Run.RUNNING).select_related("job").order_by("pk")
            if not is_at_work(run, at)]
    return _bury(dead, at)


def _goes_on(run):
    return Run.objects.filter(pk=run.pk, state=Run.RUNNING).exists()


def _bury(runs, at):
    """How many of them are buried: one that has given a sign of life since it was looked at is not.

    The lease stays: by it one that was cut off is told from one that failed (Run.was_cut_off).
    """
    return sum(
        Run.objects.filter(pk=run.pk, state=Run.RUNNING, lease_until=run.lease_until).update(
            state=Run.FAILED, finished_at=at, lease_until=run.lease_until or at)
        for run in runs)
