"""What goes wrong on purpose between the systems, and what is the truth about it?

Each fault has a kind, the name of the cause a good comparison must find for it, and whether it changes a
field that is compared. The truth of a fault is told when its last needed message is received.
"""
from collections.abc import Callable
from random import Random
from typing import NamedTuple

from integrations.sample_factory.clockwork import DAY, to_datetime
from integrations.sample_factory.mending import clean_rows, mend, moment_text

REGISTRY = {}
GROUP_KINDS = {}
_MASK = (1 << 64) - 1


class Fault(NamedTuple):
    """A kind of fault: `spoil(case)` does it to an order's drafts and tells its truth, if it finds any."""

    kind: str
    cause: str
    entity: str
    field: str
    systems: tuple
    changes_compared: bool
    spoil: Callable
    parks: bool = False


def fault(kind, *, cause="", entity="order", field="", systems, compared=True, parks=False):
    """Registers `spoil(case)` under `kind`; `cause` is the kind's own name unless given."""
    def register(spoil):
        REGISTRY[kind] = Fault(kind, cause or kind, entity, field, systems, compared, spoil, parks)
        return spoil
    return register


class Draft:
    """A message while it is being spoilt: `row` None means it was never received; `truths` go with it."""

    __slots__ = ("received", "serial", "system", "entity", "word", "part", "occurred", "row", "truths")

    def __init__(self, received, serial, system, entity, word, part, occurred, row):
        self.received, self.serial, self.system, self.entity = received, serial, system, entity
        self.word, self.part, self.occurred, self.row, self.truths = word, part, occurred, row, []

    def copy(self, received, serial):
        """The same message once more, received at another time."""
        row = dict(self.row or {})
        return Draft(received, serial, self.system, self.entity, self.word, self.part, self.occurred, row)


class Case:
    """One order suffering one fault."""

    def __init__(self, spoilt, plan, drafts, draw, group=""):
        self.fault, self.plan, self.drafts, self.draw, self.group = spoilt, plan, drafts, draw, group

    def of(self, system, entity, word=None, part=None):
        """The drafts of one record kind that are still to be received, oldest version first."""
        return [
            draft for draft in self.drafts
            if draft.system == system and draft.entity == entity and draft.row is not None
            and (word is None or draft.word == word) and (part is None or draft.part == part)
        ]

    def add(self, draft, *, received, occurred=None):
        """A copy of `draft` as one more message; its row may then be changed."""
        place = len(self.drafts)
        made = draft.copy(received, self.plan.index * 64 + min(place, 63))
        made.occurred = draft.occurred if occurred is None else occurred
        self.drafts.append(made)
        return made

    def tell(self, draft, **more):
        """Lets the truth be known when `draft` is (or would have been) received."""
        told = self.fault
        draft.truths.append({
            "kind": told.kind, "cause": told.cause, "order": self.plan.order_number,
            "key": more.pop("key", self.plan.order_number), "entity": more.pop("entity", told.entity),
            "field": told.field, "systems": list(more.pop("systems", told.systems)),
            "changes_compared": told.changes_compared, "parks": told.parks, "group": self.group,
            "known_at": to_datetime(draft.received).isoformat(), **more,
        })


def _share(seed, salt, index):
    """A number in [0, 1) that depends on nothing but its arguments."""
    mixed = (seed * 0x9E3779B97F4A7C15 + salt * 0xBF58476D1CE4E5B9 + index * 0x94D049BB133111EB) & _MASK
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 & _MASK
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & _MASK
    return (mixed ^ mixed >> 31) / (_MASK + 1)


class FaultBook:
    """Which orders suffer which faults in one world."""

    def __init__(self, rates, seed, start, now, mended=0.0):
        from_groups = {kind: rate for kind, rate in rates.items() if kind in GROUP_KINDS}
        unknown = set(rates) - set(REGISTRY) - set(GROUP_KINDS)
        if unknown:
            raise ValueError(f"unknown faults: {', '.join(sorted(unknown))}")
        self.seed, self.mended = seed, mended
        self._single, reached = [], 0.0
        for kind in sorted(set(rates) - set(from_groups)):
            reached += rates[kind]
            self._single.append((reached, REGISTRY[kind]))
        self.groups = [
            group for kind in sorted(from_groups) if from_groups[kind] > 0
            for group in GROUP_KINDS[kind](from_groups[kind], Random(f"{seed}/{kind}"), start, now)
        ]

    def suffered(self, plan):
        """What this order suffers: its own fault (at most one) and the systemic ones that reach it.

        A wrong table leaves an order with a fault of its own alone, so that each truth can be seen.
        """
        found = []
        if self._single:
            chance = _share(self.seed, 1, plan.index)
            if chance < self._single[-1][0]:
                found.append(next(one for reached, one in self._single if chance < reached))
        return found + [
            group for group in self.groups if (group.is_of_clocks or not found) and group.reaches(plan)
        ]

    def apply(self, suffered, plan, drafts):
        """Spoils the drafts in place; the book's share of single faults is put right later."""
        for one in suffered:
            if isinstance(one, Fault):
                clean = clean_rows(drafts) if _share(self.seed, 3, plan.index) < self.mended else {}
                case = Case(one, plan, drafts, Random(self.seed * 31 + plan.index))
                one.spoil(case)
                if clean:
                    self._mend(case, clean)
            else:
                one.spoil(Case(one.fault, plan, drafts, None, one.name))


    def _mend(self, case, clean):
        truths = [(draft, truth) for draft in case.drafts for truth in draft.truths]
        if not truths:
            return
        known, drawn = max(draft.received for draft, _ in truths), _share(self.seed, 4, case.plan.index)
        at = mend(case.plan, case.drafts, clean, known, drawn,
                  lambda like, received, occurred: case.add(like, received=received, occurred=occurred))
        for _draft, truth in truths:
            truth["mended_at"] = at and moment_text(at)


def days_between(start, now, first=1, last=1):
    """Local days on which a systemic fault may lie, as UTC ms of their beginnings."""
    return range(start + first * DAY, max(now - last * DAY, start + (first + 1) * DAY), DAY)
