"""How is everything of the hub written to one file while it runs, the same from both databases?

A zip: one JSON-lines entry per table, in one consistent snapshot (SQLite: a read transaction on the write-ahead log;
PostgreSQL: REPEATABLE READ), uploaded files, and at the end `manifest.json` with version, applied migrations, rows and
sha256 per entry. Sessions, lock-outs and the task queue are no truth and stay out. Keys are not in it: whoever keeps
the file keeps ORDERHUB_SECRET_KEY and ORDERHUB_FIELD_KEYS elsewhere.
"""
import base64
import hashlib
import json
import os
import zipfile
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder

from kernel.job_files import uploads

FORMAT = 1
LEFT_OUT = {"sessions", "django_q", "axes"}
CHUNK = 2000
DEFAULT = "default"
MANIFEST = "manifest.json"


def kept_models():
    """Every concrete model whose table is part of a backup, many-to-many tables included, in a stable order."""
    found = {
        model._meta.db_table: model for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.app_label not in LEFT_OUT
    }
    return [found[table] for table in sorted(found)]


def applied_migrations():
    """["app.name", …] as the database has them."""
    rows = MigrationRecorder(connections[DEFAULT]).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in rows)


def write_backup(path, at, tell=lambda words: None):
    """Write the backup file (mode 0600, in place only when whole) and return its manifest."""
    path = Path(path)
    part = path.with_name(path.name + ".part")
    try:
        with os.fdopen(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600), "w+b") as raw:
            with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
                manifest = _write_all(archive, at, tell)
            raw.flush()
            os.fsync(raw.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def _write_all(archive, at, tell):
    manifest = {
        "format": FORMAT, "version": settings.VERSION, "database": connection.vendor, "made_at": at.isoformat(),
    }
    with _snapshot():
        manifest["migrations"] = applied_migrations()
        manifest["tables"] = [_write_table(archive, model, tell) for model in kept_models()]
    manifest["files"] = [_write_file(archive, path) for path in uploaded_files()]
    archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
    return manifest


@contextmanager
def _snapshot():
    """For this thread, a connection of its own in one read-only transaction that sees one instant."""
    usual, reading = connections[DEFAULT], _reading_connection()
    connections[DEFAULT] = reading
    try:
        reading.ensure_connection()
        reading.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        with reading.cursor() as cursor:
            if reading.vendor == "postgresql":
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT COUNT(*) FROM django_migrations")  # the instant is taken with the first read
        yield
    finally:
        connections[DEFAULT] = usual
        reading.rollback()
        reading.close()


def _reading_connection():
    reading = connection.copy()
    if reading.vendor == "sqlite":
        reading.settings_dict["OPTIONS"].pop("transaction_mode", None)  # IMMEDIATE would take the writers' lock
    return reading


def _write_table(archive, model, tell):
    names = [field.attname for field in model._meta.concrete_fields]
    rows = model._base_manager.order_by("pk").values_list(*names)
    digest, count = hashlib.sha256(), 0
    with archive.open(entry_of(model), "w", force_zip64=True) as out:
        for row in rows.iterator(chunk_size=CHUNK):
            line = json.dumps(row, default=plain, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            digest.update(line)
            out.write(line)
            count += 1
    tell(f"{model._meta.label}: {count}")
    return {"model": model._meta.label, "columns": names, "rows": count, "sha256": digest.hexdigest()}


def entry_of(model):
    return f"tables/{model._meta.label}.jsonl"


def plain(value):
    """How values JSON does not know are written; `kernel.restore` reads them by the field's own to_python."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    raise TypeError(f"{type(value).__name__} cannot be written to a backup")


def uploaded_files():
    """The files people dropped; what jobs exported can be exported again."""
    return sorted(path for path in uploads().rglob("*") if path.is_file())


def _write_file(archive, path):
    name = path.relative_to(uploads()).as_posix()
    archive.write(path, f"files/{name}")
    return {"name": name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
