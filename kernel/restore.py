"""How does a backup become the hub again, and nothing half of it, and nobody hears old news?

The whole file is checked before a row is touched; then everything is replaced in one transaction. Words that were on
their way out are held, and so are new ones, until a person says otherwise (kernel.outbox.release_outbound).
"""
import hashlib
import json
import zipfile
from datetime import timedelta

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from kernel.backup import CHUNK, FORMAT, MANIFEST, applied_migrations, entry_of, kept_models
from kernel.errors import Refusal
from kernel.job_files import uploads
from kernel.models import Heartbeat, JobRun
from kernel.outbox import hold_outbound

RUNNING = timedelta(minutes=2)
INSERT = 400


def read_manifest(archive):
    try:
        manifest = json.loads(archive.read(MANIFEST))
    except (KeyError, ValueError):
        raise Refusal(_("This file is no backup of the hub."), code="backup_format") from None
    if manifest.get("format") != FORMAT:
        raise Refusal(_("This backup has a format this version does not know."), code="backup_format")
    return manifest


def restore_backup(path, at, tell=lambda words: None):
    """Replace everything by what the file holds. Returns its manifest; refuses without touching a row."""
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile):
        raise Refusal(_("This file is no backup of the hub."), code="backup_format") from None
    with archive:
        manifest = read_manifest(archive)
        _check_schema(manifest)
        _check_content(archive, manifest)
        with transaction.atomic():
            _replace_rows(archive, manifest, tell)
            _calm_down(at)
        _put_files(archive, manifest)
    return manifest


def is_running(at):
    """Is a hub at work on this database?"""
    return Heartbeat.objects.filter(beat_at__gte=at - RUNNING, name__in=["tick", "worker"]).exists()


def _check_schema(manifest):
    here, there = set(applied_migrations()), set(manifest["migrations"])
    if here != there:
        raise Refusal(
            _("This backup is of version %(version)s with another schema (%(strange)s). Restore it with that version."),
            code="backup_schema", version=manifest["version"], strange=", ".join(sorted(here ^ there)[:5]),
        )


def _check_content(archive, manifest):
    known = {model._meta.label for model in kept_models()}
    for table in manifest["tables"]:
        if table["model"] not in known:
            raise Refusal(_("This backup holds a table nobody knows: %(name)s."), code="backup_schema",
                          name=table["model"])
        _check_entry(archive, entry_of(apps.get_model(table["model"])), table["sha256"])
    for file in manifest["files"]:
        _check_entry(archive, f"files/{file['name']}", file["sha256"])
        _place_of(file["name"])


def _check_entry(archive, name, sha256):
    digest = hashlib.sha256()
    try:
        with archive.open(name) as stream:
            for block in iter(lambda: stream.read(1 << 20), b""):
                digest.update(block)
    except (KeyError, zipfile.BadZipFile, OSError):
        digest.update(b"unreadable")
    if digest.hexdigest() != sha256:
        raise Refusal(_("The backup is damaged: %(name)s is not as it was written."), code="backup_damaged", name=name)


def _replace_rows(archive, manifest, tell):
    # Foreign keys are checked at COMMIT on both databases, so that the order of tables does not matter.
    with connection.cursor() as cursor:
        for model in kept_models():
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")
    for table in manifest["tables"]:
        model = apps.get_model(table["model"])
        _load(archive, model, table["columns"])
        tell(f"{table['model']}: {table['rows']}")
    _reset_sequences()


def _load(archive, model, columns):
    fields = [model._meta.get_field(name) for name in columns]
    batch = []
    with archive.open(entry_of(model)) as lines:
        for line in lines:
            batch.append(_row(model, fields, json.loads(line)))
            if len(batch) >= CHUNK:
                model._base_manager.bulk_create(batch, batch_size=INSERT)
                batch = []
    model._base_manager.bulk_create(batch, batch_size=INSERT)


def _row(model, fields, values):
    return model(**{
        field.attname: field.target_field.to_python(value) if field.is_relation else field.to_python(value)
        for field, value in zip(fields, values, strict=True)
    })


def _reset_sequences():
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), kept_models()):
            cursor.execute(statement)


def _calm_down(at):
    """Held words, jobs to be kicked anew, and loops that have not beaten here yet."""
    hold_outbound(reason="restore", by=None, at=at)
    JobRun.objects.filter(state__in=[JobRun.WAITING, JobRun.RUNNING]).update(
        state=JobRun.WAITING, lease_until=None, next_kick_at=at
    )
    Heartbeat.objects.filter(name__in=["tick", "worker"]).delete()


def _place_of(name):
    root = uploads().resolve()
    place = (root / name).resolve()
    if root not in place.parents:
        raise Refusal(_("The backup holds a file outside its folder: %(name)s."), code="backup_damaged", name=name)
    return place


def _put_files(archive, manifest):
    for file in manifest["files"]:
        place = _place_of(file["name"])
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(archive.read(f"files/{file['name']}"))
