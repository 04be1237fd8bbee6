"""How fast are two files of 100,000 rows compared and explained, beside datacompy on the same files?

datacompy (pandas and polars) joins the files and marks values that differ; it names no causes and knows no lives of
keys, so it does less. All read the same csv files in the same run and take turns.
"""
import argparse
import csv
import random
import tempfile
from pathlib import Path

from benchmarks.hub import open_hub
from benchmarks.pairs import alternate
from benchmarks.report import busy, keep, seconds, table

PROFILE = """
version: 1
name: {en: Orders ERP against WMS, zh: 订单 ERP 与 WMS 对账}
zone: Asia/Shanghai
currency: CNY
record: erp
systems:
  erp: {key: order_no}
  wms: {key: order_no}
fields:
  quantity: {type: quantity}
  amount: {type: money, tolerance: 0.01}
  posted: {type: time, max_minutes_between: 3}
  customer: {type: text}
"""
COLUMNS = ("order_no", "quantity", "amount", "posted", "customer")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--full", action="store_true", help="a million rows")
    asked = parser.parse_args()
    open_hub()
    rows = 1_000_000 if asked.full else asked.rows
    with tempfile.TemporaryDirectory(prefix="compare-") as folder:
        planted = write_files(Path(folder), rows)
        ways = {"hub, differences and causes": lambda: hub(folder)} | peers(folder)
        found = {name: way() for name, way in ways.items()}
        times = dict(zip(ways, alternate(*ways.values(), runs=asked.runs), strict=True))
    base = times["hub, differences and causes"].p50
    table(
        f"compare: two csv files of {rows:,} rows, {planted:,} keys differ",
        ("", "found", "wall", "CPU", "ratio", "rows/s"),
        [(name, f"{found[name]:,}", seconds(one.p50), seconds(one.cpu), f"{one.p50 / base:.2f}",
          f"{rows / one.p50:,.0f}") for name, one in times.items()],
        [f"medians of {asked.runs} turns; ratio of wall time to the hub's; {busy()}"],
    )
    keep("compare", "files", rows=rows, planted=planted, found=found,
         wall_s={name: round(one.p50, 3) for name, one in times.items()})


def write_files(folder, rows):
    """erp.csv and wms.csv: one key in a hundred differs or is missing. Returns how many."""
    draw, planted = random.Random(9), 0
    with open(folder / "erp.csv", "w", newline="") as one, open(folder / "wms.csv", "w", newline="") as two:
        erp, wms = csv.writer(one), csv.writer(two)
        for writer in (erp, wms):
            writer.writerow(COLUMNS)
        for number in range(rows):
            row = [f"SO{number:08}", draw.randrange(1, 900), f"{draw.randrange(100, 900_000) / 100:.2f}",
                   f"2026-11-{1 + number % 20:02} {number % 24:02}:{number % 60:02}:00", f"C{number % 500:05}"]
            erp.writerow(row)
            if number % 100 == 0:
                planted += 1
                if number % 400 == 0:
                    continue
                row[1] += 1
            wms.writerow(row)
    return planted


def hub(folder):
    from reconciliation.files import compare_files
    from reconciliation.profile_yaml import load_profile

    with tempfile.TemporaryDirectory(dir=folder) as spill:
        outcome = compare_files(
            load_profile(PROFILE), PROFILE, {name: Path(folder) / f"{name}.csv" for name in ("erp", "wms")}, {},
            as_of_us=1_795_000_000_000_000, spill=Path(spill),
        )
    return len({difference.key for difference in outcome.open})


def peers(folder):
    """{name: way} of the peers that are installed."""
    try:
        import datacompy
        import pandas
        import polars
    except ImportError as error:
        print(f"SKIPPED the peers: {error}")
        return {}

    def with_pandas():
        one, two = (pandas.read_csv(f"{folder}/{name}.csv") for name in ("erp", "wms"))
        return _differing(datacompy.PandasCompare(one, two, join_columns="order_no", abs_tol=0.01))

    def with_polars():
        one, two = (polars.read_csv(f"{folder}/{name}.csv") for name in ("erp", "wms"))
        return _differing(datacompy.PolarsCompare(one, two, join_columns="order_no", abs_tol=0.01))

    ways = {}
    for name, kind, way in (("datacompy on pandas", "PandasCompare", with_pandas),
                            ("datacompy on polars", "PolarsCompare", with_polars)):
        if hasattr(datacompy, kind):
            ways[name] = way
    return ways


def _differing(compared):
    return len(compared.all_mismatch()) + len(compared.df1_unq_rows) + len(compared.df2_unq_rows)


if __name__ == "__main__":
    main()
