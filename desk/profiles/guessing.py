"""Which columns of two to four tables belong together, and what does the first draft of a profile say of them? Pure."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from desk.files.guessing import MOST_CODES, date_order, pair
from desk.files.profile import MONTH_FIRST
from reconciliation.values import smooth

STEPS = ("trim", "nfkc", "upper", "no_space", "no_punctuation", "strip_zeros")
# What a connected system's record is called by, and when it spoke: its own, never the same as another system's.
NOT_COMPARED = {"key", "parent_key", "order_number", "line_number", "occurred_at", "status_raw"}
GAIN = {"no_space": 0.02, "no_punctuation": 0.02, "strip_zeros": 0.02}  # of all keys; less may be chance


@dataclass
class Table:
    """One source: its plain name, what people call it, its columns, and what its tree says beyond them."""

    name: str
    label: dict  # {en, zh}
    columns: list
    extra: dict = field(default_factory=dict)
    types: dict = field(default_factory=dict)  # place: type, where the source itself says what a column holds
    words: dict = field(default_factory=dict)  # column: {en, zh}, where it has a name of the trade
    axis: str = ""  # what the states of a connected system's records are about


@dataclass
class Guess:
    """`keys` and `prefixes` per table, `steps` of smoothing, `fields` [({table: place}, type)], `shared` keys."""

    keys: list
    prefixes: list
    steps: list
    fields: list
    shared: int


def guess(tables):
    """The Guess for some Tables; the first is the one the others are held against."""
    first, *others = [table.columns for table in tables]
    anchor = _anchor(first, others)
    pairs = [pair(first, other, keys=(anchor, None)) for other in others]
    keys = [anchor, *(one.key_b for one in pairs)]
    prefixes = [next((one.prefix_a for one in pairs if one.prefix_a), ""), *(one.prefix_b for one in pairs)]
    return Guess(keys, prefixes, steps_needed(tables, keys, prefixes), _fields(tables, keys),
                 min((one.shared for one in pairs), default=0))


def _anchor(first, others):
    """The key column of the first table that most of the others have found."""
    votes = Counter(pair(first, other).key_a for other in others)
    return votes.most_common(1)[0][0] if votes else 0


def steps_needed(tables, keys, prefixes):
    """The fewest steps under which as many keys meet as under all of them."""
    raw = [[text for text in table.columns[key].raw if text] for table, key in zip(tables, keys, strict=True)]
    kept = list(STEPS)
    for step in reversed(STEPS):
        fewer = [one for one in kept if one != step]
        lost = _meeting(raw, kept, prefixes) - _meeting(raw, fewer, prefixes)
        if step != "trim" and lost <= GAIN.get(step, 0) * max(1, min(map(len, raw), default=1)):
            kept = fewer
    return kept


def _meeting(raw, steps, prefixes):
    """How many keys of the first table meet one in each of the others, added up."""
    sets = [{smooth(text, steps, (prefix,) if prefix else ()) for text in texts}
            for texts, prefix in zip(raw, prefixes, strict=True)]
    return sum(len(sets[0] & other) for other in sets[1:])


def _fields(tables, keys):
    """[({place of the table: place of the column}, type)] of all columns that belong together."""
    groups, taken = [], {}
    for i in range(len(tables)):
        for j in range(i + 1, len(tables)):
            for a, b, kind in pair(tables[i].columns, tables[j].columns, keys=(keys[i], keys[j])).fields:
                mine, its = taken.get((i, a)), taken.get((j, b))
                if mine is not None and its is None and j not in groups[mine][0]:
                    groups[mine][0][j] = b
                    taken[j, b] = mine
                elif mine is None and its is None:
                    taken[i, a] = taken[j, b] = len(groups)
                    groups.append(({i: a, j: b}, tables[i].types.get(a, kind)))
    return groups


# --- the first draft -------------------------------------------------------------------------------------------


def first_tree(tables, found, *, zone, currency, title):
    """The tree of a profile (docs/profile.md) made of a Guess; `title` {en, zh}."""
    tree = {"version": 1, "name": title, "zone": zone, "currency": currency, "systems": {}, "fields": {}}
    for place, table in enumerate(tables):
        tree["systems"][table.name] = _system(table, found, place)
    beside = {}
    for given, kind in found.fields:
        places = _of_one_axis(given, tables)
        if len(places) < 2:
            continue
        columns = {tables[i].name: tables[i].columns[place] for i, place in places.items()}
        if any(tables[i].extra and tables[i].columns[place].name in NOT_COMPARED for i, place in places.items()):
            continue
        concept = next((one.concept for one in columns.values() if one.concept in ("unit", "currency")), "")
        if concept and kind in ("text", "code"):
            if not any(table.extra for table in tables):  # a connected system's records say their units themselves
                beside.setdefault(concept, {name: one.name for name, one in columns.items()})
            continue
        _add(tree, places, kind, tables, found)
    for one in tree["fields"].values():
        _say_unit(one, beside, tables)
    return tree


def _of_one_axis(places, tables):
    """Without the states of those who speak about another side of an order: shipped is no answer to confirmed."""
    first = min(places)
    if tables[first].columns[places[first]].name != "status":
        return places
    return {i: place for i, place in places.items() if tables[i].axis == tables[first].axis}


def _system(table, found, place):
    rule = {"columns": [table.columns[found.keys[place]].name], "normalise": list(found.steps)}
    if found.prefixes[place]:
        rule["strip_prefix"] = [found.prefixes[place]]
    tree = {"label": table.label, "key": rule, **table.extra}
    orders = {date_order(column) for column in table.columns}
    return tree | ({"day_first": True} if "day" in orders and "month" not in orders else {})


def _add(tree, places, kind, tables, found):
    columns = {tables[i].name: tables[i].columns[place].name for i, place in places.items()}
    names = list(dict.fromkeys(columns.values()))
    label, name, number = " / ".join(names), names[0], 2
    while name in tree["fields"]:
        name, number = f"{names[0]} {number}", number + 1
    words = {key: value for i in places for key, value in tables[i].words.items()}
    made = {"type": kind, "columns": columns, "label": words.get(names[0]) or {"en": label, "zh": label}}
    its = [tables[i].columns[place] for i, place in places.items()]
    if kind == "time" and "month" in {date_order(column) for column in its}:
        made["formats"] = MONTH_FIRST
    if kind == "text":
        made["normalise"] = ["trim", "nfkc"]
    if kind == "code" and (codes := code_map(places, tables, found)):
        made["map"] = codes
    tree["fields"][name] = made


def _say_unit(one, beside, tables):
    """Currency of money and unit of quantities, where a column beside them says it."""
    if one["type"] == "money" and "currency" in beside:
        one["currency"] = {name: column for name, column in beside["currency"].items() if name in one["columns"]}
    if one["type"] == "quantity" and "unit" in beside:
        one["unit"] = {name: column for name, column in beside["unit"].items() if name in one["columns"]}
        one["base_unit"] = _usual(beside["unit"], tables)


def _usual(columns, tables):
    """The unit written most often in the first table that says one."""
    for table in tables:
        for column in table.columns:
            if column.name == columns.get(table.name):
                written = Counter(text.strip() for text in column.raw if text and text.strip())
                if written:
                    return written.most_common(1)[0][0]
    return ""


def code_map(places, tables, found):
    """{what another table writes: what the first one means by it}, where one goes with one."""
    (i, a), *others = sorted(places.items())
    base, codes = _by_key(tables[i], found, i, a), {}
    for j, b in others:
        told = defaultdict(Counter)
        for key, text in _by_key(tables[j], found, j, b).items():
            if key in base:
                told[text][base[key]] += 1
        for text, meant in told.items():
            most, count = meant.most_common(1)[0]
            if text != most and count >= 0.9 * meant.total() and len(told) <= MOST_CODES:
                codes[text] = most
    known = set(base.values())
    return {text: most for text, most in codes.items() if text not in known}


def _by_key(table, found, place, column):
    """{smoothed key: text of the column} of one table."""
    prefix = (found.prefixes[place],) if found.prefixes[place] else ()
    keys = table.columns[found.keys[place]].raw
    return {smooth(key, found.steps, prefix): text.strip()
            for key, text in zip(keys, table.columns[column].raw, strict=True) if key and text and text.strip()}


