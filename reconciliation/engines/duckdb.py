"""How are files compared with DuckDB? The only file that knows it: text columns in, integers compared, rows out."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

import duckdb
import pyarrow as pa

from reconciliation.engines.newest import newest_first
from reconciliation.errors import CannotRun, gettext_noop
from reconciliation.plan import Relation, build_plan, presence_sql
from reconciliation.reading_sql import key_sql, number_sql, quote_text, smooth_sql, time_sql
from reconciliation.rows import Reader, columns_of
from reconciliation.values import MICRO, smooth_key

DAY_US = 86_400 * MICRO
HOUR_US = 3_600 * MICRO
ENDED = "duckdb"


@dataclass
class Loaded:
    """One source file as loaded. `columns` maps the file's column names to ours (c0, c1 …)."""

    system: str
    table: str
    rows: int
    columns: dict
    scope_rows: int = 0
    facts: dict = field(default_factory=dict)


class CsvTrouble(Exception):
    """The fast csv reader refused; the strict one will read it, or say which row is wrong."""


class DuckEngine:
    """One comparison of files. `memory` such as '1GB'; larger data spills to `spill`, a folder."""

    dialect = ENDED

    def __init__(self, profile, lookups, *, memory="", threads=0, spill=""):
        self.profile, self.lookups = profile, lookups
        self.db = duckdb.connect(f"{spill}/comparison.duckdb" if spill and memory else ":memory:")
        self.db.execute("SET TimeZone = 'UTC'")
        self.db.execute("SET preserve_insertion_order = false")
        for name, value in (("memory_limit", memory), ("threads", threads), ("temp_directory", spill)):
            if value:
                self.db.execute(f"SET {name} = {quote_text(str(value))}")
        self.loaded = {}
        self.readers = {}
        self.order = {name: i for i, name in enumerate(profile.systems)}

    def close(self):
        self.db.close()

    # --- loading ----------------------------------------------------------------------------------------

    def load(self, system, relation_sql, header, facts=None):
        """Keep the columns the profile names out of `relation_sql` (a FROM item whose columns are `header`)."""
        wanted = columns_of(self.profile, system)
        missing = sorted(set(wanted) - set(header))
        if missing:
            raise CannotRun(
                gettext_noop("The file of “%(system)s” has no column “%(column)s”. It has: %(choices)s."),
                system=system, column="”, “".join(missing), choices=", ".join(header))
        table = f"r{self.order[system]}"
        empties = ", ".join(quote_text(w) for w in ("", *self.profile.empty_words))
        columns = {name: f"c{i}" for i, name in enumerate(wanted)}
        selected = ", ".join(
            f"CASE WHEN trim({quote(n)}) IN ({empties}) THEN NULL ELSE {quote(n)} END AS {c}"
            for n, c in columns.items())
        try:
            self.db.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT {selected} FROM {relation_sql}")
        except duckdb.Error as error:
            if "CSV Error" not in str(error) and not isinstance(error, duckdb.InvalidInputException):
                raise
            raise CsvTrouble(str(error)) from error
        rows = self.db.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
        self.loaded[system] = Loaded(system, table, rows, columns, facts=facts or {})
        return self.loaded[system]

    def read_file(self, source):
        """A FROM item over a SourceFile, all columns text. Raises CsvTrouble when the csv is not plain after all."""
        name = quote_text(source.path)
        if source.form == "parquet":
            return f"(SELECT {', '.join(f'CAST({quote(h)} AS VARCHAR) AS {quote(h)}' for h in source.header)} " \
                   f"FROM read_parquet({name}))"
        columns = ", ".join(f"{quote_text(h)}: 'VARCHAR'" for h in source.header)
        return (f"read_csv({name}, header = true, auto_detect = false, columns = {{{columns}}}, delim = "
                f"{quote_text(source.delimiter)}, quote = '\"', escape = '\"', null_padding = true)")

    def rows_of(self, source):
        """All rows of a small table file as dicts of text."""
        found = self.db.execute(f"SELECT * FROM {self.read_file(source)}").fetchall()
        return [dict(zip(source.header, row, strict=True)) for row in found]

    # --- canonical tables -------------------------------------------------------------------------------

    def prepare(self):
        """Build per system a{i} (all rows, canonical), s{i} (one row per key, in scope)."""
        for name in self.profile.systems:
            self.readers[name] = Reader(self.profile, name, self.lookups)
            self._canonical(name)
            self._reduce(name)

    def _canonical(self, system):
        """a{i}: rid, k, inside, ev, and v_/b_/c_ of each field."""
        i, loaded = self.order[system], self.loaded[system]
        self.joins = {}
        selected = ["r.rowid AS rid", f"{self._key(system)} AS k", f"{self._scope(system)} AS inside", "true AS chosen",
                    f"{self._event(system)} AS ev"]
        for one in self.profile.fields.values():
            if system in one.columns:
                selected += self._field(system, one)
        self.db.execute(f"CREATE TABLE a{i} AS SELECT {', '.join(selected)} FROM {loaded.table} r "
                        + " ".join(self.joins.values()))

    def _key(self, system):
        """SQL of the smoothed key; rows that are not plain ASCII go through Python once per distinct key."""
        loaded, spec = self.loaded[system], self.profile.systems[system]
        columns = self._key_columns(system)
        sql, plain = key_sql([f"r.{c}" for c in columns], spec.key)
        table = f"k{self.order[system]}"
        reader = self.readers[system]
        count = self._dictionary(table, loaded.table, columns, f"NOT ({plain})", lambda *parts: (reader.key(*parts),),
                                 ("VARCHAR",))
        own = f"CASE WHEN {plain} THEN {sql} ELSE {self._look(table, columns, 0)} END" if count else sql
        parent = self._parent(system)
        return f"coalesce({parent}, {own})" if parent else own

    def _key_columns(self, system):
        return [self.loaded[system].columns[c] for c in self.profile.systems[system].key.columns]

    def _parent(self, system):
        """1:n: the parent's key, smoothed as keys of this system are."""
        column = self.profile.cardinality.many.get(system)
        if not column:
            return ""
        loaded, spec = self.loaded[system], self.profile.systems[system]
        name = loaded.columns[column]
        table = f"q{self.order[system]}"
        self._dictionary(table, loaded.table, [name], f"r.{name} IS NOT NULL",
                         lambda text: (smooth_key(spec.key, text),),
                         ("VARCHAR",))
        return self._look(table, [name], 0)

    def _look(self, table, columns, position):
        """SQL of one looked-up value; the dictionary is joined once per statement."""
        on = " AND ".join(f"{table}.x{j} IS NOT DISTINCT FROM r.{c}" for j, c in enumerate(columns))
        self.joins[table] = f"LEFT JOIN {table} ON {on}"
        return f"{table}.y{position}"

    def _dictionary(self, table, source, columns, where, convert, types):
        """table(x0…, y0…): `convert` of every distinct tuple of `columns` that meets `where`. Returns its size."""
        names = ", ".join(f"r.{c}" for c in columns)
        rows = self.db.execute(f"SELECT DISTINCT {names} FROM {source} r WHERE {where}").fetchall()
        results = [convert(*row) for row in rows]
        arrays = {f"x{j}": pa.array([r[j] for r in rows], pa.string()) for j in range(len(columns))}
        for j, kind in enumerate(types):
            arrays[f"y{j}"] = pa.array([r[j] for r in results], ARROW[kind])
        incoming = pa.table(arrays)
        self.db.register("incoming", incoming)
        self.db.execute(f"CREATE TABLE {table} AS SELECT * FROM incoming")
        self.db.unregister("incoming")
        return len(rows)

    def _scope(self, system):
        tests = [self._scope_test(system, t) for t in self.profile.systems[system].scope]
        return "(" + " AND ".join(f"coalesce({t}, false)" for t in tests) + ")" if tests else "true"

    def _scope_test(self, system, test):
        column = f"trim(coalesce(r.{self.loaded[system].columns[test.column]}, ''))"
        values = [quote_text(v) for v in test.values]
        listed = ", ".join(values) or "NULL"
        starts = " OR ".join(f"starts_with({column}, {v})" for v in values) or "false"
        first = values[0] if values else "''"
        return {"in": f"{column} IN ({listed})", "equals": f"{column} = {first}",
                "not_in": f"{column} NOT IN ({listed})", "from": f"{column} >= {first}",
                "before": f"{column} < {first}", "prefix": f"({starts})", "not_prefix": f"NOT ({starts})"}[test.op]

    def _event(self, system):
        column = self.readers[system].event_column
        if not column:
            return "CAST(NULL AS BIGINT)"
        spec = self.profile.systems[system]
        name = self.loaded[system].columns[column]
        return self._time(f"e{self.order[system]}", system, name, spec.zone, ())[0]

    def _time(self, table, system, name, zone, formats):
        """(value SQL, unreadable SQL) of a time column."""
        sql, plain = (None, "false") if formats else time_sql(f"r.{name}", zone)
        reader = self.readers[system]
        count = self._dictionary(table, self.loaded[system].table, [name], f"r.{name} IS NOT NULL AND NOT {plain}",
                                 lambda text: reader.time(text, zone, formats), ("BIGINT", "TINYINT"))
        if not count:
            return sql or "CAST(NULL AS BIGINT)", "0"
        value, bad = self._look(table, [name], 0), self._look(table, [name], 1)
        if sql is None:
            return value, f"coalesce({bad}, 0)"
        return (f"CASE WHEN {plain} THEN {sql} ELSE {value} END",
                f"CASE WHEN {plain} THEN 0 ELSE coalesce({bad}, 0) END")

    def _field(self, system, one):
        """SELECT items of one field: v_, b_ and for money c_."""
        build = {"time": self._time_field, "code": self._code_field, "text": self._text_field}
        value, bad, currency = build.get(one.type, self._number_field)(system, one)
        items = [f'{value} AS "v_{one.name}"', f'CAST({bad} AS TINYINT) AS "b_{one.name}"']
        return items + ([f'{currency} AS "c_{one.name}"'] if one.type == "money" else [])

    def _name(self, system, column):
        return self.loaded[system].columns[column]

    def _table(self, letter, system, one):
        return f"{letter}{self.order[system]}_{list(self.profile.fields).index(one.name)}"

    def _time_field(self, system, one):
        zone = one.zones.get(system, self.profile.systems[system].zone)
        name = self._name(system, one.columns[system])
        return (*self._time(self._table("t", system, one), system, name, zone, one.formats), "")

    def _code_field(self, system, one):
        reader, name = self.readers[system], self._name(system, one.columns[system])
        table = self._table("m", system, one)
        self._dictionary(table, self.loaded[system].table, [name], f"r.{name} IS NOT NULL",
                         lambda text: (reader.code(one, text)[0],), ("VARCHAR",))
        return self._look(table, [name], 0), "0", ""

    def _text_field(self, system, one):
        reader, loaded = self.readers[system], self.loaded[system]
        name = self._name(system, one.columns[system])
        sql, plain = smooth_sql(f"r.{name}", one.normalise) if not one.xref else (None, "false")
        table = self._table("x", system, one)
        count = self._dictionary(table, loaded.table, [name], f"r.{name} IS NOT NULL AND NOT ({plain})",
                                 lambda text: (reader.text(one, text),), ("VARCHAR",))
        if not count:
            return sql or "CAST(NULL AS VARCHAR)", "0", ""
        look = self._look(table, [name], 0)
        return (f"CASE WHEN {plain} THEN {sql} ELSE {look} END" if sql else look), "0", ""

    def _number_field(self, system, one):
        reader, loaded = self.readers[system], self.loaded[system]
        name = self._name(system, one.columns[system])
        unit = one.unit_columns.get(system)
        if one.type == "quantity" and unit and self.lookups.units:
            return self._quantity_field(system, one, name, self._name(system, unit))
        sql, plain = number_sql(f"r.{name}") if one.decimal == "." else (None, "false")
        table = self._table("n", system, one)
        count = self._dictionary(table, loaded.table, [name], f"r.{name} IS NOT NULL AND NOT {plain}",
                                 lambda text: reader.number(one, text), ("BIGINT", "TINYINT", "VARCHAR"))
        look = [self._look(table, [name], j) for j in range(3)] if count else ["CAST(NULL AS BIGINT)", "0", "NULL"]
        value = f"CASE WHEN {plain} THEN {sql} ELSE {look[0]} END" if sql else look[0]
        bad = f"CASE WHEN {plain} THEN 0 ELSE coalesce({look[1]}, 0) END" if count else "0"
        return value, bad, self._currency(system, one, look[2] if count else "NULL")

    def _currency(self, system, one, found):
        column = one.currency_columns.get(system)
        said = f"upper(trim(r.{self._name(system, column)}))" if column else "NULL"
        default = quote_text(one.currency) if one.currency else "NULL"
        return f"CAST(coalesce({said}, {found}, {default}) AS VARCHAR)"

    def _quantity_field(self, system, one, name, unit):
        """Whole factors multiply in SQL; fractions and odd writings go through Python."""
        reader, loaded = self.readers[system], self.loaded[system]
        item_column = one.item_columns.get(system) or self.profile.systems[system].evidence.get("item")
        dims = [unit] + ([self._name(system, item_column)] if item_column else [])
        event = reader.event_column if self._units_are_dated() else ""
        columns = dims + ([self._name(system, event)] if event else [])
        factors, slow = self._table("f", system, one), self._table("n", system, one)
        zone = self.profile.systems[system].zone

        def factor_of(*parts):
            item = parts[1] if item_column else None
            return reader.factor(one, parts[0], item, reader.moment(parts[-1], zone) if event else None)

        self._dictionary(factors, loaded.table, columns, "true",
                         lambda *parts: (whole_factor(factor_of(*parts)),), ("BIGINT",))
        on = " AND ".join(f"{factors}.x{j} IS NOT DISTINCT FROM r.{c}" for j, c in enumerate(columns))
        self.joins[factors] = f"LEFT JOIN {factors} ON {on}"
        sql, plain = number_sql(f"r.{name}")
        plain = f"({plain} AND {factors}.y0 IS NOT NULL)"
        source = f"{loaded.table} r LEFT JOIN {factors} ON {on}"
        rows = self.db.execute(f"SELECT DISTINCT r.{name}, {', '.join('r.' + c for c in columns)} FROM {source} "
                               f"WHERE r.{name} IS NOT NULL AND NOT coalesce({plain}, false)").fetchall()
        results = [reader.quantity(one, row[0], factor_of(*row[1:])) for row in rows]
        self._store(slow, rows, results)
        value = f"TRY_CAST(CAST({sql} AS HUGEINT) * {factors}.y0 AS BIGINT)"
        if not rows:
            return f"CASE WHEN {plain} THEN {value} END", "0", ""
        look = [self._look(slow, [name, *columns], j) for j in range(2)]
        return (f"CASE WHEN {plain} THEN {value} ELSE {look[0]} END",
                f"CASE WHEN {plain} THEN 0 ELSE coalesce({look[1]}, 0) END", "")

    def _store(self, table, rows, results):
        width = len(rows[0]) if rows else 1
        arrays = {f"x{j}": pa.array([r[j] for r in rows], pa.string()) for j in range(width)}
        arrays["y0"] = pa.array([r[0] for r in results], pa.int64())
        arrays["y1"] = pa.array([r[1] for r in results], pa.int8())
        incoming = pa.table(arrays)
        self.db.register("incoming", incoming)
        self.db.execute(f"CREATE TABLE {table} AS SELECT * FROM incoming")
        self.db.unregister("incoming")

    def _units_are_dated(self):
        return any(d.is_dated for d in self.lookups.units.values())

    # --- one row per key --------------------------------------------------------------------------------

    def _reduce(self, system):
        """s{i}: in scope, one row per key. 1:n systems are summed; of other duplicates the newest stays."""
        i = self.order[system]
        if system in self.profile.cardinality.many:
            self._sum(system)
            return
        self.db.execute(f"CREATE VIEW s{i} AS SELECT * FROM a{i} WHERE inside AND chosen AND k IS NOT NULL")
        doubled = self._sides(f"SELECT k FROM s{i} GROUP BY k HAVING count(*) > 1", system)
        drop = [s.place for sides in doubled.values() for s in newest_first(sides)[1:]]
        if drop:
            incoming = pa.table({"rid": pa.array(drop, pa.int64())})
            self.db.register("incoming", incoming)
            self.db.execute(f"UPDATE a{i} SET chosen = false WHERE rid IN (SELECT rid FROM incoming)")
            self.db.unregister("incoming")

    def _sum(self, system):
        i, picks = self.order[system], []
        for name, one in self.profile.fields.items():
            if system not in one.columns:
                continue
            how = one.aggregate if one.is_number or one.type == "time" else "same"
            v = f'"v_{name}"'
            total = f"CAST(sum({v}) AS BIGINT)" if how == "sum" else f"{how}({v})" if how != "same" else \
                f"CASE WHEN min({v}) = max({v}) THEN min({v}) ELSE min({v}) || ' … ' || max({v}) END"
            picks += [f"{total} AS {v}", f'max("b_{name}") AS "b_{name}"']
            picks += [f'max("c_{name}") AS "c_{name}"'] if one.type == "money" else []
        picked = (", " + ", ".join(picks)) if picks else ""
        self.db.execute(f"CREATE TABLE s{i} AS SELECT min(rid) AS rid, k, max(ev) AS ev{picked} FROM a{i} "
                        "WHERE inside AND k IS NOT NULL GROUP BY k")

    def _value_columns(self, system):
        names = []
        for name, one in self.profile.fields.items():
            if system in one.columns:
                names += [f'"v_{name}"', f'"b_{name}"'] + ([f'"c_{name}"'] if one.type == "money" else [])
        return names

    # --- asking -----------------------------------------------------------------------------------------

    def relations(self):
        """The prepared tables, for the template."""
        return [Relation(f"s{self.order[n]}", n, tuple(f for f, one in self.profile.fields.items()
                                                       if n in one.columns), s.complete)
                for n, s in self.profile.systems.items()]

    def compare(self):
        """Rows of the template, read: (key, present, differing fields, unreadable fields), in key order."""
        plan = build_plan(self.profile, self.relations(), self.dialect)
        return [plan.read(row) for row in self.db.execute(plan.sql).fetchall()]

    def duplicate_keys(self, system):
        """Keys in scope that the system holds more than once."""
        if system in self.profile.cardinality.many or self.profile.systems[system].duplicates == "latest":
            return []
        i = self.order[system]
        sql = f"SELECT k FROM a{i} WHERE inside AND k IS NOT NULL GROUP BY k HAVING count(*) > 1 ORDER BY k"
        return [k for (k,) in self.db.execute(sql).fetchall()]

    def keyless_rows(self, system):
        i = self.order[system]
        return self.db.execute(f"SELECT count(*) FROM a{i} WHERE k IS NULL").fetchall()[0][0]

    def out_of_scope(self, system, keys):
        """Those of `keys` that the system holds, but only outside the profile's scope."""
        self._ask(keys)
        i = self.order[system]
        sql = f"SELECT k FROM a{i} SEMI JOIN asked USING (k) GROUP BY k HAVING NOT bool_or(inside)"
        return {k for (k,) in self.db.execute(sql).fetchall()}

    def sides(self, keys):
        """{system: {key: [Side, …]}} of all rows of `keys` in scope; the one that was compared comes first."""
        self._ask(keys)
        return {name: self._sides("SELECT k FROM asked", name) for name in self.order}

    def sample(self, size=2000):
        """Keys spread evenly by hash: what is usual between these systems is learned from them."""
        first = f"s{self.order[self.profile.record_system or next(iter(self.order))]}"
        rows = self.db.execute(f"SELECT k FROM {first} ORDER BY md5(k), k LIMIT {size}").fetchall()
        return [k for (k,) in rows]

    def presence(self, system):
        """[(minute, keys expected, keys absent)] of one system, by the event time the others give."""
        relations = {r.system: r.name for r in self.relations()}
        return self.db.execute(presence_sql(relations, system, self.dialect)).fetchall()

    def totals(self, system, dimension, values):
        """{value: {hour: rows}} of the system's rows whose evidence `dimension` has one of `values` ('' = all)."""
        loaded, i = self.loaded[system], self.order[system]
        hour = f"coalesce(a.ev, 0) // {HOUR_US}"
        if not dimension:
            rows = self.db.execute(f"SELECT '', {hour}, count(*) FROM a{i} a WHERE inside GROUP BY ALL").fetchall()
        else:
            column = self.readers[system].dimension_column(dimension)
            if not column:
                return {}
            incoming = pa.table({"value": pa.array(sorted(values), pa.string())})
            self.db.register("incoming", incoming)
            rows = self.db.execute(
                f"SELECT value, {hour}, count(*) FROM a{i} a JOIN {loaded.table} r ON r.rowid = a.rid "
                f"JOIN incoming ON incoming.value = trim(r.{self._name(system, column)}) WHERE inside GROUP BY ALL"
            ).fetchall()
            self.db.unregister("incoming")
        result = {}
        for value, at, count in rows:
            result.setdefault(value, {})[at] = count
        return result

    def counts(self, system, column, texts):
        """{text: rows} of those rows of the system that write exactly one of `texts` in a source column."""
        name, incoming = self._name(system, column), pa.table({"value": pa.array(sorted(texts), pa.string())})
        self.db.register("incoming", incoming)
        rows = self.db.execute(f"SELECT value, count(*) FROM {self.loaded[system].table} r "
                               f"JOIN incoming ON incoming.value = r.{name} GROUP BY ALL").fetchall()
        self.db.unregister("incoming")
        return dict(rows)

    def distinct(self, system, column):
        """(trimmed text, rows) of a source column."""
        name = self._name(system, column)
        return self.db.execute(f"SELECT trim({name}) AS t, count(*) FROM {self.loaded[system].table} "
                               f"WHERE {name} IS NOT NULL GROUP BY 1 ORDER BY 1").fetchall()

    def longest(self, system, column):
        """Characters of the longest text in a source column."""
        sql = f"SELECT max(length({self._name(system, column)})) FROM {self.loaded[system].table}"
        return self.db.execute(sql).fetchall()[0][0] or 0

    def twins(self, keys):
        """{key: [(system, key of a like order)]}: same customer, item, quantity and day, and held by all systems."""
        found = {}
        quantity = next((n for n, f in self.profile.fields.items() if f.type == "quantity"), "")
        for system, i in self.order.items():
            reader = self.readers[system]
            names = [reader.dimension_column(d) for d in ("customer", "item")]
            if not quantity or not all(names) or system not in self.profile.fields[quantity].columns:
                continue
            self._ask(keys)
            for key, twin in self.db.execute(self._twins_sql(system, i, names, quantity)).fetchall():
                found.setdefault(key, []).append((system, twin))
        return found

    def _twins_sql(self, system, i, names, quantity):
        table = self.loaded[system].table
        same = " AND ".join(f"r.{self._name(system, n)} = q.{self._name(system, n)}" for n in names)
        everywhere = " ".join(f"SEMI JOIN s{j} ON s{j}.k = b.k" for j in self.order.values() if j != i)
        likes = f'a."v_{quantity}" = b."v_{quantity}" AND a.ev // {DAY_US} = b.ev // {DAY_US} AND a.k <> b.k'
        return (f"SELECT a.k, min(b.k) FROM s{i} a SEMI JOIN asked ON asked.k = a.k JOIN {table} r ON r.rowid = a.rid "
                f"JOIN {table} q ON {same} JOIN s{i} b ON b.rid = q.rowid AND {likes} {everywhere} "
                "GROUP BY a.k ORDER BY a.k")

    def _ask(self, keys):
        incoming = pa.table({"k": pa.array(sorted(keys), pa.string())})
        self.db.register("incoming", incoming)
        self.db.execute("CREATE OR REPLACE TEMP TABLE asked AS SELECT k FROM incoming")
        self.db.unregister("incoming")

    def _sides(self, keys_sql, system):
        self.db.execute(f"CREATE OR REPLACE TEMP TABLE wanted AS {keys_sql}")
        found = self._fetch(system, "JOIN wanted ON wanted.k = a.k", "a.k")
        return {key: newest_first(sides) for key, sides in found.items()}

    def _fetch(self, system, join, key):
        loaded, reader = self.loaded[system], self.readers[system]
        canonical = self._value_columns(system)
        names = list(loaded.columns)
        extra = (", " + ", ".join(f"a.{c}" for c in canonical)) if canonical else ""
        raws = "".join(f", r.{loaded.columns[n]}" for n in names)
        sql = (f"SELECT {key}, a.rid, a.ev{extra}{raws} FROM a{self.order[system]} a "
               f"JOIN {loaded.table} r ON r.rowid = a.rid {join} WHERE a.inside")
        found = {}
        split = 3 + len(canonical)
        labels = [c.strip('"') for c in canonical]
        for row in self.db.execute(sql).fetchall():
            side = reader.side(dict(zip(labels, row[3:split], strict=True)), dict(zip(names, row[split:], strict=True)))
            side.place, side.at_us = row[1], row[2]
            found.setdefault(row[0], []).append(side)
        return found


ARROW = {"VARCHAR": pa.string(), "BIGINT": pa.int64(), "TINYINT": pa.int8()}


def quote(name):
    return '"' + name.replace('"', '""') + '"'


def whole_factor(factor):
    """int when the factor is whole and small enough for SQL, else None."""
    return int(factor) if isinstance(factor, Decimal) and factor == int(factor) and abs(factor) < 10**9 else None
