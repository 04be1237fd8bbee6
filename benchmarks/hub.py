"""Where does a benchmark run? In a fresh hub of its own, on SQLite or on a PostgreSQL of its own."""
import os
import shutil
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("ORDERHUB_VAR") or ROOT / "var") / "bench"


def environment(name, database_url=""):
    """The environment of a child process that has a hub of its own, and that hub's folder."""
    HOME.mkdir(parents=True, exist_ok=True)
    folder = tempfile.mkdtemp(prefix=f"{name}-", dir=HOME)
    mine = {
        "ORDERHUB_VAR": folder, "ORDERHUB_DEBUG": "1", "DJANGO_SETTINGS_MODULE": "config.settings",
        "ORDERHUB_BENCH_HOME": str(HOME), "ORDERHUB_SECRET_KEY": "for-benchmarks-only-" * 4,
    }
    kept = {key: value for key, value in os.environ.items() if not key.startswith("ORDERHUB_")}
    return kept | mine | ({"ORDERHUB_DATABASE_URL": database_url} if database_url else {}), folder


def open_hub():
    """Set Django up on this process's own database, migrated and empty. Returns the database's vendor."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    settings.DEBUG = False  # with it, every query is kept in memory
    call_command("migrate", verbosity=0)
    call_command("sync_reference", found=True, verbosity=0, stdout=open(os.devnull, "w"))
    return connection.vendor


def database_bytes():
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
            return cursor.fetchone()[0]
    path = Path(connection.settings_dict["NAME"])
    return sum(one.stat().st_size for one in path.parent.glob(path.name + "*"))


def remove(folder):
    shutil.rmtree(folder, ignore_errors=True)
