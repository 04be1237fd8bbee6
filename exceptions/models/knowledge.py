"""What solved the like before?"""
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from exceptions.models.departments import work_of_the_department
from kernel.access import EVERYBODY, VisibleQuerySet


class Article(models.Model):
    scope_path = EVERYBODY
    objects = VisibleQuerySet.as_manager()
    history = HistoricalRecords()
    code = models.SlugField(_("code"), max_length=60, unique=True)
    title_en = models.CharField(_("English title"), max_length=200)
    title_zh = models.CharField(_("Chinese title"), max_length=200)
    body_en = models.TextField(_("English text"))
    body_zh = models.TextField(_("Chinese text"))
    causes = models.JSONField(
        _("causes"), default=list, help_text=_("Cause names or ticket kinds it answers.")
    )
    solved_count = models.PositiveIntegerField(_("solved"), default=0, editable=False)
    unsolved_count = models.PositiveIntegerField(_("did not solve"), default=0, editable=False)
    is_published = models.BooleanField(_("published"), default=True)

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["code"]

    def __str__(self):
        return self.title_zh or self.title_en

    @property
    def verdict_count(self):
        return self.solved_count + self.unsolved_count


class ArticleVerdict(models.Model):
    """Did an article solve a ticket? One verdict per person and ticket; who thinks again changes it."""

    scope_path = "ticket__scope_id"
    also_shows = work_of_the_department("ticket__")
    objects = VisibleQuerySet.as_manager()
    article = models.ForeignKey(Article, models.PROTECT, related_name="verdicts", verbose_name=_("article"))
    ticket = models.ForeignKey(
        "exceptions.Ticket", models.PROTECT, related_name="verdicts", verbose_name=_("ticket")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    is_solved = models.BooleanField(_("solved"))

    class Meta:
        verbose_name = _("verdict on an article")
        verbose_name_plural = _("verdicts on articles")
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["article", "ticket", "by"], name="verdict_once")]

    def __str__(self):
        return f"{self.article} {self.ticket_id}"
