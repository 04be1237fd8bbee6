"""How are differences written down for other programs: one JSON object a line (docs/findings.md)?"""

from __future__ import annotations

import json

from reconciliation.values import show_money, show_number, show_time

VERSION = 1


def finding_of(one, profile):
    """The finding (dict) of a Difference."""
    found = {
        "v": VERSION,
        "key": one.key,
        "kind": one.kind,
        "field": one.field or None,
        "values": shown_values(one, profile),
        "state": one.state,
        "causes": [cause_of(v) for v in one.causes],
        "group": one.group or None,
        "severity": one.severity,
        "systems": sorted(set(one.sides) | set(one.absent) | set(one.copies) | set(one.facts.get("rows", ()))),
    }
    return {**found, "keys": one.facts["keys"]} if one.facts.get("keys") else found


def cause_of(verdict):
    return {
        "cause": verdict.cause,
        "rule": verdict.rule,
        "version": verdict.version,
        "confidence": verdict.confidence,
        "evidence": verdict.evidence,
        "systems": list(verdict.systems),
        "sentence": verdict.sentence,
    }


def shown_values(one, profile):
    """{system: value} as text or null; of a missing key the key as each system writes it."""
    if one.facts.get("rows"):
        return dict(sorted(one.facts["rows"].items()))
    if one.kind == "duplicate":
        return {n: len(one.copies[n]) if n in one.copies else 1 for n in sorted(set(one.sides) | set(one.copies))}
    if not one.field:
        shown = {n: s.key for n, s in one.sides.items()} | dict.fromkeys(one.absent)
        return dict(sorted((shown | one.facts.get("written", {})).items()))
    field = profile.fields[one.field]
    return {n: shown_value(field, s) for n, s in sorted(one.sides.items()) if n in field.columns}


def shown_value(field, side):
    """A value as people read it: decimal text, ISO time, text; None when nothing is written."""
    value = side.values.get(field.name)
    if field.name in side.unreadable:
        return side.raw.get(field.name)
    if value is None:
        return None
    if field.type == "money":
        return show_money(value, side.currency.get(field.name, ""))
    if field.is_number:
        return show_number(value)
    return show_time(value) if field.type == "time" else value


def line_of(finding):
    return json.dumps(finding, ensure_ascii=False, separators=(",", ":")) + "\n"


def write_findings(differences, profile, stream):
    for one in differences:
        stream.write(line_of(finding_of(one, profile)))
