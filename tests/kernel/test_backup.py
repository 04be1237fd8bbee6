"""Is a backup whole and consistent while somebody writes, and does a restore bring back exactly that, quietly?"""
import json
import os
import sqlite3
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from kernel.backup import kept_models, write_backup
from kernel.errors import Refusal
from kernel.job_files import uploads
from kernel.models import Heartbeat, JobRun, OutboxMessage, Scope, User
from kernel.outbox import outbound_is_held, put_messages, release_outbound
from kernel.restore import restore_backup
from orders.models import Order
from sla.models import MilestoneNode, MilestonePlan
from sla.seed import seed_company, seed_reference
from tests.house.conftest import insider, worlds  # noqa: F401 - fixtures

ROOT = Path(__file__).resolve().parents[2]
CALMED = {"kernel.OutboxMessage", "kernel.JobRun", "kernel.Heartbeat"}
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def archive(tmp_path, settings):
    settings.VAR_DIR = tmp_path / "var"
    (uploads() / "in").mkdir(parents=True)
    (uploads() / "in" / "a.csv").write_text("order,quantity\n")
    return tmp_path / "hub.zip"


def tables(manifest):
    return {t["model"]: (t["rows"], t["sha256"]) for t in manifest["tables"] if t["model"] not in CALMED}


def test_what_comes_back_is_what_was(archive, worlds, insider):  # noqa: F811
    before = write_backup(archive, timezone.now())
    assert archive.stat().st_mode & 0o777 == 0o600
    Order.objects.update(late_reason_en="changed")
    User.objects.create_user("late-comer")
    (uploads() / "in" / "a.csv").unlink()
    restore_backup(archive, timezone.now())
    after = write_backup(archive.with_name("again.zip"), timezone.now())
    assert tables(before) == tables(after)
    assert not User.objects.filter(username="late-comer").exists()
    assert (uploads() / "in" / "a.csv").read_text() == "order,quantity\n"
    insider = User.objects.get(pk=insider.pk)
    assert Order.objects.visible_to(insider).count() == 1, "grants came back too"


def test_rows_made_afterwards_get_new_numbers(archive, worlds):  # noqa: F811
    write_backup(archive, timezone.now())
    restore_backup(archive, timezone.now())
    before = set(Scope.objects.values_list("pk", flat=True))
    scope = Scope.objects.first()
    assert Scope.objects.create(company=scope.company, code="new", name_en="n", name_zh="n").pk not in before


def test_nobody_hears_old_news(archive, db, person):
    now = timezone.now()
    message = {"channel": "c", "recipient": "r", "kind": "k", "payload": {}, "scope_id": None, "created_at": now}
    put_messages([{"key": "old", **message}])
    write_backup(archive, now)
    restore_backup(archive, now)
    put_messages([{"key": "new", **message}])
    states = set(OutboxMessage.objects.values_list("state", "next_attempt_at"))
    assert outbound_is_held() and states == {(OutboxMessage.HELD, None)}
    assert release_outbound(send=True, by=person("li"), at=now) == 2
    assert not outbound_is_held() and not OutboxMessage.objects.exclude(state=OutboxMessage.WAITING).exists()
    with pytest.raises(Refusal):
        release_outbound(send=True, by=None, at=now)


def test_held_words_can_be_dropped(archive, db, person):
    now = timezone.now()
    put_messages([{"key": "old", "channel": "c", "recipient": "r", "kind": "k", "payload": {}, "scope_id": None,
                   "created_at": now}])
    write_backup(archive, now)
    restore_backup(archive, now)
    assert release_outbound(send=False, by=person("li"), at=now) == 1
    assert OutboxMessage.objects.get().state == OutboxMessage.DEAD


def test_unfinished_jobs_are_kicked_anew(archive, db):
    now = timezone.now()
    JobRun.objects.create(key="j", kind="k", asked_at=now, state=JobRun.RUNNING, lease_until=now)
    write_backup(archive, now)
    restore_backup(archive, now)
    job = JobRun.objects.get()
    assert (job.state, job.lease_until, job.next_kick_at) == (JobRun.WAITING, None, now)


def _edited(archive, change):
    """The same archive with some entries changed: {name: bytes → bytes}."""
    other = archive.with_name("edited.zip")
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change[name](content) if name in change else content)
    return other


def refused(path):
    count = Order.objects.count()
    with pytest.raises(Refusal) as refusal:
        restore_backup(path, timezone.now())
    assert Order.objects.count() == count
    return refusal.value.code


def test_a_damaged_file_changes_nothing(archive, worlds):  # noqa: F811
    write_backup(archive, timezone.now())
    assert refused(_edited(archive, {"tables/orders.Order.jsonl": lambda c: c.replace(b"seen7q", b"other7")})) \
        == "backup_damaged"
    assert refused(_edited(archive, {"tables/orders.Order.jsonl": lambda c: c[:-20]})) == "backup_damaged"
    text = archive.with_name("notes.txt")
    text.write_text("hello")
    assert refused(text) == "backup_format"


def test_another_schema_is_refused(archive, worlds):  # noqa: F811
    write_backup(archive, timezone.now())

    def older(content):
        manifest = json.loads(content)
        manifest["migrations"] = manifest["migrations"][:-1]
        return json.dumps(manifest).encode()

    assert refused(_edited(archive, {"manifest.json": older})) == "backup_schema"


def test_a_file_outside_its_folder_is_refused(archive, worlds):  # noqa: F811
    write_backup(archive, timezone.now())
    other = archive.with_name("evil.zip")
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "manifest.json":
                manifest = json.loads(content)
                manifest["files"][0]["name"] = "../evil.csv"
                content = json.dumps(manifest).encode()
            new.writestr(name.replace("files/in/a.csv", "files/../evil.csv"), content)
    assert refused(other) == "backup_damaged" and not (uploads().parent / "evil.csv").exists()


def test_not_under_a_running_hub(archive, db):
    write_backup(archive, timezone.now())
    Heartbeat.objects.create(name="tick", beat_at=timezone.now())
    with pytest.raises(CommandError, match="Stop it first"):
        call_command("restore", str(archive), "--yes")


def test_no_passing_state_is_in_it(db):
    apps = {model._meta.app_label for model in kept_models()}
    assert not apps & {"sessions", "django_q", "axes"} and {"kernel", "orders", "guardian", "auth"} <= apps


# While somebody writes: programs of their own, a database file of its own (PostgreSQL: the test database).

@pytest.fixture
def elsewhere(tmp_path, db):
    """(address of the database for another program, how to open it here)."""
    if connection.vendor == "postgresql":
        said = connection.settings_dict
        url = f"postgres://{said['USER']}:{quote(said['PASSWORD'] or '')}@{said['HOST']}:{said['PORT']}/{said['NAME']}"
        return url, lambda: psycopg.connect(url.replace("postgres:", "postgresql:").replace(":@", "@"))
    path = tmp_path / "hub.sqlite3"
    connection.ensure_connection()
    with sqlite3.connect(path) as copy:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=WAL")
    return f"sqlite:///{path}", lambda: sqlite3.connect(path, timeout=20)


def _write_pairs(connect, stop, written):
    """Each transaction writes two tables; no snapshot may hold one half."""
    link, mark = connect(), "?" if connection.vendor == "sqlite" else "%s"
    number = 0
    while not stop.is_set():
        number += 1
        cursor = link.cursor()
        cursor.execute(
            f"INSERT INTO kernel_heartbeat (name, beat_at, detail) VALUES ({mark}, {mark}, '{{}}')",
            (f"pair{number}", "2026-11-24 02:00:00+00:00"),
        )
        cursor.execute(f"INSERT INTO auth_group (name) VALUES ({mark})", (f"pair{number}",))
        link.commit()
        written.append(number)
        stop.wait(0.002)
    link.close()


def _manage(url, tmp_path, *command):
    (tmp_path / "var").mkdir(exist_ok=True)
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "ORDERHUB_DATABASE_URL": url,
           "ORDERHUB_DEBUG": "1", "ORDERHUB_VAR": str(tmp_path / "var")}
    return subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=env, capture_output=True, text=True)


def test_consistent_while_somebody_writes(elsewhere, tmp_path):
    url, connect = elsewhere
    stop, written = threading.Event(), []
    writer = threading.Thread(target=_write_pairs, args=(connect, stop, written))
    writer.start()
    try:
        done = _manage(url, tmp_path, "backup", str(tmp_path / "busy.zip"))
    finally:
        stop.set()
        writer.join()
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / "busy.zip") as found:
        halves = [
            {json.loads(line)[1] for line in found.read(f"tables/{name}.jsonl").splitlines()}
            for name in ("kernel.Heartbeat", "auth.Group")
        ]
    pairs = [{name for name in half if name.startswith("pair")} for half in halves]
    assert pairs[0] == pairs[1] and pairs[0], "one instant, seen by both tables"
    assert len(written) > len(pairs[0]), "the writer went on meanwhile"
    again = _manage(url, tmp_path, "restore", str(tmp_path / "busy.zip"), "--yes")
    assert again.returncode == 0, again.stderr
    link = connect()
    rows = link.execute("SELECT COUNT(*) FROM auth_group WHERE name LIKE 'pair%'").fetchone()[0]
    link.close()
    assert rows == len(pairs[0])
    if connection.vendor == "sqlite":  # a new, empty database is made ready first
        fresh = tmp_path / "fresh.sqlite3"
        filled = _manage(f"sqlite:///{fresh}", tmp_path, "restore", str(tmp_path / "busy.zip"), "--yes")
        assert filled.returncode == 0, filled.stderr
        with sqlite3.connect(fresh) as link:
            assert link.execute("SELECT COUNT(*) FROM auth_group WHERE name LIKE 'pair%'").fetchone()[0] == rows


def test_published_plans_come_back_over_themselves(archive, db):
    """Their rows are fixed for everybody (triggers); a restore replaces them all the same."""
    seed_reference(company=seed_company(), at=timezone.now())
    before = MilestonePlan.objects.filter(published_at__isnull=False).count()
    assert before and MilestoneNode.objects.exists()
    write_backup(archive, timezone.now())
    restore_backup(archive, timezone.now())
    assert MilestonePlan.objects.filter(published_at__isnull=False).count() == before


@pytest.mark.skipif(connection.vendor != "postgresql", reason="goes from PostgreSQL to SQLite and back")
def test_from_one_database_to_the_other_and_back(archive, worlds, tmp_path):  # noqa: F811
    before = write_backup(archive, timezone.now())
    filled = _manage(f"sqlite:///{tmp_path / 'other.sqlite3'}", tmp_path, "restore", str(archive), "--yes")
    assert filled.returncode == 0, filled.stderr
    back = tmp_path / "back.zip"
    written = _manage(f"sqlite:///{tmp_path / 'other.sqlite3'}", tmp_path, "backup", str(back))
    assert written.returncode == 0, written.stderr
    Order.objects.update(late_reason_en="changed")
    there = restore_backup(back, timezone.now())
    assert there["database"] == "sqlite"
    assert tables(write_backup(tmp_path / "again.zip", timezone.now())) == tables(before)
