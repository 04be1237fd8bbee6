"""Which rules exist, and how does one register itself?

A rule is a pure function (difference, world) → Reason or None. Adding one is: the function under @rule, an import
of its file in causes/__init__.py when the file is new, and its tests (one that holds, one that just does not).
Raise `version` whenever the same evidence could give another answer, and keep the function as it was under @earlier:
stored verdicts keep the old number, and are checked by the rule as it was then (tests/reconciliation/test_replay.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from reconciliation.difference import Verdict
from reconciliation.speech import Words, close_up

RULES = []
EARLIER = {}  # (id, version) → Rule as it was: never asked about a new difference


@dataclass(slots=True)
class Reason:
    """What a rule found. `strength` 2: rests on evidence beside the values; 1: on a pattern in the values only."""

    confidence: str = "certain"
    systems: tuple = ()
    strength: int = 2
    evidence: dict = field(default_factory=dict)
    says: tuple = ()  # (English, Chinese) template where the rule's own would say too much or too little


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
    """Register the decorated function. `en` and `zh` are templates over the evidence and {systems} (speech.py)."""
    def register(function):
        RULES.append(Rule(cause, f"{family}.{function.__name__}", version, family, precedence, tuple(kinds),
                          tuple(types), function, en, zh))
        RULES.sort(key=lambda r: (r.precedence, r.id))
        return function
    return register


def earlier(cause, *, id, version, precedence, en, zh):
    """Register the decorated function as what the rule `id` was in `version`."""
    def register(function):
        EARLIER[id, version] = Rule(cause, id, version, id.partition(".")[0], precedence, (), (), function, en, zh)
        return function
    return register


def rule_at(id, version):
    """The Rule by its id in a version, of today or earlier, or None."""
    return next((one for one in RULES if (one.id, one.version) == (id, version)), None) or EARLIER.get((id, version))


def verdict_of(one, reason, difference, world):
    """The Verdict of rule `one` for its `reason`."""
    evidence = {k: v for k, v in reason.evidence.items() if v is not None}
    return Verdict(one.cause, one.id, one.version, reason.confidence, evidence, one.precedence,
                   reason.strength, tuple(reason.systems), sentence_of(one, reason, difference, world))


def sentence_of(one, reason, difference, world):
    """{en, zh}: the rule's sentence in words of the trade."""
    en, zh = reason.says or (one.en, one.zh)
    return {lang: close_up(template.format_map(
                Words({**reason.evidence, "systems": speaker.systems(reason.systems)}, speaker, difference)))
            for (lang, speaker), template in zip(world.speakers.items(), (en, zh), strict=True)}
