"""How is another program told, so that it can prove that it was us?"""
import json

from django.conf import settings
from standardwebhooks import Webhook

from integrations.channels.outcome import DEAD, RETRY, Undelivered
from kernel import outbound


def send(message, at):
    """One signed POST (standardwebhooks); the message's key is the webhook-id, by which the receiver drops repeats."""
    body = json.dumps(
        {"type": message.kind, "timestamp": at.isoformat(), "data": message.payload}, ensure_ascii=False
    )
    headers = {
        "content-type": "application/json", "webhook-id": message.key, "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(
            Webhook(secret).sign(message.key, at, body) for secret in settings.HUB_WEBHOOK_SECRETS
        ),
    }
    try:
        outbound.send("POST", message.recipient, policy=_policy(), headers=headers, content=body.encode())
    except outbound.PeerError as error:
        raise Undelivered(
            RETRY if error.kind == outbound.RETRYABLE else DEAD, str(error)[:300], error.retry_after_s
        ) from None


def _policy():
    # A receiver may answer anything or nothing: only its status counts.
    return outbound.Policy(
        deadline_s=15, max_bytes=65_536, content_types=(), proof=False, loopback=tuple(settings.HUB_CHANNEL_LOOPBACK)
    )
