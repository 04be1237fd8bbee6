"""Who is told when a ticket's clock fires, and what if nobody is there?"""
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model
from django.db.models import Q

from exceptions import entries
from exceptions.models import ChainLevel, Ticket
from exceptions.telling import tell, ticket_link
from kernel.access import visible_filter
from kernel.news import News, publish
from sla.actions import pass_level
from sla.clocks import DUE_LEVEL

ESCALATED = "ticket.escalated"
SENTENCES = {
    "response": (
        "{number} has waited for a first answer too long: {title}",
        "{number} 首次响应已超时：{title}",
    ),
    "before": ("{number} is due at {due}: {title}", "{number} 将于 {due} 到期：{title}"),
    "after": ("{number} is overdue (level {level}): {title}", "{number} 已超期（第 {level} 级）：{title}"),
}


def escalate(ticket, clock, level, at):
    """Tell whoever this level names; a level with nobody is recorded and the next one goes at once."""
    is_response = clock.pk == ticket.response_clock_id
    step = None if is_response else _step(ticket, level)
    people = _seeing(ticket, _targets(ticket, step))
    if level >= DUE_LEVEL and not is_response:
        _mark_level(ticket, clock, level)
    if not people:
        pass_level(clock=clock, level=level, at=at)
        entries.add_entry(ticket, entries.PASSED, at, level=level, target=step.target if step else "")
        return
    _tell(ticket, clock, level, people, is_response, at)
    entries.add_entry(
        ticket, entries.ESCALATED, at, level=level, clock="response" if is_response else "resolution",
        to=[person.pk for person in people], names=[str(person) for person in people],
    )
    publish(News(ESCALATED, ticket.pk, at, (level,)))


def _step(ticket, level):
    return ChainLevel.objects.filter(chain_id=ticket.kind.chain_id, number=level).first()


def _mark_level(ticket, clock, level):
    Ticket.objects.filter(pk=ticket.pk).update(level=level, late_at=clock.late_at)
    ticket.level, ticket.late_at = level, clock.late_at


def _targets(ticket, step):
    """The Q of people a step names. Without a step: the assignee, else the whole department and its head."""
    target = step.target if step else ChainLevel.ASSIGNEE
    if target == ChainLevel.ASSIGNEE and ticket.assignee_id:
        return Q(pk=ticket.assignee_id)
    if target == ChainLevel.PERSON:
        return Q(pk=step.person_id)
    if target == ChainLevel.ROLE:
        return Q(groups__name=step.role)
    head = Q(heads=ticket.department_id)
    if target == ChainLevel.HEAD:
        return head
    return head | Q(department=ticket.department_id)


def _seeing(ticket, who):
    """Present people among them who may see the ticket: nobody is told of what they must not know."""
    present = get_user_model().objects.filter(who, is_active=True, is_away=False, customer_code="").distinct()
    return [person for person in present.order_by("pk")[:50] if _may_see(ticket, person)]


def _may_see(ticket, person):
    found = visible_filter(Ticket, person)
    return found is not None and Ticket.objects.filter(found, pk=ticket.pk).exists()


def _tell(ticket, clock, level, people, is_response, at):
    which = "response" if is_response else "before" if level < DUE_LEVEL else "after"
    en, zh = SENTENCES[which]
    zone = ZoneInfo(ticket.scope.company.time_zone)
    due = f"{clock.due_at.astimezone(zone):%m-%d %H:%M}" if clock.due_at else ""
    words = {"number": ticket.number, "level": level, "due": due}
    tell(
        people, key=f"clock:{clock.pk}:{clock.cycle}:{level}", kind=ESCALATED,
        text_en=en.format(title=ticket.title_en, **words), text_zh=zh.format(title=ticket.title_zh, **words),
        link=ticket_link(ticket), scope_id=ticket.scope_id, at=at,
    )


def tickets_of_clocks(clock_ids):
    """{clock id: open ticket} for those of the clocks that belong to one."""
    found = Ticket.objects.filter(
        Q(response_clock__in=clock_ids) | Q(resolution_clock__in=clock_ids), state__in=Ticket.OPEN_STATES
    ).select_related("kind", "department", "assignee", "scope__company").order_by("pk")
    known = {ticket.response_clock_id: ticket for ticket in found}
    return known | {ticket.resolution_clock_id: ticket for ticket in found}
