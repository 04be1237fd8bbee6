"""Files of one shape are compared month after month: what is closed, kept and said of what was found before?"""

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from desk.files import jobs as comparing
from desk.files.profile import build_tree
from desk.files.storing import keep_profile
from kernel import jobs
from kernel.job_files import exports, uploads
from kernel.jobs import Progress, ask_for_job
from reconciliation.exports import export_run
from reconciliation.models import Difference, Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def compare(company, scopes, settings, tmp_path, monkeypatch):
    """compare(erp, wms) of {order: quantity} each → the Run, done by the job as the page asks for it."""
    settings.VAR_DIR = tmp_path
    tree = build_tree(names=["erp", "wms"], keys=["no", "order"], prefixes=["", ""], zone="UTC", currency="CNY",
                      fields=[("qty", "pieces", "quantity", "")])
    monkeypatch.setattr("desk.files.jobs._listed", lambda *given: "")

    def compare(erp, wms):
        files = {}
        for name, head, rows in (("erp", "no,qty", erp), ("wms", "order,pieces", wms)):
            files[name] = f"{name}-{Run.objects.count()}.csv"
            uploads().mkdir(parents=True, exist_ok=True)
            (uploads() / files[name]).write_text("\n".join([head, *[f"{key},{n}" for key, n in rows.items()]]) + "\n")
        now = timezone.now()
        version = keep_profile(tree=tree, by=None, at=now)
        job = ask_for_job(kind="compare_files", key=f"{now}", by=None, at=now,
                          args={"version_id": version.pk, "files": files, "language": "en"})
        assert jobs.run(job.pk) == "done", job
        return Run.objects.get(job=job)

    return compare


def states():
    return {(one.key, one.field or one.kind): one.state for one in Difference.objects.all()}


def test_the_files_of_october_close_nothing_of_september(compare):
    compare({"S1": 1, "S2": 2, "S3": 3, "S4": 4}, {"S1": 9, "S2": 2, "S3": 3, "S5": 5})
    september = {("S1", "qty"): "open", ("S4", "missing"): "open", ("S5", "missing"): "open"}
    assert states() == september
    run = compare({"O1": 1, "O2": 2}, {"O1": 1, "O2": 7})
    assert states() == september | {("O2", "qty"): "open"}
    assert run.counts["resolved"] == 0 and run.counts["open"] == 4


def test_what_both_files_hold_again_and_agree_on_is_closed(compare):
    compare({"S1": 1, "S2": 2, "S3": 3}, {"S1": 9, "S2": 2})
    run = compare({"S1": 9, "S3": 3, "O1": 1}, {"S1": 9, "S3": 3, "O1": 1})
    assert states() == {("S1", "qty"): "resolved", ("S3", "missing"): "resolved"} and run.counts["resolved"] == 2


def test_a_key_that_neither_file_holds_any_more_stays_open(compare):
    compare({"S1": 1, "S2": 2}, {"S1": 9, "S2": 2})
    assert compare({"S2": 2}, {"S2": 2}).counts["resolved"] == 0
    assert states() == {("S1", "qty"): "open"}


@pytest.mark.parametrize("empty", [{}, {"": 4}], ids=["no rows", "no row with a number"])
def test_an_empty_file_closes_nothing(compare, empty):
    compare({"S1": 1, "S2": 2, "S3": 3}, {"S1": 9, "S2": 2, "S3": 3})
    run = compare({"S1": 1, "S2": 2, "S3": 3}, empty)
    assert states()["S1", "qty"] == "open" and run.counts["resolved"] == 0


def test_a_long_key_is_known_again_by_what_is_kept_of_it(compare):
    key = "S" * 130
    compare({key: 1, "S2": 2}, {key: 9, "S2": 2})
    assert compare({key: 1, "S2": 2}, {key: 1, "S2": 2}).counts["resolved"] == 1


def test_what_is_found_and_not_kept_is_not_closed(compare, monkeypatch, staff, scopes):
    """More differences than are kept: those behind the last kept one are there still."""
    erp = {f"S{n}": n for n in range(1, 9)}
    compare(erp, {key: n + 1 for key, n in erp.items()})
    monkeypatch.setattr(comparing, "KEPT", 5)
    run = compare(erp, {key: n + 2 for key, n in erp.items()})
    assert set(states().values()) == {"open"} and len(states()) == 8
    assert (run.counts["still"], run.counts["resolved"], run.counts["open"]) == (5, 0, 8)
    assert run.counts["unkept"] == 3
    for scope, is_told in ((scopes[0], True), (scopes[1], False)):
        page = staff("quality", scope, username=scope.code).get(f"/runs/{run.pk}/").content.decode()
        assert ("3 more differences were found and are not kept here" in page) == is_told
        assert ("only the first 5 are kept" in page) == is_told


def test_only_a_workbook_that_can_be_brought_back_asks_for_decisions(compare, staff):
    """That of the files had columns to fill in, and no row of it was known again; the run's own one is."""
    run = compare({"S1": 1, "S2": 2, "S3": 3}, {"S1": 9, "S2": 2})
    user, fields = staff("integration_engineer").user, {"Decision", "Comment"}
    export_run(Progress(run.job_id), run_id=run.pk, user_id=user.pk, language="en")
    assert fields | {"Row mark"} <= _heads(exports() / f"{run.job_id}.xlsx", "Differences")
    again = compare({"S1": 1, "S3": 3}, {"S1": 9, "S2": 2})
    for sheet in ("Differences", "Unmatched"):
        heads = _heads(exports() / f"{again.job_id}.xlsx", sheet)
        assert "Why" in heads and not fields & heads


def _heads(path, sheet):
    return {cell.value for cell in load_workbook(path)[sheet][1]}
