"""What SQL compares N prepared relations in one pass, on any engine?

The template is a spine of all keys and one flat LEFT JOIN per system; NULL-able comparisons are wrapped in
coalesce(…, false); numbers, money and time are 64-bit integers. Relations must already hold one row per key:
    k, and per compared field f: v_f (canonical), b_f (1 unreadable, 0 readable), money also c_f (currency).
Only integer division has a dialect.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

DIVIDE = {"duckdb": "//", "sqlite": "/", "postgres": "/", "spark": "div"}
PPM = 1_000_000


@dataclass(frozen=True, slots=True)
class Relation:
    """A prepared table and the fields it holds. `complete`: every key is expected in it."""

    name: str
    system: str
    fields: tuple[str, ...]
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """The SELECT and how to read its rows: key, present per system, differs per field, unreadable per field."""

    sql: str
    systems: tuple[str, ...]
    fields: tuple[str, ...]

    def read(self, row):
        """(key, {system: present}, fields that differ, fields that cannot be read) of one result row."""
        n, m = len(self.systems), len(self.fields)
        present = dict(zip(self.systems, (bool(v) for v in row[1:1 + n]), strict=True))
        differs = tuple(f for f, v in zip(self.fields, row[1 + n:1 + n + m], strict=True) if v)
        unreadable = tuple(f for f, v in zip(self.fields, row[1 + n + m:], strict=True) if v)
        return row[0], present, differs, unreadable


def build_plan(profile, relations, dialect, keys=""):
    """Plan for `relations` (any order; the result does not depend on it). `keys`: a table of keys k to look at."""
    relations = sorted(relations, key=lambda r: r.system)
    alias = {r.system: f"s{i}" for i, r in enumerate(relations)}
    fields = tuple(f for f in profile.fields if sum(f in r.fields for r in relations) > 1)
    spine = f"SELECT k FROM {keys}" if keys else " UNION ".join(f"SELECT k FROM {r.name}" for r in relations)
    columns = [f"{a}.k IS NOT NULL AS p{i}" for i, a in enumerate(alias.values())]
    for i, name in enumerate(fields):
        aliases = [alias[r.system] for r in relations if name in r.fields]
        columns.append(f"{differs_sql(profile.fields[name], aliases, dialect)} AS d{i}")
    for i, name in enumerate(fields):
        aliases = [alias[r.system] for r in relations if name in r.fields]
        columns.append(f"{unreadable_sql(name, aliases)} AS u{i}")
    joins = "\n".join(f"LEFT JOIN {r.name} {alias[r.system]} ON {alias[r.system]}.k = k.k" for r in relations)
    keep = [f"NOT p{i}" for i, r in enumerate(relations) if r.complete] + _flags("d", fields) + _flags("u", fields)
    some = " OR ".join(f"p{i}" for i in range(len(relations)))
    sql = ("SELECT * FROM (\nSELECT k.k AS k,\n" + ",\n".join(columns)
           + f"\nFROM ({spine}) k\n{joins}\n) compared\nWHERE ({some}) AND ({' OR '.join(keep) or '1=0'})\nORDER BY k")
    return Plan(sql, tuple(alias), fields)


def _flags(letter, fields):
    return [f"{letter}{i}" for i in range(len(fields))]


def differs_sql(field, aliases, dialect):
    """True when any two systems that hold the key, and whose values can be read, disagree beyond tolerance."""
    tests = [_pair_sql(field, a, b, dialect) for a, b in combinations(aliases, 2)]
    return f"coalesce({' OR '.join(f'coalesce({t}, false)' for t in tests)}, false)"


def unreadable_sql(name, aliases):
    tests = " OR ".join(f'coalesce({a}."b_{name}", 0) = 1' for a in aliases)
    return f"({tests})"


def _pair_sql(field, a, b, dialect):
    """One pair; an absent system has b_… NULL, which makes the whole test NULL, that is: no difference."""
    x, y = f'{a}."v_{field.name}"', f'{b}."v_{field.name}"'
    readable = f'{a}."b_{field.name}" = 0 AND {b}."b_{field.name}" = 0'
    apart = apart_sql(field, x, y, dialect)
    if field.type == "money":
        apart = f'({apart} OR {a}."c_{field.name}" <> {b}."c_{field.name}")'
    empty = "" if field.empty == "ignore" else f" OR ({x} IS NULL) <> ({y} IS NULL)"
    return f"({readable} AND (coalesce({apart}, false){empty}))"


def apart_sql(field, x, y, dialect):
    if not field.is_number and field.type != "time":
        return f"{x} <> {y}"
    limit = str(field.tolerance)
    apart = f"abs({x} - {y}) > {limit}"
    if not field.relative_ppm:
        return apart if field.tolerance else f"{x} <> {y}"
    larger = f"CASE WHEN abs({x}) > abs({y}) THEN abs({x}) ELSE abs({y}) END"
    return f"({apart} AND abs({x} - {y}) > {_share_sql(larger, field.relative_ppm, DIVIDE[dialect])})"


def _share_sql(value, ppm, divide):
    """floor(value × ppm / 10⁶) for value ≥ 0, exact and inside 64 bits."""
    return f"((({value}) {divide} {PPM}) * {ppm} + ((({value}) % {PPM}) * {ppm}) {divide} {PPM})"


def is_apart(field, x, y):
    """The same judgement in Python for two canonical integers or texts, neither None."""
    if not field.is_number and field.type != "time":
        return x != y
    delta = abs(x - y)
    if delta <= field.tolerance:
        return False
    share = max(abs(x), abs(y)) * field.relative_ppm // PPM if field.relative_ppm else -1
    return delta > share


def duplicates_sql(relation):
    """Keys that occur more than once in a relation not yet reduced to one row per key."""
    return f"SELECT k, count(*) AS n FROM {relation} GROUP BY k HAVING count(*) > 1 ORDER BY k"


def presence_sql(relations, system, dialect, partial=()):
    """(minute, expected, absent) rows: keys that other systems hold, by their earliest event, and those missing here.

    `relations` {system: relation}. Minutes since 1970; keys without any event time are left out. Systems in `partial`
    do not hold every key: they are asked only for keys that no other one has, since what they tell of another moment
    (the truck at the gate, the goods on the shelf) would put these keys in another order than those without them.
    """
    others = " UNION ALL ".join(f"SELECT k, ev, {int(s in partial)} AS part FROM {r}"
                                for s, r in sorted(relations.items()) if s != system)
    return (f"SELECT e.ev {DIVIDE[dialect]} 60000000 AS minute, count(*), "
            "sum(CASE WHEN s.k IS NULL THEN 1 ELSE 0 END)\n"
            "FROM (SELECT k, coalesce(min(CASE WHEN part = 0 THEN ev END), min(ev)) AS ev "
            f"FROM ({others}) o GROUP BY k) e\n"
            f"LEFT JOIN {relations[system]} s ON s.k = e.k WHERE e.ev IS NOT NULL GROUP BY 1 ORDER BY 1")
