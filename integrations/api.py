"""What do the doors offer over REST: connections, batches, parked rows?"""
from django_filters import rest_framework as filters
from rest_framework import serializers

from integrations.models import Connection, InboxBatch, ParkedRow
from kernel.rest import HubSerializer, VisibleViewSet, flag, since, text, words


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
            "id", "connection", "batch", "position", "entity", "key", "order_number", "raw", "reason_code", "reason_en",
            "reason_zh", "received_at", "state", "replayed_at",
        )


class ParkedViewSet(VisibleViewSet):
    model = ParkedRow
    related = ("connection",)
    filterset_class = ParkedFilters
    serializer_class = ParkedSerializer


ROUTES = [("connections", ConnectionViewSet), ("inbox-batches", BatchViewSet), ("parked-rows", ParkedViewSet)]
