"""What does each system say, kept as it said it?"""
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.access import VisibleQuerySet
from kernel.fields import CodeField
from orders.words import ENTITIES, word


class SourceRecord(models.Model):
    """One row per (system, entity, key in that system): its latest statement by the stream's own ordering.

    Order may be null: ghosts, duplicates and typos stay and are compared. The evidence that causes need is kept
    from the first day, because it cannot be had afterwards.
    """

    scope_path = "scope_id"
    objects = VisibleQuerySet.as_manager()
    system = models.ForeignKey("orders.SourceSystem", models.PROTECT, verbose_name=_("system"))
    entity = models.CharField(_("entity"), max_length=20)
    key = CodeField(_("key"), max_length=80)
    order = models.ForeignKey(
        "orders.Order", models.SET_NULL, null=True, blank=True, related_name="source_records",
        verbose_name=_("order"),
    )
    scope = models.ForeignKey("kernel.Scope", models.PROTECT, verbose_name=_("scope"))
    order_number = CodeField(_("order number it says"), max_length=60, blank=True)
    line_number = CodeField(_("line"), max_length=20, blank=True)
    parent_entity = models.CharField(_("kind of the parent record"), max_length=20, blank=True)
    parent_key = CodeField(_("key of the parent record"), max_length=80, blank=True)
    data = models.JSONField(_("fields"), default=dict)
    status_raw = models.CharField(_("status as written"), max_length=60, blank=True)
    unit_raw = models.CharField(_("unit as written"), max_length=20, blank=True)
    mapping_version = models.CharField(_("mapping version"), max_length=40, blank=True)
    occurred_at = models.DateTimeField(_("occurred"))
    received_at = models.DateTimeField(_("received"))
    # An unchanged payload without a name of its own was seen again, last then; it made no event.
    repeated_at = models.DateTimeField(_("seen unchanged"), null=True, blank=True)
    first_received_at = models.DateTimeField(_("first received"))
    version = models.CharField(_("source version"), max_length=40, blank=True)
    sequence = models.BigIntegerField(_("sequence"), null=True, blank=True)
    # The highest version or sequence ever received, applied or not: tells OUT_OF_ORDER from STALE_STATE.
    max_version = models.CharField(_("highest version received"), max_length=40, blank=True)
    orders_by = models.CharField(_("ordered by"), max_length=8, default="time")
    message_id = models.CharField(_("message id"), max_length=64, blank=True)
    batch = models.CharField(_("batch"), max_length=64, blank=True)
    actor_kind = models.CharField(_("actor kind"), max_length=10, blank=True)
    actor = models.CharField(_("actor"), max_length=60, blank=True)
    device = models.CharField(_("device"), max_length=40, blank=True)
    closed = models.BooleanField(_("closed"), null=True)
    payload_hash = models.CharField(_("payload hash"), max_length=64)
    message_count = models.PositiveIntegerField(_("messages"), default=1)
    duplicate_count = models.PositiveIntegerField(_("duplicates"), default=0)
    # The last inbox row that was counted here: a batch worked off twice counts nothing twice.
    observation = models.BigIntegerField(_("observation number"), default=0)
    # A person said where it belongs: the number it says does not take it away again.
    is_pinned = models.BooleanField(_("matched by a person"), default=False)
    is_retracted = models.BooleanField(_("retracted"), default=False)
    # Grows with every change: an incremental comparison takes the keys above its last mark.
    change_number = models.BigIntegerField(_("number of the last change"), default=0, db_index=True)

    class Meta:
        verbose_name = _("source record")
        verbose_name_plural = _("source records")
        ordering = ["system", "entity", "key"]
        constraints = [models.UniqueConstraint(fields=["system", "entity", "key"], name="record_once")]
        indexes = [
            models.Index(fields=["order_number", "entity"], name="record_order_number"),
            models.Index(fields=["entity", "system", "order_number"], name="record_compare"),
            # Records that wait for their parent's order.
            models.Index(
                fields=["parent_key"], name="record_orphan",
                condition=models.Q(order__isnull=True) & ~models.Q(parent_key=""),
            ),
        ]

    def __str__(self):
        return f"{word(ENTITIES, self.entity)} {self.key}"


class ExternalKey(models.Model):
    """Under which key does a system know an order or a line; can be matched anew, by rule or by a person."""

    scope_path = "order__scope_id"
    objects = VisibleQuerySet.as_manager()
    system = models.ForeignKey("orders.SourceSystem", models.PROTECT, verbose_name=_("system"))
    entity = models.CharField(_("entity"), max_length=20)
    key = CodeField(_("key"), max_length=80)
    order = models.ForeignKey(
        "orders.Order", models.CASCADE, related_name="external_keys", verbose_name=_("order")
    )
    line = models.ForeignKey(
        "orders.OrderLine", models.SET_NULL, null=True, blank=True, verbose_name=_("order line")
    )
    matched_by = models.CharField(_("matched by"), max_length=30, default="number")
    matched_at = models.DateTimeField(_("matched"))

    class Meta:
        verbose_name = _("external key")
        verbose_name_plural = _("external keys")
        ordering = ["system", "entity", "key"]
        constraints = [models.UniqueConstraint(fields=["system", "entity", "key"], name="external_key_once")]

    def __str__(self):
        return f"{self.system} {word(ENTITIES, self.entity)} {self.key}"
