"""With which key does a program speak for a person?"""
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.access import EVERYBODY, VisibleQuerySet


class ApiToken(models.Model):
    """A token hashed at rest: only `prefix` can be shown again. Expires; last use is stamped."""

    scope_path = "own:user"
    objects = VisibleQuerySet.as_manager()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens", verbose_name=_("person")
    )
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(_("prefix"), max_length=12, unique=True)
    hash = models.CharField(max_length=64, editable=False)
    may_write = models.BooleanField(_("may call actions"), default=False)
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
