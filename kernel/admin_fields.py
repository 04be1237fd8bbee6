"""How is one field of a row shown to one person: links only to rows this person may see, no money without leave?"""
import json

from django.contrib.admin.utils import display_for_field
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from kernel.access import visible
from kernel.admin_units import lazy_label, unit_of
from kernel.admin_words import say
from kernel.money import without_money

EMPTY = "–"


def shown(field, table=None):
    """A read-only admin column for `field`: a function of the row, which carries its viewer as `_hub_viewer`.

    `table` gives the words of a field that holds codes.
    """

    def show(row):
        if table is not None:
            return say(table, getattr(row, field.name)) or EMPTY
        return _show(field, row, row._hub_viewer)

    show.__name__ = f"seen_{field.name}"
    show.short_description = lazy_label(field)
    return show


def _show(field, row, viewer):
    if isinstance(field, models.ForeignKey):
        return _show_related(field, row, viewer)
    value = getattr(row, field.attname)
    if value is not None and (unit := unit_of(field)):
        return unit.show(value, row)
    if isinstance(field, models.JSONField):
        return show_json(without_money(value, viewer))
    if isinstance(value, bool):
        return _("yes") if value else _("no")  # Django's icon is read out as True or False in any language
    return display_for_field(value, field, EMPTY)


def _show_related(field, row, viewer):
    key = getattr(row, field.attname)
    if key is None:
        return EMPTY
    other = visible(field.related_model, viewer).filter(pk=key).first()
    if other is None:
        return _("(not yours to see)")
    meta = other._meta
    try:
        link = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[key])
    except NoReverseMatch:
        return str(other)
    return format_html('<a class="hub-link" href="{}">{}</a>', link, other)


def show_json(value):
    text = json.dumps(value, ensure_ascii=False, indent=1, cls=DjangoJSONEncoder)
    return format_html('<pre class="hub-json">{}</pre>', text)
