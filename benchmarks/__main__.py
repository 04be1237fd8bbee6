"""Which benchmarks run? `python -m benchmarks [name…] [--full] [--database sqlite|postgresql]`; all of them by default.

Each runs in a process and a hub of its own; one screen a benchmark, one JSON line in var/bench/<name>.jsonl. Ratios to
the named peer of the same run count; seconds are those of a machine whose load is printed beside them.
"""
import argparse
import subprocess
import sys
import time

from benchmarks.hub import ROOT, environment, remove
from tests.postgres import Server, find_programs

# name → the databases it runs on
ALL = {
    "list": ("sqlite", "postgresql"),
    "ingest": ("sqlite", "postgresql"),
    "backfill": ("sqlite",),
    "sweep": ("sqlite", "postgresql"),
    "lag": ("sqlite", "postgresql"),
    "bottleneck": ("sqlite", "postgresql"),
    "recount": ("sqlite", "postgresql"),
    "compare": ("sqlite",),
    "in_place": ("sqlite", "postgresql"),
    "excel": ("sqlite",),
    "knowledge": ("sqlite", "postgresql"),
}


def run(name, database, more):
    """The exit code of one benchmark on one database."""
    server = Server().start() if database == "postgresql" else None
    mine, folder = environment(f"{name}-{database}", server.url if server else "")
    try:
        return subprocess.call([sys.executable, "-m", f"benchmarks.{name}", *more], env=mine, cwd=ROOT)
    finally:
        if server:
            server.stop()
        remove(folder)


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("names", nargs="*", help="which; all by default")
    parser.add_argument("--database", choices=("sqlite", "postgresql"))
    asked, more = parser.parse_known_args()
    unknown = set(asked.names) - set(ALL)
    if unknown:
        parser.error(f"{', '.join(sorted(unknown))}: not one of {', '.join(ALL)}")
    began, codes = time.monotonic(), []
    for name in asked.names or ALL:
        for database in (asked.database,) if asked.database else ALL[name]:
            if database == "postgresql" and not find_programs():
                print(f"SKIPPED {name} on PostgreSQL: no server programs, neither installed nor from pip")
                continue
            codes.append(run(name, database, more))
    print(f"{len(codes)} runs in {time.monotonic() - began:.0f} s")
    sys.exit(max(codes, default=0))


if __name__ == "__main__":
    main()
