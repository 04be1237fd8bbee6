"""Opening a ticket: one open per kind and subject, routed, timed and given to somebody."""
from django.utils.translation import gettext_lazy as _

from exceptions import entries, routing, ticket_clocks
from exceptions.models import Ticket, TicketKind
from exceptions.numbers import lock_counter, take_number
from kernel.errors import Refusal
from kernel.news import News, action, publish

OPENED, ASSIGNED, CHANGED = "ticket.opened", "ticket.assigned", "ticket.changed"


@action
def open_ticket(
    *, subject_kind, subject_key, kind_code, title_en, title_zh, scope, at, by=None, order=None, evidence=None,
    cause="", severity=None, department=None, for_department=False, chosen=None, text="",
):
    """Open a ticket, or add the finding to the open one of the same kind and subject; returns the ticket.

    `evidence` is a JSON-able dict; `department` is proposed by the finder, a routing rule goes before it; `chosen` is
    one that a person chose, and goes before every rule. `text`: what a person said of it.
    `for_department`: it tells of no single row, so everybody of the department may see and do it, whatever the scope.
    Raises Refusal when there is no such kind.
    """
    kind = _kind(kind_code, by)
    open_key = open_key_of(kind, subject_kind, subject_key)
    known = _open_ticket(open_key)
    if known is None:
        counter = lock_counter(at)  # the second look sees whoever was faster
        known = _open_ticket(open_key) or _goes_on_in(kind, subject_kind, subject_key)
    if known is not None:
        return _add_finding(known, title_en, title_zh, evidence or {}, by, at)
    ticket = Ticket(
        number=take_number(counter), kind=kind, subject_kind=subject_kind, subject_key=subject_key, open_key=open_key,
        order=order, scope=scope, title_en=title_en[:300], title_zh=title_zh[:300], cause=cause,
        evidence=evidence or {}, severity=severity or kind.severity, opened_at=at, opened_by=by,
        for_department=for_department and order is None,
    )
    return _set_going(ticket, department, chosen, text, at, by)


def standing_ticket(kind, subject_kind, subject_key):
    """The open ticket of this kind and subject, or the one it goes on in; None when there is none. Not locked."""
    known = Ticket.objects.filter(open_key=open_key_of(kind, subject_kind, subject_key)).first()
    if known is not None:
        return known
    last = _latest(kind, subject_kind, subject_key)
    return last.merged_into if last and last.merged_into_id and last.merged_into.is_open else None


def open_key_of(kind, subject_kind, subject_key):
    return f"{kind.code}|{subject_kind}:{subject_key}"[:240]


def _kind(code, by):
    kind = TicketKind.objects.select_related("department", "chain").filter(code=code).first()
    if kind is None and by is not None:
        raise Refusal(_("There is no ticket kind %(kind)s."), code="ticket_kind", kind=code)
    # What the machine finds is never lost because somebody has not set up a kind for it.
    named = {"name_en": code, "name_zh": code, "is_reported": False}
    return kind or TicketKind.objects.get_or_create(code=code, defaults=named)[0]


def _open_ticket(open_key):
    return Ticket.objects.select_for_update(of=("self",)).filter(open_key=open_key).first()


def _goes_on_in(kind, subject_kind, subject_key):
    """The open ticket into which the latest one of this kind and subject was merged."""
    last = _latest(kind, subject_kind, subject_key)
    if last is None or last.merged_into_id is None:
        return None
    goes_on = Ticket.objects.select_for_update(of=("self",)).get(pk=last.merged_into_id)
    return goes_on if goes_on.is_open else None


def _latest(kind, subject_kind, subject_key):
    return Ticket.objects.filter(kind=kind, subject_kind=subject_kind, subject_key=subject_key).order_by("-pk").first()


def _add_finding(ticket, title_en, title_zh, evidence, by, at):
    """The trouble goes on: the open ticket hears of it, once per finding."""
    same = {"title_en": title_en, "title_zh": title_zh, "evidence": evidence}
    last = ticket.entries.filter(action=entries.FOUND_AGAIN).order_by("-id").first()
    if evidence != ticket.evidence and (last is None or last.data != same):
        entries.add_entry(ticket, entries.FOUND_AGAIN, at, by, **same)
        publish(News(CHANGED, ticket.pk, at))
    return ticket


def _set_going(ticket, proposed, chosen, text, at, by):
    rule, found = routing.department_for(ticket, proposed)
    ticket.department = chosen or found
    rule = None if chosen else rule
    ticket_clocks.start_clocks(ticket, at)
    ticket.save(force_insert=True)
    entries.add_entry(
        ticket, entries.OPENED, at, by, text=text, department=ticket.department.code if ticket.department else "",
        rule=rule.priority if rule else None, **({"chosen": True} if chosen else {}),
    )
    publish(News(OPENED, ticket.pk, at))
    hand_out(ticket, at)
    return ticket


def hand_out(ticket, at):
    """Give the ticket to the person of its department with the least to do; nobody there: it waits in the queue.

    How long it may wait there is a clock of the department's own.
    """
    person = ticket.department and routing.least_loaded(ticket, at)
    if not person:
        ticket_clocks.enter_queue(ticket, at)
        entries.add_entry(ticket, entries.QUEUED, at)
        return False
    give(ticket, person, at, by=None)
    return True


def give(ticket, person, at, by):
    ticket_clocks.leave_queue(ticket, at)
    ticket.assignee = person
    ticket.state = Ticket.ASSIGNED if ticket.state == Ticket.NEW else ticket.state
    ticket.save(update_fields=["assignee", "state"])
    entries.add_entry(ticket, entries.ASSIGNED, at, by, to=person.pk, name=str(person))
    publish(News(ASSIGNED, ticket.pk, at))
