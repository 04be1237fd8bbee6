"""Which kinds of order and which source systems are there?"""
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from kernel.access import EVERYBODY, VisibleQuerySet
from kernel.models import NamedModel


class OrderKind(NamedModel):
    """A kind of order, as data: sales kinds today, purchase and service orders on the same engine."""

    scope_path = EVERYBODY
    objects = VisibleQuerySet.as_manager()
    history = HistoricalRecords()
    SELL, BUY, SERVICE = "sell", "buy", "service"
    code = models.SlugField(_("code"), max_length=30, unique=True)
    direction = models.CharField(
        _("direction"), max_length=8, default=SELL,
        choices=[(SELL, _("sales")), (BUY, _("purchasing")), (SERVICE, _("after-sales"))],
    )
    # A provisional order of this kind and one of the family's others with the same number are one order.
    family = models.CharField(_("number range"), max_length=30, default="sales")

    class Meta:
        verbose_name = _("order kind")
        verbose_name_plural = _("order kinds")
        ordering = ["code"]


class HoldKind(NamedModel):
    """What an order on hold waits for, as data. Where that is the customer, the time counts as the customer's."""

    scope_path = EVERYBODY
    objects = VisibleQuerySet.as_manager()
    history = HistoricalRecords()
    code = models.SlugField(_("code"), max_length=30, unique=True)
    rank = models.PositiveSmallIntegerField(_("place in the list"), default=50)
    waits_for_customer = models.BooleanField(_("the customer is waited for"), default=False)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("kind of hold")
        verbose_name_plural = _("kinds of hold")
        ordering = ["rank", "code"]


class SourceSystem(NamedModel):
    """A system that speaks to the hub. `hub` itself is one: people's decisions are its statements."""

    scope_path = EVERYBODY
    objects = VisibleQuerySet.as_manager()
    ROLES = [
        ("erp", "ERP"), ("wms", "WMS"), ("crm", "CRM"), ("tms", "TMS"), ("mes", "MES"),
        ("file", _("files")), ("hub", _("the hub")),
    ]
    company = models.ForeignKey("kernel.Company", models.PROTECT, verbose_name=_("company"))
    code = models.SlugField(_("code"), max_length=30, unique=True)
    role = models.CharField(_("role"), max_length=8, choices=ROLES)
    scope = models.ForeignKey("kernel.Scope", models.PROTECT, verbose_name=_("scope"))
    time_zone = models.CharField(_("time zone"), max_length=60, default="Asia/Shanghai")
    confirms_identity = models.BooleanField(
        _("confirms identity"), default=False, help_text=_("An order this system knows is no longer provisional.")
    )
    grace_s = models.PositiveIntegerField(_("grace, seconds"), default=900)
    silent_after_s = models.PositiveIntegerField(_("silent after, seconds"), default=3600)
    last_heard_at = models.DateTimeField(_("last heard"), null=True, blank=True)
    watermark_at = models.DateTimeField(_("complete until"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("source system")
        verbose_name_plural = _("source systems")
        ordering = ["code"]

    def is_silent(self, at):
        return self.role not in ("hub", "file") and (
            self.last_heard_at is None or (at - self.last_heard_at).total_seconds() > self.silent_after_s
        )
