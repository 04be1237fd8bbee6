"""Which background work is asked for, under way, done or given up?"""
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.access import EVERYBODY, VisibleQuerySet


class JobRun(models.Model):
    """One piece of background work. Truth is this row; django-q2 only kicks `run(job_id)`.

    `attempts` is committed before the work starts, so that a job that kills its process stops after three
    starts. `key` is unique: asking twice for the same work is one row.
    """

    scope_path = "perm:kernel.view_jobrun"  # one job serves all scopes
    objects = VisibleQuerySet.as_manager()
    WAITING, RUNNING, DONE, FAILED, DEAD = "waiting", "running", "done", "failed", "dead"
    STATES = [
        (WAITING, _("waiting")), (RUNNING, _("running")), (DONE, _("done")), (FAILED, _("failed")),
        (DEAD, _("given up")),
    ]
    key = models.CharField(_("key"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=80)
    args = models.JSONField(_("arguments"), default=dict, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=STATES, default=WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    asked_at = models.DateTimeField(_("asked"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("asked by")
    )
    next_kick_at = models.DateTimeField(_("next kick"), null=True, blank=True)
    lease_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    done_count = models.PositiveBigIntegerField(_("done"), default=0)
    total_count = models.PositiveBigIntegerField(_("total"), default=0)
    message = models.CharField(_("message"), max_length=300, blank=True)
    result = models.JSONField(_("result"), default=dict, blank=True)
    error = models.TextField(_("error"), blank=True)
    code_version = models.CharField(_("code version"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["next_kick_at"], name="job_due", condition=models.Q(next_kick_at__isnull=False)
            ),
            models.Index(fields=["kind", "-id"], name="job_kind"),
        ]

    def __str__(self):
        return self.key

    @property
    def percent(self):
        if self.state == self.DONE:
            return 100
        return min(100, round(100 * self.done_count / self.total_count)) if self.total_count else 0


class Heartbeat(models.Model):
    """The last sign of life of one loop; read by /healthz and by the supervisor."""

    scope_path = EVERYBODY
    objects = VisibleQuerySet.as_manager()
    name = models.CharField(_("name"), max_length=60, unique=True)
    beat_at = models.DateTimeField(_("last beat"))
    detail = models.JSONField(_("detail"), default=dict)

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self):
        return self.name
