"""What did one comparison cover and find?"""
from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from kernel.access import VisibleQuerySet
from kernel.moments import short
from reconciliation.causes.names import cause_name


class Run(models.Model):
    """One comparison. Its counts are told by scope (reconciliation/seen.py): the row itself holds no one's data."""

    scope_path = "perm:reconciliation.view_run"
    objects = VisibleQuerySet.as_manager()
    WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
    STATES = [
        (WAITING, _("waiting")), (RUNNING, _("running")), (DONE, _("done")), (FAILED, _("failed")),
    ]
    profile = models.ForeignKey(
        "reconciliation.Profile", models.PROTECT, related_name="runs", verbose_name=_("profile")
    )
    # None where nothing was published to compare by: such a run has failed.
    version = models.ForeignKey(
        "reconciliation.ProfileVersion", models.PROTECT, null=True, blank=True, verbose_name=_("profile version")
    )
    job = models.ForeignKey("kernel.JobRun", models.SET_NULL, null=True, blank=True, verbose_name=_("job"))
    state = models.CharField(_("state"), max_length=10, choices=STATES, default=WAITING)
    as_of = models.DateTimeField(_("as of"))
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    # Renewed while it is at work (actions/turns.py); it stays on a run that was cut off.
    lease_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    change_mark = models.BigIntegerField(_("number of the last change"), default=0)
    # A full run looks at every key; the others at what changed since the last one, and at what still differs.
    is_full = models.BooleanField(_("full"), default=True)
    # It looked again only at what was on its way and had its time, between two runs of the schedule.
    is_recheck = models.BooleanField(_("second look"), default=False)
    # Of the hub's own tables (units, BOMs) it compared by: other tables, another full run.
    tables_hash = models.CharField(_("hash of the tables"), max_length=64, blank=True)
    # Keys whose difference went into another key's (a split, a misspelled pair): to be looked at again with it.
    folded_keys = models.JSONField(_("keys told with others"), default=list)
    systems = models.JSONField(_("systems"), default=list)
    # Rows per system, silent systems, and counts: compared, new, still, reopened, resolved; by_scope: the same
    # per scope (seen.Tally).
    counts = models.JSONField(_("counts"), default=dict)
    watermarks = models.JSONField(_("complete until"), default=dict)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("comparison run")
        verbose_name_plural = _("comparison runs")
        ordering = ["-id"]

    def __str__(self):
        return f"{self.profile} #{self.pk}"

    @property
    def was_cut_off(self):
        """Did its process die before it was done?"""
        return self.state == self.FAILED and self.lease_until is not None

    @property
    def spec(self):
        """The specification it compared by; {} where there was none."""
        return self.version.spec if self.version else {}


class CauseGroup(models.Model):
    """Many differences, one cause. It counts rows of all scopes: pages say what a person may see of it."""

    scope_path = "perm:kernel.see_scope"
    objects = VisibleQuerySet.as_manager()
    run = models.ForeignKey(Run, models.CASCADE, related_name="groups", verbose_name=_("run"))
    code = models.CharField(pgettext_lazy("differences", "group"), max_length=40)
    cause = models.CharField(_("cause"), max_length=40)
    dimension = models.CharField(_("dimension"), max_length=40)
    value = models.CharField(_("value"), max_length=120)
    from_at = models.DateTimeField(_("from"), null=True, blank=True)
    to_at = models.DateTimeField(_("to"), null=True, blank=True)
    hits = models.PositiveIntegerField(_("differences"), default=0)
    share = models.FloatField(_("share"), default=0)
    sentence_en = models.CharField(_("English sentence"), max_length=500, blank=True)
    sentence_zh = models.CharField(_("Chinese sentence"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("group of differences")
        verbose_name_plural = _("groups of differences")

    def __str__(self):
        return f"{cause_name(self.cause, short(get_language()))} {self.value}"
