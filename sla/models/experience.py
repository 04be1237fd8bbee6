"""What have finished orders taught: how long comparable ones took, and how far such forecasts held?"""
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.access import VisibleQuerySet


class Experience(models.Model):
    """One reading of the finished orders, of all scopes together: durations by kind, tier and node, no single order.

    `table` is sla.forecast's; seconds of working time.
    """

    scope_path = "perm:sla.view_milestone"
    objects = VisibleQuerySet.as_manager()
    made_at = models.DateTimeField(_("made"))
    order_count = models.PositiveIntegerField(_("finished orders"), default=0)
    since = models.DateTimeField(_("first of them finished"), null=True, blank=True)
    table = models.JSONField(_("durations"), default=dict)

    class Meta:
        verbose_name = _("experience of finished orders")
        verbose_name_plural = _("experience of finished orders")
        ordering = ["-id"]

    def __str__(self):
        return str(self.made_at)
