"""How fast does a workbook of 50,000 rows leave the hub, beside plain openpyxl that checks nothing?"""
import argparse
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.hub import open_hub
from benchmarks.pairs import alternate
from benchmarks.report import busy, keep, seconds, table

NAMES = ("Order", "Customer", "Amount", "Promised", "Note")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--full", action="store_true", help="500,000 rows")
    asked = parser.parse_args()
    open_hub()
    rows = 500_000 if asked.full else asked.rows
    with tempfile.TemporaryDirectory(prefix="excel-") as folder:
        safe, plain = alternate(
            lambda: write_safe(Path(folder) / "safe.xlsx", rows),
            lambda: write_plain(Path(folder) / "plain.xlsx", rows), runs=asked.runs,
        )
        size = (Path(folder) / "safe.xlsx").stat().st_size
    table(
        f"excel: {rows:,} rows of {len(NAMES)} columns", ("", "wall", "CPU", "rows/s"),
        [(name, seconds(one.p50), seconds(one.cpu), f"{rows / one.p50:,.0f}")
         for name, one in (("safe workbook", safe), ("openpyxl, write only", plain))],
        [f"{safe.p50 / plain.p50:.2f} × plain openpyxl; {size / 1e6:.1f} MB; {busy()}"],
    )
    keep("excel", "files", rows=rows, safe_s=round(safe.p50, 2), plain_s=round(plain.p50, 2))


def cells(rows):
    start = datetime(2026, 11, 24, tzinfo=UTC)
    for number in range(rows):
        moment = start + timedelta(minutes=number)
        yield f"SO{number:08}", "上海驭程新能源汽车有限公司", number * 1.25, moment, "=1+1 as text"


def write_safe(path, rows):
    from kernel.excel import Column, SafeWorkbook

    kinds = ("key", "text", "money", "datetime", "text")
    with SafeWorkbook(zone="Asia/Shanghai") as book:
        book.sheet("Orders", [Column(*one) for one in zip(NAMES, kinds, strict=True)]).extend(cells(rows))
        book.save(path)


def write_plain(path, rows):
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Orders")
    sheet.append(NAMES)
    for order, customer, amount, moment, note in cells(rows):
        sheet.append((order, customer, amount, moment.replace(tzinfo=None), note[1:]))
    book.save(path)


if __name__ == "__main__":
    main()
