"""Where does work happen, when, and which rows belong together for permission?"""
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from kernel.access import EVERYBODY, VisibleQuerySet
from kernel.currencies import currency_code
from kernel.errors import Refusal
from kernel.models.named import NamedModel


class WorkCalendar(NamedModel):
    """Working hours as data: `weekly` is [[weekday 0-6, start_min, end_min], …], end may pass 1440 (night shift)."""

    scope_path = EVERYBODY
    objects = VisibleQuerySet.as_manager()
    history = HistoricalRecords()
    code = models.SlugField(_("code"), max_length=40, unique=True)
    time_zone = models.CharField(_("time zone"), max_length=60, default="Asia/Shanghai")
    weekly = models.JSONField(_("weekly hours"), default=list)
    covers_from = models.DateField(_("covers from"))
    covers_until = models.DateField(_("covers until"))
    version = models.PositiveIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("work calendar")
        verbose_name_plural = _("work calendars")
        ordering = ["code"]


class CalendarDay(models.Model):
    """One exception of a calendar: a holiday, a make-up day, a day with hours of its own."""

    scope_path = EVERYBODY
    objects = VisibleQuerySet.as_manager()
    history = HistoricalRecords()
    OFF, AS_WEEKDAY, CUSTOM = "off", "as_weekday", "custom"
    KINDS = [(OFF, _("day off")), (AS_WEEKDAY, _("works as a weekday")), (CUSTOM, _("own hours"))]
    calendar = models.ForeignKey(
        WorkCalendar, models.CASCADE, related_name="days", verbose_name=_("work calendar")
    )
    date = models.DateField(_("date"))
    kind = models.CharField(_("kind"), max_length=12, choices=KINDS)
    as_weekday = models.PositiveSmallIntegerField(_("as weekday"), null=True, blank=True)
    intervals = models.JSONField(_("hours"), default=list, blank=True)
    source = models.CharField(_("source"), max_length=80, blank=True)
    provisional = models.BooleanField(_("provisional"), default=False)

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["calendar", "date"]
        constraints = [models.UniqueConstraint(fields=["calendar", "date"], name="one_day_per_calendar")]

    def __str__(self):
        return f"{self.date} {self.get_kind_display()}"


class CalendarVersion(models.Model):
    """What a calendar said from one change to the next: written once, never changed (save, and a trigger).

    `hours` is the whole of it, see kernel.calendar_versions.hours_of; clocks name the number they were counted by.
    """

    scope_path = EVERYBODY
    objects = VisibleQuerySet.as_manager()
    calendar = models.ForeignKey(
        WorkCalendar, models.PROTECT, related_name="versions", verbose_name=_("work calendar")
    )
    number = models.PositiveIntegerField(_("version"))
    hours = models.JSONField(_("hours"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey("kernel.User", models.PROTECT, null=True, blank=True, verbose_name=_("made by"))

    class Meta:
        verbose_name = _("calendar version")
        verbose_name_plural = _("calendar versions")
        ordering = ["calendar", "-number"]
        constraints = [models.UniqueConstraint(fields=["calendar", "number"], name="calendar_version_once")]

    def __str__(self):
        return f"{self.calendar} {self.number}"

    def save(self, *args, **kwargs):
        if self.pk:
            raise Refusal(_("A version of a calendar does not change, because clocks were counted by it."),
                          code="calendar_version")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise Refusal(_("A version of a calendar stays, because clocks were counted by it."), code="calendar_version")


class Company(NamedModel):
    scope_path = EVERYBODY
    objects = VisibleQuerySet.as_manager()
    history = HistoricalRecords()
    code = models.SlugField(_("code"), max_length=40, unique=True)
    time_zone = models.CharField(_("time zone"), max_length=60, default="Asia/Shanghai")
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    calendar = models.ForeignKey(
        WorkCalendar, models.PROTECT, null=True, blank=True, verbose_name=_("work calendar")
    )

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        ordering = ["code"]

    def clean(self):
        try:
            self.currency = currency_code(self.currency)
        except Refusal as refusal:
            raise ValidationError({"currency": str(refusal)}) from None


class Plant(NamedModel):
    scope_path = EVERYBODY
    objects = VisibleQuerySet.as_manager()
    history = HistoricalRecords()
    company = models.ForeignKey(Company, models.PROTECT, related_name="plants", verbose_name=_("company"))
    code = models.SlugField(_("code"), max_length=40)
    time_zone = models.CharField(_("time zone"), max_length=60, default="Asia/Shanghai")
    calendar = models.ForeignKey(
        WorkCalendar, models.PROTECT, null=True, blank=True, verbose_name=_("work calendar")
    )

    class Meta:
        verbose_name = _("plant")
        verbose_name_plural = _("plants")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="plant_code_in_company")]


class Scope(NamedModel):
    """The owner of rows: a sales team, a plant, a customer group. Grants stand here and only here."""

    scope_path = "id"
    objects = VisibleQuerySet.as_manager()
    history = HistoricalRecords()
    SALES_TEAM, PLANT, CUSTOMER_GROUP, SYSTEM = "sales_team", "plant", "customer_group", "system"
    KINDS = [
        (SALES_TEAM, _("sales team")),
        (PLANT, _("plant")),
        (CUSTOMER_GROUP, _("customer group")),
        (SYSTEM, _("system")),
    ]
    company = models.ForeignKey(Company, models.PROTECT, related_name="scopes", verbose_name=_("company"))
    code = models.SlugField(_("code"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=KINDS, default=SALES_TEAM)

    class Meta:
        verbose_name = _("scope")
        verbose_name_plural = _("scopes")
        ordering = ["code"]
        permissions = [("see_scope", _("See the rows of this scope"))]

    def clean(self):
        if self.pk and Scope.objects.filter(pk=self.pk).exclude(company=self.company).exists():
            raise ValidationError({"company": _("A scope stays in its company.")})
