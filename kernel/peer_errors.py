"""What can go wrong between the hub and a peer, of which kind is it, and when may it be tried again?"""
import email.utils
import random
import re
from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refusal

RETRYABLE, AUTH, REFUSED, PERMANENT = "retryable", "auth", "refused", "permanent"
RETRY_LEAST_S, RETRY_MOST_S = 1, 3600


class PeerError(Refusal):
    """The exchange failed. `kind` is retryable, auth, refused (by us) or permanent; `code` says what exactly.

    `retry_after_s` is what the peer asked for, clamped, or None; `answer` what it said, if it spoke at all.
    """

    def __init__(self, kind, code, sentence, *, answer=None, retry_after_s=None, **params):
        super().__init__(sentence, code="peer." + code, **params)
        self.kind, self.answer, self.retry_after_s = kind, answer, retry_after_s


SENTENCES = {
    "address": _("The address %(host)s leads to %(address)s, where this connection may not go."),
    "no_address": _("The name %(host)s is not known."),
    "url": _("This is not an address the hub may call: %(detail)s."),
    "deadline": _("The peer did not finish within %(seconds)s seconds."),
    "connect": _("No connection to %(host)s (%(detail)s)."),
    "broken": _("The connection broke before the answer was whole (%(detail)s)."),
    "unproven": _("The answer ended without a sign that it is whole."),
    "too_large": _("The answer is larger than %(limit)s bytes."),
    "encoding": _("The answer is packed in a way the hub does not unpack: %(detail)s."),
    "not_data": _("The peer did not answer data but %(detail)s."),
    "bad_json": _("The peer's answer is not clean JSON: %(detail)s"),
    "redirect": _("The peer sends the call elsewhere (%(status)s), and the hub does not follow."),
    "auth": _("The peer does not accept the hub's key (%(status)s)."),
    "busy": _("The peer is busy or down (%(status)s)."),
    "rejected": _("The peer rejects the call (%(status)s)."),
    "same_page": _("The peer gives the same page again and again."),
    "too_many_pages": _("The peer gives more than %(limit)s pages."),
}


def peer_error(kind, code, **params):
    return PeerError(kind, code, SENTENCES[code], **params)


def classify(status):
    """retryable, auth or permanent, for a status of 400 and above."""
    if status in (401, 403, 407):
        return AUTH
    if status in (408, 423, 425, 429) or status >= 500 and status not in (501, 505):
        return RETRYABLE
    return PERMANENT


def retry_after(value, now=None):
    """Seconds a Retry-After header asks for, clamped to 1 s … 1 h; None when it says nothing readable."""
    if not value:
        return None
    text = value.strip()
    if re.fullmatch(r"[+-]?[0-9]{1,40}(\.[0-9]*)?([eE]\+?[0-9]{1,3})?", text):
        return int(min(max(float(text), RETRY_LEAST_S), RETRY_MOST_S))
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    seconds = (moment - (now or datetime.now(UTC))).total_seconds()
    return int(min(max(seconds, RETRY_LEAST_S), RETRY_MOST_S))


def next_try_s(attempt, asked_s=None, chance=random.random):
    """Seconds until attempt number `attempt` + 1: what the peer asked for, else doubling, plus up to 20 %."""
    base = asked_s if asked_s is not None else min(2 ** min(attempt, 20), RETRY_MOST_S)
    return min(max(base, RETRY_LEAST_S) * (1 + 0.2 * chance()), RETRY_MOST_S * 1.2)
