"""With which key does a program speak for a person?"""
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.access import VisibleQuerySet


class ApiToken(models.Model):
    """A token hashed at rest: only `prefix` can be shown again. Expires; last use is stamped."""

    scope_path = "own:user"
    objects = VisibleQuerySet.as_manager()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="api_tokens", verbose_name=_("person")
    )
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(_("prefix"), max_length=12, unique=True)
    hash = models.CharField(_("fingerprint"), max_length=64, editable=False)
    may_write = models.BooleanField(_("may call actions"), default=False)
    is_machine = models.BooleanField(
        _("a program acts by itself"), default=False,
        help_text=_(
            "What is done with this key is no person's answer: it neither stops the time to the first answer of a "
            "ticket nor counts in the figures. Leave it off where the program only passes on what you do."
        ),
    )
    created_at = models.DateTimeField(_("created"))
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-id"]

    def __str__(self):
        return f"{self.name} ({self.prefix}…)"


class ApiAnswer(models.Model):
    """The answer to one POST with an Idempotency-Key, stored in the transaction of the action it answers."""

    scope_path = "own:user"
    objects = VisibleQuerySet.as_manager()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("person")
    )
    key = models.CharField(_("key"), max_length=80)
    request_hash = models.CharField(_("fingerprint of the request"), max_length=64)
    status = models.PositiveSmallIntegerField(_("status"))
    body = models.JSONField(_("answer"), default=dict)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("kept answer")
        verbose_name_plural = _("kept answers")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_answer_per_key")]
        indexes = [models.Index(fields=["created_at"], name="answer_age")]

    def __str__(self):
        return self.key
