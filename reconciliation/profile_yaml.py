"""How does a profile file become a Profile, and what is wrong with it when it does not?"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

import yaml

from reconciliation.errors import ProfileError, gettext_noop
from reconciliation.profile import (
    NORMALISATIONS,
    SEVERITIES,
    TYPES,
    Cardinality,
    Field,
    KeyRule,
    Profile,
    ScopeTest,
    System,
)

VERSION = 1
MICRO = 1_000_000
MOST = Decimal(10) ** 12  # more than that, in millionths, is no number an engine can hold
SCOPE_OPS = ("in", "not_in", "equals", "from", "before", "prefix", "not_prefix")
DURATION = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(us|ms|s|sec|m|min|h|d)?\s*$")
SECONDS = {"us": "0.000001", "ms": "0.001", "s": "1", "sec": "1", "m": "60", "min": "60", "h": "3600",
           "d": "86400", None: "1"}
TOP = {"version", "name", "title", "revision", "zone", "currency", "record", "key", "systems", "fields",
       "cardinality", "empty", "rules", "outside_workflow", "late_message", "tax_rates", "rounding_lines",
       "grace", "schedule", "owner", "evidence", "entity"}
SYSTEM = {"source", "key", "record", "complete", "grace", "watermark", "zone", "sheet", "encoding",
          "duplicates", "scope", "evidence", "times", "authority", "day_first", "role", "entity", "label"}
FIELD = {"type", "column", "columns", "tolerance", "severity", "authority", "empty", "currency", "unit",
         "item", "base_unit", "factors", "formats", "zone", "map", "codes", "rank", "normalise", "xref", "decimal",
         "aggregate", "label", "max_minutes_between", "max_seconds_between"}


class PlainLoader(yaml.SafeLoader):
    """YAML as people expect it: `no`, `off`, `NULL`, 1:1 and dates are texts; a name may stand only once."""

    yaml_implicit_resolvers = {}

    def construct_mapping(self, node, deep=False):
        names = [self.construct_object(key, deep=True) for key, _ in node.value]
        for name in names:
            if names.count(name) > 1:
                raise ProfileError(gettext_noop("“%(name)s” stands twice (line %(line)s)."), name=name,
                                   line=node.start_mark.line + 1)
        return super().construct_mapping(node, deep)


for _tag, _pattern, _starts in (
    ("bool", r"^(?:true|True|false|False)$", "tTfF"), ("null", r"^(?:~|null|)$", ["~", "n", ""]),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789"),
    ("float", r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
):
    PlainLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_starts))


def load_profile(text):
    """Parse YAML `text` into a Profile. Raises ProfileError naming the place."""
    return build_profile(read_yaml(text))


def read_yaml(text):
    """The tree of a profile's YAML `text`."""
    try:
        return yaml.load(text, PlainLoader)  # noqa: S506 (a SafeLoader that knows fewer words)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        raise ProfileError(gettext_noop("The profile is not readable YAML (line %(line)s)."), line=line) from error


ORDER = ("version", "name", "title", "revision", "zone", "currency", "record", "entity", "key", "systems", "fields")


def write_yaml(tree):
    """The YAML of a stored tree: `build_profile` makes the same of both. What names the whole comes first."""
    first = {name: tree[name] for name in ORDER if name in tree}
    return yaml.safe_dump({**first, **tree}, allow_unicode=True, sort_keys=False, width=110)


def build_profile(tree):
    """Profile from a parsed tree (dict). Raises ProfileError naming the place."""
    _mapping(tree, "profile")
    _known(tree, TOP, "profile")
    if tree.get("version") != VERSION:
        raise ProfileError(gettext_noop("The profile must begin with “version: 1”."), where="version")
    names = sorted(str(name) for name in _mapping(tree.get("systems"), "systems"))
    if len(names) < 2:
        raise ProfileError(gettext_noop("A comparison needs at least two systems."), where="systems")
    systems = {name: _system(name, tree["systems"].get(name) or {}, tree) for name in names}
    fields_tree = _mapping(tree.get("fields") or {}, "fields")
    fields = {str(n): _field(str(n), fields_tree[n] or {}, systems, tree) for n in sorted(fields_tree, key=str)}
    rules = tree.get("rules") or {}
    outside = tree.get("outside_workflow") or {}
    return Profile(
        name=str(_plain(tree.get("name")) or "comparison"),
        title=_names(tree.get("title") or tree.get("name") or "comparison"),
        revision=str(tree.get("revision", "1")),
        systems=systems,
        fields=fields,
        zone=_zone(tree.get("zone", "UTC"), "zone"),
        currency=str(tree.get("currency", "")),
        cardinality=_cardinality(tree.get("cardinality"), systems),
        empty_words=_texts(tree.get("empty", ())),
        rules_off=frozenset(_texts(rules.get("off", ()))),
        rules_only=frozenset(_texts(rules.get("only", ()))),
        outside_prefixes=_texts(outside.get("prefixes", ()) if isinstance(outside, dict) else outside),
        late_message_s=int(_seconds(tree.get("late_message", 0), "late_message")),
        tax_rates=_texts(tree.get("tax_rates", ("0.13", "0.09", "0.06"))),
        rounding_lines=int(tree.get("rounding_lines", 20)),
    )


def _system(name, tree, top):
    where = f"systems.{name}"
    _mapping(tree, where)
    _known(tree, SYSTEM, where)
    shared = _mapping(top.get("evidence") or {}, "evidence")
    own = _mapping(tree.get("evidence") or {}, where)
    evidence = {**shared, **own}
    duplicates = tree.get("duplicates", "report")
    if duplicates not in ("report", "latest"):
        raise ProfileError(gettext_noop("%(where)s must be one of: %(choices)s."),
                           where=f"{where}.duplicates", choices="report, latest")
    return System(
        name=name,
        source=str(tree.get("source", name)),
        label=_names(tree["label"]) if tree.get("label") else {},
        key=_key(tree.get("key", top.get("key")), where),
        entity=str(tree.get("entity", top.get("entity", "order"))),
        record=bool(tree.get("record", tree.get("role") == "record")) or top.get("record") == name,
        complete=bool(tree.get("complete", True)),
        grace_s=int(_seconds(tree.get("grace", top.get("grace", 0)), f"{where}.grace")),
        watermark=str(tree.get("watermark") or ""),
        zone=_zone(tree.get("zone", top.get("zone", "UTC")), where),
        sheet=str(tree.get("sheet") or ""),
        encoding=str(tree.get("encoding") or ""),
        duplicates=duplicates,
        day_first=bool(tree.get("day_first", False)),
        scope=tuple(_scope_test(t, where) for t in tree.get("scope") or ()),
        evidence={str(k): str(v) for k, v in sorted(evidence.items()) if v},
        shared=frozenset(str(n) for n in shared if n not in own),
        times={str(k): str(v) for k, v in sorted((tree.get("times") or {}).items())},
    )


def _key(tree, where):
    if not tree:
        raise ProfileError(gettext_noop("%(where)s has no key."), where=where)
    if isinstance(tree, (str, list)):
        tree = {"columns": tree}
    _known(tree, {"column", "columns", "join", "normalise", "strip_prefix", "strip_suffix"}, f"{where}.key")
    columns = _texts(tree.get("columns", tree.get("column", ())))
    if not columns:
        raise ProfileError(gettext_noop("%(where)s has no key."), where=where)
    return KeyRule(
        columns=columns,
        join=str(tree.get("join", "|")),
        normalise=_normalise(tree.get("normalise", ("trim",)), f"{where}.key"),
        strip_prefix=_texts(tree.get("strip_prefix", ())),
        strip_suffix=_texts(tree.get("strip_suffix", ())),
    )


def _scope_test(tree, where):
    _mapping(tree, f"{where}.scope")
    ops = [op for op in SCOPE_OPS if op in tree]
    if "column" not in tree or len(ops) != 1:
        raise ProfileError(gettext_noop("%(where)s needs a column and one of: %(choices)s."),
                           where=f"{where}.scope", choices=", ".join(SCOPE_OPS))
    return ScopeTest(str(tree["column"]), ops[0], _texts(tree[ops[0]]))


def _field(name, tree, systems, top):
    where = f"fields.{name}"
    _mapping(tree, where)
    _known(tree, FIELD, where)
    tree = _sugar(dict(tree), where)
    kind = tree.get("type", "text")
    if kind not in TYPES:
        raise ProfileError(gettext_noop("%(where)s must be one of: %(choices)s."),
                           where=f"{where}.type", choices=", ".join(TYPES))
    columns = _per_system(tree.get("columns", tree.get("column", name)), systems, f"{where}.columns")
    if len(columns) < 2:
        raise ProfileError(gettext_noop("%(where)s needs a column in at least two systems."), where=where)
    absolute, relative = _tolerance(tree.get("tolerance", 0), kind, where)
    severity = tree.get("severity", "medium")
    if severity not in SEVERITIES:
        raise ProfileError(gettext_noop("%(where)s must be one of: %(choices)s."),
                           where=f"{where}.severity", choices=", ".join(SEVERITIES))
    authority = str(tree.get("authority") or _default_authority(top))
    if authority and authority not in systems:
        raise ProfileError(gettext_noop("%(where)s names an unknown system “%(name)s”."),
                           where=f"{where}.authority", name=authority)
    currency, currency_columns = _currency(tree.get("currency"), systems, columns, top, where)
    return Field(
        name=name,
        type=kind,
        columns=columns,
        tolerance=absolute,
        relative_ppm=relative,
        severity=severity,
        authority=authority if authority in columns else "",
        empty=_choice(tree.get("empty", "difference"), ("difference", "ignore"), f"{where}.empty"),
        currency=currency if kind == "money" else "",
        currency_columns=currency_columns if kind == "money" else {},
        unit_columns=_optional_columns(tree.get("unit"), systems, columns, where),
        item_columns=_optional_columns(tree.get("item"), systems, columns, where),
        base_unit=str(tree.get("base_unit") or ""),
        factors=_factors(tree.get("factors") or {}, f"{where}.factors"),
        formats=_texts(tree.get("formats", ())),
        zones={s: _zone(z, where) for s, z in _per_system_values(tree.get("zone"), columns).items()},
        **_codes(tree.get("map") or {}, kind, columns, f"{where}.map"),
        codes_name=str(tree.get("codes") or name),
        rank=_texts(tree.get("rank", ())),
        normalise=_normalise(tree.get("normalise", ()), where),
        xref=str(tree.get("xref") or ""),
        decimal=str(tree.get("decimal", ".")),
        aggregate=_choice(tree.get("aggregate", "sum" if kind in ("quantity", "money", "integer", "number")
                                   else "max" if kind == "time" else "same"),
                          ("sum", "min", "max", "same"), f"{where}.aggregate"),
        label=_names(tree.get("label") or name),
    )


def _codes(tree, kind, columns, where):
    """Codes that mean the same in all systems, and under the name of one those that mean something else there."""
    of_one = {str(k): v for k, v in _mapping(tree, where).items() if isinstance(v, dict)}
    of_all = {str(k): str(v) for k, v in tree.items() if str(k) not in of_one}
    for name in of_one:
        if name not in columns or kind not in ("code", "text"):
            raise ProfileError(gettext_noop("%(where)s names an unknown system “%(name)s”."), where=where, name=name)
    return {"codes": of_all, "system_codes": {
        name: {str(raw): str(means) for raw, means in codes.items()} for name, codes in of_one.items()}}


def _factors(tree, where):
    return {str(unit): f"{_above_zero(value, where, unit):f}" for unit, value in _mapping(tree, where).items()}


def _above_zero(value, where, unit):
    """By a factor of nothing every quantity would be nothing, and all of them equal."""
    number = _decimal(value, where)
    if not number:
        raise ProfileError(gettext_noop("%(where)s: the factor of “%(unit)s” must be larger than zero, not "
                                        "“%(value)s”."), where=where, unit=unit, value=value)
    return number


def _default_authority(top):
    for name, tree in (top.get("systems") or {}).items():
        if isinstance(tree, dict) and tree.get("authority") is True:
            return str(name)
    return ""


def _sugar(tree, where):
    """`max_minutes_between: 3` is a time field with a tolerance of 180 seconds."""
    for word, factor in (("max_minutes_between", 60), ("max_seconds_between", 1)):
        if word in tree:
            tree.setdefault("type", "time")
            tree["tolerance"] = f"{_decimal(tree.pop(word), f'{where}.{word}') * factor:f}"
    return tree


def _currency(tree, systems, columns, top, where):
    if isinstance(tree, str) and re.fullmatch(r"[A-Z]{3}", tree):
        return tree, {}
    if tree is None:
        return str(top.get("currency", "")), {}
    return str(top.get("currency", "")), _optional_columns(tree, systems, columns, where)


def _cardinality(tree, systems):
    if not tree or tree == "1:1":
        return Cardinality()
    _mapping(tree, "cardinality")
    kind = tree.get("kind", "1:n")
    if kind == "1:1":
        return Cardinality()
    if kind != "1:n":
        raise ProfileError(gettext_noop("%(where)s must be one of: %(choices)s."),
                           where="cardinality.kind", choices="1:1, 1:n")
    many = tree.get("many") or ()
    if isinstance(many, dict):
        pairs = {str(k): str(v) for k, v in many.items()}
    else:
        pairs = {name: str(tree.get("parent") or systems[name].evidence.get("parent", ""))
                 for name in _texts(many) if name in systems}
    unknown = [name for name in pairs if name not in systems] or ([] if pairs else ["?"])
    if unknown or not all(pairs.values()):
        raise ProfileError(gettext_noop("%(where)s must name the systems with several rows and their parent column."),
                           where="cardinality")
    return Cardinality("1:n", dict(sorted(pairs.items())))


def _tolerance(tree, kind, where):
    """(absolute in canonical integers, relative in parts per million)."""
    tree = tree if isinstance(tree, dict) else {"absolute": tree}
    _known(tree, {"absolute", "relative"}, f"{where}.tolerance")
    absolute, relative = tree.get("absolute", 0), tree.get("relative", 0)
    if kind in ("text", "code"):
        if absolute or relative:
            raise ProfileError(gettext_noop("%(where)s: only numbers and times may have a tolerance."), where=where)
        return 0, 0
    if kind == "time":
        return int(_small(_seconds(absolute, f"{where}.tolerance"), absolute, f"{where}.tolerance") * MICRO), 0
    text = str(relative).strip()
    share = _decimal(text.rstrip("%"), where) / (100 if text.endswith("%") else 1)
    return int(_decimal(absolute, where) * MICRO), int(share * MICRO)


def _seconds(value, where):
    """Seconds from 180, "180s", "3m", "2h", "1d", also "500ms". Returns Decimal."""
    match = DURATION.match(str(value))
    if not match:
        raise ProfileError(gettext_noop("%(where)s is not a duration: “%(value)s”."), where=where, value=value)
    return Decimal(match[1]) * Decimal(SECONDS[match[2]])


def _decimal(value, where):
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise ProfileError(gettext_noop("%(where)s is not a number: “%(value)s”."), where=where, value=value) from error
    if not number.is_finite() or number < 0:
        raise ProfileError(gettext_noop("%(where)s is not a number: “%(value)s”."), where=where, value=value)
    return _small(number, value, where)


def _small(number, value, where):
    if number >= MOST:
        raise ProfileError(gettext_noop("%(where)s is too large: “%(value)s”."), where=where, value=value)
    return number


def _zone(name, where):
    try:
        ZoneInfo(str(name))
    except (KeyError, ValueError, OSError) as error:
        raise ProfileError(gettext_noop("%(where)s names an unknown time zone “%(name)s”."),
                           where=where, name=name) from error
    return str(name)


def _per_system(tree, systems, where):
    """{system: column} from one name for all, or a mapping; unknown systems are refused."""
    if isinstance(tree, str):
        return dict.fromkeys(systems, tree)
    _mapping(tree, where)
    for name in tree:
        if name not in systems:
            raise ProfileError(gettext_noop("%(where)s names an unknown system “%(name)s”."), where=where, name=name)
    return {name: str(tree[name]) for name in systems if tree.get(name)}


def _per_system_values(tree, columns):
    if tree is None:
        return {}
    return {s: str(tree) for s in columns} if isinstance(tree, str) else {s: str(z) for s, z in tree.items()}


def _optional_columns(tree, systems, columns, where):
    return {s: c for s, c in _per_system(tree, systems, where).items() if s in columns} if tree else {}


def _normalise(tree, where):
    words = _texts(tree)
    for word in words:
        if word not in NORMALISATIONS:
            raise ProfileError(gettext_noop("%(where)s must be one of: %(choices)s."),
                               where=f"{where}.normalise", choices=", ".join(NORMALISATIONS))
    return words


def _choice(value, choices, where):
    if value not in choices:
        raise ProfileError(gettext_noop("%(where)s must be one of: %(choices)s."),
                           where=where, choices=", ".join(choices))
    return value


def _texts(value):
    if value is None:
        return ()
    return (str(value),) if isinstance(value, (str, int, float)) else tuple(str(v) for v in value)


def _plain(value):
    return value.get("en") or next(iter(value.values()), "") if isinstance(value, dict) else value


def _names(value):
    if isinstance(value, dict):
        en, zh = value.get("en"), value.get("zh")
        return {"en": str(en or zh or ""), "zh": str(zh or en or "")}
    return {"en": str(value), "zh": str(value)}


def _mapping(tree, where):
    if not isinstance(tree, dict):
        raise ProfileError(gettext_noop("%(where)s must be a list of names and values."), where=where)
    return tree


def _known(tree, words, where):
    for word in tree:
        if word not in words:
            raise ProfileError(gettext_noop("%(where)s does not know “%(name)s”."), where=where, name=word)
