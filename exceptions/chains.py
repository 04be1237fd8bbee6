"""Who is told when a ticket's clock fires, and what if nobody is there?"""
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model
from django.db.models import Q

from exceptions import entries, routing
from exceptions.chain_steps import step_at
from exceptions.models import ChainLevel, Ticket
from exceptions.rights import ASSIGN
from exceptions.routing import PRESENT
from exceptions.telling import tell, ticket_link
from kernel.access import holders_of
from kernel.news import News, publish
from sla.actions import pass_level
from sla.clocks import DUE_LEVEL

ESCALATED = "ticket.escalated"
MOST_TOLD = 50  # of one level
RESPONSE, RESOLUTION, QUEUE = "response", "resolution", "queue"
SENTENCES = {
    "response": (
        "{number} has waited for a first answer too long: {title}",
        "{number} 首次响应已超时：{title}",
    ),
    "response_before": (
        "{number} waits for a first answer, due at {due}: {title}", "{number} 待首次响应，{due} 到期：{title}",
    ),
    "response_after": (
        "{number} still has no first answer: {title}", "{number} 仍无首次响应：{title}",
    ),
    "queue": (
        "{number} waits in the queue of {department}, nobody is there to be given it: {title}",
        "{number} 在{department_zh}队列中等待，暂无可分派人员：{title}",
    ),
    "before": ("{number} is due at {due}: {title}", "{number} 将于 {due} 到期：{title}"),
    "after": ("{number} is overdue (level {level}): {title}", "{number} 已超期（第 {level} 级）：{title}"),
}


def escalate(ticket, clock, level, at):
    """Tell whoever this level names; a level with nobody is recorded and the next one goes at once."""
    which = _which(ticket, clock)
    step = step_at(ticket, level) if which == RESOLUTION else None
    heads = which == QUEUE or which == RESPONSE and level > DUE_LEVEL
    people = _who_can_give(ticket) if heads else _seeing(ticket, _targets(ticket, step))
    if level >= DUE_LEVEL and which == RESOLUTION:
        _mark_level(ticket, clock, level)
    if not people:
        pass_level(clock=clock, level=level, at=at)
        entries.add_entry(ticket, entries.PASSED, at, level=level, clock=which, target=step.target if step else "")
        return
    held = _tell(ticket, clock, level, people, which, at)
    entries.add_entry(
        ticket, entries.ESCALATED, at, level=level, clock=which,
        to=[person.pk for person in people], names=[str(person) for person in people],
        **_said_of(held, people),
    )
    publish(News(ESCALATED, ticket.pk, at, (level,)))


def _said_of(held, people):
    """Whose mail and WeCom wait until when, for the ticket's history."""
    ends = sorted(set(held.values()))
    names = [[str(person) for person in people if held.get(person.pk) == end] for end in ends]
    return {"held": [[end.isoformat(), some] for end, some in zip(ends, names, strict=True)]} if held else {}


def _which(ticket, clock):
    if clock.pk == ticket.response_clock_id:
        return RESPONSE
    return QUEUE if clock.pk == ticket.queue_clock_id else RESOLUTION


def _who_can_give(ticket):
    """The head of the department, else those who give tickets to others."""
    found = _seeing(ticket, Q(heads=ticket.department_id))
    return found or _seeing(ticket, holders_of(ASSIGN))


def _mark_level(ticket, clock, level):
    Ticket.objects.filter(pk=ticket.pk).update(level=level, late_at=clock.late_at)
    ticket.level, ticket.late_at = level, clock.late_at


def _targets(ticket, step):
    """The Q of people a step names. Without a step: the assignee, else the whole department and its head."""
    target = step.target if step else ChainLevel.ASSIGNEE
    if target == ChainLevel.ASSIGNEE and ticket.assignee_id:
        return Q(pk=ticket.assignee_id)
    if target == ChainLevel.PERSON:
        return Q(pk=step.person)
    if target == ChainLevel.ROLE:
        return Q(groups__name=step.role)
    head = Q(heads=ticket.department_id)
    if target == ChainLevel.HEAD:
        return head
    return head | Q(department=ticket.department_id)


def _seeing(ticket, who):
    """Present people among them who may see the ticket: nobody is told of what they must not know.

    Who may see it is asked before anybody is left out because there are too many.
    """
    present = get_user_model().objects.filter(who, PRESENT, routing.seers(ticket)).distinct()
    return list(present.order_by("pk")[:MOST_TOLD])


def _tell(ticket, clock, level, people, which, at):
    if which == RESOLUTION:
        which = "before" if level < DUE_LEVEL else "after"
    elif which == RESPONSE and level != DUE_LEVEL:
        which = "response_before" if level < DUE_LEVEL else "response_after"
    en, zh = SENTENCES[which]
    zone = ZoneInfo(ticket.scope.company.time_zone)
    due = f"{clock.due_at.astimezone(zone):%m-%d %H:%M}" if clock.due_at else ""
    words = {"number": ticket.number, "level": level, "due": due}
    if ticket.department:
        words |= {"department": ticket.department.name_en, "department_zh": ticket.department.name_zh}
    return tell(
        people, key=f"clock:{clock.pk}:{clock.cycle}:{level}", kind=ESCALATED,
        text_en=en.format(title=ticket.title_en, **words), text_zh=zh.format(title=ticket.title_zh, **words),
        link=ticket_link(ticket), scope_id=ticket.scope_id, at=at, any_hour=ticket.kind.any_hour,
    )


def tickets_of_clocks(clock_ids):
    """{clock id: open ticket} for those of the clocks that belong to one."""
    found = Ticket.objects.filter(
        Q(response_clock__in=clock_ids) | Q(resolution_clock__in=clock_ids) | Q(queue_clock__in=clock_ids),
        state__in=Ticket.OPEN_STATES,
    ).select_related("kind", "department", "assignee", "scope__company").order_by("pk")
    return {
        clock_id: ticket for ticket in found
        for clock_id in (ticket.response_clock_id, ticket.resolution_clock_id, ticket.queue_clock_id) if clock_id
    }
