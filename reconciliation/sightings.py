"""Which evidence of a difference is kept with its sighting, so that a verdict can be looked at again?"""

from __future__ import annotations

from reconciliation.values import show_number, show_time


def evidence_of(one, profile):
    """{system: {raw, key, event, received, version …}} of every side, JSON-able."""
    return {name: _of_side(one, side, profile) for name, side in sorted(one.sides.items())}


def _of_side(one, side, profile):
    said = {"key": side.key, "number": side.written if side.written != side.key else ""}
    if one.field:
        said["raw"] = side.raw.get(one.field)
        said["unit"] = side.units.get(one.field)
    said |= {name: show_time(us) for name, us in side.us.items() if us is not None}
    said |= {name: show_number(n) for name, n in side.numbers.items() if n is not None}
    said |= {name: text for name, text in side.text.items() if text}
    if side.children:
        said["children"] = [child.key for child in side.children][:50]
    return {name: value for name, value in said.items() if value not in (None, "")}
