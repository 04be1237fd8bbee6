"""What can be typed in about a person?"""
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.access import visible
from kernel.models import Company, Department, Plant, Scope, User
from kernel.people import FIELDS
from kernel.roles import roles


def role_choices():
    return [(code, role.name) for code, role in roles().items()]


class PersonForm(forms.Form):
    """`viewer` may only hand out scopes the viewer sees; scopes of the person hidden from the viewer stay."""

    full_name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=80)
    email = forms.EmailField(label=_("E-mail"), required=False)
    language = forms.ChoiceField(
        label=_("Language"), required=False,
        choices=[("", _("as the browser says")), ("zh-hans", "简体中文"), ("en", "English")],
    )
    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("Department"), required=False, empty_label="—")
    plant = forms.ModelChoiceField(
        Plant.objects.none(), label=_("Plant"), required=False, empty_label="—",
        help_text=_("Whose working hours the person keeps where the department has none of its own."),
    )
    most_tickets = forms.IntegerField(
        label=_("Open tickets at most"), required=False, min_value=0, max_value=999,
        help_text=_("Whoever has as many is given no more; empty: as the department says."),
    )
    wecom_id = forms.CharField(label=_("WeCom id"), max_length=64, required=False)
    customer_code = forms.CharField(
        label=_("Customer"), max_length=60, required=False,
        help_text=_("For customers only: the code of the partner whose orders this person may look up."),
    )
    customer_company = forms.ModelChoiceField(
        Company.objects.none(), label=_("Company of the customer"), required=False, empty_label="—",
        help_text=_("For customers only: the same code may be another customer in another company."),
    )
    is_away = forms.BooleanField(label=_("Away: gets no new tickets"), required=False)
    is_machine = forms.BooleanField(
        label=_("Account of a program"), required=False, help_text=User._meta.get_field("is_machine").help_text)
    role_codes = forms.MultipleChoiceField(
        label=_("Roles"), required=False, widget=forms.CheckboxSelectMultiple, choices=role_choices
    )
    scopes = forms.ModelMultipleChoiceField(
        Scope.objects.none(), label=_("Scopes"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, viewer, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["customer_company"].queryset = visible(Company, viewer)
        self.fields["plant"].queryset = visible(Plant, viewer)
        self.fields["department"].queryset = visible(Department, viewer)
        self.fields["scopes"].queryset = visible(Scope, viewer)

    def person_fields(self):
        return {name: self.cleaned_data[name] for name in FIELDS}


class NewPersonForm(PersonForm):
    username = forms.CharField(label=_("User name"), max_length=150)
    password = forms.CharField(
        label=_("First password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    field_order = ["username", "password"]


class PasswordForm(forms.Form):
    password = forms.CharField(
        label=_("New password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )


class LeavingForm(forms.Form):
    hand_over_to = forms.ModelChoiceField(
        User.objects.none(), label=_("Open work goes to"), required=False, empty_label=_("the departments' queues")
    )

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        staff = User.objects.filter(is_active=True, customer_code="").exclude(pk=person.pk)
        self.fields["hand_over_to"].queryset = staff.order_by("full_name", "username")
