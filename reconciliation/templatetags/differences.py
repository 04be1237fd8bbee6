"""How are a difference's cause, values and sentence said on a page?"""

from django import template
from django.utils.translation import get_language

from kernel.moments import short
from kernel.templatetags.hub import money, quantity
from orders.words import FIELDS, word
from reconciliation.causes.names import cause_name

register = template.Library()


@register.filter
def cause_words(code):
    return cause_name(code, short(get_language())) if code else ""


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
    if isinstance(value, int) and field.endswith("_m"):
        return quantity(value)
    if isinstance(value, int) and field.endswith("_minor"):
        return money(value, "")
    return value


@register.filter
def own_sentence(sentence):
    """A {en, zh} sentence as the reader reads."""
    return (sentence or {}).get(short(get_language())) or (sentence or {}).get("en", "")
