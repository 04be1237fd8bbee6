"""Who wants to hear what becomes of a ticket that is not theirs to do?"""
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from exceptions.models.departments import work_of_the_department
from kernel.access import VisibleQuerySet


class TicketWatcher(models.Model):
    """One person watches one ticket; told of what happens to it while the person may see it."""

    scope_path = "ticket__scope_id"
    also_shows = work_of_the_department("ticket__")
    objects = VisibleQuerySet.as_manager()
    ticket = models.ForeignKey(
        "exceptions.Ticket", models.CASCADE, related_name="watchers", verbose_name=_("ticket")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="watched_tickets", verbose_name=_("person")
    )
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("ticket watcher")
        verbose_name_plural = _("ticket watchers")
        constraints = [models.UniqueConstraint(fields=["ticket", "person"], name="watch_once")]

    def __str__(self):
        return f"{self.person} → {self.ticket}"
