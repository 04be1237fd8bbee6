"""Where are people, places, jobs and messages inspected, and calendars edited?

The two base classes come from kernel.admin_bases; other apps take them from here.
"""
from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from kernel import admin_third_party  # noqa: F401 - puts other packages' admins on our base, or away
from kernel.admin_bases import Button, FactsAdmin, FactsInline, HubAdmin, SettingsAdmin, SettingsInline
from kernel.admin_fields import show_json
from kernel.heartbeats import NAMES
from kernel.jobs import job_name, retry_job, told_result
from kernel.kept_hours import tell_of_hours
from kernel.models import (
    ApiAnswer,
    ApiToken,
    CalendarDay,
    CalendarVersion,
    Company,
    Department,
    Heartbeat,
    JobRun,
    Notice,
    OutboxMessage,
    Plant,
    SavedView,
    Scope,
    User,
    WorkCalendar,
)
from kernel.money import without_money
from kernel.outbox import CHANNELS, release_message
from kernel.templatetags.hub import own_words
from kernel.tokens import revoke_token
from kernel.week_field import DAYS, say_week

__all__ = ["Button", "FactsAdmin", "FactsInline", "HubAdmin", "SettingsAdmin", "SettingsInline"]


class KeepsHours(SettingsAdmin):
    """Rows with a work calendar: what is open follows another one. `hours_hint`: what counts by it."""

    hours_hint = ""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "calendar":
            kwargs["help_text"] = self.hours_hint
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if change and "calendar" in form.changed_data:
            tell_of_hours(owner=obj, by=request.user, at=timezone.now())


@admin.register(Company)
class CompanyAdmin(KeepsHours):
    hours_hint = _("For departments and plants that have none of their own. Empty: every hour of every day counts.")
    list_display = ("code", "name", "time_zone", "currency", "calendar")
    search_fields = ("code", "name_en", "name_zh")


@admin.register(Plant)
class PlantAdmin(KeepsHours):
    hours_hint = _("For its orders' nodes and tickets, unless the department has one of its own. Empty: the company's.")
    list_display = ("code", "name", "company", "time_zone", "calendar")
    list_filter = ("company",)
    list_select_related = ("company", "calendar")
    search_fields = ("code", "name_en", "name_zh")


@admin.register(Department)
class DepartmentAdmin(KeepsHours):
    hours_hint = _("Its nodes and tickets count by it. Empty: the calendar of the order's plant, else the company's.")
    list_display = ("code", "name", "company", "head", "calendar", "most_tickets")
    list_filter = ("company",)
    list_select_related = ("company", "head", "calendar")
    search_fields = ("code", "name_en", "name_zh")


@admin.register(SavedView)
class SavedViewAdmin(FactsAdmin):
    list_display = ("listing", "name", "owner", "shared_with")
    list_filter = ("listing",)
    list_select_related = ("owner", "shared_with")


@admin.register(Scope)
class ScopeAdmin(SettingsAdmin):
    list_display = ("code", "name", "kind", "company")
    list_filter = ("kind", "company")
    list_select_related = ("company",)
    search_fields = ("code", "name_en", "name_zh")


@admin.register(WorkCalendar)
class WorkCalendarAdmin(FactsAdmin):
    """Calendars are changed on their own page, after a look at what moves."""

    page = ("calendar", "pk")
    list_display = ("code", "name", "time_zone", "covers_from", "covers_until", "version")
    search_fields = ("code", "name_en", "name_zh")

    @admin.display(description=_("weekly hours"))
    def seen_weekly(self, row):
        lines = [f"{day} {hours}" for day, hours in zip(DAYS, say_week(row.weekly), strict=True) if hours]
        return format_html_join("", "{}<br>", ((line,) for line in lines))


@admin.register(CalendarDay)
class CalendarDayAdmin(FactsAdmin):
    page = ("calendar", "calendar_id")
    list_display = ("date", "calendar", "kind", "source", "provisional")
    list_filter = ("calendar", "kind", "date", "provisional")
    list_select_related = ("calendar",)


@admin.register(CalendarVersion)
class CalendarVersionAdmin(FactsAdmin):
    page = ("calendar", "calendar_id")
    list_display = ("calendar", "number", "made_at", "made_by", "reason")
    list_filter = ("calendar",)
    list_select_related = ("calendar", "made_by")


@admin.register(User)
class UserAdmin(FactsAdmin):
    """People are edited on their own page, by actions: nobody makes themselves a superuser here."""

    page = ("settings-person", "pk")
    list_display = ("username", "full_name", "department", "is_active", "is_machine", "last_login")
    list_filter = ("is_active", "is_machine", "department")
    list_select_related = ("department",)
    search_fields = ("username", "full_name")
    hidden_fields = ("password",)


@admin.register(ApiToken)
class ApiTokenAdmin(FactsAdmin):
    list_display = ("name", "prefix", "user", "may_write", "is_machine", "expires_at", "last_used_at", "revoked_at")
    list_select_related = ("user",)
    hidden_fields = ("hash",)
    buttons = (
        Button("revoke", _("Revoke"), "kernel.change_apitoken",
               lambda row, by, at: revoke_token(token=row, by=by, at=at)),
    )


@admin.register(ApiAnswer)
class ApiAnswerAdmin(FactsAdmin):
    list_display = ("key", "user", "status", "created_at")
    list_select_related = ("user",)
    hidden_fields = ("request_hash", "body")


@admin.register(JobRun)
class JobRunAdmin(FactsAdmin):
    coded = {"kind": job_name}
    list_display = ("kind", "key", "state", "attempts", "asked_at", "finished_at", "message")
    list_filter = ("state", "kind")
    buttons = (
        Button("retry", _("Start again"), "kernel.change_jobrun",
               lambda row, by, at: retry_job(job=row, by=by, at=at)),
    )

    @admin.display(description=_("result"))
    def seen_result(self, row):
        return show_json(without_money(told_result(row), row._hub_viewer))


@admin.register(Heartbeat)
class HeartbeatAdmin(FactsAdmin):
    coded = {"name": NAMES}
    list_display = ("name", "beat_at")


# What messages tell of.
MESSAGES = {
    "ticket.assigned": _("ticket assigned"), "ticket.escalated": _("ticket escalated"),
    "milestone.warned": _("steps due soon"),
    "ticket.noted": _("news of a ticket"), "order.shared": _("order shared"),
    "difference.assigned": _("difference assigned"),
}


@admin.register(Notice)
class NoticeAdmin(FactsAdmin):
    coded = {"kind": MESSAGES}
    list_display = ("kind", "said", "created_at", "read_at")
    list_filter = ("kind",)

    @admin.display(description=_("text"))
    def said(self, row):
        return own_words(row, "text")


@admin.register(OutboxMessage)
class OutboxMessageAdmin(FactsAdmin):
    coded = {"kind": MESSAGES, "channel": CHANNELS}
    list_display = ("key", "channel", "kind", "state", "attempts", "created_at", "not_before", "sent_at")
    list_filter = ("state", "channel", "kind")
    buttons = (
        Button("release", _("Send after all"), "kernel.change_outboxmessage",
               lambda row, by, at: release_message(message=row, by=by, at=at)),
    )
