"""What arrived, as it arrived, and what could not be read?"""
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.access import VisibleQuerySet
from kernel.fields import CodeField
from orders.words import ENTITIES, word


class InboxBatch(models.Model):
    """Rows as they arrived, stored before any work: `rows` is [[entity, raw row, received_at or null], …].

    Working it off is idempotent, so that a crash only repeats. The raw rows have a retention period; deleting
    them (`rows` emptied, `purged_at` set) leaves events and hashes whole.
    """

    scope_path = "connection__scope_id"
    objects = VisibleQuerySet.as_manager()
    NEW, DONE = "new", "done"
    connection = models.ForeignKey(
        "integrations.Connection", models.PROTECT, related_name="batches", verbose_name=_("connection")
    )
    code = CodeField(_("batch"), max_length=64, unique=True)
    stream = models.CharField(_("stream"), max_length=60, blank=True)
    rows = models.JSONField(_("rows"), default=list)
    row_count = models.PositiveIntegerField(_("rows"), default=0)
    state = models.CharField(_("state"), max_length=6, default=NEW, choices=[(NEW, _("new")), (DONE, _("done"))])
    received_at = models.DateTimeField(_("received"))
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    new_count = models.PositiveIntegerField(_("new events"), default=0)
    duplicate_count = models.PositiveIntegerField(_("duplicates"), default=0)
    parked_count = models.PositiveIntegerField(_("parked"), default=0)
    keep_until = models.DateTimeField(_("keep until"), null=True, blank=True)
    purged_at = models.DateTimeField(_("purged"), null=True, blank=True)

    class Meta:
        verbose_name = _("inbox batch")
        verbose_name_plural = _("inbox batches")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["id"], name="inbox_new", condition=models.Q(state="new")),
        ]

    def __str__(self):
        return self.code


class ParkedRow(models.Model):
    """A row that could not be read, with the reason; good rows went on. Can be replayed after a mend."""

    scope_path = "scope_id"
    objects = VisibleQuerySet.as_manager()
    PARKED, REPLAYED, DISMISSED = "parked", "replayed", "dismissed"
    STATES = [(PARKED, _("parked")), (REPLAYED, _("replayed")), (DISMISSED, _("dismissed"))]
    connection = models.ForeignKey(
        "integrations.Connection", models.PROTECT, related_name="parked", verbose_name=_("connection")
    )
    scope = models.ForeignKey("kernel.Scope", models.PROTECT, verbose_name=_("scope"))
    batch = CodeField(_("batch"), max_length=64)
    position = models.PositiveIntegerField(_("row"))
    stream = models.CharField(_("stream"), max_length=60, blank=True)
    entity = models.CharField(_("entity"), max_length=20)
    key = CodeField(_("key"), max_length=80, blank=True)
    order_number = CodeField(_("order number it says"), max_length=60, blank=True)
    message_id = models.CharField(_("message id"), max_length=64, blank=True)
    version = models.CharField(_("source version"), max_length=40, blank=True)
    raw = models.JSONField(_("row as it arrived"))
    # The end of `raw`, parked still or not; NULL once it is gone.
    keep_until = models.DateTimeField(_("keep until"), null=True, blank=True)
    reason_code = models.CharField(_("reason code"), max_length=40)
    reason_en = models.CharField(_("English reason"), max_length=400)
    reason_zh = models.CharField(_("Chinese reason"), max_length=400)
    received_at = models.DateTimeField(_("received"))
    state = models.CharField(_("state"), max_length=10, choices=STATES, default=PARKED)
    replayed_at = models.DateTimeField(_("replayed"), null=True, blank=True)

    class Meta:
        verbose_name = _("parked row")
        verbose_name_plural = _("parked rows")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["batch", "position"], name="parked_once")]

    def __str__(self):
        return f"{word(ENTITIES, self.entity)} {self.key}".strip()
