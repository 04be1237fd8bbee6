"""How do words wait for their way out, in the transaction that causes them?"""
from kernel.models import OutboxMessage


def put_messages(messages):
    """Store many messages; one whose key exists already is left as it is. Call inside an action.

    `messages`: dicts with key, channel, recipient, kind, payload, scope_id (or None), created_at (aware UTC).
    """
    rows = [OutboxMessage(next_attempt_at=m["created_at"], **m) for m in messages]
    return OutboxMessage.objects.bulk_create(rows, ignore_conflicts=True)
