"""Which rules exist, and how does one register itself?

A rule is a pure function (difference, world) → Reason or None. Adding one is: the function under @rule, an import
of its file in causes/__init__.py when the file is new, and its tests (one that holds, one that just does not).
Raise `version` whenever the same evidence could give another answer; stored verdicts keep the old number.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from reconciliation.difference import Verdict

RULES = []


@dataclass(slots=True)
class Reason:
    """What a rule found. `strength` 2: rests on evidence beside the values; 1: on a pattern in the values only."""

    confidence: str = "certain"
    systems: tuple = ()
    strength: int = 2
    evidence: dict = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """One registered rule. `kinds` and `types` (of the field) say where it is asked; empty `types` means any."""

    cause: str
    id: str
    version: int
    family: str
    precedence: int
    kinds: tuple
    types: tuple
    ask: object
    en: str
    zh: str


def rule(cause, *, family, precedence, en, zh, kinds=("value", "cardinality"), types=(), version=1):
    """Register the decorated function. `en` and `zh` are str.format templates over the evidence and {systems}."""
    def register(function):
        RULES.append(Rule(cause, f"{family}.{function.__name__}", version, family, precedence, tuple(kinds),
                          tuple(types), function, en, zh))
        RULES.sort(key=lambda r: (r.precedence, r.id))
        return function
    return register


def verdict_of(one, reason):
    """The Verdict of rule `one` for its `reason`."""
    evidence = {k: v for k, v in reason.evidence.items() if v is not None}
    return Verdict(one.cause, one.id, one.version, reason.confidence, evidence, one.precedence,
                   reason.strength, tuple(reason.systems), sentence_of(one, evidence, reason.systems))


def sentence_of(one, evidence, systems):
    words = _Words({**evidence, "systems": ", ".join(systems)})
    return {"en": one.en.format_map(words), "zh": one.zh.format_map(_Words({**words, "systems": "、".join(systems)}))}


class _Words(dict):
    def __missing__(self, name):
        return "?"
