"""Which cells of a dropped file cannot be read as what their column holds, and which rows have no number?"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from reconciliation.sources import as_text
from reconciliation.values import Unreadable, read_money, read_number, read_time

MOST = 500  # listed by name; all are counted
READERS = {"number": read_number, "quantity": read_number, "money": read_money, "time": read_time}
REASONS = {
    "no_key": _("The row has no number: it is parked, not compared."),
    "number": _("This is not a number."),
    "quantity": _("This is not a quantity."),
    "money": _("This is not an amount."),
    "time": _("This is not a date or time."),
}


@dataclass(frozen=True)
class BadCell:
    """One cell: where it stands, as a spreadsheet shows it, what is written there and why it is listed."""

    sheet: str
    row: int
    column: str
    value: str
    code: str

    @property
    def reason(self):
        return reason_of(self.code)


def reason_of(code):
    return REASONS.get(code, code)


class Checker:
    """Looks at rows one by one. `kinds` {column: (type of docs/profile.md, options of read_time)}; `key` the column of
    the number.

    `bad` are the first cells by name, `cells` and `keyless` count all of them, `rows` what was looked at.
    """

    def __init__(self, header, key, kinds, sheet=""):
        place = {name: number for number, name in enumerate(header)}
        self.sheet, self.key, self.key_name = sheet, place[key], key
        self.checks = [(place[name], name, kind, how) for name, (kind, how) in kinds.items() if kind in READERS]
        self.bad, self.cells, self.keyless, self.rows = [], 0, 0, 0

    def look(self, number, cells):
        self.rows += 1
        if _is_blank(cells[self.key]):
            self.keyless += 1
            self._list(number, self.key_name, "", "no_key")
            return
        for place, name, kind, how in self.checks:
            if not _is_blank(cells[place]) and not _reads(kind, cells[place], how):
                self.cells += 1
                self._list(number, name, cells[place], kind)

    def _list(self, number, name, value, code):
        if len(self.bad) < MOST:
            self.bad.append(BadCell(self.sheet, number, name, str(value)[:80], code))


def _is_blank(text):
    return text is None or not text.strip()


def _reads(kind, text, how):
    try:
        READERS[kind](text, **(how if kind == "time" else {}))
    except Unreadable:
        return False
    return True


def check_table(table, key, kinds):
    """Checker of a whole open table (kernel.tables.read_table), which is read to its end."""
    checker = Checker(table.header, key, kinds, sheet_of(table))
    for number, cells in table.rows:
        checker.look(number, [as_text(cell) for cell in cells])
    return checker


def check_sample(sample, key, kinds):
    """Checker of the rows a preview holds."""
    checker = Checker(sample.header, key, kinds, sample.sheet)
    for number, cells in zip(sample.numbers, sample.rows, strict=True):
        checker.look(number, cells)
    return checker


def sheet_of(table):
    """The sheet's name; "" for a csv file, which has none."""
    return table.name if table.kind == "xlsx" else ""
