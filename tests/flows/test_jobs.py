"""Is background work a row that is started at most three times, seen when it fails, and never lost with its kick?"""
import os
import signal
import time
from datetime import timedelta

import pytest

from config import schedule
from config.schedule import Job
from exceptions.models import Ticket
from kernel import jobs
from kernel.errors import Refusal
from kernel.jobs import LEASE, ask_for_job, ask_for_scheduled, kick_due_jobs, retry_job, run
from kernel.models import JobRun
from tests.crash_harness import Flow, Harness

MINUTE = timedelta(minutes=1)
done = []


def work(progress, **args):
    progress(1, 2, "half")
    done.append(args)
    return {"did": len(done)}


def fail(progress):
    raise ValueError("no good")


def refuse(progress):
    raise Refusal("not today", code="x")


def linger(progress):
    progress(1, 2, "half")
    for _turn in range(600):
        time.sleep(0.05)
    done.append("too late")


def die(progress):
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture
def declared(monkeypatch):
    done.clear()
    here = "tests.flows.test_jobs"
    found = {
        job.kind: job for job in (
            Job("work", f"{here}.work", every_minutes=1), Job("fail", f"{here}.fail"),
            Job("refuse", f"{here}.refuse"), Job("die", f"{here}.die"),
            Job("linger", f"{here}.linger"),
        )
    }
    monkeypatch.setattr(jobs, "_handlers", lambda: found)
    return found


def ask(kind, at, key="k"):
    return ask_for_job(kind=kind, key=key, args={}, by=None, at=at)


def reread(job):
    return JobRun.objects.get(pk=job.pk)


@pytest.mark.django_db
def test_asking_twice_is_one_row_and_running_twice_is_one_run(declared, at):
    job = ask("work", at)
    assert ask("work", at).pk == job.pk
    assert run(job.pk) == "done" and run(job.pk) == "not due"
    assert len(done) == 1
    job = reread(job)
    assert (job.state, job.attempts, job.result, job.total_count) == ("done", 1, {"did": 1}, 2)


@pytest.mark.django_db
def test_a_failure_is_kept_and_the_third_is_the_last_and_a_ticket(declared, company, scopes, at):
    job = ask("fail", at)
    for attempt in (1, 2, 3):
        assert run(job.pk) == "failed"
        assert reread(job).attempts == attempt and "no good" in reread(job).error
    assert reread(job).state == "dead" and run(job.pk) == "not due"
    ticket = Ticket.objects.get(subject_kind="job")
    assert ticket.evidence["job"] == job.pk and "no good" in ticket.evidence["error"]
    again = retry_job(job=reread(job), by=None, at=at)
    assert again.state == "waiting" and again.attempts == 0


@pytest.mark.django_db
def test_a_refusal_is_not_tried_again(declared, at):
    job = ask("refuse", at)
    run(job.pk)
    assert reread(job).state == "dead" and reread(job).attempts == 1


@pytest.mark.django_db
def test_f9_a_lost_kick_is_kicked_again(declared, at):
    from django_q.models import OrmQ

    job = ask("work", at)
    OrmQ.objects.all().delete()  # what rotating SECRET_KEY or renaming the cluster does to queued tasks
    assert kick_due_jobs(at=at + MINUTE) == (0, 0)
    assert kick_due_jobs(at=at + 2 * MINUTE) == (1, 0)
    assert OrmQ.objects.count() == 1
    assert run(job.pk) == "done" and kick_due_jobs(at=at + 60 * MINUTE) == (0, 0)


@pytest.mark.django_db
def test_an_ask_that_is_rolled_back_takes_its_kick_with_it(declared, at):
    from django.db import transaction
    from django_q.models import OrmQ

    with pytest.raises(ValueError), transaction.atomic():
        ask("work", at)
        raise ValueError
    assert not OrmQ.objects.exists() and not JobRun.objects.exists()


@pytest.mark.django_db
def test_a_running_job_is_nobody_elses_until_its_lease_is_over(declared, at):
    from django.utils import timezone

    job = ask("work", at)
    now = timezone.now()
    assert jobs._claim(job.pk, now) and not jobs._claim(job.pk, now)
    assert jobs._claim(job.pk, now + LEASE + MINUTE), "F1: whoever died is followed by the next"
    assert reread(job).attempts == 2


@pytest.mark.django_db
def test_f8_after_hours_of_downtime_a_minutely_schedule_runs_once(declared, at):
    first = ask_for_scheduled("work", at)
    assert ask_for_scheduled("work", at + MINUTE) is None, "never two at once"
    run(first.pk)
    second = ask_for_scheduled("work", at + timedelta(hours=10))
    assert second is not None and JobRun.objects.count() == 2


def prepare_poison():
    from django.utils import timezone

    from kernel.models import Company, Scope
    company = Company.objects.create(code="hq", name_en="h", name_zh="h")
    Scope.objects.create(company=company, code="east", name_en="e", name_zh="e")
    ask("die", timezone.now())
    ask("work", timezone.now(), key="other")


@pytest.mark.django_db
def test_a_long_third_start_that_says_it_is_at_work_is_not_buried(declared, at):
    job = ask("work", at)
    JobRun.objects.filter(pk=job.pk).update(state=JobRun.RUNNING, attempts=3, next_kick_at=at + LEASE,
                                            lease_until=at + 4 * LEASE)
    assert kick_due_jobs(at=at + 2 * LEASE) == (0, 0) and reread(job).state == "running"
    assert kick_due_jobs(at=at + 5 * LEASE) == (0, 1) and reread(job).state == "dead"


def test_f5_a_job_that_kills_its_process_stops_after_three_starts_and_becomes_a_ticket(
    declared, transactional_db, at
):
    """Each start is a process of its own that is really killed; the count was committed before the work."""
    from django.utils import timezone

    starts = []

    def start(pid=None):
        job = JobRun.objects.get(key="k")
        JobRun.objects.filter(pk=job.pk).update(lease_until=None)
        run(job.pk)

    def bury():
        kick_due_jobs(at=timezone.now() + timedelta(days=1))

    def look():
        job = JobRun.objects.get(key="k")
        assert (job.state, job.attempts) == ("dead", 3) and "died three times" in job.error, (job.state, job.attempts)
        assert Ticket.objects.filter(subject_kind="job", subject_key="die").count() == 1
        assert run(JobRun.objects.get(key="other").pk) == "done", "other jobs go on"

    with Harness(Flow(prepare_poison, lambda peer: None, lambda peer: [])) as harness:
        harness._reset()
        for _ in range(5):
            pid = os.fork()
            if pid == 0:
                harness._take_connection()
                try:
                    start()
                finally:
                    os._exit(0)
            starts.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        harness._child(bury)
        harness._child(look)
    assert starts == [-signal.SIGKILL] * 3 + [0, 0]


def prepare_lingering():
    from django.utils import timezone

    ask("linger", timezone.now())


def test_a_worker_told_to_stop_gives_its_job_back(declared, transactional_db):
    """A stop is no failure: no start is counted, and whoever comes next begins at once and not after the lease."""
    from django.utils import timezone

    def look():
        job = JobRun.objects.get()
        assert (job.state, job.attempts, job.lease_until) == ("waiting", 0, None), (job.state, job.attempts)
        assert kick_due_jobs(at=timezone.now()) == (1, 0)

    def is_at_work():
        assert JobRun.objects.get().done_count == 1

    with Harness(Flow(prepare_lingering, lambda peer: None, lambda peer: [])) as harness:
        harness._reset()
        pid = os.fork()
        if pid == 0:
            harness._take_connection()
            try:
                run(JobRun.objects.get().pk)
            except SystemExit as ended:
                os._exit(40 + ended.code)
            finally:
                os._exit(1)
        time.sleep(1)
        harness._child(is_at_work)
        os.kill(pid, signal.SIGTERM)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 40
        harness._child(look)


@pytest.mark.django_db
def test_a_stop_gives_back_no_claim_of_another_worker(declared, at, monkeypatch):
    """Told to stop before it had the row, which somebody else is working on."""
    job = ask("work", at)

    def claimed_by_another_and_stopped(job_id, now):
        another = {"state": JobRun.RUNNING, "attempts": 1, "started_at": at, "lease_until": now + LEASE}
        JobRun.objects.filter(pk=job_id).update(**another)
        raise jobs.Stopped

    monkeypatch.setattr(jobs, "_claim", claimed_by_another_and_stopped)
    monkeypatch.setattr(jobs.connection, "close", lambda: None)  # the test's own
    with pytest.raises(SystemExit):
        run(job.pk)
    assert (reread(job).state, reread(job).attempts) == (JobRun.RUNNING, 1)


@pytest.mark.pure
def test_every_declared_job_can_be_imported():
    from django.utils.module_loading import import_string

    kinds = [job.kind for job in schedule.JOBS]
    assert len(kinds) == len(set(kinds))
    for job in schedule.JOBS:
        assert callable(import_string(job.handler))


