"""Where are tickets inspected, and their kinds, routes, chains and articles edited?"""
from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectMultipleWidget, UnfoldAdminSelectWidget

from exceptions.condition_words import say_conditions
from exceptions.entries import WORDS
from exceptions.knowledge import named_causes
from exceptions.models import (
    Article,
    ArticlePosting,
    ArticleTerm,
    ArticleVerdict,
    Chain,
    ChainLevel,
    RoutingRule,
    Ticket,
    TicketAttachment,
    TicketCounter,
    TicketEntry,
    TicketKind,
    TicketWatcher,
)
from exceptions.routing_forms import RoutingRuleForm
from kernel.admin import FactsAdmin, SettingsAdmin, SettingsInline
from kernel.admin_words import choices_of
from kernel.roles import role_name, roles


class TicketKindForm(forms.ModelForm):
    severity = forms.TypedChoiceField(
        label=_("severity"), choices=Ticket.SEVERITIES, coerce=int, initial=2, widget=UnfoldAdminSelectWidget)

    class Meta:
        model = TicketKind
        fields = ("name_en", "name_zh", "code", "department", "chain", "response_s", "response_warn_s",
                  "resolution_s", "severity", "is_reported", "any_hour")

    def clean(self):
        said = super().clean()
        answer, remind = said.get("response_s"), said.get("response_warn_s")
        if answer and remind and remind >= answer:
            self.add_error("response_warn_s", _("A reminder comes before the time to answer is over."))
        return said


@admin.register(TicketKind)
class TicketKindAdmin(SettingsAdmin):
    form = TicketKindForm
    coded = {"severity": dict(Ticket.SEVERITIES)}
    list_display = ("code", "name", "department", "chain", "response_s", "resolution_s", "severity", "is_reported")
    list_filter = ("department", "chain", "is_reported")
    list_select_related = ("department", "chain")
    search_fields = ("code", "name_en", "name_zh")


class ChainLevelForm(forms.ModelForm):
    """The role is chosen by name; one that is no longer declared stays as it is."""

    role = forms.ChoiceField(label=_("role"), required=False, widget=UnfoldAdminSelectWidget)

    class Meta:
        model = ChainLevel
        fields = ("chain", "number", "offset_s", "target", "role", "person")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "role" in self.fields:
            named = {code: role.name for code, role in roles().items()}
            self.fields["role"].choices = [("", "—"), *choices_of(named, self.instance.role)]
            self.fields["role"].widget.attrs["aria-label"] = self.fields["role"].label

    def clean(self):
        said = super().clean()
        for target, name in ((ChainLevel.ROLE, "role"), (ChainLevel.PERSON, "person")):
            if said.get("target") == target and name in self.fields and not said.get(name):
                self.add_error(name, _("Say who is told."))
        return said


class ChainLevelInline(SettingsInline):
    model = ChainLevel
    form = ChainLevelForm


@admin.register(Chain)
class ChainAdmin(SettingsAdmin):
    page = ("chain", "pk")
    list_display = ("code", "name")
    search_fields = ("code", "name_en", "name_zh")
    inlines = [ChainLevelInline]


@admin.register(ChainLevel)
class ChainLevelAdmin(SettingsAdmin):
    form = ChainLevelForm
    coded = {"role": role_name}
    list_display = ("chain", "number", "offset_s", "target", "role", "person")
    list_filter = ("chain", "target")
    list_select_related = ("chain", "person")
    may_delete = True


@admin.register(RoutingRule)
class RoutingRuleAdmin(SettingsAdmin):
    form = RoutingRuleForm
    list_display = ("priority", "kind", "asks", "department", "is_active")
    list_filter = ("kind", "department", "is_active")
    list_select_related = ("kind", "department")
    may_delete = True

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        form.viewer = request.user
        return form

    def get_fields(self, request, obj=None):
        """Who may only read it reads the conditions in words."""
        return ["asks" if name == "seen_conditions" else name for name in super().get_fields(request, obj)]

    @admin.display(description=_("conditions"))
    def asks(self, row):
        return say_conditions(row.conditions) or "–"


class ArticleForm(forms.ModelForm):
    """What it answers is chosen by name: causes of differences and kinds of tickets."""

    causes = forms.MultipleChoiceField(
        label=_("causes"), required=False, widget=UnfoldAdminSelectMultipleWidget,
        help_text=_("Causes and kinds of tickets it answers."))

    class Meta:
        model = Article
        fields = ("code", "title_en", "title_zh", "body_en", "body_zh", "causes", "search_words", "is_published")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "causes" in self.fields:
            named = named_causes()
            kept = [(code, code) for code in self.instance.causes or [] if code not in named]
            self.fields["causes"].choices = [*((code, str(name)) for code, name in named.items()), *kept]


@admin.register(Article)
class ArticleAdmin(SettingsAdmin):
    form = ArticleForm
    list_display = ("code", "title_en", "title_zh", "is_published", "solved_count", "unsolved_count")
    list_filter = ("is_published",)
    search_fields = ("code", "title_en", "title_zh")
    readonly_fields = ("solved_count", "unsolved_count")


@admin.register(ArticleTerm)
class ArticleTermAdmin(FactsAdmin):
    list_display = ("term", "article_count")
    search_fields = ("term",)


@admin.register(ArticlePosting)
class ArticlePostingAdmin(FactsAdmin):
    list_display = ("article", "term", "weight")
    list_select_related = ("article", "term")


@admin.register(ArticleVerdict)
class ArticleVerdictAdmin(FactsAdmin):
    list_display = ("article", "ticket", "by", "at", "is_solved")
    list_filter = ("is_solved",)
    list_select_related = ("article", "ticket", "by")


@admin.register(Ticket)
class TicketAdmin(FactsAdmin):
    hidden_fields = ("chain_steps",)  # read on the page of the chain
    page = ("ticket", "number")
    list_display = ("number", "kind", "scope", "department", "assignee", "state", "severity", "due_at")
    list_filter = ("state", "severity", "kind", "department", "scope")
    list_select_related = ("kind", "scope", "department", "assignee")
    search_fields = ("number__startswith",)


@admin.register(TicketEntry)
class TicketEntryAdmin(FactsAdmin):
    coded = {"action": WORDS}
    list_display = ("ticket", "at", "by", "action", "text")
    list_select_related = ("ticket", "by")


@admin.register(TicketAttachment)
class TicketAttachmentAdmin(FactsAdmin):
    list_display = ("name", "ticket", "media_type", "size", "by", "at")
    list_select_related = ("ticket", "by")


@admin.register(TicketWatcher)
class TicketWatcherAdmin(FactsAdmin):
    list_display = ("ticket", "person", "since")
    list_select_related = ("ticket", "person")


@admin.register(TicketCounter)
class TicketCounterAdmin(FactsAdmin):
    list_display = ("day", "last")
