"""Is a stored verdict reached again from what it was reached on? Pure: basis and causes in, an answer out."""

from __future__ import annotations

import json
from dataclasses import dataclass

from reconciliation.causes.keeping import Kept, NotKept, difference_of
from reconciliation.causes.registry import rule_at, verdict_of
from reconciliation.explain import NOTHING, mark_rivals, rank, unknown
from reconciliation.findings import cause_of

SAME, WORDED, CHANGED, LOST, WITHOUT = "same", "worded", "changed", "lost", "without"


@dataclass
class Replay:
    """`outcome`: SAME byte for byte; WORDED: the same verdict in other words; CHANGED; LOST: a rule's version is not
    callable any more; WITHOUT: nothing was kept to ask it on. `causes` is what came out, `rule` what stands in the way.
    """

    outcome: str
    causes: list
    rule: str = ""


def replay(basis, stored, profile, as_of_us, watermarks):
    """Ask the rules of `stored` (causes as findings.cause_of writes them), each in its version, on `basis` again."""
    if not basis:
        return Replay(WITHOUT, [])
    one, verdicts = difference_of(basis), []
    world = Kept(profile, as_of_us, watermarks, basis["asked"])
    for told in stored:
        found = rule_at(told["rule"], told["version"])
        if found is None and not _is_unknown(told):
            return Replay(LOST, [], f"{told['rule']} v{told['version']}")
        try:
            verdict = _verdict(found, one, world)
        except (NotKept, AttributeError, KeyError):  # it asks for what was not asked then
            verdict = None
        if verdict is None:
            return Replay(CHANGED, [], f"{told['rule']} v{told['version']}")
        verdicts.append(verdict)
    causes = [cause_of(verdict) for verdict in _settled(verdicts, basis)]
    return Replay(_compared(stored, causes), causes)


def _verdict(found, one, world):
    if found is None:
        return unknown(one, world)
    reason = found.ask(one, world)
    return verdict_of(found, reason, one, world) if reason else None


def _is_unknown(told):
    return (told["rule"], told["version"]) == NOTHING


def _settled(verdicts, basis):
    """Rivals marked and ranked as explain does it, and what its group gave it."""
    mark_rivals(verdicts)
    verdicts = rank(verdicts)
    if basis.get("raised"):
        verdicts[0].confidence = "group"
    return rank(verdicts)


def _compared(stored, causes):
    if as_bytes(stored) == as_bytes(causes):
        return SAME
    return WORDED if as_bytes(_unworded(stored)) == as_bytes(_unworded(causes)) else CHANGED


def as_bytes(causes):
    """Causes as the bytes by which they are held against each other."""
    return json.dumps(causes, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _unworded(causes):
    return [{name: value for name, value in one.items() if name != "sentence"} for one in causes]
