"""The background work of comparing two dropped files: read, compare, explain, keep, write the workbook."""

import tempfile
from collections import Counter

import yaml
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from desk.files.bad_cells import check_table
from desk.files.profile import reading_of
from desk.files.storing import (
    CHUNK,
    KEPT,
    close_run,
    fail_run,
    gone_of,
    keep_bad_rows,
    sightings_of,
    waiting_in,
)
from kernel.errors import Refusal
from kernel.job_files import exports, uploads
from kernel.jobs import NotYet
from kernel.models import JobRun
from kernel.tables import read_table
from reconciliation.actions.keep_sightings import keep_sightings, resolve_gone
from reconciliation.actions.turns import AtWork, begin_run
from reconciliation.errors import CannotRun
from reconciliation.files import compare_files
from reconciliation.models import ProfileVersion, Run
from reconciliation.profile_yaml import build_profile
from reconciliation.report import write_report
from reconciliation.seen import Tally
from reconciliation.sources import BIG

STEPS = {"reading": 1, "comparing": 2, "explaining": 3}


def compare_dropped(progress, *, version_id, files, language, imports=None):
    """`files` is {system: path below the folder of uploads}, `imports` {system: id of its ImportFile}.

    Returns {link, file, name} for the job's page. What could not be read is listed with the file.
    """
    version = ProfileVersion.objects.select_related("profile__scope").get(pk=version_id)
    job, now = JobRun.objects.get(pk=progress.job_id), timezone.now()
    with translation.override(language):
        try:
            run = begin_run(version=version, job=job, at=now, by=None, again=Run.objects.filter(job=job).first())
        except AtWork as refusal:
            raise NotYet(str(refusal)) from refusal
        try:
            result = _compared(progress, run, version, files, language)
            progress(10, 10, _listed(version.spec, files, imports or {}))
            return result
        except CannotRun as trouble:
            sentence = _(trouble.sentence) % trouble.params if trouble.params else _(trouble.sentence)
            fail_run(run=run, error=sentence, at=timezone.now())
            raise Refusal(sentence, code="cannot_run") from trouble
        except Exception as error:
            fail_run(run=run, error=error, at=timezone.now())
            raise


def _compared(progress, run, version, files, language):
    paths = {name: str(uploads() / path) for name, path in files.items()}
    profile = build_profile(version.spec)
    with tempfile.TemporaryDirectory(prefix="hub-compare-") as spill:
        outcome = compare_files(
            profile,
            yaml.safe_dump(version.spec, allow_unicode=True),
            paths,
            {},
            spill=spill,
            as_of_us=int(run.as_of.timestamp() * 1_000_000),
            step=lambda name: progress(STEPS.get(name, 3), 10, _(name)),
            # What may be absent from a file is not known of it later, so nothing could be asked again.
            keeps=not any(system.shared for system in profile.systems.values()),
            asked=set(waiting_in(version.profile).values_list("key", flat=True)),
        )
    # Rows without a number are parked: listed with their file, not among the differences.
    outcome.differences = [one for one in outcome.differences if one.key or one.kind != "unreadable"]
    target = exports() / f"{progress.job_id}.xlsx"
    write_report(outcome, target, "zh" if language.startswith("zh") else "en")
    _keep(progress, run, outcome)
    return {"link": f"/runs/{run.pk}/", "file": target.name, "name": f"{run.profile.code}-{run.pk}.xlsx"}


def _keep(progress, run, outcome):
    found, counts, tally = outcome.differences[:KEPT], Counter(), Tally()
    for start in range(0, len(found), CHUNK):
        sightings = sightings_of(run, outcome.profile, found[start : start + CHUNK])
        counts.update(keep_sightings(run=run, sightings=sightings, by=None, at=timezone.now(), tally=tally))
        progress(4 + round(5 * (start + CHUNK) / max(1, len(found))), 10, _("keeping what was found"))
    for one in outcome.differences[KEPT:]:
        tally.add(run.profile.scope_id, one.field, "unkept")
    gone = gone_of(run, outcome)
    counts["resolved"] = sum(
        resolve_gone(run=run, ids=gone[start : start + CHUNK], by=None, at=timezone.now(), tally=tally)
        for start in range(0, len(gone), CHUNK)
    )
    unkept = len(outcome.differences) - len(found)
    more = {"unkept": unkept, "most": KEPT} if unkept else {}
    close_run(run=run, outcome=outcome, counts={**counts, **more, "by_scope": tally.kept()}, at=timezone.now())
    progress(9, 10)


def _listed(spec, files, imports):
    """List with each file the cells that could not be read and the rows without a number; what there is, in words."""
    cells = keyless = 0
    for name, pk in imports.items():
        table = read_table(uploads() / files[name], limits=BIG)
        try:
            found = check_table(table, *reading_of(spec, name))
        finally:
            table.close()
        keep_bad_rows(pk=pk, found=found, notes=table.notes, by=None, at=timezone.now())
        cells, keyless = cells + found.cells, keyless + found.keyless
    said = [
        ngettext("%(n)s row without a number is parked", "%(n)s rows without a number are parked", keyless)
        % {"n": keyless},
        ngettext("%(n)s cell could not be read", "%(n)s cells could not be read", cells) % {"n": cells},
    ]
    return _(", ").join(text for text, count in zip(said, (keyless, cells), strict=True) if count)
