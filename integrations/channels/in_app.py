"""How does a notice reach a person inside the hub?"""
from kernel.models import Notice


def notice_of(message, at):
    """The Notice of an outbox message; its key is the message's, so that it is there once."""
    payload = message.payload
    return Notice(
        key=message.key, person_id=int(message.recipient), kind=message.kind, text_en=payload.get("text_en", ""),
        text_zh=payload.get("text_zh", ""), link=payload.get("link", "")[:200], created_at=at,
    )
