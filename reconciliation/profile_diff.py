"""What has changed between two versions of a profile, said so that a person can check it? Pure."""

from __future__ import annotations

from dataclasses import dataclass, fields

from reconciliation.profile import Profile
from reconciliation.values import show_number

SILENT = {"name", "revision", "spoken_zone", "words", "shared"}


@dataclass(frozen=True)
class Change:
    """`part` is "", ("system", name) or ("field", name); `what` a word of docs/profile.md; texts, "" for nothing."""

    part: tuple
    what: str
    before: str
    after: str


def changes(old, new):
    """[Change] from one Profile to another; what came in or went is one change, with `what` empty."""
    found = _of_whole(old, new)
    for kind in ("systems", "fields"):
        before, after = getattr(old, kind), getattr(new, kind)
        for name in dict.fromkeys([*before, *after]):
            part = (kind[:-1], name)
            if name not in after or name not in before:
                found.append(Change(part, "", *(_said_whole(each.get(name)) for each in (before, after))))
            else:
                found += _of_part(part, before[name], after[name])
    return found


def _of_whole(old, new):
    wanted = [one.name for one in fields(Profile) if one.name not in {*SILENT, "systems", "fields"}]
    return [Change((), name, _said(name, getattr(old, name)), _said(name, getattr(new, name)))
            for name in wanted if getattr(old, name) != getattr(new, name)]


def _of_part(part, before, after):
    found = []
    for one in fields(before):
        a, b = getattr(before, one.name), getattr(after, one.name)
        if one.name in SILENT or a == b:
            continue
        found.append(Change(part, one.name, _said(one.name, a, before), _said(one.name, b, after)))
    return found


def _said_whole(part):
    """A system or field that came or went: its columns."""
    if part is None:
        return ""
    return " = ".join(part.columns.values()) if hasattr(part, "columns") else "+".join(part.key.columns)


def _said(name, value, part=None):
    if name == "tolerance":
        return f"{value // 1_000_000} s" if part.type == "time" else show_number(value)
    if name == "relative_ppm":
        return f"{show_number(value * 100)} %"
    if hasattr(value, "__dataclass_fields__"):
        return ", ".join(_said(one.name, getattr(value, one.name)) for one in fields(value)
                         if getattr(value, one.name) not in ("", ()))
    if isinstance(value, dict):
        return ", ".join(f"{key} {_said('', item)}" for key, item in value.items())
    if isinstance(value, (tuple, list, frozenset)):
        return ", ".join(_said("", item) for item in (sorted(value) if isinstance(value, frozenset) else value))
    return str(value)
