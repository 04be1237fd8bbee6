"""What do the doors offer over REST: connections, batches, parked rows?"""
from django_filters import rest_framework as filters
from rest_framework import serializers

from integrations.actions import dismiss_row, replay_row
from integrations.models import Connection, InboxBatch, ParkedRow
from kernel.jobs import ask_for_job
from kernel.rest import HubSerializer, VisibleViewSet, flag, since, text, words
from kernel.rest_actions import verb

RUN = "integrations.run_connection"


class ConnectionFilters(filters.FilterSet):
    system = text("system__code")
    kind = text("kind")
    active = flag("is_active")


class ConnectionSerializer(HubSerializer):
    system = serializers.CharField(source="system.code")

    class Meta:
        model = Connection
        fields = (
            "id", "code", "name", "kind", "system", "is_active", "every_s", "next_pull_at", "last_success_at",
            "last_error_at", "last_error", "failures",
        )


class ConnectionViewSet(VisibleViewSet):
    """Doors. Their settings and secrets are not readable here."""

    model = Connection
    related = ("system",)
    filterset_class = ConnectionFilters
    serializer_class = ConnectionSerializer

    @verb("pull", permission=RUN)
    def pull(self, row, data, by, at):
        """Ask for a pull now; its progress stands under jobs."""
        ask_for_job(
            kind="pull_connection", key=f"pull_connection:{row.pk}:{at:%Y%m%d%H%M%S}",
            args={"connection_id": row.pk}, by=by, at=at,
        )


class BatchFilters(filters.FilterSet):
    connection = text("connection__code")
    state = words("state")
    received_from = since("received_at")


class BatchSerializer(HubSerializer):
    connection = serializers.CharField(source="connection.code")

    class Meta:
        model = InboxBatch
        fields = (
            "id", "code", "connection", "stream", "state", "row_count", "received_at", "done_at", "new_count",
            "duplicate_count", "parked_count", "keep_until", "purged_at",
        )


class BatchViewSet(VisibleViewSet):
    model = InboxBatch
    related = ("connection",)
    filterset_class = BatchFilters
    serializer_class = BatchSerializer


class ParkedFilters(filters.FilterSet):
    connection = text("connection__code")
    state = words("state")
    reason_code = text("reason_code")
    entity = text("entity")
    key = text("key")
    received_from = since("received_at")


class ParkedSerializer(HubSerializer):
    connection = serializers.CharField(source="connection.code")

    class Meta:
        model = ParkedRow
        fields = (
            "id", "connection", "batch", "position", "entity", "key", "order_number", "message_id", "version",
            "raw", "reason_code", "reason_en", "reason_zh", "received_at", "state", "replayed_at", "keep_until",
        )


class ParkedViewSet(VisibleViewSet):
    model = ParkedRow
    related = ("connection",)
    filterset_class = ParkedFilters
    serializer_class = ParkedSerializer

    @verb("replay", permission=RUN)
    def replay(self, row, data, by, at):
        """Read it with the mapping of today: replayed, or parked still with the new reason."""
        return replay_row(parked=row, by=by, at=at)

    @verb("dismiss", permission=RUN)
    def dismiss(self, row, data, by, at):
        return dismiss_row(parked=row, by=by, at=at)


ROUTES = [("connections", ConnectionViewSet), ("inbox-batches", BatchViewSet), ("parked-rows", ParkedViewSet)]
