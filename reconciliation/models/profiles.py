"""What is compared with what, how, how often, and who owns it?"""
from django.conf import settings
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
    # Compares files that people drop; the others compare what the connected systems have sent.
    of_files = models.BooleanField(_("compares files"), default=False)

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


class ProfileDraft(NamedModel):
    """A version in the making. Published, it stays as it was: the samples it was built from serve the next one."""

    scope_path = "scope_id"
    objects = VisibleQuerySet.as_manager()
    profile = models.ForeignKey(
        Profile, models.PROTECT, null=True, blank=True, related_name="drafts", verbose_name=_("profile")
    )
    based_on = models.ForeignKey(
        ProfileVersion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("based on")
    )
    published = models.OneToOneField(
        ProfileVersion, models.PROTECT, null=True, blank=True, related_name="draft", verbose_name=_("published as")
    )
    scope = models.ForeignKey("kernel.Scope", models.PROTECT, verbose_name=_("scope"))
    department = models.ForeignKey(
        "kernel.Department", models.PROTECT, null=True, blank=True, verbose_name=_("owner")
    )
    every_minutes = models.PositiveIntegerField(_("every, minutes"), default=60)
    spec = models.JSONField(_("specification"))
    # {system: id of the dropped file its columns were read from}; empty where connected systems are compared.
    files = models.JSONField(_("files"), default=dict)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("changed by"),
    )
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("draft of a profile")
        verbose_name_plural = _("drafts of profiles")
        ordering = ["-id"]
        indexes = [models.Index(fields=["scope", "-id"], name="profile_draft_scope")]
