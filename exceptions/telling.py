"""Over which channels is a person told, and how do the words wait for their way out?"""
from django.conf import settings

from exceptions.entries import ASSIGNED
from exceptions.quiet_hours import quiet_until
from kernel.outbox import put_messages, take_back

IN_APP, MAIL, WECOM, WEBHOOK = "in_app", "mail", "wecom", "webhook"


def channels_of(person):
    """[(channel, recipient), …]: always in the app, elsewhere where the person and the hub have an address."""
    found = [(IN_APP, str(person.pk))]
    if person.email and settings.HUB_MAIL_FROM:
        found.append((MAIL, person.email))
    if person.wecom_id and settings.HUB_WECOM_ROBOT:
        found.append((WECOM, person.wecom_id))
    return found


def tell(people, *, key, kind, text_en, text_zh, link, scope_id, at, any_hour=False):
    """Put one message per person and channel into the outbox; `key` + recipient + channel can never go twice.

    Inside the hub one is told at once. Mail and WeCom are held until the person's working hours begin, unless it is for
    `any_hour`. Returns {person id: until when they are held}. Call inside an action: the words wait in the transaction
    that causes them. Accounts of programs are told nothing.
    """
    ways = [(person, *way) for person in people if not person.is_machine for way in channels_of(person)]
    away = [person for person, channel, _recipient in ways if channel != IN_APP]
    held = quiet_until(away, at) if away and not any_hour else {}
    put_messages([
        {
            "key": f"{key}:{person.pk}:{channel}", "channel": channel, "recipient": recipient, "kind": kind,
            "payload": {"text_en": text_en, "text_zh": text_zh, "link": link, "language": person.language},
            "scope_id": scope_id, "created_at": at,
            "not_before": None if channel == IN_APP else held.get(person.pk),
        }
        for person, channel, recipient in ways
    ])
    return held


def take_back_words(ticket, at):
    """The ticket has come to its end: what urged somebody and is still held for their working hours is not sent."""
    clocks = (ticket.response_clock_id, ticket.resolution_clock_id, ticket.queue_clock_id)
    given = ticket.entries.filter(action=ASSIGNED).values_list("pk", flat=True)
    take_back(prefixes=[*(f"clock:{one}:" for one in clocks if one), *(f"assigned:{one}:" for one in given)], at=at)


def ticket_link(ticket):
    return f"/tickets/{ticket.number}/"
