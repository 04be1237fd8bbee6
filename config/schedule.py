"""Which work runs in the background, and how often? Every job of the hub is declared here."""
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Job:
    """`handler` is a dotted function (progress, **args) → dict. `every_minutes` 0: on demand only."""

    kind: str
    handler: str
    every_minutes: int = 0
    args: dict = field(default_factory=dict)

    def period_of(self, at):
        """Names the period an instant lies in, so that one period is one row."""
        minutes = int(at.timestamp() // 60)
        return str(minutes - minutes % max(1, self.every_minutes))


JOBS = [
    Job("pull_due", "integrations.jobs.pull_due_connections", every_minutes=1),
    Job("work_off", "integrations.jobs.work_off", every_minutes=1),
    Job("ticks", "config.steps.run_ticks", every_minutes=1),
    Job("purge_raw", "integrations.jobs.purge_raw_rows", every_minutes=24 * 60),
    Job("purge", "kernel.purging.purge", every_minutes=24 * 60),
    Job("pull_connection", "integrations.jobs.pull_one_connection"),
    Job("replay_rows", "integrations.jobs.replay_connection"),
    Job("reread_batches", "integrations.jobs.reread_with_mapping"),
    Job("compare_due", "reconciliation.jobs.run_due_comparisons", every_minutes=5),
    Job("run_comparison", "reconciliation.jobs.run_one_comparison"),
    Job("export_orders", "orders.exports.export_orders"),
    Job("export_run", "reconciliation.exports.export_run"),
    Job("compare_files", "desk.files.jobs.compare_dropped"),
]
