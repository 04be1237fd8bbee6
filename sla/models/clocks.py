"""Which clocks run, what has fired, and where did the time go?"""
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.access import VisibleQuerySet


class Clock(models.Model):
    """The one timer. It does not know whose it is: a milestone or a ticket points down to it.

    `budget` clocks count working seconds and pausing extends them; a `deadline` clock never moves. `levels`
    is the pinned list of [level number, offset seconds from due (working, negative = before)], sorted.
    `next_fire_at` is the one due column: NULL when paused, met, cancelled or out of levels.
    """

    scope_path = "scope_id"
    objects = VisibleQuerySet.as_manager()
    BUDGET, DEADLINE = "budget", "deadline"
    KINDS = [(BUDGET, _("time budget")), (DEADLINE, _("deadline"))]
    RUNNING, PAUSED, MET, BREACHED, CANCELLED = "running", "paused", "met", "breached", "cancelled"
    STATES = [
        (RUNNING, _("running")), (PAUSED, _("paused")), (MET, _("met")), (BREACHED, _("overdue")),
        (CANCELLED, _("cancelled")),
    ]
    kind = models.CharField(_("kind"), max_length=10, choices=KINDS)
    label = models.CharField(_("label"), max_length=160, blank=True)
    calendar = models.ForeignKey(
        "kernel.WorkCalendar", models.PROTECT, null=True, blank=True, verbose_name=_("work calendar")
    )
    calendar_version = models.PositiveIntegerField(_("calendar version"), default=0)
    scope = models.ForeignKey("kernel.Scope", models.PROTECT, null=True, blank=True, verbose_name=_("scope"))
    state = models.CharField(_("state"), max_length=10, choices=STATES, default=RUNNING)
    budget_s = models.PositiveBigIntegerField(_("budget, seconds"), default=0)
    used_s = models.PositiveBigIntegerField(_("used, seconds"), default=0)
    started_at = models.DateTimeField(_("started"))
    running_since = models.DateTimeField(_("running since"), null=True, blank=True)
    paused_since = models.DateTimeField(_("waiting since"), null=True, blank=True)
    pause_reason = models.CharField(_("waiting for"), max_length=200, blank=True)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    met_at = models.DateTimeField(_("met"), null=True, blank=True)
    late_at = models.DateTimeField(_("late since"), null=True, blank=True)
    provisional = models.BooleanField(_("provisional"), default=False)
    cycle = models.PositiveSmallIntegerField(_("cycle"), default=1)
    levels = models.JSONField(_("levels"), default=list)
    level_index = models.PositiveSmallIntegerField(_("levels fired"), default=0)
    last_fired_at = models.DateTimeField(_("last fired"), null=True, blank=True)
    next_fire_at = models.DateTimeField(_("next"), null=True, blank=True)
    generation = models.PositiveIntegerField(_("generation"), default=0)

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        indexes = [
            models.Index(
                fields=["next_fire_at"], name="clock_due", condition=models.Q(next_fire_at__isnull=False)
            )
        ]

    def __str__(self):
        return self.label or f"{self.kind} {self.pk}"


class ClockSegment(models.Model):
    """Append-only ledger of ended stretches: from when to when in which state, why, and how much work was it?

    The stretch a clock is in now stands on the clock itself (`running_since`, `paused_since`).
    """

    scope_path = "clock__scope_id"
    objects = VisibleQuerySet.as_manager()
    clock = models.ForeignKey(Clock, models.CASCADE, related_name="segments", verbose_name=_("clock"))
    cycle = models.PositiveSmallIntegerField(_("cycle"), default=1)
    from_at = models.DateTimeField(_("from"))
    to_at = models.DateTimeField(_("to"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=Clock.STATES)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    work_s = models.PositiveBigIntegerField(_("work, seconds"), default=0)

    class Meta:
        verbose_name = _("clock segment")
        verbose_name_plural = _("clock segments")
        ordering = ["clock", "from_at", "id"]

    def __str__(self):
        return f"{self.clock_id} {self.get_state_display()}"


class ClockFire(models.Model):
    """One level of one cycle of one clock fired: UNIQUE, so it can never fire twice."""

    scope_path = "clock__scope_id"
    objects = VisibleQuerySet.as_manager()
    FIRED, SKIPPED = "fired", "skipped"
    clock = models.ForeignKey(Clock, models.CASCADE, related_name="fires", verbose_name=_("clock"))
    cycle = models.PositiveSmallIntegerField(_("cycle"))
    level = models.SmallIntegerField(_("level"))
    planned_at = models.DateTimeField(_("planned"))
    fired_at = models.DateTimeField(_("fired"))
    late_s = models.IntegerField(_("late by, seconds"), default=0)
    outcome = models.CharField(_("outcome"), max_length=10, default=FIRED)

    class Meta:
        verbose_name = _("clock firing")
        verbose_name_plural = _("clock firings")
        constraints = [models.UniqueConstraint(fields=["clock", "cycle", "level"], name="fire_once")]

    def __str__(self):
        return f"{self.clock_id} {self.cycle}.{self.level}"
