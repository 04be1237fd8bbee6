"""Which raw codes, units and items do the tables not know, whether or not they made a difference?"""

from __future__ import annotations


def mapping_gaps(profile, engine):
    """[(table, field, system, raw, rows)] sorted: what somebody should add to a table."""
    found = []
    for name, field in profile.fields.items():
        for system, column in field.columns.items():
            reader = engine.readers[system]
            if field.type == "code" and reader.has_map(field):
                found += [("codes", name, system, raw, n) for raw, n in engine.distinct(system, column)
                          if not reader.code(field, raw)[1]]
            if field.xref and engine.lookups.given.get(field.xref):
                found += _xref_gaps(engine, field, name, system, column)
            if field.type == "quantity" and system in field.unit_columns:
                found += _unit_gaps(engine, reader, field, name, system)
    return sorted(found)


def _xref_gaps(engine, field, name, system, column):
    table = engine.lookups.xref.get(field.xref, {})
    if not any(s in (system, "") for s, _ in table):
        return []
    inside = {row[2] for dated in table.values() for row in dated.rows}
    return [(field.xref, name, system, raw, n) for raw, n in engine.distinct(system, column)
            if raw not in inside and not engine.lookups.cross(field.xref, system, raw)]


def _unit_gaps(engine, reader, field, name, system):
    """Units no row of the table names, for any item."""
    known = {unit for _item, unit in engine.lookups.units}
    return [("units", name, system, raw, n) for raw, n in engine.distinct(system, field.unit_columns[system])
            if raw.upper() not in known and raw.upper() != field.base_unit.upper() and (known or field.base_unit)]
