"""How does a machine with pip get a real Tryton, its own environment and two filled databases, once?

Tryton is GPL and stays a program beside the hub: its own virtual environment, its own processes, spoken to
over HTTP only. Everything built here lies in a cache outside the checkout and is built anew when absent.
"""
import fcntl
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

PACKAGES = (
    "trytond~=8.2.0", "proteus~=8.2.0", "trytond_sale~=8.2.0", "trytond_stock~=8.2.0",
    "trytond_stock_supply~=8.2.0", "trytond_account_invoice_stock~=8.2.0", "trytond_sale_credit_limit~=8.2.0",
)
MODULES = ("ir", "res", "sale", "stock_supply", "account_invoice_stock", "sale_credit_limit")
ROLES = ("erp", "wms")
SEED = Path(__file__).with_name("seed.py")
SECONDS = 600


class CannotBuild(Exception):
    """The peer cannot be built: one of the programs refused; the message holds its last lines."""


class NoPackages(CannotBuild):
    """Tryton's packages cannot be had here (no package index within reach)."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A ready environment: its interpreter's folder, and per role the filled database, REST key and facts."""

    bin: Path
    folder: Path
    facts: dict

    def database(self, role):
        return self.folder / f"{role}.sqlite"

    def key(self, role):
        return self.facts[role]["key"]


def cache_root():
    """Where built peers lie: ORDERHUB_PEER_CACHE, else ~/.cache/order-hub."""
    return Path(os.environ.get("ORDERHUB_PEER_CACHE") or Path.home() / ".cache" / "order-hub")


def prepare(*, day=None, say=lambda sentence: None):
    """The peer, built if need be. `day` (a date): databases filled that day; None: of any day.

    Two processes may call at once: one builds, the other waits. Raises CannotBuild.
    """
    root = cache_root() / f"tryton-{_fingerprint(*PACKAGES, *MODULES, sys.version[:4])}"
    root.mkdir(parents=True, exist_ok=True)
    with _locked(root / "lock"):
        _build_environment(root, say)
        _build_template(root, say)
        seeded = root / f"seed-{_fingerprint(SEED.read_text(encoding='utf-8'))}"
        _build_seeded(root, seeded, day, say)
        facts = json.loads((seeded / "facts.json").read_text(encoding="utf-8"))
    return Peer(root / "venv" / "bin", seeded, facts)


def copy_database(source, target):
    """A whole copy of a SQLite file, whatever its write-ahead log still holds."""
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old, closing(
            sqlite3.connect(target)) as new:
        old.backup(new)


def write_config(path, folder, *, listen="", worker=False):
    """A trytond configuration: databases are the files in `folder`."""
    lines = ["[database]", "uri = sqlite://", f"path = {folder}"]
    lines += ["[web]", f"listen = {listen}"] if listen else []
    lines += ["[queue]", "worker = True"] if worker else []
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _fingerprint(*parts):
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


@contextmanager
def _locked(path):
    with open(path, "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _build_environment(root, say):
    venv = root / "venv"
    if (venv / "complete").exists():
        return
    say("Installing Tryton into its own environment …")
    shutil.rmtree(venv, ignore_errors=True)
    try:
        _run([sys.executable, "-m", "venv", str(venv)])
        pip = [str(venv / "bin" / "python"), "-m", "pip"]
    except CannotBuild:  # Debian without ensurepip
        _run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(venv)])
        pip = [sys.executable, "-m", "pip", "--python", str(venv / "bin" / "python")]
    try:
        _run([*pip, "install", "--quiet", *PACKAGES])
    except CannotBuild as error:
        raise NoPackages(str(error)) from error
    (venv / "complete").touch()


def _build_template(root, say):
    template = root / "template.sqlite"
    if template.exists():
        return
    say("Creating Tryton's empty database …")
    with _workshop(root) as folder:
        (folder / "new.sqlite").touch()
        (folder / "password").write_text("only-on-loopback\n")
        write_config(folder / "trytond.conf", folder)
        _run([str(root / "venv" / "bin" / "trytond-admin"), "-c", str(folder / "trytond.conf"), "-d", "new",
              "-u", *MODULES, "--activate-dependencies", "-p", "--email", "nobody@localhost.invalid"],
             TRYTONPASSFILE=str(folder / "password"))
        copy_database(folder / "new.sqlite", folder / "template.sqlite")
        (folder / "template.sqlite").replace(template)


def _build_seeded(root, seeded, day, say):
    facts = seeded / "facts.json"
    if facts.exists() and day in (None, datetime.fromtimestamp(facts.stat().st_mtime, UTC).date()):
        return
    with _workshop(root) as folder:
        write_config(folder / "trytond.conf", folder, worker=True)
        made = {}
        for role in ROLES:
            say(f"Filling the {role.upper()} with a car-parts maker's orders …")
            made[role] = _seed(root, folder, role, made)
        (folder / "facts.json").write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")
        for old in root.glob("seed-*"):
            shutil.rmtree(old, ignore_errors=True)
        seeded.mkdir(mode=0o700)
        for role in ROLES:
            copy_database(folder / f"{role}.sqlite", seeded / f"{role}.sqlite")
        (folder / "facts.json").replace(facts)


def _seed(root, folder, role, made):
    database = folder / f"{role}.sqlite"
    copy_database(root / "template.sqlite", database)
    order = {"role": role, "name": role, "database": str(database), "out": str(folder / f"{role}.json"),
             "erp": made.get("erp")}
    (folder / "order.json").write_text(json.dumps(order), encoding="utf-8")
    _run([str(root / "venv" / "bin" / "python"), str(SEED), str(folder / "order.json")],
         TRYTOND_CONFIG=str(folder / "trytond.conf"))
    return json.loads((folder / f"{role}.json").read_text(encoding="utf-8"))


@contextmanager
def _workshop(root):
    folder = root / "building"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command, **environment):
    clean = {key: value for key, value in os.environ.items()
             if not key.startswith(("PYTHON", "DJANGO_", "VIRTUAL_ENV", "TRYTON"))}
    try:
        subprocess.run(command, check=True, timeout=SECONDS, stdin=subprocess.DEVNULL, capture_output=True,
                       text=True, env=clean | {"PYTHONDONTWRITEBYTECODE": "1"} | environment)
    except (OSError, subprocess.SubprocessError) as error:
        tail = "\n".join((getattr(error, "stderr", "") or str(error)).splitlines()[-6:])
        raise CannotBuild(f"{Path(command[0]).name} failed:\n{tail}") from error
