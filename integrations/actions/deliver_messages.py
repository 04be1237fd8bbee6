"""Working off the outbox. Holding it, and letting it go again, is kernel.outbox."""
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from integrations.channels.in_app import notice_of
from integrations.delivery import IN_APP, attempt, claim, due_messages, outcome_of
from kernel.errors import Refusal
from kernel.models import Notice, OutboxMessage
from kernel.news import News, action, publish
from kernel.outbox import outbound_is_held

DEAD = "outbox.dead"


@dataclass
class Delivered:
    """How many messages arrived, will be tried again, were given up."""

    sent: int = 0
    again: int = 0
    dead: int = 0


def deliver_messages(*, at, limit=100, now=None):
    """Deliver what is due; returns Delivered. Each message is claimed, sent and marked, in that order.

    Notices inside the hub are written in the transaction that marks them; what leaves the hub is sent outside any
    transaction, at least once, always with the same key. `now` gives the instant anew for each message.
    """
    now = now or (lambda: at)
    result = Delivered()
    due = due_messages(at, limit, may_leave=not outbound_is_held())
    inside = [message for message in due if message.channel == IN_APP]
    if inside:
        result.sent += write_notices(messages=inside, at=at)
    for message in due:
        if message.channel != IN_APP and claim(message, now()):
            _count(result, message, _settle(message, attempt(message, now()), now()))
    return result


@action
def write_notices(*, messages, at):
    """Write the in-app notices and mark their messages, in one transaction; returns how many were still waiting."""
    waiting = OutboxMessage.objects.select_for_update(of=("self",), skip_locked=True).filter(
        pk__in=[message.pk for message in messages], state=OutboxMessage.WAITING
    )
    mine = list(waiting.order_by("pk"))
    Notice.objects.bulk_create([notice_of(message, at) for message in mine], ignore_conflicts=True)
    return OutboxMessage.objects.filter(pk__in=[message.pk for message in mine]).update(
        state=OutboxMessage.SENT, sent_at=at, next_attempt_at=None, attempts=1
    )


def _settle(message, failure, at):
    changes = outcome_of(message, failure, at)
    _mark(message=message, changes=changes, at=at)
    return changes


@action
def _mark(*, message, changes, at):
    marked = OutboxMessage.objects.filter(
        pk=message.pk, attempts=message.attempts, state=OutboxMessage.WAITING
    ).update(**changes)
    if marked and changes.get("state") == OutboxMessage.DEAD:
        publish(News(DEAD, message.pk, at))


def _count(result, message, changes):
    state = changes.get("state")
    if state == OutboxMessage.SENT:
        result.sent += 1
    elif state == OutboxMessage.DEAD:
        result.dead += 1
    else:
        result.again += 1


@action
def retry_message(*, message, by, at):
    """Give a message that was given up a new set of attempts, under its old key."""
    revived = OutboxMessage.objects.filter(pk=message.pk, state=OutboxMessage.DEAD).update(
        state=OutboxMessage.WAITING, attempts=0, next_attempt_at=at, last_error=""
    )
    if not revived:
        raise Refusal(_("Only a message that was given up can be sent again."), code="message_not_dead")
    message.refresh_from_db()
    return message
