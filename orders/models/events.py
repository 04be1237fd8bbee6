"""What happened, in the order's one append-only spine?"""
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.access import VisibleQuerySet
from kernel.fields import CodeField
from orders.words import ENTITIES, event_word, word


class Event(models.Model):
    """One statement of a system, or one decision of a person in the hub. Never updated but for `order`
    (matching) — corrections and retractions are events that name what they replace.

    `identity` is unique per system: entity and key with the message id ("m:…"), else with version or sequence
    ("v:…"), else with the number given once by the inbox ("o:…"); see orders.identity. `occurred_at` is the
    source's clock, `received_at` when the inbox stored it, `recorded_at` when it took effect.
    """

    scope_path = "order__scope_id"
    objects = VisibleQuerySet.as_manager()
    STATED, HUB = "stated", "hub"
    # The unique rule and the timeline begin with these two; indexes of their own would only cost.
    system = models.ForeignKey(
        "orders.SourceSystem", models.PROTECT, db_index=False, verbose_name=_("system")
    )
    identity = CodeField(_("event identity"), max_length=255)
    record = models.ForeignKey(
        "orders.SourceRecord", models.PROTECT, null=True, blank=True, related_name="events",
        verbose_name=_("source record"),
    )
    order = models.ForeignKey(
        "orders.Order", models.PROTECT, null=True, blank=True, db_index=False, related_name="events",
        verbose_name=_("order"),
    )
    entity = models.CharField(_("entity"), max_length=20)
    key = CodeField(_("key"), max_length=80)
    kind = models.CharField(_("kind"), max_length=30, default=STATED)
    order_number = CodeField(_("order number it says"), max_length=60, blank=True)
    order_kind = models.CharField(_("order kind it says"), max_length=30, blank=True)
    line_number = CodeField(_("line"), max_length=20, blank=True)
    parent_entity = models.CharField(_("kind of the parent record"), max_length=20, blank=True)
    parent_key = CodeField(_("key of the parent record"), max_length=80, blank=True)
    closed = models.BooleanField(_("closed"), null=True)
    occurred_at = models.DateTimeField(_("occurred"))
    occurred_raw = models.CharField(_("time as written"), max_length=60, blank=True)
    occurred_zone = models.CharField(_("zone as declared"), max_length=60, blank=True)
    received_at = models.DateTimeField(_("received"))
    recorded_at = models.DateTimeField(_("recorded"))
    orders_by = models.CharField(_("ordered by"), max_length=8, default="time")
    version = models.CharField(_("source version"), max_length=40, blank=True)
    sequence = models.BigIntegerField(_("sequence"), null=True, blank=True)
    observation = models.BigIntegerField(_("observation number"), default=0)
    message_id = models.CharField(_("message id"), max_length=64, blank=True)
    batch = models.CharField(_("batch"), max_length=64, blank=True)
    position = models.PositiveIntegerField(_("place in the batch"), default=0)
    actor_kind = models.CharField(_("actor kind"), max_length=10, blank=True)
    actor = models.CharField(_("actor"), max_length=60, blank=True)
    device = models.CharField(_("device"), max_length=40, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, db_index=False, related_name="+",
        verbose_name=_("by"),
    )
    payload_hash = models.CharField(_("payload hash"), max_length=64)
    data = models.JSONField(_("fields"), default=dict)
    status_raw = models.CharField(_("status as written"), max_length=60, blank=True)
    unit_raw = models.CharField(_("unit as written"), max_length=20, blank=True)
    mapping_version = models.CharField(_("mapping version"), max_length=40, blank=True)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, db_index=False, related_name="replaced_by",
        verbose_name=_("replaces"),
    )
    retracts = models.BooleanField(_("retracts"), default=False)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["system", "identity"], name="event_once")]
        indexes = [
            models.Index(fields=["order", "-occurred_at", "-id"], name="event_timeline"),
            models.Index(fields=["by"], name="event_by", condition=models.Q(by__isnull=False)),
            models.Index(fields=["replaces"], name="event_replaces", condition=models.Q(replaces__isnull=False)),
            models.Index(
                fields=["observation"], name="event_observation", condition=models.Q(observation__gt=0)
            ),
        ]

    def __str__(self):
        return f"{event_word(self.kind)} {word(ENTITIES, self.entity)} {self.key}"
