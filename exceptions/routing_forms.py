"""What is typed in about a routing rule?"""
from django import forms
from django.utils.translation import gettext_lazy as _

from exceptions.condition_choices import offered
from exceptions.condition_fields import ConditionsField
from exceptions.models import RoutingRule


class RoutingRuleForm(forms.ModelForm):
    """`viewer`, set by whoever makes it, is whose scopes are offered."""

    viewer = None
    conditions = ConditionsField(label=_("conditions"))

    class Meta:
        model = RoutingRule
        fields = ("priority", "kind", "conditions", "department", "is_active")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "conditions" in self.fields:
            self.fields["conditions"].offer(offered(self.viewer), self.instance.conditions, of=self.instance.pk)
