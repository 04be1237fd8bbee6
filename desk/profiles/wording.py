"""How are the parts of a profile said on a page, and what has changed between two of its versions?"""

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext_lazy as _

from desk.profiles.samples import said_column
from kernel.moments import short
from kernel.templatetags.hub import duration
from orders.words import ENTITIES, STAGES, word
from reconciliation.profile_diff import changes
from reconciliation.speech import system_label
from reconciliation.templatetags.differences import EVIDENCE
from reconciliation.values import show_number
from reconciliation.words import SEVERITIES, TYPES

STEPS = {
    "trim": _("blanks around it"), "nfkc": _("full-width characters"), "upper": _("upper and lower case"),
    "strip_zeros": _("zeros in front"), "no_space": _("blanks inside"), "no_punctuation": _("hyphens and other marks"),
}
TESTS = {
    "in": _("is one of"), "equals": _("is"), "not_in": _("is none of"), "from": _("from"), "before": _("before"),
    "prefix": _("begins with"), "not_prefix": _("does not begin with"),
}
EMPTY = {"difference": _("is a difference"), "ignore": _("is no difference")}
WHAT = {
    "": _("compared"), "key.columns": _("Number"), "key.join": _("joined by"),
    "key.normalise": _("does not count in the number"), "key.strip_prefix": _("cut off in front"),
    "key.strip_suffix": _("cut off behind"), "zone": _("time zone"), "currency": _("currency"),
    "tolerance": _("may differ by"), "relative_ppm": _("may differ by, share"), "severity": _("severity"),
    "authority": _("believed"), "columns": _("columns"), "type": _("holds"), "empty": _("nothing written"),
    "label": _("name"), "title": _("name"), "codes": _("code table"), "system_codes": _("code table"),
    "factors": _("unit factors"),
    "unit_columns": _("columns of the unit"), "base_unit": _("base unit"), "complete": _("every key expected"),
    "grace_s": _("may be late by"), "record": _("is right"), "day_first": _("day first in dates"),
    "scope": _("only rows that"), "normalise": _("smoothed"), "evidence": _("evidence"), "source": _("system"),
    "entity": _("kind of record"), "cardinality": _("rows of one number"), "rank": _("order of the codes"),
    "rules_off": _("causes not looked for"), "rules_only": _("causes looked for"),
}


def language():
    return short(get_language())


def named(part):
    """A system's or field's name in the reader's language."""
    own = part.label.get(language())
    return own or (part.name if hasattr(part, "columns") else system_label(part.name))


def column(name, is_record):
    """A column as people know it: a file's as it is headed, a record's field in words of the trade."""
    return said_column(name) if is_record else name


def said_apart(one):
    """How far a field's values may be apart; "" when they must be equal."""
    parts = []
    if one.tolerance:
        parts.append(str(duration(one.tolerance / 1_000_000)) if one.type == "time" else show_number(one.tolerance))
    if one.relative_ppm:
        parts.append(f"{show_number(one.relative_ppm * 100)} %")
    return " / ".join(parts)


def said_scope(system, is_record):
    return [_test(one, is_record) for one in system.scope]


def _test(one, is_record):
    values = [str(_value(one.column, value)) if is_record else value for value in one.values]
    return f"{column(one.column, is_record)} {TESTS[one.op]} {pgettext('between names', ', ').join(values)}"


def _value(name, value):
    """A record's code as people call it."""
    return word(STAGES if name == "status" else ENTITIES if name == "parent_entity" else {}, value)


def said_system(one, is_record):
    """What the page of a profile says of one of its systems."""
    notes = [*said_scope(one, is_record)]
    if not one.complete:
        notes.append(str(_("need not hold every number")))
    if one.grace_s:
        notes.append(_("may be late by %(span)s") % {"span": duration(one.grace_s)})
    if one.key.strip_prefix:
        notes.append(_("“%(text)s” is cut off") % {"text": " / ".join(one.key.strip_prefix)})
    return {"name": one.name, "label": named(one), "is_right": one.record, "notes": notes,
            "number": " + ".join(str(column(part, is_record)) for part in one.key.columns)}


def said_fields(profile, is_record):
    """[what the page of a profile says of one of its fields], `columns` in the profile's order of systems."""
    return [{"label": named(one), "holds": TYPES.get(one.type, one.type), "apart": said_apart(one),
             "columns": [(named(system), str(column(one.columns[name], is_record)) if name in one.columns else "")
                         for name, system in profile.systems.items()],
             "severity": SEVERITIES[one.severity], "is_high": one.severity == "high",
             "believed": named(profile.systems[one.authority]) if one.authority else ""}
            for one in profile.fields.values()]


def said_changes(old, new, is_record=False):
    """[(whose, what, before, after)] of two Profiles in the reader's words."""
    sayer = Sayer(old, new, is_record)
    return [(sayer.whose(one), str(WHAT.get(one.what, one.what)), sayer.said(one, one.before) or "—",
             sayer.said(one, one.after) or "—") for one in changes(old, new)]


class Sayer:
    """Says values of two versions of a profile."""

    def __init__(self, old, new, is_record):
        self.old, self.new, self.is_record = old, new, is_record

    def whose(self, change):
        return named(self._part(*change.part)) if change.part else ""

    def _part(self, kind, name):
        return getattr(self.new, f"{kind}s").get(name) or getattr(self.old, f"{kind}s")[name]

    def _system(self, name):
        return named(self._part("system", name)) if name in self.new.systems or name in self.old.systems else name

    def said(self, change, value):
        """A value of one Change in words."""
        how = getattr(self, "_" + change.what.replace(".", "_"), None) if change.what else self._whole
        return how(value, change) if how else self._plain(value)

    def _whole(self, part, _change):
        """A system or field that came or went: its columns."""
        if part is None:
            return ""
        return self._columns(part.columns, _change) if hasattr(part, "columns") else self._key_columns(
            part.key.columns, _change)

    def _key_columns(self, value, _change):
        return " + ".join(column(one, self.is_record) for one in value)

    def _key_normalise(self, value, _change):
        return ", ".join(str(STEPS[one]) for one in value)

    def _normalise(self, value, change):
        return self._key_normalise(value, change)

    def _columns(self, value, _change):
        return " = ".join(dict.fromkeys(column(one, self.is_record) for one in value.values()))

    def _unit_columns(self, value, change):
        return self._columns(value, change)

    def _evidence(self, value, _change):
        return ", ".join(f"{EVIDENCE.get(name, name)}: {column(one, self.is_record)}" for name, one in value.items())

    def _system_codes(self, value, _change):
        said = {name: ", ".join(f"{raw} → {word(STAGES, code)}" for raw, code in sorted(codes.items()))
                for name, codes in sorted(value.items())}
        return "; ".join(f"{self._system(name)}{_(': ')}{codes}" for name, codes in said.items())

    def _tolerance(self, value, change):
        one = self._part(*change.part)
        return str(duration(value / 1_000_000)) if one.type == "time" else show_number(value)

    def _relative_ppm(self, value, _change):
        return f"{show_number(value * 100)} %"

    def _grace_s(self, value, _change):
        return str(duration(value)) if value else ""

    def _severity(self, value, _change):
        return str(SEVERITIES.get(value, value))

    def _type(self, value, _change):
        return str(TYPES.get(value, value))

    def _empty(self, value, _change):
        return str(EMPTY.get(value, value))

    def _authority(self, value, _change):
        return self._system(value) if value else ""

    def _label(self, value, _change):
        return value.get(language(), "")

    def _title(self, value, _change):
        return value.get(language(), "")

    def _scope(self, value, _change):
        return "; ".join(_test(one, self.is_record) for one in value)

    def _plain(self, value):
        if isinstance(value, bool):
            return str(_("yes") if value else _("no"))
        if isinstance(value, dict):
            return ", ".join(f"{key} = {self._plain(one)}" for key, one in value.items())
        if isinstance(value, (tuple, list, frozenset)):
            return ", ".join(self._plain(one) for one in (sorted(value) if isinstance(value, frozenset) else value))
        if hasattr(value, "kind"):  # how many rows a number may have
            return value.kind
        return str(value)


