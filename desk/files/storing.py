"""What a comparison of files found, kept as a run with its differences, so that it is worked on like any other."""

import hashlib
from datetime import UTC, datetime
from functools import partial

from django.utils.translation import gettext_lazy as _

from desk.files.bad_cells import MOST
from integrations.models import ImportFile
from kernel.access import ALL, scope_ids
from kernel.errors import Refusal
from kernel.models import Company, Scope
from kernel.news import action
from orders.models import Order
from reconciliation.actions.run_comparison import SEVERITY
from reconciliation.actions.turns import hold_turn
from reconciliation.causes.keeping import basis_of
from reconciliation.findings import cause_of, shown_values
from reconciliation.fingerprints import LONGEST, fingerprint_of
from reconciliation.models import CauseGroup, Difference, Profile, ProfileVersion, Run
from reconciliation.sightings import evidence_of

KEPT = 20_000
REMARKS = 200
CHUNK = 200


@action
def keep_profile(*, tree, by, at):
    """A profile of files with its version, under a code of its own. Refused before the company is named."""
    scope = place_for(by)
    company = scope.company or Company.objects.order_by("pk").first()
    columns = sorted((name, system["key"]["columns"]) for name, system in tree["systems"].items())
    code = "files-" + hashlib.sha256(repr((columns, sorted(tree["fields"]), scope.pk)).encode()).hexdigest()[:10]
    profile, _new = Profile.objects.get_or_create(
        code=code,
        defaults={
            "name_en": tree["name"]["en"][:120],
            "name_zh": tree["name"]["zh"][:120],
            "company": company,
            "scope": scope,
            "every_minutes": 0,
            "is_active": False,
            "of_files": True,
        },
    )
    last = profile.versions.order_by("-number").first()
    if last and last.spec == tree:
        return last
    number = last.number + 1 if last else 1
    return ProfileVersion.objects.create(profile=profile, number=number, spec=tree, published_at=at)


def home_scope(person=None):
    """The data scope of what belongs to no order: the system's, else the first. Of a person: one that they may see."""
    scopes, mine = Scope.objects.order_by("pk"), scope_ids(person) if person else ALL
    if mine is not ALL:
        scopes = scopes.filter(pk__in=mine)
    return scopes.filter(kind=Scope.SYSTEM).first() or scopes.first()


def place_for(person):
    """The scope of what this person drops; refuses where they could not see it themselves."""
    if home_scope() is None:
        raise Refusal(_("Name the company first: the differences need a place to belong to."), code="no_company")
    scope = home_scope(person)
    if scope is None:
        raise Refusal(
            _("You have no data scope, so you could not see what is found. Your administrator gives you one."),
            code="no_scope",
        )
    return scope


def sightings_of(run, profile, differences):
    """What reconciliation.actions.keep_sightings takes, for each difference of a comparison of files."""
    numbers = [one.key for one in differences]
    orders = dict(Order.objects.filter(number__in=numbers, scope_id=run.profile.scope_id).values_list("number", "pk"))
    return [_sighting(run, profile, one, orders.get(one.key)) for one in differences]


def _sighting(run, profile, one, order_id):
    return {
        "fingerprint": fingerprint_of(run.profile.code, one, profile),
        "key": one.key[:LONGEST],
        "kind": one.kind,
        "field": one.field[:60],
        "systems": sorted(set(one.sides) | set(one.absent)),
        "order_id": order_id,
        "scope_id": run.profile.scope_id,
        "state": Difference.EXPECTED if one.state == "expected" else Difference.OPEN,
        "severity": SEVERITY[one.severity],
        "values": shown_values(one, profile),
        "cause": one.main.cause,
        "confidence": one.main.confidence,
        "causes": [cause_of(verdict) for verdict in one.causes],
        "group_code": one.group,
        "evidence": evidence_of(one, profile),
        "basis": partial(basis_of, one),
    }


def waiting_in(profile):
    """The profile's differences that may be gone: what nobody has decided on."""
    return Difference.objects.filter(profile=profile, state__in=(*Difference.OPEN_STATES, Difference.EXPECTED))


def gone_of(run, outcome):
    """Ids of waiting differences that this run looked at and did not see. October's files close nothing of September.

    Held against all that was found, also what is not kept.
    """
    seen = {fingerprint_of(run.profile.code, one, outcome.profile) for one in outcome.differences}
    rows = waiting_in(run.profile).values_list("pk", "fingerprint", "key", "field")
    return [
        pk
        for pk, mark, key, field in rows.iterator(chunk_size=2000)
        if mark not in seen and outcome.covers(key, _concerned(outcome.profile, field))
    ]


def _concerned(profile, field):
    return profile.fields[field].columns if field in profile.fields else profile.systems


@action
def close_run(*, run, outcome, counts, at, by=None):
    """The run is done: its groups and its counts."""
    hold_turn(run)
    CauseGroup.objects.filter(run=run).delete()
    CauseGroup.objects.bulk_create([_group(run, one) for one in outcome.groups[:50]])
    run.counts = {**counts, "open": _open_now(run), "rows": outcome.rows, "compared": sum(outcome.rows.values())}
    run.systems = sorted(outcome.profile.systems)
    run.state, run.finished_at, run.lease_until = Run.DONE, at, None
    run.save()
    return run


def _open_now(run):
    """What lists and pages count: what was accepted, or may settle by itself, is not open."""
    return Difference.objects.filter(profile=run.profile, state__in=Difference.OPEN_STATES).count()


def _group(run, group):
    said = group.sentence()
    return CauseGroup(
        run=run,
        code=str(group.id)[:40],
        cause=group.cause[:40],
        dimension=group.dimension[:40],
        value=str(group.value)[:120],
        from_at=_moment(group.start_us),
        to_at=_moment(group.end_us),
        hits=group.hits,
        share=group.share,
        sentence_en=said["en"][:500],
        sentence_zh=said["zh"][:500],
    )


def _moment(micros):
    return None if micros is None else datetime.fromtimestamp(micros / 1_000_000, UTC)


@action
def fail_run(*, run, error, at, by=None):
    """It failed, unless it was taken for dead meanwhile."""
    return Run.objects.filter(pk=run.pk, state=Run.RUNNING).update(
        state=Run.FAILED, error=str(error)[:2000], finished_at=at, lease_until=None
    )


@action
def keep_bad_rows(*, pk, found, notes, at, by=None):
    """What a Checker found in a whole file, beside the reader's own remarks."""
    listed = [{"sheet": b.sheet, "row": b.row, "column": b.column, "value": b.value, "code": b.code} for b in found.bad]
    remarks = [[note.row, "", str(note)] for note in notes[:REMARKS]]
    bad = len({one.row for one in found.bad}) if len(found.bad) < MOST else found.cells + found.keyless
    return ImportFile.objects.filter(pk=pk).update(
        bad_rows=listed + remarks, row_count=found.rows, good_count=max(0, found.rows - bad), state=ImportFile.DONE
    )
