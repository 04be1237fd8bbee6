"""What has changed between two versions of a profile? Pure; `desk/profiles/wording.py` says it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from reconciliation.profile import KeyRule, Profile

SILENT = {"name", "revision", "spoken_zone", "words", "shared", "clock_zone"}


@dataclass(frozen=True)
class Change:
    """`part` is "", ("system", name) or ("field", name); `what` names an attribute ("key.columns"), "" the whole part.

    `before` and `after` are its values; None where a whole part came or went.
    """

    part: tuple
    what: str
    before: Any
    after: Any


def changes(old, new):
    """[Change] from one Profile to another; what came in or went is one change, with `what` empty."""
    found = _of_whole(old, new)
    for kind in ("systems", "fields"):
        before, after = getattr(old, kind), getattr(new, kind)
        for name in dict.fromkeys([*before, *after]):
            part = (kind[:-1], name)
            if name not in after or name not in before:
                found.append(Change(part, "", before.get(name), after.get(name)))
            else:
                found += _of_part(part, before[name], after[name])
    return found


def _of_whole(old, new):
    wanted = [one.name for one in fields(Profile) if one.name not in {*SILENT, "systems", "fields"}]
    return [Change((), name, getattr(old, name), getattr(new, name))
            for name in wanted if getattr(old, name) != getattr(new, name)]


def _of_part(part, before, after, prefix=""):
    found = []
    for one in fields(before):
        a, b = getattr(before, one.name), getattr(after, one.name)
        if isinstance(a, KeyRule):
            found += _of_part(part, a, b, f"{one.name}.")
        elif one.name not in SILENT and a != b:
            found.append(Change(part, prefix + one.name, a, b))
    return found
