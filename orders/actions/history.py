"""The first load of history: the same rows as the live path, in bulk, and one fold per order at the end."""
from contextlib import contextmanager
from datetime import datetime
from itertools import islice

from django.db import connection

from kernel.collector import no_collection
from kernel.news import News, action, publish
from kernel.tending import tend_database
from orders.actions.recording import BATCH, record_events
from orders.bulk import in_chunks
from orders.models import Order
from orders.recording import Intake, Recorded

LOAD = 10_000
FOLD = 1_000


def load_history(*, statements, received_at=None, by, at, progress=None):
    """Load many statements, each chunk one transaction, then fold every touched order once. Returns a Recorded.

    `statements` is an iterable of statements, or of pairs (statement, received_at). A chunk that the database refuses
    goes the live path, where the bad row stands alone. Safe to repeat after a crash.
    """
    result, touched, intake, done = Recorded(), set(), Intake(by=by, at=at), 0
    source = iter(statements)
    with no_collection(), _roomy_database():
        while chunk := list(islice(source, LOAD)):
            pairs = [one if isinstance(one, tuple) else (one, received_at or at) for one in chunk]
            try:
                stored, orders = _load_chunk(intake=intake, pairs=pairs)
            except Exception:  # halved until the bad row stands alone
                intake = Intake(by=by, at=at)
                stored, orders = _live(pairs, by, at)
            result.add(stored)
            result.record_ids = set()
            touched |= orders
            done += len(chunk)
            if progress:
                progress(done, 0)
        result.order_ids = _fold_all(intake, touched, at, progress)
    return result


def _live(pairs, by, at):
    result = Recorded()
    for some in in_chunks(pairs, BATCH):
        result.add(record_events(
            statements=[one for one, _moment in some], received_at=[moment for _one, moment in some], by=by, at=at,
        ))
    return result, set(result.order_ids)


@action
def _load_chunk(*, intake, pairs):
    statements, received = zip(*pairs, strict=True)
    assert all(isinstance(moment, datetime) for moment in received)
    return intake.store(list(statements), list(received))


def _fold_all(intake, touched, at, progress):
    """Orders that were touched and orders that a crashed load left unfolded."""
    left = Order.objects.filter(state_hash="").values_list("pk", flat=True)
    waiting, changed = sorted(touched.union(left)), set()
    for number, some in enumerate(in_chunks(waiting, FOLD)):
        changed.update(_fold_chunk(intake=intake, order_ids=some, at=at))
        if progress:
            progress(min(len(waiting), (number + 1) * FOLD), len(waiting))
    return changed


@action
def _fold_chunk(*, intake, order_ids, at):
    changed = intake.refolder.refold(order_ids)
    for order_id in changed:
        publish(News("orders.changed", order_id, at))
    return changed


# Identities are spread all over their index: with little room each chunk writes the same pages to the journal and to
# the file once more. Kibibytes of cache, and pages of journal before they are copied (400 MB).
_ROOM = {"cache_size": -400_000, "wal_autocheckpoint": 100_000}


@contextmanager
def _roomy_database():
    """SQLite keeps more pages in memory and in its journal while a load runs; its statistics are fresh afterwards."""
    if connection.vendor != "sqlite":
        yield
        return
    before = {name: _pragma(name)[0] for name in _ROOM}
    try:
        for name, value in _ROOM.items():
            _pragma(f"{name} = {value}")
        yield
    finally:
        for name, value in before.items():
            _pragma(f"{name} = {value}")
    tend_database()


def _pragma(text):
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {text}")
        return cursor.fetchone()
