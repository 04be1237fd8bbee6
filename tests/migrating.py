"""How does a test get a database of its own, empty or of an older version, and bring it to the newest?"""
import os
import tempfile
from contextlib import contextmanager

import psycopg
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor


@contextmanager
def empty_database():
    """The default connection goes to a new, empty database meanwhile.

    On PostgreSQL one that sorts by a language, as most servers do and the tests' own does not, if the server can.
    """
    old = connections["default"]
    with _made(old) as name:
        mine = type(old)({**old.settings_dict, "NAME": name}, "default")
        connections["default"] = mine
        try:
            yield mine
        finally:
            mine.close()
            connections["default"] = old


@contextmanager
def _made(old):
    if old.vendor == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield os.path.join(folder, "hub.sqlite3")
        return
    name = f"own_{os.getpid()}_{os.urandom(3).hex()}"
    given = old.settings_dict
    address = {"host": given["HOST"], "port": given["PORT"], "user": given["USER"], "password": given["PASSWORD"]}
    with psycopg.connect(**address, dbname="postgres", autocommit=True) as server:
        languages = server.execute("select 1 from pg_collation where collname = 'en-x-icu'").fetchone()
        sorting = "locale_provider icu icu_locale 'en'" if languages and server.info.server_version >= 150_000 else ""
        server.execute(f"create database {name} template template0 {sorting}")
        try:
            yield name
        finally:
            server.execute(f"drop database {name} with (force)")


def migrate_to(targets=None):
    """To the named migrations of some apps (all others to the newest that fits), or to the newest of all.

    Returns the apps as they are then, whose models fit the tables.
    """
    connection = connections["default"]
    if targets is None:
        call_command("migrate", verbosity=0)
        return MigrationExecutor(connection).loader.project_state().apps
    executor = MigrationExecutor(connection)
    nodes = [(app, name) for app, name in targets.items()]
    executor.migrate(nodes)
    return MigrationExecutor(connection).loader.project_state(nodes).apps
