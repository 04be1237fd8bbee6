"""Who may work on this ticket, and who is named to whoever may not?

Everybody who sees a ticket may comment on it. Working on it (taking, starting, resolving, giving away, splitting,
merging) is for those whose work it is. Pages, lists, REST and bulk all ask here, the last of them inside the action.
"""
from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from exceptions import routing
from kernel.errors import Forbidden
from kernel.roles import roles_with

WORK, EVERY, ASSIGN = "exceptions.work_ticket", "exceptions.work_any_ticket", "exceptions.assign_ticket"
OPEN = "exceptions.add_ticket"
WRITE = "exceptions.change_article"
NAMED = 3  # people of a department who are named; more would be no help


def may_work(ticket, person):
    """It is this person's, of this person's department or of one this person heads; of no department: anybody's.

    Whoever may work on every department's tickets (config/roles.py) needs none of that. Whether the person sees the
    ticket is asked before.
    """
    if not person.has_perm(WORK):
        return False
    return person.pk == ticket.assignee_id or ticket.department_id is None or is_of(ticket.department, person)


def is_of(department, person):
    """The work of this department is this person's: member, head, or responsible for all of them."""
    return (
        person.department_id == department.pk or department.head_id == person.pk or person.has_perm(EVERY)
    )


def must_work(ticket, by):
    """Raises Forbidden, with a sentence that names who can. `by` None is the machine."""
    if by is not None and not may_work(ticket, by):
        raise Forbidden(who_works(ticket), code="ticket_not_yours")


def must_assign(to, by):
    """Taking a ticket is working on it; giving it to somebody else needs a right of its own."""
    if by is not None and to.pk != by.pk and not by.has_perm(ASSIGN):
        raise Forbidden(
            _("Who gives tickets to others: %(roles)s."), code="ticket_assign", roles=listed(roles_with(ASSIGN))
        )


def may_open(person):
    return person.has_perm(OPEN)


def must_open(by):
    if not may_open(by):
        raise Forbidden(_("Who opens tickets: %(roles)s."), code="ticket_open", roles=listed(roles_with(OPEN)))


def may_write(person):
    """Articles are written by whoever may change them; everybody of staff reads them."""
    return person.has_perm(WRITE)


def must_write(by):
    if by is not None and not may_write(by):
        raise Forbidden(_("Who writes articles: %(roles)s."), code="article_write", roles=listed(roles_with(WRITE)))


def who_works(ticket):
    """Whose work the ticket is, as a sentence: department, people, and the roles that may work on every ticket."""
    words = {
        "number": ticket.number, "roles": listed(roles_with(EVERY)),
        "department": ticket.department.name if ticket.department else "", "people": listed(_people_of(ticket)),
    }
    if not ticket.department_id:
        return _("%(number)s is for people who work on tickets. Also allowed: %(roles)s.") % words
    if not words["people"]:
        return _("%(number)s is the work of %(department)s. Also allowed: %(roles)s.") % words
    return _("%(number)s is the work of %(department)s (%(people)s). Also allowed: %(roles)s.") % words


def _people_of(ticket):
    """Its assignee and the head of its department first, then people of the department who are there."""
    first = [ticket.assignee_id, ticket.department.head_id if ticket.department else None]
    found = get_user_model().objects.in_bulk([pk for pk in first if pk])
    named = [found[pk] for pk in dict.fromkeys(first) if pk]
    if ticket.department_id:
        others = routing.people_for(ticket).exclude(pk__in=found).order_by("full_name", "username")
        named += list(others[: NAMED])
    return [str(person) for person in named[:NAMED]]


def listed(names):
    return pgettext("between names", ", ").join(names)
