"""What was a verdict reached on, so that its rule can be asked again when the run is long over?

Kept are the difference with all its records, and every question the rules of its verdicts put to the run, with the
answer. `Noting` is the world that writes them down, `Kept` the one that answers from what was written.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from decimal import Decimal
from fractions import Fraction

from reconciliation.causes.registry import rule_at
from reconciliation.causes.world import World
from reconciliation.difference import Difference, Side
from reconciliation.lookups import Dated, Message
from reconciliation.speech import speakers_of

QUESTIONS = [name for name, method in vars(World).items() if getattr(method, "is_question", False)]
SIDE = [one.name for one in fields(Side) if one.name not in ("place", "said", "children")]
MESSAGE = [one.name for one in fields(Message)]


class NotKept(Exception):
    """A rule asks what was not asked when the verdict was reached."""


class Noting(World):
    """The same world; it writes into `notes` what it is asked and what it answers."""

    def __init__(self, world, notes):
        self.__dict__.update(world.__dict__)
        self.notes, self.depth = notes, 0


class Kept(World):
    """Only what was written down: the profile, the run's own moment, and the answers then given."""

    def __init__(self, profile, as_of_us, watermarks, notes):
        self.profile, self.as_of_us, self.watermarks, self.notes = profile, as_of_us, watermarks, notes
        self.speakers = speakers_of(profile, as_of_us)


def _noting(name):
    plain = getattr(World, name)

    def ask(self, *given):
        if self.depth:
            return plain(self, *given)  # a question that a question asks is answered with it
        self.depth += 1
        try:
            answer = plain(self, *given)
        finally:
            self.depth -= 1
        self.notes[_said(name, given)] = packed(answer)
        return answer

    return ask


def _answering(name):
    def ask(self, *given):
        asked = _said(name, given)
        if asked not in self.notes:
            raise NotKept(asked)
        return unpacked(self.notes[asked])

    return ask


for _name in QUESTIONS:
    setattr(Noting, _name, _noting(_name))
    setattr(Kept, _name, _answering(_name))


def _said(name, given):
    """'count:wms,status,S10': a question as a text; a record is named by its system, a field by its name."""
    return f"{name}:{','.join(_named(one) for one in given)}"


def _named(one):
    if isinstance(one, Side):
        return one.system
    if isinstance(one, (tuple, list)):
        return "(" + ",".join(_named(part) for part in one) + ")"
    return str(one.name if is_dataclass(one) else one)


# --- what is kept -------------------------------------------------------------------------------------------


def note(one, world):
    """What the verdicts of a difference, just judged, rest on: {state, asked, sure}. See `basis_of`."""
    notes = {}
    noting = Noting(world, notes)
    for verdict in one.causes:
        rule_at(verdict.rule, verdict.version).ask(one, noting)
    return {"state": one.state, "asked": notes, "sure": {v.rule: v.confidence for v in one.causes}}


def basis_of(one):
    """JSON-able, all that the verdicts of a difference rest on, or None where it was not noted."""
    noted = one.memo.get("noted")
    if noted is None:
        return None
    main = one.main
    return {
        "difference": _difference(one, noted["state"]), "asked": dict(sorted(noted["asked"].items())),
        # The group it belongs to has made a hypothesis of more weight.
        "raised": main.confidence == "group" and noted["sure"].get(main.rule) == "hypothesis",
    }


def _difference(one, state):
    told = {
        "key": one.key, "kind": one.kind, "field": one.field, "state": state, "severity": one.severity,
        "absent": packed(one.absent), "facts": packed(one.facts),
        "sides": {name: _side(side) for name, side in sorted(one.sides.items())},
        "copies": {name: [_side(side, said=True) for side in rows] for name, rows in sorted(one.copies.items())},
    }
    return {name: value for name, value in told.items() if value not in ("", {}, None)}


def _side(side, said=False):
    told = {name: packed(value) for name in SIDE if (value := getattr(side, name)) not in (None, "", (), {})}
    if side.children:
        told["children"] = [_side(child) for child in side.children]
    if said:
        told["said"] = packed(side.said)
    return told


def difference_of(basis):
    """The Difference of a basis, as it was when it was judged."""
    told = basis["difference"]
    sides = {name: _as_side(side) for name, side in told.get("sides", {}).items()}
    copies = {name: [_as_side(side) for side in rows] for name, rows in told.get("copies", {}).items()}
    return Difference(
        told.get("key", ""), told["kind"], told.get("field", ""), sides, unpacked(told["absent"]), copies,
        state=told["state"], facts=unpacked(told["facts"]), severity=told["severity"])


def _as_side(told):
    side = Side(**{name: unpacked(told[name]) for name in (*SIDE, "said") if name in told and name != "key"},
                key=told.get("key", ""))
    side.children = [_as_side(child) for child in told.get("children", ())]
    return side


# --- values as JSON, each of its own kind --------------------------------------------------------------------


def packed(value):
    """JSON of a value that `unpacked` gives back: plain ones as they are, others as {kind: parts}.

    A kind not known here is kept as its text: a rule that looks at it will answer otherwise, and the check says so.
    """
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, list):
        return [packed(one) for one in value]
    if isinstance(value, tuple):
        return {"t": [packed(one) for one in value]}
    if isinstance(value, (set, frozenset)):
        return {"s": sorted(packed(one) for one in value)}
    if isinstance(value, dict):
        return {"m": [[packed(name), packed(one)] for name, one in value.items()]}
    if isinstance(value, Decimal):
        return {"d": str(value)}
    if isinstance(value, Fraction):
        return {"f": str(value)}
    if isinstance(value, Dated):
        return {"dated": [packed(row) for row in value.rows]}
    if isinstance(value, Message):
        return {"message": [getattr(value, name) for name in MESSAGE]}
    return str(value)


def unpacked(value):
    if isinstance(value, list):
        return [unpacked(one) for one in value]
    if not isinstance(value, dict):
        return value
    [(kind, parts)] = value.items()
    return _KINDS[kind](parts)


_KINDS = {
    "t": lambda parts: tuple(unpacked(one) for one in parts),
    "s": lambda parts: {unpacked(one) for one in parts},
    "m": lambda parts: {unpacked(name): unpacked(one) for name, one in parts},
    "d": Decimal,
    "f": Fraction,
    "dated": lambda parts: Dated([unpacked(row) for row in parts]),
    "message": lambda parts: Message(**dict(zip(MESSAGE, parts, strict=True))),
}
