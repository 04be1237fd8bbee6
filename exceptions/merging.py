"""Which tickets go on in another one, and is the trouble of all of them over?

A merged ticket keeps its subject, evidence and history; the one that goes on shows them and ends them with its own.
The machine ends it only when nothing of the whole is left.
"""
from django.db.models import Exists, OuterRef, Prefetch, prefetch_related_objects

from exceptions import subjects
from exceptions.models import Ticket


def with_merged(ticket):
    """The ticket and those that were merged into it, oldest first."""
    # Asked once for a ticket that is held in the hand: page, subject and panel look at the same ones.
    prefetch_related_objects([ticket], Prefetch("merged", Ticket.objects.select_related("kind").order_by("pk")))
    return [ticket, *ticket.merged.all()]


def visible_merged(ticket, user):
    """Those merged into it that this person sees, oldest first."""
    merged = with_merged(ticket)[1:]
    seen = Ticket.objects.visible_to(user).filter(pk__in=[one.pk for one in merged]) if merged else ()
    shown = {one.pk for one in seen}
    return [one for one in merged if one.pk in shown]


def has_merged():
    """The condition for a ticket's row: do others go on in it?"""
    return Exists(Ticket.objects.filter(merged_into=OuterRef("pk")))


def goes_on(ticket):
    """Is anything of what the ticket and those merged into it are about still open, as far as the machine can tell?

    What the machine cannot judge goes on until a person says otherwise.
    """
    return any(_is_open(one) for one in with_merged(ticket))


def others_go_on(ticket):
    """The same of those merged into it alone."""
    return any(_is_open(one) for one in with_merged(ticket)[1:])


def _is_open(ticket):
    about = subjects.own_subject_of(ticket, None)
    return about is None or about.is_open
