"""What do orders offer over REST: orders and lines, events, what each system says, partners, materials, stock?"""
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from rest_framework import exceptions, serializers

from kernel.models import User
from kernel.rest import (
    HubSerializer,
    IdFilter,
    Instant,
    VisibleViewSet,
    empty,
    filled,
    flag,
    numbers,
    since,
    some,
    text,
    until,
    words,
)
from kernel.rest_actions import Reason, verb
from kernel.typed import plain
from orders.actions import (
    archive_order,
    expedite_order,
    hold_order,
    release_order,
    share_order,
    unexpedite_order,
    unshare_order,
)
from orders.models import (
    Event,
    ExternalKey,
    HoldKind,
    Material,
    Order,
    OrderKind,
    OrderLine,
    Party,
    SourceRecord,
    SourceSystem,
    StockLevel,
)


class PartyBrief(HubSerializer):
    class Meta:
        model = Party
        fields = ("id", "code", "name", "short_name")


class OrderFilters(filters.FilterSet):
    number = filters.CharFilter(method="by_number", max_length=60)
    kind = words("kind__code")
    identity = words("identity")
    stage = words("stage")
    lateness = numbers("lateness")
    open = flag("is_open")
    scope = words("scope__code")
    company = words("company__code")
    customer = text("customer__code")
    plant = text("plant__code")
    archived = filled("archived_at")
    held = filled("held_at")
    created_from = since("created_at")
    created_until = until("created_at")
    promised_from = since("promised_at")
    promised_until = until("promised_at")
    has_tickets = some("open_tickets")
    has_differences = some("open_differences")

    def by_number(self, rows, name, value):
        return rows.filter(number=plain(value).upper())


class OrderLineSerializer(HubSerializer):
    class Meta:
        model = OrderLine
        fields = (
            "id", "order", "number", "material_code", "bom_revision", "quantity_m", "shipped_m", "unit",
            "unit_price_u", "currency", "requested_at", "promised_original_at", "promised_at", "forecast_at",
            "actual_at",
        )


class OrderSerializer(HubSerializer):
    company = serializers.CharField(source="company.code")
    kind = serializers.CharField(source="kind.code")
    scope = serializers.CharField(source="scope.code")
    plant = serializers.CharField(source="plant.code", default=None, allow_null=True)
    customer = PartyBrief(allow_null=True)
    forecast_at = serializers.SerializerMethodField()

    def get_forecast_at(self, order) -> datetime | None:
        """When delivery is expected: never an instant that has passed."""
        return order.expected_at(timezone.now())

    class Meta:
        model = Order
        fields = (
            "id", "company", "kind", "number", "identity", "scope", "customer", "plant", "created_at", "ordered_at",
            "commercial", "material", "production", "quality", "logistics", "finance", "stage", "is_open", "held_at",
            "expedited_at", "quantity_m", "delivered_m", "amount_minor", "currency", "requested_at",
            "promised_original_at", "promised_at", "forecast_at", "actual_at", "lateness", "late_since",
            "late_node", "late_reason_en", "late_reason_zh", "next_due_at", "next_node", "open_tickets",
            "open_differences", "conflict_count", "authority_version", "last_event_at", "event_count",
            "archived_at",
        )


class OneOrderSerializer(OrderSerializer):
    lines = OrderLineSerializer(many=True)

    class Meta(OrderSerializer.Meta):
        fields = (*OrderSerializer.Meta.fields, "state", "conflicts", "lines")


class HoldReason(Reason):
    kind = serializers.SlugField(max_length=30, help_text="What is waited for: the code of a kind of hold.")
    until = Instant(default=None, allow_null=True, help_text="When the hold is meant to end.")


class MaybeReason(serializers.Serializer):
    reason = serializers.CharField(max_length=300, default="", allow_blank=True)


class WithPerson(serializers.Serializer):
    person = serializers.CharField(max_length=150, help_text="A user name.")


class OrderViewSet(VisibleViewSet):
    """Orders, newest first. One order brings its lines, what the fold said of each axis, and conflicts."""

    model = Order
    related = ("company", "kind", "scope", "plant", "customer")
    filterset_class = OrderFilters
    ordering_fields = ("id", "created_at", "number")

    def get_serializer_class(self):
        return OrderSerializer if self.action == "list" else OneOrderSerializer

    @verb("hold", permission="orders.hold_order", takes=HoldReason)
    def hold(self, row, data, by, at):
        return hold_order(order=row, kind=data["kind"], reason=data["reason"], until=data["until"], by=by, at=at)

    @verb("release", permission="orders.hold_order", takes=MaybeReason)
    def release(self, row, data, by, at):
        return release_order(order=row, reason=data["reason"], by=by, at=at)

    @verb("expedite", permission="orders.expedite_order", takes=Reason)
    def expedite(self, row, data, by, at):
        return expedite_order(order=row, reason=data["reason"], by=by, at=at)

    @verb("unexpedite", permission="orders.expedite_order", takes=MaybeReason)
    def unexpedite(self, row, data, by, at):
        return unexpedite_order(order=row, reason=data["reason"], by=by, at=at)

    @verb("archive", permission="orders.hold_order", takes=MaybeReason)
    def archive(self, row, data, by, at):
        return archive_order(order=row, reason=data["reason"], by=by, at=at)

    @verb("share", permission="orders.hold_order", takes=WithPerson)
    def share(self, row, data, by, at):
        share_order(order=row, person=_person(data), by=by, at=at)

    @verb("unshare", permission="orders.hold_order", takes=WithPerson)
    def unshare(self, row, data, by, at):
        unshare_order(order=row, person=_person(data), by=by, at=at)


def _person(data):
    found = User.objects.filter(username=data["person"], is_active=True).first()
    if found is None:
        raise exceptions.ValidationError({"person": [_("There is nobody of this name.")]})
    return found


class OrderLineFilters(filters.FilterSet):
    order = IdFilter("order_id")
    order_number = text("order__number")
    material = text("material_code")


class OrderLineViewSet(VisibleViewSet):
    model = OrderLine
    filterset_class = OrderLineFilters
    serializer_class = OrderLineSerializer


class EventFilters(filters.FilterSet):
    order = IdFilter("order_id")
    order_number = text("order__number")
    system = text("system__code")
    entity = text("entity")
    key = text("key")
    kind = text("kind")
    occurred_from = since("occurred_at")
    occurred_until = until("occurred_at")
    received_from = since("received_at")
    received_until = until("received_at")


class EventSerializer(HubSerializer):
    system = serializers.CharField(source="system.code")
    by = serializers.CharField(source="by.username", default=None, allow_null=True)

    class Meta:
        model = Event
        fields = (
            "id", "order", "system", "entity", "key", "kind", "occurred_at", "occurred_raw", "occurred_zone",
            "received_at", "recorded_at", "version", "sequence", "message_id", "batch", "actor_kind", "actor", "by",
            "payload_hash", "data", "status_raw", "mapping_version", "replaces", "retracts", "reason",
        )


class EventViewSet(VisibleViewSet):
    """The append-only spine: statements of systems and decisions of people."""

    model = Event
    related = ("system", "by")
    filterset_class = EventFilters
    serializer_class = EventSerializer


class SourceRecordFilters(filters.FilterSet):
    order = IdFilter("order_id")
    order_number = text("order_number")
    system = text("system__code")
    entity = text("entity")
    key = text("key")
    retracted = flag("is_retracted")
    without_order = empty("order_id")
    received_from = since("received_at")


class SourceRecordSerializer(HubSerializer):
    system = serializers.CharField(source="system.code")

    class Meta:
        model = SourceRecord
        fields = (
            "id", "order", "system", "entity", "key", "order_number", "line_number", "data", "status_raw", "unit_raw",
            "occurred_at", "received_at", "first_received_at", "version", "sequence", "message_id", "batch",
            "actor_kind", "actor", "device", "closed", "payload_hash", "message_count", "duplicate_count",
            "is_retracted", "mapping_version",
        )


class SourceRecordViewSet(VisibleViewSet):
    """What each system says, as it said it: ghosts, duplicates and typos too."""

    model = SourceRecord
    related = ("system",)
    filterset_class = SourceRecordFilters
    serializer_class = SourceRecordSerializer


class ExternalKeyFilters(filters.FilterSet):
    order = IdFilter("order_id")
    system = text("system__code")
    entity = text("entity")
    key = text("key")


class ExternalKeySerializer(HubSerializer):
    system = serializers.CharField(source="system.code")

    class Meta:
        model = ExternalKey
        fields = ("id", "system", "entity", "key", "order", "line", "matched_by", "matched_at")


class ExternalKeyViewSet(VisibleViewSet):
    model = ExternalKey
    related = ("system",)
    filterset_class = ExternalKeyFilters
    serializer_class = ExternalKeySerializer


class PartyFilters(filters.FilterSet):
    code = text("code")
    role = text("roles__role")


class PartySerializer(PartyBrief):
    company = serializers.CharField(source="company.code")
    scope = serializers.CharField(source="scope.code", default=None, allow_null=True)

    class Meta(PartyBrief.Meta):
        fields = (*PartyBrief.Meta.fields, "company", "scope")


class PartyViewSet(VisibleViewSet):
    model = Party
    related = ("company", "scope")
    filterset_class = PartyFilters
    serializer_class = PartySerializer


class MaterialFilters(filters.FilterSet):
    code = text("code")


class MaterialSerializer(HubSerializer):
    class Meta:
        model = Material
        fields = ("id", "code", "name", "base_unit", "safety_stock_m")


class MaterialViewSet(VisibleViewSet):
    model = Material
    filterset_class = MaterialFilters
    serializer_class = MaterialSerializer


class StockFilters(filters.FilterSet):
    system = text("system__code")
    material = text("material__code")
    warehouse = text("warehouse")


class StockSerializer(HubSerializer):
    system = serializers.CharField(source="system.code")
    material = serializers.CharField(source="material.code")
    unit = serializers.CharField(source="material.base_unit")

    class Meta:
        model = StockLevel
        fields = ("id", "system", "material", "unit", "warehouse", "on_hand_m", "as_of")


class StockViewSet(VisibleViewSet):
    model = StockLevel
    related = ("system", "material")
    filterset_class = StockFilters
    serializer_class = StockSerializer


class OrderKindSerializer(HubSerializer):
    class Meta:
        model = OrderKind
        fields = ("id", "code", "name_en", "name_zh", "direction", "family")


class OrderKindViewSet(VisibleViewSet):
    model = OrderKind
    serializer_class = OrderKindSerializer


class HoldKindSerializer(HubSerializer):
    class Meta:
        model = HoldKind
        fields = ("id", "code", "name_en", "name_zh", "waits_for_customer", "is_active")


class HoldKindViewSet(VisibleViewSet):
    """What an order on hold may wait for."""

    model = HoldKind
    serializer_class = HoldKindSerializer


class SystemSerializer(HubSerializer):
    class Meta:
        model = SourceSystem
        fields = (
            "id", "code", "name_en", "name_zh", "role", "confirms_identity", "last_heard_at", "watermark_at",
            "is_active",
        )


class SystemViewSet(VisibleViewSet):
    model = SourceSystem
    serializer_class = SystemSerializer


ROUTES = [
    ("orders", OrderViewSet), ("order-lines", OrderLineViewSet), ("events", EventViewSet),
    ("source-records", SourceRecordViewSet), ("external-keys", ExternalKeyViewSet), ("parties", PartyViewSet),
    ("materials", MaterialViewSet), ("stock-levels", StockViewSet), ("order-kinds", OrderKindViewSet),
    ("source-systems", SystemViewSet), ("hold-kinds", HoldKindViewSet),
]
