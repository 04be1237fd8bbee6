"""How does a table of raw texts become integers and smoothed texts? SQL for what is plain, Python for the rest.

The few texts that SQL may not read (see reading_sql.py) go through values.py once per distinct text: their results
lie in small tables that the SELECT joins.
"""

from __future__ import annotations

from decimal import Decimal

from reconciliation.reading_sql import number_sql, quote_text, smooth_sql, time_sql
from reconciliation.values import LARGEST, fixed_offset_us


def keep_lists(db, table, columns):
    """table of `columns` {name: (type, values)}, made anew."""
    lists = ", ".join(f"unnest(${place}::{kind}[]) AS {name}"
                      for place, (name, (kind, _)) in enumerate(columns.items(), start=1))
    values = [list(given) for _, given in columns.values()]
    db.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {lists}", values)


def keep_dictionary(db, table, rows, results, types):
    """table(x0…, y0…): `rows` of texts and the `results` of reading them, typed as `types` say."""
    width = len(rows[0]) if rows else 1
    columns = {f"x{j}": ("VARCHAR", [r[j] for r in rows]) for j in range(width)}
    keep_lists(db, table, columns | {f"y{j}": (kind, [r[j] for r in results]) for j, kind in enumerate(types)})
    return len(rows)


def joined(table, columns):
    """The join of a dictionary, by the columns it was made of."""
    on = " AND ".join(f"{table}.x{j} IS NOT DISTINCT FROM {c}" for j, c in enumerate(columns))
    return f"LEFT JOIN {table} ON {on}"


class Canonical:
    """Canonical columns of one system's rows in `source`, a relation with rid, k, inside and the raw columns.

    `tag` makes the names of its dictionaries its own. `columns` maps the file's column names to those of `source`;
    `forms` {our column: Form} says which are kept typed beside (kept.py).
    """

    def __init__(self, db, profile, system, reader, columns, source, tag, forms):
        self.db, self.profile, self.system, self.reader = db, profile, system, reader
        self.forms = forms
        self.lookups, self.columns, self.source, self.tag = reader.lookups, columns, source, tag
        self.spec = profile.systems[system]
        self.joins = {}

    def select(self):
        """rid, k, inside, chosen, ev, and v_/b_/c_ of each field."""
        picked = ["r.rid", "r.k", "r.inside", "true AS chosen", f"{self._event()} AS ev"]
        for one in self.profile.fields.values():
            if self.system in one.columns:
                picked += self._field(one)
        return f"SELECT {', '.join(picked)} FROM {self.source} r {' '.join(self.joins.values())}"

    def events(self):
        """rid, k and ev alone."""
        event = self._event()
        return f"SELECT r.rid, r.k, {event} AS ev FROM {self.source} r {' '.join(self.joins.values())} WHERE r.inside"

    def value_columns(self):
        names = []
        for name, one in self.profile.fields.items():
            if self.system in one.columns:
                names += [f'"v_{name}"', f'"b_{name}"'] + ([f'"c_{name}"'] if one.type == "money" else [])
        return names

    # --- dictionaries -----------------------------------------------------------------------------------

    def _table(self, letter, one=None):
        place = list(self.profile.fields).index(one.name) if one else ""
        return f"{letter}{self.tag}_{place}"

    def _look(self, table, columns, position):
        """SQL of one looked-up value; the dictionary is joined once per statement."""
        self.joins[table] = joined(table, [f"r.{c}" for c in columns])
        return f"{table}.y{position}"

    def _dictionary(self, table, columns, where, convert, types, source=""):
        """table(x0…, y0…): `convert` of every distinct tuple of `columns` that meets `where`. Returns its size."""
        names = ", ".join(f"r.{c}" for c in columns)
        rows = self.db.execute(f"SELECT DISTINCT {names} FROM {source or self.source + ' r'} WHERE {where}").fetchall()
        return keep_dictionary(self.db, table, rows, [convert(*row) for row in rows], types)

    # --- fields -----------------------------------------------------------------------------------------

    def _event(self):
        column = self.reader.event_column
        if not column:
            return "CAST(NULL AS BIGINT)"
        return self._time(self._table("e"), self.columns[column], self.spec.zone, ())[0]

    def _time(self, table, name, zone, formats):
        """(value SQL, unreadable SQL) of a time column."""
        kept = None if formats else self._kept_time(name, zone)
        if kept:
            value, bad = self._time_of_text(table, f"x_{name}", zone, formats)
            return f"CASE WHEN r.t_{name} IS NOT NULL THEN {kept} ELSE {value} END", bad
        return self._time_of_text(table, name, zone, formats)

    def _kept_time(self, name, zone):
        """SQL of the instant of a column that is kept typed, or "" where its zone has more than one offset."""
        form = self.forms.get(name)
        offset = None if form is None or not form.is_time else 0 if form.is_utc else fixed_offset_us(zone)
        return "" if offset is None else f"epoch_us(CAST(r.t_{name} AS TIMESTAMP)) - {offset}"

    def _time_of_text(self, table, name, zone, formats):
        sql, plain = (None, "false") if formats else time_sql(f"r.{name}", zone)
        count = self._dictionary(table, [name], f"r.{name} IS NOT NULL AND NOT {plain}",
                                 lambda text: self.reader.time(text, zone, formats), ("BIGINT", "TINYINT"))
        if not count:
            return sql or "CAST(NULL AS BIGINT)", "0"
        value, bad = self._look(table, [name], 0), self._look(table, [name], 1)
        if sql is None:
            return value, f"coalesce({bad}, 0)"
        return (f"CASE WHEN {plain} THEN {sql} ELSE {value} END",
                f"CASE WHEN {plain} THEN 0 ELSE coalesce({bad}, 0) END")

    def _field(self, one):
        """SELECT items of one field: v_, b_ and for money c_."""
        build = {"time": self._time_field, "code": self._code_field, "text": self._text_field}
        value, bad, currency = build.get(one.type, self._number_field)(one)
        items = [f'{value} AS "v_{one.name}"', f'CAST({bad} AS TINYINT) AS "b_{one.name}"']
        return items + ([f'{currency} AS "c_{one.name}"'] if one.type == "money" else [])

    def _time_field(self, one):
        zone = one.zones.get(self.system, self.spec.zone)
        return (*self._time(self._table("t", one), self.columns[one.columns[self.system]], zone, one.formats), "")

    def _code_field(self, one):
        name, table = self.columns[one.columns[self.system]], self._table("m", one)
        self._dictionary(table, [name], f"r.{name} IS NOT NULL", lambda text: (self.reader.code(one, text)[0],),
                         ("VARCHAR",))
        return self._look(table, [name], 0), "0", ""

    def _text_field(self, one):
        name, table = self.columns[one.columns[self.system]], self._table("x", one)
        sql, plain = smooth_sql(f"r.{name}", one.normalise) if not one.is_looked_up else (None, "false")
        count = self._dictionary(table, [name], f"r.{name} IS NOT NULL AND NOT ({plain})",
                                 lambda text: (self.reader.text(one, text),), ("VARCHAR",))
        if not count:
            return sql or "CAST(NULL AS VARCHAR)", "0", ""
        look = self._look(table, [name], 0)
        return (f"CASE WHEN {plain} THEN {sql} ELSE {look} END" if sql else look), "0", ""

    def _number_field(self, one):
        name, table = self.columns[one.columns[self.system]], self._table("n", one)
        if has_factors(one, self.system, self.lookups):
            return self._quantity_field(one, name)
        sql, plain = number_sql(f"r.{name}") if one.decimal == "." else (None, "false")
        count = self._dictionary(table, [name], f"r.{name} IS NOT NULL AND NOT {plain}",
                                 lambda text: self.reader.number(one, text), ("BIGINT", "TINYINT", "VARCHAR"))
        look = [self._look(table, [name], j) for j in range(3)] if count else ["CAST(NULL AS BIGINT)", "0", "NULL"]
        value = f"CASE WHEN {plain} THEN {sql} ELSE {look[0]} END" if sql else look[0]
        bad = f"CASE WHEN {plain} THEN 0 ELSE coalesce({look[1]}, 0) END" if count else "0"
        return value, bad, currency_sql(one, self.system, self.columns, look[2] if count else "NULL")

    def _quantity_field(self, one, name):
        """Whole factors multiply in SQL; fractions and odd writings go through Python."""
        columns, convert = factor_reading(one, self.system, self.reader, self.columns)
        factors, slow = self._table("f", one), self._table("n", one)
        self._dictionary(factors, columns, "true", lambda *parts: (whole_factor(convert(*parts)),), ("BIGINT",))
        self.joins[factors] = joined(factors, [f"r.{c}" for c in columns])
        sql, plain = number_sql(f"r.{name}")
        value = times_sql(sql, f"{factors}.y0")
        plain = f"({plain} AND {value} IS NOT NULL)"
        count = self._dictionary(
            slow, [name, *columns], f"r.{name} IS NOT NULL AND NOT coalesce({plain}, false)",
            lambda text, *parts: self.reader.quantity(one, text, convert(*parts)), ("BIGINT", "TINYINT"),
            source=f"{self.source} r {self.joins[factors]}")
        if not count:
            return f"CASE WHEN {plain} THEN {value} END", "0", ""
        look = [self._look(slow, [name, *columns], j) for j in range(2)]
        return (f"CASE WHEN {plain} THEN {value} ELSE {look[0]} END",
                f"CASE WHEN {plain} THEN 0 ELSE coalesce({look[1]}, 0) END", "")


def has_factors(one, system, lookups):
    """Is the field a quantity whose unit is said and could need a factor?"""
    return one.type == "quantity" and system in one.unit_columns and bool(lookups.units)


def factor_reading(one, system, reader, columns):
    """(our columns that decide a row's factor, function of their texts that gives it)."""
    item_column = one.item_columns.get(system) or reader.spec.evidence.get("item")
    dims = [columns[one.unit_columns[system]]] + ([columns[item_column]] if item_column else [])
    event = reader.event_column if any(d.is_dated for d in reader.lookups.units.values()) else ""

    def factor_of(*parts):
        item = parts[1] if item_column else None
        return reader.factor(one, parts[0], item, reader.moment(parts[-1], reader.spec.zone) if event else None)

    return dims + ([columns[event]] if event else []), factor_of


def whole_factor(factor):
    """int when the factor is whole and small enough for SQL, else None."""
    return int(factor) if isinstance(factor, Decimal) and factor == int(factor) and abs(factor) < 10**9 else None


def times_sql(number, factor):
    """number × factor in 64 bits; NULL without a factor, and beyond the largest number that is compared."""
    product = f"CAST({number} AS HUGEINT) * {factor}"
    return f"CASE WHEN abs({product}) <= {LARGEST} THEN CAST({product} AS BIGINT) END"


def currency_sql(one, system, columns, found="NULL"):
    """The currency of a money field: the column's, else the one found beside the amount, else the field's own."""
    column = one.currency_columns.get(system)
    said = f"upper(trim({columns[column]}))" if column else "NULL"
    default = quote_text(one.currency) if one.currency else "NULL"
    return f"CAST(coalesce({said}, {found}, {default}) AS VARCHAR)"
