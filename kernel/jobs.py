"""How is background work asked for, run once, seen and given up?

Truth is the JobRun row; django-q2 only kicks `kernel.jobs.run(job_id)`. `attempts` is committed before the work, so
a job that kills its process stops after three starts. Handlers stand in config/schedule.py (settings.HUB_JOBS):
{kind: dotted function taking (progress, **args) and returning a JSON-able dict}.
"""
import logging
import signal
import threading
import traceback
from contextlib import contextmanager
from datetime import timedelta
from functools import cache

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_q.tasks import async_task

from kernel.errors import Refusal
from kernel.models import JobRun
from kernel.news import News, action, publish

MAX_STARTS = 3
LEASE = timedelta(minutes=12)
REKICK = timedelta(minutes=2)
WAIT = timedelta(seconds=20)
CANARY = "canary"  # the one schedule that is no job, see kernel.heartbeats.beat_worker
WHERE = ("link", "run")  # of a result: the page that tells it
log = logging.getLogger("hub.jobs")


@cache
def _handlers():
    return {job.kind: job for job in import_string(settings.HUB_JOBS)}


def job_name(kind):
    """What this kind of work is called, in the reader's language."""
    if kind == CANARY:
        return gettext("Sign of life of the worker")
    job = _handlers().get(kind)
    return str(job.name) if job and job.name else kind


def job_kinds():
    """[(kind, name)] of all work that is declared."""
    return [(kind, job_name(kind)) for kind in _handlers()]


def routine_kinds():
    """Kinds that run by themselves, by the clock."""
    return [kind for kind, job in _handlers().items() if job.every_minutes]


def told_result(job):
    """What of a job's result its row may tell whoever may view jobs; a page tells the rest, by who looks.

    Of work that is declared no more nobody knows, so as little is told.
    """
    declared = _handlers().get(job.kind)
    if declared and not declared.results_by_sight:
        return job.result
    return {name: job.result[name] for name in WHERE if name in job.result}


class Stopped(BaseException):
    """The worker was told to stop while a job was at work."""


class NotYet(Exception):
    """Raised by a handler that waits for other work: no start is counted, and it is asked again after WAIT."""


class Progress:
    """Given to a handler: `progress(done, total, message)` writes the row at most once a second, renewing the lease."""

    def __init__(self, job_id):
        self.job_id = job_id
        self._last = None
        self._said = (0, 0, "")

    def final(self):
        """What the row says when the work is done: all of it, whatever was last said and not written."""
        done, total, message = self._said
        return {"done_count": max(done, total), "total_count": max(done, total), "message": message[:300]}

    def __call__(self, done, total=0, message=""):
        now = timezone.now()
        self._said = (done, total, message)
        if self._last and (now - self._last).total_seconds() < 1 and done != total:
            return
        self._last = now
        JobRun.objects.filter(pk=self.job_id).update(
            done_count=done, total_count=total, message=message[:300], lease_until=now + LEASE
        )


@action
def ask_for_job(*, kind, key, args, by, at):
    """Ask for background work once per `key`: the row, new or already there. Kicked in the same transaction."""
    if kind not in _handlers():
        raise Refusal(_("There is no job of this kind."), code="job_kind")
    job, is_new = JobRun.objects.get_or_create(
        key=key, defaults={"kind": kind, "args": args, "asked_by": by, "asked_at": at, "next_kick_at": at + REKICK},
    )
    if is_new:
        _kick(job)
    return job


def _kick(job):
    # With the ORM broker on the same database the kick is rolled back with the row.
    async_task("kernel.jobs.run", job.pk, task_name=job.key[:100])


def run(job_id):
    """Do the work of one row, if nobody else does. Called by django-q2 with an int, and safe to call twice."""
    now = timezone.now()
    try:
        with _told_to_stop():
            return _work(job_id) if _claim(job_id, now) else "not due"
    except NotYet as wait:
        _give_back(job_id=job_id, claimed_at=now, at=timezone.now() + WAIT, message=str(wait)[:300])
        return "waits"
    except Stopped:
        connection.close()  # it may stand in the middle of a transaction
        _give_back(job_id=job_id, claimed_at=now, at=timezone.now())
        raise SystemExit(0) from None


def _work(job_id):
    job, progress = JobRun.objects.get(pk=job_id), Progress(job_id)
    try:
        result = import_string(_handlers()[job.kind].handler)(progress, **job.args)
    except NotYet:
        raise
    except Exception as error:  # the row keeps it; the job page shows it
        log.exception("job %s failed", job.key)
        _fail(job_id=job_id, error=error, at=timezone.now())
        return "failed"
    JobRun.objects.filter(pk=job_id).update(
        state=JobRun.DONE, result=result or {}, finished_at=timezone.now(), next_kick_at=None, lease_until=None,
        error="", **progress.final(),
    )
    return "done"


@contextmanager
def _told_to_stop():
    """While a job is at work, SIGTERM ends it by Stopped, so that its row can be given back."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number, frame):
        raise Stopped

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _give_back(*, job_id, claimed_at, at, **said):
    """A stop is no failure: the start is not counted, and whoever comes next begins at `at`.

    Only a claim of one's own: the stop may have come before it, while another worker is on the row.
    """
    JobRun.objects.filter(pk=job_id, state=JobRun.RUNNING, started_at=claimed_at).update(
        state=JobRun.WAITING, attempts=F("attempts") - 1, lease_until=None, next_kick_at=at, **said
    )


def free_at(now):
    """The condition that nobody is at work on a job."""
    return Q(lease_until=None) | Q(lease_until__lt=now)


def _claim(job_id, now):
    """Compare-and-set; commits the attempt before the work starts."""
    return JobRun.objects.filter(
        free_at(now), pk=job_id, state__in=[JobRun.WAITING, JobRun.RUNNING], attempts__lt=MAX_STARTS
    ).update(
        state=JobRun.RUNNING, attempts=F("attempts") + 1, started_at=now, lease_until=now + LEASE,
        next_kick_at=now + LEASE, code_version=settings.VERSION,
    )


@action
def _fail(*, job_id, error, at):
    job = JobRun.objects.get(pk=job_id)
    job.error = f"{error}\n\n{traceback.format_exc()}"[-8000:]
    job.lease_until = None
    if job.attempts >= MAX_STARTS or isinstance(error, Refusal):
        _give_up(job, at)
    else:
        job.state, job.next_kick_at = JobRun.WAITING, at + REKICK * job.attempts
    job.save()


def _give_up(job, at):
    job.state, job.next_kick_at, job.finished_at, job.lease_until = JobRun.DEAD, None, at, None
    publish(News("job.dead", job.pk, at))


@action
def kick_due_jobs(*, at, limit=50):
    """Kick again what was lost; bury what started three times and never finished. Returns (kicked, buried).

    A job that says it is at work is neither, however long it takes: its lease goes on while it says so.
    """
    kicked = buried = 0
    due = JobRun.objects.select_for_update(skip_locked=True, of=("self",)).filter(free_at(at), next_kick_at__lte=at)
    for job in due.order_by("next_kick_at")[:limit]:
        if job.attempts >= MAX_STARTS:
            job.error = job.error or "The process died three times while it worked on this job."
            _give_up(job, at)
            job.save()
            buried += 1
        else:
            JobRun.objects.filter(pk=job.pk).update(next_kick_at=at + REKICK)
            _kick(job)
            kicked += 1
    return kicked, buried


@action
def retry_job(*, job, by, at):
    """Give a dead or failed job three more starts."""
    if job.state not in (JobRun.DEAD, JobRun.FAILED):
        raise Refusal(_("Only a job that was given up can be started again."), code="job_not_dead")
    job.state, job.attempts, job.next_kick_at, job.finished_at = JobRun.WAITING, 0, at + REKICK, None
    job.save()
    _kick(job)
    return job


def ask_for_scheduled(name, at=None):
    """Called by a django-q2 schedule with the name of a scheduled job: one row per period, never two at once."""
    at = at or timezone.now()
    job = _handlers()[name]
    if JobRun.objects.filter(kind=name, state__in=[JobRun.WAITING, JobRun.RUNNING]).exists():
        return None
    with transaction.atomic():
        return ask_for_job(kind=name, key=f"{name}:{job.period_of(at)}", args=job.args, by=None, at=at)
