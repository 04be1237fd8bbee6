"""What does a routing rule's condition say, in words: cause: late posting, short shipment and 2 more?"""
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from exceptions.articles import FAMILIES
from exceptions.conditions import faults_of
from exceptions.models import Ticket
from kernel.moments import short
from orders.words import FIELDS, word

MOST = 3  # values told; the others are counted
ABOUT = {
    "subject_kind": gettext_lazy("subject"), "cause": gettext_lazy("cause"), "severity": gettext_lazy("severity"),
    "order_kind": gettext_lazy("order kind"), "customer": gettext_lazy("customer"), "tier": gettext_lazy("tier"),
    "plant": gettext_lazy("plant"), "scope": gettext_lazy("scope"), "company": gettext_lazy("company"),
    "node": gettext_lazy("node"), "system": gettext_lazy("system"), "profile": gettext_lazy("comparison"),
    "field": gettext_lazy("field"), "reason": gettext_lazy("reason"),
}
SAID = {
    "eq": pgettext_lazy("condition", "%(about)s: %(value)s"), "in": pgettext_lazy("condition", "%(about)s: %(value)s"),
    "ne": pgettext_lazy("condition", "%(about)s is not %(value)s"),
    "prefix": pgettext_lazy("condition", "%(about)s begins with %(value)s"),
    "le": pgettext_lazy("condition", "%(about)s at most %(value)s"),
    "ge": pgettext_lazy("condition", "%(about)s at least %(value)s"),
}


def say_conditions(conditions):
    """All of them, one after the other; blank where a rule asks nothing."""
    return pgettext("conditions", "; ").join(_say(one) for one in conditions or [])


def _say(condition):
    if faults_of([condition]):
        return str(condition)  # kept from before conditions were checked
    field, value = condition["field"], condition["value"]
    values = value if isinstance(value, list) else [value]
    told = " / ".join(_called(field, one) for one in values[:MOST])
    if len(values) > MOST:
        told = _("%(names)s and %(n)s more") % {"names": told, "n": len(values) - MOST}
    return SAID[condition["op"]] % {"about": ABOUT[field], "value": told}


def _called(field, value):
    if field == "cause":
        return next((texts[short(get_language()) == "zh"].title for family in FAMILIES
                     for name, texts in family.ARTICLES.items() if name == value), value)
    if field == "severity":
        return str(dict(Ticket.SEVERITIES).get(value, value))
    return str(word(FIELDS, value)) if field == "field" else str(value)
