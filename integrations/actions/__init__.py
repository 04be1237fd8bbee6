from integrations.actions.pulling import pull_connection
from integrations.actions.purging_files import purge_files
from integrations.actions.receiving import purge_raw, receive_batch
from integrations.actions.replaying import dismiss_row, replay_chosen, replay_row, replay_rows
from integrations.actions.working_off import reread_batches, work_off_batches

__all__ = [
    "dismiss_row", "pull_connection", "purge_files", "purge_raw", "receive_batch", "replay_chosen", "replay_row",
    "replay_rows", "reread_batches", "work_off_batches",
]
