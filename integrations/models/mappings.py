"""How are one system's words read into ours, since which version?"""
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.access import EVERYBODY, VisibleQuerySet


class Mapping(models.Model):
    """One published, immutable mapping of a system; `spec` is the data of integrations/mapping.py."""

    scope_path = EVERYBODY
    objects = VisibleQuerySet.as_manager()
    system = models.ForeignKey(
        "orders.SourceSystem", models.PROTECT, related_name="mappings", verbose_name=_("system")
    )
    version = models.PositiveIntegerField(_("version"))
    spec = models.JSONField(_("specification"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("mapping")
        verbose_name_plural = _("mappings")
        ordering = ["system", "-version"]
        constraints = [models.UniqueConstraint(fields=["system", "version"], name="mapping_version_once")]

    def __str__(self):
        return f"{self.system} v{self.version}"
