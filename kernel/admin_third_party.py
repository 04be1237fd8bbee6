"""What of other packages' admins is left? Read-only pages for superusers; groups and grants have pages of ours."""
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.contrib.auth.models import Group
from django_q.models import Failure, OrmQ, Schedule, Success

from kernel.admin_bases import FactsAdmin

for model in (Group, AccessAttempt, AccessFailureLog, AccessLog, Failure, OrmQ, Schedule, Success):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(AccessAttempt, AccessFailureLog, AccessLog)
class AccessAdmin(FactsAdmin):
    list_display = ("attempt_time", "ip_address", "username", "user_agent")
    hidden_fields = ("get_data", "post_data")


@admin.register(Success, Failure)
class QueueTaskAdmin(FactsAdmin):
    list_display = ("name", "func", "started", "stopped")
    hidden_fields = ("args", "kwargs", "result", "hook")


@admin.register(Schedule)
class QueueScheduleAdmin(FactsAdmin):
    list_display = ("name", "func", "schedule_type", "minutes", "next_run")
    hidden_fields = ("args", "kwargs", "hook")
