"""Which file did somebody drop, how were its columns understood, and which rows were bad?"""
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.access import VisibleQuerySet


class ImportFile(models.Model):
    scope_path = "scope_id"
    objects = VisibleQuerySet.as_manager()
    DROPPED, MAPPED, DONE = "dropped", "mapped", "done"
    STATES = [(DROPPED, _("dropped")), (MAPPED, _("columns mapped")), (DONE, pgettext_lazy("file", "read"))]
    name = models.CharField(_("file name"), max_length=200)
    sha256 = models.CharField(max_length=64)
    path = models.CharField(_("file path"), max_length=300)
    encoding = models.CharField(_("encoding"), max_length=20, blank=True)
    connection = models.ForeignKey(
        "integrations.Connection", models.PROTECT, null=True, blank=True, verbose_name=_("connection")
    )
    scope = models.ForeignKey("kernel.Scope", models.PROTECT, verbose_name=_("scope"))
    header = models.JSONField(_("columns"), default=list)
    column_map = models.JSONField(_("column map"), default=dict)
    row_count = models.PositiveIntegerField(_("rows"), default=0)
    good_count = models.PositiveIntegerField(_("good rows"), default=0)
    bad_rows = models.JSONField(_("bad rows"), default=list)
    state = models.CharField(_("state"), max_length=10, choices=STATES, default=DROPPED)
    dropped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("dropped by")
    )
    dropped_at = models.DateTimeField(_("dropped"))
    # The row goes then, and the file with the last row that names it: the same content is kept once.
    keep_until = models.DateTimeField(_("keep until"))

    class Meta:
        verbose_name = _("imported file")
        verbose_name_plural = _("imported files")
        ordering = ["-id"]

    def __str__(self):
        return self.name
