"""Which kinds, plants and nodes can a list name? One query for all of them; upper apps add theirs.

config/panels.py names, under "list_choices", functions that return a queryset of (what, code, name_en, name_zh).
"""

from functools import cache

from django.conf import settings
from django.db.models import Value
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from kernel.models import Plant
from kernel.moments import short
from orders.models import OrderKind

COLUMNS = ("what", "code", "name_en", "name_zh")


def named(queryset, what):
    """Rows of a NamedModel with a code as (what, code, name_en, name_zh)."""
    return queryset.order_by().annotate(what=Value(what)).values_list(*COLUMNS)


@cache
def _givers():
    return [import_string(name) for name in import_string(settings.HUB_PANELS).get("list_choices", ())]


def choices():
    """{what: {code: name in the reader's language}}, each by code."""
    return of(named(OrderKind.objects.all(), "kind"), named(Plant.objects.all(), "plant"), *(
        give() for give in _givers()
    ))


def of(first, *others):
    """The same of any querysets as from `named`, in one query."""
    chinese, found = short(get_language()) == "zh", {}
    for what, code, name_en, name_zh in first.union(*others):
        found.setdefault(what, {})[code] = (name_zh or name_en) if chinese else (name_en or name_zh)
    return {what: dict(sorted(names.items())) for what, names in found.items()}
