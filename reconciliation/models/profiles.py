"""What is compared with what, how, how often, and who owns it?"""
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from kernel.access import VisibleQuerySet
from kernel.models import NamedModel


class Profile(NamedModel):
    """A standing comparison. All staff who may look at comparisons see it; what it finds is seen by scope."""

    scope_path = "perm:reconciliation.view_profile"
    objects = VisibleQuerySet.as_manager()
    history = HistoricalRecords()
    code = models.SlugField(_("code"), max_length=60, unique=True)
    company = models.ForeignKey("kernel.Company", models.PROTECT, verbose_name=_("company"))
    department = models.ForeignKey(
        "kernel.Department", models.PROTECT, null=True, blank=True, verbose_name=_("owner")
    )
    # Rows without an order (stock, ghosts) belong to this scope.
    scope = models.ForeignKey("kernel.Scope", models.PROTECT, verbose_name=_("scope"))
    every_minutes = models.PositiveIntegerField(_("every, minutes"), default=60)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("comparison profile")
        verbose_name_plural = _("comparison profiles")
        ordering = ["code"]
        permissions = [("run_profile", _("Start comparisons"))]


class ProfileVersion(models.Model):
    """One immutable version; `spec` is docs/profile.md as JSON, source "records" reads the hub's own records."""

    scope_path = "perm:reconciliation.view_profileversion"
    objects = VisibleQuerySet.as_manager()
    profile = models.ForeignKey(Profile, models.PROTECT, related_name="versions", verbose_name=_("profile"))
    number = models.PositiveIntegerField(_("version"))
    spec = models.JSONField(_("specification"))
    published_at = models.DateTimeField(_("published"))

    class Meta:
        verbose_name = _("profile version")
        verbose_name_plural = _("profile versions")
        ordering = ["profile", "-number"]
        constraints = [models.UniqueConstraint(fields=["profile", "number"], name="profile_version_once")]

    def __str__(self):
        return f"{self.profile} v{self.number}"
