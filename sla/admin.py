"""Where are clocks and milestones inspected, and the paths of order kinds edited?"""
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.admin import FactsAdmin, SettingsAdmin, SettingsInline
from orders.words import FACTS
from sla.models import Clock, ClockFire, ClockSegment, Milestone, MilestoneNode, MilestonePlan, PlanRequest
from sla.path_nodes import ORDERED, PROMISED

ANCHORS = {ORDERED: _("order date"), PROMISED: _("promise")}  # others name a node of the same path
OUTCOMES = {ClockFire.FIRED: pgettext_lazy("clock", "fired"), ClockFire.SKIPPED: _("skipped")}


class MilestoneNodeInline(SettingsInline):
    model = MilestoneNode


@admin.register(MilestonePlan)
class MilestonePlanAdmin(SettingsAdmin):
    list_display = ("code", "name", "version", "kind", "tier", "is_current", "published_at")
    list_filter = ("is_current", "kind", "tier")
    list_select_related = ("kind", "tier")
    search_fields = ("code", "name_en", "name_zh")
    inlines = [MilestoneNodeInline]


@admin.register(MilestoneNode)
class MilestoneNodeAdmin(SettingsAdmin):
    coded = {"fact": FACTS, "anchor": ANCHORS}
    list_display = ("plan", "sequence", "code", "name", "fact", "anchor", "offset", "unit", "department")
    list_filter = ("plan", "department")
    list_select_related = ("plan", "department")
    may_delete = True


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


@admin.register(PlanRequest)
class PlanRequestAdmin(FactsAdmin):
    list_display = ("order", "asked_at")
    list_select_related = ("order",)
