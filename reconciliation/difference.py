"""What is one difference between systems, and what does each of them say about it?"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as fresh

CONFIDENCES = ("certain", "group", "hypothesis")
KINDS = ("missing", "duplicate", "value", "cardinality", "unreadable")


@dataclass(slots=True)
class Side:
    """One system's record of one key. `values` canonical (int or text, None = nothing written), `raw` as written.

    `text`, `us` and `numbers` hold evidence by name: as text, as UTC µs, as millionths. `times` holds every other
    instant of the record (milestones, other compared times). `children` are the rows behind a 1:n sum.
    """

    system: str
    key: str
    values: dict = fresh(default_factory=dict)
    raw: dict = fresh(default_factory=dict)
    unreadable: tuple = ()
    currency: dict = fresh(default_factory=dict)
    units: dict = fresh(default_factory=dict)
    text: dict = fresh(default_factory=dict)
    us: dict = fresh(default_factory=dict)
    numbers: dict = fresh(default_factory=dict)
    times: dict = fresh(default_factory=dict)
    children: list = fresh(default_factory=list)
    at_us: int | None = None  # when it happened, as far as the engine can order rows: for groups and outages
    written: str = ""  # the key as the compared columns write it; `key` is what the record is called there
    place: int = 0  # where the engine keeps the row; never shown
    said: tuple = ()  # all it says except how it got here: equal for true copies

    @property
    def event_us(self):
        return self.us.get("event")

    @property
    def received_us(self):
        return self.us.get("received")

    @property
    def version(self):
        """Source version as a comparable number, or None."""
        return whole(self.text.get("version") or self.text.get("sequence"))

    @property
    def is_by_person(self):
        return self.text.get("actor_kind", "").strip().lower() in PERSONS


PERSONS = {"person", "human", "user", "manual", "people", "人工", "人员", "手工"}


def whole(text):
    """int of digits-only text, else None."""
    text = (text or "").strip().lstrip("vV")
    return int(text) if text.isdigit() else None


@dataclass(slots=True)
class Verdict:
    """Why: one cause that holds for a difference, by which rule, how sure, on what evidence."""

    cause: str
    rule: str
    version: int
    confidence: str
    evidence: dict
    precedence: int
    strength: int = 2
    systems: tuple = ()  # the systems whose record is wrong, as far as the rule can tell
    sentence: dict = fresh(default_factory=dict)


@dataclass(slots=True)
class Difference:
    """One finding before it is written. `sides` holds one Side per system that has the key (the chosen one of
    duplicates); `copies` all rows of systems that hold the key more than once; `other_key` the partner of a
    key that was found under another spelling."""

    key: str
    kind: str
    field: str = ""
    sides: dict = fresh(default_factory=dict)
    absent: tuple = ()
    copies: dict = fresh(default_factory=dict)
    state: str = "open"
    causes: list = fresh(default_factory=list)
    group: str = ""
    facts: dict = fresh(default_factory=dict)  # what detection already knows: other_key, children, out_of_scope …
    severity: str = "medium"
    until_us: int | None = None  # of an expected one: when it is time to look again, as far as grace says it
    memo: dict = fresh(default_factory=dict)  # what rules have worked out of it already

    @property
    def main(self):
        return self.causes[0] if self.causes else None

    def newest_event(self):
        events = [s.event_us for s in self.sides.values() if s.event_us is not None]
        return max(events) if events else None

    def newest_at(self):
        moments = [s.at_us for s in self.sides.values() if s.at_us is not None]
        return max(moments) if moments else None

    def sort_key(self):
        return (self.key, KINDS.index(self.kind), self.field)
