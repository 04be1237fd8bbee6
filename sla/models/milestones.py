"""Which nodes does an order pass, until when, and did it?"""
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from kernel.access import EVERYBODY, VisibleQuerySet
from kernel.errors import Refusal
from kernel.models import NamedModel
from orders.models import Party

ONE_OF_THEM = _("A plan is for one customer or for a tier, not for both.")
PUBLISHED = _("A published version does not change, because orders run by it; draw up a new version.")


def _or_none(name):
    """A column in an index in which blanks count as equal."""
    return Coalesce(name, Value(0), output_field=models.BigIntegerField())


class MilestonePlan(NamedModel):
    """The path of one order kind (blank kind: the default), as a version of up to twelve nodes.

    Once published it never changes, whoever asks (save, and a trigger of the database); only whether it is in force
    does. One plan at most is in force for a kind and tier, and for a kind and one customer.
    """

    scope_path = EVERYBODY
    objects = VisibleQuerySet.as_manager()
    history = HistoricalRecords()
    code = models.SlugField(_("code"), max_length=40)
    version = models.PositiveIntegerField(_("version"), default=1)
    kind = models.ForeignKey(
        "orders.OrderKind", models.PROTECT, null=True, blank=True, verbose_name=_("kind")
    )
    tier = models.ForeignKey(
        "orders.CustomerTier", models.PROTECT, null=True, blank=True, verbose_name=_("tier")
    )
    customer = models.ForeignKey(
        "orders.Party", models.PROTECT, null=True, blank=True, verbose_name=_("customer"),
        help_text=_("What is agreed with one customer goes before what holds for a tier.")
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    is_current = models.BooleanField(_("in force"), default=False)

    class Meta:
        verbose_name = _("milestone plan")
        verbose_name_plural = _("milestone plans")
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="plan_version_once"),
            models.UniqueConstraint(
                _or_none("kind_id"), _or_none("tier_id"), _or_none("customer_id"), name="plan_in_force_once",
                condition=Q(is_current=True), violation_error_message=_(
                    "Another plan is in force for the same orders; they would not know which to follow."
                ),
            ),
        ]

    FIXED = ("code", "version", "kind_id", "tier_id", "customer_id", "name_en", "name_zh", "published_at")

    @staticmethod
    def also_needs(user):
        """What is agreed with one customer is for those who may see the customer."""
        return Q(customer=None) | Q(customer__in=Party.objects.visible_to(user).values("pk"))

    def save(self, *args, **kwargs):
        then = self.pk and MilestonePlan.objects.filter(pk=self.pk, published_at__isnull=False).values(*self.FIXED)
        then = then and then.first()
        if then and any(getattr(self, name) != value for name, value in then.items()):
            raise Refusal(PUBLISHED, code="plan_published")
        super().save(*args, **kwargs)

    def clean(self):
        if self.customer_id and self.tier_id:
            raise ValidationError({"tier": ONE_OF_THEM})

    def delete(self, *args, **kwargs):
        if self.published_at:
            raise Refusal(PUBLISHED, code="plan_published")
        return super().delete(*args, **kwargs)


class MilestoneNode(NamedModel):
    """One node: `offset`, in `unit`, from `anchor`: ordered | promised | node:<code>:planned | node:<code>:actual."""

    scope_path = EVERYBODY
    objects = VisibleQuerySet.as_manager()
    history = HistoricalRecords()
    WORK_S, WORK_DAY, CAL_DAY, CAL_S = "work_s", "work_day", "cal_day", "cal_s"
    UNITS = [
        (WORK_S, _("working seconds")), (WORK_DAY, _("working days")), (CAL_DAY, _("calendar days")),
        (CAL_S, _("calendar seconds")),
    ]
    plan = models.ForeignKey(MilestonePlan, models.CASCADE, related_name="nodes", verbose_name=_("plan"))
    sequence = models.PositiveSmallIntegerField(_("number"))
    code = models.SlugField(_("code"), max_length=40)
    fact = models.CharField(_("done by fact"), max_length=40)
    anchor = models.CharField(_("anchor"), max_length=60, default="ordered")
    offset = models.IntegerField(_("offset"), default=0, help_text=_("Negative: before the anchor."))
    unit = models.CharField(_("unit"), max_length=10, choices=UNITS, default=WORK_S)
    kind = models.CharField(
        _("clock"), max_length=10, default="deadline",
        choices=[("budget", _("time budget")), ("deadline", _("deadline"))],
    )
    department = models.ForeignKey(
        "kernel.Department", models.PROTECT, null=True, blank=True, verbose_name=_("department")
    )
    warn_before_s = models.PositiveIntegerField(_("warn before, working seconds"), default=14400)
    opens_ticket = models.BooleanField(_("opens a ticket when late"), default=True)

    class Meta:
        verbose_name = _("milestone node")
        verbose_name_plural = _("milestone nodes")
        ordering = ["plan", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "code"], name="node_code_in_plan"),
            models.UniqueConstraint(fields=["plan", "sequence"], name="node_number_in_plan"),
        ]

    def save(self, *args, **kwargs):
        self._refuse_when_published()
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        self._refuse_when_published()
        return super().delete(*args, **kwargs)

    def _refuse_when_published(self):
        mine = Q(pk=self.plan_id) | Q(nodes=self.pk) if self.pk else Q(pk=self.plan_id)
        if MilestonePlan.objects.filter(mine, published_at__isnull=False).exists():
            raise Refusal(PUBLISHED, code="plan_published")


class Milestone(models.Model):
    """One node of one order: planned, forecast and actual. `baseline_at` is frozen at the first planning."""

    scope_path = "order__scope_id"
    customer_path = "order__customer_id"
    objects = VisibleQuerySet.as_manager()
    WAITING, RUNNING, DONE, LATE, SKIPPED, CANCELLED = (
        "waiting", "running", "done", "late", "skipped", "cancelled",
    )
    STATES = [
        (WAITING, _("not yet")), (RUNNING, _("under way")), (DONE, _("done")), (LATE, _("late")),
        (SKIPPED, _("passed without record")), (CANCELLED, _("cancelled")),
    ]
    order = models.ForeignKey(
        "orders.Order", models.CASCADE, related_name="milestones", verbose_name=_("order")
    )
    node = models.ForeignKey(MilestoneNode, models.PROTECT, verbose_name=_("node"))
    sequence = models.PositiveSmallIntegerField(_("number"))
    state = models.CharField(_("state"), max_length=10, choices=STATES, default=WAITING)
    baseline_at = models.DateTimeField(_("first plan"), null=True, blank=True)
    planned_at = models.DateTimeField(_("planned"), null=True, blank=True)
    forecast_at = models.DateTimeField(_("forecast"), null=True, blank=True)
    actual_at = models.DateTimeField(_("actual"), null=True, blank=True)
    late_at = models.DateTimeField(_("late since"), null=True, blank=True)
    warned_at = models.DateTimeField(_("warned"), null=True, blank=True)
    # From then on the order waits for it longer than 19 of 20 comparable orders did.
    slow_at = models.DateTimeField(_("slow from"), null=True, blank=True)
    late_p = models.FloatField(_("probability of lateness"), null=True, blank=True)
    clock = models.OneToOneField("sla.Clock", models.SET_NULL, null=True, blank=True, verbose_name=_("clock"))

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["order", "sequence"]
        constraints = [models.UniqueConstraint(fields=["order", "node"], name="milestone_once")]
        indexes = [
            models.Index(
                fields=["planned_at"], name="milestone_board",
                condition=models.Q(state__in=["running", "late"]),
            ),
            models.Index(
                fields=["slow_at"], name="milestone_slow",
                condition=models.Q(state="running", slow_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.order} {self.node.name}"

    @property
    def is_open(self):
        return self.state in (self.WAITING, self.RUNNING, self.LATE)

    def is_slow(self, now):
        """Has it been waited for longer than usual, and is not late yet?"""
        return self.state == self.RUNNING and self.slow_at is not None and self.slow_at <= now

    def expected_at(self, now):
        """The forecast, as long as the node is to be done and the forecast has not passed; else None."""
        is_ahead = self.forecast_at and not self.actual_at and self.forecast_at >= now
        return self.forecast_at if is_ahead else None


class PlanRequest(models.Model):
    """An order whose milestones must be planned anew: left by whoever changed it, in that transaction.

    The row goes away in the transaction that plans; asking again locks it, so that no change slips between.
    """

    scope_path = "order__scope_id"
    objects = VisibleQuerySet.as_manager()
    order = models.OneToOneField(
        "orders.Order", models.CASCADE, primary_key=True, related_name="+", verbose_name=_("order")
    )
    asked_at = models.DateTimeField(_("asked"))

    class Meta:
        verbose_name = _("order to plan")
        verbose_name_plural = _("orders to plan")

    def __str__(self):
        return str(self.order_id)
