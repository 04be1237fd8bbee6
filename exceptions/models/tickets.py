"""Which exceptions are open, who owns them, until when, and what was done?"""
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from exceptions.models.departments import work_of_the_department
from kernel.access import EVERYBODY, VisibleQuerySet
from kernel.fields import CodeField
from kernel.models import NamedModel


class TicketKind(NamedModel):
    scope_path = EVERYBODY
    objects = VisibleQuerySet.as_manager()
    history = HistoricalRecords()
    code = models.SlugField(_("code"), max_length=40, unique=True)
    department = models.ForeignKey(
        "kernel.Department", models.PROTECT, null=True, blank=True, verbose_name=_("department")
    )
    chain = models.ForeignKey(
        "exceptions.Chain", models.PROTECT, null=True, blank=True, verbose_name=_("escalation chain")
    )
    response_s = models.PositiveIntegerField(_("answer within, working seconds"), default=3600)
    resolution_s = models.PositiveIntegerField(_("solve within, working seconds"), default=28800)
    response_warn_s = models.PositiveIntegerField(
        _("remind before the answer is due, working seconds"), null=True, blank=True,
        help_text=_("Empty: when half of the time has passed. 0: no reminder."),
    )
    severity = models.PositiveSmallIntegerField(_("severity"), default=2)
    is_reported = models.BooleanField(
        _("people may open it"), default=True,
        help_text=_("Offered to whoever opens a ticket by hand or over REST. Off: only the hub itself opens it."),
    )
    any_hour = models.BooleanField(
        _("mail and WeCom at any hour"), default=False,
        help_text=_("Else they are held until the person's working hours begin; inside the hub one is told at once."),
    )

    class Meta:
        verbose_name = _("ticket kind")
        verbose_name_plural = _("ticket kinds")
        ordering = ["code"]


class Ticket(models.Model):
    """One exception somebody owns. At most one open ticket per kind and subject.

    It knows its subject (kind + key, and the order where there is one) and its evidence, never the app that found
    the trouble.
    """

    scope_path = "scope_id"
    also_shows = work_of_the_department()
    objects = VisibleQuerySet.as_manager()
    NEW, ASSIGNED, IN_PROGRESS, WAITING, RESOLVED, CLOSED = (
        "new", "assigned", "in_progress", "waiting", "resolved", "closed",
    )
    STATES = [
        (NEW, pgettext_lazy("ticket", "new")), (ASSIGNED, _("assigned")), (IN_PROGRESS, _("in progress")),
        (WAITING, _("waiting")),
        (RESOLVED, pgettext_lazy("ticket", "resolved")), (CLOSED, _("closed")),
    ]
    OPEN_STATES = (NEW, ASSIGNED, IN_PROGRESS, WAITING)
    SEVERITIES = [(1, _("high")), (2, _("normal")), (3, _("low"))]
    number = CodeField(_("ticket number"), max_length=20, unique=True)
    kind = models.ForeignKey(TicketKind, models.PROTECT, verbose_name=_("kind"))
    subject_kind = models.CharField(_("subject kind"), max_length=30)
    subject_key = CodeField(_("subject"), max_length=160)
    # "kind|subject" while open, NULL when not: UNIQUE keeps one open ticket per subject on both databases.
    open_key = CodeField(_("key while open"), max_length=240, unique=True, null=True, blank=True, editable=False)
    order = models.ForeignKey(
        "orders.Order", models.PROTECT, null=True, blank=True, related_name="tickets", verbose_name=_("order")
    )
    scope = models.ForeignKey("kernel.Scope", models.PROTECT, verbose_name=_("scope"))
    title_en = models.CharField(_("English title"), max_length=300)
    title_zh = models.CharField(_("Chinese title"), max_length=300)
    cause = models.CharField(_("cause"), max_length=40, blank=True)
    evidence = models.JSONField(_("evidence"), default=dict)
    department = models.ForeignKey(
        "kernel.Department", models.PROTECT, null=True, blank=True, related_name="tickets",
        verbose_name=_("department"),
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="tickets",
        verbose_name=_("assignee"),
    )
    # A cause of many records: title and evidence tell of none of them, so no scope is opened by showing it.
    for_department = models.BooleanField(_("for the whole department"), default=False, editable=False)
    state = models.CharField(_("state"), max_length=12, choices=STATES, default=NEW)
    severity = models.PositiveSmallIntegerField(_("severity"), choices=SEVERITIES, default=2)
    opened_at = models.DateTimeField(_("opened"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("opened by"),
    )
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    late_at = models.DateTimeField(_("late since"), null=True, blank=True)
    first_response_at = models.DateTimeField(_("first response"), null=True, blank=True)
    resolved_at = models.DateTimeField(pgettext_lazy("ticket", "resolved"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="merged", verbose_name=_("merged into")
    )
    split_from = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="split", verbose_name=_("split from")
    )
    cycle = models.PositiveSmallIntegerField(_("cycle"), default=1)
    level = models.SmallIntegerField(_("escalation level"), default=0)
    # The chain as it was when the clock began, see exceptions.chain_steps: who edits it redirects no open ticket.
    chain_steps = models.JSONField(_("escalation steps"), default=list, blank=True, editable=False)
    response_clock = models.OneToOneField(
        "sla.Clock", models.SET_NULL, null=True, blank=True, related_name="response_of",
        verbose_name=_("response clock"),
    )
    resolution_clock = models.OneToOneField(
        "sla.Clock", models.SET_NULL, null=True, blank=True, related_name="resolution_of",
        verbose_name=_("resolution clock"),
    )
    # Runs while the ticket waits in its department's queue because nobody is there to be given it.
    queue_clock = models.OneToOneField(
        "sla.Clock", models.SET_NULL, null=True, blank=True, related_name="queue_of", verbose_name=_("queue clock"),
    )

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        ordering = ["-opened_at", "-id"]
        permissions = [
            ("work_ticket", _("Work on tickets")), ("assign_ticket", _("Assign tickets to others")),
            ("work_any_ticket", _("Work on tickets of every department")),
        ]
        indexes = [
            models.Index(fields=["scope", "state", "due_at"], name="ticket_scope_queue"),
            models.Index(fields=["department", "state", "due_at"], name="ticket_department_queue"),
            models.Index(fields=["assignee", "state", "due_at"], name="ticket_mine"),
            models.Index(fields=["order", "state"], name="ticket_order"),
            models.Index(fields=["subject_kind", "subject_key"], name="ticket_subject"),
        ]

    def __str__(self):
        return self.number

    @property
    def is_open(self):
        return self.state in self.OPEN_STATES


class TicketEntry(models.Model):
    """One line of a ticket's history: opened, routed, assigned, commented, escalated, resolved, reopened."""

    scope_path = "ticket__scope_id"
    also_shows = work_of_the_department("ticket__")
    objects = VisibleQuerySet.as_manager()
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="entries", verbose_name=_("ticket"))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("by"),
    )
    by_machine = models.BooleanField(_("by a program"), default=False, editable=False)
    action = models.CharField(_("action"), max_length=30)
    text = models.TextField(_("text"), blank=True)
    data = models.JSONField(_("data"), default=dict, blank=True)

    class Meta:
        verbose_name = _("ticket entry")
        verbose_name_plural = _("ticket entries")
        ordering = ["ticket", "at", "id"]

    def __str__(self):
        return f"{self.ticket} {self.at:%Y-%m-%d %H:%M}"


class TicketCounter(models.Model):
    """The last ticket number given on a day. Its row is locked while a ticket is opened, so none is given twice."""

    scope_path = EVERYBODY
    objects = VisibleQuerySet.as_manager()
    day = models.CharField(_("day"), max_length=6, primary_key=True)
    last = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("ticket counter")
        verbose_name_plural = _("ticket counters")

    def __str__(self):
        return f"{self.day}: {self.last}"
