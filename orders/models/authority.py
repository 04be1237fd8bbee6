"""Whose word counts first for an axis or a field, since which version?"""
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from kernel.access import EVERYBODY, VisibleQuerySet
from orders.words import SUBJECTS, word


class AuthorityVersion(models.Model):
    """One published, immutable ranking. An order's state names the version it was folded with."""

    scope_path = EVERYBODY
    objects = VisibleQuerySet.as_manager()
    number = models.PositiveIntegerField(_("version"), unique=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("authority version")
        verbose_name_plural = _("authority versions")
        ordering = ["-number"]

    def __str__(self):
        return f"v{self.number}"


class AuthorityRank(models.Model):
    """Rank 1 is believed first. Blank plant or kind means any; the most exact row set wins for a subject."""

    scope_path = EVERYBODY
    objects = VisibleQuerySet.as_manager()
    history = HistoricalRecords()
    version = models.ForeignKey(
        AuthorityVersion, models.PROTECT, related_name="ranks", verbose_name=_("authority version")
    )
    company = models.ForeignKey("kernel.Company", models.PROTECT, verbose_name=_("company"))
    plant = models.ForeignKey("kernel.Plant", models.PROTECT, null=True, blank=True, verbose_name=_("plant"))
    kind = models.ForeignKey("orders.OrderKind", models.PROTECT, null=True, blank=True, verbose_name=_("kind"))
    subject = models.CharField(
        _("axis or field"), max_length=40,
        help_text=_("An axis (commercial, material, production, quality, logistics, finance), a field, or *."),
    )
    rank = models.PositiveSmallIntegerField(_("rank"))
    system = models.ForeignKey("orders.SourceSystem", models.PROTECT, verbose_name=_("system"))

    class Meta:
        verbose_name = _("authority")
        verbose_name_plural = _("authorities")
        ordering = ["version", "subject", "rank"]
        constraints = [
            # Coalesce, because SQLite cannot declare that two blanks are equal.
            models.UniqueConstraint(
                "version", "company", Coalesce("plant", 0), Coalesce("kind", 0), "subject", "rank",
                name="one_system_per_rank",
            )
        ]

    def __str__(self):
        return f"{word(SUBJECTS, self.subject)} {self.rank}: {self.system}"
