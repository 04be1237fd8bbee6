from orders.actions.recording import record_events, restate_events

__all__ = ["record_events", "restate_events"]
