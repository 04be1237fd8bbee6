"""How is a raw row kept until it is read, and what does it become when it is?"""
import json
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

from integrations.mapping import json_native
from integrations.mapping_sets import compile_mappings
from integrations.models import Mapping
from integrations.unreadable import REASONS, BadMapping, UnreadableRow
from orders.identity import SENTENCES

PACKED = "__json__"
# An inbox row's number: the batch's id and the row's place in it.
PLACES = 20
MOST_ROWS = 5_000
# What can still be mended is kept longer than what was read.
KEEP_DAYS = {"keep_days": 90, "keep_parked_days": 365}


class Unread(NamedTuple):
    """A row that did not become a statement: where it stands and why."""

    position: int
    entity: str
    raw: object
    received_at: object
    code: str
    sentence: str
    params: dict
    key: str = ""
    order_number: str = ""
    message_id: str = ""
    version: str = ""


def kept_until(connection, name, at):
    """When a raw copy made now comes to its end: a connection may say so in days, under this name."""
    return at + timedelta(days=int(connection.config.get(name, KEEP_DAYS[name])))


def stored_row(raw):
    """The row as JSON both databases can keep; what they cannot (NUL, half characters, NaN) is kept as text."""
    converted = []

    def native(value):
        converted.append(True)
        return json_native(value)

    try:
        text = json.dumps(raw, default=native, allow_nan=False)
        row = json.loads(text) if converted else raw
        if "\\u0000" in text:
            return _packed(row)
        if "\\ud" in text:  # may be a pair, which is well, or half of one
            json.dumps(row, ensure_ascii=False).encode()
    except (UnicodeEncodeError, ValueError, TypeError, RecursionError):
        return _packed(raw)
    return row


def _packed(raw):
    try:
        return {PACKED: json.dumps(raw, default=str)}
    except (ValueError, RecursionError):
        return {PACKED: json.dumps(repr(raw)[:100_000])}


def opened_row(stored):
    """The row as it arrived."""
    if isinstance(stored, dict) and stored.keys() == {PACKED}:
        return json.loads(stored[PACKED])
    return stored


def observation_of(batch_id, position):
    """The number the inbox gives a row, once."""
    return (batch_id << PLACES) | position


def batch_id_of(observation):
    return observation >> PLACES


def published_mapping(system_id):
    """The newest published Mapping row of a system, or None."""
    return Mapping.objects.filter(system_id=system_id).exclude(published_at=None).order_by("-version").first()


@lru_cache(maxsize=64)
def _compiled(spec_text, version):
    return compile_mappings(json.loads(spec_text), version)


def reader_for(mapping):
    """The MappingSet of a published Mapping row; compiled once per content, not per row."""
    return _compiled(json.dumps(mapping.spec, sort_keys=True), mapping.version)


class Reader:
    """Reads the rows of one system: statements, and the rows nobody can read yet."""

    def __init__(self, system_id, mapping=None):
        mapping = mapping or published_mapping(system_id)
        self.version = mapping.version if mapping else 0
        self.trouble, self.readers = None, None
        try:
            self.readers = reader_for(mapping) if mapping else None
        except BadMapping as bad:
            self.trouble = bad

    def read(self, batch_id, code, position, entity, stored, received_at):
        """A Statement, or the Unread row."""
        raw = opened_row(stored)
        try:
            if self.trouble:
                raise self.trouble
            if self.readers is None:
                raise UnreadableRow("NO_MAPPING", stream=entity)
            statement = self.readers.read(entity, raw, position).statement
        except (UnreadableRow, BadMapping) as refused:
            return Unread(position, entity, stored, received_at, refused.code, refused.sentence, refused.params,
                          *self._names(entity, raw))
        return replace(
            statement, batch=statement.batch or code, position=position,
            observation=observation_of(batch_id, position) if batch_id else 0,
        )

    def _names(self, entity, raw):
        """Which record, order and message an unreadable row seems to be: a missing message is searched for by these."""
        reader = self.readers.readers.get(entity) if self.readers else None
        return reader.names_in(raw) if reader else ()


def entity_of(reader, stream):
    """The entity of a stream, as far as the mapping knows it."""
    known = reader.readers.readers.get(stream) if reader.readers else None
    return known.entity if known else stream[:20]


assert not REASONS.keys() & SENTENCES.keys()
