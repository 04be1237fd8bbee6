"""Which doors are open, to which system, and how far have they read?"""
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from kernel.access import VisibleQuerySet

# What the machine writes on a door after each pull: no edit of a person, so no entry in the history.
MACHINE = {"next_pull_at", "last_success_at", "last_error_at", "last_error", "failures"}


class Connection(models.Model):
    """One door to one system. `secret` is encrypted at rest and never shown."""

    scope_path = "scope_id"
    objects = VisibleQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["secret", *sorted(MACHINE)])
    KINDS = [
        ("tryton", "Tryton"), ("folder", _("folder of files")), ("upload", _("uploaded files")),
        ("factory", _("sample factory")),
    ]
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=KINDS)
    system = models.ForeignKey(
        "orders.SourceSystem", models.PROTECT, related_name="connections", verbose_name=_("system")
    )
    scope = models.ForeignKey("kernel.Scope", models.PROTECT, verbose_name=_("scope"))
    config = models.JSONField(_("settings"), default=dict, blank=True)
    secret = models.TextField(_("secret"), blank=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    every_s = models.PositiveIntegerField(_("every, seconds"), default=60)
    next_pull_at = models.DateTimeField(_("next pull"), null=True, blank=True)
    last_success_at = models.DateTimeField(_("last success"), null=True, blank=True)
    last_error_at = models.DateTimeField(_("last error at"), null=True, blank=True)
    last_error = models.TextField(_("last error"), blank=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        ordering = ["code"]
        permissions = [("run_connection", _("Pull now and replay"))]

    def __str__(self):
        return self.name

    def save(self, *args, update_fields=None, **kwargs):
        """History is for people's edits: a pull that stamps its outcome leaves none."""
        if not (update_fields and MACHINE.issuperset(update_fields)):
            return super().save(*args, update_fields=update_fields, **kwargs)
        self.skip_history_when_saving = True
        try:
            super().save(*args, update_fields=update_fields, **kwargs)
        finally:
            del self.skip_history_when_saving


class SyncCursor(models.Model):
    """How far one stream of one connection was read; saved in the transaction that stores the batch."""

    scope_path = "connection__scope_id"
    objects = VisibleQuerySet.as_manager()
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="cursors", verbose_name=_("connection"))
    stream = models.CharField(_("stream"), max_length=60)
    position = models.JSONField(_("position"), default=dict)
    moved_at = models.DateTimeField(_("moved"), null=True, blank=True)

    class Meta:
        verbose_name = _("cursor")
        verbose_name_plural = _("cursors")
        constraints = [models.UniqueConstraint(fields=["connection", "stream"], name="cursor_once")]

    def __str__(self):
        return f"{self.connection} {self.stream}"
