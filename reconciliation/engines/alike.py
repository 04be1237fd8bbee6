"""Which keys are alike in all systems for certain, by what is kept of them and without reading a text?

The first pass of all: one join of kept values. A number or an instant that all systems keep typed (kept.py) is
readable, and is compared as it is. Of other fields the same text says the same, where it is read by the same rules.
What this pass does not let go is looked at again, by suspects.py or closely.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations

from reconciliation.engines.canonical import factor_reading, has_factors, times_sql, whole_factor
from reconciliation.engines.suspects import Suspects
from reconciliation.plan import apart_sql
from reconciliation.values import MICRO, fixed_offset_us

SAFE = 4 * 10**12  # a number times its factor stays readable up to here


class Alike(Suspects):
    """`forms` {system: {our column: Form}} of columns that have t_ and x_ beside, few odd; s_ beside all."""

    def __init__(self, profile, readers, tables, columns, doubled, dictionary, forms):
        super().__init__(profile, readers, tables, columns, doubled, dictionary)
        self.forms = forms

    def sql(self, part="true"):
        """SELECT of one row: `keys`, a list of those not alike for certain, and of each system, by name, how often its
        rows were held in the join: more often than there are when a key it shares is doubled.
        """
        fields = self.fields()
        tests = [f"{a}.k IS NOT NULL" for a in self._complete()]
        tests += [f"coalesce(NOT {self.alias[n]}_odd, true)" for n in self.alias if self._odd(fields, n)]
        for one, holders in fields:
            tests += self._field_tests(one, holders)
        held = [f"count({a}.k) AS {a}_held" for a in self.alias.values()]
        keys = f"list({self._any_key()}) FILTER (NOT coalesce({' AND '.join(tests) or 'true'}, false)) AS keys"
        return (f"SELECT {', '.join([keys, *held])} FROM {' '.join(self._sources(fields, part))} "
                f"{' '.join(self.joins.values())}")

    def can_tell(self):
        """Is there no field whose same text may mean different things?"""
        return all(self._is_typed(one, holders) or self._is_looked_up(one) or self._by_same_rules(one, holders)
                   for one, holders in self.fields())

    # --- what is joined ---------------------------------------------------------------------------------

    def _listed(self, fields, system):
        """SELECT items of one system."""
        names, odd, short = set(), " OR ".join(self._odd(fields, system)), self.alias[system]
        for one, holders in fields:
            if system in holders:
                column, *beside = self._compared(one, system)
                names |= {f"{self._letter(one, holders)}{column}", *beside}
        return [*(f"{name} AS {short}_{name}" for name in sorted(names)), *([f"({odd}) AS {short}_odd"] if odd else [])]

    def _letter(self, one, holders):
        """Compared as kept typed, as said, or as written."""
        return "t_" if self._is_typed(one, holders) else "" if self._is_looked_up(one) else "s_"

    def _typed_columns(self, fields, system):
        return sorted({self.columns[system][one.columns[system]] for one, holders in fields
                       if system in holders and self._is_typed(one, holders)})

    def _odd(self, fields, system):
        """Tests of a row's cells that are compared as kept typed, but are not."""
        return [f"x_{c} IS NOT NULL" for c in self._typed_columns(fields, system)]

    # --- fields -----------------------------------------------------------------------------------------

    def _form(self, one, system):
        return self.forms[system].get(self.columns[system][one.columns[system]])

    def _is_typed(self, one, holders):
        """Is the field compared as it is kept? Then it is readable, and an empty cell is all that is no value."""
        forms = [self._form(one, n) for n in holders]
        if not all(forms) or any(form.is_time == one.is_number for form in forms):
            return False
        return one.is_number or one.type == "time" and bool(
            self._offsets(one, holders) or self._by_same_rules(one, holders) and not any(f.is_utc for f in forms))

    def _field_tests(self, one, holders):
        pairs = list(combinations(holders, 2))
        # What all have in common with one that is always there, they have in common with one another.
        always = [n for n in holders if self.profile.systems[n].complete][:1]
        links = [(n, other) for n in always for other in holders if other != n] or pairs
        if self._is_typed(one, holders):
            tests = [self._when_held(a, b, self._near_sql(one, a, b)) for a, b in pairs]
        else:
            values = {n: self._said_sql(one, n) for n in holders}
            tests = [self._when_held(a, b, f"{values[a]} IS NOT DISTINCT FROM {values[b]}") for a, b in links]
            tests += self._readable_tests(one, holders)
        if one.type == "money" and one.currency_columns:
            money = {n: self._currency(one, n) for n in holders}
            tests += [self._when_held(a, b, f"{money[a]} IS NOT DISTINCT FROM {money[b]}") for a, b in links]
        return tests

    def _said_sql(self, one, system):
        """What is the same where the field says the same: its text, or what that is looked up as."""
        if self._is_looked_up(one):
            return self._reading(one, system, self._column(system, one.columns[system]))[0]
        return self._column(system, one.columns[system], "s_")

    @staticmethod
    def _is_looked_up(one):
        return one.type == "code" or one.type == "text" and bool(one.xref)

    def _readable_tests(self, one, holders):
        """What all write alike may still be nothing that can be read. One that all are compared with is enough."""
        if self._is_looked_up(one) or one.type == "text":
            return []
        always = [n for n in holders if self.profile.systems[n].complete][:1]
        columns = {n: self._column(n, one.columns[n], "s_") for n in always or holders}
        return [f"({c} IS NULL OR coalesce({self._reading(one, n, c)[1]}, false))" for n, c in columns.items()]

    def _when_held(self, a, b, test):
        gone = [f"{self.alias[n]}.k IS NULL" for n in (a, b) if not self.profile.systems[n].complete]
        return f"({' OR '.join([*gone, test])})"

    # --- values kept typed ------------------------------------------------------------------------------

    def _near_sql(self, one, a, b):
        """Within tolerance for certain, or nothing said."""
        x, y = (self._column(n, one.columns[n], "t_") for n in (a, b))
        nothing = "true" if one.empty == "ignore" else f"{x} IS NULL AND {y} IS NULL"
        near = self._near_instants if one.type == "time" else self._near_numbers
        return f"coalesce({near(one, a, b, x, y)}, {nothing})"

    def _near_numbers(self, one, a, b, x, y):
        factors = [self._factor(one, n) for n in (a, b)]
        if one.relative_ppm or any(factors):
            return self._near_whole_numbers(one, (x, y), factors)
        scale = max(self._form(one, n).scale for n in (a, b))
        steps = min(one.tolerance * 10**scale // MICRO, 10 ** (12 + scale) - 1)
        limit = f"CAST('{Decimal(steps).scaleb(-scale):f}' AS DECIMAL({12 + scale},{scale}))"
        return f"abs({x} - {y}) <= {limit}" if steps else f"{x} = {y}"

    def _factor(self, one, system):
        """SQL of the whole factor of a row's unit, NULL when it has none; "" where units are not said."""
        mine, reader = self.columns[system], self.readers[system]
        if not has_factors(one, system, reader.lookups):
            return ""
        names, convert = factor_reading(one, system, reader, mine)
        return self._joined(one, system, names, lambda *parts: whole_factor(convert(*parts)), "BIGINT")

    def _joined(self, *args):
        return super()._joined(*args).removesuffix("_y") + ".y0"

    @staticmethod
    def _near_whole_numbers(one, kept, factors):
        """The same by the template's own rule, in millionths; cheap where the same is kept."""
        micro = [f"CAST(CAST({v} AS DECIMAL(24,6)) * {MICRO} AS BIGINT)" for v in kept]
        micro = [times_sql(v, factor) if factor else v for v, factor in zip(micro, factors, strict=True)]
        same = " AND ".join([" = ".join(kept), " = ".join(factor or "1" for factor in factors)])
        small = " AND ".join(f"abs(CAST({v} AS DOUBLE)) * abs({factor}) < {SAFE}"
                             for v, factor in zip(kept, factors, strict=True) if factor)
        near = f"CASE WHEN {same} THEN true ELSE NOT ({apart_sql(one, *micro, 'duckdb')}) END"
        return f"({small} AND {near})" if small else f"({near})"

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
