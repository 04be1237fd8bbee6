"""Opening a ticket by hand or over REST: somebody says what is wrong, and whose work it is follows."""
from django.utils.translation import gettext_lazy as _

from exceptions import attachments, entries, reporting, rights
from exceptions.actions.attaching import keep_file
from exceptions.actions.opening import CHANGED, open_ticket
from exceptions.actions.watching import add_watchers
from exceptions.numbers import lock_counter
from exceptions.ticket_clocks import lock_ticket
from kernel.access import ALL, scope_ids, sees
from kernel.errors import Refusal
from kernel.news import News, action, publish
from kernel.roles import roles_with


@action
def report_ticket(*, about, kind, text, by, at, department=None, files=()):
    """Open a ticket of what a person says is wrong; returns (ticket, is it new).

    `about` is an exceptions.reporting.About that the person sees, `department` one that the person chose, else routing
    finds it, `files` are (name, bytes). While a ticket of the same kind and subject is open, what is said and attached
    is added to that one. None of it is an answer: the time to the first answer runs on.
    """
    rights.must_open(by)
    _must_be_reportable(about, kind, by, department)
    if not text.strip():
        raise Refusal(_("Say what is wrong."), code="report_empty")
    for name, content in files:
        attachments.checked_kind(attachments.plain_name(name), content)
    known = _standing(about, kind, at)
    ticket = _add_to(known, text, by, at) if known else _open(about, kind, text, department, by, at)
    for name, content in files:
        keep_file(ticket, name, content, by, at)
    if by.pk != ticket.assignee_id:
        add_watchers(ticket, [by], at)  # who asks wants to hear the answer
    return ticket, known is None


def _must_be_reportable(about, kind, by, department):
    if not kind.is_reported and kind.code != about.kind_code:
        raise Refusal(_("Tickets of the kind “%(kind)s” are opened by the hub alone."), code="kind_not_reported",
                      kind=kind.name)
    mine = scope_ids(by)
    if mine is not ALL and about.scope.pk not in mine:
        raise Refusal(
            _("This order is only shared with you. Its tickets are for people of %(scope)s: ask one of them."),
            code="report_scope", scope=about.scope.name,
        )
    if department is not None and department.company_id != about.scope.company_id:
        raise Refusal(_("%(department)s belongs to another company."), code="report_department",
                      department=department.name)


def _standing(about, kind, at):
    """The open ticket of it, locked, or None; then the counter is locked, and nobody opens one meanwhile."""
    known = _locked_open(reporting.standing(about, kind))
    if known is None:
        lock_counter(at)  # the second look sees whoever was faster
        known = _locked_open(reporting.standing(about, kind))
    return known


def _locked_open(known):
    """None where it ended while its lock was waited for: what is said then belongs to a new one."""
    ticket = known and lock_ticket(known)
    return ticket if ticket and ticket.is_open else None


def _open(about, kind, text, department, by, at):
    return open_ticket(
        subject_kind=about.subject_kind, subject_key=about.subject_key, kind_code=kind.code, scope=about.scope,
        order=about.order, evidence=about.evidence, cause=about.cause, department=about.department, chosen=department,
        text=text.strip(), by=by, at=at, **about.titles(text),
    )


def _add_to(ticket, text, by, at):
    if not sees(by, ticket):
        raise Refusal(
            _("Somebody works on this already, on a ticket you may not see. Who can tell you more: %(roles)s."),
            code="report_hidden", roles=rights.listed(roles_with(rights.EVERY)),
        )
    entries.add_entry(ticket, entries.COMMENTED, at, by, text=text.strip(), why="reported")
    publish(News(CHANGED, ticket.pk, at))
    return ticket
