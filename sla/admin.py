"""Where are clocks and milestones inspected, and the paths of order kinds edited?"""
from django.contrib import admin
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from kernel.admin import Button, FactsAdmin, SettingsAdmin, SettingsInline
from kernel.admin_words import say
from kernel.moments import say_exact, short
from orders.models import Party, PartyRole
from orders.words import FACTS
from sla.actions import draft_plan, publish_plan, withdraw_plan
from sla.due_words import say_due
from sla.models import (
    Clock,
    ClockFire,
    ClockSegment,
    Experience,
    Milestone,
    MilestoneNode,
    MilestonePlan,
    PlanRequest,
    WaitCell,
    WaitReading,
)
from sla.models.milestones import PUBLISHED
from sla.path_words import NODE_FIELDS, problem_of
from sla.plan_forms import MilestoneNodeForm, MilestoneNodesFormSet, anchors_among

OUTCOMES = {ClockFire.FIRED: pgettext_lazy("clock", "fired"), ClockFire.SKIPPED: _("skipped")}

CHANGE = "sla.change_milestoneplan"

# A node as it is read where it does not change: words for codes, due times as sentences.
READ = ("sequence", "code", "name_en", "name_zh", "fact_said", "due_said", "kind", "department", "warns_said",
        "opens_ticket")

class SaysNode:
    """Columns that say a node's fact, due time and warning as its plan's page does."""

    @admin.display(description=_("done by fact"), ordering="fact")
    def fact_said(self, row):
        return say(FACTS, row.fact)

    @admin.display(description=_("due"))
    def due_said(self, row):
        return say_due(row.offset, row.unit, anchors_among(row.plan.nodes.all()).get(row.anchor, row.anchor))

    @admin.display(description=_("warn before"), ordering="warn_before_s")
    def warns_said(self, row):
        return say_exact(row.warn_before_s, short(get_language()))

class MilestoneNodeInline(SaysNode, SettingsInline):
    model = MilestoneNode
    form = MilestoneNodeForm
    formset = MilestoneNodesFormSet
    hide_title = True

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("department").prefetch_related("plan__nodes")

    def get_fields(self, request, obj=None):
        return super().get_fields(request, obj) if self.has_change_permission(request, obj) else READ

    def get_readonly_fields(self, request, obj=None):
        return () if self.has_change_permission(request, obj) else READ

    def has_add_permission(self, request, obj=None):
        return not _is_published(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        return not _is_published(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return not _is_published(obj) and super().has_delete_permission(request, obj)

def _is_published(plan):
    return plan is not None and plan.published_at is not None

@admin.register(MilestonePlan)
class MilestonePlanAdmin(SettingsAdmin):
    """Drafts are edited; a published version is read, and a new one is drawn up from it."""

    page = ("plan", "pk")
    readonly_fields = ("version", "published_at", "is_current")
    buttons = (
        Button("publish", _("Put in force"), CHANGE, lambda row, by, at: publish_plan(plan=row, by=by, at=at)),
        Button("withdraw", _("Put out of force"), CHANGE, lambda row, by, at: withdraw_plan(plan=row, by=by, at=at)),
        Button("draft", _("Draw up a new version"), CHANGE, lambda row, by, at: draft_plan(plan=row, by=by, at=at)),
    )
    list_display = ("code", "name", "version", "kind", "tier", "customer", "is_current", "published_at")
    list_filter = ("is_current", "kind", "tier")
    list_select_related = ("kind", "tier", "customer")
    search_fields = ("code", "name_en", "name_zh")
    inlines = [MilestoneNodeInline]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "customer":
            parties = Party.objects.visible_to(request.user)
            kwargs["queryset"] = parties.filter(roles__role=PartyRole.CUSTOMER).order_by("name", "pk").distinct()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_change_permission(self, request, obj=None):
        return not _is_published(obj) and super().has_change_permission(request, obj)

@admin.register(MilestoneNode)
class MilestoneNodeAdmin(SaysNode, SettingsAdmin):
    form = MilestoneNodeForm
    coded = {"fact": FACTS}
    list_display = ("plan", "sequence", "code", "name", "fact", "due_said", "department")
    list_filter = ("plan", "department")
    list_select_related = ("plan", "department")
    may_delete = True

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("plan__nodes")

    def get_fields(self, request, obj=None):
        return super().get_fields(request, obj) if self.has_change_permission(request, obj) else ("plan", *READ)

    def get_readonly_fields(self, request, obj=None):
        return () if self.has_change_permission(request, obj) else ("plan", *READ)

    def has_change_permission(self, request, obj=None):
        return not (obj and _is_published(obj.plan)) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return not (obj and _is_published(obj.plan)) and super().has_delete_permission(request, obj)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "plan":
            kwargs["queryset"] = MilestonePlan.objects.visible_to(request.user).filter(published_at=None)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_deleted_objects(self, objs, request):
        """A node of a published version stays, and one that others count from: the sentence says which."""
        *rest, protected = super().get_deleted_objects(objs, request)
        return *rest, protected or [sentence for node in objs for sentence in _left_without(node)]

def _left_without(node):
    if _is_published(node.plan):
        return [PUBLISHED]
    others = list(node.plan.nodes.exclude(pk=node.pk).values("name_en", "name_zh", *NODE_FIELDS))
    if not others and not node.plan.is_current:
        return []
    problem = problem_of(others)
    return [problem[0]] if problem else []

@admin.register(Milestone)
class MilestoneAdmin(FactsAdmin):
    page = ("order", "order_id")
    list_display = ("order", "node", "state", "planned_at", "forecast_at", "actual_at")
    list_filter = ("state",)
    list_select_related = ("order", "node")

@admin.register(Clock)
class ClockAdmin(FactsAdmin):
    list_display = ("label", "kind", "state", "scope", "due_at", "next_fire_at")
    list_filter = ("state", "kind", "scope")
    list_select_related = ("scope",)

@admin.register(ClockSegment)
class ClockSegmentAdmin(FactsAdmin):
    list_display = ("clock", "state", "from_at", "to_at", "reason", "work_s")
    list_select_related = ("clock",)

@admin.register(ClockFire)
class ClockFireAdmin(FactsAdmin):
    coded = {"outcome": OUTCOMES}
    list_display = ("clock", "cycle", "level", "planned_at", "fired_at", "late_s", "outcome")
    list_select_related = ("clock",)

@admin.register(Experience)
class ExperienceAdmin(FactsAdmin):
    list_display = ("made_at", "order_count", "since")
    exclude = ("table",)


@admin.register(WaitReading)
class WaitReadingAdmin(FactsAdmin):
    list_display = ("made_at", "wait_count", "is_complete")


@admin.register(WaitCell)
class WaitCellAdmin(FactsAdmin):
    exclude = ("waits", "longest")
    list_display = ("reading", "days", "kind", "from_code", "to_code", "scope", "count", "median_s", "p90_s")
    list_filter = ("days", "kind")
    list_select_related = ("reading", "scope")


@admin.register(PlanRequest)
class PlanRequestAdmin(FactsAdmin):
    list_display = ("order", "asked_at")
    list_select_related = ("order",)
