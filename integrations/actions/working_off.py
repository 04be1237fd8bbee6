"""Turn stored rows into statements and record them; park what cannot be read."""
import time
from dataclasses import asdict, dataclass
from datetime import datetime

from integrations.inbox import Reader, Unread, batch_id_of, entity_of, kept_until, observation_of
from integrations.models import InboxBatch, ParkedRow
from integrations.reasons import reasons_in_both
from kernel import one_writer
from kernel.news import News, action, publish
from orders.actions import record_events, restate_events
from orders.actions.recording import BATCH
from orders.models import Event

MOST_REST_S = 2.0


@dataclass
class WorkedOff:
    """What became of the rows: batches finished, new events, repeats, rows parked."""

    batches: int = 0
    new: int = 0
    duplicates: int = 0
    parked: int = 0

    def add(self, other):
        self.new += other.new
        self.duplicates += other.duplicates
        self.parked += other.parked


def work_off_batches(*, at, limit=20, rest=False, progress=None):
    """Work off up to `limit` new batches, oldest first. Returns {batches, new, duplicates, parked}.

    Every chunk is a transaction of its own, and a crash only repeats: known rows change nothing. With `rest` the
    writer rests as long as it worked where there is one writer for all (SQLite), so that people are not kept waiting.
    """
    total, readers = WorkedOff(), {}
    ids = list(InboxBatch.objects.filter(state=InboxBatch.NEW).order_by("id").values_list("id", flat=True)[:limit])
    for done, batch_id in enumerate(ids):
        batch = InboxBatch.objects.select_related("connection__system").get(pk=batch_id)
        if batch.state == InboxBatch.NEW:
            system_id = batch.connection.system_id
            readers.setdefault(system_id, Reader(system_id))
            total.add(work_off_batch(batch=batch, reader=readers[system_id], at=at, rest=rest))
            total.batches += 1
        if progress:
            progress(done + 1, len(ids))
    return asdict(total)


def work_off_batch(*, batch, reader, at, rest=False):
    """One batch to its end. Returns WorkedOff."""
    result = WorkedOff()
    for start in range(0, len(batch.rows), BATCH):
        began = time.monotonic()
        _work_chunk(batch, reader, start, batch.rows[start:start + BATCH], at, result)
        if rest:
            one_writer.rest(began, MOST_REST_S)
    InboxBatch.objects.filter(pk=batch.pk, state=InboxBatch.NEW).update(
        state=InboxBatch.DONE, done_at=at, new_count=result.new, duplicate_count=result.duplicates,
        parked_count=result.parked,
    )
    return result


def _work_chunk(batch, reader, start, rows, at, result):
    statements, received, unread = [], [], []
    for place, (entity, stored, moment) in enumerate(rows):
        arrived = datetime.fromisoformat(moment) if moment else batch.received_at
        read = reader.read(batch.pk, batch.code, start + place, entity, stored, arrived)
        if isinstance(read, Unread):
            unread.append(read)
        else:
            statements.append(read)
            received.append(arrived)
    recorded = record_events(statements=statements, received_at=received, by=None, at=at) if statements else None
    if recorded:
        result.new += recorded.new
        result.duplicates += recorded.duplicates
        unread += [_unread(refused, rows[refused.statement.position - start], batch) for refused in recorded.refused]
    if unread:
        park_rows(connection=batch.connection, code=batch.code, reader=reader, unread=unread, at=at)
        result.parked += len(unread)


def _unread(refused, row, batch):
    """A statement that could not be recorded, as the row it came from."""
    said = refused.statement
    arrived = datetime.fromisoformat(row[2]) if row[2] else batch.received_at
    return Unread(said.position, row[0], row[1], arrived, refused.code.upper(), refused.sentence, refused.params,
                  said.key, said.order_number, said.message_id, said.version)


@action
def park_rows(*, connection, code, reader, unread, at):
    """Keep rows that could not be read, with the reason in both languages; those parked before stay as they are."""
    known = set(ParkedRow.objects.filter(batch=code).values_list("position", flat=True))
    for one in sorted(unread, key=lambda one: one.position):
        if one.position in known:
            continue
        english, chinese = reasons_in_both(one.sentence, one.params)
        parked = ParkedRow.objects.create(
            connection=connection, scope_id=connection.scope_id, batch=code, position=one.position,
            stream=one.entity[:60], entity=entity_of(reader, one.entity), key=_plain(one.key, 80),
            order_number=_plain(one.order_number, 60), message_id=_plain(one.message_id, 64),
            version=_plain(one.version, 40), keep_until=kept_until(connection, "keep_parked_days", at),
            raw=one.raw, reason_code=one.code, reason_en=_plain(english, 400),
            reason_zh=_plain(chinese, 400), received_at=one.received_at,
        )
        publish(News("row.parked", parked.pk, at))


def _plain(text, limit):
    return text.replace("\0", "").encode(errors="replace").decode()[:limit]


def reread_batches(*, mapping, by, at, progress=None):
    """Read the raw rows again with a new mapping version into new events that replace the old. Returns how many.

    Only rows whose raw is still kept can be read again, and only those that now say something else make events.
    """
    reader = Reader(mapping.system_id, mapping)
    ids = list(InboxBatch.objects.filter(
        connection__system=mapping.system_id, state=InboxBatch.DONE, purged_at=None
    ).order_by("id").values_list("id", flat=True))
    changed = 0
    for done, batch_id in enumerate(ids):
        batch = InboxBatch.objects.select_related("connection").get(pk=batch_id)
        for start in range(0, len(batch.rows), BATCH):
            changed += _reread_chunk(batch, reader, mapping.system_id, start, batch.rows[start:start + BATCH], by, at)
        if progress:
            progress(done + 1, len(ids))
    return changed


def _reread_chunk(batch, reader, system_id, start, rows, by, at):
    first, last = observation_of(batch.pk, start), observation_of(batch.pk, start + len(rows))
    standing = {}
    for event in Event.objects.filter(
        system_id=system_id, observation__gt=0, observation__gte=first, observation__lt=last
    ).order_by("id"):
        standing[event.observation] = event  # the newest reading of the row
    statements, replaced, received = [], [], []
    for place, (entity, stored, moment) in enumerate(rows):
        arrived = datetime.fromisoformat(moment) if moment else batch.received_at
        read = reader.read(batch.pk, batch.code, start + place, entity, stored, arrived)
        event = standing.get(observation_of(batch.pk, start + place))
        if isinstance(read, Unread) or event is None or _says_the_same(event, read):
            continue
        statements.append(read)
        replaced.append(event.pk)
        received.append(arrived)
    if not statements:
        return 0
    return restate_events(statements=statements, replaced=replaced, received_at=received, by=by, at=at).new


def _says_the_same(event, said):
    return (event.key, event.data, event.order_number, event.line_number, event.closed, event.occurred_at,
            event.version, event.sequence) == (
        said.key, said.data, said.order_number.strip().upper(), said.line_number, said.closed, said.occurred_at,
        said.version, said.sequence)


__all__ = ["WorkedOff", "batch_id_of", "park_rows", "reread_batches", "work_off_batch", "work_off_batches"]
