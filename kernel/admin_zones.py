"""Which time zone is it, chosen from those there are and never typed?"""
from django import forms
from unfold.widgets import UnfoldAdminSelect2Widget

from kernel.zones import zone_choices


def zone_field(field):
    """A choice of zones with what each is ahead of UTC now."""
    return forms.ChoiceField(
        label=field.verbose_name, initial=field.default, widget=UnfoldAdminSelect2Widget, choices=zone_choices())
