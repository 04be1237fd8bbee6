"""Does the page of a draft say what publishing it would hide, and does a group's fix lead there?"""
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel import jobs
from kernel.models import JobRun
from orders.models import SourceRecord
from reconciliation import tried
from reconciliation.models import CauseGroup, Difference, ProfileDraft, ProfileVersion, Run
from reconciliation.profile_yaml import build_profile
from tests.desk.test_pages_profiles import form_of
from tests.reconciliation.test_backtest import changed, world  # noqa: F401
from tests.reconciliation.test_run_comparison import SPEC, agree, compare, profile, say  # noqa: F401


@pytest.fixture
def group(world):  # noqa: F811
    return CauseGroup.objects.get()


@pytest.fixture
def keeper(staff, scopes, world):  # noqa: F811
    return staff("order_operations", *scopes)


def begun(client, group):
    """The address of the draft that the group's fix makes."""
    answer = client.post(f"/profiles/try/{group.run_id}/{group.code}/")
    draft = ProfileDraft.objects.get()
    assert answer.url == f"/profiles/drafts/{draft.pk}/#tried"
    return f"/profiles/drafts/{draft.pk}/"


def said(client, address):
    """(the words of the page's part about the trial, its Tried)"""
    page = client.get(address)
    text = page.content.decode().split('id="tried"')[1].split("</section>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", text).split()), page.context["tried"]


def place_of(form, name):
    return next(f for f in range(9) if form.get(f"field_{f}") == name)


def test_a_groups_fix_becomes_a_draft_that_says_what_it_would_do(keeper, group):
    page = keeper.get(f"/runs/{group.run_id}/").content.decode()
    assert f'action="/profiles/try/{group.run_id}/{group.code}/"' in page and "Try a tolerance of 4 min" in page
    text, found = said(keeper, begun(keeper, group))
    draft = ProfileDraft.objects.get()
    assert build_profile(draft.spec).fields["posted_at"].tolerance == 240_000_000 and draft.published is None
    assert [(what, count) for what, _title, count, _lines in found.parts] == [("removed", 25)] and found.is_current
    assert "Nothing is hidden" in text and "up to 4 min" in text and "all records of these systems" in text
    assert f"/differences/{Difference.objects.get(key='60000').pk}/" in keeper.get(
        f"/profiles/drafts/{draft.pk}/").content.decode()
    assert ProfileVersion.objects.count() == 1 and Run.objects.count() == 1


def test_many_groups_are_asked_for_their_fixes_at_once(keeper, group, monkeypatch):
    """Their rows are read in one query, of each the first ones, and the profile is built once."""
    def asked():
        built = []
        real = tried.build_profile
        with monkeypatch.context() as patch, CaptureQueriesContext(connection) as queries:
            patch.setattr(tried, "build_profile", lambda spec: built.append(spec) or real(spec))
            page = keeper.get(f"/runs/{group.run_id}/").content.decode()
        return len(queries), len(built), re.findall(r"Try a tolerance of (\d+) min", page)

    few = asked()
    assert few[1:] == (1, ["4"])
    its = list(Difference.objects.filter(group_code=group.code).order_by("pk"))
    for n in range(1, 4):
        code = f"{group.code}-{n}"
        CauseGroup.objects.create(run=group.run, code=code, cause=group.cause, dimension="device", value=f"D{n}")
        Difference.objects.filter(pk__in=[one.pk for one in its[n * 5:n * 5 + 5]]).update(group_code=code)
    monkeypatch.setattr(tried, "MOST_OF_A_GROUP", 3)
    Difference.objects.filter(pk=its[7].pk).update(
        values={"erp": "2026-11-22T02:00:00Z", "wms": "2026-11-22T02:09:00Z"})
    many = asked()
    assert many[0] <= few[0] and many[1:] == (1, ["4", "9", "4", "4"])
    monkeypatch.setattr(tried, "MOST_OF_A_GROUP", 2)
    assert asked()[2] == ["4", "4", "4", "4"], "the ninth minute is said by the third of its group"


def test_what_would_be_hidden_is_said_before_it_is_published(keeper, group):
    address = begun(keeper, group)
    form = form_of(keeper, address)
    form[f"absolute_{place_of(form, 'posted_at')}"] = "10m"
    keeper.post(address, form | {"do": "keep"})
    text, found = said(keeper, address)
    assert "has changed since it was tried" in text and not found.is_current
    keeper.post(address, form | {"do": "try"})
    text, found = said(keeper, address)
    assert "Publishing would hide 3 differences that have another, known cause" in text and found.hidden == 3
    assert [what for what, *_rest in found.parts] == ["hidden", "removed"] and "tried for" in text
    assert "60040" in text and 'value="publish">Publish version and hide 3 differences<' in keeper.get(
        address).content.decode()
    keeper.post(address, form | {"do": "publish"})
    assert ProfileVersion.objects.count() == 2


def test_a_draft_nobody_has_tried_says_so(keeper, world):  # noqa: F811
    address = keeper.post("/profiles/orders/again/").url
    assert "what this draft would hide is not known" in said(keeper, address)[0]


def test_who_sees_one_scope_is_told_of_that_one(keeper, group, staff, scopes, profile, at):  # noqa: F811
    SourceRecord.objects.filter(order_number__in=("60040", "60041")).update(scope=scopes[1])
    compare(profile, at, full=True)
    group = CauseGroup.objects.order_by("-pk").first()
    address = begun(keeper, group)
    form = form_of(keeper, address)
    form[f"absolute_{place_of(form, 'posted_at')}"] = "10m"
    keeper.post(address, form | {"do": "try"})
    other = staff("order_operations", scopes[1], username="other")
    text, found = said(other, address)
    assert found.hidden == 2 and [what for what, *_rest in found.parts] == ["hidden"]
    assert "60042" not in text and "60000" not in text and "25" not in text and "what you may see" in text


def test_many_records_are_tried_by_the_worker(keeper, group, monkeypatch):
    monkeypatch.setattr(tried, "AT_ONCE", 0)
    answer = keeper.post(f"/profiles/try/{group.run_id}/{group.code}/")
    job, draft = JobRun.objects.get(kind="back_test"), ProfileDraft.objects.get()
    assert answer.url == f"/jobs/{job.pk}/" and job.state == "waiting"
    address = f"/profiles/drafts/{draft.pk}/"
    assert "It is being tried" in said(keeper, address)[0]
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == "done" and job.done_count == job.total_count > 0
    assert f'href="{address}#tried"' in keeper.get(f"/jobs/{job.pk}/").content.decode()
    assert said(keeper, address)[1].parts
    keeper.post(address, form_of(keeper, address) | {"do": "try"})
    keeper.post(f"{address}drop/")
    again = JobRun.objects.filter(kind="back_test").order_by("-pk").first()
    assert again.pk != job.pk and jobs.run(again.pk) == "done"


def test_a_code_is_read_otherwise_and_stays_so_when_the_draft_is_kept(keeper, world, profile, say, at):  # noqa: F811
    code = {"type": "code", "columns": {"erp": "status", "wms": "status"}}
    for n in range(60):
        for system, status in (("erp", "shipped"), ("wms", "packed" if n < 25 else "shipped")):
            row = SourceRecord.objects.get(key=f"{system}-60{n:03d}-")
            row.data["status"], row.status_raw = status, "部分" if status == "packed" else status
            row.save()
    ProfileVersion.objects.create(profile=profile, number=2, published_at=at, spec={
        **SPEC, "fields": {**SPEC["fields"], "status": code}})
    compare(profile, at)
    group = CauseGroup.objects.exclude(cause="CLOCK_SKEW").get()
    assert "Try reading “部分” of WMS as “shipped”" in keeper.get(f"/runs/{group.run_id}/").content.decode()
    address = begun(keeper, group)
    text, found = said(keeper, address)
    assert [(what, count) for what, _title, count, _lines in found.parts] == [("removed", 25)]
    assert "<ins>WMS: 部分 → shipped</ins>" in keeper.get(address).content.decode()
    keeper.post(address, form_of(keeper, address) | {"do": "keep"})
    assert ProfileDraft.objects.get().spec["fields"]["status"]["map"] == {"wms": {"部分": "shipped"}}


def test_who_builds_no_profiles_is_offered_no_trial(staff, scopes, group):
    client = staff("finance", *scopes)
    assert "/profiles/try/" not in client.get(f"/runs/{group.run_id}/").content.decode()
    assert client.post(f"/profiles/try/{group.run_id}/{group.code}/").status_code == 403


def test_who_looks_after_jobs_is_told_no_more_by_their_rows(keeper, group, staff, scopes):
    """The page tells of a back-test what a person may see; REST and the admin would tell all of it."""
    address = begun(keeper, group)
    job = JobRun.objects.get(kind="back_test")
    assert any(one[3] == "60000" for one in job.result["examples"]) and job.result["lines"]
    engineer = staff("integration_engineer", scopes[1], username="engineer")
    link = {"link": f"{address}#tried"}
    assert engineer.get(f"/api/v1/jobs/{job.pk}/").json()["result"] == link
    assert engineer.get("/api/v1/jobs/?kind=back_test").json()["results"][0]["result"] == link
    page = engineer.get(f"/admin/kernel/jobrun/{job.pk}/change/").content.decode()
    assert address in page and "60000" not in page and "examples" not in page


@pytest.mark.parametrize("kind", ["run_comparison", "compare_due", "recheck_due", "of old"])
def test_counts_of_all_scopes_are_not_told_by_the_row_of_a_comparison(staff, scopes, at, kind):
    job = JobRun.objects.create(key="k", kind=kind, asked_at=at, state=JobRun.DONE, result={"run": 7, "new": 4711})
    engineer = staff("integration_engineer", scopes[1])
    assert engineer.get(f"/api/v1/jobs/{job.pk}/").json()["result"] == {"run": 7}
    JobRun.objects.filter(pk=job.pk).update(kind="purge")
    assert engineer.get(f"/api/v1/jobs/{job.pk}/").json()["result"] == {"run": 7, "new": 4711}
