"""How do rows leave the hub as a spreadsheet or csv file that runs nothing on the reader's machine?

Every string is written as text, never as a formula; what a spreadsheet cannot hold is replaced or cut where
everybody sees it. The one writer of workbooks, so that another library can take openpyxl's place here.
"""
import os
import re
import tempfile
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.writer.excel import ExcelWriter

from kernel.csv_writer import csv_chunks, csv_text, write_csv
from kernel.plain_text import DANGEROUS, MAX_CHARS, as_text, clean_text, cut_text
from kernel.sheet_forms import begin_form, end_form

__all__ = [
    "MAX_CHARS", "Column", "Highlight", "Link", "SafeWorkbook", "csv_chunks", "csv_text", "cut_text", "write_csv",
]

MAX_ROWS = 1_000_000
MAX_SHEET_NAME = 31
MAX_LINKS = 40_000  # of one sheet: each costs memory, and a spreadsheet program takes 65,530 of them
EPOCH = datetime(1980, 1, 1)

COLOURS = {"red": ("FDE2E1", "8A1C17"), "amber": ("FFF1CC", "7A4B00"), "green": ("DFF3E4", "14532D"),
           "blue": ("E0ECFD", "1E3A8A"), "grey": ("EEEEEE", "444444")}
FORMATS = {"text": "General", "key": "@", "mixed": "General", "int": "#,##0", "number": "General", "money": "#,##0.00",
           "percent": "0.0%", "date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm:ss"}
AS_WRITTEN = ("key", "mixed")  # kinds whose texts stay texts when somebody edits the cell
WIDTHS = {"key": 18, "datetime": 20, "date": 12, "int": 10, "money": 14, "number": 12, "percent": 9}

_LOOKS_ESCAPED = re.compile(r"_(x[0-9A-Fa-f]{4}_)")
_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


@dataclass(frozen=True)
class Column:
    """One column. `kind` is a key of FORMATS; `key` holds codes that must stay text (order numbers), `mixed` such
    codes and numbers, row by row.

    `is_open`: its reader fills it in, and every other column of the sheet is locked. `choices` is where the texts
    stand that it may hold (SafeSheet.range_of), `is_strict` that it may hold no others, `since` the first day of a
    date, `hint` what is said beside a cell of it.
    """

    name: str
    kind: str = "text"
    width: float = 0
    format: str = ""
    is_open: bool = False
    choices: str = ""
    is_strict: bool = False
    since: date | None = None
    hint: str = ""


@dataclass(frozen=True)
class Highlight:
    """Colour `across` (column names; none: the whole row) where `column` holds `equals`.

    `formula` replaces the comparison; it is ours, never a text from outside, and names columns as {Name},
    as in "{Promised}<{Shipped}". `colour` is a key of COLOURS.
    """

    column: str = ""
    equals: object = None
    colour: str = "red"
    across: tuple[str, ...] = ()
    formula: str = ""


@dataclass(frozen=True)
class Link:
    """A text that leads to `address`, a page of ours; any other scheme than http is written as the text alone."""

    text: str
    address: str


class SafeWorkbook:
    """A workbook written row by row in constant memory.

    Moments are shown in `zone` (naive there, for a cell has no zone). The same rows give the same bytes:
    zip entries and document properties carry `stamp` (naive UTC) instead of the clock.
    """

    def __init__(self, *, zone="UTC", max_rows=MAX_ROWS, stamp=EPOCH):
        self.zone = zone if not isinstance(zone, str) else ZoneInfo(zone)
        self.max_rows, self.stamp = max_rows, stamp
        self._book = Workbook(write_only=True)
        self._sheets, self._names = [], set()
        properties = self._book.properties
        properties.creator, properties.created, properties.modified = "Order Hub", stamp, stamp

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is not None:
            self.discard()

    def sheet(self, name, columns, *, highlights=(), freeze_columns=0):
        """Start a sheet. `columns` are Column objects or plain names."""
        columns = [column if isinstance(column, Column) else Column(str(column)) for column in columns]
        sheet = SafeSheet(self, str(name), columns, tuple(highlights), freeze_columns)
        self._sheets.append(sheet)
        return sheet

    def save(self, target):
        """Write to a path (whole or not at all) or to a binary stream."""
        if not self._sheets:
            self.sheet("Sheet1", [])
        for sheet in self._sheets:
            sheet.finish()
        if hasattr(target, "write"):
            self._write(target)
            return
        handle, temporary = tempfile.mkstemp(dir=Path(target).parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as stream:
                self._write(stream)
            os.replace(temporary, target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise

    def discard(self):
        """Forget everything, including the temporary files of the rows written so far."""
        for worksheet in self._book.worksheets:
            writer = worksheet._writer
            if writer is not None:
                if not worksheet.closed:
                    worksheet.close()
                Path(writer.out).unlink(missing_ok=True)

    def _write(self, stream):
        with _FixedZip(stream, self.stamp) as archive:
            ExcelWriter(self._book, archive).write_data()

    def _new_worksheet(self, name):
        worksheet = self._book.create_sheet(self._free_name(name))
        return worksheet

    def _free_name(self, name):
        bare = _SHEET_NAME.sub(" ", clean_text(name)).strip().strip("'") or "Sheet"
        for number in range(1, 10_000):
            suffix = f" ({number})" if number > 1 else ""
            wanted = bare[: MAX_SHEET_NAME - len(suffix)] + suffix
            if wanted.casefold() not in self._names and wanted.casefold() != "history":
                self._names.add(wanted.casefold())
                return wanted
        raise ValueError("too many sheets")


class SafeSheet:
    """One table; it goes on in a further sheet, "name (2)", when one is full."""

    def __init__(self, book, name, columns, highlights, freeze_columns):
        self.book, self.name, self.columns = book, name, columns
        self.highlights, self.freeze_columns = highlights, freeze_columns
        self.rows = 0
        self._worksheet, self._in_sheet = None, 0
        self._begin()

    def append(self, values):
        """Write one row: None, bool, int, Decimal, float, str (lazy too), Link, datetime, date; else as text."""
        if self._in_sheet >= self.book.max_rows:
            self._end()
            self._begin()
        self._in_sheet += 1
        self._worksheet.append(self._row(values))
        self.rows += 1

    def extend(self, rows):
        for row in rows:
            self.append(row)

    def finish(self):
        if self._worksheet is not None:
            self._end()

    def range_of(self, place, count):
        """Where the first `count` rows of a column (from 0) stand: what another column's `choices` take."""
        letter = get_column_letter(place + 1)
        title = self._worksheet.title.replace("'", "''")
        return f"'{title}'!${letter}$2:${letter}${count + 1}"

    def _begin(self):
        worksheet = self._worksheet = self.book._new_worksheet(self.name)
        self._in_sheet = 0
        self._links = []
        self._cell = WriteOnlyCell(worksheet)
        self._styles = _Styles(worksheet, self.columns)
        self._out = [None] * len(self.columns)
        worksheet._values_to_row = self._cells
        worksheet.freeze_panes = f"{get_column_letter(self.freeze_columns + 1)}2"
        for number, column in enumerate(self.columns, 1):
            worksheet.column_dimensions[get_column_letter(number)].width = _width(column)
        begin_form(worksheet, self.columns, FORMATS)
        if self.columns:
            worksheet.append([("s", _text(column.name), self._styles.head_of(column)) for column in self.columns])

    def _end(self):
        worksheet, self._worksheet = self._worksheet, None
        if self.columns:
            last = f"{get_column_letter(len(self.columns))}{self._in_sheet + 1}"
            worksheet.auto_filter.ref = f"A1:{last}"
            for highlight in self.highlights:
                self._colour(worksheet, highlight)
            end_form(worksheet, self.columns, self._in_sheet + 1)
        # Written behind the rows, whoever put them there.
        worksheet._hyperlinks.extend(Hyperlink(ref=ref, target=address) for ref, address in self._links)
        worksheet.close()

    def _cells(self, values, row_number):
        """Every value through one cell object: the writer has it on disk before the next one comes."""
        cell = self._cell
        cell.row = row_number
        for number, value in enumerate(values, 1):
            if value is not None:
                cell.data_type, cell._value, cell._style = value
                cell.column = number
                yield cell

    def _row(self, values):
        styles = self._styles
        return [None if value is None else self._typed(value, styles.of(place), place)
                for place, value in enumerate(values)]

    def _typed(self, value, style, place):
        if isinstance(value, str):
            return self._string(value, style)
        if isinstance(value, bool):
            return "b", value, style.plain
        if isinstance(value, int):
            return ("n", value, style.plain) if abs(value) < 10**15 else self._string(str(value), style)
        if isinstance(value, (Decimal, float)):
            return self._fraction(value, style)
        if isinstance(value, datetime):
            return self._moment(value, style)
        if isinstance(value, date):
            return "d", value, style.date
        if isinstance(value, Link):
            return self._link(value, style, place)
        return self._string(as_text(value), style)

    def _link(self, link, style, place):
        kind, text, look = self._string(str(link.text), style)
        if len(self._links) < MAX_LINKS and text and link.address.startswith(("https://", "http://")):
            self._links.append((f"{get_column_letter(place + 1)}{self._in_sheet + 1}", link.address))
            look = look if look is style.quoted else style.link
        return kind, text, look

    def _string(self, text, style):
        text = _text(text)
        return "s", text, style.quoted if text.startswith(DANGEROUS) else style.text

    def _fraction(self, value, style):
        number = Decimal(repr(value)) if isinstance(value, float) else value
        # A float has at most 17 digits of its own; a Decimal with more than 15 would be rounded silently.
        if not number.is_finite() or (number is value and len(number.normalize().as_tuple().digits) > 15):
            return self._string(str(value), style)
        return "n", value, style.plain

    def _moment(self, value, style):
        if value.tzinfo is not None:
            value = value.astimezone(self.book.zone).replace(tzinfo=None)
        if value.year < 1900:
            return self._string(value.isoformat(sep=" "), style)
        return "d", value, style.moment

    def _colour(self, worksheet, highlight):
        letters = {column.name: get_column_letter(place) for place, column in enumerate(self.columns, 1)}
        formula = highlight.formula or f"{{{highlight.column}}}={_literal(highlight.equals)}"
        for name, letter in letters.items():
            formula = formula.replace(f"{{{name}}}", f"${letter}2")
        fill, ink = COLOURS[highlight.colour]
        spans = [f"{letters[name]}2:{letters[name]}{self._in_sheet + 1}" for name in highlight.across] \
            or [f"A2:{get_column_letter(len(self.columns))}{self._in_sheet + 1}"]
        if self._in_sheet:
            worksheet.conditional_formatting.add(" ".join(spans), FormulaRule(
                [formula], fill=PatternFill(bgColor=fill, fill_type="solid"), font=Font(color=ink)))


class _Styles:
    """The few shared styles of a sheet: one per column and need."""

    def __init__(self, worksheet, columns):
        self.worksheet = worksheet
        self.header = self._make("@", bold=True, wrap=True)
        self.open_header = self._make("@", bold=True, wrap=True, fill=COLOURS["blue"][0])
        self.columns = [_ColumnStyle(self._make, column) for column in columns]
        self.other = None

    def of(self, place):
        if place < len(self.columns):
            return self.columns[place]
        self.other = self.other or _ColumnStyle(self._make, Column(""))
        return self.other

    def head_of(self, column):
        return self.open_header if column.is_open else self.header

    def _make(self, number_format, *, quoted=False, bold=False, wrap=False, link=False, fill=""):
        cell = WriteOnlyCell(self.worksheet)
        cell.number_format = number_format
        if bold:
            cell.font = Font(bold=True)
        if link:
            cell.font = Font(color="1D4ED8", underline="single")
        if fill:
            cell.fill = PatternFill(fgColor=fill, fill_type="solid")
        if wrap:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        if quoted:
            # cell.quotePrefix has no setter; the style array behind it has the slot.
            cell._style.quotePrefix = 1
        return cell._style


class _ColumnStyle:
    def __init__(self, make, column):
        own = column.format or FORMATS[column.kind]
        moving = column.kind in ("date", "datetime")
        as_written = "@" if column.kind in AS_WRITTEN else "General"
        self.text, self.link = make(as_written), make(as_written, link=True)
        self.quoted = make("@", quoted=True)
        self.plain = make("General" if moving else own)
        self.moment = make(own if column.kind == "datetime" else FORMATS["datetime"])
        self.date = make(own if column.kind == "date" else FORMATS["date"])


class _FixedZip(zipfile.ZipFile):
    """A zip in which every entry carries the same moment."""

    def __init__(self, stream, stamp):
        super().__init__(stream, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        self._stamp = stamp.timetuple()[:6]

    def _entry(self, name):
        entry = zipfile.ZipInfo(name, date_time=self._stamp)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o600 << 16
        return entry

    def writestr(self, name, data, *args, **kwargs):
        super().writestr(self._entry(name), data)

    def write(self, filename, arcname=None, *args, **kwargs):
        with open(filename, "rb") as source, self.open(self._entry(arcname), "w", force_zip64=True) as target:
            while chunk := source.read(1 << 20):
                target.write(chunk)


def _text(text):
    cleaned = cut_text(clean_text(str(text)))
    return _LOOKS_ESCAPED.sub(r"_x005F_\1", cleaned) if "_x" in cleaned else cleaned


def _literal(value):
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float, Decimal)):
        return str(value)
    return '"' + clean_text(str(value)).replace('"', '""') + '"'


def _width(column):
    if column.width:
        return column.width
    wide = sum(2 if char > "\u2e80" else 1 for char in str(column.name)) + 4
    return max(WIDTHS.get(column.kind, 16), min(wide, 40))
