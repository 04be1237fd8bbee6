"""What does a routing rule's condition say, in words: cause: late posting, short shipment and 2 more?"""
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from exceptions.condition_choices import SUBJECTS, causes
from exceptions.conditions import faults_of
from exceptions.models import Ticket
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
    # Only of the severity, whose first is the highest.
    "le": pgettext_lazy("condition", "%(about)s: %(value)s or higher"),
    "ge": pgettext_lazy("condition", "%(about)s: %(value)s or lower"),
}


# Of the highest and the lowest severity there is nothing beyond.
ENDS = (("le", Ticket.SEVERITIES[0][0]), ("ge", Ticket.SEVERITIES[-1][0]))


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
    op = "eq" if (condition["op"], value) in ENDS else condition["op"]
    return SAID[op] % {"about": ABOUT[field], "value": told}


def _called(field, value):
    if field == "cause":
        return causes().get(value, value)
    if field == "severity":
        return str(dict(Ticket.SEVERITIES).get(value, value))
    if field == "subject_kind":
        return str(SUBJECTS.get(value, value))
    return str(word(FIELDS, value)) if field == "field" else str(value)
