"""What of other packages' admins is left? Read-only pages for superusers; groups and grants have pages of ours."""
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.contrib.auth.models import Group
from django_q.models import Failure, OrmQ, Schedule, Success

from kernel.admin_bases import FactsAdmin
from kernel.jobs import job_name

for model in (Group, AccessAttempt, AccessFailureLog, AccessLog, Failure, OrmQ, Schedule, Success):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


def _who_and_when(row):
    return f"{row.username} {row.attempt_time:%Y-%m-%d %H:%M:%S}"


def _scheduled(row):
    return job_name(row.name)


# Their own names for a row are English, or the dotted name of a function.
for model in (AccessAttempt, AccessFailureLog, AccessLog):
    model.__str__ = _who_and_when
Schedule.__str__ = _scheduled


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
    coded = {"name": job_name}
    list_display = ("name", "schedule_type", "minutes", "next_run")
    hidden_fields = ("func", "args", "kwargs", "hook", "cluster")
