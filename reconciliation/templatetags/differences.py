"""How are a difference's cause, values and sentence said on a page?"""

import re
from decimal import Decimal

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kernel.moments import short
from kernel.pages import whole
from kernel.templatetags.hub import duration, exact, money, quantity
from orders.units import say_unit
from orders.words import ACTORS, FIELDS, STAGES, word
from reconciliation.causes.fixes import fix_of
from reconciliation.causes.names import cause_name
from reconciliation.distance import are_times
from reconciliation.groups import LABELS, said_group_value
from reconciliation.speech import system_label
from reconciliation.values import read_flag
from reconciliation.words import BY_WEIGHT, CONFIDENCES, STATES

register = template.Library()
# A decimal amount, with or without its currency; whole numbers may be codes and stay as they are.
NUMBER = re.compile(r"-?[1-9]\d*(\.\d+( [A-Z]{3})?| [A-Z]{3})")
WHOLE = re.compile(r"-?[1-9]\d*")  # of a field of quantities, where it cannot be a code
LONG_ENOUGH = 12  # signs of a fingerprint: it is compared with its neighbour, not read
EVIDENCE = {
    "key": _("key"),
    "event": _("happened"),
    "received": _("received"),
    "created": _("created"),
    "sequence": _("sequence"),
    "version": _("version"),
    "received_version": _("highest version received"),
    "actor": _("who"),
    "actor_kind": _("person or interface"),
    "message_id": _("message"),
    "payload_hash": _("fingerprint of the message"),
    "batch": _("batch"),
    "parent": _("belongs to"),
    "device": _("device"),
    "warehouse": _("warehouse"),
    "item": _("item"),
    "customer": _("customer"),
    "raw_unit": _("unit as written"),
    "raw_code": _("code as written"),
    "mapping_version": _("mapping version"),
    "raw": _("as written"),
    "unit": _("unit"),
    "line": _("line"),
    "closed": _("closed"),
    "children": _("parts"),
    "shipped": _("shipped"),
    "number": _("number as written"),
    "lines": _("lines"),
    "promised": _("promised"),
    "price": _("price"),
}
ENTRIES = {
    "opened": _("opened"),
    "accepted": _("accepted"),
    "assigned": _("assigned"),
    "claimed_fixed": _("claimed fixed"),
    "resolved": _("resolved"),
    "reopened": _("came back"),
    "invalid": _("marked as invalid"),
    "expired": _("acceptance ended"),
    "expected": _("may settle by itself"),
    "commented": _("remarked"),
}


@register.filter
def system_words(code, labels=None):
    """A system's name as people write it; `labels` {system: {en, zh}} where the comparison gives its own."""
    own = (labels or {}).get(code) or {}
    return own.get(short(get_language())) or system_label(str(code))


@register.filter
def cause_words(code):
    return cause_name(code, short(get_language())) if code else ""


@register.filter
def fix_words(code):
    """What to do about a cause."""
    return fix_of(code, short(get_language()))


@register.filter
def dimension_words(code):
    """What a group of differences has in common."""
    return LABELS.get(code, (code, code))[short(get_language()) == "zh"]


@register.filter
def group_value(group):
    """The value a group has in common: codes as they stand, the status they should mean in words."""
    return said_group_value(group.cause, group.value, lambda code: word(STAGES, code))


@register.filter
def cause_sentence(difference):
    """The first cause as a sentence; the kind of difference when there is none."""
    said = next((one.get("sentence") for one in difference.causes or [] if isinstance(one, dict)), None) or {}
    return said.get(short(get_language())) or said.get("en") or difference.get_kind_display()


@register.filter
def field_words(difference):
    """The compared field's name, or the kind of difference where there is no field."""
    return word(FIELDS, difference.field) if difference.field else difference.get_kind_display()


@register.simple_tag
def said_value(value, field):
    """A value as people write it; blank systems are said to say nothing."""
    if value is None or value == "":
        return "—"
    if isinstance(value, list):
        return " / ".join(str(said_value(one, field)) for one in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field == "status" and isinstance(value, str):
        return word(STAGES, value)
    if isinstance(value, str) and (NUMBER.fullmatch(value) or field.endswith("_m") and WHOLE.fullmatch(value)):
        return _grouped(value)
    if isinstance(value, int) and field.endswith("_m"):
        return quantity(value)
    if isinstance(value, int) and field.endswith("_minor"):
        return money(value, "")
    return exact(value)


@register.simple_tag
def said_evidence(value, name):
    """One side's evidence as people write it; a fingerprint no longer than it is of use."""
    if name == "unit":
        return say_unit(value, short(get_language()))
    if name == "actor_kind":
        return word(ACTORS, value)
    if name == "closed":
        known = read_flag(str(value))
        return value if known is None else said_value(known, "")
    if name == "children":
        return ", ".join(map(str, value)) if isinstance(value, list) else value
    return str(value)[:LONG_ENOUGH] if name == "payload_hash" else said_value(value, "")


def _grouped(text):
    """'13950.00 CNY' as '13,950.00 CNY'."""
    number, space, currency = text.partition(" ")
    whole, point, rest = number.lstrip("-").partition(".")
    sign = "-" if number.startswith("-") else ""
    return f"{sign}{int(whole):,}{point}{rest}{space}{currency}"


@register.filter
def own_sentence(sentence):
    """A {en, zh} sentence as the reader reads."""
    return (sentence or {}).get(short(get_language())) or (sentence or {}).get("en", "")


@register.filter
def confidence_words(code):
    return CONFIDENCES.get(code, code)


@register.filter
def entry_words(code):
    return ENTRIES.get(code, code)


@register.filter
def entry_text(entry):
    """What stands under an entry: a person's words, or the state it came back from."""
    return STATES.get(entry.text, entry.text) if entry.by_id is None else entry.text


@register.filter
def gap_words(difference):
    """How far apart an accepted difference's values may be: a span of times, or a number."""
    if are_times(difference.values):
        return duration(difference.accepted_gap_u // 10**6)
    return _grouped(f"{Decimal(difference.accepted_gap_u).scaleb(-6).normalize():f}")


@register.filter
def evidence_words(name):
    return EVIDENCE.get(name, name)


@register.filter
def severity_words(weight):
    """How severe a stored difference is, 1 to 3, in words."""
    return BY_WEIGHT.get(whole(str(weight)), weight)


@register.filter
def asked_words(value, name):
    """What a page was narrowed to, as its reader calls it."""
    if name == "field":
        return word(FIELDS, value)
    known = {"cause": cause_words, "severity": severity_words, "system": system_words,
             "state": STATES.get}.get(name)
    return known(value) if known else value
