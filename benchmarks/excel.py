"""What does a workbook of 100,000 differences of 20 columns cost, beside plain openpyxl that checks nothing?

Each way writes in a process of its own, turn about: wall and CPU seconds, and how far its memory rose above what it
had before it began.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from benchmarks.report import busy, goal, keep, peak_mb, seconds, table

NAMES = ("Order", "Customer", "Amount", "Promised", "Note")
KINDS = ("key", "text", "money", "datetime", "text")
TIMES = 4  # the five columns beside each other, so often


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--full", action="store_true", help="500,000 rows")
    parser.add_argument("--way", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    rows = 500_000 if asked.full else asked.rows
    if asked.way:
        return measure(asked.way, rows)
    figures = {name: [] for name in WAYS}
    for turn in range(asked.runs + 1):
        for name in WAYS:
            one = in_a_process(name, rows)
            if turn:  # the first turn warms the file cache
                figures[name].append(one)
    middle = {name: {what: median(one[what] for one in ones) for what in ones[0]} for name, ones in figures.items()}
    safe, plain = middle["safe workbook"], middle["openpyxl, write only"]
    table(
        f"excel: {rows:,} rows of {len(NAMES) * TIMES} columns", ("", "wall", "CPU", "memory", "rows/s"),
        [(name, seconds(one["wall"]), seconds(one["cpu"]), f"{one['rose']:.0f} MB", f"{rows / one['wall']:,.0f}")
         for name, one in middle.items()],
        [f"medians of {asked.runs} turns; {safe['size'] / 1e6:.1f} MB; {busy()}",
         goal("CPU to plain openpyxl", safe["cpu"] / plain["cpu"], 1.5, " ×"),
         goal("memory above idle", safe["rose"], 60, " MB")],
    )
    keep("excel", "files", rows=rows, figures=middle)


def in_a_process(name, rows):
    done = subprocess.run([sys.executable, "-m", "benchmarks.excel", "--way", name, "--rows", str(rows)],
                          stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def measure(name, rows):
    import openpyxl  # noqa: F401  what is merely imported is no cost of writing

    from kernel.excel import Column, SafeWorkbook  # noqa: F401

    with tempfile.TemporaryDirectory(prefix="excel-") as folder:
        path = Path(folder) / "written.xlsx"
        WAYS[name](path, 10)
        idle, wall, cpu = peak_mb(), time.perf_counter(), time.process_time()
        WAYS[name](path, rows)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        print(json.dumps({"wall": wall, "cpu": cpu, "rose": peak_mb() - idle, "size": path.stat().st_size}))


def cells(rows):
    start = datetime(2026, 11, 24, tzinfo=UTC)
    for number in range(rows):
        moment = start + timedelta(minutes=number)
        yield (f"SO{number:08}", "上海驭程新能源汽车有限公司", number * 1.25, moment, "=1+1 as text") * TIMES


def write_safe(path, rows):
    from kernel.excel import Column, SafeWorkbook

    columns = [Column(f"{name} {turn + 1}", kind) for turn in range(TIMES)
               for name, kind in zip(NAMES, KINDS, strict=True)]
    with SafeWorkbook(zone="Asia/Shanghai") as book:
        book.sheet("Orders", columns).extend(cells(rows))
        book.save(path)


def write_plain(path, rows):
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Orders")
    sheet.append(NAMES * TIMES)
    for row in cells(rows):
        sheet.append([cell.replace(tzinfo=None) if isinstance(cell, datetime) else cell[1:]
                      if isinstance(cell, str) and cell.startswith("=") else cell for cell in row])
    book.save(path)


WAYS = {"safe workbook": write_safe, "openpyxl, write only": write_plain}

if __name__ == "__main__":
    if os.environ.get("DJANGO_SETTINGS_MODULE"):
        import django

        django.setup()
    sys.exit(main())
