"""Which rows does this spreadsheet or csv file hold, and what about them should a person know?

The one gate for files from outside. An xlsx file is opened in a child process with limits
(kernel.xlsx_reader); a csv file is decoded whole by one encoding or refused (kernel.csv_reader).
"""
import re
from collections import Counter
from itertools import chain
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from kernel.csv_reader import csv_rows
from kernel.table_parts import USUAL, Limits, Note, Table, TableRefusal, refuse, with_limits
from kernel.xlsx_reader import ask_child, xlsx_rows

__all__ = ["Limits", "Note", "Table", "TableRefusal", "read_table", "sheet_names", "with_limits"]

HEADER_WITHIN = 20
SNIFFED = 4096
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"RIFF")
OTHERS = (b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"{\\rtf", b"%!PS", b"\x7fELF", b"SQLite format 3", b"PAR1", b"BZh")
UTF16 = (b"\xff\xfe", b"\xfe\xff")
# What no text holds: control characters other than tab, line breaks, form feed, escape and the old end-of-file mark.
_CONTROLS = bytes(set(range(1, 32)) - {9, 10, 11, 12, 13, 26, 27})
_SHORTENED = re.compile(r"-?\d(\.\d+)?E\+\d{2,3}", re.ASCII)


def read_table(path, *, sheet=None, encoding=None, delimiter=None, limits=USUAL):
    """Open an xlsx or csv file and return its Table; what it is, is told from its bytes, not its name.

    `sheet` names a visible sheet (default: the first). `encoding` and `delimiter` settle what would
    otherwise be detected. Raises TableRefusal, from here or while the rows are read.
    """
    path = Path(path)
    kind = _kind(path, limits)
    table = Table(name=path.stem, header=[], rows=iter(()), kind=kind)
    raw = xlsx_rows(path, sheet, limits, table) if kind == "xlsx" \
        else csv_rows(path, encoding, delimiter, limits, table)
    try:
        table.header, rest = _split_header(raw, table)
    except BaseException:
        raw.close()
        raise
    table.rows = _even_rows(rest, raw, table)
    return table


def sheet_names(path, *, limits=USUAL):
    """The visible sheets of a workbook, or [] for a csv file."""
    path = Path(path)
    if _kind(path, limits) != "xlsx":
        return []
    said = ask_child(path, None, limits, names_only=True)
    try:
        return next(said)["meta"]["sheets"]
    finally:
        said.close()


def _kind(path, limits):
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            start = stream.read(SNIFFED)
    except OSError:
        raise refuse("missing") from None
    if size > limits.file_bytes:
        raise refuse("too_large", str(limits.file_bytes))
    if not start.strip():
        raise refuse("empty")
    if start.startswith(b"PK\x03\x04") or start.startswith(b"PK\x05\x06"):
        return "xlsx"
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise refuse("old_excel")
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<?xml", b"<svg")):
        raise refuse("html")
    if what := _no_table(start):
        raise refuse(what)
    return "csv"


def _no_table(start):
    """The code of the refusal when the first bytes are those of something else than text, else ""."""
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF-"):
        return "pdf"
    if start.startswith(PICTURES):
        return "picture"
    if start.startswith(OTHERS):
        return "not_a_table"
    is_plain = b"\0" not in start and not start.startswith(UTF16)  # in UTF-16 any byte is half of a character
    controls = len(start) - len(start.translate(None, _CONTROLS))
    return "not_a_table" if is_plain and controls * 20 > len(start) else ""


def _split_header(raw, table):
    """Find the header among the first rows; return (names, iterator over all rows below it)."""
    head = []
    for row in raw:
        if any(cell is not None for cell in row[1]):
            head.append(row)
        if len(head) >= HEADER_WITHIN:
            break
    if not head:
        raise refuse("empty")
    at = _header_index([cells for _number, cells in head])
    table.header_row = head[at][0]
    if at:
        table.note(head[0][0], 0, "title_rows", str(at))
    width = max(_width(cells) for _number, cells in head[at:])
    names = _names(head[at][1], max(width if _has_gaps(head[at:]) else 0, _width(head[at][1])), table)
    return names, chain(head[at + 1:], raw)


def _has_gaps(rows):
    """Do most rows under the header fill columns that the header leaves without a name?"""
    width = _width(rows[0][1])
    below = [_width(cells) for _number, cells in rows[1:]]
    return bool(below) and sum(w > width for w in below) * 2 > len(below)


def _width(cells):
    return max((place + 1 for place, cell in enumerate(cells) if cell is not None), default=0)


def _header_index(rows):
    """The first row that is text, filled about as wide as the rows below it, without a name twice in it."""
    for at, cells in enumerate(rows[:-1]):
        filled = [cell for cell in cells if cell is not None]
        widest = max(sum(cell is not None for cell in row) for row in rows[at + 1:])
        texts = [cell for cell in filled if _is_name(cell)]
        if len(texts) == len(filled) and len(filled) >= max(min(2, widest), 0.6 * widest):
            return at
    return 0


def _is_name(cell):
    return isinstance(cell, str) and not re.fullmatch(r"[-+]?[\d.,:/%\s]+", cell.strip())


def _names(cells, width, table):
    names, seen = [], Counter()
    for place in range(width):
        cell = cells[place] if place < len(cells) else None
        name = " ".join(str(cell).split()) if cell is not None else ""
        if not name:
            name = str(_("Column %(number)s")) % {"number": place + 1}
            table.note(table.header_row, place + 1, "nameless_column", name)
        seen[name] += 1
        if seen[name] > 1:
            table.note(table.header_row, place + 1, "duplicate_header", name)
            name = f"{name} ({seen[name]})"
        names.append(name)
    return names


def _even_rows(rest, raw, table):
    """Blank rows left out, every other one exactly as wide as the header."""
    width = len(table.header)
    try:
        for number, cells in rest:
            filled = _width(cells)
            if not filled:
                continue
            if filled > width:
                table.note(number, width + 1, "extra_cells", ", ".join(
                    str(cell)[:40] for cell in cells[width:filled] if cell is not None)[:200])
            for place, cell in enumerate(cells):
                if isinstance(cell, str) and "E+" in cell and _SHORTENED.fullmatch(cell.strip()):
                    table.note(number, place + 1, "scientific", cell.strip()[:30])
            yield number, cells[:width] + [None] * (width - len(cells))
    finally:
        raw.close()
