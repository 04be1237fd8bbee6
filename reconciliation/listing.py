"""Which differences does a view show: those of one cause, system, field, weight or group?"""
from django.db.models import Q, TextField
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast

from kernel.pages import whole
from reconciliation.models import Difference

NARROWING = ("cause", "system", "group", "field", "severity", "state")
# Differences nobody has to look at: each is counted under its own name, never among those that differ.
AT_REST = (Difference.EXPECTED, Difference.ACCEPTED, Difference.INVALID)


def blamed_in(causes, systems):
    """The systems a difference is counted under: those its first cause points at, else all that take part."""
    first = (causes or [{}])[0]
    return (first.get("systems") if isinstance(first, dict) else None) or systems or []


def narrowed(found, asked):
    """The differences of a queryset under `asked` {one of NARROWING: text}; what is empty does not narrow."""
    for name, field in (("cause", "cause"), ("group", "group_code"), ("field", "field")):
        if asked.get(name):
            found = found.filter(**{field: asked[name]})
    if asked.get("severity"):
        found = found.filter(severity=whole(asked["severity"]))
    if asked.get("state") == Difference.OPEN:
        found = found.exclude(state__in=AT_REST)
    elif asked.get("state"):
        found = found.filter(state=asked["state"])
    return _of_system(found, asked["system"]) if asked.get("system") else found


def _of_system(found, name):
    # JSON lists are not searched alike on both databases; the text of one is.
    found = found.annotate(
        blamed_text=KeyTextTransform("systems", KeyTransform(0, "causes")), part_text=Cast("systems", TextField()))
    own, any_one = Q(blamed_text__contains=f'"{name}"'), Q(part_text__contains=f'"{name}"')
    return found.filter(own | (Q(blamed_text=None) | Q(blamed_text="[]")) & any_one)
