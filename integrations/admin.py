"""Where are doors set up, and what arrived inspected?"""
from django import forms
from django.conf import settings
from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminPasswordWidget

from integrations.left_out import left_out
from integrations.models import Connection, ImportFile, InboxBatch, Mapping, ParkedRow, SyncCursor
from integrations.reasons import reason_name
from kernel.admin import FactsAdmin, SettingsAdmin
from kernel.secrets import seal
from orders.words import ENTITIES


class ConnectionForm(forms.ModelForm):
    """The secret goes in and never comes out: empty keeps what is there."""

    new_secret = forms.CharField(
        label=_("New secret"), required=False, strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=_("Encrypted at rest and never shown again. Leave empty to keep the present one."),
    )

    class Meta:
        model = Connection
        fields = ("code", "name", "kind", "system", "scope", "config", "is_active", "every_s")

    def clean_config(self):
        config = self.cleaned_data["config"]
        if not isinstance(config, dict):
            raise forms.ValidationError(_("The settings are fields with values: {…}."))
        if config.get("allow_loopback") and not settings.HUB_PEER_LOOPBACK:
            raise forms.ValidationError(
                _("“allow_loopback” is switched off on this server: connections may not call the machine itself. "
                  "Its operator can open it with ORDERHUB_PEER_LOOPBACK=1.")
            )
        return config

    def save(self, commit=True):
        if self.cleaned_data.get("new_secret"):
            self.instance.secret = seal(self.cleaned_data["new_secret"])
        return super().save(commit)


@admin.register(Connection)
class ConnectionAdmin(SettingsAdmin):
    form = ConnectionForm
    list_display = ("code", "name", "kind", "system", "scope", "is_active", "last_success_at", "failures")
    list_filter = ("kind", "system", "scope", "is_active")
    list_select_related = ("system", "scope")
    search_fields = ("code", "name")
    readonly_fields = ("next_pull_at", "last_success_at", "last_error_at", "last_error", "failures")


@admin.register(SyncCursor)
class SyncCursorAdmin(FactsAdmin):
    list_display = ("connection", "stream", "moved_at")
    list_select_related = ("connection",)


@admin.register(InboxBatch)
class InboxBatchAdmin(FactsAdmin):
    list_display = ("code", "connection", "stream", "state", "row_count", "new_count", "parked_count",
                    "received_at")
    list_filter = ("state", "connection")
    list_select_related = ("connection",)
    hidden_fields = ("rows",)


@admin.register(ParkedRow)
class ParkedRowAdmin(FactsAdmin):
    coded = {"reason_code": reason_name, "entity": ENTITIES}
    list_display = ("connection", "entity", "key", "reason_code", "state", "received_at")
    list_filter = ("state", "reason_code", "entity", "connection")
    list_select_related = ("connection",)


@admin.register(ImportFile)
class ImportFileAdmin(FactsAdmin):
    list_display = ("name", "state", "row_count", "good_count", "dropped_by", "dropped_at")
    list_filter = ("state",)
    list_select_related = ("dropped_by",)
    hidden_fields = ("path",)


@admin.register(Mapping)
class MappingAdmin(FactsAdmin):
    """Immutable: events name the version that read them."""

    def get_fields(self, request, obj=None):
        return [*super().get_fields(request, obj), "fields_left_out"]

    @admin.display(description=_("Fields left out"))
    def fields_left_out(self, row):
        found, looked = left_out(row, row._hub_viewer)
        return render_to_string("integrations/left_out.html", {"found": found, "looked": looked})

    list_display = ("system", "version", "published_at", "note")
    list_filter = ("system",)
    list_select_related = ("system",)
