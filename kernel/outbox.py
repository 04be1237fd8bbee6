"""How do words wait for their way out, in the transaction that causes them, and when are all of them held?"""
from django.db.models import Case, DateTimeField, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refusal
from kernel.models import Heartbeat, OutboxMessage
from kernel.news import action

HOLD = "outbound_hold"  # a row of this name in the heartbeats: nothing leaves until a person says so
IN_APP = "in_app"  # stays inside the hub, so it is never held
TAKEN_BACK = {"state": OutboxMessage.TAKEN_BACK, "next_attempt_at": None}
# What the ways out are called.
CHANNELS = {IN_APP: _("inside the hub"), "mail": _("mail"), "wecom": _("WeCom"), "webhook": _("webhook")}


def put_messages(messages):
    """Store many messages; one whose key exists already is left as it is. Call inside an action.

    `messages`: dicts with key, channel, recipient, kind, payload, scope_id (or None), created_at (aware UTC), and
    not_before, where it is to go out later.
    """
    held = bool(messages) and outbound_is_held()
    rows = [OutboxMessage(**_waiting(message, held), **message) for message in messages]
    return OutboxMessage.objects.bulk_create(rows, ignore_conflicts=True)


def _waiting(message, held):
    if held and message["channel"] != IN_APP:
        return {"state": OutboxMessage.HELD, "next_attempt_at": None}
    return {"next_attempt_at": max(message["created_at"], message.get("not_before") or message["created_at"])}


def outbound_is_held():
    """True after a restore: what was said then may be old news by now."""
    return Heartbeat.objects.filter(name=HOLD).exists()


@action
def hold_outbound(*, reason, by, at):
    """Hold what waits to leave the hub and what will. Returns how many messages were held."""
    detail = {"reason": reason, "by": by.pk if by else None}
    Heartbeat.objects.update_or_create(name=HOLD, defaults={"beat_at": at, "detail": detail})
    waiting = OutboxMessage.objects.filter(state=OutboxMessage.WAITING).exclude(channel=IN_APP)
    return waiting.update(state=OutboxMessage.HELD, next_attempt_at=None, lease_until=None)


@action
def release_outbound(*, send, by, at):
    """A person decides: `send` the held messages after all, or drop them; new ones go out from now on."""
    if not outbound_is_held():
        raise Refusal(_("Nothing is held."), code="outbound_not_held")
    held = OutboxMessage.objects.filter(state=OutboxMessage.HELD)
    if send:
        begins = Case(When(not_before__gt=at, then=F("not_before")), default=Value(at, DateTimeField()))
        count = held.update(state=OutboxMessage.WAITING, next_attempt_at=begins, attempts=0)
    else:
        count = held.update(state=OutboxMessage.DEAD, last_error=f"dropped by {by or 'an operator'} after a restore")
    Heartbeat.objects.filter(name=HOLD).delete()
    return count


@action
def take_back(*, prefixes, at):
    """What begins with one of these keys and waits for a later instant is not said any more. Returns how many.

    Whatever is being sent, has been sent, or is said inside the hub stays.
    """
    begins = Q()
    for one in prefixes:
        begins |= Q(key__startswith=one)
    if not prefixes:
        return 0
    # The few that wait for later have an index of their own; held ones are looked for only while any can be.
    ahead = OutboxMessage.objects.filter(begins, not_before__gt=at, lease_until=None)
    count = ahead.filter(state=OutboxMessage.WAITING, next_attempt_at__gt=at).update(**TAKEN_BACK)
    if outbound_is_held():
        count += ahead.filter(state=OutboxMessage.HELD).update(**TAKEN_BACK)
    return count


@action
def release_message(*, message, by, at):
    """Let a message that was held or given up go out after all, with its attempts counted anew."""
    if message.state not in (OutboxMessage.HELD, OutboxMessage.DEAD):
        raise Refusal(_("Only a held or given up message can be sent after all."), code="message_not_held")
    message.state, message.attempts, message.next_attempt_at = OutboxMessage.WAITING, 0, at
    message.save(update_fields=["state", "attempts", "next_attempt_at"])
    return message
