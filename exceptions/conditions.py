"""Does a routing condition hold for a ticket, and is it written rightly?"""
from django.utils.translation import gettext as _

TEXT, NUMBER = "text", "number"
FIELDS = {
    "subject_kind": TEXT, "cause": TEXT, "severity": NUMBER, "order_kind": TEXT, "customer": TEXT, "tier": TEXT,
    "plant": TEXT, "scope": TEXT, "company": TEXT, "node": TEXT, "system": TEXT, "profile": TEXT, "field": TEXT,
    "reason": TEXT,
}
OPS = {
    "eq": lambda value, wanted: value == wanted,
    "ne": lambda value, wanted: value != wanted,
    "in": lambda value, wanted: value in wanted,
    "prefix": lambda value, wanted: str(value).startswith(wanted),
    "le": lambda value, wanted: value is not None and value <= wanted,
    "ge": lambda value, wanted: value is not None and value >= wanted,
}
WANTS = {"in": list, "prefix": str, "le": (int, float), "ge": (int, float)}


def holds(condition, facts):
    return OPS[condition["op"]](facts.get(condition["field"]), condition["value"])


def faults_of(conditions):
    """Sentences that say what is wrong with a rule's conditions; [] when nothing is."""
    if not isinstance(conditions, list):
        return [_("Conditions are a list.")]
    return [fault for one in conditions if (fault := _fault_of(one))]


def _fault_of(condition):
    if not isinstance(condition, dict) or set(condition) != {"field", "op", "value"}:
        return _("A condition has exactly a field, an op and a value.")
    field, op, value = condition["field"], condition["op"], condition["value"]
    if field not in FIELDS:
        return _("There is no field %(field)s; there are: %(fields)s.") % {
            "field": field, "fields": ", ".join(FIELDS),
        }
    if op not in OPS:
        return _("There is no op %(op)s; there are: %(ops)s.") % {"op": op, "ops": ", ".join(OPS)}
    if op in ("le", "ge") and FIELDS[field] != NUMBER:
        return _("%(field)s is no number and cannot be compared by size.") % {"field": field}
    if not isinstance(value, WANTS.get(op, (str, int))):
        return _("The value of %(field)s does not fit %(op)s.") % {"field": field, "op": op}
    return None
