"""Try a parked row again after a mend, one or many, and say of each why it is parked still."""

from collections import Counter
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from integrations.inbox import Reader, Unread
from integrations.models import InboxBatch, ParkedRow
from integrations.reasons import reasons_in_both
from kernel.errors import Refusal
from kernel.news import action
from orders.actions import record_events


@dataclass
class Replayed:
    """What became of rows that were replayed: `done` went through, the others are parked still.

    `reasons` counts those by the code of their reason, `examples` has one row of each; `refused` are (row, Refusal)
    of rows that could not be tried at all.
    """

    done: int = 0
    reasons: Counter = field(default_factory=Counter)
    examples: dict = field(default_factory=dict)
    refused: list = field(default_factory=list)

    @property
    def still_parked(self):
        return self.reasons.total() + len(self.refused)


@action
def replay_row(*, parked, by, at):
    """Read a parked row with the mapping of today. Returns the row: replayed, or parked still with a new reason."""
    if parked.state != ParkedRow.PARKED:
        raise Refusal(_("This row is not parked any more."), code="row_not_parked")
    if not parked.raw:
        raise Refusal(_("The row as it arrived was deleted after its retention period."), code="row_purged")
    reader, stream, stored = Reader(parked.connection.system_id), parked.stream or parked.entity, parked.raw
    batch_id = InboxBatch.objects.filter(code=parked.batch).values_list("id", flat=True).first() or 0
    read = reader.read(batch_id, parked.batch, parked.position, stream, stored, parked.received_at)
    if not isinstance(read, Unread):
        recorded = record_events(statements=[read], received_at=parked.received_at, by=by, at=at)
        if not recorded.refused:
            parked.state, parked.replayed_at = ParkedRow.REPLAYED, at
            parked.save(update_fields=["state", "replayed_at"])
            return parked
        read = recorded.refused[0]
    english, chinese = reasons_in_both(read.sentence, read.params)
    parked.reason_code, parked.reason_en, parked.reason_zh = read.code.upper(), english, chinese
    parked.save(update_fields=["reason_code", "reason_en", "reason_zh"])
    return parked


def replay_chosen(*, rows, by, at, progress=None):
    """Replay these rows in this order, each for itself. Returns Replayed."""
    result = Replayed()
    for count, parked in enumerate(rows):
        try:
            replay_row(parked=parked, by=by, at=at)
        except Refusal as refusal:
            result.refused.append((parked, refusal))
        else:
            _count(result, parked)
        if progress:
            progress(count + 1, len(rows))
    return result


def _count(result, parked):
    if parked.state == ParkedRow.REPLAYED:
        result.done += 1
        return
    result.reasons[parked.reason_code] += 1
    result.examples.setdefault(parked.reason_code, parked)


def replay_rows(*, connection, by, at, limit=5_000, progress=None):
    """Replay the rows of a connection that are parked, oldest first. Returns Replayed."""
    waiting = ParkedRow.objects.filter(connection=connection, state=ParkedRow.PARKED).order_by("id")[:limit]
    return replay_chosen(rows=list(waiting), by=by, at=at, progress=progress)


@action
def dismiss_row(*, parked, by, at):
    """A person looked and nothing is to be done."""
    if parked.state != ParkedRow.PARKED:
        raise Refusal(_("This row is not parked any more."), code="row_not_parked")
    parked.state, parked.replayed_at = ParkedRow.DISMISSED, at
    parked.save(update_fields=["state", "replayed_at"])
    return parked
