"""What does a ticket about differences say of them, and what may be decided together with it?"""
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exceptions.reporting import About
from exceptions.subjects import LEAVE, Subject
from kernel.pages import whole
from orders.words import FIELDS, word
from reconciliation.actions import accept_difference, resolve_difference
from reconciliation.models import Difference
from reconciliation.panels import seen_by
from reconciliation.tickets import LOADED, rows_of_ticket, single_of

FIXED, ACCEPT = "fixed", "accept"


def about_difference(ticket, person):
    row = rows_of_ticket(ticket).first()
    if row is None:
        return None
    causes = tuple(dict.fromkeys([row.cause, *(one.get("cause", "") for one in row.causes or [])]))
    if row.state not in Difference.WORKING:
        return Subject(False, causes=causes)
    name = str(word(FIELDS, row.field)) if row.field else row.get_kind_display()
    sentence = _("The difference %(key)s (%(name)s) is still open.") % {"key": row.key, "name": name}
    return Subject(True, sentence, _choices(person, _sees(person).filter(pk=row.pk).exists()), _decider(ticket), causes)


def about_group(ticket, person):
    working = rows_of_ticket(ticket).filter(state__in=Difference.WORKING)
    if not working.exists():
        return Subject(False)
    seen = (_sees(person) & working).count()
    sentence = ngettext(
        "%(n)s difference of this cause that you may see is still open.",
        "%(n)s differences of this cause that you may see are still open.", seen,
    ) % {"n": seen} if seen else _("Differences of this cause are still open.")
    return Subject(True, sentence, _choices(person, bool(seen)), _decider(ticket))


def about_for_report(named, person):
    """A difference by its id: a person's ticket is the same as the machine's would be."""
    row = _sees(person).filter(pk=whole(named)).select_related(*LOADED, "scope__company").first()
    return About(**single_of(row)) if row else None


def _sees(person):
    if person is None or not person.has_perm("reconciliation.view_difference"):
        return Difference.objects.none()
    return seen_by(person)


def _choices(person, sees):
    """What this person may do: claim and accept what one sees, leave it open in any case."""
    found = []
    if sees:
        found.append((FIXED, _("fixed, the next comparison checks it")))
        if person.has_perm("reconciliation.accept_difference"):
            found.append((ACCEPT, _("accepted as it stands")))
    return (*found, (LEAVE, _("stays open")))


def _decider(ticket):
    def decide(choice, note, by, at):
        for row in (_sees(by) & rows_of_ticket(ticket).filter(state__in=Difference.WORKING)).order_by("pk"):
            if choice == FIXED:
                resolve_difference(difference=row, note=note, by=by, at=at)
            else:
                accept_difference(difference=row, reason=note, by=by, at=at)

    return decide
