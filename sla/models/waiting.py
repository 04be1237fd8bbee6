"""Where do orders wait between two nodes? A summary, read anew by a job."""
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.access import VisibleQuerySet


class WaitReading(models.Model):
    """One reading of all orders' waits. `is_complete` once every cell of it is written; pages show the newest such."""

    scope_path = "perm:sla.view_milestone"
    objects = VisibleQuerySet.as_manager()
    made_at = models.DateTimeField(_("made"))
    wait_count = models.PositiveIntegerField(_("waits"), default=0)
    is_complete = models.BooleanField(_("complete"), default=False)

    class Meta:
        verbose_name = _("reading of waits")
        verbose_name_plural = _("readings of waits")
        ordering = ["-id"]

    def __str__(self):
        return str(self.made_at)


class WaitCell(models.Model):
    """The waits from one node to another of the orders of one scope, plant and kind, within `days` before the reading.

    `scope` None: of all scopes together, for those who see all. `waits` are the single waits in seconds, sorted, so
    that cells can be put together with an exact median (sla.waiting); `longest`: [[seconds, order id], …].
    """

    scope_path = "scope_id"
    objects = VisibleQuerySet.as_manager()
    ONWARD, AGAIN, BACK, NOW = "on", "again", "back", "now"
    KINDS = [
        (ONWARD, _("onward")), (AGAIN, _("same node again")), (BACK, _("back to an earlier node")),
        (NOW, _("waiting now")),
    ]
    reading = models.ForeignKey(WaitReading, models.CASCADE, related_name="cells", verbose_name=_("reading"))
    days = models.PositiveSmallIntegerField(_("of how many days"), default=0)
    kind = models.CharField(_("kind of wait"), max_length=5, choices=KINDS)
    from_code = models.CharField(_("from node"), max_length=40)
    to_code = models.CharField(_("to node"), max_length=40)
    department = models.ForeignKey(
        "kernel.Department", models.CASCADE, null=True, db_index=False, related_name="+", verbose_name=_("department")
    )
    scope = models.ForeignKey(
        "kernel.Scope", models.CASCADE, null=True, db_index=False, related_name="+", verbose_name=_("scope")
    )
    plant = models.ForeignKey(
        "kernel.Plant", models.CASCADE, null=True, db_index=False, related_name="+", verbose_name=_("plant")
    )
    order_kind = models.ForeignKey(
        "orders.OrderKind", models.CASCADE, null=True, db_index=False, related_name="+", verbose_name=_("order kind")
    )
    count = models.PositiveIntegerField(_("count"))
    cases = models.PositiveIntegerField(_("orders"))
    sum_s = models.PositiveBigIntegerField(_("sum, seconds"))
    median_s = models.PositiveBigIntegerField(_("median, seconds"))
    p90_s = models.PositiveBigIntegerField(_("nine of ten within, seconds"))
    waits = models.JSONField(_("single waits"), default=list)
    longest = models.JSONField(_("longest waits"), default=list)

    class Meta:
        verbose_name = _("waits between two nodes")
        verbose_name_plural = _("waits between nodes")
        indexes = [models.Index(fields=["reading", "days", "scope"], name="wait_cells_read")]

    def __str__(self):
        return f"{self.from_code} → {self.to_code}"
