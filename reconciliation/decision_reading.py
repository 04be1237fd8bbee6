"""What does a report that came back ask for, row by row?

Only rows somebody has filled in count. A row that cannot be understood keeps its reason and holds up no other one.
"""
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext as _

from kernel.errors import Refusal
from kernel.models import User
from kernel.people import staff
from kernel.plain_text import clean_text
from kernel.tables import read_table, sheet_names, with_limits
from reconciliation.decision_words import (
    ACCEPT,
    ACCEPT_GAP,
    ASSIGN,
    COLUMNS,
    COMMENT,
    MARK,
    decision_of,
    heading_of,
    plain,
)

BIGGEST = 50 * 1024 * 1024
MOST_ROWS = 50_000  # filled in, of one file
LONGEST = 1000  # characters of a reason or a comment
LIMITS = with_limits(file_bytes=BIGGEST)
# "Reason (2)" where a system's own column is called like one of ours: ours stand behind it.
REPEATED = re.compile(r" \(\d+\)$")
DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")


@dataclass
class Asked:
    """One filled-in row. `trouble` is a sentence: why it is not understood."""

    sheet: str
    number: int
    key: str = ""
    mark: str = ""
    decision: str = ""
    reason: str = ""
    comment: str = ""
    until: date | None = None
    person: User | None = None
    trouble: str = ""


@dataclass
class Reader:
    """Reads one file; `rows` counts all of them, filled in or not."""

    path: object
    people: dict = field(default_factory=dict)
    rows: int = 0
    sheets: int = 0

    def asked(self) -> Iterator[Asked]:
        """Raises Refusal (or its TableRefusal), while it reads, when the file is none of a report's."""
        self.people = _by_name()
        for sheet in sheet_names(self.path, limits=LIMITS) or [None]:
            yield from self._of_sheet(sheet)
        if not self.sheets:
            raise Refusal(
                _("This file has no column “%(mark)s”. Download the comparison as Excel on this page, fill in its "
                  "decisions and drop that file."), code="no_marks", mark=str(COLUMNS[MARK]))

    def _of_sheet(self, sheet):
        try:
            table = read_table(self.path, sheet=sheet, limits=LIMITS)
        except Refusal as refusal:
            if refusal.code == "table.empty" and sheet is not None:
                return
            raise
        try:
            places = _places(table.header)
            if MARK not in places:
                return
            self.sheets += 1
            for number, cells in table.rows:
                self.rows += 1
                said = {name: _text(cells[place]) for name, place in places.items()}
                if any(said.get(name) for name in COLUMNS if name != MARK):
                    until = cells[places["until"]] if "until" in places else None
                    yield self._row(clean_text(sheet or ""), number, _text(cells[0]), said, until)
        finally:
            table.close()

    def _row(self, sheet, number, key, said, until):
        one = Asked(sheet[:40], number, key[:120], said.get(MARK, "")[:100],
                    reason=said.get("reason", ""), comment=said.get("comment", ""))
        try:
            self._understand(one, said, until)
        except Refusal as refusal:
            one.trouble = str(refusal)
        one.reason, one.comment = one.reason[:LONGEST], one.comment[:LONGEST]
        return one

    def _understand(self, one, said, until):
        if not one.mark:
            raise Refusal(_("The row has no mark: it was added by hand, or the mark was deleted."), code="no_mark")
        if max(len(one.reason), len(one.comment)) > LONGEST:
            raise Refusal(_("A reason or a comment has at most %(most)s characters."), code="too_long", most=LONGEST)
        one.until = _day(until)
        one.person = self._person(said.get("person", ""))
        one.decision = _decision(said.get("decision", ""), one)
        if one.until and one.decision not in (ACCEPT, ACCEPT_GAP):
            raise Refusal(_("A day under “Until” goes with accepting only. Clear it, or choose to accept."),
                          code="until_alone")
        if one.person and one.decision != ASSIGN:
            raise Refusal(_("A person goes with assigning only. Clear it, or choose to assign."), code="person_alone")
        if one.decision == ASSIGN and one.person is None:
            raise Refusal(_("It does not say whom it is assigned to."), code="person_missing")
        if not one.reason and one.decision not in (ASSIGN, COMMENT):
            one.reason, one.comment = one.comment, ""  # said in the one column or in the other
        if one.decision == COMMENT and not one.comment:
            one.reason, one.comment = "", one.reason

    def _person(self, text):
        if not text:
            return None
        found = self.people.get(plain(text), ())
        if len(found) == 1:
            return found[0]
        if found:
            raise Refusal(_("Several people are called “%(name)s”. Write the name they log in with."),
                          code="person_unclear", name=text[:60])
        raise Refusal(_("There is nobody called “%(name)s”."), code="person_unknown", name=text[:60])


def _decision(text, one):
    """What is asked for: what stands there, else what the other cells can only mean."""
    if not text:
        if one.person:
            return ASSIGN
        if one.until or one.reason:
            raise Refusal(_("It does not say what to do: choose a decision."), code="decision_missing")
        return COMMENT
    found = decision_of(text)
    if not found:
        raise Refusal(_("“%(text)s” is none of the decisions in the list."), code="decision_unknown", text=text[:60])
    return found


def _places(header):
    """{name: place} of our columns; the last one where a heading is there more than once."""
    found = {}
    for place, name in enumerate(header):
        ours = heading_of(REPEATED.sub("", name))
        if ours:
            found[ours] = place
    return found


def _by_name():
    """{name as written: [people]}: by login name, by name and login name, by name alone where that is clear."""
    found = {}
    for person in staff():
        for name in {person.username, str(person), f"{person} ({person.username})"}:
            found.setdefault(plain(name), []).append(person)
    return found


def _day(cell):
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    told = DAY.fullmatch(str(cell).strip().removesuffix(" 00:00:00"))
    try:
        return date(*map(int, told.groups())) if told else _refuse_day(cell)
    except ValueError:
        _refuse_day(cell)


def _refuse_day(cell):
    raise Refusal(_("“%(text)s” under “Until” is no day. Write it as 2026-12-31."), code="day", text=str(cell)[:30])


def _text(cell):
    """A cell as text a database takes: a file may hold what no person can type."""
    return "" if cell is None else clean_text(str(cell)).strip()
