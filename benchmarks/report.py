"""How is a figure printed on one screen, and kept as a JSON line?"""
import json
import os
import platform
import time
from datetime import UTC, datetime
from pathlib import Path


def table(title, header, rows, notes=()):
    """Print a title, a table (tuples of texts) and notes below it."""
    rows = [tuple(str(cell) for cell in row) for row in (header, *rows)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(header))]
    print(f"\n== {title}")
    for row in rows:
        first, *rest = (cell.ljust(width) if not place else cell.rjust(width)
                        for place, (cell, width) in enumerate(zip(row, widths, strict=True)))
        print("  ".join((first, *rest)).rstrip())
    for note in notes:
        print(f"   {note}")
    print(flush=True)


def keep(name, database, **figures):
    """One JSON line in var/bench/<name>.jsonl: what was measured, when, on how busy a machine."""
    folder = Path(os.environ.get("ORDERHUB_BENCH_HOME", "var/bench"))
    folder.mkdir(parents=True, exist_ok=True)
    line = {
        "name": name, "database": database, "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "load": round(os.getloadavg()[0], 1), "cores": os.cpu_count(), "python": platform.python_version(), **figures,
    }
    with open(folder / f"{name}.jsonl", "a", encoding="utf-8") as stream:
        stream.write(json.dumps(line, ensure_ascii=False) + "\n")


def peak_mb():
    """The most memory this process has had. Not ru_maxrss: that one knows of the process it was started by, too."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def goal(what, value, most, unit=""):
    """A line that says whether a figure keeps to its goal: at most `most`."""
    return f"{what} ≤ {most:g}{unit}: {'held' if value <= most else 'MISSED'} ({value:,.2f}{unit})"


def busy():
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


class Watch:
    """Wall and CPU seconds since it was made: CPU of this process, and of children that have ended."""

    def __init__(self):
        self.began, self.cpu_began, self.times_began = time.monotonic(), time.process_time(), os.times()

    @property
    def wall(self):
        return time.monotonic() - self.began

    @property
    def cpu(self):
        return time.process_time() - self.cpu_began

    @property
    def children(self):
        now = os.times()
        return (now.children_user + now.children_system) - (
            self.times_began.children_user + self.times_began.children_system)


def seconds(value):
    return f"{value:.0f} s" if value >= 100 else f"{value:.1f} s" if value >= 1 else f"{value * 1000:.1f} ms"
