"""How does the same comparison run in place, in the hub's own database?

Each system's records become a temporary table with the canonical columns (records.py); then the template of plan.py
runs as it does everywhere. Temporary tables belong to this connection alone and are gone with `close`.
"""

from __future__ import annotations

from reconciliation.engines.newest import newest_first
from reconciliation.plan import DIVIDE, Relation, build_plan, presence_sql
from reconciliation.records import DIMENSION_COLUMNS, RecordSql, record_text
from reconciliation.rows import Reader, columns_of
from reconciliation.values import MICRO

HOUR_US = 3_600 * MICRO
DAY_US = 86_400 * MICRO
CHUNK = 400
RECORD_COLUMNS = (
    "id", "key", "order_id", "scope_id", "order_number", "line_number", "parent_entity", "parent_key", "data",
    "status_raw", "unit_raw", "mapping_version", "occurred_at", "received_at", "first_received_at", "version",
    "sequence", "max_version", "message_id", "batch", "actor_kind", "actor", "device", "closed", "payload_hash",
)


class DatabaseEngine:
    """One comparison over orders_sourcerecord. `systems` {name in the profile: id of the SourceSystem}.

    `read_records(ids)` gives dicts of RECORD_COLUMNS, `data` as a dict; it is asked in chunks.
    """

    def __init__(self, profile, lookups, connection, systems, read_records):
        self.profile, self.lookups, self.connection = profile, lookups, connection
        self.dialect = "postgres" if connection.vendor == "postgresql" else "sqlite"
        self.system_ids, self.read_records = systems, read_records
        self.order = {name: i for i, name in enumerate(profile.systems)}
        self.readers = {name: Reader(profile, name, lookups) for name in profile.systems}
        self.columns, self.rows, self.owners, self.made = {}, {}, {}, []

    def close(self):
        for kind, name in reversed(self.made):
            self._run(f"DROP {kind} IF EXISTS {name}")
        self.made = []

    # --- tables -----------------------------------------------------------------------------------------

    def prepare(self):
        """a{i} all records of a system, canonical; s{i} one row per key, in scope."""
        for name, i in self.order.items():
            select, self.columns[name] = RecordSql(self.profile, name, self.dialect).select()
            self._make("TABLE", f"rec_a{i}", select, (self.system_ids[name], self.profile.systems[name].entity))
            self._run(f"CREATE INDEX rec_a{i}_k ON rec_a{i} (k)")
            self.rows[name] = self._one(f"SELECT count(*) FROM rec_a{i}")
            self._reduce(name, i)

    def _reduce(self, name, i):
        where = "inside = 1 AND chosen = 1 AND k IS NOT NULL"
        if name in self.profile.cardinality.many:
            self._make("TABLE", f"rec_s{i}", self._sum_sql(name, i))
        else:
            doubled = self._keys(f"SELECT k FROM rec_a{i} WHERE {where} GROUP BY k HAVING count(*) > 1")
            drop = [s.place for sides in self._sides(name, doubled).values() for s in sides[1:]]
            for part in chunks(drop):
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
        self._run(f"DROP TABLE IF EXISTS {name}")
        self._run(f"CREATE TEMPORARY {kind} {name} AS {select}", params)
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

    def out_of_scope(self, system, keys):
        i, found = self.order[system], set()
        for part in chunks(sorted(keys)):
            found.update(k for (k,) in self._all(
                f"SELECT k FROM rec_a{i} WHERE k IN ({holes(part)}) GROUP BY k HAVING max(inside) = 0", part))
        return found

    def sides(self, keys):
        return {name: self._sides(name, keys) for name in self.order}

    def _sides(self, name, keys):
        """{key: [Side, …]} newest first, of the records in scope."""
        i, places = self.order[name], {}
        named = ", ".join(f'"{c}"' for c in self.columns[name])
        for part in chunks(sorted(keys)):
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
        for part in chunks(ids):
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

    def sample(self, size=1000):
        first = self.order[self.profile.record_system or next(iter(self.order))]
        count = self._one(f"SELECT count(*) FROM rec_s{first}")
        step = max(1, count // size)
        keys = self._keys(f"SELECT k FROM (SELECT k, row_number() OVER (ORDER BY k) AS n FROM rec_s{first}) t "
                          f"WHERE n % {step} = 0")
        return keys[:size]

    def presence(self, system):
        relations = {r.system: r.name for r in self.relations()}
        return [tuple(int(v) for v in row) for row in self._all(presence_sql(relations, system, self.dialect))]

    def totals(self, system, dimension, values):
        i, divide = self.order[system], DIVIDE[self.dialect]
        hour = f"coalesce(ev, 0) {divide} {HOUR_US}"
        if not dimension:
            rows = [("", h, n) for h, n in self._all(
                f"SELECT {hour}, count(*) FROM rec_a{i} WHERE inside = 1 GROUP BY 1")]
        else:
            rows = [row for part in chunks(sorted(values)) for row in self._all(
                f"SELECT d_{dimension}, {hour}, count(*) FROM rec_a{i} WHERE inside = 1 "
                f"AND d_{dimension} IN ({holes(part)}) GROUP BY 1, 2", part)]
        result = {}
        for value, at, count in rows:
            result.setdefault(value, {})[at] = count
        return result

    def counts(self, system, column, texts):
        """Rows that write exactly one of `texts`; known for compared codes and texts, and for dimensions."""
        i, name = self.order[system], self._text_column(system, column)
        if not name:
            return {}
        return dict(row for part in chunks(sorted(texts)) for row in self._all(
            f'SELECT "{name}", count(*) FROM rec_a{i} WHERE "{name}" IN ({holes(part)}) GROUP BY 1', part))

    def _text_column(self, system, column):
        for name, one in self.readers[system].fields.items():
            if one.columns[system] == column and one.type in ("text", "code"):
                return f"r_{name}"
        return next((f"d_{d}" for d, c in DIMENSION_COLUMNS.items() if c == column), "")

    def distinct(self, system, column):
        name = self._text_column(system, column)
        return self._all(f'SELECT "{name}", count(*) FROM rec_a{self.order[system]} WHERE "{name}" IS NOT NULL '
                         "GROUP BY 1 ORDER BY 1") if name else []

    def longest(self, system, column):
        name = self._text_column(system, column)
        return self._one(f'SELECT max(length("{name}")) FROM rec_a{self.order[system]}') or 0 if name else 0

    def twins(self, keys):
        """As for files: another key of the system with the same customer, item, quantity and day."""
        found, divide = {}, DIVIDE[self.dialect]
        quantity = next((n for n, f in self.profile.fields.items() if f.type == "quantity"), "")
        for system, i in self.order.items():
            if not quantity or system not in self.profile.fields[quantity].columns \
                    or system in self.profile.cardinality.many:
                continue
            everywhere = " ".join(f"JOIN rec_s{j} o{j} ON o{j}.k = b.k" for j in self.order.values() if j != i)
            for part in chunks(sorted(keys)):
                rows = self._all(
                    f"SELECT a.k, min(b.k) FROM rec_s{i} a JOIN rec_s{i} b ON b.d_customer = a.d_customer "
                    f'AND b.d_item = a.d_item AND b."v_{quantity}" = a."v_{quantity}" AND b.k <> a.k '
                    f"AND a.ev {divide} {DAY_US} = b.ev {divide} {DAY_US} {everywhere} "
                    f"WHERE a.k IN ({holes(part)}) GROUP BY a.k", part)
                for key, twin in rows:
                    found.setdefault(key, []).append((system, twin))
        return found

    # --- the connection ---------------------------------------------------------------------------------

    def _run(self, sql, params=None):
        # Without parameters a % is a %, with them it must be doubled: None is not the same as none.
        with self.connection.cursor() as cursor:
            cursor.execute(sql, params if params is None else list(params))

    def _all(self, sql, params=None):
        with self.connection.cursor() as cursor:
            cursor.execute(sql, params if params is None else list(params))
            return cursor.fetchall()

    def _one(self, sql):
        return self._all(sql)[0][0]

    def _keys(self, sql):
        return sorted(k for (k,) in self._all(sql))


def holes(values):
    return ", ".join(["%s"] * len(values))


def chunks(values):
    values = list(values)
    return [values[i:i + CHUNK] for i in range(0, len(values), CHUNK)]
