"""How do words wait for their way out, in the transaction that causes them?"""
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refusal
from kernel.models import OutboxMessage
from kernel.news import action


def put_messages(messages):
    """Store many messages; one whose key exists already is left as it is. Call inside an action.

    `messages`: dicts with key, channel, recipient, kind, payload, scope_id (or None), created_at (aware UTC).
    """
    rows = [OutboxMessage(next_attempt_at=m["created_at"], **m) for m in messages]
    return OutboxMessage.objects.bulk_create(rows, ignore_conflicts=True)


@action
def release_message(*, message, by, at):
    """Let a message that was held or given up go out after all, with its attempts counted anew."""
    if message.state not in (OutboxMessage.HELD, OutboxMessage.DEAD):
        raise Refusal(_("Only a held or given up message can be sent after all."), code="message_not_held")
    message.state, message.attempts, message.next_attempt_at = OutboxMessage.WAITING, 0, at
    message.save(update_fields=["state", "attempts", "next_attempt_at"])
    return message
