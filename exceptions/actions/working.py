"""Working on a ticket: assign, start, comment, wait, resolve, reopen, close, merge."""
from django.utils.translation import gettext_lazy as _

from exceptions import entries, rights, routing, subjects, ticket_clocks
from exceptions.actions.opening import CHANGED, give, hand_out, open_key_of, open_ticket
from exceptions.actions.rating import rate_article
from exceptions.actions.watching import add_watchers
from exceptions.models import Article, Ticket
from exceptions.telling import take_back_words
from exceptions.ticket_clocks import lock_ticket
from kernel.access import sees
from kernel.actors import is_person
from kernel.errors import Refusal, do_to_each
from kernel.news import News, action, publish
from kernel.typed import fit

RESOLVED = "ticket.resolved"


@action
def assign_ticket(*, ticket, to, by, at):
    """Give an open ticket to a person of staff who may see it and work on tickets."""
    ticket = _open(ticket, by)
    rights.must_assign(to, by)
    if not to.is_active or not to.has_perm("exceptions.work_ticket"):
        raise Refusal(_("%(person)s does not work on tickets."), code="assignee", person=str(to))
    if to.is_machine and (by is None or by.pk != to.pk):
        raise Refusal(_("%(person)s is a program's account and is given no tickets."), code="assignee_machine",
                      person=str(to))
    if not sees(to, ticket):
        raise Refusal(_("%(person)s may not see this ticket."), code="assignee_scope", person=str(to))
    if ticket.assignee_id != to.pk:
        give(ticket, to, at, by)
    note_answer(ticket, by, at)
    return ticket


@action
def start_ticket(*, ticket, by, at):
    """Somebody is on it. Takes an unassigned ticket, and ends waiting."""
    ticket = _open(ticket, by)
    if ticket.state == Ticket.WAITING:
        ticket_clocks.resume(ticket, at)
        entries.add_entry(ticket, entries.RESUMED, at, by)
    elif ticket.state != Ticket.IN_PROGRESS:
        entries.add_entry(ticket, entries.STARTED, at, by)
    if ticket.assignee_id is None and by is not None:
        give(ticket, by, at, by)
    return _moved(ticket, Ticket.IN_PROGRESS, by, at)


@action
def comment_ticket(*, ticket, text, by, at):
    """Add a comment; also to a ticket that is no longer open. Only who may work on it answers it by that."""
    ticket = lock_ticket(ticket)
    if not text.strip():
        raise Refusal(_("A comment needs words."), code="comment_empty")
    entries.add_entry(ticket, entries.COMMENTED, at, by, text=text.strip())
    if by is not None and rights.may_work(ticket, by):
        note_answer(ticket, by, at)
    if by is not None and by.pk != ticket.assignee_id:
        add_watchers(ticket, [by], at)  # who asks wants to hear the answer
    return _changed(ticket, at)


@action
def wait_ticket(*, ticket, reason, by, at):
    """It is somebody else's turn: the time to solve stops until the ticket is started again."""
    ticket = _open(ticket, by)
    if not reason.strip():
        raise Refusal(_("Say what is waited for."), code="wait_reason")
    fit(reason, 200)  # as much as its clock keeps
    if ticket.state == Ticket.WAITING:
        raise Refusal(_("This ticket waits already."), code="ticket_state")
    ticket_clocks.pause(ticket, reason, at)
    entries.add_entry(ticket, entries.WAITED, at, by, text=reason.strip())
    return _moved(ticket, Ticket.WAITING, by, at)


@action
def rest_ticket(*, ticket, at):
    """Its order was put on hold: until the release neither an answer nor a solution is due."""
    ticket = _open(ticket)
    ticket_clocks.rest(ticket, at)
    entries.add_entry(ticket, entries.WAITED, at, why="hold", was=ticket.state)
    return _moved(ticket, Ticket.WAITING, None, at)


@action
def wake_ticket(*, ticket, at):
    """Its order was released: it goes on as it stood, with whoever has it now; nobody: somebody there is given it."""
    ticket = _open(ticket)
    ticket_clocks.wake(ticket, at)
    state = _state_before_rest(ticket)
    entries.add_entry(ticket, entries.RESUMED, at, why="released")
    _moved(ticket, state, None, at)
    if state == Ticket.NEW and ticket.department_id:
        _find_somebody(ticket, at)
    return ticket


def _state_before_rest(ticket):
    """As it stood, unless nobody has it, or another department was given it meanwhile: nobody there has begun."""
    last = ticket.entries.filter(action__in=(entries.WAITED, entries.HANDED)).order_by("-pk").first()
    fallback = Ticket.ASSIGNED if ticket.assignee_id else Ticket.NEW
    was = last.data.get("was") if last and ticket.assignee_id else None
    return fallback if was in (None, Ticket.NEW, Ticket.ASSIGNED) else was


def _find_somebody(ticket, at):
    """In the queue already: its clock there goes on as it stood where still nobody is there."""
    if ticket_clocks.is_queued(ticket):
        _hand_out_waiting(ticket, at)
    else:
        hand_out(ticket, at)


@action
def resolve_ticket(*, ticket, note, by, at, cause="", article="", subject="", why=""):
    """Solved: both clocks stop. `by` None: the machine saw that the trouble is over.

    `subject` says what becomes of what the ticket is about (exceptions.subjects); refused without it while that is
    open. `why` is a code of exceptions.words.WHY for what ended the trouble elsewhere: who did it had the right there.
    """
    ticket = _open(ticket, None if why else by)
    said = {"subject": subjects.settle(ticket, subject, note, by, at), "why": why, "article": article}
    _count_article(ticket, article, by, at)
    note_answer(ticket, by, at)
    ticket_clocks.meet_all(ticket, at, was_human=ticket.first_response_at is not None)
    take_back_words(ticket, at)
    ticket.resolved_at, ticket.open_key, ticket.cause = at, None, cause or ticket.cause
    entries.add_entry(ticket, entries.RESOLVED, at, by, text=note, **{name: one for name, one in said.items() if one})
    publish(News(RESOLVED, ticket.pk, at))
    return _moved(ticket, Ticket.RESOLVED, None, at)


@action
def reopen_ticket(*, ticket, reason, by, at, why=""):
    """Not solved after all: a new cycle with a whole budget. Refused while another one is open for the subject."""
    ticket = lock_ticket(ticket)
    rights.must_work(ticket, None if why else by)
    if ticket.is_open:
        raise Refusal(_("This ticket is open."), code="ticket_state")
    open_key = open_key_of(ticket.kind, ticket.subject_kind, ticket.subject_key)
    other = Ticket.objects.filter(open_key=open_key).first()
    if other:
        raise Refusal(
            _("Ticket %(number)s is open for the same trouble."), code="ticket_twin", number=other.number
        )
    ticket.open_key, ticket.resolved_at, ticket.merged_into = open_key, None, None
    ticket.cycle, ticket.level = ticket.cycle + 1, 0
    ticket_clocks.reopen_resolution(ticket, at)
    entries.add_entry(ticket, entries.REOPENED, at, by, text=reason, **({"why": why} if why else {}))
    if ticket.assignee_id and not ticket.assignee.is_active:
        ticket.assignee = None
    _moved(ticket, Ticket.ASSIGNED if ticket.assignee_id else Ticket.NEW, None, at)
    if not ticket.assignee_id:
        hand_out(ticket, at)
    return ticket


@action
def close_ticket(*, ticket, by, at, note=""):
    """File a solved ticket; an open one is closed without a solution, which needs a reason."""
    ticket = lock_ticket(ticket)
    rights.must_work(ticket, by)
    if ticket.state == Ticket.CLOSED:
        raise Refusal(_("This ticket is closed."), code="ticket_state")
    if ticket.is_open:
        if not note.strip():
            raise Refusal(_("Say why this ticket is closed without a solution."), code="close_reason")
        note_answer(ticket, by, at)
        ticket_clocks.cancel_all(ticket, at)
        take_back_words(ticket, at)
    about = subjects.subject_of(ticket, by) if by is not None else None
    left = {"subject": subjects.LEAVE} if about and about.is_open else {}
    entries.add_entry(ticket, entries.CLOSED, at, by, text=note.strip(), **left)
    ticket.open_key = None
    return _moved(ticket, Ticket.CLOSED, None, at)


@action
def merge_tickets(*, ticket, into, by, at):
    """The same trouble twice: `ticket` is closed and points to `into`, which goes on. Its clocks stop.

    What it is about, its evidence and its history stay with it and are shown and ended with `into`, which takes its
    watchers, its assignee as one of them, what was merged into it, and its severity where that is higher.
    """
    if ticket.pk == into.pk:
        raise Refusal(_("A ticket cannot be merged into itself."), code="merge_self")
    first, second = sorted((ticket, into), key=lambda one: one.pk)
    locked = {one.pk: lock_ticket(one) for one in (first, second)}
    ticket, into = locked[ticket.pk], locked[into.pk]
    rights.must_work(ticket, by)
    rights.must_work(into, by)
    if not ticket.is_open or not into.is_open:
        raise Refusal(_("Only open tickets are merged."), code="ticket_state")
    note_answer(ticket, by, at)
    note_answer(into, by, at)
    ticket_clocks.cancel_all(ticket, at)
    take_back_words(ticket, at)
    entries.add_entry(ticket, entries.MERGED, at, by, name=into.number)
    entries.add_entry(into, entries.MERGED, at, by, merged=ticket.number, evidence=ticket.evidence)
    ticket.open_key, ticket.merged_into = None, into
    _take_along(ticket, into, at)
    publish(News(CHANGED, into.pk, at))
    return _moved(ticket, Ticket.CLOSED, None, at)


def _take_along(ticket, into, at):
    ticket.merged.update(merged_into=into)
    people = [one.person for one in ticket.watchers.select_related("person")]
    if ticket.assignee_id and ticket.assignee_id != into.assignee_id:
        people.append(ticket.assignee)
    add_watchers(into, people, at)
    if ticket.severity < into.severity:
        into.severity = ticket.severity
        into.save(update_fields=["severity"])


@action
def split_ticket(*, ticket, title, by, at):
    """Part of the trouble is a matter of its own: it gets its own ticket, beside this one, routed anew by its kind.

    It takes the evidence, the order and the scope along; each ticket names the other.
    """
    ticket = _open(ticket, by)
    if not title.strip():
        raise Refusal(_("Say what the new ticket is about."), code="split_title")
    if ticket.for_department:
        raise Refusal(_("The ticket of one cause is not split; its differences have their own."), code="split_cause")
    part = ticket.split.count() + 1
    new = open_ticket(
        subject_kind="part", subject_key=f"{ticket.number}/{part}", kind_code=ticket.kind.code, by=by, at=at,
        title_en=title.strip(), title_zh=title.strip(), scope=ticket.scope, order=ticket.order, cause=ticket.cause,
        severity=ticket.severity, department=ticket.department, evidence={**ticket.evidence, "part_of": ticket.number},
    )
    new.split_from = ticket
    new.save(update_fields=["split_from"])
    entries.add_entry(ticket, entries.SPLIT, at, by, text=title.strip(), name=new.number)
    note_answer(ticket, by, at)
    _changed(ticket, at)
    return new


@action
def follow_subject(*, ticket, at, subject_key=None, scope=None, order=None, evidence=None):
    """What the ticket is about has another name, scope or order now: the open ticket goes with it."""
    ticket = _open(ticket)
    if subject_key is not None and subject_key != ticket.subject_key:
        ticket.subject_key = subject_key
        ticket.open_key = open_key_of(ticket.kind, ticket.subject_kind, subject_key)
    ticket.scope, ticket.order = scope or ticket.scope, order or ticket.order
    ticket.evidence = evidence or ticket.evidence
    entries.add_entry(ticket, entries.FOUND_AGAIN, at, why="moved")
    return _moved(ticket, ticket.state, None, at)


@action
def change_tickets(*, tickets, verb, by, at, **arguments):
    """Do one of this module's verbs to many tickets. Returns (done, [(ticket, sentence) refused])."""
    return do_to_each(tickets, lambda row: verb(ticket=row, by=by, at=at, **arguments))


@action
def drain_queue(*, department, at, limit=50):
    """Somebody is there again: the tickets that wait in the department's queue are given out, oldest first.

    Returns how many. Those that nobody who is there may see wait on, in nobody's way.
    """
    # All tickets are locked before the department is, as by whoever gives a single one.
    waiting = [lock_ticket(ticket) for ticket in routing.queue_of(department, at)[:limit]]
    return sum(_hand_out_waiting(ticket, at) for ticket in waiting)


def _hand_out_waiting(ticket, at):
    if ticket.assignee_id or ticket.state != Ticket.NEW:
        return 0
    person = routing.least_loaded(ticket, at)
    if person is None:
        return 0
    give(ticket, person, at, by=None)
    return 1


def _count_article(ticket, code, by, at):
    """The article that somebody names as the solution has solved one more."""
    found = Article.objects.filter(code=code).first() if code and by else None
    if found:
        rate_article(article=found, ticket=ticket, is_solved=True, by=by, at=at)


def _open(ticket, by=None):
    ticket = lock_ticket(ticket)
    rights.must_work(ticket, by)
    if not ticket.is_open:
        raise Refusal(_("This ticket is no longer open."), code="ticket_state")
    return ticket


def note_answer(ticket, by, at):
    """The first human action stops the response clock; that of a program never, nor that of whoever reported it."""
    if not is_person(by) or ticket.first_response_at or (by.pk == ticket.opened_by_id and by.pk != ticket.assignee_id):
        return
    ticket.first_response_at = max(at, ticket.opened_at)
    ticket.save(update_fields=["first_response_at"])
    if ticket.is_open:
        ticket_clocks.stop_response(ticket, at)


def _moved(ticket, state, by, at):
    ticket.state = state
    ticket.save()
    note_answer(ticket, by, at)
    return _changed(ticket, at)


def _changed(ticket, at):
    publish(News(CHANGED, ticket.pk, at))
    return ticket
