"""Who may decide what about a difference? One answer for its page, the lists, REST and many at once.

Accepting, calling it none and opening it again need the right to decide about differences. Saying that it is fixed, and
giving it to somebody, is work: for those who may decide, whose department looks after the comparison, who have it, or
who may work on its ticket.
"""
from django.db.models import Q
from django.utils.translation import gettext as _

from exceptions import rights
from exceptions.models import Ticket
from kernel.errors import Forbidden
from kernel.roles import roles_with
from reconciliation.tickets import DIFFERENCE, GROUP

ACCEPT = "reconciliation.accept_difference"
DECISIONS = frozenset({"accept", "invalid", "reopen"})
WORK = frozenset({"fixed", "assign"})


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
