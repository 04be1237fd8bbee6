from kernel.models.jobs import Heartbeat, JobRun
from kernel.models.named import NamedModel
from kernel.models.outbox import Notice, OutboxMessage
from kernel.models.people import Department, User
from kernel.models.places import CalendarDay, CalendarVersion, Company, Plant, Scope, WorkCalendar
from kernel.models.saved_views import SavedView
from kernel.models.tokens import ApiAnswer, ApiToken

__all__ = [
    "ApiAnswer", "ApiToken", "CalendarDay", "CalendarVersion", "Company", "Department", "Heartbeat", "JobRun",
    "NamedModel", "Notice", "OutboxMessage", "Plant", "SavedView", "Scope", "User", "WorkCalendar",
]
