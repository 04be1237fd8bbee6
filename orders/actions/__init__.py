from orders.actions.belonging import join_orders, part_order, rematch_key, share_order, unshare_order
from orders.actions.deciding import (
    accept_conflict,
    archive_order,
    correct_promise,
    expedite_order,
    hold_order,
    release_order,
    unexpedite_order,
)
from orders.actions.history import load_history
from orders.actions.keeping import keep_counts, keep_due
from orders.actions.recording import record_events, restate_events

__all__ = [
    "accept_conflict", "archive_order", "correct_promise", "expedite_order", "hold_order", "join_orders",
    "keep_counts", "keep_due", "load_history", "part_order", "record_events", "release_order", "rematch_key",
    "restate_events", "share_order", "unexpedite_order", "unshare_order",
]
