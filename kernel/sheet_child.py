"""What stands in this one sheet of this xlsx file? Runs as its own small process, with limits.

Standard library only, so that it starts in a blink and holds nothing worth stealing. It reads the zip as a
stream with expat, refuses DOCTYPE and entities, and never builds a tree: memory does not grow with the file.

Speaks JSON lines on stdout: {"meta": …} first; [row, [cell, …]] per row; {"note": [row, column, code,
detail]}; {"end": …} last, or {"refuse": code, "detail": …}. A cell is null, true, false, a string, an int,
or a pair ["n", decimal text], ["d", ISO date], ["t", ISO datetime without zone].
"""
import json
import re
import sys
import zipfile
import zlib
from datetime import datetime, time, timedelta
from decimal import Context, Decimal, InvalidOperation
from xml.parsers import expat

try:
    import resource
except ImportError:  # not a Unix: the process still has no tree to blow up
    resource = None

CHUNK = 1 << 16
DATE_IDS = {14, 15, 16, 17, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58}
TIME_IDS = {18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56}
DATETIME_IDS = {22}
LAST_SERIAL = 2958465  # 9999-12-31
_FIFTEEN = Context(prec=15)
_WHOLE = re.compile(r"-?\d{1,14}\Z", re.ASCII)
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_COLUMN = re.compile(r"[A-Z]{1,3}\Z")


class Refused(Exception):
    """This file is not read; args are (code, detail)."""


class Enough(Exception):
    """The rest of the sheet is blank."""


def parse(archive, name, handler):
    """Stream one part of the archive through a Handler."""
    try:
        stream = archive.open(name)
    except KeyError:
        raise Refused("not_xlsx", name) from None
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.EntityDeclHandler = _no_doctype
    parser.StartElementHandler = _dispatcher(handler.starts)
    parser.EndElementHandler = _dispatcher(handler.ends)
    parser.CharacterDataHandler = handler.text
    with stream:
        while chunk := stream.read(CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)


def _dispatcher(actions):
    """Calls the action of a tag, whatever its namespace prefix; each spelling is looked up once."""
    known = dict(actions)

    def dispatch(tag, *attributes):
        action = known.get(tag)
        if action is None:
            action = known[tag] = known.get(tag.rpartition(":")[2]) or _ignore
        action(*attributes)

    return dispatch


def _ignore(*_):
    pass


def _no_doctype(*_):
    raise Refused("entities", "")


class Handler:
    """Listens to some tags of one part: `starts` {tag: action(attributes)}, `ends` {tag: action()}."""

    def __init__(self):
        self.starts, self.ends = {}, {}

    def text(self, data):
        pass


class Relations(Handler):
    def __init__(self):
        super().__init__()
        self.targets, self.types = {}, {}
        self.starts = {"Relationship": self._relation}

    def _relation(self, attributes):
        self.targets[attributes.get("Id", "")] = attributes.get("Target", "")
        self.types[attributes.get("Id", "")] = attributes.get("Type", "").rpartition("/")[2]


class Workbook(Handler):
    def __init__(self):
        super().__init__()
        self.sheets, self.date1904 = [], False
        self.starts = {"sheet": self._sheet, "workbookPr": self._properties}

    def _sheet(self, attributes):
        relation = next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), "")
        self.sheets.append((attributes.get("name", ""), relation, attributes.get("state", "visible")))

    def _properties(self, attributes):
        self.date1904 = attributes.get("date1904", "0") in ("1", "true")


class Styles(Handler):
    """Which cell style shows a date, a time, or a number with leading zeros?"""

    def __init__(self):
        super().__init__()
        self.codes, self.numbers, self.inside = {}, [], False
        self.starts = {"numFmt": self._format, "cellXfs": self._enter, "xf": self._style}
        self.ends = {"cellXfs": self._leave}

    def kinds(self):
        return [self._kind(number) for number in self.numbers]

    def _format(self, attributes):
        self.codes[int(attributes.get("numFmtId", 0))] = attributes.get("formatCode", "")

    def _enter(self, attributes):
        self.inside = True

    def _leave(self):
        self.inside = False

    def _style(self, attributes):
        if self.inside:
            self.numbers.append(int(attributes.get("numFmtId", 0) or 0))

    def _kind(self, number):
        if number in self.codes:
            return format_kind(self.codes[number])
        if number in DATE_IDS:
            return "date"
        if number in TIME_IDS:
            return "time"
        return "datetime" if number in DATETIME_IDS else ""


def format_kind(code):
    """'date', 'time', 'datetime', '0…0' (leading zeros) or '' for a number format code."""
    first = code.split(";")[0]
    if re.fullmatch(r"0{2,}", first):
        return first
    bare = re.sub(r'"[^"]*"|\\.|_.|\*.', "", first)
    if re.search(r"\[[hms]+\]", bare, re.I):
        return ""  # elapsed time is a number of days
    bare = re.sub(r"\[[^\]]*\]", "", bare).lower().replace("general", "")
    has_time = "h" in bare or "s" in bare
    has_date = "y" in bare or "d" in bare or ("m" in bare and not has_time)
    if re.search("[0#?]", bare) and not re.search("[ymdh]", bare):
        return ""
    if has_date:
        return "datetime" if has_time else "date"
    return "time" if has_time else ""


class SharedStrings(Handler):
    def __init__(self, cell_chars):
        super().__init__()
        self.strings, self.parts, self.in_text, self.phonetic = [], [], False, 0
        self.size, self.cell_chars = 0, cell_chars
        self.starts = {"si": self._start, "rPh": self._start_phonetic, "t": self._listen}
        self.ends = {"si": self._end, "rPh": self._end_phonetic, "t": self._deaf}

    def text(self, data):
        if self.in_text:
            self.size += len(data)
            if self.size > self.cell_chars:
                raise Refused("long_cell", "")
            self.parts.append(data)

    def _start(self, attributes):
        self.parts, self.size = [], 0

    def _end(self):
        self.strings.append(unescape("".join(self.parts)))

    def _start_phonetic(self, attributes):
        self.phonetic += 1

    def _end_phonetic(self):
        self.phonetic -= 1

    def _listen(self, attributes):
        self.in_text = not self.phonetic

    def _deaf(self):
        self.in_text = False


def unescape(text):
    """Undo the _xHHHH_ escapes of the format."""
    return _ESCAPE.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


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


class Book:
    """An opened xlsx file: its visible sheets, styles and strings."""

    def __init__(self, path, limits):
        self.limits = limits
        try:
            self.archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError):
            raise Refused("not_xlsx", "zip") from None
        check_sizes(self.archive, limits)
        names = {name.lower(): name for name in self.archive.namelist()}
        self.names = names
        self.path = names.get("xl/workbook.xml")
        if not self.path:
            raise Refused("xlsb" if "xl/workbook.bin" in names else "not_xlsx", "xl/workbook.xml")
        self.workbook, self.relations = Workbook(), Relations()
        parse(self.archive, self.path, self.workbook)
        parse(self.archive, names.get("xl/_rels/workbook.xml.rels", ""), self.relations)
        self.date1904 = self.workbook.date1904
        self.strings, self.kinds = [], []

    def visible(self):
        return [(name, rel) for name, rel, state in self.workbook.sheets
                if state == "visible" and self.relations.types.get(rel, "worksheet") == "worksheet"]

    def hidden(self):
        return [name for name, _, state in self.workbook.sheets if state != "visible"]

    def part(self, relation):
        target = self.relations.targets.get(relation, "")
        path = target.lstrip("/") if target.startswith("/") else "xl/" + target
        return self.names.get(path.lower(), path)

    def load(self):
        if "xl/styles.xml" in self.names:
            styles = Styles()
            parse(self.archive, self.names["xl/styles.xml"], styles)
            self.kinds = styles.kinds()
        if "xl/sharedstrings.xml" in self.names:
            shared = SharedStrings(self.limits["cell_chars"])
            parse(self.archive, self.names["xl/sharedstrings.xml"], shared)
            self.strings = shared.strings

    def kind_of(self, style):
        index = int(style) if style.isdigit() else 0
        return self.kinds[index] if index < len(self.kinds) else ""


def check_sizes(archive, limits):
    """Refuse by what the zip declares, before a byte is unpacked."""
    entries = archive.infolist()
    if len(entries) > limits["zip_entries"]:
        raise Refused("zip_bomb", str(len(entries)))
    if sum(entry.file_size for entry in entries) > limits["unpacked_bytes"]:
        raise Refused("zip_bomb", str(sum(entry.file_size for entry in entries)))
    for entry in entries:
        if entry.flag_bits & 1:
            raise Refused("encrypted", "")
        if entry.file_size > limits["ratio_from_bytes"] and \
                entry.file_size > limits["ratio"] * max(entry.compress_size, 1):
            raise Refused("zip_bomb", entry.filename[:80])


def limit_this_process(limits):
    if resource is None:
        return
    wanted = {resource.RLIMIT_AS: limits["memory_bytes"], resource.RLIMIT_CPU: limits["seconds"],
              resource.RLIMIT_CORE: 0}
    for what, value in wanted.items():
        try:
            resource.setrlimit(what, (value, value))
        except (ValueError, OSError):
            pass


def run(path, sheet, limits, out):
    """Write the whole conversation for one sheet (None: the first visible one) to `out`."""
    def say(thing):
        out.write(json.dumps(thing, ensure_ascii=True, separators=(",", ":")) + "\n")

    book = Book(path, limits)
    visible = book.visible()
    if not visible:
        raise Refused("no_visible_sheet", "")
    chosen = next((pair for pair in visible if pair[0] == sheet), None) if sheet is not None else visible[0]
    if chosen is None:
        raise Refused("no_such_sheet", sheet)
    say({"meta": {"sheet": chosen[0], "sheets": [name for name, _ in visible], "hidden": book.hidden(),
                  "date1904": book.date1904}})
    if limits.get("names_only"):
        return
    book.load()
    reader = Sheet(book, lambda row, cells: say([row, cells]),
                   lambda *note: say({"note": list(note)}), limits)
    try:
        parse(book.archive, book.part(chosen[1]), reader)
    except Enough:
        say({"note": [reader.last_full, 0, "stopped_at_blank", str(limits["blank_rows"])]})
    say({"end": reader.last_full})


def main(arguments):
    path, sheet, limits = json.loads(arguments[1])
    limit_this_process(limits)
    code = ("broken", "")
    try:
        run(path, sheet, limits, sys.stdout)
        return 0
    except Refused as refused:
        code = refused.args
    except MemoryError:
        code = ("memory", "")
    except expat.ExpatError as error:
        code = ("not_xlsx", str(error)[:100])
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
        code = ("broken", str(error)[:100])
    sys.stdout.write(json.dumps({"refuse": code[0], "detail": code[1]}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
