"""Does everything hold? `python -m tests.gate` runs the tests on SQLite, on PostgreSQL and in a browser.

`--long NAME` runs the long tests of one shard (see `shards`), `--long all` every shard in turn,
`--long hash:<commit>` the one that a commit picks. What was skipped is said loudly at the end.
"""
import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from tests.postgres import Server, find_programs

TESTS = Path(__file__).parent
WORKERS = os.environ.get("TEST_WORKERS", "2")
LONG_LIMIT_S = 600
ON_DATABASE = "long and not browser and not pure"
# Long tests whose cases are a shard each: file → test, cases.
SPLIT = {
    "crash_tickets": (
        "test_f11_as_if_nothing_had_happened_at_every_point",
        ("open_three", "work_through", "record", "record_plan_and_fire"),
    ),
}
TOTAL_LIMIT_S = 1800
SKIPPED = []
COUNTED = Counter()


def _pytest(name, marks, *more, env=None, workers=WORKERS, limit=None, dist="loadfile"):
    command = [
        sys.executable, "-m", "pytest", "-m", marks, "-p", "no:cacheprovider", "-rs", "-n", workers,
        "--dist", dist, *more,
    ]
    print(f"\n===== {name} =====", flush=True)
    started = time.monotonic()
    process = subprocess.Popen(
        command, env={**os.environ, **(env or {})}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    watchdog = threading.Timer(limit or TOTAL_LIMIT_S, process.kill)
    watchdog.start()
    for line in process.stdout:
        print(line, end="", flush=True)
        if line.startswith("SKIPPED"):
            SKIPPED.append(f"{name}: {line.strip()}")
        elif re.search(r" in [\d.]+s", line):
            for number, what in re.findall(r"(\d+) (passed|failed|skipped|errors?)\b", line):
                COUNTED[what] += int(number)
    code = process.wait()
    watchdog.cancel()
    print(f"===== {name}: exit {code} after {time.monotonic() - started:.0f} s =====", flush=True)
    return abs(code)


def _holds_any(marks, target):
    """Whether a test carries these marks: pytest calls a run without one a failure (exit 5)."""
    found = subprocess.run(
        [sys.executable, "-m", "pytest", "-m", marks, "-p", "no:cacheprovider", "--collect-only", "-q", target],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    return found.returncode != 5


def _on_postgres(name, marks, *more, **how):
    server = Server().start()
    try:
        return _pytest(name, marks, *more, env={"ORDERHUB_DATABASE_URL": server.url}, **how)
    finally:
        server.stop()


def ordinary():
    codes, skipped = [], []
    codes.append(_pytest("SQLite", "not long and not browser"))
    if find_programs():
        codes.append(_on_postgres("PostgreSQL", "not long and not pure and not browser and not tryton"))
    else:
        skipped.append("PostgreSQL: no server programs, neither installed nor from pip")
    if shutil.which("chromium"):
        codes.append(_pytest("Browser on SQLite", "browser and not long", workers="1"))
        if find_programs():
            codes.append(_on_postgres("Browser on PostgreSQL", "browser and walk and not long", workers="1"))
    else:
        skipped.append("Browser: no Chromium on PATH")
    return codes, skipped


def shards():
    """{name: what pytest is given} of the files of tests/ that hold a long test, and of the cases they are split by."""
    found = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        if "mark.long" not in path.read_text():
            continue
        name = path.stem.removeprefix("test_")
        test, cases = SPLIT.get(name, ("", ()))
        found |= {f"{name}-{case}": f"{path}::{test}[{case}]" for case in cases} or {name: str(path)}
    return found


def long(which):
    found = shards()
    names = sorted(found)
    if which.startswith("hash:"):
        number = int(hashlib.sha256(which[5:].encode()).hexdigest(), 16)
        names = [names[number % len(names)]] if names else []
    elif which != "all":
        if which not in found:
            sys.exit(f"There is no shard {which}. There are: {', '.join(names)}")
        names = [which]
    codes = []
    for name in names:
        how = {"limit": LONG_LIMIT_S, "dist": "load"}
        codes.append(_pytest(f"long {name} on SQLite", "long", found[name], **how))
        if find_programs() and _holds_any(ON_DATABASE, found[name]):
            codes.append(_on_postgres(f"long {name} on PostgreSQL", ON_DATABASE, found[name], **how))
    return codes, []


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--long", default="")
    asked = parser.parse_args()
    codes, parts = long(asked.long) if asked.long else ordinary()
    skipped = [*parts, *SKIPPED]
    for line in skipped:
        print(f"SKIPPED  {line}", flush=True)
    print("nothing was skipped" if not skipped else f"{len(skipped)} SKIPPED, see above", flush=True)
    print("all together: " + ", ".join(f"{COUNTED[what]} {what}" for what in sorted(COUNTED)), flush=True)
    sys.exit(max(codes, default=0))


if __name__ == "__main__":
    main()
