"""Two files from a person's disk: is what cannot be read named, and does the right one speak first?"""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from integrations.models import ImportFile
from kernel import jobs
from kernel.excel import Column, SafeWorkbook
from kernel.models import JobRun
from reconciliation.models import Difference

FACTORY = ["70100001,12,2026-11-01", "70100002,5,2026-11-02", "70100003,a few,2026-11-03", ",9,2026-11-04"]
ERP = ["70100001,10,2026-11-01", "70100002,5,2026-11-02", "70100003,7,soon"]


@pytest.fixture
def dropped(staff, company, scopes, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    client = staff("integration_engineer")
    first = "\n".join(["Kennung,Stück,Tag", *FACTORY, *[f"701001{n:02d},{n},2026-11-05" for n in range(30)]])
    second = "\n".join(["番号,個数,日", *ERP, *[f"701001{n:02d},{n},2026-11-05" for n in range(30)]])
    response = client.post("/files/dropped/", {
        "first": SimpleUploadedFile("factory.csv", first.encode()),
        "second": SimpleUploadedFile("erp.csv", second.encode()),
    })
    client.address = response.url
    return client


def compare(client, record):
    """Press the button with the guesses as they stand; the job then works."""
    page = client.get(client.address)
    form = {"name_a": "factory", "name_b": "erp", "key_a": page.context["guess"].key_a,
            "key_b": page.context["guess"].key_b, "record": record}
    for column, other, kind, _tolerance in page.context["rows"]:
        form |= {f"with_{column.place}": "" if other is None else other, f"type_{column.place}": kind}
    client.post(client.address, form)
    assert jobs.run(JobRun.objects.get().pk) == "done"
    return page.content.decode()


@pytest.mark.parametrize("record,said", [
    ("a", "factory says 12 (taken as right), ERP says 10. "), ("b", "ERP says 10 (taken as right), factory says 12. "),
    ("", "ERP says 10, factory says 12. "),
])
def test_which_file_is_right_is_asked_and_said(dropped, record, said):
    page = compare(dropped, record)
    assert "Which file is right?" in page and "neither" in page
    difference = Difference.objects.get(key="70100001")
    assert difference.causes[0]["sentence"]["en"].startswith(said)
    assert "12" in difference.causes[0]["sentence"]["zh"]


def test_what_cannot_be_read_is_named_before_and_after(dropped):
    page = compare(dropped, "")
    assert "a few" in page and "This is not a " in page and "1 row without a number is parked, not compared" in page
    assert JobRun.objects.get().message == "1 row without a number is parked, 2 cells could not be read"
    factory, erp = ImportFile.objects.order_by("pk")
    assert (factory.row_count, factory.good_count, erp.good_count) == (34, 32, 32)
    page = dropped.get(f"/files/{factory.pk}/").content.decode()
    for text in ('<td class="num">4</td>', "Stück", "a few", '<td class="num">5</td>', "has no number: it is parked"):
        assert text in page
    assert f'href="/files/{factory.pk}/"' in dropped.get("/files/").content.decode()
    assert not Difference.objects.filter(key="").exists()


def test_the_sheet_is_named(staff, company, scopes, settings, tmp_path):
    from desk.files.bad_cells import check_table
    from kernel.tables import read_table

    settings.VAR_DIR = tmp_path
    with SafeWorkbook(zone="UTC") as book:
        sheet = book.sheet("November", [Column("No"), Column("Pieces")])
        sheet.extend([["A1", "12"], ["A2", "x"]])
        book.save(tmp_path / "b.xlsx")
    table = read_table(tmp_path / "b.xlsx")
    found = check_table(table, "No", {"Pieces": ("quantity", {})})
    table.close()
    assert [(one.sheet, one.row, one.value) for one in found.bad] == [("November", 3, "x")]


def test_what_a_person_drops_lies_where_they_can_see_it(staff, company, scopes, settings, tmp_path):
    """The first scope of all is somebody else's: the page after the drop was not found."""
    settings.VAR_DIR = tmp_path
    client = staff("integration_engineer", scopes[1])
    first, second = (SimpleUploadedFile("f.csv", b"k,qty\nA1," + one) for one in (b"1", b"2"))
    files = {"first": first, "second": second}
    response = client.post("/files/dropped/", files)
    client.address = response.url
    compare(client, "")
    assert client.get(response.url).status_code == 200
    assert Difference.objects.get().scope == scopes[1]


def test_without_any_scope_nothing_is_dropped(person, company, scopes, roles, client):
    client.force_login(person("lost", role="integration_engineer", is_staff=True, language="en"))
    files = {"first": SimpleUploadedFile("a.csv", b"k\nA1\n"), "second": SimpleUploadedFile("b.csv", b"k\nA1\n")}
    page = client.post("/files/dropped/", files, follow=True).content.decode()
    assert "You have no data scope" in page and not ImportFile.objects.exists()


@pytest.mark.parametrize("kind,tolerance,said", [
    ("time", "abc", "“abc” is no number of minutes that can be allowed, such as 30."),
    ("time", "-5", "“-5” is no number of minutes"), ("time", "1e999999", "“1e999999” is no number of minutes"),
    ("time", "999999999999", "“999999999999” is no number of minutes"),
    ("quantity", "3,5", "“3,5” is no number that can be allowed"), ("money", "NaN", "“NaN” is no number"),
    ("number", "1e99999999", "“1e99999999” is no number"), ("text", "1", "leave this empty"),
])
def test_a_tolerance_that_is_none_is_said_at_its_field_and_nothing_chosen_is_lost(dropped, kind, tolerance, said):
    """“abc” as the minutes of a date was an error of the server."""
    form = {"name_a": "left", "name_b": "right", "key_a": "0", "key_b": "0", "prefix_a": "SO", "record": "b",
            "with_1": "2", "type_1": kind, "tolerance_1": tolerance, "with_2": "", "type_2": "code"}
    response = dropped.post(dropped.address, form)
    page = response.content.decode()
    assert response.status_code == 200 and not JobRun.objects.exists()
    assert page.count('role="alert"') == 1 and f'id="at-tolerance_1" role="alert">{said}' in page.replace(
        'role="alert">Only numbers and times may differ by something: ', 'role="alert">')
    for kept in ('value="left"', 'value="right"', 'value="SO"', f'value="{tolerance}"', '<option value="b" selected>'):
        assert kept in page
    rows = {column.place: chosen for column, *chosen in response.context["rows"]}
    assert rows == {1: [2, kind, tolerance], 2: [None, "code", ""]}


def test_the_same_name_twice_is_said_at_the_second(dropped):
    form = {"name_a": "erp", "name_b": "ERP", "key_a": "0", "key_b": "0"}
    page = dropped.post(dropped.address, form).content.decode()
    assert 'id="at-name_b" role="alert">Give the two systems different names.' in page


def test_a_pdf_is_not_taken_for_a_table(staff, company, scopes, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    files = {"first": SimpleUploadedFile("a.pdf", b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"),
             "second": SimpleUploadedFile("b.csv", b"k,q\nA1,1\n")}
    page = staff("integration_engineer").post("/files/dropped/", files, follow=True).content.decode()
    assert "a.pdf: This file is a PDF, not a table." in page
    assert [one.name for one in ImportFile.objects.all()] == ["b.csv"]
