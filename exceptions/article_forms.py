"""What can be written in an article?"""
from django import forms
from django.utils.translation import gettext_lazy as _

from exceptions.actions.writing import FIELDS
from exceptions.knowledge import grouped_causes


class ArticleForm(forms.Form):
    """One language is enough; `seen` is the version the writer began with."""

    title_zh = forms.CharField(label=_("Title"), max_length=200, required=False)
    body_zh = forms.CharField(label=_("Text"), max_length=20_000, required=False, widget=forms.Textarea)
    title_en = forms.CharField(label=_("Title"), max_length=200, required=False)
    body_en = forms.CharField(label=_("Text"), max_length=20_000, required=False, widget=forms.Textarea)
    causes = forms.MultipleChoiceField(label=_("Answers"), required=False)
    search_words = forms.CharField(
        label=_("Search words"), max_length=1000, required=False,
        help_text=_("Other words people use for this, in both languages, with commas between them."),
    )
    is_published = forms.BooleanField(label=_("Shown to everybody"), required=False)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, kept=(), **kwargs):
        super().__init__(*args, **kwargs)
        groups = grouped_causes()
        known = {code for _heading, some in groups for code, _name in some}
        others = [(code, code) for code in kept if code not in known]
        self.fields["causes"].choices = [*groups, *([(_("Others"), others)] if others else [])]

    def languages(self):
        """[(code, name, title field, text field)] for the page."""
        return [
            (code, name, self[f"title_{code}"], self[f"body_{code}"])
            for code, name in (("zh", "中文"), ("en", "English"))
        ]

    def columns(self):
        return {name: self.cleaned_data[name] for name in FIELDS}
