"""Which work runs in the background, and how often? Every job of the hub is declared here."""
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Job:
    """`handler` is a dotted function (progress, **args) → dict. `every_minutes` 0: on demand only.

    `name` is what people call it. `results_by_sight`: what it found is told by pages that know who looks, to each
    person as much as that one may see; of the row itself only where those pages are is told.
    """

    kind: str
    handler: str
    name: str = ""
    every_minutes: int = 0
    args: dict = field(default_factory=dict)
    results_by_sight: bool = False

    def period_of(self, at):
        """Names the period an instant lies in, so that one period is one row."""
        minutes = int(at.timestamp() // 60)
        return str(minutes - minutes % max(1, self.every_minutes))


JOBS = [
    Job("pull_due", "integrations.jobs.pull_due_connections", _("Read the connections"), every_minutes=1),
    Job("work_off", "integrations.jobs.work_off", _("Work off the inbox"), every_minutes=1),
    Job("ticks", "config.steps.run_ticks", _("Clocks and tickets"), every_minutes=1),
    Job("refresh_forecasts", "sla.jobs.refresh_forecasts", _("Bring forecasts up to date"), every_minutes=30),
    Job("follow_calendars", "sla.jobs.follow_calendars", _("Have clocks follow their calendars"), every_minutes=60),
    Job("learn_durations", "sla.jobs.learn_durations", _("Learn from finished orders"), every_minutes=24 * 60),
    Job("refresh_waits", "sla.jobs.refresh_waits", _("Read where orders wait"), every_minutes=6 * 60),
    Job("purge_raw", "integrations.jobs.purge_raw_rows", _("Delete raw rows after their time"), every_minutes=24 * 60),
    Job("tend_database", "kernel.tending.tend_database", _("Keep the database's statistics fresh"), every_minutes=60),
    Job("index_articles", "exceptions.article_index.index_articles", _("Keep the search in articles up to date"),
        every_minutes=60),
    Job("purge", "kernel.purging.purge", _("Delete old records"), every_minutes=24 * 60),
    Job("pull_connection", "integrations.jobs.pull_one_connection", _("Read one connection")),
    Job("replay_rows", "integrations.jobs.replay_connection", _("Replay parked rows")),
    Job("reread_batches", "integrations.jobs.reread_with_mapping", _("Read again with a new mapping")),
    Job("compare_due", "reconciliation.jobs.run_due_comparisons", _("Scheduled comparisons"), every_minutes=5,
        results_by_sight=True),
    Job("recheck_due", "reconciliation.jobs.recheck_due", _("Look again at what was on its way"), every_minutes=1,
        results_by_sight=True),
    Job("run_comparison", "reconciliation.jobs.run_one_comparison", _("Compare systems"), results_by_sight=True),
    Job("back_test", "reconciliation.backtest.try_draft", _("Try a draft of a comparison"), results_by_sight=True),
    Job("export_orders", "orders.exports.export_orders", _("Export orders")),
    Job("export_board", "sla.board_export.export_board", _("Export the board")),
    Job("export_figures", "kernel.measure_exports.export_figures", _("Export figures")),
    Job("export_run", "reconciliation.exports.export_run", _("Export a comparison")),
    Job("read_decisions", "reconciliation.decision_jobs.read_decisions", _("Read decisions from a file")),
    Job("apply_decisions", "reconciliation.decision_jobs.apply_decisions", _("Carry out decisions from a file")),
    Job("reapply_plan", "sla.jobs.reapply_to_followers", _("Re-apply a milestone plan")),
    Job("reapply_chain", "exceptions.jobs.reapply_to_tickets", _("Re-apply an escalation chain")),
    Job("count_anew", "sla.jobs.count_anew", _("Count clocks by a changed calendar")),
    Job("follow_hours", "exceptions.jobs.follow_hours", _("Count by the hours of whoever must act"),
        every_minutes=24 * 60),
    Job("compare_files", "desk.files.jobs.compare_dropped", _("Compare two files")),
]
