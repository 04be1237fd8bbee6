"""Does an empty hub take a person from nothing to the first comparison of two files nobody has seen before?"""

import pytest
from django.core.management import call_command
from openpyxl import Workbook, load_workbook

from config.launch import RUN_PREPARATION

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def files(tmp_path):
    """Two exports that share no header with each other or with anything in the code: German and Chinese."""
    book = Workbook()
    sheet = book.active
    sheet.append(["Beleg", "Ware", "Menge", "Wert", "Gebucht"])
    for number in range(40):
        sheet.append(
            [
                f"ZX{70100 + number}",
                f"W{number % 7}",
                10 + number,
                100.5 + 3 * number,
                f"2026-11-{1 + number % 20:02d} 08:30",
            ]
        )
    sheet.append([None, "W9", 3, 1, "2026-11-20 08:30"])
    first = tmp_path / "Ausgang.xlsx"
    book.save(first)
    lines = ["凭据,品类,实出,账款,入账"]
    for number in range(40):
        if number == 39:
            continue  # one is missing
        pieces = 10 + number + (5 if number == 7 else 0)  # one differs
        lines.append(
            f"ZX{70100 + number},W{number % 7},{pieces},{100.5 + 3 * number:.2f},2026/11/{1 + number % 20:02d} 08:30"
        )
    second = tmp_path / "仓库.csv"
    second.write_bytes("\r\n".join(lines).encode("gb18030"))
    return first, second


def test_from_an_empty_hub_to_the_first_differences(page, live_server, files, settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
    from kernel import jobs

    for command in RUN_PREPARATION:
        call_command(*command)
    page.goto(live_server.url)
    page.fill("[name=username]", "chen")
    page.fill("[name=full_name]", "陈静")
    page.fill("[name=password]", "a-rather-long-word-7")
    page.fill("[name=again]", "a-rather-long-word-7")
    page.click("text=Create administrator")
    assert "This hub is empty" in page.inner_text("main")
    page.click("a.btn.primary")
    page.fill("[name=name_en]", "Probe Works")
    page.click("text=Save company")
    page.click("a.btn.primary")
    page.set_input_files("[name=first]", files[0])
    page.set_input_files("[name=second]", files[1])
    page.click("text=Read the files")
    assert "39 numbers stand in both files" in page.inner_text("main")
    assert page.eval_on_selector("[name=key_a]", "field => field.selectedOptions[0].text") == "Beleg"
    assert page.eval_on_selector("[name=key_b]", "field => field.selectedOptions[0].text") == "凭据"
    chosen = [
        page.eval_on_selector(f"[name=with_{place}]", "field => field.selectedOptions[0].text")
        for place in (1, 2, 3, 4)
    ]
    assert chosen == ["品类", "实出", "账款", "入账"]
    assert "1 row without a number is parked" in page.inner_text("main")
    page.fill("[name=name_a]", "ausgang")
    page.fill("[name=name_b]", "lager")
    page.click("button.primary:has-text('Compare files')")
    page.wait_for_url("**/jobs/*/")
    job_id = int(page.url.rstrip("/").rsplit("/", 1)[1])
    assert jobs.run(job_id) == "done"
    page.wait_for_selector("text=Open the result")
    with page.expect_download() as download:
        page.click("a[download]")
    target = tmp_path / "out.xlsx"
    download.value.save_as(target)
    book = load_workbook(target)
    assert any("ZX70107" in str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    page.click("text=Open the result")
    found = page.inner_text("main")
    assert "ZX70107" in found and "ZX70139" in found
    assert "ZX70108" not in found
    page.click("td.number a:has-text('ZX70107')")
    values = page.inner_text(".side-by-side")
    assert "17" in values and "22" in values
    assert not page.troubles
