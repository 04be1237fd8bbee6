"""How is a column of a file kept, so that it takes little room and its text still comes back to the letter?

Numbers and instants that are written the way a database writes them are kept as such, where casting back gives the
very same text. Every other cell keeps its text beside. What is kept typed is thereby also certain to be readable.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from reconciliation.profile import TIME_EVIDENCE
from reconciliation.reading_sql import quote_name, quote_text

LOOK = 500  # rows whose writing decides how a column is kept
MOST_FIT = 0.9
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,10})(?:\.([0-9]{1,6}))?")
STAMP = re.compile(r"(?:199[2-9]|20[0-4][0-9])-[0-9]{2}-[0-9]{2}(?:([ T])[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(Z?))?")


@dataclass(frozen=True, slots=True)
class Form:
    """`type` of the database, and `text`, the SQL that writes such a value; {} stands for the value.

    `scale`: decimals of a number. `is_utc`: an instant written with Z; else it is on the wall clock of its system.
    """

    type: str
    text: str = "CAST({} AS VARCHAR)"
    scale: int = -1
    is_utc: bool = False

    @property
    def is_time(self):
        return self.scale < 0

    def write(self, value):
        return self.text.format(value)

    def fits(self, value, text):
        """Is `value`, read from `text`, the same text again? Years are those in which zones are sure."""
        year = f"{text} >= '1992' AND {text} < '2050' AND " if self.is_time else ""
        return f"{year}{self.write(value)} = {text}"


def number_form(scale):
    """Eleven digits before the point: the difference of any two is still a decimal of 64 bits."""
    return Form(f"DECIMAL({11 + scale},{scale})", scale=scale)


def time_form(mark, zulu):
    """`mark` stands between day and hour; without one it is a day only."""
    if not mark:
        return Form("DATE")
    text = "replace(CAST({} AS VARCHAR), ' ', 'T')" if mark == "T" else "CAST({} AS VARCHAR)"
    return Form("TIMESTAMP", f"{text} || 'Z'" if zulu else text, is_utc=bool(zulu))


def said_sql(text, words):
    """SQL of a text, nothing where it says nothing: blanks, and the `words` for it."""
    # What begins with a blank sorts before "!": few cells need to be trimmed.
    word = f" OR trim({text}) IN ({', '.join(map(quote_text, words))})" if words else ""
    return f"CASE WHEN {text} < '!' AND trim({text}) = ''{word} THEN NULL ELSE {text} END"


def form_of(texts, is_time):
    """The Form that nearly all of `texts` are written in, or None."""
    texts = [text for text in texts if text and text.strip()]
    found = Counter(_shape(text, is_time) for text in texts)
    shape, count = found.most_common(1)[0] if found else (None, 0)
    if shape is None or count < MOST_FIT * len(texts):
        return None
    return time_form(*shape) if is_time else number_form(shape[0])


def _shape(text, is_time):
    match = (STAMP if is_time else NUMBER).fullmatch(text)
    if not match:
        return None
    return match.groups() if is_time else (len(match[1] or ""),)


def numbers_and_times(profile, system):
    """{column: is it a time} of the columns that a profile reads as numbers or instants, and not as keys."""
    spec, found = profile.systems[system], {}
    for one in profile.fields.values():
        if system in one.columns and (one.is_number or one.type == "time"):
            found.setdefault(one.columns[system], set()).add(one.type == "time")
    times = [column for name, column in spec.evidence.items() if name in TIME_EVIDENCE]
    for column in [*times, *spec.times.values()]:
        found.setdefault(column, set()).add(True)
    keys = {*spec.key.columns, profile.cardinality.many.get(system)}
    return {column: kinds.pop() for column, kinds in found.items() if len(kinds) == 1 and column not in keys}


class Kept:
    """One file's columns as they are kept. `columns` {the file's name: ours, c0 …}, `forms` {ours: Form}.

    A column with a Form is kept as t_c0. A row where some of those do not fit has all their texts in the list `odd`,
    NULL where they do fit. `is_key` names the one column whose text mostly is the key: it is kept only where it is not.
    """

    def __init__(self, columns, forms, is_key, empty):
        self.columns, self.forms, self.is_key, self.empty = columns, forms, is_key, empty

    def texts(self, relation):
        """SELECT of our columns as the file writes them; with t_ and fits_ of those that have a Form."""
        named = [f"{quote_name(name)} AS {c}" for name, c in self.columns.items()]
        inner = f"SELECT {', '.join(named)} FROM {relation}"
        if not self.forms:
            return inner
        tried = [f"TRY_CAST({c} AS {form.type}) AS t_{c}" for c, form in self.forms.items()]
        fits = [f"coalesce({form.fits(f't_{c}', c)}{self.no_word(c)}, {c} IS NULL) AS fits_{c}"
                for c, form in self.forms.items()]
        return f"SELECT *, {', '.join(fits)} FROM (SELECT *, {', '.join(tried)} FROM ({inner}))"

    def said(self, text):
        return said_sql(text, self.empty)

    def no_word(self, text):
        """AND a test that a text without blanks around is no word for nothing."""
        return f" AND {text} NOT IN ({', '.join(map(quote_text, self.empty))})" if self.empty else ""

    def kept(self):
        """What is kept of a row of `texts` that has its key, k."""
        items = [f"nullif({c}, k) AS {c}" if c == self.is_key else c for c in self.columns.values()
                 if c not in self.forms]
        items += [f"CASE WHEN fits_{c} THEN t_{c} END AS t_{c}" for c in self.forms]
        if self.forms:
            texts = ", ".join(f"CASE WHEN NOT fits_{c} THEN {self.said(c)} END" for c in self.forms)
            fits = " AND ".join(f"fits_{c}" for c in self.forms)
            items.append(f"CASE WHEN NOT ({fits}) THEN [{texts}] END AS odd")
        return items

    def odd(self, column, row=""):
        """SQL of the text of a cell that does not fit its column's Form, else NULL."""
        return f"{row}odd[{list(self.forms).index(column) + 1}]"

    def text(self, column, row=""):
        """SQL of what a cell says, from what was kept."""
        written = self.written(column, row)
        return written if column in self.forms else self.said(written)

    def written(self, column, row=""):
        """SQL of the text that stood in the file, from what was kept; of one that says nothing, that or NULL."""
        if column in self.forms:
            return f"coalesce({self.forms[column].write(f'{row}t_{column}')}, {self.odd(column, row)})"
        return f"coalesce({row}{column}, {row}k)" if column == self.is_key else f"{row}{column}"

    def rows(self, source):
        """SELECT of the rows as texts from `source`, kept rows with rid; as written, s_, and as kept beside."""
        items = ["rid", "k", "inside"]
        for c in self.columns.values():
            items += [f"{self.text(c)} AS {c}", f"{self.written(c)} AS s_{c}"]
        items += [f"t_{c}, {self.odd(c)} AS x_{c}" for c in self.forms]
        return f"SELECT {', '.join(items)} FROM {source}"
