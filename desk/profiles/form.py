"""How does the page of a draft become a profile's tree, and the tree a page again? Pure: a form's texts and dicts.

What the page does not show (scope, cardinality, evidence, rules …) stays in the tree as it was.
"""

import copy
import re
from dataclasses import dataclass, field

from kernel.errors import Refusal
from reconciliation.errors import gettext_noop
from reconciliation.profile import NORMALISATIONS, SEVERITIES
from reconciliation.profile_yaml import build_profile
from reconciliation.values import show_number

TYPES = ("quantity", "money", "number", "time", "code", "text")
KEY_PARTS = 3
BLANK_ROWS = 1
LONGEST = 120
SPANS = {"天": "d", "日": "d", "小时": "h", "时": "h", "分钟": "m", "分": "m", "秒": "s"}
DIVIDER = re.compile(r"\s*(?:=>|->|=|＝|→|:|：)\s*")
IN_RECORDS = ("trim", "upper", "strip_zeros", "no_space")  # what the databases smooth by themselves


class WrongField(Refusal):
    """One thing typed is wrong; `field` names it."""

    def __init__(self, sentence, field, **params):
        super().__init__(sentence, code="wrong", **params)
        self.field = field


@dataclass
class SystemRow:
    """One system as the page shows it."""

    name: str
    label: str
    key: list
    prefix: str
    zone: str
    day_first: bool
    complete: bool
    grace: str
    columns: list = field(default_factory=list)  # what may be chosen

    @property
    def parts(self):
        """The key's columns, and one empty place for another."""
        return [*self.key, ""][:KEY_PARTS]

    @property
    def set_count(self):
        """How many things are set in the part that is folded away."""
        return bool(self.grace) + self.day_first + (not self.complete)


@dataclass
class FieldRow:
    """One compared field as the page shows it; texts as they would be typed."""

    name: str
    label: str
    columns: list  # a column name or "" per system
    type: str = "text"
    is_on: bool = True
    absolute: str = ""
    relative: str = ""
    severity: str = "medium"
    authority: str = ""
    may_be_empty: bool = False
    currency: str = ""
    units: list = field(default_factory=list)
    base_unit: str = ""
    factors: str = ""
    codes: str = ""
    is_new: bool = False

    @property
    def set_count(self):
        """How many things are set in the part that is folded away."""
        told = (self.relative, self.severity != "medium", self.authority, self.may_be_empty, self.currency,
                any(self.units), self.factors, self.codes)
        return sum(bool(one) for one in told)


@dataclass
class State:
    """The whole page."""

    name_zh: str
    name_en: str
    zone: str
    currency: str
    record: str
    steps: list
    systems: list
    fields: list


# --- tree → page -------------------------------------------------------------------------------------------------


def state_of(tree, names, columns, lang):
    """State of a tree; `names` (zh, en) of the profile, `columns` {system: [column]} to choose from."""
    profile = build_profile(tree)
    systems = [_system_row(one, columns.get(name, []), profile, lang) for name, one in profile.systems.items()]
    fields = [_field_row(one, tree, profile, lang) for one in profile.fields.values()]
    order = {name: place for place, name in enumerate(tree.get("fields") or {})}
    fields.sort(key=lambda row: order.get(row.name, 0))
    blanks = [_blank(profile) for _ in range(BLANK_ROWS)]
    steps = next(iter(profile.systems.values())).key.normalise
    return State(*names, profile.zone, profile.currency, profile.record_system, list(steps), systems, fields + blanks)


def _system_row(one, offered, profile, lang):
    wanted = {*one.key.columns, *(f.columns.get(one.name, "") for f in profile.fields.values())} - {""}
    columns = [*offered, *sorted(wanted - set(offered))]
    return SystemRow(one.name, one.label.get(lang) or one.name, list(one.key.columns),
                     next(iter(one.key.strip_prefix), ""), one.zone, one.day_first, one.complete,
                     span(one.grace_s * 1_000_000), columns)


def _field_row(one, tree, profile, lang):
    own = tree["fields"][one.name] or {}
    names = list(profile.systems)
    money = own.get("currency")
    return FieldRow(
        one.name, one.label.get(lang) or one.name, [one.columns.get(name, "") for name in names], one.type, True,
        (span(one.tolerance) if one.type == "time" else show_number(one.tolerance)) if one.tolerance else "",
        f"{show_number(one.relative_ppm * 100)}%" if one.relative_ppm else "", one.severity, one.authority,
        one.empty == "ignore", money if isinstance(money, str) else "",
        [one.unit_columns.get(name, "") for name in names], one.base_unit, _lines(one.factors), _lines(one.codes))


def _blank(profile):
    return FieldRow("", "", [""] * len(profile.systems), units=[""] * len(profile.systems), is_new=True)


def _lines(pairs):
    return "\n".join(f"{one} = {other}" for one, other in sorted(pairs.items()))


def span(us):
    """'3m' of 180 seconds in µs: the largest unit that says it whole."""
    seconds, rest = divmod(us, 1_000_000)
    if rest:
        return f"{show_number(us)}s"
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s" if seconds else ""


# --- page → tree -------------------------------------------------------------------------------------------------


def tree_of(post, tree, lang, is_records):
    """The tree that the form `post` (a QueryDict or dict of texts) makes of the old one. Raises WrongField."""
    old, made = build_profile(tree), copy.deepcopy(tree)
    names = list(old.systems)
    made["name"] = {"zh": text(post, "name_zh") or text(post, "name_en"),
                    "en": text(post, "name_en") or text(post, "name_zh")}
    made.pop("title", None)
    made["zone"] = text(post, "zone") or old.zone
    made["currency"] = text(post, "currency", 3).upper()
    _say(made, "record", text(post, "record") if text(post, "record") in names else "")
    made["systems"] = {name: _system(post, place, tree["systems"].get(name) or {}, old.systems[name], lang, is_records)
                       for place, name in enumerate(names)}
    made.pop("key", None)
    made["fields"] = _fields(post, tree, old, names, lang)
    return made


def _system(post, place, own, old, lang, is_records):
    made = copy.deepcopy(own)
    steps = [step for step in NORMALISATIONS if f"step_{step}" in post and (not is_records or step in IN_RECORDS)]
    columns = [one for part in range(KEY_PARTS) if (one := text(post, f"key_{place}_{part}"))]
    if not columns:
        raise WrongField(gettext_noop("Choose the column that holds the number."), f"key_{place}_0")
    key = {"columns": list(dict.fromkeys(columns)), "normalise": steps}
    if old.key.join != "|":
        key["join"] = old.key.join
    if old.key.strip_suffix:
        key["strip_suffix"] = list(old.key.strip_suffix)
    if prefix := text(post, f"prefix_{place}", 20):
        key["strip_prefix"] = [prefix, *old.key.strip_prefix[1:]]
    made["key"] = key
    _label(made, old.label, text(post, f"label_{place}", 40) or old.name, lang)
    if is_records:
        made.setdefault("entity", old.entity)
    _say(made, "zone", text(post, f"zone_{place}"))
    _say(made, "day_first", f"day_first_{place}" in post)
    _say(made, "complete", f"complete_{place}" in post, default=True)
    _say(made, "grace", _duration(post, f"grace_{place}"))
    made.pop("record", None)
    return made


def _fields(post, tree, old, names, lang):
    found, place = {}, 0
    while f"type_{place}" in post:
        made = _field(post, place, tree, old, names, lang)
        if made:
            name, one = made
            found[_free(found, name)] = one
        place += 1
        if place > LONGEST:
            break
    return found


def _field(post, place, tree, old, names, lang):
    name = text(post, f"field_{place}")
    columns = {system: column for i, system in enumerate(names) if (column := text(post, f"col_{place}_{i}"))}
    if f"on_{place}" not in post and name:
        return None
    if len(columns) < 2:
        if columns:
            raise WrongField(gettext_noop("Choose a column in at least two systems, or none."), f"col_{place}_0")
        return None
    known = name in (tree.get("fields") or {})
    own = copy.deepcopy(tree["fields"][name] or {}) if known else {}
    before = old.fields[name] if known else None
    kind = text(post, f"type_{place}")
    own["type"] = kind if kind in TYPES or (before and kind == before.type) else "text"
    own["columns"] = columns
    for gone in ("column", "max_minutes_between", "max_seconds_between"):
        own.pop(gone, None)
    label = text(post, f"label_f_{place}", 60) or " / ".join(dict.fromkeys(columns.values()))
    _label(own, before.label if before else {}, label, lang)
    _say(own, "tolerance", _tolerance(post, place, own["type"]), default=0)
    severity = text(post, f"severity_{place}")
    _say(own, "severity", severity if severity in SEVERITIES else "medium", default="medium")
    authority = text(post, f"authority_{place}")
    _say(own, "authority", authority if authority in columns else "")
    _say(own, "empty", "ignore" if f"empty_{place}" in post else "difference", default="difference")
    _by_type(own, post, place, names)
    return name or next(iter(columns.values())), own


def _by_type(own, post, place, names):
    """What only money, quantities or codes have."""
    currency = text(post, f"currency_{place}", 3).upper()
    if own["type"] != "money":
        own.pop("currency", None)
    elif currency or isinstance(own.get("currency"), str):
        _say(own, "currency", currency)
    units = {system: column for i, system in enumerate(names)
             if (column := text(post, f"unit_{place}_{i}")) and system in own["columns"]}
    is_quantity = own["type"] == "quantity"
    _say(own, "unit", units if is_quantity else {})
    _say(own, "base_unit", text(post, f"base_unit_{place}", 20) if is_quantity else "")
    _say(own, "factors", pairs_of(post, f"factors_{place}") if is_quantity else {})
    if own["type"] not in ("code", "text"):
        own.pop("map", None)
    elif f"codes_{place}" in post:
        of_one = {name: codes for name, codes in (own.get("map") or {}).items() if isinstance(codes, dict)}
        _say(own, "map", of_one | (pairs_of(post, f"codes_{place}") if own["type"] == "code" else {}))
    if own["type"] not in ("text", "code"):
        own.pop("normalise", None)


def pairs_of(post, name):
    """{left: right} of lines such as “箱 = 12”. Raises WrongField."""
    found = {}
    for line in str(post.get(name, "")).replace("\0", "")[:20_000].splitlines():
        if not line.strip():
            continue
        parts = DIVIDER.split(line.strip(), maxsplit=1)
        if len(parts) != 2 or not all(parts):
            raise WrongField(gettext_noop("“%(line)s”: write one pair a line, such as box = 12."), name, line=line[:40])
        found[parts[0]] = parts[1]
    return found


def _tolerance(post, place, kind):
    absolute, relative = text(post, f"absolute_{place}", 20), text(post, f"relative_{place}", 12)
    if kind in ("text", "code"):
        if absolute or relative:
            raise WrongField(gettext_noop("Only numbers and times may differ by something: leave this empty."),
                             f"absolute_{place}")
        return 0
    if kind == "time":
        return _duration(post, f"absolute_{place}") or 0
    made = {name: value for name, value in
            (("absolute", absolute.replace("，", "").replace(",", "")), ("relative", _share(relative))) if value}
    return made.get("absolute", 0) if "relative" not in made else made


def _share(given):
    """“1” in the column of percents is 1 %."""
    bare = given.replace("％", "%").rstrip("%").strip()
    return f"{bare}%" if bare else ""


def _duration(post, name):
    """'3m' of what people write: 3 (minutes), 3m, 3分钟, 2h, 2小时."""
    given = text(post, name, 20).lower()
    for word, unit in SPANS.items():
        given = given.replace(word, unit)
    given = given.replace("minutes", "m").replace("min", "m").replace(" ", "")
    if not given:
        return ""
    if not re.fullmatch(r"\d{1,9}(\.\d{1,3})?[smhd]?", given):
        raise WrongField(gettext_noop("“%(value)s” is no span of time, such as 3m, 2h or 1d."), name,
                         value=text(post, name, 20))
    return given if given[-1].isalpha() else f"{given}m"


def _label(own, before, said, lang):
    """The label in the reader's language; the other one follows while both say the same."""
    label = dict(before or {})
    other = "zh" if lang == "en" else "en"
    if label.get(lang) != said:
        if label.get(other, "") in ("", label.get(lang)):
            label[other] = said
        label[lang] = said
    own["label"] = {"en": label.get("en", said), "zh": label.get("zh", said)}


def _say(own, name, value, default=None):
    """Write a word, unless it says nothing: then it is left out."""
    if value in ("", {}, None, False) and default is not True or value == default:
        own.pop(name, None)
    else:
        own[name] = value


def _free(taken, name):
    given, number = name, 2
    while given in taken:
        given, number = f"{name} {number}", number + 1
    return given


def text(post, name, most=LONGEST):
    return str(post.get(name, "")).replace("\0", "").strip()[:most]


# --- page as it was typed, when something in it is wrong -----------------------------------------------------------


def typed_state(post, tree, columns):
    """State of what was typed, nothing lost; `columns` {system: [column]} to choose from."""
    profile = build_profile(tree)
    names = list(profile.systems)
    systems = [SystemRow(
        name, text(post, f"label_{i}"), [one for part in range(KEY_PARTS) if (one := text(post, f"key_{i}_{part}"))],
        text(post, f"prefix_{i}"), text(post, f"zone_{i}") or profile.zone, f"day_first_{i}" in post,
        f"complete_{i}" in post, text(post, f"grace_{i}"), columns.get(name, [])) for i, name in enumerate(names)]
    fields, place = [], 0
    while f"type_{place}" in post and place <= LONGEST:
        fields.append(_typed_field(post, place, len(names)))
        place += 1
    return State(text(post, "name_zh"), text(post, "name_en"), text(post, "zone") or profile.zone,
                 text(post, "currency"), text(post, "record"),
                 [step for step in NORMALISATIONS if f"step_{step}" in post], systems, fields)


def _typed_field(post, place, count):
    name = text(post, f"field_{place}")
    return FieldRow(
        name, text(post, f"label_f_{place}"), [text(post, f"col_{place}_{i}") for i in range(count)],
        text(post, f"type_{place}"), f"on_{place}" in post, text(post, f"absolute_{place}"),
        text(post, f"relative_{place}"), text(post, f"severity_{place}"), text(post, f"authority_{place}"),
        f"empty_{place}" in post, text(post, f"currency_{place}"),
        [text(post, f"unit_{place}_{i}") for i in range(count)], text(post, f"base_unit_{place}"),
        str(post.get(f"factors_{place}", "")), str(post.get(f"codes_{place}", "")), not name)
