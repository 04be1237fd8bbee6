"""What do milestones and clocks offer over REST?"""
from datetime import datetime

from django.utils import timezone
from django_filters import rest_framework as filters
from rest_framework import serializers

from kernel.rest import HubSerializer, IdFilter, VisibleViewSet, since, text, until, words
from sla.models import Clock, Milestone


class MilestoneFilters(filters.FilterSet):
    order = IdFilter("order_id")
    order_number = text("order__number")
    node = text("node__code")
    state = words("state")
    planned_from = since("planned_at")
    planned_until = until("planned_at")


class MilestoneSerializer(HubSerializer):
    node = serializers.CharField(source="node.code")
    name_en = serializers.CharField(source="node.name_en")
    name_zh = serializers.CharField(source="node.name_zh")
    order_number = serializers.CharField(source="order.number")
    forecast_at = serializers.SerializerMethodField()

    def get_forecast_at(self, milestone) -> datetime | None:
        """When the node is expected to be done: never an instant that has passed, as on pages."""
        return milestone.expected_at(timezone.now())

    class Meta:
        model = Milestone
        fields = (
            "id", "order", "order_number", "node", "name_en", "name_zh", "sequence", "state", "baseline_at",
            "planned_at", "forecast_at", "actual_at", "late_at", "warned_at",
        )


class MilestoneViewSet(VisibleViewSet):
    model = Milestone
    related = ("node", "order")
    filterset_class = MilestoneFilters
    serializer_class = MilestoneSerializer


class ClockFilters(filters.FilterSet):
    state = words("state")
    kind = text("kind")
    due_from = since("due_at")
    due_until = until("due_at")


class ClockSerializer(HubSerializer):
    class Meta:
        model = Clock
        fields = (
            "id", "kind", "label", "state", "budget_s", "used_s", "started_at", "due_at", "met_at", "late_at",
            "cycle", "next_fire_at", "provisional",
        )


class ClockViewSet(VisibleViewSet):
    model = Clock
    filterset_class = ClockFilters
    serializer_class = ClockSerializer


ROUTES = [("milestones", MilestoneViewSet), ("clocks", ClockViewSet)]
