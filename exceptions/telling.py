"""Over which channels is a person told, and how do the words wait for their way out?"""
from django.conf import settings

from exceptions.quiet_hours import quiet_until
from kernel.outbox import put_messages

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


def ticket_link(ticket):
    return f"/tickets/{ticket.number}/"
