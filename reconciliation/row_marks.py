"""By what is a row of a report known again when it comes back, and what did it say when it left?

A mark holds the difference's fingerprint and what its row showed: a digest of the values, the state and whose it was.
It is signed, so that a row of another hub, or one mended by hand, is not taken for ours.
"""
import base64
import binascii
import hmac
from dataclasses import dataclass

from django.conf import settings
from django.utils.crypto import salted_hmac

from reconciliation.fingerprints import hash_of_values
from reconciliation.models import Difference

START = "OH"
SALT = "reconciliation.row_marks"
STATES = [code for code, _name in Difference.STATES]  # by place: a new state comes last
FINGERPRINT, VALUES, PERSON, SIGNED = 32, 8, 5, 10
LENGTH = 1 + FINGERPRINT + VALUES + 1 + PERSON
FORMAT = 1


@dataclass(frozen=True)
class Mark:
    """What a row said: `values` is the start of hash_of_values, `assignee` the id of a person or 0."""

    fingerprint: str
    values: str
    state: str
    assignee: int

    def fits(self, values):
        """Are these the values the row showed?"""
        return hash_of_values(values).startswith(self.values)


def mark_of(fingerprint, values, state, assignee_id):
    """The text of a row's mark, 78 characters."""
    said = bytes([FORMAT]) + bytes.fromhex(fingerprint) + bytes.fromhex(hash_of_values(values))[:VALUES]
    said += bytes([STATES.index(state)]) + (assignee_id or 0).to_bytes(PERSON, "big")
    return START + base64.b64encode(said + _signature(said, settings.SECRET_KEY)).decode()


def read_mark(text):
    """The Mark of a text, or None when it is none of this hub's."""
    try:
        raw = base64.b64decode(str(text or "").strip().removeprefix(START), validate=True)
    except (binascii.Error, ValueError):
        return None
    said, signature = raw[:LENGTH], raw[LENGTH:]
    if len(raw) != LENGTH + SIGNED or said[0] != FORMAT or not _is_signed(said, signature):
        return None
    values, state = 1 + FINGERPRINT, 1 + FINGERPRINT + VALUES
    return Mark(said[1:values].hex(), said[values:state].hex(), STATES[said[state]],
                int.from_bytes(said[state + 1:], "big"))


def _is_signed(said, signature):
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(hmac.compare_digest(_signature(said, key), signature) for key in keys)


def _signature(said, key):
    return salted_hmac(SALT, said, secret=key, algorithm="sha256").digest()[:SIGNED]
