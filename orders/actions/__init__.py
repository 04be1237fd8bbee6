from orders.actions.recording import record_events

__all__ = ["record_events"]
