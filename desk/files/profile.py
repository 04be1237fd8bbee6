"""How does what a person chose on the mapping page become a profile (docs/profile.md)? Pure."""

import re

TOLERANCES = {"quantity", "money", "number"}
CHOICES = ("text", "code", "quantity", "money", "number", "time")


def system_name(given, fallback):
    """A short plain name for a system: erp, wms; `fallback` when nothing is left of what was given."""
    return re.sub(r"[^0-9A-Za-z\u4e00-\u9fff]+", "_", given).strip("_")[:20].lower() or fallback


MONTH_FIRST = ["%m/%d/%Y", "%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%m-%d-%Y", "%m.%d.%Y"]


def build_tree(*, names, keys, prefixes, fields, zone, currency, record="", orders=("", ""), is_loose=False):
    """The tree of a profile of two files.

    `names`, `keys`, `prefixes` are pairs; `fields` is [(column of a, column of b, type, tolerance text)]; `record` is
    the name of the one that is right, `orders` says of each whether its dates are "day" or "month" first. `is_loose`:
    the keys are compared without punctuation and leading zeros.
    """
    one, other = names
    parts = zip(names, keys, prefixes, orders, strict=True)
    systems = {name: _system(key, prefix, order, is_loose) for name, key, prefix, order in parts}
    tree = {
        "version": 1,
        "name": {"en": f"{one} against {other}", "zh": f"{one} 与 {other}"},
        "zone": zone,
        "currency": currency,
        "systems": systems,
        "fields": {},
    }
    if record in names:
        tree["record"] = record
    for column_a, column_b, kind, tolerance in fields:
        made = _field(column_a, column_b, kind, tolerance, names)
        if kind == "time" and "month" in orders:
            made["formats"] = MONTH_FIRST
        tree["fields"][_free_name(tree["fields"], column_a)] = made
    return tree


def _system(key, prefix, order, is_loose):
    loose = ["no_punctuation", "strip_zeros"] if is_loose else []
    rule = {"columns": [key], "normalise": ["trim", "nfkc", "upper", *loose]}
    system = {"key": rule | ({"strip_prefix": [prefix]} if prefix else {})}
    return system | ({"day_first": True} if order == "day" else {})


def reading_of(tree, name):
    """(key column, {column: (type, read_time's options)}) of one system of a tree."""
    system = tree["systems"][name]
    kinds = {
        field["columns"][name]: (
            field["type"], {"day_first": system.get("day_first", False), "formats": field.get("formats", ())}
        )
        for field in tree["fields"].values()
        if name in field["columns"]
    }
    return system["key"]["columns"][0], kinds


def _free_name(taken, column):
    name, number = column, 2
    while name in taken:
        name, number = f"{column} {number}", number + 1
    return name


def _field(column_a, column_b, kind, tolerance, names):
    label = column_a if column_a == column_b else f"{column_a} / {column_b}"
    found = {"type": kind, "columns": {names[0]: column_a, names[1]: column_b}, "label": {"en": label, "zh": label}}
    if tolerance:
        found["max_minutes_between" if kind == "time" else "tolerance"] = tolerance
    if kind in ("text", "code"):
        found["normalise"] = ["trim", "nfkc"] if kind == "text" else []
    return {name: value for name, value in found.items() if value != []}
