"""What does a person fill in to open a ticket, and what is it about?"""
from django import forms
from django.utils.translation import gettext_lazy as _

from exceptions import reporting
from kernel.models import Department
from kernel.typed import LONGEST


class ReportForm(forms.Form):
    """Without `fixed`, the About a person came from, the subject is an order's number or words of one's own.

    The words belong to a scope; who sees only one need not say which. `told` is where it stands while it is typed.
    """

    subject = forms.CharField(
        label=_("Order, or what it is about"), max_length=reporting.SUBJECT_LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    scope = forms.ModelChoiceField(
        label=_("Whose it is"), queryset=None, required=False, to_field_name="code", empty_label="—")
    kind = forms.ChoiceField(label=_("Kind"))
    text = forms.CharField(
        label=_("What is wrong"), max_length=LONGEST["text"], widget=forms.Textarea(attrs={"rows": 5}))
    department = forms.ModelChoiceField(
        label=_("Department"), queryset=None, required=False, to_field_name="code", empty_label=_("by the rules"))

    def __init__(self, data, *, person, fixed=None):
        super().__init__(data)
        self.person, self.fixed = person, fixed
        self.kinds = {one.code: one for one in reporting.kinds_for(fixed)}
        mine = reporting.scopes_for(person)
        self.scopes = list(mine[:2])
        self.fields["scope"].queryset = mine
        self.fields["department"].queryset = Department.objects.order_by("code")
        self.fields["kind"].choices = [("", "—"), *((code, str(kind)) for code, kind in self.kinds.items())]
        if fixed is not None:
            del self.fields["subject"]
            self.fields["kind"].initial = fixed.kind_code

    def clean(self):
        said = super().clean()
        self.about = self.about_of(said)
        if self.about is None and said.get("subject"):
            nowhere = _("You see no orders of your own yet, so there is nobody whose ticket it could be.")
            self.add_error(*(("scope", _("Say whose it is.")) if self.scopes else (None, nowhere)))
        return said

    def about_of(self, said):
        """The About of what is said so far, or None while it cannot be told."""
        if self.fixed is not None:
            return self.fixed
        named = said.get("subject") or ""
        scope = said.get("scope") or (self.scopes[0] if len(self.scopes) == 1 else None)
        order = reporting.about("order", named, self.person)
        return order or reporting.about(reporting.WORDS, named, self.person, scope)

    def told(self):
        """{"about", "kind", "scope_field", "department", "rule", "standing"} of what is said so far, faults or not."""
        self.full_clean()
        said = getattr(self, "cleaned_data", {})
        about, kind = self.about_of(said), self.kinds.get(said.get("kind"))
        found = {"about": about, "named": said.get("subject", ""), "asks_scope": self._asks_scope(about, said)}
        if about is not None and kind is not None:
            rule, found["department"] = reporting.routed(about, kind)
            standing = reporting.standing(about, kind)
            found |= {"kind": kind, "is_by_rule": rule is not None, "standing": self._seen(standing)}
        if said.get("department"):
            found |= {"chosen": said["department"]}
        return found

    def _asks_scope(self, about, said):
        is_words = about is None or about.subject_kind == reporting.WORDS
        return bool(said.get("subject")) and is_words and len(self.scopes) > 1

    def _seen(self, ticket):
        known = type(ticket).objects.visible_to(self.person).select_related("assignee") if ticket else None
        return known.filter(pk=ticket.pk).first() if ticket else None
