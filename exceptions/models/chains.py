"""Who is told next when a ticket is not answered in time?"""
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from kernel.access import EVERYBODY, VisibleQuerySet
from kernel.models import NamedModel


class Chain(NamedModel):
    scope_path = EVERYBODY
    objects = VisibleQuerySet.as_manager()
    history = HistoricalRecords()
    code = models.SlugField(_("code"), max_length=40, unique=True)

    class Meta:
        verbose_name = _("escalation chain")
        verbose_name_plural = _("escalation chains")
        ordering = ["code"]


class ChainLevel(models.Model):
    """One step, `offset_s` working seconds from due. A step with nobody to tell is recorded and passed.

    Numbers grow with time: negative ones warn before the due instant, 0 is due itself, others come after.
    """

    scope_path = EVERYBODY
    objects = VisibleQuerySet.as_manager()
    history = HistoricalRecords()
    ASSIGNEE, DEPARTMENT, HEAD, ROLE, PERSON = "assignee", "department", "head", "role", "person"
    TARGETS = [
        (ASSIGNEE, _("the assignee")), (DEPARTMENT, _("everybody of the department")),
        (HEAD, _("the head of the department")), (ROLE, _("a role")), (PERSON, _("a person")),
    ]
    chain = models.ForeignKey(
        Chain, models.CASCADE, related_name="levels", verbose_name=_("escalation chain")
    )
    number = models.SmallIntegerField(_("level"))
    offset_s = models.IntegerField(_("offset from due, working seconds"))
    target = models.CharField(_("tells"), max_length=12, choices=TARGETS)
    role = models.CharField(_("role"), max_length=60, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("person")
    )

    class Meta:
        verbose_name = _("escalation level")
        verbose_name_plural = _("escalation levels")
        ordering = ["chain", "offset_s", "number"]
        constraints = [models.UniqueConstraint(fields=["chain", "number"], name="level_in_chain")]

    def __str__(self):
        return f"{self.chain} {self.number}"
