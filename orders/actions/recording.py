"""Record what systems say: batches, each one short transaction; a bad statement stands alone in the end."""
import logging
import random
import time
from datetime import datetime

from django.db import DataError, IntegrityError, OperationalError, connection

from kernel.news import News, action, publish
from orders.identity import Refused
from orders.recording import Intake, Recorded

BATCH = 500
TRIES = 4
log = logging.getLogger("hub.orders")
# What one bad row can cause; trouble with the database itself is not the row's fault and goes up.
_ROWS_FAULT = (DataError, IntegrityError, ValueError, TypeError, OverflowError, KeyError, RecursionError)


def record_events(*, statements, received_at=None, by, at):
    """Record statements (orders.statement.Statement). Returns a Recorded: new, duplicates, refused, order_ids.

    `received_at` is when the inbox stored them: an instant, a list of one per statement, or None for `at`.
    Safe to repeat: what is known changes nothing. Refused statements come back with code and sentence; the good
    ones are recorded. Trouble of the database itself is raised.
    """
    statements = list(statements)
    received = _one_each(received_at or at, statements)
    result = Recorded()
    for start in range(0, len(statements), BATCH):
        result.add(_record_some(statements[start:start + BATCH], received[start:start + BATCH], by, at))
    return result


def restate_events(*, statements, replaced, received_at, by, at):
    """Record new readings of statements recorded before: each becomes an event that replaces the one named.

    `replaced` holds the ids of those events. Returns a Recorded, as `record_events` does.
    """
    received = _one_each(received_at, statements)
    result = Recorded()
    for start in range(0, len(statements), BATCH):
        some = slice(start, start + BATCH)
        result.add(_record_batch(
            statements=statements[some], received=received[some], by=by, at=at, replaced=replaced[some],
        ))
    return result


def _one_each(received_at, statements):
    if isinstance(received_at, datetime):
        return [received_at] * len(statements)
    return list(received_at)


def _record_some(statements, received, by, at):
    """One transaction; halved until what spoils it stands alone."""
    try:
        return _with_patience(statements, received, by, at)
    except _ROWS_FAULT as error:
        if len(statements) == 1:
            log.exception("a statement could not be recorded")
            reason = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
            return Recorded(refused=[Refused(statements[0], "database", {"value": reason[:200]})])
    half = len(statements) // 2
    result = _record_some(statements[:half], received[:half], by, at)
    result.add(_record_some(statements[half:], received[half:], by, at))
    return result


def _with_patience(statements, received, by, at):
    """A deadlock or a busy database is tried again, unless we are inside somebody's transaction."""
    for turn in range(TRIES):
        try:
            return _record_batch(statements=statements, received=received, by=by, at=at)
        except OperationalError:
            if connection.in_atomic_block or turn == TRIES - 1:
                raise
            log.info("a batch is tried again", exc_info=True)
            time.sleep(0.05 * (turn + 1) * (1 + random.random()))
    raise AssertionError("unreachable")


@action
def _record_batch(*, statements, received, by, at, replaced=()):
    intake = Intake(by=by, at=at)
    result, touched = intake.store(statements, received, replaced)
    result.order_ids = set(intake.refolder.refold(touched)) if touched else set()
    for order_id in sorted(result.order_ids):
        publish(News("orders.changed", order_id, at))
    for record_id in sorted(result.record_ids):
        publish(News("orders.records_changed", record_id, at))
    return result
