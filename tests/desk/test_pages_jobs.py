"""Are jobs called by name, seen to their end, and is routine out of the way unless it went wrong?"""

import pytest
from django.utils import translation

from config.schedule import JOBS
from kernel import jobs
from kernel.jobs import Progress, job_name
from kernel.models import JobRun


@pytest.fixture
def made(at):
    def job(key, kind, **fields):
        return JobRun.objects.create(key=key, kind=kind, asked_at=at, **{"state": "done"} | fields)

    return [
        job("1", "export_orders", done_count=40, total_count=40), job("2", "ticks"), job("3", "work_off", state="dead"),
        job("4", "pull_due", state="running"),
    ]


def shown(response):
    return [job.key for job in response.context["jobs"]]


def test_routine_is_hidden_unless_it_was_given_up_or_is_looked_for(staff, made):
    client = staff("integration_engineer")
    assert shown(client.get("/jobs/")) == ["3", "1"]
    assert shown(client.get("/jobs/?routine=1")) == ["4", "3", "2", "1"]
    assert shown(client.get("/jobs/?kind=ticks")) == ["2"]
    assert shown(client.get("/jobs/?state=dead")) == ["3"]


def test_a_hub_with_routine_only_offers_to_show_it(staff, made):
    JobRun.objects.exclude(kind="ticks").delete()
    page = staff("integration_engineer").get("/jobs/").content.decode()
    assert "No background work has been asked for yet" in page and 'href="?routine=1"' in page


def test_jobs_are_called_by_name_in_the_readers_language(staff, made):
    client = staff("integration_engineer")
    page = client.get("/jobs/").content.decode()
    assert ">Export orders</a>" in page and "export_orders</a>" not in page
    assert "100 % <span class=\"quiet\">40 / 40</span>" in page
    assert "Export orders #" in client.get(f"/jobs/{made[0].pk}/").content.decode()
    with translation.override("zh-hans"):
        assert all(job_name(job.kind) != job.kind and not job_name(job.kind).isascii() for job in JOBS)


def works(progress):
    for done in range(1, 6):
        progress(done, 0, f"{done} written")  # all within one second: only the first is written at once


def halfway(progress):
    progress(2, 5, "comparing")


@pytest.mark.parametrize("handler,counts,message", [("works", (5, 5), "5 written"), ("halfway", (5, 5), "comparing")])
def test_a_job_that_is_done_shows_all_of_it(monkeypatch, db, at, handler, counts, message):
    from config.schedule import Job

    monkeypatch.setattr(jobs, "_handlers", lambda: {"x": Job("x", f"{__name__}.{handler}")})
    job = JobRun.objects.create(key="x", kind="x", asked_at=at)
    assert jobs.run(job.pk) == "done"
    job.refresh_from_db()
    assert ((job.done_count, job.total_count), job.message, job.percent) == (counts, message, 100)


def test_a_job_that_counts_nothing_is_whole_when_it_is_done(db, at):
    job = JobRun.objects.create(key="x", kind="x", asked_at=at)
    assert Progress(job.pk).final() == {"done_count": 0, "total_count": 0, "message": ""} and job.percent == 0
    job.state = JobRun.DONE
    assert job.percent == 100
