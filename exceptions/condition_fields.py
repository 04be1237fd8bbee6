"""How does a person write a routing rule's conditions? Rows of what, how it compares, and values by name."""
import re

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from exceptions.condition_words import ABOUT
from exceptions.conditions import FIELDS, NUMBER, faults_of

MOST_ROWS, SPARE = 60, 2
BETWEEN = re.compile(r"[,，、;；\n]+")
OPS = [
    ("eq", pgettext_lazy("condition", "is")), ("in", pgettext_lazy("condition", "is one of")),
    ("ne", pgettext_lazy("condition", "is not")), ("prefix", pgettext_lazy("condition", "begins with")),
    ("le", pgettext_lazy("condition", "is at least as severe as")),
    ("ge", pgettext_lazy("condition", "is at most as severe as")),
]
BY_SIZE = ("le", "ge")


class ConditionsWidget(forms.Widget):
    """`offered` gives the values to choose from, {field: {value: name}}; a value is posted as "field:value".

    `of` is the id of the rule whose conditions these are, None for a new one.
    """

    template_name = "exceptions/conditions.html"
    offered, of = {}, None

    def value_from_datadict(self, data, files, name):
        several = data.getlist if hasattr(data, "getlist") else lambda key: data.get(key, [])
        rows = []
        for number in range(MOST_ROWS):
            part = f"{name}-{number}"
            if f"{part}-field" not in data:
                break
            rows.append({
                "field": data.get(f"{part}-field", ""), "op": data.get(f"{part}-op", "eq"),
                "values": several(f"{part}-value"), "typed": data.get(f"{part}-typed", ""),
            })
        return [row for row in rows if row["field"] or row["values"] or row["typed"].strip()]

    def value_omitted_from_data(self, data, files, name):
        return False

    def get_context(self, name, value, attrs):
        rows = [one if "values" in one else _row_of(one, self.offered) for one in value or [] if isinstance(one, dict)]
        rows += [{"field": "", "op": "eq", "values": [], "typed": ""}] * max(0, min(SPARE, MOST_ROWS - len(rows)))
        context = super().get_context(name, None, attrs)
        context["rule"] = str(self.of or "")
        context["rows"] = [self._drawn(f"{name}-{number}", row) for number, row in enumerate(rows)]
        return context

    def _drawn(self, part, row):
        groups = [(field, ABOUT[field], self._values(field, row)) for field in FIELDS if self.offered.get(field)]
        return {**row, "part": part, "fields": [(code, ABOUT[code]) for code in FIELDS], "ops": OPS, "groups": groups}

    def _values(self, field, row):
        """[(as posted, name, whether it is chosen), …], the chosen ones first."""
        found = [(f"{field}:{value}", name, f"{field}:{value}" in row["values"])
                 for value, name in self._known(field, row).items()]
        return sorted(found, key=lambda one: not one[2])

    def _known(self, field, row):
        """What is offered, and what a rule was given before and nobody offers any more."""
        known = self.offered.get(field, {})
        if field != row["field"] or not known:
            return known
        kept = [one.partition(":")[2] for one in row["values"]]
        return known | {one: one for one in kept if one not in {str(value) for value in known}}


def _row_of(condition, offered):
    """A kept condition as a row of the form."""
    field, value = condition.get("field", ""), condition.get("value")
    values = value if isinstance(value, list) else [value]
    is_typed = condition.get("op") == "prefix" or field not in offered
    return {
        "field": field, "op": condition.get("op", "eq"),
        "values": [] if is_typed else [f"{field}:{one}" for one in values],
        "typed": ", ".join(map(str, values)) if is_typed else "",
    }


class ConditionsField(forms.Field):
    """[{"field", "op", "value"}, …], as RoutingRule.conditions keeps it. `offer` says what may be chosen."""

    widget = ConditionsWidget

    def __init__(self, **kwargs):
        super().__init__(required=False, **kwargs)
        self.kept = []

    def offer(self, offered, kept=(), of=None):
        """`kept` are the conditions of the rule `of` so far: their values stay allowed, offered or not."""
        self.widget.offered, self.widget.of, self.kept = offered, of, list(kept or ())

    def clean(self, rows):
        found, faults = [], []
        for row in rows or []:
            try:
                found += self._read(row)
            except forms.ValidationError as error:
                faults += error.messages
        faults = faults or faults_of(found)
        if faults:
            raise forms.ValidationError(faults)
        return found

    def has_changed(self, initial, data):
        try:
            return self.clean(data) != (initial or [])
        except forms.ValidationError:
            return True

    def _read(self, row):
        field, op = row["field"], row["op"]
        if field not in FIELDS:
            raise forms.ValidationError(_("Say what the condition is about."))
        if op not in dict(OPS) or (op in BY_SIZE and FIELDS[field] != NUMBER):
            raise forms.ValidationError(_("%(about)s cannot be compared so.") % {"about": ABOUT[field]})
        if op == "prefix":
            values = [row["typed"].strip()] if row["typed"].strip() else []
        else:
            values = [self._value(field, one) for one in self._said(field, row)]
        if not values:
            raise forms.ValidationError(_("Say which %(about)s.") % {"about": ABOUT[field]})
        if op in ("prefix", *BY_SIZE) and len(values) > 1:
            raise forms.ValidationError(_("%(about)s: one value only.") % {"about": ABOUT[field]})
        if op == "in" or (op == "eq" and len(values) > 1):
            return [{"field": field, "op": "in", "value": values}]
        return [{"field": field, "op": op, "value": one} for one in values]

    def _said(self, field, row):
        """The values of a row: chosen ones of this field, and typed ones."""
        chosen = [one.partition(":")[2] for one in row["values"] if one.startswith(f"{field}:")]
        typed = [one.strip() for one in BETWEEN.split(row["typed"]) if one.strip()]
        return list(dict.fromkeys([*chosen, *typed]))

    def _value(self, field, said):
        """The value somebody chose, or typed by its code or its name."""
        known = self.widget.offered.get(field)
        by_text = {str(value): value for value in known or {}}
        by_text |= {str(value): value for value in self._kept(field)}
        if known is None:
            return said
        named = {name.casefold(): value for value, name in known.items()}
        found = by_text.get(said, named.get(said.casefold()))
        if found is None:
            raise forms.ValidationError(
                _("There is no %(about)s %(value)s.") % {"about": ABOUT[field], "value": said})
        return found

    def _kept(self, field):
        for one in self.kept:
            if isinstance(one, dict) and one.get("field") == field:
                value = one.get("value")
                yield from value if isinstance(value, list) else [value]
