"""How does a stored profile become a comparison of the hub's own records?"""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings
from django.utils import translation

from orders.words import FACTS, FIELDS, STAGES
from reconciliation.profile_yaml import build_profile
from reconciliation.records import EVIDENCE
from reconciliation.values import show_time


def hub_profile(spec, systems, zones=None):
    """Profile of a stored `spec` (docs/profile.md as JSON).

    `systems` {source code: (grace seconds, µs UTC up to which it is known complete or None)}, `zones` {source code:
    the time zone it writes in}. Evidence the spec does not name comes from the record itself.
    """
    profile = build_profile({**spec, "version": spec.get("version", 1)})
    return replace(
        profile, systems={n: _with_evidence(s, spec, systems, zones or {}) for n, s in profile.systems.items()},
        spoken_zone=settings.HUB_TIME_ZONE, words=_words())


def has_gap(row):
    """Are the stored difference's values numbers or times, of which it can be said how far they are apart?"""
    spec = row.last_run.spec
    field = build_profile({"version": 1, **spec}).fields.get(row.field) if spec and row.kind == "value" else None
    return field is not None and (field.is_number or field.type == "time")


def _words():
    """{code: {en, zh}} of statuses, facts and fields, as pages call them."""
    found = {}
    for lang, language in (("en", "en"), ("zh", "zh-hans")):
        with translation.override(language):
            for code, name in {**FIELDS, **FACTS, **STAGES}.items():
                found.setdefault(code, {})[lang] = str(name)
    return found


def _with_evidence(system, spec, systems, zones):
    grace, mark = systems.get(system.source, (0, None))
    own = spec["systems"].get(system.name) or {}
    told = "grace" in own or "grace" in spec
    return replace(
        system, evidence={**EVIDENCE, **system.evidence}, zone="UTC",
        clock_zone=zones.get(system.source, ""),
        grace_s=system.grace_s if told else grace,
        watermark=system.watermark or (show_time(mark) if mark is not None else ""),
    )
