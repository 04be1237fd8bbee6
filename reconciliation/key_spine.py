"""Which keys must an incremental run look at, and which records share a key?

The spine (`ComparedKey`) holds the smoothed key of every record a version of a profile compares. Records changed since
the last run's mark are read anew; their old and new keys are what changed. A full run makes the spine anew. Work is
done in short pieces, so that on SQLite nobody waits long for the one writer.
"""

from __future__ import annotations

import time

from kernel.one_writer import rest
from orders.bulk import in_chunks
from reconciliation.records import RecordSql

PIECE = 20_000
CHUNK = 400
MOST_REST_S = 0.2
TABLE = "reconciliation_comparedkey"
PASSING = "rec_spine"  # of a comparison that is only tried: gone with the connection


class Spine:
    """The spine of one version. `systems` {name in the profile: id of the SourceSystem}, in the profile's order.

    `beat` is called at every piece of work: reading all records takes its time, and somebody waits for a sign of life.
    """

    table = TABLE

    def __init__(self, connection, profile, version_id, systems, beat=lambda: None):
        self.connection, self.profile, self.version_id, self.systems = connection, profile, int(version_id), systems
        self.beat = beat
        self.dialect = "postgres" if connection.vendor == "postgresql" else "sqlite"
        self.places = {name: place for place, name in enumerate(profile.systems)}

    def renew(self):
        """Make it anew from all records, and forget the spines of the profile's older versions."""
        self._ask(f"DELETE FROM {self.table} WHERE version_id IN (SELECT id FROM reconciliation_profileversion WHERE "
                  "profile_id = (SELECT profile_id FROM reconciliation_profileversion WHERE id = %s))",
                  [self.version_id])
        self._read_all()

    def _read_all(self):
        top = self._ask("SELECT coalesce(max(id), 0) FROM orders_sourcerecord")[0][0]
        for first in range(0, top + 1, PIECE):
            self.beat()
            began = time.monotonic()
            for name in self.places:
                self._read(name, "r.id BETWEEN %s AND %s", [first, first + PIECE - 1])
            rest(began, MOST_REST_S)

    def follow(self, since):
        """Read the records changed above the mark `since` anew; the keys they had and have now."""
        # Asked by the mark alone: by system as well, SQLite without statistics would go over all records of the system.
        changed, touched = {}, set()
        for record, system, entity in self._ask(
                "SELECT id, system_id, entity FROM orders_sourcerecord WHERE change_number > %s", [since]):
            changed.setdefault((system, entity), []).append(record)
        for name, place in self.places.items():
            mine_changed = changed.get((self.systems[name], self.profile.systems[name].entity), [])
            for part in in_chunks(mine_changed, CHUNK):
                self.beat()
                began = time.monotonic()
                mine = f"version_id = {self.version_id} AND place = {place} AND record_id IN ({holes(part)})"
                touched.update(k for (k,) in self._ask(f"SELECT k FROM {self.table} WHERE {mine}", part))
                self._ask(f"DELETE FROM {self.table} WHERE {mine}", part)
                self._read(name, f"r.id IN ({holes(part)})", part)
                touched.update(k for (k,) in self._ask(f"SELECT k FROM {self.table} WHERE {mine}", part))
                rest(began, MOST_REST_S)
        return touched - {""}

    def count(self, name):
        return self._ask(f"SELECT count(*) FROM {self.table} WHERE version_id = {self.version_id} "
                         f"AND place = {self.places[name]}")[0][0]

    def drawn(self, name, size):
        """The first `size` keys of a system in the order of their lots."""
        return [k for k, _lot in self._ask(
            f"SELECT DISTINCT k, lot FROM {self.table} WHERE version_id = {self.version_id} "
            f"AND place = {self.places[name]} AND k <> '' ORDER BY lot, k LIMIT {int(size)}")]

    def records_sql(self, name, keys_table):
        """SELECT of the ids of a system's records under the keys k of a table, and of those without a key.

        IN, not a join: without statistics SQLite would begin a join with the spine, and go through all keys a row.
        """
        return (f"SELECT c.record_id FROM {self.table} c WHERE c.version_id = {self.version_id} "
                f"AND c.place = {self.places[name]} AND c.k IN (SELECT k FROM {keys_table} UNION ALL SELECT '')")

    def _read(self, name, where, params):
        sql = RecordSql(self.profile, name, self.dialect)
        self._ask(
            f"INSERT INTO {self.table} (version_id, place, record_id, k, lot) SELECT {self.version_id}, "
            f"{self.places[name]}, x.id, x.k, substr(md5(x.k), 1, 8) FROM (SELECT r.id, coalesce({sql.key()}, '') AS k "
            f"FROM {sql.records(by_id=True)} WHERE {sql.mine()} AND {where}) x",
            [self.systems[name], self.profile.systems[name].entity, *params])

    def _ask(self, sql, params=()):
        with self.connection.cursor() as cursor:
            cursor.execute(sql, list(params) or None)
            return cursor.fetchall() if cursor.description else []


class PassingSpine(Spine):
    """A spine of what is only tried, beside the real ones: of no version, in a table of this connection alone."""

    table = PASSING

    def __init__(self, connection, profile, systems, beat=lambda: None):
        super().__init__(connection, profile, 0, systems, beat)

    def renew(self):
        self.close()
        self._ask(f"CREATE TEMPORARY TABLE {PASSING} AS SELECT version_id, place, record_id, k, lot FROM {TABLE} "
                  "WHERE 1 = 0")
        self._read_all()
        self._ask(f"CREATE INDEX {PASSING}_k ON {PASSING} (place, k)")
        self._ask(f"CREATE INDEX {PASSING}_lot ON {PASSING} (place, lot)")
        if self.dialect == "postgres":
            self._ask(f"ANALYZE {PASSING}")

    def close(self):
        self._ask(f"DROP TABLE IF EXISTS {PASSING}")


def holes(values):
    return ", ".join(["%s"] * len(values))
