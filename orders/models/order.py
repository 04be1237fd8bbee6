"""What is an order, in which state is it on each axis, and when is it due?"""
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.access import VisibleQuerySet
from kernel.fields import CodeField

# Lateness is an axis of its own. Small integers, because a boolean in a composite index blinds SQLite.
ON_TIME, AT_RISK, LATE = 0, 1, 2
LATENESS = [(ON_TIME, _("on time")), (AT_RISK, _("at risk")), (LATE, _("late"))]


def _flagged(name, condition):
    """What a list under this filter is read by: all of it, and the part of one scope. Few orders stand in either."""
    return (
        models.Index(fields=["-created_at", "-id"], name=f"order_{name}_new", condition=condition),
        models.Index(fields=["scope", "-created_at", "-id"], name=f"order_scope_{name}", condition=condition),
    )


class OrderQuerySet(VisibleQuerySet):
    """Reads of orders as adjectives, each one indexed query."""

    def open(self):
        return self.filter(is_open=1, archived_at=None)

    def late(self):
        return self.filter(lateness=LATE)

    def provisional(self):
        """Known to some system, and not to the one that confirms identity."""
        return self.filter(identity=Order.PROVISIONAL, archived_at=None)

    def at_risk(self):
        return self.filter(lateness=AT_RISK)

    def in_stage(self, stage):
        return self.filter(stage=stage)


class Order(models.Model):
    """One order. Everything on this row but identity and scope is derived: folded from events, or kept here by
    an action of this app that upper apps call (lateness, next due, open tickets, open differences), so that a
    list is one indexed query.
    """

    scope_path = "scope_id"
    customer_path = "customer_id"
    objects = OrderQuerySet.as_manager()

    @staticmethod
    def shared_ids(user):
        """The short second list: orders shared singly with this person."""
        return list(OrderShare.objects.filter(person=user).values_list("order_id", flat=True)[:500])

    PROVISIONAL, CONFIRMED = "provisional", "confirmed"
    company = models.ForeignKey("kernel.Company", models.PROTECT, verbose_name=_("company"))
    kind = models.ForeignKey("orders.OrderKind", models.PROTECT, verbose_name=_("kind"))
    number = CodeField(_("order number"), max_length=60)
    identity = models.CharField(
        _("identity"), max_length=12, default=PROVISIONAL,
        choices=[(PROVISIONAL, _("provisional")), (CONFIRMED, _("confirmed"))],
    )
    scope = models.ForeignKey("kernel.Scope", models.PROTECT, related_name="+", verbose_name=_("scope"))
    customer = models.ForeignKey(
        "orders.Party", models.PROTECT, null=True, blank=True, related_name="orders", verbose_name=_("customer")
    )
    plant = models.ForeignKey("kernel.Plant", models.PROTECT, null=True, blank=True, verbose_name=_("plant"))
    created_at = models.DateTimeField(_("first seen"))
    ordered_at = models.DateTimeField(_("ordered"), null=True, blank=True)

    commercial = models.CharField(_("commercial state"), max_length=12, default="draft")
    material = models.CharField(_("material state"), max_length=12, default="none")
    production = models.CharField(_("production state"), max_length=12, default="none")
    quality = models.CharField(_("quality state"), max_length=12, default="none")
    logistics = models.CharField(_("logistics state"), max_length=12, default="none")
    finance = models.CharField(_("finance state"), max_length=12, default="none")
    # One word for the list: the axis state that says most; see orders.fold.stage_of.
    stage = models.CharField(_("stage"), max_length=20, default="draft")
    is_open = models.SmallIntegerField(pgettext_lazy("order", "open"), default=1)
    held_at = models.DateTimeField(_("held since"), null=True, blank=True)
    expedited_at = models.DateTimeField(_("expedited since"), null=True, blank=True)
    quantity_m = models.BigIntegerField(_("quantity, thousandths"), null=True, blank=True)
    delivered_m = models.BigIntegerField(_("delivered, thousandths"), null=True, blank=True)
    amount_minor = models.BigIntegerField(_("amount, minor units"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)

    requested_at = models.DateTimeField(_("requested date"), null=True, blank=True)
    promised_original_at = models.DateTimeField(_("original promise"), null=True, blank=True)
    promised_at = models.DateTimeField(_("current promise"), null=True, blank=True)
    forecast_at = models.DateTimeField(_("forecast"), null=True, blank=True)
    actual_at = models.DateTimeField(_("actual"), null=True, blank=True)

    # {axis or field: {"value", "system", "unconfirmed"}}, facts, conflicts: what the fold said, with sources.
    state = models.JSONField(_("state"), default=dict)
    conflicts = models.JSONField(_("conflicts"), default=list)
    conflict_count = models.PositiveSmallIntegerField(_("conflicts"), default=0)
    authority_version = models.PositiveIntegerField(_("authority version"), default=0)
    state_hash = models.CharField(_("fingerprint of the state"), max_length=64, blank=True, editable=False)
    last_event_at = models.DateTimeField(_("last event"), null=True, blank=True)
    event_count = models.PositiveIntegerField(_("events"), default=0)

    lateness = models.SmallIntegerField(_("lateness"), choices=LATENESS, default=ON_TIME)
    late_since = models.DateTimeField(_("late since"), null=True, blank=True)
    late_node = models.CharField(_("late node"), max_length=40, blank=True)
    late_reason_en = models.CharField(_("English reason of lateness"), max_length=300, blank=True)
    late_reason_zh = models.CharField(_("Chinese reason of lateness"), max_length=300, blank=True)
    next_due_at = models.DateTimeField(_("next due"), null=True, blank=True)
    next_node = models.CharField(_("next node"), max_length=40, blank=True)
    open_tickets = models.PositiveIntegerField(_("open tickets"), default=0)
    open_differences = models.PositiveIntegerField(_("open differences"), default=0)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)
    # The order this one was found to be; what people decided about this one counts there.
    joined_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="joined", verbose_name=_("joined into")
    )

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["company", "kind", "number"], name="order_identity"),
        ]
        permissions = [
            ("hold_order", _("Hold and release orders")),
            ("expedite_order", _("Expedite orders")),
            ("join_order", _("Join and part orders")),
            ("see_finance", _("See amounts and differences of finance")),
            ("see_capacity", _("See remaining capacity")),
            ("see_transit", _("See transit nodes")),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="order_new"),
            models.Index(fields=["scope", "-created_at", "-id"], name="order_scope_new"),
            models.Index(fields=["scope", "stage", "-created_at", "-id"], name="order_scope_stage_new"),
            models.Index(fields=["stage", "-created_at", "-id"], name="order_stage_new"),
            models.Index(
                fields=["scope", "-created_at", "-id"], name="order_scope_late_new",
                condition=models.Q(lateness=2),
            ),
            models.Index(
                fields=["-created_at", "-id"], name="order_late_new", condition=models.Q(lateness=2)
            ),
            models.Index(
                fields=["scope", "stage", "-created_at", "-id"], name="order_scope_stage_late",
                condition=models.Q(lateness=2),
            ),
            *_flagged("risk", models.Q(lateness=1)),
            *_flagged("tickets", models.Q(open_tickets__gt=0)),
            *_flagged("differences", models.Q(open_differences__gt=0)),
            *_flagged("conflicts", models.Q(conflict_count__gt=0)),
            *_flagged("held", models.Q(held_at__isnull=False)),
            models.Index(
                fields=["-created_at", "-id"], name="order_provisional_new",
                condition=models.Q(identity="provisional"),
            ),
            models.Index(
                fields=["scope", "-created_at", "-id"], name="order_scope_provisional_new",
                condition=models.Q(identity="provisional"),
            ),
            models.Index(fields=["customer", "-created_at", "-id"], name="order_customer_new"),
            models.Index(
                fields=["next_due_at"], name="order_next_due", condition=models.Q(next_due_at__isnull=False)
            ),
            models.Index(fields=["number"], name="order_number"),
        ]

    def __str__(self):
        return self.number

    @property
    def address(self):
        """Its page under its number, which stays when rows are moved; by its id where the number fits no address."""
        fits = self.number.strip(".") and not set(self.number) & set("/?#\\")
        return reverse("order", args=[self.number if fits else self.pk])

    def expected_at(self, now):
        """When delivery is expected; None once it has happened, while on hold, and when the instant has passed."""
        is_ahead = self.forecast_at and not self.actual_at and not self.held_at and self.forecast_at >= now
        return self.forecast_at if is_ahead else None

    def is_overtaken(self, now):
        """The forecast has passed and nothing was delivered: nobody knows a new one yet."""
        is_waited_for = self.is_open and not self.actual_at and not self.held_at
        return bool(is_waited_for and self.forecast_at and self.forecast_at < now)

    @property
    def is_held(self):
        """On hold here or in a system that is believed, which may not say since when."""
        return bool(self.held_at) or self.commercial == "held"

    @property
    def awaits_confirmation(self):
        """Only some system's word so far: it has no plan and no clocks until the authority for identity knows it."""
        return self.identity == self.PROVISIONAL and self.archived_at is None


class OrderLine(models.Model):
    """A line with its own dates. Quantity in thousandths of the base unit, unit price × 10⁶ of the currency."""

    scope_path = "order__scope_id"
    customer_path = "order__customer_id"
    objects = VisibleQuerySet.as_manager()
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines", verbose_name=_("order"))
    number = CodeField(_("line"), max_length=20)
    material = models.ForeignKey(
        "orders.Material", models.PROTECT, null=True, blank=True, verbose_name=_("material")
    )
    material_code = CodeField(_("material code"), max_length=60, blank=True)
    bom_revision = models.CharField(_("BOM revision"), max_length=30, blank=True)
    quantity_m = models.BigIntegerField(_("quantity, thousandths"), null=True, blank=True)
    shipped_m = models.BigIntegerField(_("shipped, thousandths"), null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=12, blank=True)
    unit_price_u = models.BigIntegerField(_("unit price, millionths"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    requested_at = models.DateTimeField(_("requested date"), null=True, blank=True)
    promised_original_at = models.DateTimeField(_("original promise"), null=True, blank=True)
    promised_at = models.DateTimeField(_("current promise"), null=True, blank=True)
    forecast_at = models.DateTimeField(_("forecast"), null=True, blank=True)
    actual_at = models.DateTimeField(_("actual"), null=True, blank=True)
    # No system says this line any more. The row stays, because others may point to it.
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    state = models.JSONField(_("state"), default=dict)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ["order", "number"]
        constraints = [models.UniqueConstraint(fields=["order", "number"], name="line_in_order")]
        indexes = [models.Index(fields=["material_code"], name="line_material")]

    def __str__(self):
        return f"{self.order.number}/{self.number}"


class OrderShare(models.Model):
    """One order shown to one person outside that person's scopes: the short second list."""

    scope_path = "order__scope_id"
    objects = VisibleQuerySet.as_manager()
    order = models.ForeignKey(Order, models.CASCADE, related_name="shares", verbose_name=_("order"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="shared_orders", verbose_name=_("person")
    )
    shared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("shared by")
    )
    shared_at = models.DateTimeField(_("shared"))

    class Meta:
        verbose_name = _("shared order")
        verbose_name_plural = _("shared orders")
        constraints = [models.UniqueConstraint(fields=["order", "person"], name="share_once")]

    def __str__(self):
        return f"{self.order} → {self.person}"


class SearchTerm(models.Model):
    """Suffixes of an order's number, searched by range: `term >= q and term < q⁺`."""

    scope_path = "order__scope_id"
    objects = VisibleQuerySet.as_manager()
    term = CodeField(_("search word"), max_length=60)
    order = models.ForeignKey(Order, models.CASCADE, related_name="search_terms", verbose_name=_("order"))

    class Meta:
        verbose_name = _("search word")
        verbose_name_plural = _("search words")
        indexes = [models.Index(fields=["term", "order"], name="search_term")]

    def __str__(self):
        return self.term
