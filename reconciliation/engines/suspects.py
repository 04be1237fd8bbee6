"""Which keys could differ at all? One cheap pass over raw texts, so that only those need a close look.

A key that this pass lets go is the same in all systems, for certain: every complete system has it, and in each field
either all wrote the same text by the same rules and SQL can read it, or SQL can read them all and finds them within
tolerance. Everything else is suspect, and is judged by the template of plan.py. Parsing happens only where texts
differ: DuckDB evaluates the branches of CASE for the rows that reach them.
"""

from __future__ import annotations

from itertools import combinations

from reconciliation.engines.canonical import currency_sql, factor_reading, has_factors, joined, times_sql, whole_factor
from reconciliation.plan import apart_sql
from reconciliation.reading_sql import number_quick, smooth_sql, time_quick


class Suspects:
    """`tables` {system: relation with k, inside and raw columns}, `columns` {system: {file's column: ours}};
    `doubled` a table of keys that some system holds more than once: suspect anyway, and left out here ("": none).
    `dictionary(system, table, columns, convert, type)` makes table(x0…, y0) of what a system wrote.
    """

    def __init__(self, profile, readers, tables, columns, doubled, dictionary):
        self.profile, self.readers, self.tables, self.columns = profile, readers, tables, columns
        self.doubled, self.dictionary = doubled, dictionary
        self.alias = {name: f"s{i}" for i, name in enumerate(sorted(tables))}
        self.joins = {}

    def sql(self, part="true"):
        """SELECT of suspect keys k, or "" when some field cannot be read by SQL and every row needs a close look.

        `part` is a test of k: the keys that are looked at now. Parts in turn need less memory than all at once.
        """
        fields = self.fields()
        if not self.is_readable():
            return ""
        same, values, tests = [], [], [f"{a}_gone" for a in self._complete()]
        for place, (one, holders) in enumerate(fields):
            for kept, more in zip((same, values, tests), self._field_sql(place, one, holders), strict=True):
                kept += more
        gone = [f"{a}.k IS NULL AS {a}_gone" for a in self.alias.values()]
        texts = [f"{a}_{c}" for n, a in self.alias.items() for c in self._texts(fields, n)]
        texts += [f"{table}.y0 AS {table}_y" for table in self.joins]
        joined_rows = f"SELECT {', '.join([f'{self._any_key()} AS key', *gone, *texts, *same])} FROM " \
            f"{' '.join(self._sources(fields, part))} {' '.join(self.joins.values())}"
        read = f"SELECT key, {', '.join([*(f'{a}_gone' for a in self.alias.values()), *values])} FROM ({joined_rows})"
        return f"SELECT key AS k FROM ({read}) WHERE {' OR '.join(tests) or 'false'}"

    def fields(self):
        """[(field, systems that hold it)] of those that are compared."""
        fields = [(one, [n for n in self.alias if n in one.columns]) for one in self.profile.fields.values()]
        return [(one, holders) for one, holders in fields if len(holders) > 1]

    def is_readable(self):
        """Can SQL read plain texts of all fields, and does each row stand for itself?"""
        return not self.profile.cardinality.many and all(self._has_sql(one, holders) for one, holders in self.fields())

    def _complete(self):
        return [self.alias[n] for n, s in self.profile.systems.items() if s.complete]

    def _any_key(self):
        return f"coalesce({', '.join(f'{a}.k' for a in self.alias.values())})"

    def _sources(self, fields, part):
        seen = []
        for name, short in self.alias.items():
            listed = ", ".join(["k", *self._listed(fields, name)])
            single = f"ANTI JOIN {self.doubled} USING (k)" if self.doubled else ""
            rows = (f"(SELECT {listed} FROM {self.tables[name]} {single} "
                    f"WHERE inside AND k IS NOT NULL AND {part}) {short}")
            before = f"coalesce({', '.join(seen)})" if len(seen) > 1 else "".join(seen)
            yield f"FULL JOIN {rows} ON {short}.k = {before}" if seen else rows
            seen.append(f"{short}.k")

    def _listed(self, fields, system):
        """SELECT items of one system, by names of their own in the join."""
        return [f"{c} AS {self.alias[system]}_{c}" for c in self._texts(fields, system)]

    def _texts(self, fields, system):
        return sorted({c for one, holders in fields if system in holders for c in self._compared(one, system)})

    def _compared(self, one, system):
        """Our names of the columns that one field is read from."""
        mine = self.columns[system]
        yield mine[one.columns[system]]
        if one.type == "money" and system in one.currency_columns:
            yield mine[one.currency_columns[system]]
        if has_factors(one, system, self.readers[system].lookups):
            yield from factor_reading(one, system, self.readers[system], mine)[0]

    def _has_sql(self, one, holders):
        if one.type == "time" and one.formats or one.is_number and one.decimal != ".":
            return False
        lookups = self.readers[holders[0]].lookups
        # A factor that changed in time depends on each row's own instant.
        return not (any(has_factors(one, n, lookups) for n in holders)
                    and any(d.is_dated for d in lookups.units.values()))

    def _field_sql(self, place, one, holders):
        """(flags of the joined rows, values read from them, tests of these) of one field.

        Nothing is read where all wrote the same: there the value is the same, unless nobody can read it.
        """
        raw = {n: self._column(n, one.columns[n]) for n in holders}
        read = {n: self._reading(one, n, raw[n]) for n in holders}
        money = {n: self._currency(one, n) for n in holders} if one.type == "money" else {}
        same, odd, first = f"same{place}", f"odd{place}", holders[0]
        alike = [f"{t[first]} IS NOT DISTINCT FROM {t[n]}"
                 for t in (raw, money if one.currency_columns else {}) if t for n in holders[1:]]
        flags = [f"({' AND '.join(alike) if self._by_same_rules(one, holders) else 'false'}) AS {same}"]
        nobody_can = "false" if one.type == "text" else f"NOT {read[first][1]}"
        values, tests = [f"CASE WHEN {same} THEN coalesce({nobody_can}, false) ELSE false END AS {odd}"], [odd]
        for n in holders:
            value, plain = read[n]
            values.append(f"CASE WHEN {same} THEN NULL WHEN {plain} THEN {value} END AS {self._value(place, n)}")
            values.append(f"(NOT {same} AND {raw[n]} IS NOT NULL) AS {self._value(place, n)}_said")
            if money:
                values.append(f"CASE WHEN NOT {same} THEN {money[n]} END AS {self._value(place, n)}_currency")
            tests.append(f"({self._value(place, n)}_said AND {self._value(place, n)} IS NULL)")
        return flags, values, tests + [self._pair_sql(one, place, a, b) for a, b in combinations(holders, 2)]

    def _column(self, system, column, letter=""):
        return f"{self.alias[system]}_{letter}{self.columns[system][column]}"

    def _value(self, place, system):
        return f"x{place}_{self.alias[system]}"

    def _currency(self, one, system):
        return currency_sql(one, system, {c: f"{self.alias[system]}_{o}" for c, o in self.columns[system].items()})

    def _zone(self, one, system):
        return one.zones.get(system, self.profile.systems[system].zone)

    def _by_same_rules(self, one, holders):
        """Does the same text mean the same in all of them?"""
        if one.type == "time":
            return len({self._zone(one, n) for n in holders}) == 1
        return one.type != "code" and not one.xref and not any(
            has_factors(one, n, self.readers[n].lookups) for n in holders)

    def _reading(self, one, system, column):
        """(value SQL, plain test) of one raw column; the value counts only where the test holds."""
        reader, mine = self.readers[system], self.columns[system]
        if one.type == "time":
            return time_quick(column, self._zone(one, system))
        if one.type == "code":
            return self._looked_up(one, system, lambda text: text and reader.code(one, text)[0]), "true"
        if one.type == "text" and one.xref:
            return self._looked_up(one, system, lambda text: text and reader.text(one, text)), "true"
        if one.type == "text":
            return smooth_sql(column, one.normalise)
        sql, plain = number_quick(column)
        if not has_factors(one, system, reader.lookups):
            return sql, plain
        names, convert = factor_reading(one, system, reader, mine)
        factor = self._joined(one, system, names, lambda *parts: whole_factor(convert(*parts)), "BIGINT")
        return times_sql(sql, factor), f"({plain} AND {factor} IS NOT NULL)"

    def _looked_up(self, one, system, convert):
        return self._joined(one, system, [self.columns[system][one.columns[system]]], convert, "VARCHAR")

    def _joined(self, one, system, names, convert, kind):
        table = f"z{self.alias[system]}_{list(self.profile.fields).index(one.name)}"
        self.dictionary(system, table, names, convert, kind)
        self.joins[table] = joined(table, [f"{self.alias[system]}_{c}" for c in names])
        return f"{table}_y"

    def _pair_sql(self, one, place, a, b):
        x, y = self._value(place, a), self._value(place, b)
        apart = f"coalesce({apart_sql(one, x, y, 'duckdb')}, false)"
        if one.type == "money":
            apart += f" OR coalesce({x}_currency <> {y}_currency, false)"
        if one.empty != "ignore":
            apart += f" OR {x}_said <> {y}_said"
        return f"(NOT {self.alias[a]}_gone AND NOT {self.alias[b]}_gone AND ({apart}))"
