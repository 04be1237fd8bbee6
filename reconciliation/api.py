"""What do comparisons offer over REST: differences, runs, profiles?"""
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from rest_framework import exceptions, serializers

from kernel.jobs import ask_for_job
from kernel.models import User
from kernel.rest import HubSerializer, IdFilter, Instant, VisibleViewSet, numbers, since, text, words
from kernel.rest_actions import Reason, verb
from reconciliation.actions import (
    accept_difference,
    assign_difference,
    comment_difference,
    mark_invalid,
    reopen_difference,
    resolve_difference,
)
from reconciliation.models import Difference, DifferenceEntry, Profile, Run
from reconciliation.seen import counts_seen, error_seen

SEES = "reconciliation.view_difference"  # who may decide is asked by the actions, as for pages


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
        fields = ("id", "at", "by", "action", "text", "file", "file_row")


class DifferenceSerializer(HubSerializer):
    profile = serializers.CharField(source="profile.code")
    scope = serializers.CharField(source="scope.code")
    assignee = serializers.CharField(source="assignee.username", default=None, allow_null=True)

    class Meta:
        model = Difference
        fields = (
            "id", "profile", "key", "kind", "field", "systems", "order", "scope", "state", "severity", "values",
            "cause", "confidence", "group_code", "first_run", "last_run", "opened_at", "resolved_at", "reopened_count",
            "assignee", "accepted_reason", "accepted_until",
        )


class OneDifferenceSerializer(DifferenceSerializer):
    entries = DifferenceEntrySerializer(many=True)
    causes = serializers.JSONField()

    class Meta(DifferenceSerializer.Meta):
        fields = (*DifferenceSerializer.Meta.fields, "causes", "entries")


class Acceptance(Reason):
    until = Instant(default=None, allow_null=True)
    up_to_gap = serializers.BooleanField(default=False, help_text="Values may change, but get no further apart.")


class DifferenceAssignment(serializers.Serializer):
    assignee = serializers.CharField(max_length=150, help_text="A user name.")


class Note(serializers.Serializer):
    note = serializers.CharField(max_length=300)


class Comment(serializers.Serializer):
    text = serializers.CharField(max_length=1000)


class DifferenceViewSet(VisibleViewSet):
    model = Difference
    related = ("profile", "scope", "assignee")
    filterset_class = DifferenceFilters

    def get_serializer_class(self):
        return DifferenceSerializer if self.action == "list" else OneDifferenceSerializer

    @verb("accept", permission=SEES, takes=Acceptance)
    def accept(self, row, data, by, at):
        return accept_difference(difference=row, reason=data["reason"], until=data["until"],
                                 up_to_gap=data["up_to_gap"], by=by, at=at)

    @verb("assign", permission=SEES, takes=DifferenceAssignment)
    def assign(self, row, data, by, at):
        to = User.objects.filter(username=data["assignee"], is_active=True, is_staff=True).first()
        if to is None:
            raise exceptions.ValidationError({"assignee": [_("There is nobody of this name.")]})
        return assign_difference(difference=row, to=to, by=by, at=at)

    @verb("resolve", permission=SEES, takes=Note)
    def resolve(self, row, data, by, at):
        return resolve_difference(difference=row, note=data["note"], by=by, at=at)

    @verb("invalid", permission=SEES, takes=Reason)
    def invalid(self, row, data, by, at):
        return mark_invalid(difference=row, reason=data["reason"], by=by, at=at)

    @verb("reopen", permission=SEES, takes=Reason)
    def reopen(self, row, data, by, at):
        return reopen_difference(difference=row, reason=data["reason"], by=by, at=at)

    @verb("comment", permission=SEES, takes=Comment)
    def comment(self, row, data, by, at):
        return comment_difference(difference=row, text=data["text"], by=by, at=at)


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

    @verb("run", permission="reconciliation.run_profile")
    def run(self, row, data, by, at):
        """Ask for a comparison now; it appears under runs, its progress under jobs."""
        ask_for_job(
            kind="run_comparison", key=f"run_comparison:{row.code}:{at:%Y%m%d%H%M%S}",
            args={"profile": row.code, "user_id": by.pk}, by=by, at=at,
        )


class RunFilters(filters.FilterSet):
    profile = text("profile__code")
    state = words("state")
    as_of_from = since("as_of")


class RunSerializer(HubSerializer):
    profile = serializers.CharField(source="profile.code")
    version = serializers.IntegerField(
        source="version.number", allow_null=True, read_only=True, help_text="Of the profile; null: none is published.")
    counts = serializers.SerializerMethodField(help_text="Of the differences you may see.")
    error = serializers.SerializerMethodField()

    def get_counts(self, run) -> dict:
        return counts_seen(run, self.context["request"].user)

    def get_error(self, run) -> str:
        return error_seen(run, self.context["request"].user)

    class Meta:
        model = Run
        fields = (
            "id", "profile", "version", "state", "as_of", "started_at", "finished_at", "systems", "counts",
            "watermarks", "error",
        )


class RunViewSet(VisibleViewSet):
    model = Run
    related = ("profile", "version")
    filterset_class = RunFilters
    serializer_class = RunSerializer


ROUTES = [("differences", DifferenceViewSet), ("profiles", ProfileViewSet), ("runs", RunViewSet)]
