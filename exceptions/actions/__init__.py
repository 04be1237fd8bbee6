from exceptions.actions.attaching import attach_to_ticket
from exceptions.actions.chains import reapply_chain
from exceptions.actions.handing import hand_over_ticket
from exceptions.actions.opening import open_ticket
from exceptions.actions.rating import rate_article
from exceptions.actions.reporting import report_ticket
from exceptions.actions.watching import unwatch_ticket, watch_ticket
from exceptions.actions.working import (
    assign_ticket,
    change_tickets,
    close_ticket,
    comment_ticket,
    drain_queue,
    follow_subject,
    merge_tickets,
    reopen_ticket,
    resolve_ticket,
    rest_ticket,
    split_ticket,
    start_ticket,
    wait_ticket,
    wake_ticket,
)
from exceptions.actions.writing import draft_article, write_article

__all__ = [
    "assign_ticket", "attach_to_ticket", "change_tickets", "close_ticket", "comment_ticket", "draft_article",
    "drain_queue",
    "follow_subject", "hand_over_ticket", "merge_tickets",
    "open_ticket", "rate_article", "reapply_chain", "reopen_ticket", "report_ticket", "resolve_ticket", "rest_ticket",
    "split_ticket",
    "start_ticket", "unwatch_ticket", "wait_ticket", "wake_ticket", "watch_ticket", "write_article",
]
