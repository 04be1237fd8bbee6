"""Which report came back with decisions, and what became of each of its rows?"""
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.access import VisibleQuerySet
from kernel.fields import CodeField
from reconciliation.decision_words import DECISIONS


class DecisionFile(models.Model):
    """A workbook or csv file of differences somebody brought back. What it says is carried out by that person only."""

    scope_path = "own:dropped_by"
    objects = VisibleQuerySet.as_manager()
    WAITING, READ, REFUSED, APPLIED = "waiting", "read", "refused", "applied"
    STATES = [
        (WAITING, _("not read yet")), (READ, pgettext_lazy("file", "read")), (REFUSED, _("cannot be read")),
        (APPLIED, _("carried out")),
    ]
    run = models.ForeignKey("reconciliation.Run", models.PROTECT, related_name="+", verbose_name=_("run"))
    name = models.CharField(_("file name"), max_length=200)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(_("state"), max_length=10, choices=STATES, default=WAITING)
    error = models.TextField(_("error"), blank=True)
    row_count = models.PositiveIntegerField(_("rows"), default=0)
    job = models.ForeignKey("kernel.JobRun", models.SET_NULL, null=True, blank=True, verbose_name=_("job"))
    dropped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("dropped by"))
    dropped_at = models.DateTimeField(_("dropped"))
    read_at = models.DateTimeField(pgettext_lazy("file", "read"), null=True, blank=True)
    applied_at = models.DateTimeField(_("carried out"), null=True, blank=True)

    class Meta:
        verbose_name = _("file of decisions")
        verbose_name_plural = _("files of decisions")
        ordering = ["-id"]

    def __str__(self):
        return self.name


class DecisionRow(models.Model):
    """One filled-in row of it: what it asks for, and what came of that, or would."""

    scope_path = "own:file__dropped_by"
    objects = VisibleQuerySet.as_manager()
    READY, DONE, ALREADY, CHANGED, REFUSED, UNREADABLE = (
        "ready", "done", "already", "changed", "refused", "unreadable",
    )
    OUTCOMES = [
        (READY, _("can be carried out")), (DONE, _("done")), (ALREADY, _("done before")),
        (CHANGED, _("changed meanwhile")), (REFUSED, _("not possible")), (UNREADABLE, _("not understood")),
    ]
    file = models.ForeignKey(DecisionFile, models.CASCADE, related_name="rows", verbose_name=_("file of decisions"))
    sheet = models.CharField(_("sheet"), max_length=40, blank=True)
    number = models.PositiveIntegerField(_("row"))
    key = CodeField(_("key"), max_length=120, blank=True)
    mark = models.CharField(pgettext_lazy("decision in a file", "Row mark"), max_length=100, blank=True, editable=False)
    difference = models.ForeignKey(
        "reconciliation.Difference", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("difference"))
    decision = models.CharField(
        _("decision"), max_length=12, blank=True, choices=[(code, one.name) for code, one in DECISIONS.items()])
    reason = models.TextField(_("reason"), blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person"))
    comment = models.TextField(_("comment"), blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=OUTCOMES, default=READY)
    sentence = models.TextField(_("why"), blank=True)

    class Meta:
        verbose_name = _("row of a file of decisions")
        verbose_name_plural = _("rows of files of decisions")
        ordering = ["file", "id"]
        constraints = [models.UniqueConstraint(fields=["file", "sheet", "number"], name="decision_row_once")]
        indexes = [models.Index(fields=["file", "outcome", "id"], name="decision_outcome")]

    def __str__(self):
        return f"{self.file} {self.sheet} {self.number}".strip()
