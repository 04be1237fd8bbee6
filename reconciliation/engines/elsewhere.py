"""How does the one template run in SQLite, PostgreSQL or Spark, over files that DuckDB has read?

DuckDB reads the files and makes their texts integers, as ever. Then every row goes over, and what differs is found
there alone, by the same template: all engines must say the same, byte for byte.
"""

from __future__ import annotations

import sqlite3
from importlib.util import find_spec
from pathlib import Path
from shutil import which

from reconciliation.engines.duckdb import DuckEngine
from reconciliation.errors import CannotRun, gettext_noop
from reconciliation.plan import build_plan, presence_sql

ENGINES = ("duckdb", "sqlite", "postgres", "spark")
BATCH = 10_000
NOT_OVER = ("rid", "inside", "chosen")


def engine_named(name, profile, *, spill, database="", threads=0, **options):
    """The engine that a person names: one of ENGINES. `database` is the address of a PostgreSQL server."""
    options |= {"spill": spill, "threads": threads}
    if name == "duckdb":
        return DuckEngine(profile, None, **options)
    place = {"sqlite": lambda: Sqlite(spill), "postgres": lambda: Postgres(database),
             "spark": lambda: Spark(spill, threads)}[name]()
    return ElsewhereEngine(profile, None, place, **options)


class ElsewhereEngine(DuckEngine):
    """A comparison whose template runs in `place`; what is asked about single rows is asked of the files as read."""

    def __init__(self, profile, lookups, place, **options):
        super().__init__(profile, lookups, whole=True, **options)
        self.place = place

    def close(self):
        self.place.close()
        super().close()

    def prepare(self):
        super().prepare()
        for relation in self.relations():
            described = self.db.execute(f"DESCRIBE {relation.name}").fetchall()
            columns = {name: kind for name, kind, *_more in described if name not in NOT_OVER}
            self.place.take(self.db, relation.name, columns)

    def compare(self):
        plan = build_plan(self.profile, self.relations(), self.place.dialect)
        return sorted((plan.read(row) for row in self.place.ask(plan.sql)), key=lambda row: row[0])

    def presence(self, system):
        relations = {name: self._one_event_per_key(name) for name in self.order}
        found = self.place.ask(presence_sql(relations, system, self.place.dialect, self.profile.partial))
        return [tuple(int(value) for value in row) for row in found]


class Sqlite:
    """A database file of its own, gone with the folder `spill`."""

    dialect = "sqlite"
    types = {"VARCHAR": "TEXT", "BIGINT": "INTEGER", "TINYINT": "INTEGER"}

    def __init__(self, spill):
        self.db = sqlite3.connect(Path(spill) / "comparison.sqlite3", isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -64000"):
            self.db.execute(f"PRAGMA {pragma}")

    def take(self, source, name, columns):
        self.db.execute(f"CREATE TABLE {name} ({_columns_sql(columns, self.types)})")
        holes = ", ".join("?" * len(columns))
        self.db.execute("BEGIN")
        for rows in _batches(source, name, columns):
            self.db.executemany(f"INSERT INTO {name} VALUES ({holes})", rows)
        self.db.execute("COMMIT")
        self.db.execute(f"CREATE INDEX {name}_k ON {name} (k)")
        self.db.execute(f"ANALYZE {name}")

    def ask(self, sql):
        return self.db.execute(sql).fetchall()

    def close(self):
        self.db.close()


class Postgres:
    """Temporary tables of one session of the server at `url`; nothing of it stays there."""

    dialect = "postgres"
    types = {"VARCHAR": "text", "BIGINT": "bigint", "TINYINT": "smallint"}

    def __init__(self, url):
        import psycopg  # noqa: PLC0415 — asked for here alone: files need no server otherwise

        if not url.startswith(("postgres://", "postgresql://")):
            raise CannotRun(gettext_noop(
                "The engine postgres needs a server: --database postgres://user:password@host/name."))
        self.trouble = psycopg.Error
        try:
            self.db = psycopg.connect(url, autocommit=True, connect_timeout=10)
        except psycopg.Error as error:
            raise CannotRun(gettext_noop("PostgreSQL does not answer: %(reason)s"),
                            reason=" ".join(str(error).split())[:300]) from error
        self.db.execute("SET work_mem = '64MB'")
        self.db.execute("SET jit = off")

    def take(self, source, name, columns):
        self.db.execute(f"CREATE TEMPORARY TABLE {name} ({_columns_sql(columns, self.types)})")
        try:
            with self.db.cursor() as cursor, cursor.copy(f"COPY {name} FROM STDIN") as copy:
                for rows in _batches(source, name, columns):
                    for row in rows:
                        copy.write_row(row)
        except self.trouble as error:
            raise CannotRun(gettext_noop("PostgreSQL does not take a row of the files: %(reason)s"),
                            reason=" ".join(str(error).split())[:300]) from error
        self.db.execute(f"CREATE INDEX ON {name} (k)")
        self.db.execute(f"ANALYZE {name}")

    def ask(self, sql):
        return self.db.execute(sql).fetchall()

    def close(self):
        self.db.close()


class Spark:
    """A Spark session: the cluster that SPARK_REMOTE or Spark's own settings name, else this machine."""

    dialect = "spark"

    def __init__(self, spill, threads=0):
        if find_spec("pyspark") is None:
            raise CannotRun(gettext_noop("The engine spark is not installed: pip install 'order-hub[spark]'."))
        if which("java") is None:
            raise CannotRun(gettext_noop("The engine spark needs Java 17 or newer, and there is no “java”."))
        from pyspark.sql import SparkSession  # noqa: PLC0415 — an optional extra

        self.spill = Path(spill)
        build = SparkSession.builder.appName("reconcile").config("spark.ui.enabled", "false") \
            .config("spark.sql.session.timeZone", "UTC").config("spark.sql.ansi.enabled", "true") \
            .config("spark.sql.ansi.doubleQuotedIdentifiers", "true") \
            .config("spark.local.dir", str(self.spill)).config("spark.log.level", "ERROR")
        self.db = (build.master(f"local[{threads}]") if threads else build).getOrCreate()

    def take(self, source, name, columns):
        path = self.spill / f"{name}.parquet"
        source.execute(f"COPY (SELECT {_names(columns)} FROM {name}) TO '{path}' (FORMAT parquet)")
        self.db.read.parquet(str(path)).createOrReplaceTempView(name)

    def ask(self, sql):
        return [tuple(row) for row in self.db.sql(sql).collect()]

    def close(self):
        self.db.stop()


def _names(columns):
    return ", ".join(f'"{name}"' for name in columns)


def _columns_sql(columns, types):
    return ", ".join(f'"{name}" {types[kind]}' for name, kind in columns.items())


def _batches(source, name, columns):
    found = source.execute(f"SELECT {_names(columns)} FROM {name}")
    while rows := found.fetchmany(BATCH):
        yield rows
