"""Does a report that went out come back: decided row by row, nothing stale, nothing twice, nothing not permitted?"""
import hashlib
import io
import zipfile
from datetime import date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone, translation
from openpyxl import load_workbook

from kernel import jobs
from kernel.models import Department, JobRun, Scope
from reconciliation.actions import accept_difference, assign_difference, comment_difference, decision_files
from reconciliation.decision_columns import person_label
from reconciliation.decision_words import COLUMNS, DECISIONS, decision_of, heading_of
from reconciliation.models import (
    DecisionFile,
    DecisionRow,
    Difference,
    DifferenceEntry,
    Observation,
    Profile,
    ProfileVersion,
    Run,
)
from reconciliation.row_marks import mark_of, read_mark
from reconciliation.seed import ORDERS

pytestmark = pytest.mark.django_db
CAUSE = {"cause": "UNIT_FACTOR", "systems": ["wms"], "confidence": "certain", "version": 1, "evidence": {}, "rule": "r",
         "sentence": {"en": "Because.", "zh": "原因。"}}


@pytest.fixture
def run(company, scopes, at):
    from django.core.management import call_command

    call_command("sync_roles")
    owner = Department.objects.create(company=company, code="ops", name_en="Order desk", name_zh="订单部")
    scope = Scope.objects.create(company=company, code="sys", name_en="s", name_zh="s", kind="system")
    profile = Profile.objects.create(
        code="orders", company=company, scope=scope, name_en="Orders", name_zh="订单", department=owner)
    version = ProfileVersion.objects.create(profile=profile, number=1, published_at=at, spec={
        "version": 1, "name": "orders", "currency": "CNY", **ORDERS})
    made = Run.objects.create(profile=profile, version=version, state=Run.DONE, as_of=at, systems=["crm", "erp", "wms"])
    for n in range(1, 7):
        found(made, f"SO-{n}", scopes[0])
    found(made, "0012", scopes[0], kind="missing", field="", values={"erp": "0012", "wms": None, "crm": "12"})
    found(made, "HIDDEN", scopes[1])
    return made


def found(run, key, scope, kind="value", field="quantity_m", values=None, **more):
    values = values or {"erp": "480", "wms": "40"}
    one = Difference.objects.create(
        profile=run.profile, fingerprint=hashlib.sha256(key.encode()).hexdigest(), key=key, kind=kind, field=field,
        values=values, first_run=run, last_run=run, opened_at=run.as_of, systems=["crm", "erp", "wms"],
        cause="UNIT_FACTOR", causes=[CAUSE], confidence="certain", scope=scope, severity=2, **more)
    Observation.objects.create(difference=one, run=run, values=values, causes=[CAUSE])
    return one


@pytest.fixture
def desk(client, run, person, scopes, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return Desk(client, run, person("olga", scopes[0], role="order_operations", is_staff=True, language="en"))


class Desk:
    """Somebody at the run's page: takes the report out, fills it in, brings it back."""

    def __init__(self, client, run, who):
        self.client, self.run = client, run
        self.sit(who)

    def sit(self, who):
        self.who = who
        self.client.force_login(who)

    def take_out(self):
        JobRun.objects.all().delete()  # asked again in the same second is asked once
        self.client.post(reverse("run_excel", args=[self.run.pk]))
        job = JobRun.objects.filter(kind="export_run").latest("pk")
        assert jobs.run(job.pk) == "done"
        answer = self.client.get(reverse("job_file", args=[job.pk]))
        return b"".join(answer.streaming_content)

    def bring_back(self, raw, name="decided.xlsx"):
        answer = self.client.post(
            reverse("decisions_drop", args=[self.run.pk]), {"file": SimpleUploadedFile(name, raw)})
        file = DecisionFile.objects.latest("pk")
        assert answer.url == reverse("decisions", args=[file.pk])
        return file

    def page(self, file, show=""):
        return self.client.get(reverse("decisions", args=[file.pk]) + f"?show={show}").content.decode()

    def carry_out(self, file):
        answer = self.client.post(reverse("decisions_apply", args=[file.pk]))
        job = JobRun.objects.filter(kind="apply_decisions").order_by("-pk").first()
        if job is None or not answer.url.startswith("/jobs/"):
            return None
        assert jobs.run(job.pk) == "done"
        job.refresh_from_db()
        assert job.result == {"link": f"/decisions/{file.pk}/"}
        return job


def filled(raw, decisions, language="en"):
    """The workbook with {key: {column: value}} typed in, as a person would in a spreadsheet program."""
    book = load_workbook(io.BytesIO(raw))
    with translation.override(language):
        names = {str(name): code for code, name in COLUMNS.items()}
    for sheet in book:
        places = {names[cell.value]: cell.column for cell in sheet[1] if cell.value in names}
        if "mark" not in places:
            continue
        for row in sheet.iter_rows(min_row=2):
            for column, value in decisions.get(row[0].value, {}).items():
                sheet.cell(row[0].row, places[column]).value = value
    return saved(book)


def saved(book):
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def outcomes(file):
    return {row.key: row.outcome for row in file.rows.all()}


def why(file, key):
    return file.rows.get(key=key).sentence


def state(key):
    return Difference.objects.get(key=key).state


def test_the_whole_round_trip(desk, person, scopes):
    other = person("liwei", scopes[0], role="order_operations", is_staff=True, full_name="Li Wei")
    until = timezone.localdate() + timedelta(days=30)
    raw = filled(desk.take_out(), {
        "SO-1": {"decision": "accept", "reason": "Agreed with the customer", "until": until},
        "SO-2": {"decision": "assign", "person": person_label(other), "comment": "Please look at the factor"},
        "SO-3": {"decision": "fixed", "reason": "Factor mended"},
        "SO-4": {"decision": "no difference", "reason": "Test order"},
        "SO-5": {"comment": "Asked the warehouse"},
        "0012": {"decision": "accept", "reason": "Not ours"},
    })
    file = desk.bring_back(raw)
    assert set(outcomes(file).values()) == {"ready"} and len(outcomes(file)) == 6
    assert state("SO-1") == Difference.OPEN  # a preview changes nothing
    page = desk.page(file)
    assert "6 decisions can be carried out." in page and "Agreed with the customer" in page and "Li Wei" in page

    desk.carry_out(file)
    assert outcomes(file) == dict.fromkeys(["SO-1", "SO-2", "SO-3", "SO-4", "SO-5", "0012"], "done")
    assert "6 decisions carried out." in desk.page(file)
    one, two = Difference.objects.get(key="SO-1"), Difference.objects.get(key="SO-2")
    assert (one.state, one.accepted_reason, one.accepted_by) == ("accepted", "Agreed with the customer", desk.who)
    assert timezone.localtime(one.accepted_until, timezone.get_fixed_timezone(480)).date() == until
    assert (two.state, two.assignee) == ("assigned", other)
    assert [state(key) for key in ("SO-3", "SO-4", "SO-5", "0012")] == ["claimed_fixed", "invalid", "open", "accepted"]
    told = [(e.action, e.text, e.file, e.file_row, e.by) for e in two.entries.order_by("pk")]
    number = file.rows.get(key="SO-2").number
    assert told == [("assigned", "Li Wei", "decided.xlsx", number, desk.who),
                    ("commented", "Please look at the factor", "decided.xlsx", number, desk.who)]
    history = desk.client.get(reverse("difference", args=[two.pk])).content.decode()
    assert f"from “decided.xlsx”, row {number}" in history


def test_the_same_file_twice_does_nothing_twice(desk):
    raw = filled(desk.take_out(), {"SO-1": {"decision": "accept", "reason": "So agreed"}, "SO-5": {"comment": "Asked"}})
    desk.carry_out(desk.bring_back(raw))
    count = DifferenceEntry.objects.count()
    again = desk.bring_back(raw, "copy.xlsx")
    assert outcomes(again) == {"SO-1": "already", "SO-5": "already"}
    assert "from “decided.xlsx”, row" in why(again, "SO-1")
    assert desk.carry_out(again) is None
    assert DifferenceEntry.objects.count() == count


def test_two_previews_of_one_file_are_carried_out_once(desk):
    raw = filled(desk.take_out(), {"SO-5": {"comment": "Asked"}, "SO-1": {"decision": "fixed"}})
    first, second = desk.bring_back(raw), desk.bring_back(raw)
    desk.carry_out(first)
    desk.carry_out(second)
    assert outcomes(second) == {"SO-5": "already", "SO-1": "already"}
    assert DifferenceEntry.objects.count() == 2


def test_the_next_decisions_of_the_same_file_are_taken(desk):
    """Saved again with one more row: what was done stays done, the new row is carried out."""
    raw = desk.take_out()
    desk.carry_out(desk.bring_back(filled(raw, {"SO-1": {"decision": "fixed"}})))
    more = desk.bring_back(filled(raw, {"SO-1": {"decision": "fixed"}, "SO-2": {"decision": "fixed"}}))
    assert outcomes(more) == {"SO-1": "already", "SO-2": "ready"}


def test_a_stale_decision_is_refused(desk, at):
    raw = filled(desk.take_out(), {key: {"decision": "accept", "reason": "Fine"} for key in ("SO-1", "SO-2", "SO-3")})
    Difference.objects.filter(key="SO-1").update(values={"erp": "480", "wms": "41"})
    assign_difference(difference=Difference.objects.get(key="SO-2"), to=desk.who, by=desk.who, at=at)
    comment_difference(difference=Difference.objects.get(key="SO-3"), text="Seen", by=desk.who, at=at)
    file = desk.bring_back(raw)
    assert outcomes(file) == {"SO-1": "changed", "SO-2": "changed", "SO-3": "ready"}
    assert "WMS 40 then, WMS 41 now" in why(file, "SO-1")
    assert "It was open when the file was written, and is assigned now (olga" in why(file, "SO-2")
    Difference.objects.filter(key="SO-3").update(values={"erp": "1", "wms": "2"})  # after the preview
    desk.carry_out(file)
    assert outcomes(file)["SO-3"] == "changed" and {state(k) for k in ("SO-1", "SO-3")} == {"open"}


def test_what_settles_by_itself_is_not_stale(desk):
    raw = filled(desk.take_out(), {"SO-1": {"decision": "fixed"}})
    Difference.objects.filter(key="SO-1").update(state=Difference.EXPECTED)
    assert outcomes(desk.bring_back(raw)) == {"SO-1": "ready"}


def test_one_bad_row_holds_up_no_other(desk, person):
    person("liwei", is_staff=True, full_name="Li Wei")
    person("liwei2", is_staff=True, full_name="Li Wei")
    decided = {
        "SO-1": {"decision": "accept"}, "SO-2": {"decision": "maybe", "reason": "x"},
        "SO-3": {"decision": "assign", "person": "Li Wei"},
        "SO-4": {"decision": "accept", "reason": "x", "until": "soon"},
        "SO-5": {"decision": "fixed", "until": date(2030, 1, 1)}, "SO-6": {"decision": "fixed", "reason": "mended"},
        "0012": {"decision": "accept this gap", "reason": "x"},
    }
    file = desk.bring_back(filled(desk.take_out(), decided))
    assert outcomes(file) == {
        "SO-1": "refused", "SO-2": "unreadable", "SO-3": "unreadable", "SO-4": "unreadable", "SO-5": "unreadable",
        "SO-6": "ready", "0012": "refused"}
    assert why(file, "SO-1") == "Say why the difference is accepted."
    assert why(file, "SO-2") == "“maybe” is none of the decisions in the list."
    assert why(file, "SO-3") == "Several people are called “Li Wei”. Write the name they log in with."
    assert "“soon” under “Until” is no day" in why(file, "SO-4")
    assert "goes with accepting only" in why(file, "SO-5")
    assert why(file, "0012").startswith("Only numbers and times")
    for sentence in ("is none of the decisions", "is no day"):
        assert sentence in desk.page(file, "unreadable")
    desk.carry_out(file)
    assert state("SO-6") == "claimed_fixed" and DifferenceEntry.objects.count() == 1


def test_the_preview_knows_how_long_a_reason_may_be(desk):
    """It called a row ready, and carrying it out refused it."""
    long = "x" * 301
    file = desk.bring_back(filled(desk.take_out(), {
        "SO-1": {"decision": "accept", "reason": long}, "SO-2": {"decision": "accept", "reason": long[1:]},
        "SO-3": {"decision": "fixed", "reason": long}, "SO-5": {"comment": long},
    }))
    assert outcomes(file) == {"SO-1": "refused", "SO-2": "ready", "SO-3": "ready", "SO-5": "ready"}
    assert "301 characters, and at most 300 characters are kept" in why(file, "SO-1")
    desk.carry_out(file)
    assert outcomes(file) == {"SO-1": "refused", "SO-2": "done", "SO-3": "done", "SO-5": "done"}


def test_days_and_people_as_people_write_them(desk, person, scopes):
    person("liwei", scopes[0], role="warehouse", is_staff=True, full_name="Li Wei")
    far = "2031/1/31"
    file = desk.bring_back(filled(desk.take_out(), {
        "SO-1": {"decision": " Accept ", "reason": "x", "until": far},
        "SO-2": {"decision": "认可", "comment": "x", "until": datetime(2031, 1, 31)},
        "SO-3": {"person": "LIWEI"}, "SO-4": {"decision": "assign", "person": "li wei"},
        "SO-5": {"decision": "accept", "reason": "x", "until": "2031年1月31日"},
        "SO-6": {"decision": "accept", "reason": "x", "until": date(2020, 1, 1)}}))
    assert outcomes(file) == {"SO-1": "ready", "SO-2": "ready", "SO-3": "ready", "SO-4": "ready", "SO-5": "ready",
                              "SO-6": "refused"}
    assert {row.until for row in file.rows.filter(key__in=["SO-1", "SO-2", "SO-5"])} == {date(2031, 1, 31)}
    assert file.rows.get(key="SO-3").decision == "assign" and file.rows.get(key="SO-2").reason == "x"


def test_it_is_given_only_to_who_may_open_it(desk, person, scopes):
    person("liwei", scopes[0], role="warehouse", is_staff=True, full_name="Li Wei")
    person("far", scopes[1], role="warehouse", is_staff=True, full_name="Far Away")
    raw = desk.take_out()
    offered = {cell.value for (cell,) in load_workbook(io.BytesIO(raw))["How to decide"]["D2:D30"]} - {None}
    assert offered == {"Li Wei (liwei)", "olga"}
    file = desk.bring_back(filled(raw, {"SO-1": {"person": "far"}, "SO-2": {"person": "liwei"}}))
    assert outcomes(file) == {"SO-1": "refused", "SO-2": "ready"}
    assert why(file, "SO-1") == "Far Away may not see this difference."


def test_a_chinese_file_is_read_by_an_english_reader(desk):
    desk.who.language = "zh-hans"
    desk.who.save()
    desk.client.post(reverse("language"), {"language": "zh-hans"})
    raw = desk.take_out()
    book = load_workbook(io.BytesIO(raw))
    assert "填写说明" in book.sheetnames
    for sheet in book:  # two columns of one name could not be told apart
        assert len({cell.value for cell in sheet[1]}) == sheet.max_column, sheet.title
    file = desk.bring_back(filled(raw, {"SO-1": {"decision": "认可", "reason": "已与客户确认"}}, "zh-hans"))
    assert outcomes(file) == {"SO-1": "ready"}


def test_every_decision_and_heading_is_read_in_both_languages():
    for language in ("en", "zh-hans"):
        with translation.override(language):
            said = {code: str(one.name) for code, one in DECISIONS.items()}
            heads = {code: str(name) for code, name in COLUMNS.items()}
        with translation.override("en"):
            assert {code: decision_of(text) for code, text in said.items()} == {code: code for code in DECISIONS}
            assert {code: heading_of(text) for code, text in heads.items()} == {code: code for code in COLUMNS}


def test_who_brings_it_decides_what_is_seen_and_permitted(desk, person, scopes, run):
    """The file of one who may is worth no more than the rights of one who brings it."""
    raw = filled(desk.take_out(), {"SO-1": {"decision": "accept", "reason": "x"}, "SO-2": {"comment": "mine"}})
    assert "HIDDEN" not in {cell.value for row in load_workbook(io.BytesIO(raw))["Differences"] for cell in row}
    desk.sit(person("wanda", scopes[0], role="warehouse", is_staff=True, language="en"))
    file = desk.bring_back(raw)
    assert outcomes(file) == {"SO-1": "refused", "SO-2": "refused"}
    assert "Who decides about differences:" in why(file, "SO-1")
    desk.sit(person("south", scopes[1], role="order_operations", is_staff=True, language="en"))
    file = desk.bring_back(raw)
    assert outcomes(file) == {"SO-1": "refused", "SO-2": "refused"}
    assert why(file, "SO-1") == "This difference is not among those you may see."
    assert not file.rows.exclude(difference=None).exists()


def test_a_file_is_its_bringers_alone(desk, person, scopes):
    file = desk.bring_back(filled(desk.take_out(), {"SO-1": {"decision": "fixed"}}))
    desk.sit(person("other", scopes[0], role="order_operations", is_staff=True, language="en"))
    assert desk.client.get(reverse("decisions", args=[file.pk])).status_code == 404
    assert desk.client.post(reverse("decisions_apply", args=[file.pk])).status_code == 404
    desk.who.is_superuser = True
    desk.who.save()
    assert "1 decision can be carried out." in desk.page(file)  # looked at, not carried out in another's name
    assert "Carry out" not in desk.page(file)
    assert desk.client.post(reverse("decisions_apply", args=[file.pk])).status_code == 403
    with pytest.raises(decision_files.Forbidden):
        decision_files.carry_out(row=file.rows.get(), by=desk.who, at=timezone.now())


def test_who_may_not_decide_gets_nothing_to_fill_in(desk, person, scopes, run):
    desk.sit(person("auditor", *scopes, role="auditor", is_staff=True, language="en"))
    heads = {cell.value for sheet in load_workbook(io.BytesIO(desk.take_out())) for cell in sheet[1]}
    assert not heads & {str(name) for name in COLUMNS.values()}
    answer = desk.client.post(reverse("decisions_drop", args=[run.pk]), {"file": SimpleUploadedFile("a.xlsx", b"PK")})
    assert answer.status_code == 403
    assert "Bring decisions back" not in desk.client.get(reverse("run", args=[run.pk])).content.decode()


def test_rows_of_another_comparison_are_sent_there(desk, run):
    raw = filled(desk.take_out(), {"SO-1": {"decision": "fixed"}})
    other = Profile.objects.create(code="stock", company=run.profile.company, scope=run.profile.scope, name_en="Stock",
                                   name_zh="库存")
    desk.run = Run.objects.create(profile=other, version=run.version, state=Run.DONE, as_of=run.as_of)
    file = desk.bring_back(raw)
    assert why(file, "SO-1") == "This difference is of another comparison: Orders. Drop the file there."


def test_a_row_added_copied_or_mended_by_hand(desk):
    book = load_workbook(io.BytesIO(filled(desk.take_out(), {"SO-1": {"decision": "fixed"}})))
    sheet = book["Differences"]
    head = {cell.value: cell.column for cell in sheet[1]}
    first = next(row[0].row for row in sheet.iter_rows(min_row=2) if row[0].value == "SO-1")
    mark = sheet.cell(first, head["Row mark"]).value
    for key, its in (("copy", mark), ("none", None), ("mended", mark[:-4] + "AAAA"), ("odd", "=1+1")):
        at = sheet.max_row + 1
        sheet.cell(at, 1).value, sheet.cell(at, head["Decision"]).value = key, "fixed"
        sheet.cell(at, head["Row mark"]).value = its
    file = desk.bring_back(saved(book))
    assert outcomes(file) == {
        "SO-1": "ready", "copy": "unreadable", "none": "unreadable", "mended": "unreadable", "odd": "unreadable"}
    assert why(file, "copy") == f"Row {first} decides about the same difference."
    assert "has no mark" in why(file, "none") and "another hub" in why(file, "mended")


def test_words_that_look_like_formulas_stay_words(desk):
    evil = '=HYPERLINK("http://evil","x")'
    book = load_workbook(io.BytesIO(desk.take_out()))
    sheet = book["Differences"]
    head = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(2, head["Decision"]).value = "fixed"
    cell = sheet.cell(2, head["Reason"])
    cell.value, cell.data_type = evil, "s"
    file = desk.bring_back(saved(book))
    desk.carry_out(file)
    row = file.rows.get()
    assert (row.outcome, row.reason) == ("done", evil) and state(row.key) == "claimed_fixed"
    again = desk.take_out()
    with zipfile.ZipFile(io.BytesIO(again)) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/")]
    assert not any(b"<f>" in xml or b"<f " in xml for xml in sheets)


def test_what_nobody_can_type_breaks_nothing(desk):
    """Escapes of the format stand for characters that a database does not take."""
    raw = filled(desk.take_out(), {"SO-1": {"decision": "fixed", "reason": "a_x0000_b_xD800_c"},
                                   "SO-2": {"decision": "_x0000_", "reason": "x"}})
    file = desk.bring_back(raw, "d\x01.xlsx")
    assert outcomes(file) == {"SO-1": "ready", "SO-2": "unreadable"}
    assert file.rows.get(key="SO-1").reason == "a\ufffdb\ufffdc"
    desk.carry_out(file)
    assert state("SO-1") == "claimed_fixed"


def test_a_formula_where_a_decision_should_be_is_not_worked_out(desk):
    raw = filled(desk.take_out(), {"SO-1": {"decision": '="fi"&"xed"'}, "SO-2": {"decision": "fixed"}})
    file = desk.bring_back(raw)
    assert "SO-1" not in outcomes(file) or outcomes(file)["SO-1"] == "unreadable"
    assert outcomes(file)["SO-2"] == "ready"


@pytest.mark.parametrize(("raw", "said"), [
    (b"", "holds no table"), (b"%PDF-1.7 ...", "PDF"), (b"a,b\n1,2\n", "has no column “Row mark”"),
    (b"PK\x03\x04broken", "not a readable xlsx"),
])
def test_what_is_no_report_is_refused_as_a_whole(desk, raw, said):
    file = desk.bring_back(raw)
    assert file.state == DecisionFile.REFUSED and said in file.error and said in desk.page(file)
    assert not file.rows.exists()


def test_a_csv_of_the_sheet_comes_back_as_well(desk):
    book = load_workbook(io.BytesIO(filled(desk.take_out(), {"SO-1": {"decision": "accept", "reason": "x, y"}})))
    lines = [",".join(f'"{"" if cell.value is None else cell.value}"' for cell in row) for row in book["Differences"]]
    file = desk.bring_back("\r\n".join(lines).encode("utf-8-sig"), "decided.csv")
    assert outcomes(file) == {"SO-1": "ready"} and file.rows.get().reason == "x, y"


def test_a_large_file_is_read_by_a_job_that_may_start_again(desk, monkeypatch):
    monkeypatch.setattr("reconciliation.decision_pages.READ_AT_ONCE", 10)
    monkeypatch.setattr("reconciliation.decision_jobs.CHUNK", 1)
    raw = filled(desk.take_out(), {"SO-1": {"decision": "fixed"}, "SO-2": {"decision": "fixed"}})
    dropped = {"file": SimpleUploadedFile("a.xlsx", raw)}
    answer = desk.client.post(reverse("decisions_drop", args=[desk.run.pk]), dropped)
    job, file = JobRun.objects.get(kind="read_decisions"), DecisionFile.objects.get()
    assert answer.url == reverse("job", args=[job.pk]) and "is being read" in desk.page(file)
    keep, calls = decision_files.keep_decisions, []

    def breaks(**given):
        calls.append(given)
        if len(calls) == 2:
            raise RuntimeError("power cut")
        return keep(**given)

    monkeypatch.setattr(decision_files, "keep_decisions", breaks)
    assert jobs.run(job.pk) == "failed" and file.rows.count() == 1
    JobRun.objects.filter(pk=job.pk).update(next_kick_at=timezone.now())
    assert jobs.run(job.pk) == "done"
    assert outcomes(file) == {"SO-1": "ready", "SO-2": "ready"}


def test_carrying_out_that_broke_off_goes_on(desk, monkeypatch):
    file = desk.bring_back(filled(desk.take_out(), {f"SO-{n}": {"decision": "fixed"} for n in range(1, 5)}))
    do, calls = decision_files.carry_out, []

    def breaks(**given):
        calls.append(given)
        if len(calls) == 3:
            raise RuntimeError("power cut")
        return do(**given)

    monkeypatch.setattr(decision_files, "carry_out", breaks)
    desk.client.post(reverse("decisions_apply", args=[file.pk]))
    job = JobRun.objects.get(kind="apply_decisions")
    assert jobs.run(job.pk) == "failed" and DifferenceEntry.objects.count() == 2
    JobRun.objects.filter(pk=job.pk).update(next_kick_at=timezone.now())
    assert jobs.run(job.pk) == "done"
    assert set(outcomes(file).values()) == {"done"} and DifferenceEntry.objects.count() == 4


def test_the_sheet_is_locked_but_for_what_is_filled_in(desk):
    book = load_workbook(io.BytesIO(desk.take_out()))
    for name in ("Differences", "Unmatched"):
        sheet = book[name]
        head = {cell.value: cell.column_letter for cell in sheet[1]}
        assert sheet.protection.sheet and not sheet.protection.password and not sheet.protection.autoFilter
        unlocked = {text for text, letter in head.items() if not sheet.column_dimensions[letter].protection.locked}
        assert unlocked == {"Decision", "Reason", "Until", "Assign to", "Comment"}
        rules = {str(rule.sqref).partition(":")[0]: rule for rule in sheet.data_validations.dataValidation}
        assert (rules[head["Decision"] + "2"].type, rules[head["Until"] + "2"].type) == ("list", "date")
        place = rules[head["Decision"] + "2"].formula1.partition("!")[2].replace("$", "")
        assert [cell.value for (cell,) in book["How to decide"][place]] == [str(one.name) for one in DECISIONS.values()]
    assert not book["Summary"].protection.sheet


def test_marks():
    fingerprint, values = "ab" * 32, {"erp": "1", "wms": None}
    mark = read_mark(mark_of(fingerprint, values, "assigned", 7))
    assert (mark.fingerprint, mark.state, mark.assignee) == (fingerprint, "assigned", 7)
    assert mark.fits({"wms": None, "erp": "1"}) and not mark.fits({"erp": "1", "wms": "1"})
    text = mark_of(fingerprint, values, "open", None)
    assert read_mark(text).assignee == 0
    for bad in ("", None, "OH", "OHabc", text[:-4], text + "AAAA", "A" * len(text), text.replace("OHA", "OHB", 1)):
        assert read_mark(bad) is None


def test_marks_outlive_a_new_key_but_no_other_hub(settings):
    text = mark_of("ab" * 32, {}, "open", None)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 8, [settings.SECRET_KEY]
    assert read_mark(text)
    settings.SECRET_KEY_FALLBACKS = []
    assert read_mark(text) is None


def test_a_reason_of_a_decision_opens_again_by_file(desk, at):
    accept_difference(difference=Difference.objects.get(key="SO-1"), reason="x", by=desk.who, at=at)
    file = desk.bring_back(filled(desk.take_out(), {"SO-1": {"decision": "open again", "reason": "It was wrong"},
                                                    "SO-2": {"decision": "open again", "reason": "x"}}))
    assert outcomes(file) == {"SO-1": "ready", "SO-2": "refused"}
    desk.carry_out(file)
    assert state("SO-1") == "open"


def test_many_rows_ask_few_questions(desk, run, scopes, django_assert_max_num_queries):
    from reconciliation.decision_judging import judge

    rows = []
    for n in range(100):
        one = found(run, f"M-{n}", scopes[0])
        rows.append(DecisionRow(mark=mark_of(one.fingerprint, one.values, one.state, None), decision="fixed"))
    with django_assert_max_num_queries(12):
        told = judge(rows, desk.who, run.profile, timezone.now())
    assert {one.outcome for one in told} == {"ready"}
