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
    for column, other, kind in page.context["rows"]:
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
