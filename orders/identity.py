"""Is this statement new, or did we hear it before? And may it be stored at all?"""
import hashlib
import json
from datetime import UTC, datetime
from operator import attrgetter
from typing import NamedTuple

from orders.axes import RANK, instant_key
from orders.ranking import FACT_AXIS
from orders.statement import ENTITIES, Statement
from orders.streams import version_key

LONGEST = {
    "entity": 20, "key": 80, "order_number": 60, "order_kind": 30, "line_number": 20, "parent_entity": 20,
    "parent_key": 80, "occurred_raw": 60, "occurred_zone": 60, "version": 40, "message_id": 64, "batch": 64,
    "actor_kind": 10, "actor": 60, "device": 40, "status_raw": 60, "unit_raw": 20, "mapping_version": 40,
    "payload_hash": 64,
}
TEXTS = {
    "customer": 60, "customer_name": 160, "material": 60, "material_name": 160, "currency": 3, "unit": 12,
    "bom_revision": 30, "plant": 40, "warehouse": 40, "sales_team": 60, "carrier": 80, "waybill": 80, "tier": 20,
    "hold_kind": 30, "supplier": 60, "supplier_name": 160, "carrier_name": 160,
}
NUMBERS = (
    "quantity_m", "shipped_m", "amount_minor", "unit_price_u", "credit_limit_minor", "on_hand_m", "safety_stock_m",
    "pack_m", "list_price_minor",
)
INSTANTS = ("requested_at", "promised_at", "forecast_at", "ordered_at", "posted_at")
LARGEST = 2**63 - 1
_CHECKED = frozenset((*TEXTS, *NUMBERS, *INSTANTS))
_parts = attrgetter(*LONGEST)


def _(text):
    """Marks a sentence for the translators; it is translated where it is shown."""
    return text


gettext_noop = _
SENTENCES = {
    "unknown_system": gettext_noop("There is no source system “%(value)s”."),
    "unknown_entity": gettext_noop("“%(value)s” is not a kind of record the hub knows."),
    "unknown_kind": gettext_noop("There is no order kind “%(value)s”."),
    "unknown_status": gettext_noop("“%(value)s” is not a status of the hub."),
    "no_key": gettext_noop("The row does not say which record it is about."),
    "too_long": gettext_noop("The text in %(field)s is longer than %(limit)s characters."),
    "not_text": gettext_noop("%(field)s must be text."),
    "not_storable": gettext_noop("The row holds characters that cannot be stored."),
    "not_a_number": gettext_noop("%(field)s must be a whole number of at most 64 bits."),
    "not_an_instant": gettext_noop("%(field)s must be an instant in UTC, written as ISO text ending in Z."),
    "unknown_fact": gettext_noop("“%(value)s” is not a node of the path."),
    "database": gettext_noop("The database refused this row: %(value)s"),
}


class Refused(NamedTuple):
    """A statement that was not stored: `sentence % params` says why."""

    statement: Statement
    code: str
    params: dict

    @property
    def sentence(self):
        return SENTENCES[self.code]

    def __str__(self):
        return self.sentence % self.params


class Known(NamedTuple):
    """What is known of a record: its latest statement by the stream's own ordering."""

    payload_hash: str
    position: tuple


def trouble_with(statement):
    """(code, params) when the statement cannot be stored, else None. The same on every database."""
    if statement.entity not in ENTITIES:
        return "unknown_entity", {"value": str(statement.entity)[:40]}
    if not statement.key:
        return "no_key", {}
    for value, (name, limit) in zip(_parts(statement), LONGEST.items(), strict=True):
        if type(value) is not str:
            return "not_text", {"field": name}
        if len(value) > limit:
            return "too_long", {"field": name, "limit": limit}
    if statement.occurred_at.tzinfo is None:
        return "not_an_instant", {"field": "occurred_at"}
    return _trouble_with_data(statement.data)


def _trouble_with_data(data):
    status, axis = data.get("status"), data.get("axis")
    if status is not None and status not in RANK.get(axis, ()):
        return "unknown_status", {"value": f"{axis} {status}"}
    for name, value in data.items():
        trouble = value is not None and name in _CHECKED and _trouble_with_value(name, value)
        if trouble:
            return trouble
    return _trouble_with_facts(data.get("facts") or {})


def _trouble_with_value(name, value):
    if name in TEXTS:
        if not isinstance(value, str):
            return "not_text", {"field": name}
        if len(value) > TEXTS[name]:
            return "too_long", {"field": name, "limit": TEXTS[name]}
    elif name in INSTANTS:
        if not _is_instant(value):
            return "not_an_instant", {"field": name}
    elif type(value) is not int or abs(value) > LARGEST:
        return "not_a_number", {"field": name}
    return None


def _trouble_with_facts(facts):
    for code, moment in facts.items():
        if code not in FACT_AXIS:
            return "unknown_fact", {"value": str(code)[:40]}
        if not _is_instant(moment):
            return "not_an_instant", {"field": code}
    return None


def _is_instant(text):
    # A quick look at the shape first; the calendar only when the shape is right.
    if not isinstance(text, str) or not 20 <= len(text) <= 27 or text[-1] != "Z" or text[10] != "T":
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def storable_text(data):
    """The data as JSON text, or None when it holds NUL or half a character, which PostgreSQL refuses."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    if "\\u0000" in text:
        return None
    try:
        text.encode()
    except UnicodeEncodeError:
        return None
    return text


def has_storable_texts(statement):
    """No NUL and no half characters in the parts beside the data."""
    together = "\n".join(_parts(statement))
    if together.isascii() and "\0" not in together:
        return True
    if "\0" in together:
        return False
    try:
        together.encode()
    except UnicodeEncodeError:
        return False
    return True


def hash_of(statement, data_text):
    """The payload's hash as the door gave it, else one of what the statement says."""
    return statement.payload_hash or hashlib.sha256(
        f"{data_text}|{statement.status_raw}|{statement.closed}|{statement.retracts}|{statement.occurred_at}".encode()
    ).hexdigest()


def identity_of(statement, payload_hash):
    """What names this statement within its system, whichever way and however often it comes."""
    record = f"{statement.entity}:{statement.key}"
    if statement.message_id:
        return f"m:{record}:{statement.message_id}"
    if statement.version:
        return f"v:{record}:{statement.version}"
    if statement.orders_by == "sequence" and statement.sequence is not None:
        return f"v:{record}:{statement.sequence}"
    if statement.observation:
        return f"o:{record}:{statement.observation}"
    moment = int(statement.occurred_at.timestamp() * 1_000_000)
    return f"c:{record}:{moment}:{payload_hash[:12]}"


def is_observed(identity):
    """Named by us and not by its source: then an unchanged payload tells nothing new."""
    return identity[0] in "oc"


def other_content(identity, payload_hash):
    """The identity of a second statement under a name already used for other content: neither may be lost."""
    return f"{identity[:240]}:{payload_hash[:12]}"


def place_of(orders_by, version, sequence, occurred_at, payload_hash):
    """Where a statement stands in its stream; the greatest is the latest. Comparable within one `orders_by`."""
    if orders_by == "version":
        return version_key(version), payload_hash
    if orders_by == "sequence":
        return -1 if sequence is None else sequence, payload_hash
    return occurred_at, payload_hash


def moment_of(text):
    """The aware datetime of an instant written as text, or None."""
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


__all__ = [
    "Known", "Refused", "SENTENCES", "has_storable_texts", "hash_of", "identity_of", "instant_key", "is_observed",
    "moment_of", "other_content", "place_of", "storable_text", "trouble_with",
]
