"""What do comparisons offer over REST: differences, runs, profiles?"""
from django_filters import rest_framework as filters
from rest_framework import serializers

from kernel.money import is_money, may_see_money
from kernel.rest import HubSerializer, IdFilter, VisibleViewSet, numbers, since, text, words
from reconciliation.models import Difference, DifferenceEntry, Profile, Run


class DifferenceFilters(filters.FilterSet):
    profile = text("profile__code")
    state = words("state")
    kind = words("kind")
    field = text("field")
    key = text("key")
    cause = words("cause")
    severity = numbers("severity")
    order = IdFilter("order_id")
    order_number = text("order__number")
    opened_from = since("opened_at")


class DifferenceEntrySerializer(HubSerializer):
    by = serializers.CharField(source="by.username", default=None, allow_null=True)

    class Meta:
        model = DifferenceEntry
        fields = ("id", "at", "by", "action", "text")


class DifferenceSerializer(HubSerializer):
    profile = serializers.CharField(source="profile.code")
    scope = serializers.CharField(source="scope.code")
    assignee = serializers.CharField(source="assignee.username", default=None, allow_null=True)

    class Meta:
        model = Difference
        fields = (
            "id", "profile", "key", "kind", "field", "systems", "order", "scope", "state", "severity", "values", "cause",
            "confidence", "group_code", "first_run", "last_run", "opened_at", "resolved_at", "reopened_count",
            "assignee", "accepted_reason", "accepted_until",
        )

    def to_representation(self, row):
        said = super().to_representation(row)
        if is_money(row.field) and not may_see_money(self.context["request"].user):
            said["values"] = {}
            said.pop("causes", None)
        return said


class OneDifferenceSerializer(DifferenceSerializer):
    entries = DifferenceEntrySerializer(many=True)
    causes = serializers.JSONField(required=False)

    class Meta(DifferenceSerializer.Meta):
        fields = (*DifferenceSerializer.Meta.fields, "causes", "entries")


class DifferenceViewSet(VisibleViewSet):
    model = Difference
    related = ("profile", "scope", "assignee")
    filterset_class = DifferenceFilters

    def get_serializer_class(self):
        return DifferenceSerializer if self.action == "list" else OneDifferenceSerializer


class ProfileFilters(filters.FilterSet):
    code = text("code")


class ProfileSerializer(HubSerializer):
    scope = serializers.CharField(source="scope.code")

    class Meta:
        model = Profile
        fields = ("id", "code", "name_en", "name_zh", "scope", "every_minutes", "is_active")


class ProfileViewSet(VisibleViewSet):
    model = Profile
    related = ("scope",)
    filterset_class = ProfileFilters
    serializer_class = ProfileSerializer


class RunFilters(filters.FilterSet):
    profile = text("profile__code")
    state = words("state")
    as_of_from = since("as_of")


class RunSerializer(HubSerializer):
    profile = serializers.CharField(source="profile.code")

    class Meta:
        model = Run
        fields = (
            "id", "profile", "state", "as_of", "started_at", "finished_at", "systems", "counts", "watermarks", "error",
        )


class RunViewSet(VisibleViewSet):
    model = Run
    related = ("profile",)
    filterset_class = RunFilters
    serializer_class = RunSerializer


ROUTES = [("differences", DifferenceViewSet), ("profiles", ProfileViewSet), ("runs", RunViewSet)]
