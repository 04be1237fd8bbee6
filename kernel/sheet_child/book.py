"""Which sheets, number formats and texts does this workbook declare, and does it fit into its limits?"""
import re
import zipfile

from stream import Handler, Refused, parse

DATE_IDS = {14, 15, 16, 17, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58}
TIME_IDS = {18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56}
DATETIME_IDS = {22}
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


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
