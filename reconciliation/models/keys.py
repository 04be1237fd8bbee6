"""Which records does a profile compare under which key?"""
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.access import VisibleQuerySet


class ComparedKey(models.Model):
    """Derived from the records, for one version of a profile: an incremental run asks it which rows share a key.

    Kept by reconciliation/key_spine.py alone; a full run makes it anew.
    """

    scope_path = "record__scope_id"
    objects = VisibleQuerySet.as_manager()
    version = models.ForeignKey(
        "reconciliation.ProfileVersion", models.CASCADE, db_index=False, verbose_name=_("profile version")
    )
    # Which of the profile's systems, in name order: one source may take part twice, with two kinds of record.
    place = models.PositiveSmallIntegerField(_("system"))
    record = models.ForeignKey("orders.SourceRecord", models.CASCADE, verbose_name=_("source record"))
    # Smoothed as the profile says; empty where the record has none.
    k = models.CharField(_("key"), max_length=400, blank=True)
    # The head of its MD5: keys in this order are drawn evenly, and alike on every database.
    lot = models.CharField(_("lot"), max_length=8, blank=True)

    class Meta:
        verbose_name = _("compared key")
        verbose_name_plural = _("compared keys")
        constraints = [models.UniqueConstraint(fields=["version", "place", "record"], name="compared_key_once")]
        indexes = [
            models.Index(fields=["version", "place", "k"], name="compared_key"),
            models.Index(fields=["version", "place", "lot"], name="compared_key_lot"),
        ]

    def __str__(self):
        return self.k
