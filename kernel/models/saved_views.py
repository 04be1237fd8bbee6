"""Under which names does somebody keep the filters of a list?"""
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.access import VisibleQuerySet


def shared_with_department(user):
    return models.Q(shared_with=user.department_id) if user.department_id else None


class SavedView(models.Model):
    """A list's filters under a name: its owner's, and where it is shared also of the people of one department."""

    scope_path = "own:owner"
    also_shows = staticmethod(shared_with_department)
    objects = VisibleQuerySet.as_manager()
    listing = models.CharField(_("list"), max_length=20)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("filters"), max_length=500)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views",
        verbose_name=pgettext_lazy("view", "owner"),
    )
    shared_with = models.ForeignKey(
        "kernel.Department", models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("shared with the department"),
    )
    default_for = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="default_views", blank=True, verbose_name=_("opens first for")
    )

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["listing", "name", "pk"]
        constraints = [models.UniqueConstraint(fields=["owner", "listing", "name"], name="view_name_once")]

    def __str__(self):
        return self.name
