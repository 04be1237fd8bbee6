"""Where are tickets inspected, and their kinds, routes, chains and articles edited?"""
from django import forms
from django.contrib import admin

from exceptions.conditions import faults_of
from exceptions.entries import WORDS
from exceptions.models import (
    Article,
    ArticleVerdict,
    Chain,
    ChainLevel,
    RoutingRule,
    Ticket,
    TicketCounter,
    TicketEntry,
    TicketKind,
    TicketWatcher,
)
from kernel.admin import FactsAdmin, SettingsAdmin, SettingsInline


@admin.register(TicketKind)
class TicketKindAdmin(SettingsAdmin):
    list_display = ("code", "name", "department", "chain", "response_s", "resolution_s", "severity")
    list_filter = ("department", "chain")
    list_select_related = ("department", "chain")
    search_fields = ("code", "name_en", "name_zh")


class ChainLevelInline(SettingsInline):
    model = ChainLevel


@admin.register(Chain)
class ChainAdmin(SettingsAdmin):
    list_display = ("code", "name")
    search_fields = ("code", "name_en", "name_zh")
    inlines = [ChainLevelInline]


@admin.register(ChainLevel)
class ChainLevelAdmin(SettingsAdmin):
    list_display = ("chain", "number", "offset_s", "target", "role", "person")
    list_filter = ("chain", "target")
    list_select_related = ("chain", "person")
    may_delete = True


class RoutingRuleForm(forms.ModelForm):
    class Meta:
        model = RoutingRule
        fields = ("priority", "kind", "conditions", "department", "is_active")

    def clean_conditions(self):
        faults = faults_of(self.cleaned_data["conditions"])
        if faults:
            raise forms.ValidationError(faults)
        return self.cleaned_data["conditions"]


@admin.register(RoutingRule)
class RoutingRuleAdmin(SettingsAdmin):
    form = RoutingRuleForm
    list_display = ("priority", "kind", "department", "is_active")
    list_filter = ("kind", "department", "is_active")
    list_select_related = ("kind", "department")
    may_delete = True


@admin.register(Article)
class ArticleAdmin(SettingsAdmin):
    list_display = ("code", "title_en", "title_zh", "is_published", "solved_count", "unsolved_count")
    list_filter = ("is_published",)
    search_fields = ("code", "title_en", "title_zh")
    readonly_fields = ("solved_count", "unsolved_count")


@admin.register(ArticleVerdict)
class ArticleVerdictAdmin(FactsAdmin):
    list_display = ("article", "ticket", "by", "at", "is_solved")
    list_filter = ("is_solved",)
    list_select_related = ("article", "ticket", "by")


@admin.register(Ticket)
class TicketAdmin(FactsAdmin):
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


@admin.register(TicketWatcher)
class TicketWatcherAdmin(FactsAdmin):
    list_display = ("ticket", "person", "since")
    list_select_related = ("ticket", "person")


@admin.register(TicketCounter)
class TicketCounterAdmin(FactsAdmin):
    list_display = ("day", "last")
