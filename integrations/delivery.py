"""Which messages go out now, on which channel, and what follows when one does not arrive?"""
import logging
from datetime import timedelta

from django.db.models import F

from integrations.channels import mail, webhook, wecom
from integrations.channels.outcome import DEAD, REFRESH, RETRY, Undelivered
from kernel import outbound
from kernel.models import OutboxMessage

IN_APP = "in_app"
SENDERS = {"mail": mail.send, "webhook": webhook.send, "wecom": wecom.send}
MOST_ATTEMPTS = 8
LEASE = timedelta(minutes=2)
log = logging.getLogger("hub.delivery")


def due_messages(at, limit, *, may_leave=True):
    """Waiting messages whose next attempt is due, oldest first; only those inside the hub when outbound is held."""
    due = OutboxMessage.objects.filter(next_attempt_at__lte=at, state=OutboxMessage.WAITING)
    if not may_leave:
        due = due.filter(channel=IN_APP)
    return list(due.order_by("next_attempt_at", "id")[:limit])


def claim(message, at):
    """Lease the message by compare-and-set, committed before it is sent: True when it is ours.

    The attempt is counted now, so that a message that kills its sender ends too.
    """
    claimed = OutboxMessage.objects.filter(
        pk=message.pk, state=OutboxMessage.WAITING, attempts=message.attempts, next_attempt_at=message.next_attempt_at,
    ).update(attempts=F("attempts") + 1, lease_until=at + LEASE, next_attempt_at=at + LEASE)
    message.attempts += 1
    return bool(claimed)


def attempt(message, at):
    """Send once; returns None when it arrived, else the Undelivered."""
    sender = SENDERS.get(message.channel)
    if sender is None:
        return Undelivered(DEAD, f"no such channel: {message.channel}")
    try:
        sender(message, at)
    except Undelivered as error:
        return error
    except Exception as error:  # a sender's own fault must not hold up the others
        log.exception("channel %s failed", message.channel)
        return Undelivered(RETRY, f"{type(error).__name__}: {error}"[:300])
    return None


def outcome_of(message, failure, at, chance=None):
    """{field: value} to store after an attempt."""
    if failure is None:
        return {"state": OutboxMessage.SENT, "sent_at": at, "next_attempt_at": None, "lease_until": None,
                "last_error": ""}
    changes = {"lease_until": None, "last_error": failure.reason}
    if failure.kind == DEAD or message.attempts >= MOST_ATTEMPTS:
        return changes | {"state": OutboxMessage.DEAD, "next_attempt_at": None}
    if failure.kind == REFRESH:
        return changes | {"next_attempt_at": at}
    more = {} if chance is None else {"chance": chance}
    wait_s = outbound.next_try_s(message.attempts, failure.retry_after_s, **more)
    return changes | {"next_attempt_at": at + timedelta(seconds=wait_s)}
