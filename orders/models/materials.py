"""What is made and stocked, after which bill of materials?"""
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.access import EVERYBODY, VisibleQuerySet
from kernel.fields import CodeField


class Material(models.Model):
    scope_path = EVERYBODY
    objects = VisibleQuerySet.as_manager()
    company = models.ForeignKey("kernel.Company", models.PROTECT, verbose_name=_("company"))
    code = CodeField(_("code"), max_length=60)
    name = models.CharField(_("name"), max_length=160)
    base_unit = models.CharField(_("base unit"), max_length=12, default="pcs")
    safety_stock_m = models.BigIntegerField(_("safety stock, thousandths"), default=0)
    search_key = models.CharField(_("search words"), max_length=600, blank=True, editable=False)

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="material_code_in_company")]

    def __str__(self):
        return f"{self.code} {self.name}"


class BomRevision(models.Model):
    scope_path = EVERYBODY
    objects = VisibleQuerySet.as_manager()
    material = models.ForeignKey(Material, models.CASCADE, related_name="revisions", verbose_name=_("material"))
    revision = models.CharField(_("revision"), max_length=30)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("BOM revision")
        verbose_name_plural = _("BOM revisions")
        ordering = ["material", "valid_from"]
        constraints = [models.UniqueConstraint(fields=["material", "revision"], name="bom_revision_once")]

    def __str__(self):
        return f"{self.material.code} {self.revision}"


class StockLevel(models.Model):
    """What one system says is on hand; the systems are compared, never added up."""

    scope_path = "scope_id"
    objects = VisibleQuerySet.as_manager()
    system = models.ForeignKey("orders.SourceSystem", models.PROTECT, verbose_name=_("system"))
    plant = models.ForeignKey("kernel.Plant", models.PROTECT, null=True, blank=True, verbose_name=_("plant"))
    material = models.ForeignKey(Material, models.PROTECT, related_name="stock", verbose_name=_("material"))
    # As the system writes them, never NULL: two plants may both have a warehouse 0001, and VMI stock has an owner.
    plant_code = CodeField(_("plant as written"), max_length=40, blank=True)
    warehouse = CodeField(_("warehouse"), max_length=40, blank=True)
    owner = CodeField(_("owner"), max_length=60, blank=True)
    on_hand_m = models.BigIntegerField(_("on hand, thousandths"))
    as_of = models.DateTimeField(_("as of"))
    scope = models.ForeignKey("kernel.Scope", models.PROTECT, verbose_name=_("scope"))

    class Meta:
        verbose_name = _("stock level")
        verbose_name_plural = _("stock levels")
        constraints = [
            models.UniqueConstraint(
                fields=["system", "material", "plant_code", "warehouse", "owner"], name="stock_once_per_system"
            )
        ]

    def __str__(self):
        return f"{self.material.code} {self.warehouse}"
