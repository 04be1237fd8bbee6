"""Which rows and cells does the XML of one sheet hold?"""
import re
from datetime import datetime, time, timedelta
from decimal import Context, Decimal, InvalidOperation

from book import unescape
from stream import Handler, Refused

LAST_SERIAL = 2958465  # 9999-12-31
_FIFTEEN = Context(prec=15)
_WHOLE = re.compile(r"-?\d{1,14}\Z", re.ASCII)
_COLUMN = re.compile(r"[A-Z]{1,3}\Z")


class Enough(Exception):
    """The rest of the sheet is blank."""


class Sheet(Handler):
    """Turns the sheet's XML into rows for `emit`; notes go to `note(row, column, code, detail)`."""

    def __init__(self, book, emit, note, limits):
        super().__init__()
        self.book, self.emit, self.note, self.limits = book, emit, note, limits
        self.row = self.column = self.last_full = 0
        self.cells, self.parts, self.size = [], [], 0
        self.kind = self.style = ""
        self.listening = self.has_formula = False
        self.phonetic = 0
        self.columns = {}
        self.starts = {"c": self._start_cell, "v": self._listen, "t": self._listen, "row": self._start_row,
                       "f": self._formula, "rPh": self._start_phonetic}
        self.ends = {"c": self._end_cell, "v": self._deaf, "t": self._deaf, "row": self._end_row,
                     "rPh": self._end_phonetic}

    def text(self, data):
        if self.listening:
            self.size += len(data)
            if self.size > self.limits["cell_chars"]:
                raise Refused("long_cell", self._place())
            self.parts.append(data)

    def _listen(self, attributes):
        self.listening = not self.phonetic

    def _deaf(self):
        self.listening = False

    def _formula(self, attributes):
        self.has_formula = True

    def _start_phonetic(self, attributes):
        self.phonetic += 1

    def _end_phonetic(self):
        self.phonetic -= 1

    def _place(self):
        return f"{column_letters(self.column)}{self.row}"

    def _start_row(self, attributes):
        try:
            self.row = int(float(attributes["r"])) if "r" in attributes else self.row + 1
        except ValueError:
            raise Refused("not_xlsx", "row") from None
        self.cells, self.column = [], 0

    def _start_cell(self, attributes):
        letters = attributes.get("r", "").rstrip("0123456789")
        self.column = (self.columns.get(letters) or self._column(letters)) if letters else self.column + 1
        self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "0")
        self.parts, self.size, self.has_formula = [], 0, False

    def _column(self, letters):
        if not _COLUMN.match(letters):
            raise Refused("not_xlsx", "column")
        self.columns[letters] = column_number(letters)
        return self.columns[letters]

    def _end_cell(self):
        value = self._value("".join(self.parts))
        if value is None:
            return
        if self.column > self.limits["columns"]:
            self.note(self.row, self.column, "far_column", self._place())
            return
        self.cells.extend([None] * (self.column - len(self.cells)))
        self.cells[self.column - 1] = value

    def _value(self, text):
        if self.kind == "e":
            self.note(self.row, self.column, "error_value", text[:20])
            return None
        if text == "":
            if self.has_formula and self.kind not in ("str", "inlineStr"):
                self.note(self.row, self.column, "formula_without_value", "")
            return None
        if self.kind == "s":
            return self._shared(text)
        if self.kind in ("str", "inlineStr"):
            return unescape(text)
        if self.kind == "b":
            return text.strip() in ("1", "true")
        if self.kind == "d":
            return self._iso(text)
        return self._number(text)

    def _shared(self, text):
        try:
            return self.book.strings[int(text)] or None
        except (ValueError, IndexError):
            raise Refused("not_xlsx", self._place()) from None

    def _iso(self, text):
        try:
            moment = datetime.fromisoformat(text.strip())
        except ValueError:
            return text
        return ["d", text.strip()] if len(text.strip()) == 10 else ["t", moment.isoformat()]

    def _number(self, text):
        shown_as = self.book.kind_of(self.style)
        if not shown_as and _WHOLE.match(text):
            return int(text)
        try:
            exact = Decimal(text.strip())
        except InvalidOperation:
            exact = Decimal("NaN")
        if not exact.is_finite() or abs(exact.adjusted()) > 308:
            self.note(self.row, self.column, "bad_number", text[:30])
            return None
        if shown_as in ("date", "time", "datetime"):
            return self._moment(exact, shown_as)
        value = self._plain(exact)
        if shown_as.startswith("00") and isinstance(value, int) and 0 <= value:
            padded = str(value).zfill(len(shown_as))
            if padded != str(value):
                self.note(self.row, self.column, "zero_padded", padded)
            return padded
        return value

    def _plain(self, exact):
        if exact == exact.to_integral_value() and exact.adjusted() < 30:
            whole = int(exact)
            if abs(whole) >= 10**15:
                self.note(self.row, self.column, "digits_lost", str(whole))
            return whole if abs(whole) < 2**63 else ["n", str(whole)]
        return ["n", format(_FIFTEEN.plus(exact).normalize(), "f")]

    def _moment(self, serial, shown_as):
        if not self.book.date1904 and 60 <= serial < 61:
            self.note(self.row, self.column, "serial_60", str(serial))
            return self._plain(serial)
        days = serial + (1462 if self.book.date1904 else 0)
        nowhere = serial < 0 or (serial < 1 and shown_as != "time" and not self.book.date1904)
        if nowhere or days >= LAST_SERIAL + 1:
            self.note(self.row, self.column, "serial_out_of_range", str(serial)[:30])
            return self._plain(serial)
        # The format counts 29 February 1900, which never was: before it the epoch is a day later.
        epoch = datetime(1899, 12, 30) if days >= 61 else datetime(1899, 12, 31)
        moment = epoch + timedelta(milliseconds=int((days * 86_400_000).to_integral_value()))
        if serial < 1 and shown_as == "time":
            return moment.strftime("%H:%M:%S")
        if shown_as == "date" and moment.time() == time.min:
            return ["d", moment.date().isoformat()]
        return ["t", moment.isoformat()]

    def _end_row(self):
        if not any(cell is not None for cell in self.cells):
            if self.row - self.last_full > self.limits["blank_rows"]:
                raise Enough
            return
        if self.row - self.last_full > self.limits["blank_rows"] + 1:
            raise Enough
        if self.row > self.limits["rows"]:
            raise Refused("too_many_rows", str(self.limits["rows"]))
        self.last_full = self.row
        self.emit(self.row, self.cells)


def column_number(letters):
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number):
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
