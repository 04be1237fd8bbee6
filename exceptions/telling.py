"""Over which channels is a person told, and how do the words wait for their way out?"""
from django.conf import settings

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


def tell(people, *, key, kind, text_en, text_zh, link, scope_id, at):
    """Put one message per person and channel into the outbox; `key` + recipient + channel can never go twice.

    Call inside an action: the words wait in the transaction that causes them.
    """
    messages = [
        {
            "key": f"{key}:{person.pk}:{channel}", "channel": channel, "recipient": recipient, "kind": kind,
            "payload": {"text_en": text_en, "text_zh": text_zh, "link": link, "language": person.language},
            "scope_id": scope_id, "created_at": at,
        }
        for person in people for channel, recipient in channels_of(person)
    ]
    return put_messages(messages)


def ticket_link(ticket):
    return f"/tickets/{ticket.number}/"
