"""Which values may a routing condition ask for, and what are they called?

What is not the hub's own to know (comparisons) its app tells, through config/panels.py under "condition_choices".
"""
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import get_language, gettext_lazy

from exceptions.articles import FAMILIES
from exceptions.models import Ticket
from kernel.models import Company, Scope
from kernel.moments import short
from kernel.templatetags.hub import own_words
from orders.choices import choices
from orders.models import CustomerTier, SourceSystem
from orders.words import FIELDS

MOST = 300  # more than these are not offered in a list: their code is typed
SUBJECTS = {
    "order": gettext_lazy("order"), "difference": gettext_lazy("difference"),
    "difference_group": gettext_lazy("differences of one cause"), "words": gettext_lazy("words of a person"),
    "part": gettext_lazy("part of a ticket"), "parked": gettext_lazy("rows that could not be read"),
    "job": gettext_lazy("background job"), "channel": gettext_lazy("channel of messages"),
}


@cache
def _givers():
    return [import_string(name) for name in import_string(settings.HUB_PANELS).get("condition_choices", ())]


def offered(user):
    """{field of exceptions.conditions: {value: name}} in the reader's language; what is not here is typed.

    Scopes as far as the person sees them.
    """
    known = choices()
    found = {
        "subject_kind": SUBJECTS, "cause": causes(), "severity": dict(Ticket.SEVERITIES),
        "order_kind": known.get("kind", {}), "plant": known.get("plant", {}), "node": known.get("node", {}),
        "tier": _named(CustomerTier.objects.all()), "company": _named(Company.objects.all()),
        "scope": _named(Scope.objects.visible_to(user)), "system": _named(SourceSystem.objects.all()), "field": FIELDS,
    }
    for give in _givers():
        found |= give()
    return {
        field: {value: str(name) for value, name in names.items()} for field, names in found.items()
        if names and len(names) <= MOST
    }


def causes():
    """{cause: what it is called}: the titles of the articles on it."""
    chinese = short(get_language()) == "zh"
    return {name: texts[chinese].title for family in FAMILIES for name, texts in family.ARTICLES.items()}


def _named(rows):
    return {row.code: own_words(row, "name") for row in rows.order_by("code")[: MOST + 1]}
