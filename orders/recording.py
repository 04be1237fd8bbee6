"""How does one batch of statements become records, events and orders, inside one short transaction?

The steps: refuse what cannot be stored, read what is known, tell news from repeats, find each record's order, write
records and events, fold the touched orders anew. Nothing is written row by row.
"""
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from orders.bulk import in_chunks, insert_rows, point_rows, update_rows
from orders.identity import (
    Refused,
    has_storable_texts,
    hash_of,
    identity_of,
    is_observed,
    other_content,
    storable_text,
    trouble_with,
)
from orders.masters import Masters, MasterWriter
from orders.matching import Kinds, Matcher, adopt_parts, lock_intake, move_record, write_keys
from orders.models import Event, SourceRecord, SourceSystem
from orders.records import highest_change_number, number_of, read_records, write_records
from orders.refold import Refolder
from orders.scoping import Scopes, plants_of_stock
from orders.search_terms import write_terms
from orders.statement import Statement

_EVENT = (
    "system", "identity", "record", "order", "entity", "key", "kind", "order_number", "order_kind", "line_number",
    "parent_entity", "parent_key", "closed", "occurred_at", "occurred_raw", "occurred_zone", "received_at",
    "recorded_at", "orders_by", "version", "sequence", "observation", "message_id", "batch", "position", "actor_kind",
    "actor", "device", "by", "payload_hash", "data", "status_raw", "unit_raw", "mapping_version", "replaces",
    "retracts", "reason",
)


class Item(NamedTuple):
    """One statement on its way in."""

    statement: Statement
    system: SourceSystem
    received_at: datetime
    data_text: str
    payload_hash: str
    identity: str
    replaces: int | None = None

    @property
    def name(self):
        return self.system.id, self.statement.entity, self.statement.key


@dataclass
class Recorded:
    """What became of the statements: counts, orders whose state changed, records that changed, refusals."""

    new: int = 0
    duplicates: int = 0
    refused: list = field(default_factory=list)
    order_ids: set = field(default_factory=set)
    record_ids: set = field(default_factory=set)

    def add(self, other):
        self.new += other.new
        self.duplicates += other.duplicates
        self.refused += other.refused
        self.order_ids |= other.order_ids
        self.record_ids |= other.record_ids


class Intake:
    """Reference data read once, and the steps over it. One per batch, or one per load of history."""

    def __init__(self, *, by, at):
        self.by, self.at = by, at
        self.systems = {one.code: one for one in SourceSystem.objects.all()}
        self.by_id = {one.id: one for one in self.systems.values()}
        self.kinds, self.scopes, self.masters = Kinds(), Scopes(), Masters()
        self.refolder = Refolder(self.kinds, self.scopes, self.masters)
        self.writer = MasterWriter(self.masters, self.scopes)

    def store(self, statements, received, replaced=()):
        """Write one batch without folding. Returns (Recorded, touched order ids).

        `replaced`, when given, names for each statement the event that it is a new reading of.
        """
        lock_intake()
        result = Recorded()
        items = self._accepted(statements, received, result)
        if replaced:
            items = _restated(items, dict(zip(map(id, statements), replaced, strict=True)))
        if not items:
            return result, set()
        records = read_records(sorted({item.name for item in items}), self.by_id)
        fresh = self._news(items, records, result)
        matcher = Matcher(self.kinds, self.scopes, self.at)
        matcher.match(list(records.values()))
        self._own(records.values(), matcher)
        write_records(list(records.values()), highest_change_number())
        self._write_events(fresh, records)
        touched = self._settle(matcher, records)
        touched |= self.writer.write(records.values())
        write_terms(matcher.made)
        self._hear(items)
        result.record_ids = {one.id for one in records.values() if one.is_changed}
        return result, touched

    def _accepted(self, statements, received, result):
        items = []
        for statement, moment in zip(statements, received, strict=True):
            item = self._item(statement, moment)
            if isinstance(item, Refused):
                result.refused.append(item)
            else:
                items.append(item)
        return items

    def _item(self, statement, received_at):
        system = self.systems.get(statement.system)
        if system is None:
            return Refused(statement, "unknown_system", {"value": str(statement.system)[:40]})
        if statement.order_kind and statement.order_kind not in self.kinds.by_code:
            return Refused(statement, "unknown_kind", {"value": str(statement.order_kind)[:40]})
        trouble = trouble_with(statement)
        if trouble:
            return Refused(statement, *trouble)
        text = storable_text(statement.data)
        if text is None or not has_storable_texts(statement):
            return Refused(statement, "not_storable", {})
        digest = hash_of(statement, text)
        return Item(statement, system, received_at, text, digest, identity_of(statement, digest))

    def _news(self, items, records, result):
        """The items that are news, each standing in its record; repeats are counted."""
        known, fresh = self._known_identities(items), []
        for item in items:
            record, name = records[item.name], (item.system.id, item.identity)
            if known.get(name, item.payload_hash) != item.payload_hash:
                item = item._replace(identity=other_content(item.identity, item.payload_hash))
                name = (item.system.id, item.identity)
            if name in known or _says_nothing_new(item, record):
                record.repeat(item)
                result.duplicates += 1
                continue
            known[name] = item.payload_hash
            fresh += self._seen_again(record) if record.is_split_by(item) else ()
            record.take(item)
            fresh.append(item)
            result.new += 1
        return fresh

    def _seen_again(self, record):
        """The latest statement once more, as of when it was last seen unchanged: now that tells something."""
        latest = record.latest or self._item_of(record)
        moment = record.repeated_at
        again = latest._replace(
            statement=replace(latest.statement, occurred_at=moment, occurred_raw="", observation=0),
            identity=f"p:{record.entity}:{record.key}:{int(moment.timestamp() * 1_000_000)}",
        )
        record.take(again)
        record.message_count -= 1
        return [again]

    def _item_of(self, record):
        """The Item a stored record was made from, as far as the record keeps it."""
        row = SourceRecord.objects.get(pk=record.id)
        names = ("entity", "key", "occurred_at", "data", "order_number", "line_number", "parent_entity", "parent_key",
                 "orders_by", "version", "sequence", "message_id", "batch", "actor_kind", "actor", "device", "closed",
                 "status_raw", "unit_raw", "mapping_version", "payload_hash")
        said = Statement(system=record.system.code, **{name: getattr(row, name) for name in names})
        return Item(said, record.system, row.received_at, storable_text(row.data), row.payload_hash, "")

    def _known_identities(self, items):
        """{(system id, identity): payload hash} of the events that have one of these names already."""
        known = self._hashes_of({(item.system.id, item.identity) for item in items})
        taken = {
            (item.system.id, other_content(item.identity, item.payload_hash)) for item in items
            if known.get((item.system.id, item.identity), item.payload_hash) != item.payload_hash
        }
        return known | self._hashes_of(taken)

    def _hashes_of(self, names):
        known, wanted = {}, {}
        for system_id, identity in names:
            wanted.setdefault(system_id, []).append(identity)
        for system_id, identities in wanted.items():
            for some in in_chunks(sorted(identities)):
                found = Event.objects.filter(system_id=system_id, identity__in=some).order_by()
                known.update({
                    (system_id, identity): digest for identity, digest in found.values_list("identity", "payload_hash")
                })
        return known

    def _own(self, records, matcher):
        """A record belongs to its order's scope, stock to its plant's, all else to its system's."""
        plants = plants_of_stock(records)
        for record in records:
            if record.order_id and record.order_id != record.was_order_id:
                record.scope_id = matcher.owner_of(record.order_id)
            elif record in plants:
                record.scope_id = self.scopes.owner_of_plant(
                    record.system.company_id, plants[record], record.scope_id or record.system.scope_id
                )
            elif record.scope_id is None:
                record.scope_id = record.system.scope_id

    def _write_events(self, fresh, records):
        replaced = self._retracted(fresh, records)
        by = self.by.pk if self.by else None
        insert_rows(Event, _EVENT, [self._event_row(item, records[item.name], by, replaced) for item in fresh])

    def _event_row(self, item, record, by, replaced):
        said = item.statement
        return (
            item.system.id, item.identity, record.id, record.order_id, said.entity, said.key, Event.STATED,
            number_of(said.order_number), said.order_kind, said.line_number, said.parent_entity, said.parent_key,
            said.closed, said.occurred_at, said.occurred_raw, said.occurred_zone, item.received_at, self.at,
            said.orders_by, said.version, said.sequence, said.observation, said.message_id, said.batch,
            said.position, said.actor_kind, said.actor, said.device, by, item.payload_hash, item.data_text,
            said.status_raw, said.unit_raw, said.mapping_version, item.replaces or replaced.get(item.identity),
            said.retracts, "",
        )

    def _retracted(self, fresh, records):
        """{identity of a retraction: the event it takes back}."""
        found = {}
        for item in fresh:
            if item.statement.retracts:
                events = Event.objects.filter(record_id=records[item.name].id).order_by("-occurred_at", "-id")
                found[item.identity] = events.values_list("id", flat=True).first()
        return found

    def _settle(self, matcher, records):
        """Records that change their order take their events along; waiting ones join. Returns touched orders."""
        touched = {one.order_id for one in records.values() if one.is_changed and one.order_id}
        found_late = []
        for record in records.values():
            if record.was_order_id and record.order_id != record.was_order_id:
                touched.add(record.was_order_id)
                self._move(record)
            elif not record.is_new and record.was_order_id is None and record.order_id:
                found_late.append((record.order_id, record.id))
        point_rows(Event, "order", "record", found_late)
        write_keys(list(records.values()), self.at)
        adopted = matcher.adopt_waiting()
        found = adopted | {
            (one.system.id, one.entity, one.key): one.order_id for one in records.values()
            if one.order_id and one.order_id != one.was_order_id
        }
        while found:
            touched.update(found.values())
            found = adopt_parts(found)
        return touched

    def _move(self, record):
        SourceRecord.objects.filter(pk=record.id).update(order_id=record.was_order_id)
        move_record(record.id, record.order_id)

    def _hear(self, items):
        """When did we last hear of each system, and until when has it told?"""
        rows = []
        for system in sorted({item.system for item in items}, key=lambda one: one.id):
            mine = [item for item in items if item.system.id == system.id]
            heard = max(item.received_at for item in mine)
            told = min(heard, max(item.statement.occurred_at for item in mine))
            before = system.last_heard_at, system.watermark_at
            system.last_heard_at = max(system.last_heard_at or heard, heard)
            system.watermark_at = max(system.watermark_at or told, told)
            if before != (system.last_heard_at, system.watermark_at):
                rows.append((system.last_heard_at, system.watermark_at, system.id))
        update_rows(SourceSystem, ("last_heard_at", "watermark_at"), rows)


def _restated(items, replaced):
    """New readings: named by the mapping that read them and the event they replace."""
    return [
        item._replace(identity=f"r:{item.statement.mapping_version}:{replaced[id(item.statement)]}",
                      replaces=replaced[id(item.statement)])
        for item in items
    ]


def _says_nothing_new(item, record):
    """Seen again as it was, and not from earlier than we knew.

    A new reading has the payload of the old one and is news all the same.
    """
    return (
        item.replaces is None and is_observed(item.identity) and record.payload_hash == item.payload_hash
        and item.statement.occurred_at >= record.occurred_at
    )
