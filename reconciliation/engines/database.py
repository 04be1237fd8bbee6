"""How does the same comparison run in place, in the hub's own database?

Each system's records become a temporary table with the canonical columns (records.py); then the template of plan.py
runs as it does everywhere. Temporary tables belong to this connection alone and are gone with `close`. Given keys, only
their records are read; what a rule asks about all others is asked of the records themselves.
"""

from __future__ import annotations

from orders.bulk import in_chunks
from reconciliation.engines.newest import SAMPLE, newest_first
from reconciliation.key_spine import CHUNK, holes
from reconciliation.plan import DIVIDE, Relation, build_plan, presence_sql
from reconciliation.records import DIMENSION_COLUMNS, RecordSql, record_text
from reconciliation.rows import Reader, columns_of
from reconciliation.values import MICRO

DAY_US = 86_400 * MICRO
RECORD_COLUMNS = (
    "id", "key", "order_id", "scope_id", "order_number", "line_number", "parent_entity", "parent_key", "data",
    "status_raw", "unit_raw", "mapping_version", "occurred_at", "received_at", "first_received_at", "version",
    "sequence", "max_version", "message_id", "batch", "actor_kind", "actor", "device", "closed", "payload_hash",
)


class DatabaseEngine:
    """One comparison over orders_sourcerecord. `systems` {name in the profile: id of the SourceSystem}.

    `read_records(ids)` gives dicts of RECORD_COLUMNS, `data` as a dict; it is asked in chunks. Before each question the
    spine gives its sign of life.
    """

    def __init__(self, profile, lookups, connection, systems, read_records, spine):
        self.profile, self.lookups, self.connection, self.spine = profile, lookups, connection, spine
        self.dialect = spine.dialect
        self.sql = {name: RecordSql(profile, name, self.dialect) for name in profile.systems}
        self.known = None
        self.system_ids, self.read_records = systems, read_records
        self.order = {name: i for i, name in enumerate(profile.systems)}
        self.readers = {name: Reader(profile, name, lookups) for name in profile.systems}
        self.columns, self.rows, self.owners, self.made = {}, {}, {}, []

    def close(self):
        for kind, name in reversed(self.made):
            self._run(f"DROP {kind} IF EXISTS {name}")
        self.made = []

    # --- tables -----------------------------------------------------------------------------------------

    def prepare(self, keys=None):
        """a{i} all records of a system, canonical; s{i} one row per key, in scope. Of `keys` alone when given."""
        if keys is not None:
            self.known = set()
            self._make("TABLE", "rec_keys", "SELECT k FROM reconciliation_comparedkey WHERE 1 = 0")
            self._know(set(keys))
        for name, i in self.order.items():
            if keys is None:
                select, self.columns[name] = self.sql[name].select()
                self._make("TABLE", f"rec_a{i}", select, self._mine(name))
                self._run(f"CREATE INDEX rec_a{i}_k ON rec_a{i} (k)")
            self.rows[name] = self.spine.count(name)
            self._reduce(name, i)

    def _mine(self, name):
        return [self.system_ids[name], self.profile.systems[name].entity]

    def _know(self, keys):
        """Make sure that the records of `keys` are in a{i}; in s{i} too, once that is made."""
        is_first = "rec_a0" not in {made for _kind, made in self.made}
        if self.known is None or not (keys - self.known or is_first):
            return
        more = sorted(keys - self.known)
        self._run("DELETE FROM rec_keys")
        for part in in_chunks(more, CHUNK):
            self._run(f"INSERT INTO rec_keys (k) VALUES {', '.join(['(%s)'] * len(part))}", part)
        if self.dialect == "postgres":
            self._run("ANALYZE rec_keys")
        for name, i in self.order.items():
            select, self.columns[name] = self.sql[name].select(by_id=True)
            self.spine.beat()
            wanted = f" AND r.id IN ({self.spine.records_sql(name, 'rec_keys')})"
            if is_first:
                self._make("TABLE", f"rec_a{i}", select + wanted, self._mine(name))
                self._run(f"CREATE INDEX rec_a{i}_k ON rec_a{i} (k)")
            else:
                self._run(f"INSERT INTO rec_a{i} {select}{wanted} AND r.id NOT IN (SELECT rid FROM rec_a{i})",
                          self._mine(name))
            if f"rec_s{i}" in {made for _kind, made in self.made}:
                self._reduce(name, i)
        self.known |= set(more)

    def _reduce(self, name, i):
        where = "inside = 1 AND chosen = 1 AND k IS NOT NULL"
        if name in self.profile.cardinality.many:
            self._make("TABLE", f"rec_s{i}", self._sum_sql(name, i))
        else:
            doubled = self._keys(f"SELECT k FROM rec_a{i} WHERE {where} GROUP BY k HAVING count(*) > 1")
            drop = [s.place for sides in self._sides(name, doubled).values() for s in sides[1:]]
            for part in in_chunks(drop, CHUNK):
                self._run(f"UPDATE rec_a{i} SET chosen = 0 WHERE rid IN ({holes(part)})", part)
            self._make("TABLE", f"rec_s{i}", f"SELECT * FROM rec_a{i} WHERE {where}")
        self._run(f"CREATE INDEX rec_s{i}_k ON rec_s{i} (k)")
        if self.dialect == "postgres":
            self._run(f"ANALYZE rec_s{i}")

    def _sum_sql(self, name, i):
        picks = []
        for field_name, one in self.profile.fields.items():
            if name not in one.columns:
                continue
            how = one.aggregate if one.is_number or one.type == "time" else "same"
            v = f'"v_{field_name}"'
            total = f"CASE WHEN min({v}) = max({v}) THEN min({v}) ELSE min({v}) || ' … ' || max({v}) END" \
                if how == "same" else f"CAST({how}({v}) AS BIGINT)"
            picks += [f"{total} AS {v}", f'max("b_{field_name}") AS "b_{field_name}"']
            picks += [f'max("c_{field_name}") AS "c_{field_name}"'] if one.type == "money" else []
        picked = (", " + ", ".join(picks)) if picks else ""
        return f"SELECT min(rid) AS rid, k, max(ev) AS ev{picked} FROM rec_a{i} " \
               "WHERE inside = 1 AND k IS NOT NULL GROUP BY k"

    def _make(self, kind, name, select, params=None):
        self.spine.beat()
        self._run(f"DROP TABLE IF EXISTS {name}")
        self._run(f"CREATE TEMPORARY {kind} {name} AS {select}", params)
        if (kind, name) not in self.made:
            self.made.append((kind, name))

    # --- asking: the same questions as of files ---------------------------------------------------------

    def relations(self):
        return [Relation(f"rec_s{self.order[n]}", n, tuple(f for f, one in self.profile.fields.items()
                                                           if n in one.columns), s.complete)
                for n, s in self.profile.systems.items()]

    def compare(self):
        plan = build_plan(self.profile, self.relations(), self.dialect)
        return sorted((plan.read(row) for row in self._all(plan.sql)), key=lambda row: row[0])

    def duplicate_keys(self, system):
        if system in self.profile.cardinality.many or self.profile.systems[system].duplicates == "latest":
            return []
        i = self.order[system]
        return self._keys(f"SELECT k FROM rec_a{i} WHERE inside = 1 AND k IS NOT NULL GROUP BY k HAVING count(*) > 1")

    def keyless_rows(self, system):
        return self._one(f"SELECT count(*) FROM rec_a{self.order[system]} WHERE k IS NULL AND inside = 1")

    def keyless(self, system, most):
        """The names of the first such records in their system."""
        ids = [i for (i,) in self._all(f"SELECT rid FROM rec_a{self.order[system]} WHERE k IS NULL AND inside = 1 "
                                       f"ORDER BY rid LIMIT {int(most)}")]
        return [record["key"] for record in self._records(ids) if record["key"]]

    def out_of_scope(self, system, keys):
        i, found = self.order[system], set()
        for part in in_chunks(sorted(keys), CHUNK):
            found.update(k for (k,) in self._all(
                f"SELECT k FROM rec_a{i} WHERE k IN ({holes(part)}) GROUP BY k HAVING max(inside) = 0", part))
        return found

    def sides(self, keys):
        self._know(set(keys))
        return {name: self._sides(name, keys) for name in self.order}

    def _sides(self, name, keys):
        """{key: [Side, …]} newest first, of the records in scope."""
        i, places = self.order[name], {}
        named = ", ".join(f'"{c}"' for c in self.columns[name])
        for part in in_chunks(sorted(keys), CHUNK):
            for row in self._all(f"SELECT rid, k, ev{', ' + named if named else ''} FROM rec_a{i} "
                                 f"WHERE inside = 1 AND k IN ({holes(part)})", part):
                places[row[0]] = row
        found = {}
        for record in self._records(sorted(places)):
            place, key, at, *values = places[record["id"]]
            side = self._side(name, record, dict(zip(self.columns[name], values, strict=True)))
            side.place, side.at_us = place, at
            self.owners[place] = (record["order_id"], record["scope_id"])
            found.setdefault(key, []).append(side)
        return {key: newest_first(sides) for key, sides in found.items()}

    def _records(self, ids):
        for part in in_chunks(ids, CHUNK):
            yield from self.read_records(part)

    def _side(self, name, record, canonical):
        raw = {column: record_text(record, column) for column in columns_of(self.profile, name)}
        side = self.readers[name].side(canonical, raw)
        side.key = record["key"]
        for field_name, one in self.readers[name].fields.items():
            if one.columns[name] == "status":
                side.raw[field_name] = record["status_raw"] or side.raw[field_name]
        for dimension, column in DIMENSION_COLUMNS.items():
            side.text[dimension] = record_text(record, column) or ""
        return side

    def sample(self, size=SAMPLE):
        """Keys in scope of the first system, drawn evenly and alike on every database."""
        first = self.profile.record_system or next(iter(self.order))
        drawn, wanted = [], size
        while True:
            keys = self.spine.drawn(first, wanted)
            self._know(set(keys))
            inside = {k for part in in_chunks(keys, CHUNK) for (k,) in self._all(
                f"SELECT k FROM rec_s{self.order[first]} WHERE k IN ({holes(part)})", part)}
            drawn = [k for k in keys if k in inside]
            if len(drawn) >= size or len(keys) < wanted:
                return drawn[:size]
            wanted *= 2

    def presence(self, system):
        relations = {name: self._one_event_per_key(name) for name in self.order}
        sql = presence_sql(relations, system, self.dialect, self.profile.partial)
        return [tuple(int(v) for v in row) for row in self._all(sql)]

    def _one_event_per_key(self, name):
        """A relation of k and ev of all keys of a system."""
        i = self.order[name]
        if self.known is None:
            return f"rec_s{i}"
        sql, where = self.sql[name], f"r.id NOT IN (SELECT rid FROM rec_a{i} WHERE chosen = 0)"
        inside = f"SELECT {sql.key()} AS k, {sql.moment('occurred_at')} AS ev FROM orders_sourcerecord r " \
                 f"WHERE {sql.mine()} AND {sql.scope()} AND {where}"
        self._make("TABLE", f"rec_e{i}", f"SELECT k, max(ev) AS ev FROM ({inside}) x WHERE k IS NOT NULL GROUP BY k",
                   self._mine(name))
        self._run(f"CREATE INDEX rec_e{i}_k ON rec_e{i} (k)")
        return f"rec_e{i}"

    def totals(self, system, dimension, values):
        column = DIMENSION_COLUMNS[dimension] if dimension else ""
        rows = f"({self.sql[system].one_column(column)}) t WHERE inside = 1"
        if not dimension:
            found = self._all(f"SELECT '', h, count(*) FROM {rows} GROUP BY h", self._mine(system))
        else:
            found = [row for part in in_chunks(sorted(values), CHUNK) for row in self._all(
                f"SELECT x, h, count(*) FROM {rows} AND x IN ({holes(part)}) GROUP BY x, h",
                [*self._mine(system), *part])]
        result = {}
        for value, hour, count in found:
            result.setdefault(value, {})[int(hour)] = count
        return result

    def counts(self, system, column, texts):
        """Rows that write exactly one of `texts`."""
        return dict(row for part in in_chunks(sorted(texts), CHUNK) for row in self._all(
            f"SELECT x, count(*) FROM ({self._texts(system, column)}) t WHERE x IN ({holes(part)}) GROUP BY x",
            [*self._mine(system), *part]))

    def distinct(self, system, column):
        return self._all(f"SELECT x, count(*) FROM ({self._texts(system, column)}) t WHERE x IS NOT NULL "
                         "GROUP BY x ORDER BY x", self._mine(system))

    def longest(self, system, column):
        return self._all(f"SELECT max(length(x)) FROM ({self._texts(system, column)}) t",
                         self._mine(system))[0][0] or 0

    def _texts(self, system, column):
        return self.sql[system].one_column("status_raw" if column == "status" else column)

    def twins(self, keys):
        """As for files: another key of the system with the same customer, item, quantity and day."""
        found, divide = {}, DIVIDE[self.dialect]
        quantity = next((n for n, f in self.profile.fields.items() if f.type == "quantity"), "")
        self._know(set(keys))
        for system, i in self.order.items():
            if not quantity or system not in self.profile.fields[quantity].columns \
                    or system in self.profile.cardinality.many:
                continue
            if self.known is not None:
                self._know(self._alike(system, keys))
            everywhere = " ".join(f"JOIN rec_s{j} o{j} ON o{j}.k = b.k" for j in self.order.values() if j != i)
            for part in in_chunks(sorted(keys), CHUNK):
                rows = self._all(
                    f"SELECT a.k, min(b.k) FROM rec_s{i} a JOIN rec_s{i} b ON b.d_customer = a.d_customer "
                    f'AND b.d_item = a.d_item AND b."v_{quantity}" = a."v_{quantity}" AND b.k <> a.k '
                    f"AND a.ev {divide} {DAY_US} = b.ev {divide} {DAY_US} {everywhere} "
                    f"WHERE a.k IN ({holes(part)}) GROUP BY a.k", part)
                for key, twin in rows:
                    found.setdefault(key, []).append((system, twin))
        return found

    def _alike(self, system, keys):
        """Keys of the system's records of the same customer and item as one of `keys`."""
        i, sql = self.order[system], self.sql[system]
        customer, item = (sql.text(DIMENSION_COLUMNS[d]) for d in ("customer", "item"))
        # One pass over the records whatever the number of keys: a list of pairs would be gone through for each record.
        self._make("TABLE", "rec_pairs", f"SELECT d_customer AS c, d_item AS i FROM rec_s{i} WHERE 1 = 0")
        for part in in_chunks(sorted(keys), CHUNK):
            self._run(f"INSERT INTO rec_pairs SELECT DISTINCT d_customer, d_item FROM rec_s{i} "
                      f"WHERE k IN ({holes(part)}) AND d_customer IS NOT NULL AND d_item IS NOT NULL", part)
        return {k for (k,) in self._all(
            f"SELECT DISTINCT k FROM (SELECT {sql.key()} AS k, {customer} AS c, {item} AS i "
            f"FROM orders_sourcerecord r WHERE {sql.mine()}) t WHERE k IS NOT NULL "
            "AND (c, i) IN (SELECT c, i FROM rec_pairs)", self._mine(system))}

    # --- the connection ---------------------------------------------------------------------------------

    def _run(self, sql, params=None):
        # Without parameters a % is a %, with them it must be doubled: None is not the same as none.
        with self.connection.cursor() as cursor:
            cursor.execute(sql, params if params is None else list(params))

    def _all(self, sql, params=None):
        self.spine.beat()
        with self.connection.cursor() as cursor:
            cursor.execute(sql, params if params is None else list(params))
            return cursor.fetchall()

    def _one(self, sql):
        return self._all(sql)[0][0]

    def _keys(self, sql):
        return sorted(k for (k,) in self._all(sql))

