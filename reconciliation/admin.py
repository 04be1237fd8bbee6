"""Where are differences and runs inspected, and comparison profiles edited?"""
from django.contrib import admin

from kernel.admin import FactsAdmin, SettingsAdmin
from orders.words import FIELDS
from reconciliation.models import (
    Basis,
    CauseGroup,
    ComparedKey,
    DecisionFile,
    DecisionRow,
    Difference,
    DifferenceEntry,
    Observation,
    Profile,
    ProfileDraft,
    ProfileVersion,
    Run,
)
from reconciliation.templatetags.differences import CONFIDENCES, ENTRIES, cause_words, dimension_words


@admin.register(Profile)
class ProfileAdmin(SettingsAdmin):
    list_display = ("code", "name", "department", "scope", "every_minutes", "is_active")
    list_filter = ("is_active", "department", "scope")
    list_select_related = ("department", "scope")
    search_fields = ("code", "name_en", "name_zh")


@admin.register(ProfileVersion)
class ProfileVersionAdmin(FactsAdmin):
    """Immutable: runs name the version they used."""

    list_display = ("profile", "number", "published_at")
    list_select_related = ("profile",)


@admin.register(ProfileDraft)
class ProfileDraftAdmin(FactsAdmin):
    list_display = ("name", "profile", "published", "scope", "changed_by", "changed_at")
    list_select_related = ("profile", "published__profile", "scope", "changed_by")


@admin.register(Run)
class RunAdmin(FactsAdmin):
    page = ("run", "pk")
    # They count, and may name, rows of every scope; the page says what each person may see of it.
    exclude = ("counts", "error", "folded_keys")
    list_display = ("profile", "state", "as_of", "started_at", "finished_at")
    list_filter = ("state", "profile")
    list_select_related = ("profile",)


@admin.register(ComparedKey)
class ComparedKeyAdmin(FactsAdmin):
    list_display = ("k", "version", "place", "record")
    list_select_related = ("version__profile", "record")
    search_fields = ("k__startswith",)


@admin.register(CauseGroup)
class CauseGroupAdmin(FactsAdmin):
    coded = {"cause": cause_words, "dimension": dimension_words}
    list_display = ("run", "cause", "dimension", "value", "hits")
    list_filter = ("cause",)
    list_select_related = ("run__profile",)


@admin.register(Difference)
class DifferenceAdmin(FactsAdmin):
    page = ("difference", "pk")
    coded = {"cause": cause_words, "field": FIELDS, "confidence": CONFIDENCES}
    list_display = ("key", "kind", "field", "scope", "state", "severity", "cause", "opened_at")
    list_filter = ("state", "kind", "cause", "scope")
    list_select_related = ("scope",)
    search_fields = ("key__startswith",)


@admin.register(DifferenceEntry)
class DifferenceEntryAdmin(FactsAdmin):
    coded = {"action": ENTRIES}
    list_display = ("difference", "at", "by", "action", "text")
    list_select_related = ("difference", "by")


@admin.register(DecisionFile)
class DecisionFileAdmin(FactsAdmin):
    page = ("decisions", "pk")
    list_display = ("name", "run", "state", "row_count", "dropped_by", "dropped_at")
    list_select_related = ("run__profile", "dropped_by")


@admin.register(DecisionRow)
class DecisionRowAdmin(FactsAdmin):
    list_display = ("file", "number", "key", "decision", "outcome")
    list_filter = ("outcome",)
    list_select_related = ("file",)


@admin.register(Basis)
class BasisAdmin(FactsAdmin):
    list_display = ("difference", "sha256")
    list_select_related = ("difference",)


@admin.register(Observation)
class ObservationAdmin(FactsAdmin):
    list_display = ("difference", "run")
    list_select_related = ("difference", "run__profile")
