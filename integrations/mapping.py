"""What does a raw row of a system say, once a mapping (data, versioned) has read it?

A mapping is a JSON-able dict; docs/mapping.md describes it key by key. `compile_mapping` checks it and turns
it into a reader; `reader.read(row)` gives a Reading(statement, notes) or refuses the row with UnreadableRow.
A bad optional field never breaks a row: it is left out and told as a Note.
"""
import hashlib
import json
from datetime import date, datetime, time
from decimal import Decimal
from typing import NamedTuple

from integrations.mapping_parts import Compiler
from integrations.unreadable import REASONS, BadMapping, BadValue, UnreadableRow
from orders.statement import ENTITIES, Statement

MAX_ROW = 262_144
_KEY_LIMIT = 80
# How many characters the hub keeps of each part of a statement.
_TEXT_PARTS = {
    "parent_entity": 20, "parent_key": 80, "order_number": 60, "line_number": 20, "version": 40,
    "message_id": 64, "batch": 64, "actor": 60, "device": 40,
}


class Note(NamedTuple):
    """Something about one field of a row that went on all the same; `sentence % params` tells it."""

    field: str
    code: str
    params: dict

    @property
    def sentence(self):
        return REASONS[self.code]


class Reading(NamedTuple):
    """One row read: the statement and the notes about fields left out."""

    statement: Statement
    notes: tuple


class _Draft:
    """What is known of the row so far; converters may write more than their own field."""

    __slots__ = ("data", "extra", "notes")

    def __init__(self):
        self.data, self.extra, self.notes = {}, {}, []


def payload_text(row, envelope=()):
    """The canonical JSON of a raw row without its envelope (message ids, batches, sending times)."""
    body = {name: value for name, value in row.items() if name not in envelope} if envelope else row
    return json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=json_native)


def json_native(value):
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value).__name__)


def payload_hash(row, envelope=()):
    """sha256 hex of `payload_text`."""
    return hashlib.sha256(payload_text(row, envelope).encode()).hexdigest()


def _named_entity(part):
    """The parent's entity is one of our words, unless it is read from the row: {"from": …, "table": …}."""
    return {"const": part} if isinstance(part, str) else part


class Mapping:
    """A checked mapping, ready to read rows. Attributes: system, stream, entity, version, orders_by."""

    def __init__(self, spec):
        self.spec = spec
        self.system, self.entity = spec.get("system", ""), spec.get("entity", "")
        self.stream = spec.get("stream") or self.entity
        if not self.system or self.entity not in ENTITIES:
            raise BadMapping("MISSING_PART", field="entity" if self.system else "system")
        self.version = f"{self.system}.{self.stream}/{spec.get('mapping_version', '1')}"
        self.orders_by = spec.get("orders_by", "time")
        if self.orders_by not in ("version", "sequence", "time"):
            raise BadMapping("MISSING_PART", field="orders_by")
        self.envelope = frozenset(spec.get("envelope", ()))
        self._compile(Compiler(spec))

    def _compile(self, compiler):
        spec = self.spec
        for name in ("key", "occurred_at"):
            if not spec.get(name):
                raise BadMapping("MISSING_PART", field=name)
        self._key = compiler.text(spec["key"], limit=_KEY_LIMIT)
        self._key_name = compiler.source_name(spec["key"])
        self._occurred = compiler.occurred(spec["occurred_at"])
        self._texts = [
            (name, compiler.text(_named_entity(spec[name]) if name == "parent_entity" else spec[name], limit))
            for name, limit in _TEXT_PARTS.items() if name in spec
        ]
        self._parts = compiler.parts(spec)
        self._fields = compiler.fields(spec.get("fields", {}))
        self._facts = compiler.facts(spec.get("facts", {}))

    def read(self, row, position=0):
        """The Reading of one raw row (a dict in the system's own words); refuses with UnreadableRow."""
        digest = self._weigh(row)
        draft = _Draft()
        key = self._read_key(row)
        occurred_at, raw, zone = self._read_occurred(row)
        for name, read in self._texts:
            self._take_text(draft, name, read, row)
        for field, read, required in self._parts:
            self._take(draft, field, read, required, row)
        for field, read, required in self._fields:
            self._take(draft, field, read, required, row)
        if self._facts:
            self._take_facts(draft, row)
        statement = Statement(
            system=self.system, entity=self.entity, key=key, occurred_at=occurred_at, data=draft.data,
            occurred_raw=raw, occurred_zone=zone, orders_by=self.orders_by, position=position,
            mapping_version=self.version,
            payload_hash=digest, **draft.extra,
        )
        return Reading(statement, tuple(draft.notes))

    def names_in(self, row):
        """(key, order number, message id, version) as far as they can be read in a row that as a whole cannot."""
        texts, found = dict(self._texts), []
        for read in (self._key, *(texts.get(name) for name in ("order_number", "message_id", "version"))):
            try:
                found.append((read and isinstance(row, dict) and read(row)) or "")
            except BadValue:
                found.append("")
        return tuple(found)

    def _weigh(self, row):
        if not isinstance(row, dict):
            raise UnreadableRow("NOT_A_ROW")
        try:
            text = payload_text(row, self.envelope)
        except (TypeError, ValueError, RecursionError):
            raise UnreadableRow("NOT_A_ROW") from None
        if len(text) > MAX_ROW:
            raise UnreadableRow("ROW_TOO_LARGE", limit=MAX_ROW)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def _read_key(self, row):
        try:
            key = self._key(row)
        except BadValue as bad:
            raise UnreadableRow(bad.code, **bad.params) from None
        if not key:
            raise UnreadableRow("MISSING_KEY", field=self._key_name)
        return key

    def _read_occurred(self, row):
        try:
            return self._occurred(row)
        except BadValue as bad:
            raise UnreadableRow(bad.code, **bad.params) from None

    def _take_text(self, draft, name, read, row):
        try:
            value = read(row)
        except BadValue as bad:
            draft.notes.append(Note(name, bad.code, bad.params))
            return
        if value:
            draft.extra[name] = value

    def _take(self, draft, field, read, required, row):
        try:
            value = read(row, draft)
        except BadValue as bad:
            if required:
                raise UnreadableRow(bad.code, **bad.params) from None
            draft.notes.append(Note(field, bad.code, bad.params))
            return
        if value is None and required:
            raise UnreadableRow("MISSING_VALUE", field=required)

    def _take_facts(self, draft, row):
        facts = {}
        for code, read in self._facts:
            try:
                value = read(row, draft)
            except BadValue as bad:
                draft.notes.append(Note(code, bad.code, bad.params))
                continue
            if value is not None:
                facts[code] = value
        if facts:
            draft.data["facts"] = facts


def compile_mapping(spec):
    """A Mapping that can read rows; refuses with BadMapping when the spec is not well formed."""
    if not isinstance(spec, dict):
        raise BadMapping("MISSING_PART", field="system")
    return Mapping(spec)
