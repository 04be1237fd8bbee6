"""Which milestone plans may be saved? Those whose nodes make a path; otherwise a sentence names the node."""
from django import forms
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from kernel.admin_words import choices_of
from kernel.moments import short
from orders.words import FACTS
from sla.due_words import HINT, Unclear, read_due, say_due, why_unclear, write_due
from sla.models import MilestoneNode
from sla.path_nodes import ORDERED, PROMISED
from sla.path_words import NODE_FIELDS, problem_of

LONGEST = 60


class DueInput(UnfoldAdminTextInputWidget):
    """A line, and under it how what is typed there is read."""

    template_name = "sla/due_input.html"

    def get_context(self, name, value, attrs):
        asks = {"hx-get": reverse("due_reading"), "hx-target": "next .reading", "hx-params": name,
                "hx-trigger": "input changed delay:300ms"}
        context = super().get_context(name, value, {**(attrs or {}), **asks})
        context["reading"] = say_due(*read_due(value)) if value == "0" else ""  # other lengths say it themselves
        return context


class DueField(forms.CharField):
    """(offset, unit) of a node, typed as people say it."""

    widget = DueInput

    def __init__(self, **options):
        super().__init__(label=_lazy("due"), max_length=LONGEST, help_text=HINT, **options)

    def prepare_value(self, value):
        return write_due(*value, short(get_language())) if isinstance(value, tuple) else value

    def to_python(self, value):
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        try:
            return read_due(text)
        except Unclear as unclear:
            raise forms.ValidationError(why_unclear(unclear.code), code=unclear.code) from None

    def has_changed(self, initial, data):
        try:
            due = self.to_python(data)
        except forms.ValidationError:
            return True
        return (self.prepare_value(due) or "") != (self.prepare_value(initial) or "")


class MilestoneNodeForm(forms.ModelForm):
    """One node; by itself (its plan is among the fields) it is checked together with the others of its plan."""

    fact = forms.ChoiceField(label=_lazy("done by fact"), widget=UnfoldAdminSelectWidget)
    anchor = forms.ChoiceField(label=_lazy("anchor"), widget=UnfoldAdminSelectWidget, initial=ORDERED)
    due = DueField()

    class Meta:
        model = MilestoneNode
        fields = (
            "plan", "sequence", "code", "name_en", "name_zh", "fact", "anchor", "due", "kind", "department",
            "warn_before_s", "opens_ticket",
        )

    def __init__(self, *args, siblings=None, **kwargs):
        super().__init__(*args, **kwargs)
        if siblings is None:
            siblings = self.instance.plan.nodes.all() if self.instance.plan_id else ()
        others = [node for node in siblings if node.pk != self.instance.pk]
        if "due" in self.fields:
            self.fields["due"].widget.attrs["aria-label"] = self.fields["due"].label  # in a row it has no label
            if self.instance.pk:
                self.initial["due"] = (self.instance.offset, self.instance.unit)
        self._offer("fact", choices_of(FACTS, self.instance.fact), blank=True)
        self._offer("anchor", choices_of(anchors_among(others), self.instance.anchor))

    def _offer(self, name, choices, blank=False):
        if name in self.fields:
            self.fields[name].choices = [("", "—"), *choices] if blank else choices
            self.fields[name].widget.attrs["aria-label"] = self.fields[name].label

    def clean(self):
        data = super().clean()
        if data.get("due"):
            data["offset"], data["unit"] = self.instance.offset, self.instance.unit = data["due"]
        plan = data.get("plan")
        if "plan" in self.fields and plan and not self.errors:
            others = plan.nodes.exclude(pk=self.instance.pk)
            require_path([*others.values("name_en", "name_zh", *NODE_FIELDS), data])
        return data


class MilestoneNodesFormSet(forms.BaseInlineFormSet):
    """The nodes of one plan. A plan that is neither in force nor published may still be without any."""

    def get_form_kwargs(self, index):
        return {**super().get_form_kwargs(index), "siblings": self._siblings}

    @cached_property
    def _siblings(self):
        return list(self.instance.nodes.order_by("sequence")) if self.instance.pk else []

    def clean(self):
        if any(self.errors):
            return
        kept = [form for form in self.forms if not self._is_left_out(form)]
        if kept or self.instance.is_current or self.instance.published_at:
            require_path([form.cleaned_data for form in kept])
        super().clean()

    def _is_left_out(self, form):
        return self._should_delete_form(form) or not form.cleaned_data.get("code")


def anchors_among(nodes):
    """{anchor: its words}: the order date, the promise, and these nodes as planned and as they happened."""
    found = {ORDERED: _("order date"), PROMISED: _("promise")}
    for node in nodes:
        found[f"node:{node.code}:planned"] = _("%(node)s, as planned") % {"node": node.name}
        found[f"node:{node.code}:actual"] = _("%(node)s, when it happened") % {"node": node.name}
    return found


def require_path(rows):
    """Raise ValidationError with the sentence unless these nodes, dicts of a MilestoneNode's fields, make a path."""
    problem = problem_of(rows)
    if problem:
        raise forms.ValidationError(*problem)
