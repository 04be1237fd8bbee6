"""Who may decide what about a difference? One answer for its page, the lists, REST and many at once.

Accepting, calling it none and opening it again need the right to decide about differences. Saying that it is fixed,
giving it to somebody, and remarking on it is work: for those who may decide, whose department looks after the
comparison, who have it, or who may work on its ticket.
"""
from django.db.models import Q
from django.utils.translation import gettext as _

from exceptions import rights
from exceptions.models import Ticket
from kernel.access import holders_of, seers_of, sees
from kernel.errors import Forbidden, Refusal
from kernel.money import PERMISSION as MONEY
from kernel.money import is_money
from kernel.people import staff
from kernel.roles import roles_with
from reconciliation.tickets import DIFFERENCE, GROUP

SEES, ACCEPT = "reconciliation.view_difference", "reconciliation.accept_difference"
DECISIONS = frozenset({"accept", "invalid", "reopen"})
WORK = frozenset({"fixed", "assign", "comment"})


def verbs_for(rows, person):
    """{id of a difference: the verbs this person may do to it}, whatever its state."""
    if person.has_perm(ACCEPT):
        return {row.pk: DECISIONS | WORK for row in rows}
    if not person.has_perm(rights.WORK):
        return {row.pk: frozenset() for row in rows}
    tickets = _open_tickets_of(rows)
    return {row.pk: WORK if _is_work_of(row, tickets[row.pk], person) else frozenset() for row in rows}


def _is_work_of(row, tickets, person):
    department = row.profile.department
    if row.assignee_id == person.pk or (department and rights.is_of(department, person)):
        return True
    return any(rights.may_work(ticket, person) for ticket in tickets)


def _open_tickets_of(rows):
    """{id of a difference: open tickets that are about it, or that go on for one that is}, in one query."""
    alive = Q(state__in=Ticket.OPEN_STATES) | Q(merged_into__state__in=Ticket.OPEN_STATES)
    single = Q(subject_kind=DIFFERENCE, subject_key__in={str(row.pk) for row in rows})
    groups = Q(subject_kind=GROUP) & (
        Q(subject_key__in={row.group_code for row in rows if row.group_code})
        | Q(cause__in={row.cause for row in rows if not row.group_code}))
    tickets = list(
        Ticket.objects.filter(alive, single | groups).select_related("department", "merged_into__department"))
    return {row.pk: [one.merged_into or one for one in tickets if _is_about(one, row)] for row in rows}


def _is_about(ticket, row):
    if ticket.subject_kind == DIFFERENCE:
        return ticket.subject_key == str(row.pk)
    if ticket.evidence.get("profile", "") != row.profile.code:
        return False
    if row.group_code:
        return ticket.subject_key == row.group_code
    return ticket.cause == row.cause and ticket.evidence.get("field", "") == row.field  # what a group left alone


def may_open(row, person):
    """Would the page of this difference open for this person?"""
    return person.has_perm(SEES) and sees(person, row)


def must_open(row, person):
    """Raises Refusal where somebody would be given what that person cannot open."""
    if not may_open(row, person):
        raise Refusal(_("%(person)s may not see this difference."), code="assignee_scope", person=str(person))


def must_be_given(row, to, by):
    """Raises Refusal where this may not be given to `to`. A program is given none; it may take one by itself."""
    if to.is_machine and (by is None or by.pk != to.pk):
        raise Refusal(_("%(person)s is a program's account and is given no differences."), code="assignee_machine",
                      person=str(to))
    must_open(row, to)


def people_for(rows):
    """Staff, no programs, to whom these may be given: who may open at least one. The action asks for each."""
    found = staff().filter(holders_of(SEES), seers_of({row.scope for row in rows}), is_machine=False)
    if all(is_money(row.field) for row in rows):
        found = found.filter(holders_of(MONEY))
    return found.order_by("username")


def must_do(verb, row, by):
    """Raises Forbidden, with a sentence that names who can. `by` None is the machine."""
    if by is None or verb in verbs_for([row], by)[row.pk]:
        return
    roles = rights.listed(roles_with(ACCEPT))
    department = row.profile.department
    if verb in WORK and department:
        raise Forbidden(
            _("This difference is the work of %(department)s. Also allowed: %(roles)s."), code="difference_not_yours",
            department=department.name, roles=roles,
        )
    raise Forbidden(_("Who decides about differences: %(roles)s."), code="difference_not_yours", roles=roles)
