"""What would a changed profile find that the published one does not, what no longer, and what would it hide?

Both are run over the hub's own records as they are, by the engine of every run, and nothing of it is kept. What goes
away is held against what the change is for: a difference whose cause is known and is another one is hidden by it.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.money import is_money
from orders.bulk import in_chunks
from orders.models import SourceRecord
from reconciliation.actions.run_comparison import complete_until, read_records, sightings_of, sources_of
from reconciliation.actions.turns import each_minute
from reconciliation.detect import Detection
from reconciliation.distance import gap_of
from reconciliation.engines.database import DatabaseEngine
from reconciliation.explain import explain
from reconciliation.groups import name_for
from reconciliation.hub_lookups import hub_lookups
from reconciliation.hub_profiles import hub_profile
from reconciliation.key_spine import CHUNK, PassingSpine, holes
from reconciliation.listing import blamed_in
from reconciliation.models import Difference, ProfileDraft, Run
from reconciliation.profile_diff import changes
from reconciliation.records import micro_of

MOST_ROWS = 200_000  # of more records than that only those that differ are looked at, and some drawn ones
DRAWN = 20_000
EXAMPLES = 20
KNOWN = ("certain", "group")  # how sure a cause must be for its difference to be missed
HIDDEN, REMOVED, UNSURE, NEW, OTHERWISE = WHATS = ("hidden", "removed", "unsure", "new", "otherwise")
# Which causes does a change of a word of the profile put right? Every other one is hidden by it.
MENDS = {
    "tolerance": ("ROUNDING",), "relative_ppm": ("ROUNDING",),
    "key.normalise": ("KEY_FORMAT",), "key.strip_prefix": ("KEY_FORMAT",), "key.strip_suffix": ("KEY_FORMAT",),
    "key.columns": ("KEY_FORMAT",), "normalise": ("WIDTH_CASE_SPACE", "LEADING_ZERO"),
    "codes": ("STATUS_UNMAPPED", "STATUS_MISMAPPED", "XREF_WRONG", "XREF_MISSING"),
    "system_codes": ("STATUS_UNMAPPED", "STATUS_MISMAPPED", "XREF_WRONG", "XREF_MISSING"),
    "factors": ("UNIT_FACTOR", "FACTOR_VERSION", "UNIT_UNKNOWN"), "unit_columns": ("UNIT_FACTOR", "UNIT_UNKNOWN"),
    "zone": ("TIMEZONE",), "zones": ("TIMEZONE",), "day_first": ("DAY_MONTH_SWAP", "UNREADABLE"),
    "formats": ("DAY_MONTH_SWAP", "UNREADABLE", "DATE_ONLY"), "grace_s": ("IN_TRANSIT", "LATE_MESSAGE"),
    "scope": ("OUT_OF_SCOPE", "OUTSIDE_WORKFLOW"), "cardinality": ("SPLIT_ORDER", "MERGED_ORDER"),
    "currency": ("CURRENCY_CODE",), "currency_columns": ("CURRENCY_CODE",),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """A difference as one of the two comparisons sees it. `gap` millionths of `unit`: a currency, "time" or ""."""

    mark: str
    key: str
    field: str
    cause: str
    confidence: str
    severity: int
    systems: tuple
    scope: int
    group: str
    gap: int | None
    unit: str


# --- weighing (pure) ----------------------------------------------------------------------------------------


def mended_by(old, new, about=""):
    """The causes a change from one Profile to another is for: that of the group it is about, else what it mends."""
    return {about} if about else {cause for one in changes(old, new) for cause in MENDS.get(one.what, ())}


def weigh(old, new, wanted, decided=frozenset()):
    """{what becomes of it: [Seen]} of {fingerprint: Seen} by the published and the changed profile.

    `wanted` causes are those the change is for; `decided` fingerprints are accepted already: nobody misses them.
    """
    found = defaultdict(list)
    for mark, one in sorted(old.items(), key=lambda item: (item[1].key, item[1].field)):
        if mark in decided:
            continue
        if mark not in new:
            known = one.confidence in KNOWN and one.cause != "UNKNOWN"
            found[REMOVED if one.cause in wanted else HIDDEN if known else UNSURE].append(one)
        elif new[mark].cause != one.cause:
            found[OTHERWISE].append(new[mark])
    found[NEW] = sorted((one for mark, one in new.items() if mark not in old and mark not in decided),
                        key=lambda one: (one.key, one.field))
    return {what: found[what] for what in WHATS if found[what]}


def lines_of(weighed):
    """[[what, cause, severity, system, scope, is money, how many, {unit: gap}]]; gaps of times are the longest one."""
    counts, gaps = Counter(), defaultdict(dict)
    for what, its in weighed.items():
        for one in its:
            for system in one.systems[:1] or ("",):
                place = (what, one.cause, one.severity, system, one.scope, int(is_money(one.field)))
                counts[place] += 1
                if one.gap is not None:
                    before = gaps[place].get(one.unit, 0)
                    gaps[place][one.unit] = max(before, one.gap) if one.unit == "time" else before + one.gap
    return [[*place, count, gaps.get(place, {})] for place, count in sorted(counts.items(), key=lambda i: str(i[0]))]


def examples_of(weighed):
    """[[what, cause, fingerprint, key, field, scope, is money]], some of each scope, so that everybody sees some."""
    taken, found = Counter(), []
    for what, its in weighed.items():
        for one in its:
            place = (what, one.cause, one.scope)
            if taken[place] < EXAMPLES:
                taken[place] += 1
                found.append([what, one.cause, one.mark, one.key, one.field, one.scope, int(is_money(one.field))])
    return found


# --- over the hub's records ---------------------------------------------------------------------------------


def back_test(*, version, spec, at, about="", progress=lambda *said: None):
    """What `spec` would change against the published `version`; a JSON-able dict (lines_of, examples_of and more).

    Looks at all records where there are no more than MOST_ROWS or where numbers are matched otherwise; else at the keys
    that differ and at DRAWN others, which it says. Keys whose records change meanwhile are left out.
    """
    mark = SourceRecord.objects.order_by("-change_number").values_list("change_number", flat=True).first() or 0
    before, after = (_profile_at(one, at) for one in (version.spec, spec))
    keys = None if _all_can_be_read(before, after) else _keys_that_differ(version.profile)
    said = [str(_("what the published version finds")), str(_("what the draft finds"))]
    old, new = (_found_by(version.profile, one, at, keys, mark, partial(progress, step, 3, said[step]))
                for step, one in enumerate((before, after)))
    progress(2, 3, str(_("what differs between the two")))
    changed = old.changed | new.changed
    decided = set(Difference.objects.filter(
        profile=version.profile, state__in=(Difference.ACCEPTED, Difference.INVALID)).values_list(
            "fingerprint", flat=True))
    weighed = weigh(*({mark: one for mark, one in its.seen.items() if one.key not in changed} for its in (old, new)),
                    mended_by(before[0], after[0], about), decided)
    return {
        "as_of": at.isoformat(), "version": version.number, "about": about, "rows": new.rows,
        "drawn": None if keys is None else new.drawn, "changed": len(changed), "silent": new.silent,
        "open": [len(old.seen), len(new.seen)], "lines": lines_of(weighed), "examples": examples_of(weighed),
    }


def _profile_at(spec, at):
    """(Profile, {source code: SourceSystem}) of a stored specification, as a run at that moment would have it."""
    sources = sources_of(spec)
    marks = {code: (one.grace_s, complete_until(one, at)) for code, one in sources.items()}
    return hub_profile(spec, marks, {code: one.time_zone for code, one in sources.items()}), sources


def _all_can_be_read(before, after):
    old, new = before[0], after[0]
    keyed = [[(name, one.source, one.entity, one.key, one.scope) for name, one in its.systems.items()]
             for its in (old, new)]
    if keyed[0] != keyed[1]:
        return True
    return has_few_rows(old, MOST_ROWS)


def has_few_rows(profile, most):
    """Does the hub hold no more records of the profile's systems than that?"""
    left = most
    for one in profile.systems.values():
        its = SourceRecord.objects.filter(system__code=one.source, entity=one.entity, is_retracted=False)
        left -= its.order_by().values("pk")[: left + 1].count()
        if left < 0:
            return False
    return True


def _keys_that_differ(profile):
    waiting = Difference.objects.filter(profile=profile).exclude(state=Difference.RESOLVED)
    last = Run.objects.filter(profile=profile, state=Run.DONE).order_by("-pk").first()
    return {key for key in waiting.values_list("key", flat=True) if key} | set(last.folded_keys if last else ())


def _found_by(row, profile_at, at, keys, mark, say):
    """What a Profile finds: `seen` {fingerprint: Seen} of what is open, `changed` keys, `rows`, `drawn`, `silent`.

    It says at which step it is, again each minute: the job's lease is renewed by that.
    """
    say()
    profile, sources = profile_at
    ids = {name: sources[system.source].pk for name, system in profile.systems.items()}
    spine = PassingSpine(connection, profile, ids, each_minute(say))
    engine = DatabaseEngine(profile, hub_lookups(profile)[0], connection, ids, read_records, spine)
    try:
        spine.renew()
        drawn = set() if keys is None else {k for name in profile.systems for k in spine.drawn(name, DRAWN)}
        engine.prepare(None if keys is None else keys | drawn)
        detection = Detection(profile, engine, micro_of(at))
        differences = detection.run()
        groups, _gaps = explain(profile, engine, detection, differences)
        name_for(row.code, groups)
        sightings = sightings_of(SimpleNamespace(profile=row), profile, engine, differences)
        changed = _changed_keys(engine, profile, mark)
    finally:
        engine.close()
        spine.close()
    return SimpleNamespace(
        seen={one["fingerprint"]: _seen(one, profile) for one in sightings if one["state"] == Difference.OPEN},
        changed=changed, rows=dict(engine.rows), drawn=len(drawn),
        silent=sorted(name for name, one in profile.systems.items() if sources[one.source].is_silent(at)))


def _changed_keys(engine, profile, mark):
    """Keys of records that changed after the mark: the two comparisons may have read different ones."""
    ids, found = list(SourceRecord.objects.filter(change_number__gt=mark).values_list("pk", flat=True)), set()
    for place in range(len(profile.systems)):
        for part in in_chunks(ids, CHUNK):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT k FROM rec_a{place} WHERE rid IN ({holes(part)})", part)
                found |= {key for (key,) in cursor.fetchall() if key}
    return found


def _seen(sighting, profile):
    field = profile.fields.get(sighting["field"])
    is_measured = sighting["kind"] in ("value", "cardinality") and field and (field.is_number or field.type == "time")
    gap = gap_of(sighting["values"]) if is_measured else None
    unit = "" if gap is None else "time" if field.type == "time" else _currency(sighting["values"])
    return Seen(
        sighting["fingerprint"], sighting["key"], sighting["field"], sighting["cause"], sighting["confidence"],
        sighting["severity"], tuple(blamed_in(sighting["causes"], sighting["systems"])), sighting["scope_id"],
        sighting["group_code"], gap, unit)


def _currency(values):
    return next((str(one).partition(" ")[2] for one in values.values() if " " in str(one)), "")


# --- of a draft ---------------------------------------------------------------------------------------------


def hash_of_spec(spec):
    return hashlib.sha256(json.dumps(spec, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def try_draft(progress, draft_id, about="", group=""):
    """The job: what the draft as it is kept now would change; {} when it was thrown away meanwhile. `group` names the
    one it was begun from."""
    draft = ProfileDraft.objects.select_related("based_on__profile").filter(pk=draft_id).first()
    if draft is None:
        return {}
    found = back_test(version=draft.based_on, spec=draft.spec, at=timezone.now(), about=about, progress=progress)
    return {**found, "spec": hash_of_spec(draft.spec), "group": group, "link": f"/profiles/drafts/{draft.pk}/#tried"}
