"""Where are orders, records and events inspected, and kinds, tiers, systems and authorities edited?"""
from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from kernel.admin import FactsAdmin, FactsInline, SettingsAdmin, SettingsInline
from kernel.admin_words import choices_of
from orders.models import (
    AuthorityRank,
    AuthorityVersion,
    BomRevision,
    CustomerTier,
    Event,
    ExternalKey,
    HoldKind,
    Material,
    Order,
    OrderKind,
    OrderLine,
    OrderShare,
    Party,
    PartyContact,
    PartyRole,
    SearchTerm,
    SourceRecord,
    SourceSystem,
    StockLevel,
)
from orders.statement import AXES
from orders.words import ACTORS, ENTITIES, MATCHED_BY, ORDERED_BY, STAGES, SUBJECTS, event_word

RECORD_WORDS = {
    "entity": ENTITIES, "parent_entity": ENTITIES, "orders_by": ORDERED_BY, "actor_kind": ACTORS,
}


@admin.register(OrderKind)
class OrderKindAdmin(SettingsAdmin):
    list_display = ("code", "name", "direction", "family")
    list_filter = ("direction",)
    search_fields = ("code", "name_en", "name_zh")


@admin.register(HoldKind)
class HoldKindAdmin(SettingsAdmin):
    list_display = ("code", "name", "waits_for_customer", "rank", "is_active")
    search_fields = ("code", "name_en", "name_zh")


@admin.register(CustomerTier)
class CustomerTierAdmin(SettingsAdmin):
    list_display = ("code", "name", "rank")
    search_fields = ("code", "name_en", "name_zh")


@admin.register(SourceSystem)
class SourceSystemAdmin(SettingsAdmin):
    list_display = ("code", "name", "role", "last_heard_at", "is_active")
    list_filter = ("role", "is_active", "company")
    search_fields = ("code", "name_en", "name_zh")
    readonly_fields = ("last_heard_at", "watermark_at")


class AuthorityRankForm(forms.ModelForm):
    """The subject is chosen by its word; a code from elsewhere stays as it is."""

    subject = forms.ChoiceField(label=_("axis or field"), widget=UnfoldAdminSelectWidget)

    class Meta:
        model = AuthorityRank
        fields = ("company", "plant", "kind", "subject", "rank", "system")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "subject" in self.fields:
            self.fields["subject"].choices = choices_of(SUBJECTS, self.instance.subject)


class AuthorityRankInline(SettingsInline):
    model = AuthorityRank
    form = AuthorityRankForm

    def has_change_permission(self, request, obj=None):
        return _is_draft(obj) and super().has_change_permission(request, obj)

    def has_add_permission(self, request, obj=None):
        return _is_draft(obj) and super().has_add_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return _is_draft(obj) and super().has_delete_permission(request, obj)


def _is_draft(version):
    return version is None or version.published_at is None


@admin.register(AuthorityVersion)
class AuthorityVersionAdmin(SettingsAdmin):
    """A published version is immutable: states name it."""

    list_display = ("number", "published_at", "note")
    inlines = [AuthorityRankInline]

    def has_change_permission(self, request, obj=None):
        return _is_draft(obj) and super().has_change_permission(request, obj)


@admin.register(AuthorityRank)
class AuthorityRankAdmin(FactsAdmin):
    coded = {"subject": SUBJECTS}
    list_display = ("version", "subject", "rank", "system", "company", "plant", "kind")
    list_filter = ("version", "subject", "system")
    list_select_related = ("version", "system", "company", "plant", "kind")


class OrderLineInline(FactsInline):
    model = OrderLine
    fields = ("number", "material_code", "quantity_m", "shipped_m", "unit", "promised_at", "actual_at")


@admin.register(Order)
class OrderAdmin(FactsAdmin):
    coded = {"stage": STAGES, **dict.fromkeys(AXES, STAGES)}
    page = ("order", "number")
    list_display = ("number", "kind", "scope", "stage", "lateness", "promised_at", "created_at")
    list_filter = ("stage", "lateness", "kind", "scope")
    list_select_related = ("kind", "scope")
    search_fields = ("number__startswith",)
    inlines = [OrderLineInline]


@admin.register(OrderLine)
class OrderLineAdmin(FactsAdmin):
    list_display = ("order", "number", "material_code", "quantity_m", "unit", "promised_at")
    list_select_related = ("order",)
    search_fields = ("material_code__startswith",)


@admin.register(OrderShare)
class OrderShareAdmin(FactsAdmin):
    list_display = ("order", "person", "shared_by", "shared_at")
    list_select_related = ("order", "person", "shared_by")


@admin.register(SearchTerm)
class SearchTermAdmin(FactsAdmin):
    list_display = ("term", "order")
    list_select_related = ("order",)


@admin.register(Event)
class EventAdmin(FactsAdmin):
    """Twenty million rows: by id, without date hierarchy or lists of foreign keys."""

    coded = {"kind": event_word, **RECORD_WORDS}

    list_display = ("id", "system", "order", "entity", "key", "kind", "occurred_at", "received_at")
    list_select_related = ("system", "order")
    ordering = ("-id",)
    show_facets = admin.ShowFacets.NEVER


@admin.register(SourceRecord)
class SourceRecordAdmin(FactsAdmin):
    coded = RECORD_WORDS
    list_display = ("system", "entity", "key", "order_number", "scope", "status_raw", "received_at")
    list_filter = ("system", "entity", "is_retracted")
    list_select_related = ("system", "scope")
    search_fields = ("key__startswith", "order_number__startswith")


@admin.register(ExternalKey)
class ExternalKeyAdmin(FactsAdmin):
    coded = {"entity": ENTITIES, "matched_by": MATCHED_BY}
    list_display = ("system", "entity", "key", "order", "matched_by", "matched_at")
    list_filter = ("system", "entity", "matched_by")
    list_select_related = ("system", "order")
    search_fields = ("key__startswith",)


@admin.register(Party)
class PartyAdmin(FactsAdmin):
    list_display = ("code", "name", "short_name", "scope", "company")
    list_filter = ("scope",)
    list_select_related = ("scope", "company")
    search_fields = ("code", "name")


@admin.register(PartyRole)
class PartyRoleAdmin(FactsAdmin):
    list_display = ("party", "role", "tier", "credit_limit_minor", "credit_currency")
    list_filter = ("role", "tier")
    list_select_related = ("party", "tier")


@admin.register(PartyContact)
class PartyContactAdmin(FactsAdmin):
    list_display = ("party", "name", "keep_until")
    list_select_related = ("party",)


@admin.register(Material)
class MaterialAdmin(FactsAdmin):
    list_display = ("code", "name", "base_unit", "safety_stock_m")
    list_filter = ("company",)
    search_fields = ("code", "name")


@admin.register(BomRevision)
class BomRevisionAdmin(FactsAdmin):
    list_display = ("material", "revision", "valid_from", "valid_until")
    list_select_related = ("material",)


@admin.register(StockLevel)
class StockLevelAdmin(FactsAdmin):
    list_display = ("system", "material", "warehouse", "on_hand_m", "scope", "as_of")
    list_filter = ("system", "scope")
    list_select_related = ("system", "material", "scope")
