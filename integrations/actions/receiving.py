"""Store what arrives, before any work is done with it."""
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from integrations.inbox import MOST_ROWS, kept_until, stored_row
from integrations.models import InboxBatch, ParkedRow, SyncCursor
from kernel.errors import Refusal
from kernel.news import action


@action
def receive_batch(*, connection, stream, rows, code, by, at, cursor=None):
    """Store rows [(entity or stream, raw row, received_at or None)] as one batch; returns the InboxBatch.

    `cursor`, when given, becomes the stream's position in the same transaction. The same `code` again is the same
    batch: nothing is stored twice.
    """
    if len(rows) > MOST_ROWS:
        raise Refusal(_("A batch holds at most %(limit)s rows."), code="batch_too_large", limit=MOST_ROWS)
    batch = InboxBatch.objects.filter(code=code).first()
    if batch is None:
        batch = InboxBatch.objects.create(
            connection=connection, stream=stream, code=code, row_count=len(rows), received_at=at,
            rows=[[entity, stored_row(raw), received and received.isoformat()] for entity, raw, received in rows],
            keep_until=kept_until(connection, "keep_days", at),
        )
    if cursor is not None:
        SyncCursor.objects.update_or_create(
            connection=connection, stream=stream, defaults={"position": cursor, "moved_at": at}
        )
    return batch


@action
def purge_raw(*, at, days=None, limit=500):
    """Empty batches whose keeping is over (or older than `days`); events and hashes stay. Returns how many.

    A row that is parked still can be mended, and is kept until its own end, longer than its batch.
    """
    worked = InboxBatch.objects.filter(state=InboxBatch.DONE, purged_at=None)
    due = worked.filter(received_at__lt=at - timedelta(days=days)) if days is not None \
        else worked.filter(keep_until__lte=at)
    batches = list(due.order_by("id").values_list("id", "code")[:limit])
    ParkedRow.objects.filter(keep_until__lte=at).update(raw={}, keep_until=None)
    ParkedRow.objects.filter(batch__in=[code for _id, code in batches]).exclude(state=ParkedRow.PARKED).update(raw={})
    return InboxBatch.objects.filter(pk__in=[batch_id for batch_id, _code in batches]).update(rows=[], purged_at=at)
