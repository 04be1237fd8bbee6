"""What solved the like before?"""
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from exceptions.models.departments import work_of_the_department
from exceptions.models.tickets import Ticket
from kernel.access import EVERYBODY, VisibleQuerySet
from kernel.fields import CodeField

# What an article is found by.
INDEXED = {"title_en", "title_zh", "body_en", "body_zh", "causes", "search_words", "is_published"}


class Article(models.Model):
    """What is published is for all staff; what is still being written only for those who edit, and of a ticket's text
    only for those who see that ticket."""

    scope_path = EVERYBODY
    objects = VisibleQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["indexed_as"])
    code = models.SlugField(_("code"), max_length=60, unique=True)
    title_en = models.CharField(_("English title"), max_length=200)
    title_zh = models.CharField(_("Chinese title"), max_length=200)
    body_en = models.TextField(_("English text"))
    body_zh = models.TextField(_("Chinese text"))
    causes = models.JSONField(
        _("causes"), default=list, help_text=_("Cause names or ticket kinds it answers.")
    )
    search_words = models.TextField(
        _("search words"), blank=True, max_length=1000,
        help_text=_("Other words people use for this, in both languages, with commas between them."),
    )
    drafted_from = models.ForeignKey(
        "exceptions.Ticket", models.PROTECT, null=True, blank=True, related_name="drafts", editable=False,
        verbose_name=_("written from"),
    )
    indexed_as = models.PositiveSmallIntegerField(_("indexed as"), default=0, editable=False, db_index=True)
    solved_count = models.PositiveIntegerField(_("solved"), default=0, editable=False)
    unsolved_count = models.PositiveIntegerField(_("did not solve"), default=0, editable=False)
    is_published = models.BooleanField(_("published"), default=True)

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["code"]

    def __str__(self):
        return self.title_zh or self.title_en

    @staticmethod
    def also_needs(user):
        published = Q(is_published=True)
        if not user.has_perm("exceptions.change_article"):
            return published
        tickets = Ticket.objects.visible_to(user).values("pk")
        return published | Q(drafted_from__isnull=True) | Q(drafted_from__in=tickets)

    def save(self, *args, **kwargs):
        """Whatever was written, by whatever door, is indexed anew before the next search."""
        changed = kwargs.get("update_fields")
        if changed is None or set(changed) & INDEXED:
            self.indexed_as = 0
            kwargs["update_fields"] = changed and {*changed, "indexed_as"}
        super().save(*args, **kwargs)

    @property
    def verdict_count(self):
        return self.solved_count + self.unsolved_count


class ArticleTerm(models.Model):
    """A term that published articles are found under, and in how many; the empty term counts all of them."""

    scope_path = EVERYBODY
    objects = VisibleQuerySet.as_manager()
    term = CodeField(_("term"), max_length=40, unique=True)
    # Its first two letters: slips of the keys are looked for among terms that begin alike.
    head = CodeField(_("first letters"), max_length=2, db_index=True)
    article_count = models.PositiveIntegerField(_("articles"), default=0)
    # 100 × its logarithm, so that a search adds up whole numbers.
    log_count = models.PositiveIntegerField(_("logarithm"), default=0)

    class Meta:
        verbose_name = _("search term")
        verbose_name_plural = _("search terms")

    def __str__(self):
        return self.term


class ArticlePosting(models.Model):
    """How much a term says about a published article."""

    scope_path = EVERYBODY
    objects = VisibleQuerySet.as_manager()
    term = models.ForeignKey(
        ArticleTerm, models.CASCADE, related_name="postings", db_index=False, verbose_name=_("search term")
    )
    article = models.ForeignKey(Article, models.CASCADE, related_name="postings", verbose_name=_("article"))
    weight = models.PositiveSmallIntegerField(_("weight"))

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")
        indexes = [models.Index(fields=["term", "article", "weight"], name="posting_by_term")]

    def __str__(self):
        return f"{self.term_id} {self.article_id}"


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
