"""What do we know of each system's records, and how does a new statement change it?"""
from orders.bulk import in_chunks, insert_rows, locked, update_rows
from orders.identity import is_observed, place_of
from orders.models import SourceRecord
from orders.streams import version_key

_READ = (
    "id", "system_id", "entity", "key", "order_id", "order_number", "line_number", "parent_entity", "parent_key",
    "payload_hash", "orders_by", "version", "sequence", "occurred_at", "max_version", "message_count",
    "duplicate_count", "first_received_at", "scope_id", "observation",
    "is_pinned", "repeated_at",
)
_WRITTEN = (
    "order_id", "scope_id", "order_number", "line_number", "parent_entity", "parent_key", "data", "status_raw",
    "unit_raw", "mapping_version", "occurred_at", "received_at", "version", "sequence", "max_version", "orders_by",
    "message_id", "batch", "actor_kind", "actor", "device", "closed", "payload_hash", "message_count",
    "duplicate_count", "is_retracted", "observation", "repeated_at", "first_received_at",
    "change_number",
)
_COUNTED = ("order_id", "scope_id", "max_version", "message_count", "duplicate_count", "observation",
            "repeated_at", "first_received_at", "change_number")
_NEW = ("system_id", "entity", "key", "is_pinned", *_WRITTEN)


def _names(names):
    return [name.removesuffix("_id") if name in ("order_id", "scope_id", "system_id") else name for name in names]


class Record:
    """One source record while a batch is worked: what stood, and the latest statement if this batch brought it."""

    __slots__ = (
        "id", "system", "entity", "key", "order_id", "order_number", "line_number", "parent_entity", "parent_key",
        "payload_hash", "orders_by", "version", "sequence", "occurred_at", "max_version", "message_count",
        "duplicate_count", "first_received_at", "scope_id", "observation", "latest", "is_changed",
        "is_new", "is_pinned", "repeated_at", "was_order_id", "change_number",
    )

    def __init__(self, system, entity, key):
        self.id, self.system, self.entity, self.key = None, system, entity, key
        self.order_id = self.was_order_id = self.scope_id = self.latest = None
        self.order_number = self.line_number = self.parent_entity = self.parent_key = self.payload_hash = ""
        self.max_version, self.message_count, self.duplicate_count = "", 0, 0
        self.observation = 0
        self.is_changed, self.change_number, self.first_received_at = False, 0, None
        self.is_new, self.is_pinned, self.repeated_at = True, False, None

    @property
    def is_known(self):
        return bool(self.payload_hash)

    def take(self, item):
        """A new statement: counts it, and lets it stand when its stream's order says that it is the latest."""
        self.message_count += 1
        self.is_changed = True
        self.observation = max(self.observation, item.statement.observation)
        self.first_received_at = min(self.first_received_at or item.received_at, item.received_at)
        self._note_highest(item.statement)
        if not self.is_known or self._is_before(item):
            self._stand(item)

    def repeat(self, item):
        """A statement heard before. The same inbox row, read again by us, is not even counted."""
        if item.statement.observation > self.observation:
            self.observation = item.statement.observation
            self.message_count += 1
            self.duplicate_count += 1
            self.is_changed = True
        if is_observed(item.identity) and item.payload_hash == self.payload_hash:
            self._note_repeat(item.statement.occurred_at)

    def _note_repeat(self, moment):
        if moment > max(self.occurred_at, self.repeated_at or self.occurred_at):
            self.repeated_at, self.is_changed = moment, True

    def is_split_by(self, item):
        """Does this statement say something else from between the latest and the last time it was seen unchanged?"""
        return bool(
            self.repeated_at and item.payload_hash != self.payload_hash and item.statement.orders_by == "time"
            and self.occurred_at < item.statement.occurred_at < self.repeated_at
        )

    def _is_before(self, item):
        said = item.statement
        orders_by = said.orders_by if said.orders_by == self.orders_by else "time"
        mine = place_of(orders_by, self.version, self.sequence, self.occurred_at, self.payload_hash)
        return mine <= place_of(orders_by, said.version, said.sequence, said.occurred_at, item.payload_hash)

    def _stand(self, item):
        said = item.statement
        self.latest, self.payload_hash, self.repeated_at = item, item.payload_hash, None
        self.orders_by, self.version, self.sequence = said.orders_by, said.version, said.sequence
        self.occurred_at, self.order_number = said.occurred_at, number_of(said.order_number)
        self.line_number, self.parent_entity, self.parent_key = said.line_number, said.parent_entity, said.parent_key

    def _note_highest(self, said):
        written = said.version or ("" if said.sequence is None else str(said.sequence))
        if written and version_key(written) >= version_key(self.max_version):
            self.max_version = written

    def written(self):
        """The values of `_WRITTEN`, when the latest statement came with this batch."""
        item, said = self.latest, self.latest.statement
        return (
            self.order_id, self.scope_id, self.order_number, said.line_number, said.parent_entity, said.parent_key,
            item.data_text, said.status_raw, said.unit_raw, said.mapping_version, said.occurred_at,
            item.received_at, said.version, said.sequence, self.max_version, said.orders_by, said.message_id,
            said.batch, said.actor_kind, said.actor, said.device, said.closed, item.payload_hash,
            self.message_count, self.duplicate_count, said.retracts, self.observation, self.repeated_at,
            self.first_received_at, self.change_number,
        )

    def counted(self):
        return (self.order_id, self.scope_id, self.max_version, self.message_count, self.duplicate_count,
                self.observation, self.repeated_at, self.first_received_at, self.change_number)


def number_of(text):
    """An order number as the hub keeps it: without blanks around it, in capitals."""
    return text.strip().upper()


def read_records(names, systems):
    """{(system id, entity, key): Record}, locked in one order everywhere; unknown ones are new and empty."""
    records, grouped = {}, {}
    for system_id, entity, key in names:
        grouped.setdefault((system_id, entity), []).append(key)
        records[system_id, entity, key] = Record(systems[system_id], entity, key)
    for (system_id, entity), keys in sorted(grouped.items()):
        for some in in_chunks(keys):
            found = SourceRecord.objects.filter(system_id=system_id, entity=entity, key__in=some)
            for row in locked(found).values_list(*_READ):
                _fill(records[row[1:4]], row)
    return records


def _fill(record, row):
    record.id = row[0]
    for name, value in zip(_READ[4:], row[4:], strict=True):
        setattr(record, name, value)
    record.was_order_id, record.is_new = record.order_id, False


def write_records(records, change_number):
    """Insert the new, update the changed; every one gets a change number of its own, above all before."""
    fresh, latest, counted = [], [], []
    for record in records:
        if not record.is_changed:
            continue
        change_number += 1
        record.change_number = change_number
        if record.id is None:
            fresh.append(record)
        elif record.latest is None:
            counted.append((*record.counted(), record.id))
        else:
            latest.append((*record.written(), record.id))
    insert_rows(SourceRecord, _names(_NEW), [
        (one.system.id, one.entity, one.key, False, *one.written()) for one in fresh
    ])
    update_rows(SourceRecord, _names(_WRITTEN), latest)
    update_rows(SourceRecord, _names(_COUNTED), counted)
    _read_ids(fresh)


def _read_ids(fresh):
    grouped = {}
    for record in fresh:
        grouped.setdefault((record.system.id, record.entity), {})[record.key] = record
    for (system_id, entity), by_key in grouped.items():
        for some in in_chunks(by_key):
            found = SourceRecord.objects.filter(system_id=system_id, entity=entity, key__in=some)
            for key, record_id in found.values_list("key", "id"):
                by_key[key].id = record_id


def highest_change_number():
    return SourceRecord.objects.order_by("-change_number").values_list("change_number", flat=True).first() or 0
