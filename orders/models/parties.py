"""Who buys, supplies and carries?"""
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from kernel.access import EVERYBODY, VisibleQuerySet
from kernel.fields import CodeField
from kernel.models import NamedModel


class CustomerTier(NamedModel):
    scope_path = EVERYBODY
    objects = VisibleQuerySet.as_manager()
    history = HistoricalRecords()
    code = models.SlugField(_("code"), max_length=20, unique=True)
    rank = models.PositiveSmallIntegerField(_("rank"), default=100)

    class Meta:
        verbose_name = _("customer tier")
        verbose_name_plural = _("customer tiers")
        ordering = ["rank"]


class Party(models.Model):
    """A company we deal with; its roles say how. `search_key` holds name, pinyin and initials in capitals."""

    scope_path = "scope_id"
    customer_path = "id"
    objects = VisibleQuerySet.as_manager()
    company = models.ForeignKey("kernel.Company", models.PROTECT, verbose_name=_("company"))
    code = CodeField(_("code"), max_length=60)
    name = models.CharField(_("name"), max_length=160)
    short_name = models.CharField(_("short name"), max_length=60, blank=True)
    search_key = models.CharField(_("search words"), max_length=600, blank=True, editable=False)
    scope = models.ForeignKey("kernel.Scope", models.PROTECT, null=True, blank=True, verbose_name=_("scope"))

    class Meta:
        verbose_name = _("business partner")
        verbose_name_plural = _("business partners")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="party_code_in_company")]

    def __str__(self):
        return self.short_name or self.name


class PartyRole(models.Model):
    scope_path = "party__scope_id"
    objects = VisibleQuerySet.as_manager()
    CUSTOMER, SUPPLIER, CARRIER = "customer", "supplier", "carrier"
    ROLES = [(CUSTOMER, _("customer")), (SUPPLIER, _("supplier")), (CARRIER, _("carrier"))]
    party = models.ForeignKey(Party, models.CASCADE, related_name="roles", verbose_name=_("business partner"))
    role = models.CharField(_("role"), max_length=10, choices=ROLES)
    tier = models.ForeignKey(CustomerTier, models.PROTECT, null=True, blank=True, verbose_name=_("tier"))
    credit_limit_minor = models.BigIntegerField(_("credit limit, minor units"), null=True, blank=True)
    credit_currency = models.CharField(_("credit currency"), max_length=3, blank=True)

    class Meta:
        verbose_name = _("role of a partner")
        verbose_name_plural = _("roles of partners")
        constraints = [models.UniqueConstraint(fields=["party", "role"], name="one_row_per_party_role")]

    def __str__(self):
        return self.get_role_display()


class PartyContact(models.Model):
    """Personal data, in a table of its own with an end: deleting it leaves events and hashes whole."""

    scope_path = "party__scope_id"
    objects = VisibleQuerySet.as_manager()
    party = models.ForeignKey(Party, models.CASCADE, related_name="contacts", verbose_name=_("business partner"))
    name = models.CharField(pgettext_lazy("person", "name"), max_length=80)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    keep_until = models.DateField(_("keep until"))

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")

    def __str__(self):
        return self.name
