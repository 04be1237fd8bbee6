"""What may a file cost, what should a person know of it, and with which sentence is it refused?"""
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refusal

NOTES_KEPT = 2_000


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


USUAL = Limits()


def with_limits(**changed):
    """The usual limits, some of them changed."""
    return replace(USUAL, **changed)


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
    "pdf": _("This file is a PDF, not a table. Ask for the table as xlsx or csv."),
    "picture": _("This file is a picture, not a table. Ask for the table as xlsx or csv."),
    "not_a_table": _("This file is not a table. Save it as xlsx or csv."),
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


def refuse(code, detail="", row=0):
    return TableRefusal(REFUSALS.get(code, REFUSALS["broken"]), code="table." + code, detail=detail, row=row)
