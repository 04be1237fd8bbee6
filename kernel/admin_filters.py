"""Which filters does an admin list offer, and which lookups does it refuse?"""
from django.contrib.admin.filters import RelatedFieldListFilter
from django.contrib.admin.utils import get_fields_from_path
from django.db import models

from kernel.access import visible
from kernel.admin_words import filter_for

EXACT = ("", "__exact", "__in", "__isnull")
DATES = ("__gte", "__lt", "__lte", "__gt", "__year", "__month", "__day")


class VisibleRelatedFilter(RelatedFieldListFilter):
    """Offers only rows this person may see."""

    def field_choices(self, field, request, model_admin):
        rows = visible(field.related_model, request.user)[:200]
        return [(row.pk, str(row)) for row in rows]


def with_visible_choices(model, names, coded=()):
    """`names` as the admin's list_filter, foreign keys with the filter above, codes by their words."""
    return [_with_class(model, name, coded) for name in names]


def _with_class(model, name, coded):
    if not isinstance(name, str):
        return name
    if name in coded:
        return (name, filter_for(coded[name]))
    field = get_fields_from_path(model, name)[-1]
    return (name, VisibleRelatedFilter) if field.is_relation else name


def allowed_lookups(model, names):
    """Every query key the listed filters may send; anything else could bisect a hidden column."""
    found = set()
    for name in names:
        if isinstance(name, str):
            found.update(_lookups(model, name))
        elif isinstance(name, type) and hasattr(name, "parameter_name"):
            found.add(name.parameter_name)
    return found


def _lookups(model, name):
    field = get_fields_from_path(model, name)[-1]
    ends = [*EXACT]
    if isinstance(field, models.DateField):
        ends += DATES
    if field.is_relation:
        ends += ["__id__exact", "__id__isnull"]
    return {name + end for end in ends}
