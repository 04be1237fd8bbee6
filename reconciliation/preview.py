"""What would a profile find in these rows? Counts and the first differing rows, while somebody is still building it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

import pyarrow as pa

from reconciliation.detect import Detection
from reconciliation.engines.duckdb import DuckEngine
from reconciliation.findings import shown_values
from reconciliation.lookups import lookups_of

MEMORY = "512MB"



@dataclass
class Example:
    """One row of the comparison as it would be shown: `values` {system: text or None} in the profile's order."""

    key: str
    kind: str
    field: str
    values: dict


@dataclass
class Preview:
    """What was found. `matched` keys are in every system, `equal` of them agree; `partial` [(systems, keys)]."""

    rows: dict
    matched: int = 0
    equal: int = 0
    partial: list = field(default_factory=list)
    fields: dict = field(default_factory=dict)  # name: (keys that differ, keys that cannot be read)
    doubled: dict = field(default_factory=dict)  # system: keys it holds more than once
    keyless: dict = field(default_factory=dict)  # system: rows without a key
    examples: list = field(default_factory=list)

    @property
    def different(self):
        return self.matched - self.equal


def preview(profile, tables, most=8):
    """Preview of `tables` {system: (header, rows of texts)}; shows at most so many examples. Raises CannotRun."""
    profile = _readable(profile, tables)
    engine = DuckEngine(profile, lookups_of(profile, {}), memory=MEMORY, whole=True)
    try:
        for place, name in enumerate(profile.systems):
            header, rows = tables[name]
            engine.db.register(f"given{place}", _arrow(header, rows))
            engine.load(name, f"given{place}", header)
        engine.prepare()
        return _looked(profile, engine, most)
    finally:
        engine.close()


def _readable(profile, tables):
    """Without what the rows at hand cannot show: fields and evidence of columns that are not there."""
    fields = {name: one for name, one in profile.fields.items()
              if all(column in tables[system][0] for system, column in one.columns.items())}
    systems = {name: replace(one, evidence={}, times={}) for name, one in profile.systems.items()}
    return replace(profile, fields=fields, systems=systems)


def _arrow(header, rows):
    columns = list(zip(*rows, strict=True)) if rows else [() for _ in header]
    return pa.table({name: pa.array(column, pa.string()) for name, column in zip(header, columns, strict=True)})


def _looked(profile, engine, most):
    found = Preview({name: loaded.rows for name, loaded in engine.loaded.items()})
    names = list(profile.systems)
    for present, count in _presence(engine):
        held = tuple(name for name, here in zip(names, present, strict=True) if here)
        if len(held) == len(names):
            found.matched = count
        else:
            found.partial.append((held, count))
    rows = engine.compare()
    differs, unread = Counter(), Counter()
    for _key, _present, apart, bad in rows:
        differs.update(apart)
        unread.update(bad)
    found.fields = {name: (differs[name], unread[name]) for name in profile.fields}
    found.equal = found.matched - sum(all(here.values()) and bool(apart or bad) for _k, here, apart, bad in rows)
    found.doubled = {name: count for name in names if (count := len(engine.duplicate_keys(name)))}
    found.keyless = {name: count for name in names if (count := engine.keyless_rows(name))}
    found.examples = _examples(profile, engine, rows, most)
    return found


def _presence(engine):
    """[(is it there, per system), keys)], most first."""
    relations = sorted(engine.relations(), key=lambda one: one.system)
    each = " UNION ALL ".join(f"SELECT k, {place} AS place FROM {one.name}" for place, one in enumerate(relations))
    here = ", ".join(f"bool_or(place = {place}) AS p{place}" for place in range(len(relations)))
    sql = f"SELECT * EXCLUDE k, count(*) AS n FROM (SELECT k, {here} FROM ({each}) GROUP BY k) GROUP BY ALL"
    return sorted(((row[:-1], row[-1]) for row in engine.db.execute(sql).fetchall()), key=lambda one: (-one[1], one[0]))


def _examples(profile, engine, rows, most):
    """Rows that differ first, then keys that some system lacks; at least one of each field that differs."""
    seen, picked = Counter(), []
    for row in rows:
        names = [*row[2], *row[3]]
        if names and min(seen[name] for name in names) < max(2, most // max(1, len(profile.fields))):
            seen.update(names)
            picked.append(row)
    lacking = [row for row in rows if not (row[2] or row[3])]
    chosen = (picked[:most] + lacking)[: most + 3]
    return [Example(one.key, one.kind, one.field, shown_values(one, profile))
            for one in Detection(profile, engine, 0).look(chosen)][: 2 * most]



