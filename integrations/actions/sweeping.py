"""Notice records that vanished from a peer that does not tell: ask it, a slice at a time, which are still there."""

import uuid
from datetime import datetime, timedelta

from integrations.actions.receiving import receive_batch
from integrations.inbox import Reader, entity_of
from integrations.models import SyncCursor
from kernel.news import action
from orders.models import SourceRecord

SLICE = 400  # keys asked about per pull and stream
REST = timedelta(minutes=10)  # between two rounds over all records
SUFFIX = ":gone"  # a cursor of its own beside the stream's


def sweep_streams(*, connection, connector, by, at, result):
    """The next slice of every stream; a retraction is a row like any other, stored with the moved cursor."""
    reader = Reader(connection.system_id)
    for stream in connector.streams():
        kept = SyncCursor.objects.filter(connection=connection, stream=stream + SUFFIX).first()
        position = kept.position if kept else {}
        if not _is_due(position, at):
            continue
        after = position.get("after", "")
        keys = _known(connection.system_id, entity_of(reader, stream), after)
        rows = connector.gone(stream, keys, at=at) if keys else []
        result.rows += len(rows)
        _keep(connection=connection, stream=stream, rows=rows, position=_next(keys, at), by=by, at=at)


def _is_due(position, at):
    return "rested" not in position or at - datetime.fromisoformat(position["rested"]) >= REST


def _known(system_id, entity, after):
    records = SourceRecord.objects.filter(system_id=system_id, entity=entity, is_retracted=False, key__gt=after)
    return list(records.order_by("key").values_list("key", flat=True)[:SLICE])


def _next(keys, at):
    """Go on behind the last key; at the end of a round, rest."""
    return {"after": keys[-1]} if len(keys) == SLICE else {"rested": at.isoformat()}


@action
def _keep(*, connection, stream, rows, position, by, at):
    name = stream + SUFFIX
    if rows:
        receive_batch(
            connection=connection, stream=stream, rows=[(row.stream, row.data, None) for row in rows],
            code=f"{connection.code}:{name}:{uuid.uuid4().hex[:12]}"[:64], by=by, at=at,
        )
    SyncCursor.objects.update_or_create(
        connection=connection, stream=name, defaults={"position": position, "moved_at": at}
    )
