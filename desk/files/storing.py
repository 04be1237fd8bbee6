"""What a comparison of files found, kept as a run with its differences, so that it is worked on like any other."""

import hashlib
from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refusal
from kernel.models import Company, Scope
from kernel.news import action
from orders.models import Order
from reconciliation.findings import finding_of
from reconciliation.models import CauseGroup, Difference, Observation, Profile, ProfileVersion, Run

SEVERITIES = {"high": 1, "medium": 2, "low": 3}
KEPT = 20_000
CHUNK = 500


@action
def keep_profile(*, tree, by, at):
    """A profile of files with its version, under a code of its own. Refused before the company is named."""
    company, scope = Company.objects.order_by("pk").first(), home_scope()
    if company is None or scope is None:
        raise Refusal(_("Name the company first: the differences need a place to belong to."), code="no_company")
    columns = sorted((name, system["key"]["columns"]) for name, system in tree["systems"].items())
    code = "files-" + hashlib.sha256(repr((columns, sorted(tree["fields"]))).encode()).hexdigest()[:10]
    profile, _new = Profile.objects.get_or_create(
        code=code,
        defaults={
            "name_en": tree["name"]["en"][:120],
            "name_zh": tree["name"]["zh"][:120],
            "company": company,
            "scope": scope,
            "every_minutes": 0,
            "is_active": False,
        },
    )
    last = profile.versions.order_by("-number").first()
    if last and last.spec == tree:
        return last
    number = last.number + 1 if last else 1
    return ProfileVersion.objects.create(profile=profile, number=number, spec=tree, published_at=at)


def home_scope():
    """The data scope of what belongs to no order: the system's, else the first."""
    return Scope.objects.filter(kind=Scope.SYSTEM).order_by("pk").first() or Scope.objects.order_by("pk").first()


@action
def open_run(*, version, job, at, by=None):
    return Run.objects.create(
        profile=version.profile,
        version=version,
        job=job,
        state=Run.RUNNING,
        as_of=at,
        started_at=at,
        systems=sorted(version.spec["systems"]),
    )


@action
def keep_differences(*, run, outcome, differences, at, by=None):
    """One bite of what was found; a difference known from an earlier run is seen again. Returns (new, still)."""
    findings = [finding_of(one, outcome.profile) for one in differences]
    prints = [fingerprint(run.profile.code, one) for one in findings]
    known = {row.fingerprint: row for row in Difference.objects.filter(fingerprint__in=prints)}
    orders = {row.number: row for row in Order.objects.filter(number__in=[one["key"] for one in findings])}
    new = still = 0
    for mark, finding in zip(prints, findings, strict=True):
        row = known.get(mark)
        new, still = (new + 1, still) if row is None else (new, still + 1)
        row = _kept(
            row
            or Difference(
                fingerprint=mark, profile=run.profile, scope=run.profile.scope, first_run=run, opened_at=at
            ),
            finding,
            run,
            orders,
        )
        Observation.objects.update_or_create(
            difference=row,
            run=run,
            defaults={
                "values": finding["values"],
                "causes": finding["causes"],
                "evidence": finding["causes"][0]["evidence"] if finding["causes"] else {},
            },
        )
    return new, still


def fingerprint(code, finding):
    parts = [code, finding["key"], finding["field"] or finding["kind"], *finding["systems"]]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _kept(row, finding, run, orders):
    first = finding["causes"][0] if finding["causes"] else {}
    row.key, row.kind, row.field = finding["key"][:120], finding["kind"], (finding["field"] or "")[:60]
    row.systems, row.values, row.causes = finding["systems"], finding["values"], finding["causes"]
    row.cause, row.confidence = first.get("cause", "UNKNOWN"), first.get("confidence", "")
    row.group_code, row.severity, row.last_run = finding["group"] or "", SEVERITIES.get(finding["severity"], 2), run
    order = orders.get(finding["key"])
    if order is not None and order.scope_id == row.scope_id:
        row.order = order
    if row.pk is None or row.state == Difference.RESOLVED:
        row.reopened_count += row.state == Difference.RESOLVED
        row.state = Difference.EXPECTED if finding["state"] == "expected" else Difference.OPEN
    row.save()
    return row


@action
def close_run(*, run, outcome, new, still, at, by=None):
    """The run is done: its groups, its counts, and what earlier runs found and this one did not is resolved."""
    gone = Difference.objects.filter(profile=run.profile, state__in=Difference.OPEN_STATES).exclude(last_run=run)
    resolved = gone.update(state=Difference.RESOLVED, resolved_at=at)
    CauseGroup.objects.bulk_create([_group(run, one) for one in outcome.groups[:50]])
    run.counts = {
        "new": new,
        "still": still,
        "resolved": resolved,
        "open": len(outcome.open),
        "expected": len(outcome.expected),
        "rows": outcome.rows,
    }
    run.state, run.finished_at = Run.DONE, at
    run.save()
    return run


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
    run.state, run.error, run.finished_at = Run.FAILED, str(error)[:2000], at
    run.save()
    return run
