"""Where do systems disagree, since when, and why?"""
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.access import VisibleQuerySet
from kernel.fields import CodeField
from kernel.money import MONEY, may_see_money
from orders.words import FIELDS, word


def _money_needs_leave(path):
    """Differences of amounts and prices are seen by those who may see amounts, at every door."""

    def narrow(user):
        return models.Q() if may_see_money(user) else ~models.Q(**{f"{path}__in": sorted(MONEY)})

    return staticmethod(narrow)


class Difference(models.Model):
    """One disagreement through its whole life. `fingerprint` holds profile, key, field or presence kind and the
    ordered systems: no values, no run. The values of each sighting stand in Observation; the latest here.
    """

    scope_path = "scope_id"
    also_needs = _money_needs_leave("field")
    objects = VisibleQuerySet.as_manager()
    EXPECTED, OPEN, ASSIGNED, CLAIMED, RESOLVED, ACCEPTED, INVALID = (
        "expected", "open", "assigned", "claimed_fixed", "resolved", "accepted", "invalid",
    )
    STATES = [
        (EXPECTED, _("expected")), (OPEN, _("open")), (ASSIGNED, _("assigned")), (CLAIMED, _("claimed fixed")),
        (RESOLVED, _("resolved")), (ACCEPTED, _("accepted")), (INVALID, _("invalid")),
    ]
    OPEN_STATES = (OPEN, ASSIGNED, CLAIMED)
    WORKING = (OPEN, ASSIGNED)  # open, and nobody has claimed that it is mended
    KINDS = [
        ("missing", _("missing")), ("duplicate", _("duplicate")), ("value", _("different value")),
        ("cardinality", _("different number of records")), ("unreadable", _("unreadable")),
    ]
    profile = models.ForeignKey(
        "reconciliation.Profile", models.PROTECT, related_name="differences", verbose_name=_("profile")
    )
    fingerprint = models.CharField(_("fingerprint"), max_length=64, unique=True, editable=False)
    key = CodeField(_("key"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=KINDS)
    field = models.CharField(_("field"), max_length=60, blank=True)
    systems = models.JSONField(_("systems"), default=list)
    order = models.ForeignKey(
        "orders.Order", models.PROTECT, null=True, blank=True, related_name="differences",
        verbose_name=_("order"),
    )
    scope = models.ForeignKey("kernel.Scope", models.PROTECT, verbose_name=_("scope"))
    state = models.CharField(_("state"), max_length=14, choices=STATES, default=OPEN)
    severity = models.PositiveSmallIntegerField(_("severity"), default=2)
    values = models.JSONField(_("values"), default=dict)
    cause = models.CharField(_("cause"), max_length=40, default="UNKNOWN")
    confidence = models.CharField(_("confidence"), max_length=12, blank=True)
    causes = models.JSONField(_("causes"), default=list)
    group_code = models.CharField(pgettext_lazy("differences", "group"), max_length=40, blank=True)
    first_run = models.ForeignKey(
        "reconciliation.Run", models.PROTECT, related_name="+", verbose_name=_("first run")
    )
    last_run = models.ForeignKey(
        "reconciliation.Run", models.PROTECT, related_name="+", verbose_name=_("last run")
    )
    # Of an expected one: when its grace is over, and it is looked at again.
    recheck_at = models.DateTimeField(_("looked at again"), null=True, blank=True, editable=False)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    reopened_count = models.PositiveSmallIntegerField(_("reopened"), default=0)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("assignee"),
    )
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("accepted by"),
    )
    accepted_reason = models.CharField(_("reason"), max_length=300, blank=True)
    accepted_until = models.DateTimeField(_("accepted until"), null=True, blank=True)
    accepted_values_hash = models.CharField(
        _("fingerprint of the accepted values"), max_length=64, blank=True, editable=False
    )

    # It stays accepted while its values are no further apart; None: while they are the same.
    accepted_gap_u = models.BigIntegerField(_("accepted gap, millionths"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("difference")
        verbose_name_plural = _("differences")
        ordering = ["-id"]
        permissions = [("accept_difference", _("Accept differences"))]
        indexes = [
            models.Index(fields=["scope", "state", "-id"], name="difference_scope_state"),
            models.Index(fields=["profile", "state", "-id"], name="difference_profile_state"),
            models.Index(fields=["order", "state"], name="difference_order"),
            models.Index(
                fields=["recheck_at"], name="difference_recheck", condition=models.Q(recheck_at__isnull=False)),
        ]

    def __str__(self):
        return f"{self.key} {word(FIELDS, self.field) if self.field else self.get_kind_display()}"


class Basis(models.Model):
    """All that verdicts on a difference were reached on (causes/keeping.py). Sightings resting on the same share it."""

    scope_path = "difference__scope_id"
    also_needs = _money_needs_leave("difference__field")
    objects = VisibleQuerySet.as_manager()
    difference = models.ForeignKey(Difference, models.CASCADE, related_name="bases", verbose_name=_("difference"))
    sha256 = models.CharField("SHA-256", max_length=64, editable=False)
    body = models.JSONField(_("values"), default=dict)

    class Meta:
        verbose_name = _("basis of a verdict")
        verbose_name_plural = _("bases of verdicts")
        constraints = [models.UniqueConstraint(fields=["difference", "sha256"], name="basis_once")]

    def __str__(self):
        return f"{self.difference_id} {self.sha256[:12]}"


class Observation(models.Model):
    """One sighting of a difference in one run, with the values and the verdict of that run."""

    scope_path = "difference__scope_id"
    also_needs = _money_needs_leave("difference__field")
    objects = VisibleQuerySet.as_manager()
    difference = models.ForeignKey(
        Difference, models.CASCADE, related_name="observations", verbose_name=_("difference")
    )
    run = models.ForeignKey("reconciliation.Run", models.CASCADE, related_name="observations", verbose_name=_("run"))
    values = models.JSONField(_("values"), default=dict)
    causes = models.JSONField(_("causes"), default=list)
    evidence = models.JSONField(_("evidence"), default=dict)
    basis = models.ForeignKey(
        Basis, models.SET_NULL, null=True, blank=True, related_name="observations",
        verbose_name=_("basis of a verdict"))

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        constraints = [models.UniqueConstraint(fields=["difference", "run"], name="observation_once")]

    def __str__(self):
        return f"{self.difference_id} @ {self.run_id}"


class DifferenceEntry(models.Model):
    """Who did what to a difference, and when."""

    scope_path = "difference__scope_id"
    also_needs = _money_needs_leave("difference__field")
    objects = VisibleQuerySet.as_manager()
    difference = models.ForeignKey(Difference, models.CASCADE, related_name="entries", verbose_name=_("difference"))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    action = models.CharField(_("action"), max_length=30)
    text = models.TextField(_("text"), blank=True)
    # Where it stood in a file that came back: its name and row, and what makes the same decision there one decision.
    file = models.CharField(_("file name"), max_length=200, blank=True)
    file_row = models.PositiveIntegerField(_("row in the file"), default=0)
    decision_key = models.CharField(_("fingerprint of the decision"), max_length=32, blank=True, editable=False)

    class Meta:
        verbose_name = _("entry of a difference")
        verbose_name_plural = _("entries of differences")
        ordering = ["difference", "at", "id"]
        constraints = [models.UniqueConstraint(
            fields=["difference", "decision_key"], condition=~models.Q(decision_key=""), name="decision_once")]

    def __str__(self):
        return f"{self.difference} {self.at:%Y-%m-%d %H:%M}"
