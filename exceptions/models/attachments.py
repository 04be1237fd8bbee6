"""Which files hang on a ticket?"""
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from exceptions.models.departments import work_of_the_department
from kernel.access import VisibleQuerySet


class TicketAttachment(models.Model):
    """One file somebody attached. Its content stands under its sha256 (exceptions.attachments), once for all rows."""

    scope_path = "ticket__scope_id"
    also_shows = work_of_the_department("ticket__")
    objects = VisibleQuerySet.as_manager()
    ticket = models.ForeignKey(
        "exceptions.Ticket", models.PROTECT, related_name="attachments", verbose_name=_("ticket")
    )
    name = models.CharField(_("file name"), max_length=150)
    media_type = models.CharField(_("type of file"), max_length=100)
    size = models.PositiveIntegerField(_("size, bytes"))
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["ticket", "at", "id"]

    def __str__(self):
        return self.name

    @property
    def is_image(self):
        return self.media_type.startswith("image/")
