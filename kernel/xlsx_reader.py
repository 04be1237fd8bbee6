"""Which rows does this sheet hold? Asked of a child process with limits, for the file comes from outside."""
import json
import os
import select
import subprocess
import sys
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from kernel.table_parts import refuse

CHILD = Path(__file__).with_name("sheet_child")


def xlsx_rows(path, sheet, limits, table):
    for said in ask_child(path, sheet, limits):
        if isinstance(said, list):
            yield said[0], [_cell(cell) for cell in said[1]]
        elif "note" in said:
            table.note(*said["note"])
        elif "meta" in said:
            _take_meta(said["meta"], table)


def _take_meta(meta, table):
    table.name, table.sheets = meta["sheet"], meta["sheets"]
    table.encoding = "xlsx"
    others = [name for name in meta["sheets"] if name != meta["sheet"]]
    if others:
        table.note(0, 0, "other_sheets", ", ".join(others)[:200])
    if meta["hidden"]:
        table.note(0, 0, "hidden_sheets", ", ".join(meta["hidden"])[:200])


def _cell(cell):
    if not isinstance(cell, list):
        return cell
    kind, text = cell
    if kind == "n":
        return Decimal(text) if "." in text else int(text)
    return date.fromisoformat(text) if kind == "d" else datetime.fromisoformat(text)


def ask_child(path, sheet, limits, names_only=False):
    """What the child says, one decoded line at a time; the child is gone when this generator ends."""
    asked = json.dumps([str(path.resolve()), sheet, {**asdict(limits), "names_only": names_only}])
    child = subprocess.Popen(  # noqa: S603
        [sys.executable, "-I", str(CHILD), asked], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, env={"LC_ALL": "C.UTF-8"}, close_fds=True,
    )
    try:
        for line in _lines(child.stdout, limits.seconds + 30):
            said = json.loads(line)
            if isinstance(said, dict) and "refuse" in said:
                raise refuse(said["refuse"], said.get("detail", ""))
            yield said
            if isinstance(said, dict) and ("end" in said or (names_only and "meta" in said)):
                return
        child.wait(timeout=10)
        raise refuse("time" if child.returncode in (-24, -9) else "memory")
    finally:
        child.kill()
        child.stdout.close()
        child.wait()


def _lines(pipe, patience):
    """Whole lines from a pipe, refusing when it is silent for `patience` seconds."""
    rest = b""
    while True:
        if not select.select([pipe], [], [], patience)[0]:
            raise refuse("time")
        chunk = os.read(pipe.fileno(), 1 << 16)
        if not chunk:
            return
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
