"""In which units does a person read and type what the hub keeps as whole numbers: seconds, thousandths, minor units?

The end of a field's name says what it holds (response_s, on_hand_m, unit_price_u, amount_minor). Rows keep whole
numbers, so that nothing is ever rounded; people see hours and minutes, pieces and money.
"""
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from kernel.lengths import read_hours, write_hours
from kernel.moments import say_exact, short
from kernel.templatetags.hub import money, quantity

CURRENCIES = {"amount_minor": "currency", "credit_limit_minor": "credit_currency"}
UNIT_WORD = re.compile(r"(, [^,]*|（[^（）]*）)$")


@dataclass(frozen=True)
class Unit:
    """`show(value, row)` for reading, `write` and `read` for an input, `hint` under it."""

    show: object
    write: object
    read: object
    hint: object


def _scaled(places):
    factor = 10**places

    def write(value):
        return f"{Decimal(value) / factor:f}"

    def read(text):
        try:
            value = Decimal(text.replace(",", "")) * factor
        except InvalidOperation:
            raise ValueError(text) from None
        if not value.is_finite() or value != value.to_integral_value():
            raise ValueError(text)
        return int(value)

    return write, read


UNITS = {
    "_s": Unit(lambda value, row: say_exact(value, short(get_language())), write_hours, read_hours,
               _("Hours and minutes, such as 1:30 or 1 h 30 min.")),
    "_m": Unit(lambda value, row: quantity(value), *_scaled(3), _("A number with at most three places.")),
    "_u": Unit(lambda value, row: _scaled(6)[0](value), *_scaled(6), _("A number with at most six places.")),
}


def unit_of(field):
    """The Unit in which people read this model field; None for a field that is read as it is."""
    if not isinstance(field, models.IntegerField):  # the big and the positive ones are its children
        return None
    if field.name in CURRENCIES:
        return Unit(lambda value, row: money(value, getattr(row, CURRENCIES[field.name])), None, None, None)
    return UNITS.get(field.name[-2:])


def label_of(field):
    """Its name without the unit it is kept in: "safety stock, thousandths" → "safety stock"."""
    return UNIT_WORD.sub("", str(field.verbose_name)) if unit_of(field) else field.verbose_name


lazy_label = lazy(label_of, str)  # in the language of whoever reads it, not of whoever loaded the module


def unit_column(field):
    """A list column for `field` in its unit."""
    unit = unit_of(field)

    def show(row):
        value = getattr(row, field.name)
        return None if value is None else unit.show(value, row)

    show.__name__ = f"united_{field.name}"
    show.short_description = lazy_label(field)
    show.admin_order_field = field.name
    return show


class UnitField(forms.CharField):
    """An input in people's units for a field that holds whole numbers; gives an int, or None when empty."""

    widget = UnfoldAdminTextInputWidget

    def __init__(self, *, unit, validators=(), **options):
        super().__init__(**{"help_text": unit.hint, **options, "max_length": 30})
        self.unit, self.bounds = unit, validators

    def prepare_value(self, value):
        return self.unit.write(value) if isinstance(value, int) else value

    def to_python(self, value):
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        try:
            return self.unit.read(text)
        except ValueError:
            raise forms.ValidationError(self.unit.hint, code="unit") from None

    def run_validators(self, value):
        if value is None:
            return
        for check in self.bounds:
            self._check(check, value)

    def _check(self, check, value):
        if isinstance(check, MinValueValidator) and value < check.limit_value:
            raise forms.ValidationError(_("At least %(least)s."), code="least",
                                        params={"least": self.unit.write(check.limit_value)})
        if isinstance(check, MaxValueValidator) and value > check.limit_value:
            raise forms.ValidationError(_("At most %(most)s."), code="most",
                                        params={"most": self.unit.write(check.limit_value)})

    def has_changed(self, initial, data):
        try:
            return self.to_python(data) != initial
        except forms.ValidationError:
            return True


def unit_form_field(field):
    """The UnitField of a model field; None for a field that is typed as it is."""
    unit = unit_of(field)
    if unit is None or unit.read is None:
        return None
    said = format_lazy("{} {}", field.help_text, unit.hint) if field.help_text else unit.hint
    return UnitField(
        unit=unit, label=lazy_label(field), required=not field.blank, validators=field.validators, help_text=said,
        initial=field.default if field.has_default() else None)
