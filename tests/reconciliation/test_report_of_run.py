"""Does a run's workbook say in words what that person may see, in cells one can count with, and run nothing?"""
import hashlib
import zipfile
from datetime import datetime
from itertools import count
from types import SimpleNamespace

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from kernel.job_files import exports
from kernel.models import Department, JobRun, Scope
from reconciliation.exports import CHUNK, export_run, hash_of_spec
from reconciliation.models import CauseGroup, Difference, Observation, Profile, ProfileVersion, Run
from reconciliation.seed import ORDERS
from reconciliation.seen import counts_seen, gaps_seen

pytestmark = pytest.mark.django_db
SHEETS = {"en": ["Summary", "Groups", "Differences", "Unmatched", "Mapping gaps", "Parameters"],
          "zh-hans": ["汇总", "差异组", "差异", "未匹配", "映射缺口", "参数"]}


def cause(code, *systems, zh="原因。", en="Because."):
    return {"cause": code, "systems": list(systems), "confidence": "certain", "version": 1, "evidence": {}, "rule": "r",
            "sentence": {"en": en, "zh": zh}}


@pytest.fixture
def roles(db):
    from django.core.management import call_command

    call_command("sync_roles")


@pytest.fixture
def run(company, scopes, at):
    """A run over erp, wms and crm that found one difference of each kind of value."""
    hidden = Scope.objects.create(company=company, code="sys", name_en="s", name_zh="s", kind="system")
    owner = Department.objects.create(company=company, code="ops", name_en="Order desk", name_zh="订单部")
    profile = Profile.objects.create(
        code="orders", company=company, scope=hidden, name_en="Orders", name_zh="订单", department=owner)
    version = ProfileVersion.objects.create(
        profile=profile, number=3, published_at=at, spec={"version": 1, "name": "orders", "currency": "CNY", **ORDERS})
    made = Run.objects.create(
        profile=profile, version=version, state=Run.DONE, as_of=at, systems=["crm", "erp", "wms"],
        watermarks={"erp": "2026-11-24T00:00:00Z", "wms": "", "crm": ""}, counts={
            "open": 6, "rows": {"erp": 777, "wms": 778, "crm": 779}, "grace": {"erp": 900, "wms": 0, "crm": 0},
            "gaps": [["codes", "status", "crm", "007", 4]]})

    def found(key, kind, field, values, first, **more):
        one = Difference.objects.create(
            profile=profile, fingerprint=hashlib.sha256((key + field).encode()).hexdigest(), key=key, kind=kind,
            field=field, values=values, first_run=made,
            last_run=made, opened_at=at, systems=["crm", "erp", "wms"], cause=first["cause"], causes=[first],
            confidence="certain", **{"scope": scopes[0], "severity": 3, **more})
        Observation.objects.create(difference=one, run=made, values=values, causes=[first])

    found("007", "value", "quantity_m", {"erp": "480", "wms": "40", "crm": "480.5"},
          cause("UNIT_FACTOR", "wms"), group_code="G1")
    found("=1+1", "value", "amount_minor", {"erp": "13950.00 CNY", "crm": "13950.10 CNY"}, cause("ROUNDING", "crm"))
    found("C-2", "value", "amount_minor", {"erp": "10.00 CNY", "crm": "10.00 USD"}, cause("CURRENCY", "crm"))
    found("T-1", "value", "promised_at", {"erp": "2026-11-24T02:00:00Z", "crm": "2026-11-24T10:00:00Z"},
          cause("TIMEZONE", "crm"), severity=1)
    found("S-1", "value", "status", {"erp": "confirmed", "crm": "held"}, cause("UNKNOWN"), state="expected", severity=2)
    found("0012", "missing", "", {"erp": "0012", "wms": None, "crm": "12"}, cause("MISSING_MESSAGE", "wms"))
    found("SOUTH", "value", "quantity_m", {"erp": "1", "wms": "2"}, cause("UNIT_FACTOR", "wms"), scope=scopes[1])
    CauseGroup.objects.create(run=made, code="G1", cause="UNIT_FACTOR", dimension="item", value="0815", hits=2, share=1,
                              sentence_en="All of item 0815.", sentence_zh="物料 0815 全部如此。")
    return made


@pytest.fixture
def report(run, person, settings, tmp_path, roles):
    settings.VAR_DIR, settings.HUB_PUBLIC_URL = tmp_path, "https://hub.example"
    settings.HUB_TIME_ZONE = "Asia/Shanghai"

    number = count()

    def made(scopes, role="finance", language="en", **asked):
        user = person(f"who-{next(number)}", *scopes, role=role, is_staff=True, language=language)
        said = []

        def progress(*told):
            said.append(told)

        progress.job_id = 1
        done = export_run(progress, run_id=run.pk, user_id=user.pk, language=language, asked=asked)
        path = exports() / done["file"]
        return SimpleNamespace(book=load_workbook(path), path=path, rows=done["rows"], said=said)

    return made


def cells(sheet):
    """{first cell: {header: cell}} of a sheet."""
    head, *rows = sheet.iter_rows()
    return {row[0].value: {h.value: cell for h, cell in zip(head, row, strict=True)} for row in rows}


def texts(book):
    return [str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]


def test_values_are_cells_one_can_count_with(report, scopes):
    found = cells(report(scopes[:1]).book["Differences"])
    quantity, amount, moved = found["007"], found["=1+1"], found["T-1"]
    assert [quantity[n].value for n in ("ERP", "WMS", "CRM")] == [480, 40, 480.5]
    assert [amount[n].value for n in ("ERP", "CRM", "Unit", "Largest difference")] == [13950, 13950.1, "CNY", 0.1]
    assert moved["ERP"].value == datetime(2026, 11, 24, 10) and moved["ERP"].is_date  # the plant's time
    assert (moved["Largest difference"].value, moved["Unit"].value) == (480, "min")
    assert found["C-2"]["CRM"].value == "10.00 USD" and found["C-2"]["Largest difference"].value is None


def test_keys_stay_text_and_nothing_is_a_formula(report, scopes):
    made = report(scopes[:1])
    found = cells(made.book["Differences"])
    assert found["007"]["Key"].data_type == "s" and found["007"]["Key"].number_format == "@"
    assert found["=1+1"]["Key"].data_type == "s" and found["=1+1"]["Key"].quotePrefix
    lacks = cells(made.book["Unmatched"])["0012"]
    assert [lacks[n].value for n in ("ERP", "WMS", "CRM", "Missing in")] == ["0012", None, "12", "WMS"]
    assert list(cells(made.book["Mapping gaps"])) == ["Told to people who see every scope."]
    with zipfile.ZipFile(made.path) as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist())


def test_words_not_codes(report, scopes):
    found = cells(report(scopes[:1]).book["Differences"])
    names = ("State now", "Severity", "Kind", "Field", "Cause", "How sure", "Department")
    assert [found["007"][n].value for n in names] == [
        "open", "high", "different value", "Quantity", "unit of measure", "certain", "Order desk"]
    assert (found["S-1"]["ERP"].value, found["S-1"]["CRM"].value) == ("confirmed", "on hold")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_sheet_in_the_readers_language(report, scopes, language):
    made = report(scopes, "auditor", language)
    assert made.book.sheetnames == SHEETS[language]
    for sheet in made.book:  # two columns of one name could not be told apart
        head = [cell.value for cell in sheet[1]]
        assert len(set(head)) == len(head), sheet.title
    codes = {"quantity_m", "amount_minor", "UNIT_FACTOR", "UNKNOWN", "missing_message", "erp", "wms", "crm"}
    assert not codes & set(texts(made.book))
    if language == "zh-hans":
        row = cells(made.book["差异"])["007"]
        assert {"数量", "未处理", "高", "订单部", "ERP"} <= {c.value for c in row.values()} | set(row)


def test_head_filters_colours_and_links(report, run, scopes):
    made = report(scopes[:1])
    for sheet in made.book:
        assert sheet.freeze_panes.endswith("2") and sheet.auto_filter.ref
    sheet, one = made.book["Differences"], Difference.objects.get(key="007")
    ruled = [rule.formula for rules in sheet.conditional_formatting for rule in rules.rules]
    assert any('="high"' in formula[0] for formula in ruled)
    assert cells(sheet)["007"]["Key"].hyperlink.target == f"https://hub.example{reverse('difference', args=[one.pk])}"
    causes = cells(made.book["Summary"])
    assert causes["unit of measure"]["Cause"].hyperlink.target.startswith(f"https://hub.example/runs/{run.pk}/?cause=")


def test_nobody_reads_more_than_on_the_page(report, scopes):
    mine = report(scopes[:1], "warehouse")  # may not see amounts
    said = texts(mine.book)
    assert mine.rows == 4 and "SOUTH" not in said and "=1+1" not in said and "13950" not in " ".join(said)
    assert "777" not in said and "All of item 0815." not in said and "007" in said
    everything = report(scopes, "auditor")
    assert everything.rows == 7 and {"777", "All of item 0815."} <= set(texts(everything.book))
    assert [row["Not in the table"].value for row in cells(everything.book["Mapping gaps"]).values()] == ["007"]


def test_the_sums_of_the_sheets_agree(report, scopes):
    book = report(scopes, "auditor").book
    assert cells(book["Summary"])["All"]["Differences"].value == 7
    assert book["Differences"].max_row - 1 + book["Unmatched"].max_row - 1 == 7


def test_parameters_say_what_it_was_made_from(report, run, scopes):
    rows = [[c.value for c in row] for row in report(scopes, "auditor", cause="UNKNOWN").book["Parameters"].iter_rows()]
    assert ["Profile version", None, "3"] in rows and ["Rows read", "WMS", "778"] in rows
    assert ["SHA-256", "specification", hash_of_spec(run.version.spec)] in rows
    assert ["Tolerance", "Amount", "0.01"] in rows and ["Grace", "ERP", "15 min"] in rows
    assert ["Watermark", "ERP", datetime(2026, 11, 24, 8)] in rows and ["Narrowed to", None, "Cause unknown"] in rows
    assert hash_of_spec({"a": 1, "b": 2}) == hash_of_spec({"b": 2, "a": 1}) != hash_of_spec({"a": 1})


def test_a_narrowed_page_leaves_as_that_view(client, report, run, person, scopes, roles):
    user = person("narrow", *scopes[:1], role="finance", is_staff=True, language="en")
    client.force_login(user)
    page = client.get(f"/runs/{run.pk}/?cause=UNIT_FACTOR&system=wms")
    assert "This view as Excel" in page.content.decode() and len(page.context["differences"]) == 1
    client.post(f"/runs/{run.pk}/excel/", {"cause": "UNIT_FACTOR", "system": "wms"})
    asked = JobRun.objects.get(kind="export_run").args["asked"]
    made = report(scopes[:1], **asked)
    assert made.rows == 1 and list(cells(made.book["Differences"])) == ["007"]
    assert report(scopes[:1], severity="1").rows == 1


def test_a_number_leads_to_exactly_its_rows(client, run, person, scopes, roles):
    """Each cell of the table of causes by system counts what its address lists."""
    client.force_login(person("counts", *scopes, role="auditor", is_staff=True, language="en"))
    for code, _total, counts in client.get(f"/runs/{run.pk}/").context["picture"].rows:
        for system, expected, _bars in counts:
            listed = client.get(f"/runs/{run.pk}/", {"cause": code, "system": system}).context["differences"]
            assert len(listed) == expected, (code, system)


def test_what_a_run_keeps_beside_its_counts_is_no_count(run, person, scopes, roles):
    everything = person("a", role="auditor", is_staff=True)
    some = person("b", *scopes[:1], role="finance", is_staff=True)
    assert not {"gaps", "grace", "by_scope"} & set(counts_seen(run, everything))
    assert gaps_seen(run, everything) == [("codes", "status", "crm", "007", 4)] and gaps_seen(run, some) == []


def test_a_partial_run_knows_the_gaps_of_the_full_one(run, person, roles, at):
    later = Run.objects.create(profile=run.profile, version=run.version, state=Run.DONE, as_of=at, is_full=False,
                               counts={"gaps": [["codes", "status", "crm", "008", 1]]})
    assert [gap[3] for gap in gaps_seen(later, person("a", role="auditor", is_staff=True))] == ["007", "008"]


def test_a_large_report_says_how_far_it_is(report, run, scopes):
    first = Difference.objects.get(key="007")
    Difference.objects.bulk_create(Difference(
        profile=run.profile, fingerprint=f"{n:064x}", key=f"M{n}", kind="value", field="quantity_m", scope=scopes[0],
        first_run=run, last_run=run, cause="UNIT_FACTOR") for n in range(CHUNK))
    Observation.objects.bulk_create(Observation(difference=one, run=run, causes=first.causes, values={"erp": "1"})
                                    for one in Difference.objects.filter(key__startswith="M"))
    made = report(scopes[:1])
    assert made.rows == CHUNK + 6 and (CHUNK, CHUNK + 6) == made.said[0][:2] and "500" in made.said[0][2]
