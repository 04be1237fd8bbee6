"""How is a line of a ticket's history written?"""
from exceptions.models import TicketEntry

OPENED, FOUND_AGAIN, ASSIGNED, QUEUED = "opened", "found_again", "assigned", "queued"
STARTED, COMMENTED, WAITED, RESUMED = "started", "commented", "waiting", "resumed"
RESOLVED, REOPENED, CLOSED, MERGED = "resolved", "reopened", "closed", "merged"
ESCALATED, PASSED = "escalated", "passed"


def add_entry(ticket, action, at, by=None, text="", **data):
    """One line: who (None for the machine) did what, when; `text` as a person wrote it, `data` machine-readable."""
    return TicketEntry.objects.create(ticket=ticket, action=action, at=at, by=by, text=text, data=data)
