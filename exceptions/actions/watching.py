"""Watching a ticket: everybody who sees it may; watchers are told of what happens to it."""
from exceptions.models import TicketWatcher
from kernel.actors import is_person
from kernel.news import action


@action
def watch_ticket(*, ticket, by, at):
    """From now on this person hears of it. Returns the ticket."""
    add_watchers(ticket, [by], at)
    return ticket


@action
def unwatch_ticket(*, ticket, by, at):
    TicketWatcher.objects.filter(ticket=ticket, person=by).delete()
    return ticket


def add_watchers(ticket, people, at):
    """Programs are left out, those too that act with a person's key: nobody is there who wants to hear."""
    TicketWatcher.objects.bulk_create(
        [TicketWatcher(ticket=ticket, person=person, since=at) for person in people if is_person(person)],
        ignore_conflicts=True,
    )
