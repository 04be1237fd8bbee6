"""How does one comparison over the hub's own records run, and what does it change?"""
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

from django.db import connection
from django.db.models import Count, Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refusal
from kernel.one_writer import rest
from orders.models import Order, SourceRecord, SourceSystem
from reconciliation.actions.keep_sightings import keep_sightings, resolve_gone
from reconciliation.actions.turns import begin_run, each_minute, hold_turn
from reconciliation.causes.keeping import basis_of
from reconciliation.detect import Detection
from reconciliation.engines.database import RECORD_COLUMNS, DatabaseEngine
from reconciliation.explain import explain
from reconciliation.findings import cause_of, shown_values
from reconciliation.fingerprints import LONGEST, fingerprint_of
from reconciliation.groups import name_for
from reconciliation.hub_lookups import hub_lookups
from reconciliation.hub_profiles import hub_profile
from reconciliation.key_spine import MOST_REST_S, Spine
from reconciliation.models import Basis, CauseGroup, Difference, Observation, Run
from reconciliation.records import micro_of
from reconciliation.seen import Tally
from reconciliation.sightings import evidence_of
from reconciliation.tickets import settle_tickets
from reconciliation.values import EPOCH

CHUNK = 200
SEVERITY = {"low": 1, "medium": 2, "high": 3}
KEPT_RUNS = 30
KEPT_GAPS = 500
KNOWN = 500  # members of a group that are asked how it is called
FULL_EVERY = timedelta(days=1)
SHARE = 4  # when one row in four is to be looked at, looking at all is cheaper


def run_comparison(*, profile, by, at, progress=lambda *said: None, job=None, full=False):
    """Compare now by the newest version of `profile`; returns the Run.

    Looks at the keys that changed since the last run and at those that still differ; once a day, after a new version
    or new tables, and when asked for a `full` run, at all keys. Both end with the same differences. Only those all of
    whose systems have spoken are closed: a silent one closes nothing. The same run done again finds 0 new, closes 0,
    reopens 0. A run that fails keeps its error and is raised. Raises AtWork, and leaves nothing, while another run of
    the profile is at work.
    """
    version = profile.versions.order_by("-number").first()
    if version is None:
        refusal = Refusal(_("The profile has no published version."), code="no_version")
        Run.objects.create(profile=profile, job=job, state=Run.FAILED, as_of=at, started_at=timezone.now(),
                           finished_at=timezone.now(), error=str(refusal))
        raise refusal
    run = begin_run(version=version, job=job, by=by, at=at)
    with _told(run):
        _compare(run, by, at, progress, full)
    return run


def recheck_expected(*, profile, at, by=None, progress=lambda *said: None, job=None):
    """Look again at what was on its way and has had its time by now; returns the Run, None where there is nothing.

    It says of these keys what a run of the schedule would say now, and touches no others: they are left to that run.
    Where no run of the newest version is there to follow, that one is made.
    """
    waiting = Difference.objects.filter(profile=profile, state=Difference.EXPECTED, recheck_at__lte=at)
    keys = {key for key in waiting.values_list("key", flat=True) if key and len(key) < LONGEST}
    version = profile.versions.order_by("-number").first()
    if version is None or not keys:
        waiting.update(recheck_at=None)
        return None
    if not Run.objects.filter(version=version, state=Run.DONE).exists():
        return run_comparison(profile=profile, by=by, at=at, progress=progress, job=job)
    run = begin_run(version=version, job=job, by=by, at=at, is_recheck=True)
    try:
        with _told(run):
            _compare(run, by, at, progress, False, keys)
    finally:  # what cannot be told yet, or failed, is left to the schedule: it is not tried again every minute
        waiting.update(recheck_at=None)
    return run


@contextmanager
def _told(run):
    """A run that fails keeps its error."""
    try:
        yield
    except Exception as error:
        Run.objects.filter(pk=run.pk, state=Run.RUNNING).update(
            state=Run.FAILED, error=str(error)[:4000], finished_at=timezone.now(), lease_until=None)
        raise


def _compare(run, by, at, progress, full, only=None):
    """`only` {key}: what is found of other keys is not kept, and left to the next run."""
    spec = run.version.spec
    sources = sources_of(spec)
    marks = {code: (s.grace_s, complete_until(s, at)) for code, s in sources.items()}
    profile = hub_profile(spec, marks, {code: s.time_zone for code, s in sources.items()})
    ids = {name: sources[system.source].pk for name, system in profile.systems.items()}
    lookups, run.tables_hash = hub_lookups(profile)

    def go_on():
        hold_turn(run)
        progress(0, 4, str(_("comparing")))  # a job's lease is renewed by what it says

    spine = Spine(connection, profile, run.version_id, ids, each_minute(go_on))
    engine = DatabaseEngine(profile, lookups, connection, ids, read_records, spine)
    run.change_mark = SourceRecord.objects.aggregate(top=Max("change_number"))["top"] or 0
    try:
        progress(0, 4, str(_("comparing")))
        last = None if full else _last_to_follow(run, at, only)
        keys, changed = _keys_to_look_at(run, last, spine, only)
        engine.prepare(keys)
        detection = Detection(profile, engine, micro_of(at))
        differences = detection.run()
        hold_turn(run)
        progress(1, 4, str(_("explaining")))
        found = {one.key for one in differences}
        groups, gaps = explain(profile, engine, detection, differences, keeps=True)
        name_for(run.profile.code, groups)
        run.folded_keys = sorted(found - {one.key for one in differences})
        if only:
            differences = [one for one in differences if one.key in only]
            _join_known(run, profile, groups, differences)
            run.folded_keys, run.tables_hash = sorted({*run.folded_keys, *changed}), last.tables_hash
    finally:
        engine.close()
    progress(2, 4, str(_("keeping")))
    covered = {n for n, s in profile.systems.items() if engine.rows[n] and not sources[s.source].is_silent(at)}
    sightings = sightings_of(run, profile, engine, differences)
    tally = Tally()
    counts = _keep(run, sightings, tally, by, at, progress)
    counts["resolved"] = _resolve(run, profile, {s["fingerprint"] for s in sightings}, covered, tally, by, at, only)
    counts["keys"] = None if keys is None else len(only or keys)
    counts |= _open_now(run, tally)
    kept_codes = {s["group_code"] for s in sightings}
    _keep_groups(run, [group for group in groups if not only or group.id in kept_codes])
    hold_turn(run)
    settle_tickets(profile=run.profile, at=at)
    kept = {"by_scope": tally.kept(), "gaps": gaps[:KEPT_GAPS],
            "grace": {n: s.grace_s for n, s in profile.systems.items()},
            "zones": {s.source: s.clock_zone for s in profile.systems.values()}}
    _finish(run, profile, engine, covered, counts | kept)
    _forget_old(run)
    progress(4, 4, "")


def _last_to_follow(run, at, only=None):
    """The last finished run of this version by the same tables, unless the last full one is too long ago.

    A second look at `only` some keys follows it in any case: the next run will still know that it has to be full.
    """
    done = Run.objects.filter(version=run.version, state=Run.DONE)
    last, whole = done.order_by("-pk").first(), done.filter(is_full=True).order_by("-pk").first()
    if only:
        return last
    if whole is None or last.tables_hash != run.tables_hash or at - whole.as_of >= FULL_EVERY:
        return None
    return last


def _keys_to_look_at(run, last, spine, only=None):
    """(Changed keys, keys told with others, and keys that differ still, or None for all; the first two of these).

    A second look at `only` some asks the same keys: from them it knows what goes together, and what has one cause.
    """
    run.is_full = True
    if last is None:
        spine.renew()
        return None, set()
    changed = spine.follow(last.change_mark) | set(last.folded_keys)
    waiting = Difference.objects.filter(profile=run.profile).exclude(state=Difference.RESOLVED)
    keys = changed | {key for key in waiting.values_list("key", flat=True) if key}
    if only:
        run.is_full = False
        return keys, changed
    if len(keys) * SHARE > sum(spine.count(name) for name in spine.places) or any(len(k) >= LONGEST for k in keys):
        return None, changed
    run.is_full = False
    return keys, changed


def sources_of(spec):
    """{code: SourceSystem} of all that a stored specification compares; refused where the hub lacks one."""
    wanted = {str((tree or {}).get("source", name)) for name, tree in spec["systems"].items()}
    found = {s.code: s for s in SourceSystem.objects.filter(code__in=wanted)}
    if wanted - set(found):
        names = ", ".join(sorted(wanted - set(found)))
        raise Refusal(_("The hub knows no system %(names)s."), code="no_system", names=names)
    return found


def complete_until(system, at):
    """µs up to which the system is known complete; None while it speaks."""
    moment = system.watermark_at or (system.last_heard_at if system.is_silent(at) else None)
    return micro_of(moment) if moment else None


def read_records(ids):
    return SourceRecord.objects.filter(pk__in=ids).values(*RECORD_COLUMNS)


# --- keeping ------------------------------------------------------------------------------------------------


def sightings_of(run, profile, engine, differences):
    """What keep_sightings takes, for each Difference that the engine found."""
    places = [_owner(engine, profile, one) for one in differences]
    numbers = {one.key for one, (order, _scope) in zip(differences, places, strict=True) if order is None}
    by_number = dict(Order.objects.filter(number__in=numbers, is_open__gte=0).values_list("number", "pk")) \
        if len(numbers) < 900 else {}
    scopes = dict(Order.objects.filter(pk__in={o for o, _s in places if o} | set(by_number.values())).values_list(
        "pk", "scope_id"))
    return [_sighting(run, profile, one, order or by_number.get(one.key), scope, scopes)
            for one, (order, scope) in zip(differences, places, strict=True)]


def _owner(engine, profile, one):
    """(order id, scope id) of the record that speaks first for the key: the system of record's, else any."""
    names = sorted(one.sides, key=lambda n: (n != profile.record_system, n))
    rows = [row for n in names for row in (one.sides[n], *one.sides[n].children)]
    owners = [engine.owners[r.place] for r in rows if r.place in engine.owners]
    order = next((o for o, _s in owners if o), None)
    return order, next((s for _o, s in owners if s), None)


def _sighting(run, profile, one, order_id, scope_id, scopes):
    main = one.main
    return {
        "fingerprint": fingerprint_of(run.profile.code, one, profile), "key": one.key[:LONGEST], "kind": one.kind,
        "field": one.field[:60], "systems": sorted(set(one.sides) | set(one.absent)), "order_id": order_id,
        "scope_id": scopes.get(order_id) or scope_id or run.profile.scope_id,
        "state": Difference.EXPECTED if one.state == "expected" else Difference.OPEN,
        "recheck_at": _moment(one.until_us) if one.state == "expected" else None,
        "severity": SEVERITY[one.severity], "values": shown_values(one, profile), "cause": main.cause,
        "confidence": main.confidence, "causes": [cause_of(v) for v in one.causes], "group_code": one.group,
        "evidence": evidence_of(one, profile), "basis": partial(basis_of, one),
    }


def _keep(run, sightings, tally, by, at, progress):
    counts = Counter(new=0, still=0, reopened=0, expected=0)
    for place in range(0, len(sightings), CHUNK):
        started = time.monotonic()
        counts.update(keep_sightings(
            run=run, sightings=sightings[place:place + CHUNK], by=by, at=at, tally=tally))
        progress(2, 4, str(_("keeping")))
        rest(started, MOST_REST_S)
    return dict(counts)


def _resolve(run, profile, seen, covered, tally, by, at, only=None):
    """Close what is gone, where every system that takes part has been heard; of `only` these keys when given."""
    gone = []
    rows = Difference.objects.filter(
        profile=run.profile, state__in=(*Difference.OPEN_STATES, Difference.EXPECTED)
    ).values_list("pk", "fingerprint", "field", "key")
    for pk, fingerprint, field, key in rows.iterator(chunk_size=2000):
        if fingerprint not in seen and (not only or key in only) and _concerned(profile, field) <= covered:
            gone.append(pk)
    done = 0
    for place in range(0, len(gone), CHUNK):
        started = time.monotonic()
        done += resolve_gone(run=run, ids=gone[place:place + CHUNK], by=by, at=at, tally=tally)
        rest(started, MOST_REST_S)
    return done


def _concerned(profile, field):
    return set(profile.fields[field].columns) if field in profile.fields else set(profile.systems)


def _open_now(run, tally):
    """How many differences are open after the run, and why: what lists and pages count, whatever this run looked at."""
    causes = Counter()
    found = Difference.objects.filter(profile=run.profile, state__in=Difference.OPEN_STATES).order_by()
    for scope, field, cause, count in found.values_list("scope_id", "field", "cause").annotate(n=Count("pk")):
        tally.add(scope, field, "open", count)
        causes[cause] += count
    return {"open": causes.total(), "causes": dict(causes)}


def _keep_groups(run, groups):
    CauseGroup.objects.filter(run=run).delete()
    CauseGroup.objects.bulk_create([CauseGroup(
        run=run, code=g.id, cause=g.cause, dimension=g.dimension, value=g.value[:120], from_at=_moment(g.start_us),
        to_at=_moment(g.end_us), hits=len(g.members), share=round(g.share, 4), sentence_en=g.sentence()["en"][:500],
        sentence_zh=g.sentence()["zh"][:500]) for g in groups])


def _join_known(run, profile, groups, kept):
    """A group goes on under the code that its others have, until the next run draws all of it anew: one ticket."""
    mine = {id(one) for one in kept}
    for group in groups:
        if any(id(one) in mine for one in group.members):
            marks = [fingerprint_of(run.profile.code, one, profile) for one in group.members if id(one) not in mine]
            known = Difference.objects.filter(fingerprint__in=marks[:KNOWN]).exclude(group_code="").order_by()
            codes = Counter(known.values_list("group_code", flat=True)).most_common(1)
            group.id = codes[0][0] if codes else group.id
            for one in group.members:
                one.group = group.id


def _moment(us):
    return None if us is None else EPOCH + timedelta(microseconds=us)


def _finish(run, profile, engine, covered, counts):
    hold_turn(run)
    run.state, run.finished_at, run.lease_until = Run.DONE, timezone.now(), None
    run.systems = list(profile.systems)
    run.watermarks = {n: profile.systems[n].watermark for n in profile.systems}
    run.counts = {
        **counts, "rows": dict(engine.rows), "compared": sum(engine.rows.values()),
        "silent": sorted(set(profile.systems) - covered),
    }
    run.save()


def _forget_old(run):
    """Sightings of old runs go, but each difference's first and everything of the last runs of the schedule stay."""
    runs = Run.objects.filter(profile=run.profile).order_by("-pk").values_list("pk", flat=True)
    old = list(runs.filter(is_recheck=False)[KEPT_RUNS:KEPT_RUNS + 5])
    for pk in runs.filter(pk__range=(old[-1], old[0])) if old and not run.is_recheck else ():
        stale = Observation.objects.filter(run_id=pk).exclude(difference__first_run_id=pk).values_list("pk", flat=True)
        while ids := list(stale[:500]):
            bases = set(Observation.objects.filter(pk__in=ids).exclude(basis=None).values_list("basis_id", flat=True))
            Observation.objects.filter(pk__in=ids).delete()
            Basis.objects.filter(pk__in=bases, observations=None).delete()


