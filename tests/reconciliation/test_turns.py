"""Two comparisons by one profile at once: does the older one undo what the newer one did, or a dead one block it?"""

from datetime import timedelta

import pytest
from django.utils import timezone

from config.steps import compare as compare_all
from kernel import jobs
from kernel.jobs import LEASE, ask_for_job
from kernel.models import JobRun
from reconciliation.actions import turns
from reconciliation.actions.turns import AtWork, bury_dead_runs, each_minute
from reconciliation.engines.database import DatabaseEngine
from reconciliation.jobs import is_due
from reconciliation.key_spine import Spine
from reconciliation.models import Difference, DifferenceEntry, Run
from tests.desk.conftest import roles, staff  # noqa: F401
from tests.reconciliation.test_run_comparison import agree, compare, profile, say  # noqa: F401

pytestmark = pytest.mark.django_db
KEEPING = 2  # the step at which all was read and nothing is kept


def then(do):
    """A progress that does something once, between what a run read and what it keeps of it."""
    done = []

    def progress(step, *_said):
        if step == KEEPING and not done:
            done.append(do())

    progress.done = done
    return progress


def mend(say):  # noqa: F811
    say("wms", "60000", quantity_m=5_000, posted_at="2026-11-22T02:00:00Z")


def slip(say):  # noqa: F811
    say("wms", "60000", quantity_m=51_000, posted_at="2026-11-22T02:00:00Z")


def test_while_one_compares_the_other_is_told_to_wait_and_leaves_nothing(profile, say, at):  # noqa: F811
    agree(say)

    def other():
        with pytest.raises(AtWork, match="made already, since ..:..") as told:
            compare(profile, at + timedelta(minutes=1))
        assert str(told.value) in compare_all(at, [profile.code])[profile.code]
        return True

    progress = then(other)
    run = compare(profile, at, progress=progress)
    assert progress.done == [True] and [run.state for run in Run.objects.all()] == [Run.DONE]
    assert run.lease_until is None and compare(profile, at + timedelta(minutes=2)).state == Run.DONE


def test_an_older_run_closes_nothing_that_a_newer_one_opened(profile, say, at):  # noqa: F811
    """The older one was taken for dead between reading and keeping; then it goes on."""
    agree(say)
    newer = []

    def meanwhile():
        Run.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        slip(say)
        newer.append(compare(profile, at + timedelta(minutes=1)))
        return True

    with pytest.raises(Exception, match="taken for dead"):
        compare(profile, at, progress=then(meanwhile))
    assert newer[0].counts["new"] == 1 and Difference.objects.get().state == Difference.OPEN
    older = Run.objects.order_by("pk").first()
    assert (older.state, older.was_cut_off, older.counts) == (Run.FAILED, True, {})


def test_an_older_run_opens_nothing_that_a_newer_one_closed(profile, say, at):  # noqa: F811
    agree(say)
    slip(say)
    compare(profile, at)

    def meanwhile():
        Run.objects.filter(state=Run.RUNNING).update(lease_until=timezone.now() - timedelta(seconds=1))
        mend(say)
        return compare(profile, at + timedelta(minutes=2)).counts["resolved"]

    progress = then(meanwhile)
    with pytest.raises(Exception, match="taken for dead"):
        compare(profile, at + timedelta(minutes=1), progress=progress)
    one = Difference.objects.get()
    assert progress.done == [1] and one.state == Difference.RESOLVED and one.reopened_count == 0
    assert [entry.action for entry in DifferenceEntry.objects.all()] == ["resolved"]


def test_what_a_later_run_saw_is_not_touched_by_an_earlier_one(profile, say, at):  # noqa: F811
    from reconciliation.actions.keep_sightings import resolve_gone

    agree(say)
    early = Run.objects.create(profile=profile, version=profile.versions.get(), as_of=at, state=Run.RUNNING)
    slip(say)
    compare(profile, at)
    Run.objects.filter(pk=early.pk).update(state=Run.RUNNING)
    assert resolve_gone(run=early, ids=[Difference.objects.get().pk], by=None, at=at) == 0
    assert Difference.objects.get().state == Difference.OPEN


def test_compare_now_waits_for_the_run_at_work_and_then_does_its_own(profile, say, at):  # noqa: F811
    agree(say)
    now = timezone.now()
    other = Run.objects.create(profile=profile, version=profile.versions.get(), as_of=now, state=Run.RUNNING,
                               started_at=now, lease_until=now + LEASE)
    job = ask_for_job(kind="run_comparison", key="now", args={"profile": profile.code}, by=None, at=now)
    assert jobs.run(job.pk) == "waits"
    job.refresh_from_db()
    assert (job.state, job.attempts, job.error) == (JobRun.WAITING, 0, "") and "made already" in job.message
    assert job.next_kick_at - timezone.now() < timedelta(seconds=30)
    Run.objects.filter(pk=other.pk).update(state=Run.DONE, lease_until=None)
    assert jobs.run(job.pk) == "done"
    mine = Run.objects.exclude(pk=other.pk).get()
    assert mine.state == Run.DONE and mine.job == job


def begun(profile, at, **job):  # noqa: F811
    """A run that its process left behind, by a job that is as said, or by none."""
    made = None
    if job:
        made = JobRun.objects.create(key="k", kind="compare_due", asked_at=at, **job)
    return Run.objects.create(profile=profile, version=profile.versions.get(), job=made, as_of=at, state=Run.RUNNING,
                              started_at=at, lease_until=at + LEASE)


def test_who_is_at_work_is_left_alone(profile, at):  # noqa: F811
    run = begun(profile, at, state=JobRun.RUNNING, started_at=at, lease_until=at + LEASE)
    assert bury_dead_runs(at=at + LEASE / 2) == 0 and not is_due(profile, at + LEASE / 2)
    assert Run.objects.get(pk=run.pk).state == Run.RUNNING


@pytest.mark.parametrize("job,after", [
    ({}, LEASE), ({"state": JobRun.RUNNING, "lease": 1}, LEASE / 2), ({"state": JobRun.WAITING}, timedelta(0)),
    ({"state": JobRun.DEAD}, timedelta(0)), ({"state": JobRun.RUNNING, "lease": 20, "later": 1}, timedelta(0)),
], ids=["no job, its lease over", "lease of its job over", "stopped", "given up", "its job started again"])
def test_one_that_died_has_failed_and_is_due_at_once(profile, at, staff, job, after):  # noqa: F811
    if "lease" in job:
        job["lease_until"] = at + timedelta(minutes=job.pop("lease"))
    if job.get("state") == JobRun.RUNNING:
        job["started_at"] = at + timedelta(minutes=job.pop("later", 0))
    run = begun(profile, at, **job)
    assert is_due(profile, at + after)
    assert bury_dead_runs(at=at + after) == 1 and bury_dead_runs(at=at + after) == 0
    run.refresh_from_db()
    assert (run.state, run.was_cut_off) == (Run.FAILED, True) and is_due(profile, at + after)
    page = staff("auditor").get(f"/runs/{run.pk}/").content.decode()
    assert "It was cut off: the program ended while it was at work." in page


def test_one_that_dies_again_and_again_waits_for_its_turn(profile, at):  # noqa: F811
    """A table that kills its process would keep all others from being compared."""
    for minute in range(3):
        begun(profile, at + timedelta(minutes=minute))
        bury_dead_runs(at=at + timedelta(hours=1))
        assert is_due(profile, at + timedelta(minutes=3)) == (minute < 2)
    assert is_due(profile, at + timedelta(minutes=2 + profile.every_minutes))


def test_one_that_failed_by_itself_waits_for_its_turn(profile, at):  # noqa: F811
    Run.objects.create(profile=profile, version=profile.versions.get(), as_of=at, state=Run.FAILED, error="no good")
    assert not is_due(profile, at + timedelta(minutes=1))


def test_files_of_one_shape_are_compared_one_after_the_other(profile, at, settings, tmp_path):  # noqa: F811
    """A second pair dropped while the first is at work waits; the job is not given up."""
    now = timezone.now()
    begun(profile, now)
    job = ask_for_job(kind="compare_files", key="files", by=None, at=now,
                      args={"version_id": profile.versions.get().pk, "files": {}, "language": "en"})
    assert jobs.run(job.pk) == "waits" and Run.objects.count() == 1


@pytest.mark.parametrize("slow,after", [
    ((Spine, "_read"), "prepare"), ((DatabaseEngine, "_reduce"), "compare"), ((DatabaseEngine, "compare"), "sides"),
    ((DatabaseEngine, "duplicate_keys"), "sides"), ((DatabaseEngine, "_sides"), "keyless_rows")])
def test_a_run_that_reads_for_long_is_not_taken_for_dead(profile, say, at, monkeypatch, slow, after):  # noqa: F811
    """At each step the leases of the run and of its job are nearly over; by the next one they are renewed."""
    agree(say)
    slip(say)
    monkeypatch.setattr(turns, "BEAT_S", 0)
    heard = []

    def almost_over(given):
        model, name = given
        real = getattr(model, name)

        def wrapped(self, *args, **more):
            found = real(self, *args, **more)
            for row in (Run, JobRun):
                row.objects.filter(state="running").update(lease_until=timezone.now() + timedelta(seconds=2))
            return found

        monkeypatch.setattr(model, name, wrapped)

    def listening(name):
        real = getattr(DatabaseEngine, name)

        def wrapped(self, *args, **more):
            found = real(self, *args, **more)
            heard.append([row.objects.get(state="running").lease_until - timezone.now() for row in (Run, JobRun)])
            return found

        monkeypatch.setattr(DatabaseEngine, name, wrapped)

    almost_over(slow)
    listening(after)
    # Progress writes at most once a second: here a minute has gone by between any two.
    monkeypatch.setattr(jobs.Progress, "_last", property(lambda self: None, lambda self, value: None), raising=False)
    job = ask_for_job(kind="run_comparison", key="now", args={"profile": profile.code}, by=None, at=timezone.now())
    assert jobs.run(job.pk) == "done" and Run.objects.get().state == Run.DONE
    assert heard and all(lease > LEASE / 2 for leases in heard for lease in leases)


@pytest.mark.pure
def test_a_sign_of_life_is_given_once_a_minute_at_most():
    now, given = [0.0], []
    beat = each_minute(lambda: given.append(now[0]), clock=lambda: now[0])
    for second in range(200):
        now[0] = second
        beat()
    assert given == [60, 120, 180]


def test_who_gives_a_sign_of_life_meanwhile_is_not_buried(profile, at, monkeypatch):  # noqa: F811
    run = begun(profile, at)
    now = timezone.now()

    def looks_dead(one, _now):
        Run.objects.filter(pk=one.pk).update(lease_until=now + LEASE)
        return False

    monkeypatch.setattr(turns, "is_at_work", looks_dead)
    assert bury_dead_runs(at=now) == 0 and Run.objects.get().state == Run.RUNNING
    Run.objects.filter(pk=run.pk).update(lease_until=at)
    with pytest.raises(AtWork):
        compare(profile, now)
    assert Run.objects.get().state == Run.RUNNING
