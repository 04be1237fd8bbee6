"""Which keys could differ at all? One cheap pass over what is kept, so that only those need a close look.

A key that this pass lets go is the same in all systems, for certain: every complete system has it, and each field can
be read and is within tolerance. A field that all systems keep typed (kept.py) is compared as it is kept. Of others,
the same text says the same where it is read by the same rules; texts are parsed only where they differ, and only those
that SQL may read: DuckDB evaluates the branches of CASE for the rows that reach them. Every other key is suspect, and
is judged by the template of plan.py.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations

from reconciliation.engines.canonical import currency_sql, factor_reading, has_factors, joined, times_sql, whole_factor
from reconciliation.engines.kept import number_form, said_sql
from reconciliation.plan import apart_sql
from reconciliation.reading_sql import number_quick, smooth_sql, time_quick
from reconciliation.values import MICRO, fixed_offset_us

SAFE = 4 * 10**12  # a number times its factor stays readable up to here
KEY_BYTES, TYPED_BYTES, TEXT_BYTES = 24, 8, 20


class Suspects:
    """`tables` {system: relation with k, inside and what kept.py gives}, `columns` {system: {file's column: ours}};
    `forms` {system: {our column: Form}} of columns kept typed, few of their cells odd; `doubled` a table of keys that
    some system holds more than once: suspect anyway, and left out here ("": none).
    `dictionary(system, table, columns, convert, type)` makes table(x0…, y0) of what a system wrote.
    """

    def __init__(self, profile, readers, tables, columns, forms, doubled, dictionary):
        self.profile, self.readers, self.tables, self.columns = profile, readers, tables, columns
        self.forms, self.doubled, self.dictionary = forms, doubled, dictionary
        self.alias = {name: f"s{i}" for i, name in enumerate(sorted(tables))}
        self.joins = {}
        fields = [(one, [n for n in self.alias if n in one.columns]) for one in profile.fields.values()]
        self.fields = [(one, holders) for one, holders in fields if len(holders) > 1]

    def is_readable(self):
        """Can SQL read plain texts of all fields, and does each row stand for itself? Else all need a close look."""
        return not self.profile.cardinality.many and all(self._has_sql(one, holders) for one, holders in self.fields)

    def width(self):
        """Bytes, about, that one row of a system takes in the join, at most."""
        return max(KEY_BYTES + sum(TYPED_BYTES if name.startswith("t_") else TEXT_BYTES for name in self._names(n))
                   for n in self.alias)

    def sql(self, part="true"):
        """SELECT of one row: `keys`, a list of the suspect ones, and of each system, by its name, how often its rows
        were held in the join: more often than there are when a key it shares is doubled. `part` is a test of k: the
        keys that are looked at now. Parts in turn need less memory than all at once.
        """
        tests = [f"{self.alias[n]}.k IS NOT NULL" for n, s in self.profile.systems.items() if s.complete]
        tests += [f"coalesce(NOT {self.alias[n]}_odd, true)" for n in self.alias if self._odd(n)]
        for one, holders in self.fields:
            tests += self._field_tests(one, holders)
        key = f"coalesce({', '.join(f'{a}.k' for a in self.alias.values())})"
        keys = f"list({key}) FILTER (NOT coalesce({' AND '.join(tests) or 'true'}, false)) AS keys"
        held = [f"count({a}.k) AS {a}_held" for a in self.alias.values()]
        return (f"SELECT {', '.join([keys, *held])} FROM {' '.join(self._sources(part))} "
                f"{' '.join(self.joins.values())}")

    # --- what is joined ---------------------------------------------------------------------------------

    def _sources(self, part):
        seen = []
        for name, short in self.alias.items():
            odd = " OR ".join(self._odd(name))
            listed = ", ".join(["k", *(f"{one} AS {short}_{one}" for one in self._names(name)),
                                *([f"({odd}) AS {short}_odd"] if odd else [])])
            single = f"ANTI JOIN {self.doubled} USING (k)" if self.doubled else ""
            rows = (f"(SELECT {listed} FROM {self.tables[name]} {single} "
                    f"WHERE inside AND k IS NOT NULL AND {part}) {short}")
            before = f"coalesce({', '.join(seen)})" if len(seen) > 1 else "".join(seen)
            yield f"FULL JOIN {rows} ON {short}.k = {before}" if seen else rows
            seen.append(f"{short}.k")

    def _names(self, system):
        """Columns of one system that the fields are compared by, sorted: as kept typed, as said, or as written."""
        names, mine = set(), self.columns[system]
        for one, holders in self.fields:
            if system in holders:
                letter = "t_" if self._is_typed(one, holders) else "" if one.is_looked_up else "s_"
                names.add(f"{letter}{mine[one.columns[system]]}")
                if one.type == "money" and system in one.currency_columns:
                    names.add(mine[one.currency_columns[system]])
                if has_factors(one, system, self.readers[system].lookups):
                    names |= set(factor_reading(one, system, self.readers[system], mine)[0])
        return sorted(names)

    def _odd(self, system):
        """Tests of a row's cells that are compared as kept typed, but are not."""
        return [f"x_{name[2:]} IS NOT NULL" for name in self._names(system) if name.startswith("t_")]

    def _column(self, one, system, letter=""):
        return f"{self.alias[system]}_{letter}{self.columns[system][one.columns[system]]}"

    # --- fields -----------------------------------------------------------------------------------------

    def _has_sql(self, one, holders):
        if one.type == "time" and one.formats or one.is_number and one.decimal != ".":
            return False
        lookups = self.readers[holders[0]].lookups
        # A factor that changed in time depends on each row's own instant.
        return not (any(has_factors(one, n, lookups) for n in holders)
                    and any(d.is_dated for d in lookups.units.values()))

    def _field_tests(self, one, holders):
        """That all pairs of systems agree for certain."""
        is_typed = self._is_typed(one, holders)
        is_same = one.is_looked_up or one.type == "text" or one.tolerance == one.relative_ppm == 0
        pairs = self._links(holders) if is_same and one.empty != "ignore" else list(combinations(holders, 2))
        near = self._near_kept if is_typed else self._near_looked_up if one.is_looked_up else self._near_texts
        tests = [self._when_held(a, b, near(one, a, b)) for a, b in pairs] + self._alone_tests(one, holders)
        if one.type == "money" and one.currency_columns:
            money = {n: currency_sql(one, n, {c: f"{self.alias[n]}_{o}" for c, o in self.columns[n].items()})
                     for n in holders}
            tests += [self._when_held(a, b, f"{money[a]} IS NOT DISTINCT FROM {money[b]}")
                      for a, b in self._links(holders)]
        return tests

    def _links(self, holders):
        """Pairs enough to say that all are the same: what all have in common with one that is always there."""
        for one in holders:
            if self.profile.systems[one].complete:
                return [(one, other) for other in holders if other != one]
        return list(combinations(holders, 2))

    def _when_held(self, a, b, test):
        gone = [f"{self.alias[n]}.k IS NULL" for n in (a, b) if not self.profile.systems[n].complete]
        return f"({' OR '.join([*gone, test])})"

    def _alone_tests(self, one, holders):
        """That what a system says can be read, where no other has to hold the key."""
        if all(self.profile.systems[n].complete for n in holders) or not one.is_number and one.type != "time":
            return []
        if not self._is_typed(one, holders):
            said = {n: said_sql(self._column(one, n, "s_"), self.profile.empty_words) for n in holders}
            read = {n: self._reading(one, n, v) for n, v in said.items()}
            return [f"({said[n]} IS NULL OR coalesce({plain} AND {value} IS NOT NULL, false))"
                    for n, (value, plain) in read.items()]
        kept = {n: self._column(one, n, "t_") for n in holders if self._factor(one, n)}
        return [f"({v} IS NULL OR coalesce({_small_sql(v, self._factor(one, n))}, false))" for n, v in kept.items()]

    def _zone(self, one, system):
        return one.zones.get(system, self.profile.systems[system].zone)

    def _has_one_zone(self, one, holders):
        return len({self._zone(one, n) for n in holders}) == 1

    # --- values kept typed ------------------------------------------------------------------------------

    def _form(self, one, system):
        return self.forms[system].get(self.columns[system][one.columns[system]])

    def _is_typed(self, one, holders):
        """Is the field compared as it is kept? Then it is readable, and an empty cell is all that is no value."""
        forms = [self._form(one, n) for n in holders]
        if not all(forms) or any(form.is_time == one.is_number for form in forms):
            return False
        return one.is_number or one.type == "time" and bool(
            self._offsets(one, holders) or self._has_one_zone(one, holders) and not any(f.is_utc for f in forms))

    def _near_kept(self, one, a, b):
        """Within tolerance for certain, or nothing said."""
        x, y = (self._column(one, n, "t_") for n in (a, b))
        near = self._near_instants if one.type == "time" else self._near_numbers
        return f"coalesce({near(one, a, b, x, y)}, {_nothing_sql(one, x, y)})"

    def _near_numbers(self, one, a, b, x, y):
        factors = [self._factor(one, n) for n in (a, b)]
        if not one.relative_ppm and not any(factors):
            return _near_decimals(one, x, y, max(self._form(one, n).scale for n in (a, b)))
        micro = [f"CAST(CAST({v} AS DECIMAL(24,6)) * {MICRO} AS BIGINT)" for v in (x, y)]
        micro = [times_sql(v, factor) if factor else v for v, factor in zip(micro, factors, strict=True)]
        same = f"{x} = {y} AND {factors[0] or 1} = {factors[1] or 1}"
        small = "".join(f"{_small_sql(v, factor)} AND " for v, factor in zip((x, y), factors, strict=True) if factor)
        return f"({small}CASE WHEN {same} THEN true ELSE NOT ({apart_sql(one, *micro, 'duckdb')}) END)"

    def _near_instants(self, one, a, b, x, y):
        x, y = (f"CAST({v} AS TIMESTAMP)" for v in (x, y))
        offsets = self._offsets(one, (a, b))
        if not offsets:
            return f"{x} = {y}"
        apart = offsets[a] - offsets[b]
        between = f"epoch_us({x}) - epoch_us({y})" + (f" - ({apart})" if apart else "")
        return f"abs({between}) <= {one.tolerance}"

    def _offsets(self, one, holders):
        """{system: µs its clock is ahead of UTC}, or nothing where one changes."""
        found = {n: 0 if self._form(one, n).is_utc else fixed_offset_us(self._zone(one, n)) for n in holders}
        return {} if None in found.values() else found

    # --- texts ------------------------------------------------------------------------------------------

    def _near_texts(self, one, a, b):
        """Read where they differ; what all write alike may still be nothing that can be read."""
        x, y = (self._column(one, n, "s_") for n in (a, b))
        said = [said_sql(v, self.profile.empty_words) for v in (x, y)]
        read = [self._reading(one, n, v) for n, v in zip((a, b), said, strict=True)]
        values, plains = zip(*read, strict=True)
        if one.type == "text":
            same, near = "true", _same_sql(one, *values)
        else:
            same = f"{said[0]} IS NULL OR {plains[0]}"
            plains = [f"({v} IS NULL OR {plain})" for v, plain in zip(said, plains, strict=True)]
            apart = f"NOT ({apart_sql(one, *values, 'duckdb')})"
            if one.is_number and not one.relative_ppm and not any(self._factor(one, n) for n in (a, b)):
                form = number_form(6)
                apart = _near_decimals(one, *(f"TRY_CAST({v} AS {form.type})" for v in said), form.scale)
            near = f"CASE WHEN {said[0]} IS NULL OR {said[1]} IS NULL THEN {_nothing_sql(one, *said)} ELSE {apart} END"
        alike = f"WHEN {x} IS NOT DISTINCT FROM {y} THEN {same} " if self._by_same_rules(one, (a, b)) else ""
        return f"CASE {alike}WHEN {' AND '.join(plains)} THEN {near} ELSE false END"

    def _by_same_rules(self, one, holders):
        """Does the same text mean the same in all of them?"""
        if one.type == "time":
            return self._has_one_zone(one, holders)
        return not any(has_factors(one, n, self.readers[n].lookups) for n in holders)

    def _reading(self, one, system, text):
        """(value SQL, plain test) of one text; the value counts only where the test holds."""
        if one.type == "time":
            return time_quick(text, self._zone(one, system))
        if one.type == "text":
            return smooth_sql(text, one.normalise)
        sql, plain = number_quick(text)
        factor = self._factor(one, system)
        return (times_sql(sql, factor), f"({plain} AND {factor} IS NOT NULL)") if factor else (sql, plain)

    # --- what is looked up ------------------------------------------------------------------------------

    def _near_looked_up(self, one, a, b):
        return _same_sql(one, *(self._looked_up(one, n) for n in (a, b)))

    def _looked_up(self, one, system):
        reader = self.readers[system]

        def convert(text):
            return text and (reader.code(one, text)[0] if one.type == "code" else reader.text(one, text))

        return self._joined(one, system, [self.columns[system][one.columns[system]]], convert, "VARCHAR")

    def _factor(self, one, system):
        """SQL of the whole factor of a row's unit, NULL when it has none; "" where units are not said."""
        if not has_factors(one, system, self.readers[system].lookups):
            return ""
        names, convert = factor_reading(one, system, self.readers[system], self.columns[system])
        return self._joined(one, system, names, lambda *parts: whole_factor(convert(*parts)), "BIGINT")

    def _joined(self, one, system, names, convert, kind):
        table = f"z{self.alias[system]}_{list(self.profile.fields).index(one.name)}"
        if table not in self.joins:
            self.dictionary(system, table, names, convert, kind)
            self.joins[table] = joined(table, [f"{self.alias[system]}_{c}" for c in names])
        return f"{table}.y0"


def _nothing_sql(one, x, y):
    """What is said to be no difference where not both say something."""
    return f"{x} IS NULL {'OR' if one.empty == 'ignore' else 'AND'} {y} IS NULL"


def _same_sql(one, x, y):
    return f"coalesce({x} = {y}, true)" if one.empty == "ignore" else f"{x} IS NOT DISTINCT FROM {y}"


def _small_sql(number, factor):
    """Is a kept number times its factor certain to be readable?"""
    return f"abs(CAST({number} AS DOUBLE)) * abs({factor}) < {SAFE}"


def _near_decimals(one, x, y, scale):
    """Two decimals of at most eleven digits before the point and `scale` after it, within the field's tolerance."""
    steps = min(one.tolerance * 10**scale // MICRO, 10 ** (12 + scale) - 1)
    limit = f"CAST('{Decimal(steps).scaleb(-scale):f}' AS DECIMAL({12 + scale},{scale}))"
    return f"abs({x} - {y}) <= {limit}" if steps else f"{x} = {y}"
