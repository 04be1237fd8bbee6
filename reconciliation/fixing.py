"""Which change of the profile would make a group of differences go away? Pure.

Only what a profile can say is offered: a tolerance as wide as the widest of the group, or what a code of one system
means. Whether that is wise is another matter: reconciliation/backtest.py tells what it would hide.
"""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import dataclass

from reconciliation.distance import gap_of
from reconciliation.values import MICRO, show_number

TOLERANCE, MAP = "tolerance", "map"
TOLERATED = ("ROUNDING", "CLOCK_SKEW", "LATE_POSTING", "LATE_MESSAGE")
MAPPED = {"STATUS_MISMAPPED": "raw", "XREF_WRONG": "wrong"}  # cause → what of its evidence the system wrote
MENDABLE = {*TOLERATED, *MAPPED}


@dataclass(frozen=True)
class Fix:
    """A changed specification. `kind` TOLERANCE: `gap` in millionths, seconds where `is_time`; MAP: of `system`, `raw`
    means `right`."""

    spec: dict
    kind: str
    field: str
    gap: int = 0
    is_time: bool = False
    system: str = ""
    raw: str = ""
    right: str = ""


def fix_for(profile, spec, cause, rows):
    """The Fix for `rows` [(field, values, causes)] of one group found by a Profile and its specification, or None."""
    fields = {field for field, _values, _causes in rows}
    name = fields.pop() if len(fields) == 1 else ""
    if name not in profile.fields:
        return None
    if cause in TOLERATED:
        return _wider(profile.fields[name], spec, [gap_of(values) for _field, values, _causes in rows])
    return _read_as(profile.fields[name], spec, cause, rows) if cause in MAPPED else None


def _wider(field, spec, gaps):
    if not (field.is_number or field.type == "time") or None in gaps or max(gaps) <= field.tolerance:
        return None
    is_time, widest = field.type == "time", max(gaps)
    if is_time:
        widest = -(-widest // MICRO) * MICRO  # whole seconds, as people write them
    made = copy.deepcopy(spec)
    own = made["fields"][field.name] = dict(made["fields"][field.name] or {}, type=field.type)
    for gone in ("max_minutes_between", "max_seconds_between"):
        own.pop(gone, None)
    said = f"{widest // MICRO}s" if is_time else show_number(widest)
    own["tolerance"] = {**own["tolerance"], "absolute": said} if isinstance(own.get("tolerance"), dict) else said
    return Fix(made, TOLERANCE, field.name, gap=widest, is_time=is_time)


def _read_as(field, spec, cause, rows):
    told = Counter()
    for _field, _values, causes in rows:
        first = next((one for one in causes or [] if isinstance(one, dict) and one.get("cause") == cause), None)
        evidence = (first or {}).get("evidence") or {}
        raw, right = str(evidence.get(MAPPED[cause]) or "").strip(), str(evidence.get("right") or "").strip()
        if first and raw and right and first.get("systems"):
            told[first["systems"][0], raw, right] += 1
    if len(told) != 1:
        return None
    (system, raw, right), = told
    if field.type not in ("code", "text") or system not in field.columns:
        return None
    made = copy.deepcopy(spec)
    own = made["fields"][field.name] = dict(made["fields"][field.name] or {}, type=field.type)
    own["map"] = {**(own.get("map") or {}), system: {**((own.get("map") or {}).get(system) or {}), raw: right}}
    return Fix(made, MAP, field.name, system=system, raw=raw, right=right)
