"""How are the order's codes said on a page?"""

from django import template

from orders import words

register = template.Library()
TABLES = {
    "stage": words.STAGES,
    "axis": words.AXES,
    "fact": words.FACTS,
    "field": words.FIELDS,
    "entity": words.ENTITIES,
    "decision": words.DECISIONS,
    "why": words.WHY,
}


@register.filter
def called(code, table):
    """{{ order.stage|called:"stage" }}"""
    return words.word(TABLES[table], code)
