"""Which department is responsible for a new ticket?"""
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from kernel.access import EVERYBODY, VisibleQuerySet


class RoutingRule(models.Model):
    """First match by priority. `conditions` is [{"field", "op", "value"}, …]; all must hold."""

    scope_path = EVERYBODY
    objects = VisibleQuerySet.as_manager()
    history = HistoricalRecords()
    priority = models.PositiveIntegerField(_("priority"), unique=True)
    kind = models.ForeignKey(
        "exceptions.TicketKind", models.CASCADE, null=True, blank=True, verbose_name=_("ticket kind")
    )
    conditions = models.JSONField(_("conditions"), default=list, blank=True)
    department = models.ForeignKey("kernel.Department", models.PROTECT, verbose_name=_("department"))
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("routing rule")
        verbose_name_plural = _("routing rules")
        ordering = ["priority"]

    def __str__(self):
        return f"{self.priority} → {self.department}"
