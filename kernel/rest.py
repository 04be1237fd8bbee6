"""What do all REST endpoints have in common: reading, paging, filtering, permission?

A resource is a `VisibleViewSet`: the rows `visible_to` gives, by keyset pages, filtered and ordered only by what it
lists. An unknown parameter is refused, so that no filter can bisect a hidden column.
"""
from datetime import UTC

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from django_filters.fields import IsoDateTimeField
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import exceptions, serializers, viewsets
from rest_framework.filters import OrderingFilter

from kernel.access import visible
from kernel.money import is_money, may_see_money, without_money

BIGGEST = 2**63 - 1
MOST_WORDS = 50


class IdFilter(filters.NumberFilter):
    """A row's number. It is compared, never looked up: whether a hidden row exists cannot be told."""

    def __init__(self, field_name, lookup_expr="exact", **kwargs):
        super().__init__(field_name, lookup_expr, min_value=-BIGGEST, max_value=BIGGEST, decimal_places=0, **kwargs)


def text(field_name):
    return filters.CharFilter(field_name, "exact", max_length=200)


class _AnyOf(filters.BaseInFilter):
    """Any of several, comma between; thousands would be too many for one statement."""

    def filter(self, rows, value):
        if value and len(value) > MOST_WORDS:
            raise exceptions.ValidationError({self.field_name: [_("Too many values.")]})
        return super().filter(rows, value)


class _Words(_AnyOf, filters.CharFilter):
    pass


class _Numbers(_AnyOf, filters.NumberFilter):
    pass


def words(field_name):
    return _Words(field_name=field_name, lookup_expr="in", max_length=200)


def numbers(field_name):
    return _Numbers(field_name=field_name, lookup_expr="in", min_value=0, max_value=1000, decimal_places=0)


class Instant(serializers.DateTimeField):
    """A time over REST: told in UTC, whatever the plant's zone; without a zone it is read as UTC."""

    def __init__(self, **kwargs):
        super().__init__(default_timezone=UTC, **kwargs)


class _AskedInstant(IsoDateTimeField):
    def to_python(self, value):
        with timezone.override(UTC):
            return super().to_python(value)


class InstantFilter(filters.IsoDateTimeFilter):
    """An instant, compared in UTC: PostgreSQL refuses offsets that Python reads, like -21:17."""

    field_class = _AskedInstant

    def filter(self, rows, value):
        try:
            value = value and value.astimezone(UTC)
        except OverflowError:
            raise exceptions.ValidationError({self.field_name: [_("This instant is outside the calendar.")]}) from None
        return super().filter(rows, value)


def since(field_name):
    return InstantFilter(field_name, "gte")


def until(field_name):
    return InstantFilter(field_name, "lt")


class _YesOrNo(forms.Field):
    def to_python(self, value):
        if value in (None, ""):
            return None
        said = {"true": True, "1": True, "false": False, "0": False}.get(str(value).lower())
        if said is None:
            raise ValidationError(_("Say true or false."))
        return said


class _Flag(filters.BooleanFilter):
    field_class = _YesOrNo

    def __init__(self, *args, **kwargs):
        super().__init__(*args, widget=forms.TextInput, **kwargs)


def flag(field_name):
    return _Flag(field_name)


def empty(field_name):
    return _Flag(field_name, "isnull")


def filled(field_name):
    return _Flag(field_name, "isnull", exclude=True)


def some(field_name):
    """True: the counter is above zero; false: it is zero."""
    return _Flag(field_name, method=_more_than_none)


def _more_than_none(rows, name, value):
    return rows.filter(**{f"{name}__gt" if value else name: 0})


class KnownFilters(DjangoFilterBackend):
    """Only the declared filters; an unknown parameter is named and refused."""

    def filter_queryset(self, request, queryset, view):
        declared = getattr(view, "filterset_class", None)
        known = set(declared.base_filters) if declared else set()
        known |= {"ordering", "cursor", "page_size", "format"}
        unknown = sorted(set(request.query_params) - known)
        if unknown:
            raise exceptions.ValidationError({name[:60]: [_("There is no such filter.")] for name in unknown[:5]})
        return super().filter_queryset(request, queryset, view)


class KnownOrdering(OrderingFilter):
    """Order by what the view lists; anything else is refused."""

    def remove_invalid_fields(self, queryset, fields, view, request):
        allowed = view.ordering_fields
        if any(field.lstrip("-") not in allowed for field in fields):
            raise exceptions.ValidationError({"ordering": [_("Cannot be ordered by this.")]})
        return fields


class VisibleViewSet(viewsets.ReadOnlyModelViewSet):
    """The rows of `model` this person may see. Subclasses give serializer_class and filterset_class."""

    model = None
    related = ()
    prefetched = ()
    lookup_value_regex = r"\d{1,18}"
    filter_backends = [KnownFilters, KnownOrdering]
    ordering_fields = ("id",)

    @property
    def permission(self):
        return f"{self.model._meta.app_label}.view_{self.model._meta.model_name}"

    def get_queryset(self):
        rows = visible(self.model, self.request.user).order_by("-id")
        return rows.select_related(*self.related).prefetch_related(*self.prefetched)

    @property
    def queryset(self):  # for the schema only: which model, no rows
        return self.model._default_manager.none()


class HubSerializer(serializers.ModelSerializer):
    """Explicit fields only; money is null and left out of JSON for those without leave."""

    serializer_field_mapping = {**serializers.ModelSerializer.serializer_field_mapping, models.DateTimeField: Instant}

    def to_representation(self, row):
        said = super().to_representation(row)
        user = self.context["request"].user
        if may_see_money(user):
            return said
        hidden = {name: self.fields[name].allow_null for name in said if is_money(name)}
        return {
            name: (None if hidden[name] else "") if name in hidden else without_money(value, user)
            for name, value in said.items()
        }
