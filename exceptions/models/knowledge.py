"""What solved the like before?"""
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

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
    shown_count = models.PositiveIntegerField(_("shown"), default=0)
    solved_count = models.PositiveIntegerField(_("solved"), default=0)
    is_published = models.BooleanField(_("published"), default=True)

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["code"]

    def __str__(self):
        return self.title_zh or self.title_en
