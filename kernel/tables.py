"""Which rows does this spreadsheet or csv file hold, and what about them should a person know?

The one gate for files from outside. An xlsx file is opened in a child process with limits
(kernel.sheet_child); a csv file is decoded whole by one encoding or refused.
"""
import codecs
import csv
import io
import json
import os
import re
import select
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refusal

CHILD = Path(__file__).with_name("sheet_child.py")
CSV_ENCODINGS = ("utf-8", "gb18030")
DELIMITERS = ",;\t|"
HEADER_WITHIN = 20
NOTES_KEPT = 2_000
_SHORTENED = re.compile(r"-?\d(\.\d+)?E\+\d{2,3}", re.ASCII)


@dataclass(frozen=True)
class Limits:
    """What one file may cost. Bytes, rows, columns, seconds of processor time."""

    file_bytes: int = 200 * 1024 * 1024
    unpacked_bytes: int = 1024 * 1024 * 1024
    zip_entries: int = 5_000
    ratio: int = 250
    ratio_from_bytes: int = 20 * 1024 * 1024
    memory_bytes: int = 512 * 1024 * 1024
    seconds: int = 60
    blank_rows: int = 200
    rows: int = 1_048_576
    columns: int = 1_000
    cell_chars: int = 100_000


@dataclass(frozen=True)
class Note:
    """What a person should know of one cell, row or file. Rows and columns count from 1; 0: all."""

    row: int
    column: int
    code: str
    detail: str = ""

    @property
    def sentence(self):
        return NOTES.get(self.code, self.code)

    def __str__(self):
        sentence = str(self.sentence)
        return sentence % {"detail": self.detail} if "%(" in sentence else sentence


@dataclass
class Table:
    """One table. `rows` yields (row number as a spreadsheet shows it, cells), each as wide as `header`.

    Cells are None (blank), str, int, Decimal, bool, datetime (no zone: the file names none) or date; in csv
    files all are str or None. `notes` grows while `rows` is read. `rows` can be read once; `close()` ends
    early. `sheets` are the visible sheets of a workbook.
    """

    name: str
    header: list[str]
    rows: Iterator[tuple[int, list]]
    encoding: str = ""
    notes: list[Note] = field(default_factory=list)
    counts: Counter = field(default_factory=Counter)
    sheets: list[str] = field(default_factory=list)
    delimiter: str = ""
    header_row: int = 0
    kind: str = ""

    def note(self, row, column, code, detail=""):
        self.counts[code] += 1
        if len(self.notes) < NOTES_KEPT:
            self.notes.append(Note(row, column, code, detail))

    def close(self):
        self.rows.close()


NOTES = {
    "formula_without_value": _("The formula has no stored result; save the file in a spreadsheet program."),
    "error_value": _("The cell shows the error %(detail)s."),
    "serial_60": _("The cell says 29 February 1900, a day that never was; it is left as a number."),
    "serial_out_of_range": _("The date number %(detail)s is outside the calendar; it is left as a number."),
    "digits_lost": _("The number has 16 digits or more; its last ones may be lost."),
    "scientific": _("A spreadsheet program has shortened this number to %(detail)s; its digits are lost."),
    "zero_padded": _("The number is shown with leading zeros and was read as the text %(detail)s."),
    "bad_number": _("“%(detail)s” is not a number."),
    "far_column": _("The cell %(detail)s lies too far to the right and was not read."),
    "stopped_at_blank": _("Reading stopped after %(detail)s blank rows."),
    "hidden_sheets": _("Hidden sheets were not read: %(detail)s."),
    "other_sheets": _("The file has further sheets: %(detail)s."),
    "title_rows": _("%(detail)s rows above the header were skipped."),
    "duplicate_header": _("Two columns are called “%(detail)s”."),
    "nameless_column": _("A column has no name; it is called “%(detail)s”."),
    "extra_cells": _("The row has more cells than the header: %(detail)s."),
    "encoding_guessed": _("The file does not say how its text is encoded; it was read as %(detail)s."),
}

REFUSALS = {
    "not_xlsx": _("This file is not a readable xlsx workbook."),
    "xlsb": _("This is a binary workbook (xlsb). Save it as xlsx."),
    "old_excel": _("This is an old or a password-protected Excel file. Save it as xlsx without a password."),
    "html": _("This file is a web page, whatever its name says. Save it as xlsx or csv."),
    "entities": _("This workbook declares XML entities, as no spreadsheet program does. It was not opened."),
    "zip_bomb": _("This workbook would unpack to far more than its size. It was not opened."),
    "encrypted": _("This workbook is protected by a password. Save it without one."),
    "long_cell": _("A cell holds more text than a spreadsheet allows (%(detail)s)."),
    "too_many_rows": _("The file has more than %(detail)s rows. Split it."),
    "memory": _("The workbook needs more memory than is allowed. Split it or save it as csv."),
    "time": _("Reading the workbook takes longer than is allowed. Split it or save it as csv."),
    "no_visible_sheet": _("The workbook has no visible sheet."),
    "no_such_sheet": _("The workbook has no visible sheet called “%(detail)s”."),
    "broken": _("The file is damaged and cannot be read to its end (%(detail)s)."),
    "empty": _("The file holds no table."),
    "too_large": _("The file is larger than %(detail)s bytes."),
    "missing": _("There is no such file."),
    "encoding": _("The text is neither UTF-8, UTF-16 nor GB18030. Save it as UTF-8."),
    "nul": _("Row %(row)s holds a NUL character: this is not a text file, or it is damaged."),
    "unclosed_quote": _("A quotation mark opens in row %(row)s and never closes."),
    "bad_quote": _("Row %(row)s has a quotation mark in the wrong place."),
    "long_field": _("Row %(row)s holds a field of more than %(detail)s characters."),
}


class TableRefusal(Refusal):
    """A file or a row that is not read; `code` is 'table.' and a key of REFUSALS, `params` may hold `row`."""


def _refuse(code, detail="", row=0):
    return TableRefusal(REFUSALS.get(code, REFUSALS["broken"]), code="table." + code, detail=detail, row=row)


def read_table(path, *, sheet=None, encoding=None, delimiter=None, limits=Limits()):
    """Open an xlsx or csv file and return its Table; what it is, is told from its bytes, not its name.

    `sheet` names a visible sheet (default: the first). `encoding` and `delimiter` settle what would
    otherwise be detected. Raises TableRefusal, from here or while the rows are read.
    """
    path = Path(path)
    kind = _kind(path, limits)
    table = Table(name=path.stem, header=[], rows=iter(()), kind=kind)
    raw = _xlsx_rows(path, sheet, limits, table) if kind == "xlsx" \
        else _csv_rows(path, encoding, delimiter, limits, table)
    try:
        table.header, rest = _split_header(raw, table)
    except BaseException:
        raw.close()
        raise
    table.rows = _even_rows(rest, raw, table)
    return table


def sheet_names(path, *, limits=Limits()):
    """The visible sheets of a workbook, or [] for a csv file."""
    path = Path(path)
    if _kind(path, limits) != "xlsx":
        return []
    talk = _talk(path, None, limits, names_only=True)
    try:
        return next(talk)["meta"]["sheets"]
    finally:
        talk.close()


def _kind(path, limits):
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            start = stream.read(512)
    except OSError:
        raise _refuse("missing") from None
    if size > limits.file_bytes:
        raise _refuse("too_large", str(limits.file_bytes))
    if not start.strip():
        raise _refuse("empty")
    if start.startswith(b"PK\x03\x04") or start.startswith(b"PK\x05\x06"):
        return "xlsx"
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise _refuse("old_excel")
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<?xml", b"<svg")):
        raise _refuse("html")
    return "csv"


# --- header ---------------------------------------------------------------------------------------------


def _split_header(raw, table):
    """Find the header among the first rows; return (names, iterator over all rows below it)."""
    head = []
    for row in raw:
        if any(cell is not None for cell in row[1]):
            head.append(row)
        if len(head) >= HEADER_WITHIN:
            break
    if not head:
        raise _refuse("empty")
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


# --- xlsx -----------------------------------------------------------------------------------------------


def _xlsx_rows(path, sheet, limits, table):
    for said in _talk(path, sheet, limits):
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


def _talk(path, sheet, limits, names_only=False):
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
                raise _refuse(said["refuse"], said.get("detail", ""))
            yield said
            if isinstance(said, dict) and ("end" in said or (names_only and "meta" in said)):
                return
        child.wait(timeout=10)
        raise _refuse("time" if child.returncode in (-24, -9) else "memory")
    finally:
        child.kill()
        child.stdout.close()
        child.wait()


def _lines(pipe, patience):
    """Whole lines from a pipe, refusing when it is silent for `patience` seconds."""
    rest = b""
    while True:
        if not select.select([pipe], [], [], patience)[0]:
            raise _refuse("time")
        chunk = os.read(pipe.fileno(), 1 << 16)
        if not chunk:
            return
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole


# --- csv ------------------------------------------------------------------------------------------------


def _csv_rows(path, encoding, delimiter, limits, table):
    table.encoding = encoding or _detect_encoding(path, table)
    with path.open(encoding=table.encoding, newline="") as stream:
        sample = stream.read(64 * 1024)
        stream.seek(0)
        said = re.match(r"sep=(.)\r?\n", sample)
        if said:
            stream.readline()
        table.delimiter = delimiter or (said[1] if said else _sniff(sample))
        yield from _records(stream, table.delimiter, limits, start=1 if said else 0)


def _records(lines, delimiter, limits, start):
    number = start
    line_before = 0
    reader = csv.reader(_without_nul(lines), delimiter=delimiter, strict=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except _Nul:
            raise _refuse("nul", row=number + 1) from None
        except csv.Error as error:
            raise _csv_refusal(error, number + 1, reader.line_num - line_before, limits) from None
        except UnicodeDecodeError:
            raise _refuse("encoding", row=number + 1) from None
        number += 1
        line_before = reader.line_num
        if number > limits.rows:
            raise _refuse("too_many_rows", str(limits.rows))
        if any(len(cell) > limits.cell_chars for cell in cells):
            raise _refuse("long_field", str(limits.cell_chars), row=number)
        yield number, [cell if cell.strip() else None for cell in cells[: limits.columns]]


class _Nul(Exception):
    pass


def _without_nul(lines):
    for line in lines:
        if "\x00" in line:
            raise _Nul
        yield line


def _csv_refusal(error, row, lines, limits):
    text = str(error)
    if "end of data" in text or ("larger than field limit" in text and lines > 1):
        return _refuse("unclosed_quote", row=row)
    if "larger than field limit" in text:
        return _refuse("long_field", str(csv.field_size_limit()), row=row)
    return _refuse("bad_quote", text, row=row)


def _detect_encoding(path, table):
    """One encoding that decodes the whole file; told by its mark, else tried and noted as guessed."""
    with path.open("rb") as stream:
        start = stream.read(4096)
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    guesses = _utf16_guess(start) or CSV_ENCODINGS
    for name in guesses:
        if _decodes(path, name):
            if name != "utf-8":  # text that is valid UTF-8 by chance is rarer than any file we shall see
                table.note(0, 0, "encoding_guessed", name.upper())
            return name
    raise _refuse("encoding")


def _utf16_guess(start):
    """UTF-16 without a mark shows as NUL in every second byte of plain characters."""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if max(even, odd) * 5 > len(start) and min(even, odd) * 20 < len(start):
        return ("utf-16-le",) if odd > even else ("utf-16-be",)
    return ()


def _decodes(path, name):
    decoder = codecs.getincrementaldecoder(name)("strict")
    with path.open("rb") as stream:
        try:
            for chunk in iter(lambda: stream.read(1 << 20), b""):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _sniff(sample):
    """The delimiter that cuts most sample rows into the same number (above one) of fields."""
    best = max(DELIMITERS, key=lambda mark: (*_evenness(sample, mark), -DELIMITERS.index(mark)))
    return best if _evenness(sample, best)[0] else ","


def _evenness(sample, mark):
    widths = Counter()
    try:
        for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=mark):
            if len(cells) > 1:
                widths[len(cells)] += 1
            if sum(widths.values()) > 50:
                break
    except csv.Error:
        pass
    if not widths:
        return 0, 0
    width, count = max(widths.items(), key=lambda pair: (pair[1], pair[0]))
    return count, width


def with_limits(**changed):
    """The usual limits, some of them changed."""
    return replace(Limits(), **changed)
