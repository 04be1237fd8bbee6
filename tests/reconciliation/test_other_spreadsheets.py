"""Does another spreadsheet program open our workbooks as they are, and give back the same cells?"""
import random
import shutil
import subprocess
from datetime import datetime, timedelta
from decimal import Decimal

import openpyxl
import pytest

from kernel.excel import Column, SafeWorkbook
from reconciliation.report import write_report
from tests.kernel.test_excel import CORPUS
from tests.reconciliation import faultset
from tests.reconciliation.comparing import outcome_of

OFFICE = shutil.which("soffice")
pytestmark = [pytest.mark.pure, pytest.mark.skipif(OFFICE is None, reason="no LibreOffice on PATH")]
COLUMNS = [("key", "key"), ("text", "text"), ("count", "int"), ("amount", "money"), ("moment", "datetime")]
ROWS, TIMES = 10_000, 4


def reopened(path):
    """The workbook as LibreOffice writes it again after opening `path`; a file it has to mend or refuse gives none."""
    home = path.parent / "office"
    subprocess.run(
        [OFFICE, f"-env:UserInstallation=file://{home}", "--headless", "--norestore", "--convert-to",
         "xlsx:Calc MS Excel 2007 XML", "--outdir", str(path.parent / "again"), str(path)],
        check=True, timeout=240, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return openpyxl.load_workbook(path.parent / "again" / path.name)


def cells(book):
    """{sheet: rows of values}; an empty cell and an empty text are the same, seconds are the finest of times."""
    return {sheet.title: [[_plain(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
            for sheet in book.worksheets}


def _plain(value):
    if isinstance(value, datetime):
        return (value + timedelta(milliseconds=500)).replace(microsecond=0)
    if isinstance(value, float):
        return round(value, 9)
    return None if value == "" else value


def test_ten_thousand_rows_of_twenty_columns_come_back(tmp_path):
    draw = random.Random(4711)
    start = datetime(2026, 11, 24, 8)
    texts = [*CORPUS, "上海驭程新能源汽车有限公司", "  spaces  ", "a\nb", "0012", "1E5", "𠮷野"]
    path = tmp_path / "rows.xlsx"
    with SafeWorkbook(zone="Asia/Shanghai") as book:
        columns = [Column(f"{name} {turn}", kind) for turn in range(TIMES) for name, kind in COLUMNS]
        sheet = book.sheet("Rows", columns)
        sheet.extend(
            (f"{number:010d}", draw.choice(texts), number, Decimal(draw.randrange(10**9)) / 100,
             start + timedelta(seconds=draw.randrange(10**7))) * TIMES for number in range(ROWS))
        book.save(path)
    mine, theirs = cells(openpyxl.load_workbook(path)), cells(reopened(path))
    assert len(mine["Rows"]) == ROWS + 1 and len(mine["Rows"][0]) == len(COLUMNS) * TIMES
    assert theirs == mine


def test_a_report_of_differences_comes_back(tmp_path):
    sources, tables, _truth = faultset.build(2_500, 4711)
    outcome = outcome_of(tmp_path / "in", faultset.PROFILE, sources, tables)
    path = tmp_path / "report.xlsx"
    write_report(outcome, path, "zh")
    again = reopened(path)
    mine = openpyxl.load_workbook(path)
    assert [sheet.title for sheet in again.worksheets] == [sheet.title for sheet in mine.worksheets]
    assert cells(again) == cells(mine)
    for sheet in again.worksheets:
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert [sheet.auto_filter.ref for sheet in again] == [sheet.auto_filter.ref for sheet in mine]
