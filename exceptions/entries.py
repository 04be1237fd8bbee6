"""How is a line of a ticket's history written?"""
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from exceptions.models import TicketEntry
from kernel.actors import is_person
from kernel.news import News, publish

OPENED, FOUND_AGAIN, ASSIGNED, QUEUED = "opened", "found_again", "assigned", "queued"
STARTED, COMMENTED, WAITED, RESUMED = "started", "commented", "waiting", "resumed"
RESOLVED, REOPENED, CLOSED, MERGED, SPLIT = "resolved", "reopened", "closed", "merged", "split"
ESCALATED, PASSED, ATTACHED, HANDED = "escalated", "passed", "attached", "handed_over"
RECHAINED = "rechained"
NOTED = "ticket.noted"
TOLD = {ASSIGNED, COMMENTED, WAITED, RESUMED, RESOLVED, REOPENED, CLOSED, MERGED, SPLIT, ATTACHED, HANDED}
WORDS = {
    "opened": _("opened"),
    "found_again": _("found again"),
    "assigned": _("assigned"),
    "queued": _("waits in the queue"),
    "started": _("started"),
    "commented": _("comment"),
    "waiting": _("waits for"),
    "resumed": _("goes on"),
    "resolved": pgettext_lazy("ticket", "resolved"),
    "reopened": _("reopened"),
    "closed": _("closed"),
    "merged": _("merged"),
    "split": _("split off"),
    "escalated": _("escalated"),
    "passed": _("level passed"),
    "attached": _("file attached"),
    "handed_over": _("handed over"),
    "rechained": _("goes by the escalation chain of now"),
}


def add_entry(ticket, action, at, by=None, text="", **data):
    """One line: who (None for the machine) did what, when; `text` as a person wrote it, `data` machine-readable.

    What watchers want to hear is news (exceptions.watching).
    """
    entry = TicketEntry.objects.create(
        ticket=ticket, action=action, at=at, by=by, by_machine=by is not None and not is_person(by), text=text,
        data=data,
    )
    if action in TOLD:
        publish(News(NOTED, entry.pk, at))
    return entry
