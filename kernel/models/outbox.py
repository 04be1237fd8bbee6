"""Which words are on their way out, and which wait inside for their reader?"""
from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kernel.access import VisibleQuerySet
from kernel.moments import short


class OutboxMessage(models.Model):
    """One message to one recipient on one channel; `key` makes a repeat impossible, sends are at least once.

    `next_attempt_at` is set while the message waits; a door claims it by compare-and-set, sends with `key` as
    idempotency key, and marks it. Written in the transaction that causes it.
    """

    scope_path = "scope_id"
    objects = VisibleQuerySet.as_manager()
    WAITING, SENT, DEAD, HELD, TAKEN_BACK = "waiting", "sent", "dead", "held", "taken_back"
    STATES = [
        (WAITING, _("waiting")), (SENT, _("sent")), (DEAD, _("given up")), (HELD, _("held")),
        (TAKEN_BACK, _("taken back")),
    ]
    key = models.CharField(_("key"), max_length=200, unique=True)
    channel = models.CharField(_("channel"), max_length=30)
    recipient = models.CharField(_("recipient"), max_length=200)
    kind = models.CharField(_("kind"), max_length=60)
    payload = models.JSONField(_("content"), default=dict)
    scope = models.ForeignKey("kernel.Scope", models.PROTECT, null=True, blank=True, verbose_name=_("scope"))
    state = models.CharField(_("state"), max_length=10, choices=STATES, default=WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("created"))
    # Words that are not to wake anybody go out then; the transaction that causes them says until when they are held.
    not_before = models.DateTimeField(_("not before"), null=True, blank=True)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    lease_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    last_error = models.TextField(_("last error"), blank=True)

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], name="outbox_due",
                condition=models.Q(next_attempt_at__isnull=False),
            )
        ]

    def __str__(self):
        return self.key


class Notice(models.Model):
    """An in-app notice: what happened, with a link; delivered by the in-app door of the outbox."""

    scope_path = "own:person"
    objects = VisibleQuerySet.as_manager()
    key = models.CharField(_("key"), max_length=200, unique=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", verbose_name=_("person")
    )
    kind = models.CharField(_("kind"), max_length=60)
    text_en = models.TextField(_("English text"))
    text_zh = models.TextField(_("Chinese text"))
    link = models.CharField(_("link"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"))
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-id"]
        indexes = [models.Index(fields=["person", "read_at", "-id"], name="notice_inbox")]

    def __str__(self):
        return (self.text_zh if short(get_language()) == "zh" else self.text_en)[:80]
