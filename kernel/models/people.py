"""Who works here, in which department, and in which language?"""
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from kernel.access import EVERYBODY, VisibleQuerySet
from kernel.fields import CodeField
from kernel.models.named import NamedModel


class Department(NamedModel):
    scope_path = EVERYBODY
    objects = VisibleQuerySet.as_manager()
    history = HistoricalRecords()
    company = models.ForeignKey(
        "kernel.Company", models.PROTECT, related_name="departments", verbose_name=_("company")
    )
    code = models.SlugField(_("code"), max_length=40, unique=True)
    head = models.ForeignKey(
        "kernel.User", models.SET_NULL, null=True, blank=True, related_name="heads", verbose_name=_("head")
    )
    calendar = models.ForeignKey(
        "kernel.WorkCalendar", models.PROTECT, null=True, blank=True, verbose_name=_("work calendar")
    )
    most_tickets = models.PositiveSmallIntegerField(
        _("open tickets a person has at most"), null=True, blank=True,
        help_text=_("Whoever has as many is given no more. Empty: no limit."),
    )
    queue_s = models.PositiveIntegerField(
        _("taken from the queue within, working seconds"), default=1800,
        help_text=_("After that the head hears that nobody is there."),
    )

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ["code"]


class User(AbstractUser):
    """A person. `full_name` is written as the person writes it; sees rows through scopes, panels through roles."""

    scope_path = EVERYBODY
    full_name = models.CharField(pgettext_lazy("person", "name"), max_length=80, blank=True)
    language = models.CharField(
        _("language"), max_length=10, blank=True, choices=[("zh-hans", "简体中文"), ("en", "English")]
    )
    theme = models.CharField(
        _("light or dark"), max_length=5, blank=True,
        choices=[("light", _("light")), ("dark", _("dark")), ("auto", _("as the system"))],
    )
    department = models.ForeignKey(
        Department, models.SET_NULL, null=True, blank=True, related_name="members",
        verbose_name=_("department"),
    )
    customer_code = CodeField(
        _("customer"), max_length=60, blank=True,
        help_text=_("Set for customers only: the party whose orders this person may look up."),
    )
    # A code is a customer within one company only: the same code in another is somebody else.
    customer_company = models.ForeignKey(
        "kernel.Company", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("company of the customer"),
    )
    wecom_id = models.CharField(_("WeCom id"), max_length=64, blank=True)
    is_away = models.BooleanField(_("away"), default=False)
    is_machine = models.BooleanField(
        _("account of a program"), default=False,
        help_text=_(
            "A program works with this account, no person. It is given no tickets and told nothing, and what it does "
            "is nobody's answer: it neither stops the time to the first answer nor counts in the figures."
        ),
    )
    plant = models.ForeignKey(
        "kernel.Plant", models.PROTECT, null=True, blank=True, related_name="people", verbose_name=_("plant")
    )
    most_tickets = models.PositiveSmallIntegerField(_("open tickets at most"), null=True, blank=True)
    objects = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(
                name="customer_code_with_company",
                condition=models.Q(customer_code="", customer_company__isnull=True)
                | (~models.Q(customer_code="") & models.Q(customer_company__isnull=False)),
            )
        ]

    def __str__(self):
        return self.full_name or self.username

    def get_full_name(self):
        return self.full_name or self.username

    def get_short_name(self):
        return self.full_name or self.username
