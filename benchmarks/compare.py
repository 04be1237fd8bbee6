"""How fast are files of three systems compared and explained, beside SQL written by hand and datacompy?

Three csv files, eight fields, one key in a hundred or so planted to differ. "comparison" is reading the files and
finding which keys differ in what; "and causes" also reads the evidence, names causes and forms groups. SQL by hand is
one DuckDB statement over the same files with typed columns: it knows no odd writing, no evidence, no copies of a key.
datacompy joins two files at a time and marks values that differ. Each way runs in a process of its own, turn about.
Which keys differ is known beforehand: what a way of the hub finds beyond them, or misses, is counted as wrong.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.report import busy, goal, keep, peak_mb, seconds, table

SYSTEMS = ("crm", "erp", "wms")
PROFILE = """
version: 1
name: {en: Orders in three systems, zh: 三方订单对账}
zone: Asia/Shanghai
currency: CNY
record: erp
systems:
  erp: {key: order_no}
  wms: {key: order_no}
  crm: {key: order_no}
fields:
  quantity: {type: quantity}
  amount: {type: money, tolerance: 0.01}
  price: {type: money, tolerance: 0.01}
  posted: {type: time, max_minutes_between: 3}
  promised: {type: time, max_minutes_between: 3}
  status: {type: text}
  customer: {type: text}
  item: {type: text}
"""
TYPED = ("order_no: 'VARCHAR', quantity: 'BIGINT', amount: 'DECIMAL(18,2)', price: 'DECIMAL(18,2)', "
         "posted: 'TIMESTAMP', promised: 'TIMESTAMP', status: 'VARCHAR', customer: 'VARCHAR', item: 'VARCHAR'")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--full", action="store_true", help="a million rows")
    parser.add_argument("--large", action="store_true", help="five million rows in 1 GB, the comparison alone")
    parser.add_argument("--often", action="store_true", help="two orders of five differ: what causes and groups cost")
    parser.add_argument("--memory", default="", help="limit for the engine, such as 1GB")
    parser.add_argument("--way", help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.way:
        return measure(asked.way, asked.folder, asked.memory)
    rows = 5_000_000 if asked.large else 1_000_000 if asked.full else 150_000 if asked.often else asked.rows
    memory = "1GB" if asked.large else asked.memory
    with tempfile.TemporaryDirectory(prefix="compare-") as folder:
        write_files(folder, rows, 50 if asked.often else 1)
        figures = {name: [] for name in list(WAYS)[: 1 if asked.large else 2 if asked.often else None]}
        for turn in range(asked.runs + 1):
            for name in [n for n in WAYS if n in figures]:
                one = in_a_process(name, folder, memory)
                if one is None:
                    print(f"SKIPPED {name}: not installed (make bench installs it)")
                    del figures[name]
                elif turn:  # the first turn warms the file cache
                    figures[name].append(one)
    show(rows, figures, asked.runs)


def in_a_process(name, folder, memory):
    done = subprocess.run([sys.executable, "-m", "benchmarks.compare", "--way", name, "--folder", folder,
                           "--memory", memory], stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else None


def measure(name, folder, memory):
    planted = json.loads((Path(folder) / "planted.json").read_text())
    wall, cpu = time.perf_counter(), time.process_time()
    found = WAYS[name](folder, memory)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    peak = peak_mb()
    counts = {"found": found, "wrong": None} if isinstance(found, int) else {
        "found": len(set(found)), "wrong": len(set(planted) ^ set(found)), "told": len(found)}
    print(json.dumps({"wall": wall, "cpu": cpu, "peak": peak, **counts}))


def show(rows, figures, runs):
    middle = {name: {what: median(one[what] for one in ones) for what in ("wall", "cpu", "peak", "found")}
              | {"wrong": ones[0]["wrong"], "told": ones[0].get("told")} for name, ones in figures.items()}
    base = middle["hub, comparison"]["wall"]
    table(
        f"compare: three csv files of {rows:,} rows, eight fields",
        ("", "found", "wrong", "wall", "CPU", "peak", "ratio", "rows/s"),
        [(name, f"{one['found']:,.0f}", "" if one["wrong"] is None else f"{one['wrong']:,}", seconds(one["wall"]),
          seconds(one["cpu"]), f"{one['peak']:.0f} MB", f"{one['wall'] / base:.2f}", f"{rows / one['wall']:,.0f}")
         for name, one in middle.items()],
        [f"medians of {runs} turns, a process each; ratio of wall time to the hub's comparison; {busy()}",
         "found: keys; datacompy has no tolerance for times and counts pairs of systems", *goals(rows, middle)],
    )
    keep("compare", "files", rows=rows, figures=middle)


def goals(rows, middle):
    """Lines for the goals that this many rows are for."""
    mine = middle["hub, comparison"]
    if rows >= 5_000_000:
        yield goal("peak of the process in 1 GB", mine["peak"], 1_229, " MB")
    elif "DuckDB SQL by hand" not in middle:
        many = middle["hub, and causes"]
        yield goal(f"causes and groups, CPU for 50,000 of {many['told']:,} differences",
                   (many["cpu"] - mine["cpu"]) / many["told"] * 50_000, 5, " s")
    elif rows >= 1_000_000:
        yield goal("CPU to SQL by hand", mine["cpu"] / middle["DuckDB SQL by hand"]["cpu"], 1.5, " ×")
        yield goal("wall to SQL by hand", mine["wall"] / middle["DuckDB SQL by hand"]["wall"], 1.5, " ×")
        for name, most in (("datacompy on pandas", 1 / 10), ("datacompy on polars", 1 / 5)):
            if name in middle:
                yield goal(f"wall to {name}", mine["wall"] / middle[name]["wall"], most, " ×")
        yield goal("peak", mine["peak"], 700, " MB")
    yield goal("keys found wrongly or missed", max(one["wrong"] or 0 for one in middle.values()), 0)


# --- data -------------------------------------------------------------------------------------------------


def write_files(folder, rows, often=1):
    """crm.csv, erp.csv and wms.csv of the same orders, each with its own planted slips, `often` times as many."""
    quantity, posted, gone, amount = 400 // often, 500 // often, 1000 // often, 300 // often
    import duckdb

    db = duckdb.connect()
    db.execute(f"""CREATE TABLE o AS SELECT i, 'SO' || lpad(i::VARCHAR, 9, '0') AS order_no,
        1 + (hash(i) % 899)::INT AS quantity, ((hash(i, 1) % 89990000) + 10000)::BIGINT AS cents,
        (hash(i, 2) % 900000 + 100)::BIGINT AS price,
        TIMESTAMP '2026-09-01 00:00:00' + to_seconds((hash(i, 3) % 5000000)::BIGINT) AS posted,
        TIMESTAMP '2026-11-01 00:00:00' + to_seconds((hash(i, 4) % 5000000)::BIGINT) AS promised,
        ['open', 'picked', 'shipped', 'closed'][1 + (hash(i, 5) % 4)::INT] AS status,
        'C' || lpad((hash(i, 6) % 5000)::VARCHAR, 5, '0') AS customer,
        'M' || lpad((hash(i, 7) % 20000)::VARCHAR, 6, '0') AS item FROM range({rows}) t(i)""")
    slips = {
        "erp": ("0", "0", "0", "true"),
        "wms": (f"CASE WHEN i % {quantity} = 7 THEN 1 ELSE 0 END", "0",
                f"CASE WHEN i % {posted} = {11 % posted} THEN 3600 ELSE (i % 120)::BIGINT END", f"i % {gone} <> 3"),
        "crm": ("0", f"CASE WHEN i % {amount} = 5 THEN 100 ELSE 0 END", "0", "true"),
    }
    for name, (more, cents, lag, where) in slips.items():
        db.execute(f"""COPY (SELECT order_no, quantity + ({more}) AS quantity,
            printf('%d.%02d', (cents + ({cents})) // 100, (cents + ({cents})) % 100) AS amount,
            printf('%d.%02d', price // 100, price % 100) AS price,
            strftime(posted + to_seconds({lag}), '%Y-%m-%d %H:%M:%S') AS posted,
            strftime(promised, '%Y-%m-%d %H:%M:%S') AS promised, status, customer, item
            FROM o WHERE {where}) TO '{folder}/{name}.csv' (HEADER)""")
    apart = db.execute(f"""SELECT order_no FROM o WHERE i % {quantity} = 7 OR i % {posted} = {11 % posted}
        OR i % {gone} = 3 OR i % {amount} = 5""").fetchall()
    (Path(folder) / "planted.json").write_text(json.dumps([key for (key,) in apart]))


# --- ways -------------------------------------------------------------------------------------------------


def hub(folder, memory):
    """Files, differences, causes and groups: what `manage.py reconcile` does."""
    from reconciliation.files import compare_files
    from reconciliation.profile_yaml import load_profile

    with tempfile.TemporaryDirectory(dir=folder) as spill:
        outcome = compare_files(load_profile(PROFILE), PROFILE, {n: Path(folder) / f"{n}.csv" for n in SYSTEMS}, {},
                                as_of_us=1_795_000_000_000_000, spill=Path(spill), memory=memory)
    return [difference.key for difference in outcome.open]


def hub_comparison(folder, memory):
    from reconciliation.engines.duckdb import DuckEngine
    from reconciliation.lookups import lookups_of
    from reconciliation.profile_yaml import load_profile
    from reconciliation.sources import open_source

    profile = load_profile(PROFILE)
    with tempfile.TemporaryDirectory(dir=folder) as spill:
        engine = DuckEngine(profile, lookups_of(profile, {}), spill=spill, memory=memory)
        for name in SYSTEMS:
            source = open_source(Path(folder) / f"{name}.csv", Path(spill))
            engine.load(name, engine.read_file(source), source.header)
        engine.prepare()
        found = engine.compare()
        engine.close()
    return [row[0] for row in found]


def by_hand(folder, memory):
    import duckdb

    db = duckdb.connect()
    for name in SYSTEMS:
        db.execute(f"CREATE TABLE {name} AS SELECT order_no AS k, * EXCLUDE order_no FROM read_csv("
                   f"'{folder}/{name}.csv', header = true, auto_detect = false, delim = ',', columns = {{{TYPED}}})")
    pairs = [("crm", "erp"), ("crm", "wms"), ("erp", "wms")]
    apart = [_any(pairs, f"{{}}.{c} <> {{}}.{c}") for c in ("quantity", "status", "customer", "item")]
    apart += [_any(pairs, f"abs({{}}.{c} - {{}}.{c}) > 0.01") for c in ("amount", "price")]
    apart += [_any(pairs, f"abs(epoch_us({{}}.{c}) - epoch_us({{}}.{c})) > 180000000") for c in ("posted", "promised")]
    flags = [f"{test} AS d{i}" for i, test in enumerate(apart)]
    gone = [f"{name}.k IS NULL AS no_{name}" for name in SYSTEMS]
    wanted = " OR ".join([f"no_{name}" for name in SYSTEMS] + [f"d{i}" for i in range(len(apart))])
    return len(db.execute(
        f"SELECT * FROM (SELECT coalesce(crm.k, erp.k, wms.k) AS k, {', '.join(gone + flags)} FROM crm "
        "FULL JOIN erp ON erp.k = crm.k FULL JOIN wms ON wms.k = coalesce(crm.k, erp.k)) "
        f"WHERE {wanted} ORDER BY k").fetchall())


def _any(pairs, test):
    return f"coalesce({' OR '.join(f'coalesce({test.format(a, b)}, false)' for a, b in pairs)}, false)"


def datacompy_pandas(folder, memory):
    import datacompy
    import pandas

    return _pairwise([pandas.read_csv(f"{folder}/{name}.csv") for name in SYSTEMS], datacompy.PandasCompare)


def datacompy_polars(folder, memory):
    import datacompy
    import polars

    return _pairwise([polars.read_csv(f"{folder}/{name}.csv") for name in SYSTEMS], datacompy.PolarsCompare)


def _pairwise(frames, kind):
    one, two, three = frames
    found = 0
    for a, b in ((one, two), (one, three), (two, three)):
        compared = kind(a, b, join_columns="order_no", abs_tol=0.01)
        found += len(compared.all_mismatch()) + len(compared.df1_unq_rows) + len(compared.df2_unq_rows)
    return found


WAYS = {
    "hub, comparison": hub_comparison,
    "hub, and causes": hub,
    "DuckDB SQL by hand": by_hand,
    "datacompy on pandas": datacompy_pandas,
    "datacompy on polars": datacompy_polars,
}

if __name__ == "__main__":
    if os.environ.get("DJANGO_SETTINGS_MODULE"):
        import django

        django.setup()
    sys.exit(main())
