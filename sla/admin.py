"""Where are clocks and milestones inspected, and the paths of order kinds edited?"""
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.admin import FactsAdmin, SettingsAdmin, SettingsInline
from orders.words import FACTS
from sla.models import Clock, ClockFire, ClockSegment, Milestone, MilestoneNode, MilestonePlan, PlanRequest
from sla.path_nodes import ORDERED, PROMISED
from sla.plan_forms import NODE_FIELDS, MilestoneNodeForm, MilestoneNodesFormSet, require_path

ANCHORS = {ORDERED: _("order date"), PROMISED: _("promise")}  # others name a node of the same path
OUTCOMES = {ClockFire.FIRED: pgettext_lazy("clock", "fired"), ClockFire.SKIPPED: _("skipped")}


class MilestoneNodeInline(SettingsInline):
    model = MilestoneNode
    form = MilestoneNodeForm
    formset = MilestoneNodesFormSet


@admin.register(MilestonePlan)
class MilestonePlanAdmin(SettingsAdmin):
    list_display = ("code", "name", "version", "kind", "tier", "is_current", "published_at")
    list_filter = ("is_current", "kind", "tier")
    list_select_related = ("kind", "tier")
    search_fields = ("code", "name_en", "name_zh")
    inlines = [MilestoneNodeInline]


@admin.register(MilestoneNode)
class MilestoneNodeAdmin(SettingsAdmin):
    form = MilestoneNodeForm
    coded = {"fact": FACTS, "anchor": ANCHORS}
    list_display = ("plan", "sequence", "code", "name", "fact", "anchor", "offset", "unit", "department")
    list_filter = ("plan", "department")
    list_select_related = ("plan", "department")
    may_delete = True

    def get_deleted_objects(self, objs, request):
        """A node that others count from, or the last one of a plan in force, stays: the sentence says which."""
        *rest, protected = super().get_deleted_objects(objs, request)
        return *rest, protected or [sentence for node in objs for sentence in _left_without(node)]


def _left_without(node):
    others = list(node.plan.nodes.exclude(pk=node.pk).values("name_en", "name_zh", *NODE_FIELDS))
    if not others and not (node.plan.is_current or node.plan.published_at):
        return []
    try:
        require_path(others)
    except ValidationError as broken:
        return broken.messages
    return []


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
