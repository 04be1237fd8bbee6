"""How are files compared with DuckDB? The only file that knows it: text columns in, integers compared, rows out."""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb

from reconciliation.engines.canonical import Canonical, keep_dictionary, keep_lists
from reconciliation.engines.kept import LOOK, Kept, form_of, numbers_and_times
from reconciliation.engines.newest import SAMPLE, newest_first
from reconciliation.engines.suspects import Suspects
from reconciliation.errors import CannotRun, gettext_noop
from reconciliation.plan import Relation, build_plan
from reconciliation.reading_sql import key_sql, quote_name, quote_text, smooth_already
from reconciliation.rows import Reader, columns_of
from reconciliation.values import MICRO, smooth_key

DAY_US = 86_400 * MICRO
HOUR_US = 3_600 * MICRO
MINUTE_US = 60 * MICRO
ENDED = "duckdb"
AT_ONCE = 125_000_000  # bytes of a system in a join: more are joined in parts, by the hash of their keys
MANY = 3  # when one key in three is suspect, a close look at all is cheaper
FEW_ODD = 100  # one cell in a hundred may be written otherwise than its column is kept, and its row is suspect
BUFFER = 8_000_000  # bytes of a csv file that a thread reads at once
SPREAD = 61  # one row in so many is looked at to see whether keys are crowded with rows


@dataclass
class Loaded:
    """One source file as loaded. `columns` maps the file's column names to ours (c0, c1 …).

    `table` gives its rows as texts, with rid, k and inside; `kept` says how they are kept in the table `store`.
    """

    system: str
    table: str
    store: str
    rows: int
    columns: dict
    kept: Kept
    scope_rows: int = 0
    facts: dict = field(default_factory=dict)

    def picked(self, which):
        """Kept rows, with rid, that `which` picks: a WHERE clause or a join by k."""
        return f"(SELECT rowid AS rid, * FROM {self.store} {which})"


class CsvTrouble(Exception):
    """The fast csv reader refused; the strict one will read it, or say which row is wrong."""


class DuckEngine:
    """One comparison of files. `memory` such as '1GB'; larger data spills to `spill`, a folder.

    Per system f{i} keeps the rows, r{i} gives them as read, with their key; w{i} those of suspect keys (or all, when
    `whole`), a{i} the same rows canonical, s{i} one of them per key and in scope. `known` lists the keys that a{i} was
    made for.
    """

    dialect = ENDED

    def __init__(self, profile, lookups, *, memory="", threads=0, spill="", whole=False):
        self.profile, self.lookups, self.whole = profile, lookups, whole
        self.db = duckdb.connect(f"{spill}/comparison.duckdb" if spill and memory else ":memory:")
        self.db.execute("SET TimeZone = 'UTC'")
        self.db.execute("SET preserve_insertion_order = false")
        for name, value in (("memory_limit", memory), ("threads", threads), ("temp_directory", spill)):
            if value:
                self.db.execute(f"SET {name} = {quote_text(str(value))}")
        self.loaded, self.readers, self.taken, self.made = {}, {}, {}, 0
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
        columns = {name: f"c{i}" for i, name in enumerate(wanted)}
        table, store = f"r{self.order[system]}", f"f{self.order[system]}"
        try:
            kept = self._way_to_keep(system, relation_sql, columns)
            key, scope = self._key_sql(system, columns, kept), self._scope(system, columns, kept)
            self.db.execute(
                f"CREATE OR REPLACE TABLE {store} AS SELECT {', '.join(['k', 'inside', *kept.kept()])} FROM "
                f"(SELECT *, {key} AS k, {scope} AS inside FROM ({kept.texts(relation_sql)}) r)")
        except duckdb.Error as error:
            if "CSV Error" not in str(error) and not isinstance(error, duckdb.InvalidInputException):
                raise
            raise CsvTrouble(str(error)) from error
        self.db.execute(
            f"CREATE OR REPLACE VIEW {table} AS {kept.rows(f'(SELECT rowid AS rid, * FROM {store})')}")
        self.loaded[system] = Loaded(system, table, store, self._count(store), columns, kept, facts=facts or {})
        return self.loaded[system]

    def _way_to_keep(self, system, relation_sql, columns):
        """Kept: numbers and instants typed where the first rows are written so, unless all will be read closely."""
        kinds, key, forms = numbers_and_times(self.profile, system), self.profile.systems[system].key, {}
        if kinds and not self.whole:
            listed = ", ".join(map(quote_name, kinds))
            rows = self.db.execute(f"SELECT {listed} FROM {relation_sql} LIMIT {LOOK}").fetchall()
            cells = zip(*rows, strict=True) if rows else ()
            found = {columns[name]: form_of(texts, kinds[name]) for name, texts in zip(kinds, cells, strict=False)}
            forms = {column: form for column, form in found.items() if form}
        is_alone = len(key.columns) == 1 and system not in self.profile.cardinality.many
        return Kept(columns, forms, columns[key.columns[0]] if is_alone else "", self.profile.empty_words)

    def read_file(self, source):
        """A FROM item over a SourceFile, all columns text. Raises CsvTrouble when the csv is not plain after all."""
        name = quote_text(source.path)
        if source.form == "parquet":
            texts = ", ".join(f"CAST({column} AS VARCHAR) AS {column}" for column in map(quote_name, source.header))
            return f"(SELECT {texts} FROM read_parquet({name}))"
        columns = ", ".join(f"{quote_text(h)}: 'VARCHAR'" for h in source.header)
        return (f"read_csv({name}, header = true, auto_detect = false, columns = {{{columns}}}, delim = "
                f"{quote_text(source.delimiter)}, quote = '\"', escape = '\"', null_padding = true, "
                f"buffer_size = {BUFFER})")

    def rows_of(self, source):
        """All rows of a small table file as dicts of text."""
        try:
            found = self.db.execute(f"SELECT * FROM {self.read_file(source)}").fetchall()
        except duckdb.InvalidInputException as error:
            raise CsvTrouble(str(error)) from error
        return [dict(zip(source.header, row, strict=True)) for row in found]

    # --- keys and scope ---------------------------------------------------------------------------------

    def _key_columns(self, system, columns):
        """Our columns of the key; of a 1:n system that of the parent's key last."""
        parent = self.profile.cardinality.many.get(system)
        return [columns[c] for c in self.profile.systems[system].key.columns] + ([columns[parent]] if parent else [])

    def _key_sql(self, system, columns, kept):
        """SQL of the smoothed key, NULL where it is not plain; 1:n: the parent's key, smoothed as keys here are."""
        rule, names = self.profile.systems[system].key, self._key_columns(system, columns)
        own, plain = key_sql([kept.said(c) for c in names[:len(rule.columns)]], rule)
        if len(names) == len(rule.columns):
            already = smooth_already(names, rule)
            quick = f"WHEN {already}{kept.no_word(names[0])} THEN {names[0]} " if already else ""
            return f"CASE {quick}WHEN {plain} THEN {own} END"
        parent, parent_plain = key_sql([kept.said(names[-1])], rule)
        return f"CASE WHEN {plain} AND {parent_plain} THEN coalesce({parent}, {own}) END"

    def _read_other_keys(self, system):
        """Keys that are not plain ASCII go through Python, once per distinct one."""
        loaded, rule = self.loaded[system], self.profile.systems[system].key
        names = self._key_columns(system, loaded.columns)
        said = " OR ".join(f"{c} IS NOT NULL" for c in names)
        rows = self.db.execute(
            f"SELECT DISTINCT {', '.join(names)} FROM {loaded.table} WHERE k IS NULL AND ({said})").fetchall()
        if not rows:
            return

        def convert(*parts):
            own, parent = parts[:len(rule.columns)], parts[len(rule.columns):]
            return ((smooth_key(rule, *parent) if parent and parent[0] else None) or self.readers[system].key(*own),)

        other = f"k{self.order[system]}"
        keep_dictionary(self.db, other, rows, [convert(*row) for row in rows], ("VARCHAR",))
        on = " AND ".join(f"{other}.x{j} IS NOT DISTINCT FROM {loaded.kept.text(c, f'{loaded.store}.')}"
                          for j, c in enumerate(names))
        self.db.execute(f"UPDATE {loaded.store} SET k = {other}.y0 FROM {other} "
                        f"WHERE {loaded.store}.k IS NULL AND {on}")

    def _scope(self, system, columns, kept):
        tests = [self._scope_test(kept.said(columns[t.column]), t) for t in self.profile.systems[system].scope]
        return "(" + " AND ".join(f"coalesce({t}, false)" for t in tests) + ")" if tests else "true"

    @staticmethod
    def _scope_test(said, test):
        column = f"trim(coalesce({said}, ''))"
        values = [quote_text(v) for v in test.values]
        listed = ", ".join(values) or "NULL"
        starts = " OR ".join(f"starts_with({column}, {v})" for v in values) or "false"
        first = values[0] if values else "''"
        return {"in": f"{column} IN ({listed})", "equals": f"{column} = {first}",
                "not_in": f"{column} NOT IN ({listed})", "from": f"{column} >= {first}",
                "before": f"{column} < {first}", "prefix": f"({starts})", "not_prefix": f"NOT ({starts})"}[test.op]

    # --- which keys need a close look -------------------------------------------------------------------

    def prepare(self):
        """Read the keys, find the suspects, and build a{i} and s{i} of them."""
        for name in self.profile.systems:
            self.readers[name] = Reader(self.profile, name, self.lookups)
            self._read_other_keys(name)
        self.db.execute("CREATE TABLE doubled (k VARCHAR)")
        is_counted = self._find_suspects()
        for name in self.order:
            self._canonical(name, "" if self.whole else "known")
        if not is_counted:
            self._find_doubled("w")
        for name in self.order:
            self._reduce(name)

    def _find_doubled(self, letter):
        """Keys that some system holds more than once, in all its rows (f) or in those of suspect keys (w)."""
        for i in self.order.values():
            self.db.execute(f"INSERT INTO doubled SELECT k FROM {letter}{i} WHERE inside AND k IS NOT NULL GROUP BY k "
                            "HAVING count(*) > 1 EXCEPT SELECT k FROM doubled")

    def _find_suspects(self):
        """The table known, unless all rows need a close look. Is doubled filled already?"""
        if self.whole:
            self._find_doubled("f")
            return True
        suspects = self._suspects()
        is_counted = not suspects.is_readable() or self._must_count()
        if is_counted:
            self._find_doubled("f")
        most = max(loaded.rows for loaded in self.loaded.values())
        if suspects.is_readable():
            suspects.doubled = "doubled" if self._holds("doubled") else ""
            # A key that two systems hold, and one of them twice, was held more often in the join than in the other.
            if self._look(suspects, most) != self._rows_with_keys() and not is_counted:
                self._find_doubled("f")
                is_counted = True
            self.db.execute("INSERT INTO known SELECT k FROM doubled ANTI JOIN known USING (k)")
        self.whole = not suspects.is_readable() or self._count("known") * MANY > most
        if self.whole and not is_counted:
            self._find_doubled("f")
        return is_counted or self.whole

    def _must_count(self):
        """Is a join not the way to find doubled keys? It would not find those that no complete system lacks, and many
        rows of a key would be multiplied by one another."""
        return sum(s.complete for s in self.profile.systems.values()) < 2 or any(self.db.execute(
            f"SELECT 1 FROM f{i} WHERE rowid % {SPREAD} = 0 AND inside AND k IS NOT NULL GROUP BY k "
            "HAVING count(*) > 1 LIMIT 1").fetchall() for i in self.order.values())

    def _look(self, suspects, most):
        """The table known, of suspect keys; how often each system's rows were held in the join."""
        self.db.execute("CREATE TABLE known (k VARCHAR)")
        held, parts = [0] * len(self.order), most * suspects.width() // AT_ONCE + 1
        sql = suspects.sql(f"hash(k) % {parts} = getvariable('part')" if parts > 1 else "true")
        for place in range(parts):
            self.db.execute(f"SET VARIABLE part = {place}::UBIGINT")
            self.db.execute(f"CREATE OR REPLACE TEMP TABLE looked AS {sql}")
            self.db.execute("INSERT INTO known SELECT DISTINCT unnest(keys) FROM looked")
            counts = self.db.execute("SELECT * EXCLUDE keys FROM looked").fetchall()[0]
            held = [before + more for before, more in zip(held, counts, strict=True)]
        return held

    def _rows_with_keys(self):
        return [self.db.execute(f"SELECT count(*) FROM f{self.order[name]} WHERE inside AND k IS NOT NULL"
                                ).fetchall()[0][0] for name in sorted(self.order)]

    def _suspects(self):
        def dictionary(system, table, columns, convert, kind):
            rows = self.db.execute(f"SELECT DISTINCT {', '.join(columns)} FROM {self.loaded[system].table} "
                                   "WHERE inside").fetchall()
            keep_dictionary(self.db, table, rows, [(convert(*row),) for row in rows], (kind,))

        tables = {name: loaded.table for name, loaded in self.loaded.items()}
        columns = {name: loaded.columns for name, loaded in self.loaded.items()}
        forms = {name: self._clean_forms(loaded) for name, loaded in self.loaded.items()}
        return Suspects(self.profile, self.readers, tables, columns, forms, "", dictionary)

    def _clean_forms(self, loaded):
        """{column: Form} of those columns that nearly all cells are kept typed of."""
        if not loaded.kept.forms:
            return {}
        counts = ", ".join(f"count({loaded.kept.odd(c)})" for c in loaded.kept.forms)
        odd = self.db.execute(f"SELECT {counts} FROM {loaded.store} WHERE odd IS NOT NULL").fetchall()[0]
        return {c: form for (c, form), count in zip(loaded.kept.forms.items(), odd, strict=True)
                if count * FEW_ODD <= loaded.rows}

    def _canonical(self, system, keys):
        """Add to w{i} and a{i} the rows of a table of keys, or all rows when none is named."""
        i, loaded = self.order[system], self.loaded[system]
        self.made += 1
        source = loaded.table
        if keys:
            source = f"w{i}_{self.made}"
            found = f"(SELECT rid FROM (SELECT rowid AS rid, k FROM {loaded.store}) SEMI JOIN {keys} USING (k))"
            picked = loaded.picked(f"WHERE rowid IN {found}")
            self.db.execute(f"CREATE TABLE {source} AS {loaded.kept.rows(picked)}")
        self.taken.setdefault(system, []).append(source)
        each = " UNION ALL ".join(f"SELECT * FROM {table}" for table in self.taken[system])
        self.db.execute(f"CREATE OR REPLACE VIEW w{i} AS {each}")
        rows = self._reading(system, source)
        is_new = not self._has_table(f"a{i}")
        self.db.execute((f"CREATE TABLE a{i} AS " if is_new else f"INSERT INTO a{i} ") + rows.select())

    def _reading(self, system, source):
        loaded = self.loaded[system]
        return Canonical(self.db, self.profile, system, self.readers[system], loaded.columns, source,
                         f"{self.order[system]}_{self.made}", loaded.kept.forms)

    def _count(self, table):
        return self.db.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]

    def _holds(self, table):
        return bool(self.db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchall())

    def _has_table(self, name):
        return bool(self.db.execute("SELECT 1 FROM information_schema.tables WHERE table_name = ?", [name]).fetchall())

    def _know(self, keys):
        """Make sure that the rows of `keys` are canonical; leaves them in the table asked."""
        self._ask(keys)
        if self.whole or not self.db.execute("SELECT 1 FROM asked ANTI JOIN known USING (k) LIMIT 1").fetchall():
            return
        self.db.execute("CREATE OR REPLACE TEMP TABLE more AS SELECT k FROM asked ANTI JOIN known USING (k)")
        for name in self.order:
            self._canonical(name, "more")
        self.db.execute("INSERT INTO known SELECT k FROM more")

    def _events(self, system):
        """Name of a relation of rid, k and ev of all rows in scope."""
        i = self.order[system]
        if self.whole:
            return f"(SELECT rid, k, ev FROM a{i} WHERE inside)"
        if not self._has_table(f"e{i}"):
            self.made += 1
            loaded, event = self.loaded[system], self.readers[system].event_column
            is_at_hand = not event or loaded.columns[event] in loaded.kept.forms
            self.db.execute(f"CREATE {'VIEW' if is_at_hand else 'TABLE'} e{i} AS "
                            f"{self._reading(system, loaded.table).events()}")
        return f"e{i}"

    # --- one row per key --------------------------------------------------------------------------------

    def _reduce(self, system):
        """s{i}: in scope, one row per key. 1:n systems are summed; of other duplicates the newest stays."""
        i = self.order[system]
        if system in self.profile.cardinality.many:
            self._sum(system)
            return
        self.db.execute(f"CREATE VIEW s{i} AS SELECT * FROM a{i} WHERE inside AND chosen AND k IS NOT NULL")
        doubled = self._sides("SELECT k FROM doubled", system)
        drop = [s.place for sides in doubled.values() for s in newest_first(sides)[1:]]
        if drop:
            keep_lists(self.db, "dropped", {"rid": ("BIGINT", drop)})
            self.db.execute(f"UPDATE a{i} SET chosen = false WHERE rid IN (SELECT rid FROM dropped)")

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
        sql = (f"SELECT k FROM a{i} SEMI JOIN doubled USING (k) WHERE inside GROUP BY k HAVING count(*) > 1 "
               "ORDER BY k")
        return [k for (k,) in self.db.execute(sql).fetchall()]

    def keyless_rows(self, system):
        """Rows in scope that say something, but not which key it is about. Where nothing but keys is read: all."""
        loaded, key = self.loaded[system], self.profile.systems[system].key
        is_more = not set(loaded.columns) <= set(key.columns)
        said = " OR ".join(f"{c} IS NOT NULL" for c in loaded.columns.values()) if is_more else "true"
        return self.db.execute(
            f"SELECT count(*) FROM {loaded.table} WHERE k IS NULL AND inside AND ({said})").fetchall()[0][0]

    def keyless(self, system, most):
        """What such rows are called: those of a file have no names, their numbers are looked up in it."""
        return []

    def held(self, keys, length):
        """Those of `keys`, each cut to `length` characters, that any file holds, inside the profile's scope or not."""
        if not keys:
            return set()
        self._ask(keys)
        some = " UNION ".join(f"SELECT substr(k, 1, {int(length)}) AS k FROM f{i}" for i in self.order.values())
        return {k for (k,) in self.db.execute(f"SELECT k FROM asked SEMI JOIN ({some}) said USING (k)").fetchall()}

    def heard(self):
        """The systems whose file has at least one row that says which key it is about."""
        return {name for name, i in self.order.items()
                if self.db.execute(f"SELECT 1 FROM f{i} WHERE k IS NOT NULL LIMIT 1").fetchall()}

    def out_of_scope(self, system, keys):
        """Those of `keys` that the system holds, but only outside the profile's scope."""
        self._ask(keys)
        table = self.loaded[system].table
        sql = f"SELECT k FROM {table} SEMI JOIN asked USING (k) GROUP BY k HAVING NOT bool_or(inside)"
        return {k for (k,) in self.db.execute(sql).fetchall()}

    def sides(self, keys):
        """{system: {key: [Side, …]}} of all rows of `keys` in scope; the one that was compared comes first."""
        self._know(keys)
        return {name: self._sides("SELECT k FROM asked", name) for name in self.order}

    def sample(self, size=SAMPLE):
        """Keys spread evenly by hash: what is usual between these systems is learned from them."""
        first = self.loaded[self.profile.record_system or next(iter(self.order))]

        def drawn(test):
            rows = self.db.execute(f"SELECT DISTINCT k, h FROM (SELECT k, md5(k) AS h FROM {first.store} WHERE inside "
                                   f"AND k IS NOT NULL) WHERE {test} ORDER BY h, k LIMIT {size}").fetchall()
            return [k for k, _ in rows]

        head = 4 * size * 16**8 // max(1, first.rows)  # a few times as many as are needed have a lower hash than this
        found = drawn(f"h < '{head:08x}'") if head < 16**8 else []
        return found if len(found) == size else drawn("true")

    def presence(self, system):
        """[(minute, keys expected, keys absent)] of one system, by the event time the others give."""
        if not self._has_table("minutes"):
            self._gather_minutes()
        i = self.order[system]
        return self.db.execute(f"SELECT m{i}, count(*), count(*) FILTER (gone{i}) FROM minutes WHERE m{i} IS NOT NULL "
                               "GROUP BY 1 ORDER BY 1").fetchall()

    def _gather_minutes(self):
        """The table minutes: of each key and system the minute the others give, and whether it is gone there."""
        places, joined = range(len(self.order)), []
        for place, name in enumerate(self.order):
            rows = f"(SELECT k, ev FROM {self._one_event_per_key(name)}) e{place}"
            before = ", ".join(f"e{other}.k" for other in range(place))
            joined.append(f"FULL JOIN {rows} ON e{place}.k = coalesce({before}, NULL)" if place else rows)
        items = []
        for place in places:
            others = [(name in self.profile.partial, f"e{other}.ev") for other, name in enumerate(self.order)
                      if other != place]
            least = [f"least({', '.join(moments)}, NULL)" for part in (False, True)
                     if (moments := [moment for is_part, moment in others if is_part is part])]
            items += [f"coalesce({', '.join(least)}, NULL) // {MINUTE_US} AS m{place}",
                      f"e{place}.k IS NULL AS gone{place}"]
        self.db.execute(f"CREATE TEMP TABLE minutes AS SELECT {', '.join(items)} FROM {' '.join(joined)}")

    def _one_event_per_key(self, system):
        i = self.order[system]
        if self.whole:
            return f"s{i}"
        return (f"(SELECT k, ev FROM {self._events(system)} ANTI JOIN (SELECT rid FROM a{i} WHERE NOT chosen) dropped "
                "USING (rid) WHERE k IS NOT NULL)")

    def totals(self, system, dimension, values):
        """{value: {hour: rows}} of the system's rows whose evidence `dimension` has one of `values` ('' = all)."""
        loaded, events = self.loaded[system], self._events(system)
        hour = f"coalesce(a.ev, 0) // {HOUR_US}"
        if not dimension:
            rows = self.db.execute(f"SELECT '', {hour}, count(*) FROM {events} a GROUP BY ALL").fetchall()
        else:
            column = self.readers[system].dimension_column(dimension)
            if not column:
                return {}
            keep_lists(self.db, "incoming", {"value": ("VARCHAR", sorted(values))})
            rows = self.db.execute(
                f"SELECT value, {hour}, count(*) FROM {events} a JOIN {loaded.table} r ON r.rid = a.rid "
                f"JOIN incoming ON incoming.value = trim(r.{self._name(system, column)}) GROUP BY ALL"
            ).fetchall()
        result = {}
        for value, at, count in rows:
            result.setdefault(value, {})[at] = count
        return result

    def counts(self, system, column, texts):
        """{text: rows} of those rows of the system that write exactly one of `texts` in a source column."""
        name = self._name(system, column)
        keep_lists(self.db, "incoming", {"value": ("VARCHAR", sorted(texts))})
        rows = self.db.execute(f"SELECT value, count(*) FROM {self.loaded[system].table} r "
                               f"JOIN incoming ON incoming.value = r.{name} GROUP BY ALL").fetchall()
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
            self._know(keys)
            if not self.whole:
                self._know({k for (k,) in self.db.execute(self._like_sql(system, i, names)).fetchall()})
                self._ask(keys)
            for key, twin in self.db.execute(self._twins_sql(system, i, names, quantity)).fetchall():
                found.setdefault(key, []).append((system, twin))
        return found

    def _like_sql(self, system, i, names):
        """Keys of the same customer and item as one of those asked for."""
        table = self.loaded[system].table
        same = " AND ".join(f"r.{self._name(system, n)} = q.{self._name(system, n)}" for n in names)
        return (f"SELECT DISTINCT q.k FROM s{i} a SEMI JOIN asked ON asked.k = a.k JOIN w{i} r ON r.rid = a.rid "
                f"JOIN {table} q ON {same} WHERE q.inside AND q.k IS NOT NULL")

    def _twins_sql(self, system, i, names, quantity):
        table = self.loaded[system].table
        same = " AND ".join(f"r.{self._name(system, n)} = q.{self._name(system, n)}" for n in names)
        everywhere = " ".join(f"SEMI JOIN s{j} ON s{j}.k = b.k" for j in self.order.values() if j != i)
        likes = f'a."v_{quantity}" = b."v_{quantity}" AND a.ev // {DAY_US} = b.ev // {DAY_US} AND a.k <> b.k'
        return (f"SELECT a.k, min(b.k) FROM s{i} a SEMI JOIN asked ON asked.k = a.k JOIN w{i} r ON r.rid = a.rid "
                f"JOIN {table} q ON {same} JOIN s{i} b ON b.rid = q.rid AND {likes} {everywhere} "
                "GROUP BY a.k ORDER BY a.k")

    def _name(self, system, column):
        return self.loaded[system].columns[column]

    def _ask(self, keys):
        keep_lists(self.db, "asked", {"k": ("VARCHAR", sorted(keys))})

    def _sides(self, keys_sql, system):
        self.db.execute(f"CREATE OR REPLACE TEMP TABLE wanted AS {keys_sql}")
        found = self._fetch(system, "JOIN wanted ON wanted.k = a.k", "a.k")
        return {key: newest_first(sides) for key, sides in found.items()}

    def _fetch(self, system, join, key):
        loaded, reader = self.loaded[system], self.readers[system]
        canonical = self._reading(system, "").value_columns()
        names = list(loaded.columns)
        extra = (", " + ", ".join(f"a.{c}" for c in canonical)) if canonical else ""
        raws = "".join(f", r.{loaded.columns[n]}" for n in names)
        sql = (f"SELECT {key}, a.rid, a.ev{extra}{raws} FROM a{self.order[system]} a "
               f"JOIN w{self.order[system]} r ON r.rid = a.rid {join} WHERE a.inside")
        found = {}
        split = 3 + len(canonical)
        labels = [c.strip('"') for c in canonical]
        for row in self.db.execute(sql).fetchall():
            side = reader.side(dict(zip(labels, row[3:split], strict=True)), dict(zip(names, row[split:], strict=True)))
            side.place, side.at_us = row[1], row[2]
            found.setdefault(row[0], []).append(side)
        return found
