"""How are the order's codes said on a page?"""

from django import template
from django.utils import timezone
from django.utils.translation import get_language

from kernel.moments import short
from orders import words
from orders.silence import silent_systems
from orders.units import say_unit

register = template.Library()
TABLES = {
    "stage": words.STAGES,
    "axis": words.AXES,
    "fact": words.FACTS,
    "field": words.FIELDS,
    "entity": words.ENTITIES,
    "stream": words.STREAMS,
    "decision": words.DECISIONS,
    "why": words.WHY,
}


@register.filter
def called(code, table):
    """{{ order.stage|called:"stage" }}; several codes are said one after the other."""
    if isinstance(code, list):
        return ", ".join(str(called(one, table)) for one in code)
    return words.word(TABLES[table], code)


@register.filter
def sides(values):
    """[(systems, value)] of {system: value}: those that say the same stand together, alike on every database."""
    found = []
    for system, value in sorted((values or {}).items()):
        same = next((systems for systems, known in found if known == value), None)
        if same is None:
            found.append(([system], value))
        else:
            same.append(system)
    return found


@register.filter
def decided(event):
    """A decision of the hub in plain words, with whom or what it was about."""
    return words.decided(event)


@register.filter
def unit(code):
    return say_unit(code, short(get_language()))


@register.filter
def expected(order, now):
    """When delivery of an open order is expected; never an instant that has passed."""
    return order.expected_at(now)


@register.filter
def overtaken(order, now):
    """Has the forecast passed without delivery?"""
    return order.is_overtaken(now)


@register.inclusion_tag("orders/as_of.html")
def as_of(now=None):
    """As of when a page is true, and which systems are silent."""
    now = now or timezone.now()
    return {"now": now, "silent": silent_systems(now)}
