"""What do all admin pages share: the same row permission, few lookups, capped counts, buttons that call actions?"""
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import NoReverseMatch, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin, TabularInline

from kernel.access import visible
from kernel.admin_fields import shown
from kernel.admin_filters import allowed_lookups, with_visible_choices
from kernel.admin_paging import CappedPaginator
from kernel.admin_units import unit_column, unit_form_field, unit_of
from kernel.admin_words import column
from kernel.admin_zones import zone_field
from kernel.errors import Refusal
from kernel.money import MONEY, may_see_money

LONGEST_SEARCH = 100


@dataclass(frozen=True)
class Button:
    """A button on a row's admin page; `call(row, by=, at=)` is an action. `permission` is app.codename."""

    name: str
    title: str
    permission: str
    call: object


class VisibleRowsMixin:
    """Rows, foreign keys and names only as `visible_to` gives them."""

    def get_queryset(self, request):
        rows = visible(self.model, request.user)
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        kwargs.setdefault("queryset", visible(db_field.related_model, request.user))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs.setdefault("queryset", visible(db_field.related_model, request.user))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = unit_form_field(db_field) or (
            zone_field(db_field) if db_field.name == "time_zone"
            else super().formfield_for_dbfield(db_field, request, **kwargs))
        if field is not None and self.names_inputs:
            _name_input(field.widget, field.label)
        return field

    names_inputs = False


def _name_input(widget, label):
    inner = getattr(widget, "widget", widget)
    for one in [inner, *getattr(inner, "widgets", [])]:
        one.attrs["aria-label"] = label


class HubAdmin(VisibleRowsMixin, ModelAdmin):
    """The base of both. `page` names the custom page of a row and the attribute it takes: ("order", "number").

    `coded` gives the words of fields that hold codes, see kernel.admin_words.
    """

    page = None
    coded = {}
    buttons = ()
    actions = None
    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False
    paginator = CappedPaginator
    list_filter_sheet = False
    change_form_outer_before_template = "admin_hub/buttons.html"

    def __init__(self, model, admin_site):
        super().__init__(model, admin_site)
        for name, table in self.coded.items():
            setattr(self, f"said_{name}", column(model._meta.get_field(name), table))
        for field in model._meta.concrete_fields:
            if not hasattr(self, f"seen_{field.name}"):
                setattr(self, f"seen_{field.name}", shown(field, self.coded.get(field.name)))
        self.united = {field.name for field in model._meta.concrete_fields if unit_of(field)}
        for name in self.united:
            setattr(self, f"united_{name}", unit_column(model._meta.get_field(name)))

    # Filters: what stands in list_filter, and nothing else.
    def get_list_filter(self, request):
        return with_visible_choices(self.model, super().get_list_filter(request), self.coded)

    def lookup_allowed(self, lookup, value, request):
        return lookup in allowed_lookups(self.model, self.list_filter)

    def to_field_allowed(self, request, to_field):
        return to_field == self.model._meta.pk.name

    def get_search_results(self, request, queryset, search_term):
        return super().get_search_results(request, queryset, search_term[:LONGEST_SEARCH].replace("\x00", ""))

    def get_list_display(self, request):
        shown = [name for name in super().get_list_display(request) if _may_show(name, request.user)]
        return [self._column_of(name) for name in shown]

    def _column_of(self, name):
        return f"said_{name}" if name in self.coded else f"united_{name}" if name in self.united else name

    # Rows: 404 for what this person may not see, whatever the door.
    def get_object(self, request, object_id, from_field=None):
        row = super().get_object(request, object_id, from_field)
        if row is None:
            raise Http404
        row._hub_viewer = request.user
        return row

    def history_view(self, request, object_id, extra_context=None):
        self.get_object(request, object_id)
        return super().history_view(request, object_id, extra_context)

    # Deleting lists the names of whatever hangs on a row: settings are switched off instead.
    def has_delete_permission(self, request, obj=None):
        return False

    # Buttons call actions, by POST only.
    def get_urls(self):
        meta = self.model._meta
        name = f"{meta.app_label}_{meta.model_name}_do"
        do = self.admin_site.admin_view(require_POST(self.do_view))
        mine = [path("<path:object_id>/do/<str:name>/", do, name=name)] if self.buttons else []
        return mine + super().get_urls()

    def do_view(self, request, object_id, name):
        row = self.get_object(request, object_id)
        button = next((one for one in self.buttons if one.name == name), None)
        if button is None:
            raise Http404
        if not request.user.has_perm(button.permission):
            raise PermissionDenied
        try:
            button.call(row, by=request.user, at=timezone.now())
            messages.info(request, _("Done: %(title)s.") % {"title": button.title})
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(self._link(row, "change"))

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        context = {**(extra_context or {}), **self._links(request, object_id)}
        return super().changeform_view(request, object_id, form_url, context)

    def _links(self, request, object_id):
        row = self.get_object(request, object_id) if object_id else None
        if row is None:
            return {}
        mine = [one for one in self.buttons if request.user.has_perm(one.permission)]
        return {
            "hub_page": self._page_of(row),
            "hub_buttons": [(one.title, self._link(row, "do", one.name)) for one in mine],
        }

    def _page_of(self, row):
        if not self.page:
            return ""
        try:
            return reverse(self.page[0], args=[getattr(row, self.page[1])])
        except NoReverseMatch:
            return ""

    def _link(self, row, what, *more):
        meta = self.model._meta
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_{what}", args=[row.pk, *more])


def _may_show(name, user):
    return name not in MONEY or may_see_money(user)


class FactsAdmin(HubAdmin):
    """Inspection: nothing is typed in here. What changes rows are buttons that call actions."""

    hidden_fields = ()

    def get_fields(self, request, obj=None):
        fields = self.model._meta.concrete_fields
        return [
            f"seen_{field.name}" for field in fields
            if field.name not in self.hidden_fields and _may_show(field.name, request.user)
        ]

    def get_readonly_fields(self, request, obj=None):
        return self.get_fields(request, obj)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


class SettingsAdmin(SimpleHistoryAdmin, HubAdmin):
    """Settings rows people edit, with the history of every edit. `may_delete` where a row may go altogether."""

    may_delete = False
    warn_unsaved_form = True
    history_list_per_page = 50

    def has_delete_permission(self, request, obj=None):
        return self.may_delete and ModelAdmin.has_delete_permission(self, request, obj)

    # Who may look but not edit reads the same fields in words and in people's units.
    def get_fields(self, request, obj=None):
        if not self._is_read(request, obj):
            return super().get_fields(request, obj)
        typed = getattr(getattr(self.form, "_meta", None), "fields", None)
        names = typed if isinstance(typed, list | tuple) else [
            field.name for field in self.model._meta.concrete_fields if field.editable and not field.primary_key]
        names = [name for name in dict.fromkeys([*names, *self.readonly_fields]) if _may_show(name, request.user)]
        return [f"seen_{name}" if hasattr(self, f"seen_{name}") else name for name in names]

    def get_readonly_fields(self, request, obj=None):
        is_read = self._is_read(request, obj)
        return self.get_fields(request, obj) if is_read else super().get_readonly_fields(request, obj)

    def _is_read(self, request, obj):
        return obj is not None and not self.has_change_permission(request, obj)

    def history_view(self, request, object_id, extra_context=None):
        self.get_object(request, object_id)
        if not hasattr(self.model, "history"):
            return ModelAdmin.history_view(self, request, object_id, extra_context)
        return super().history_view(request, object_id, extra_context)

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        """One old version, to read: going back is an edit like any other, because secrets have no history."""
        if not hasattr(self.model, "history"):
            raise Http404
        self.get_object(request, object_id)
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        return super().history_form_view(request, object_id, version_id, extra_context)

    def set_history_delta_changes(self, request, historical_records, foreign_keys_are_objs=False):
        """Foreign keys by number: the name of what they pointed to may be hidden from this person."""
        super().set_history_delta_changes(request, historical_records, foreign_keys_are_objs)

    def get_deleted_objects(self, objs, request):
        """The rows themselves and nothing that hangs on them: their names may be hidden from this person."""
        _all, counts, needed, protected = super().get_deleted_objects(objs, request)
        return [str(row) for row in objs], counts, needed, [_("rows that still use it")] if protected else []


class UnitedInline(VisibleRowsMixin, TabularInline):
    """The base of both: rows of a parent whose lengths and amounts can be read in people's units."""

    extra = 0
    names_inputs = True

    def __init__(self, parent_model, admin_site):
        super().__init__(parent_model, admin_site)
        for field in self.model._meta.concrete_fields:
            if unit_of(field):
                setattr(self, f"united_{field.name}", unit_column(field))

    def united(self, names):
        """The columns of these names, in people's units where there are some."""
        return [f"united_{name}" if hasattr(self, f"united_{name}") else name for name in names]


class FactsInline(UnitedInline):
    """Rows of a parent, read-only."""

    can_delete = False
    show_change_link = False
    per_page = 50

    def get_fields(self, request, obj=None):
        return self.united(name for name in super().get_fields(request, obj) if _may_show(name, request.user))

    def get_readonly_fields(self, request, obj=None):
        return self.get_fields(request, obj)

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class SettingsInline(UnitedInline):
    """Settings rows of a parent; whoever may not edit them reads lengths and amounts in people's units."""

    def get_fields(self, request, obj=None):
        fields = super().get_fields(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fields
        return list(dict.fromkeys(self.united(fields)))

    def get_readonly_fields(self, request, obj=None):
        if obj is None or self.has_change_permission(request, obj):
            return super().get_readonly_fields(request, obj)
        return [f"united_{field.name}" for field in self.model._meta.concrete_fields if unit_of(field)]
