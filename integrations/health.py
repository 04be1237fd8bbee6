"""Is the inbox worked off, and how many rows are parked?"""
from datetime import timedelta

from integrations.models import Connection, InboxBatch, ParkedRow
from kernel.health import Check

OLDEST = timedelta(minutes=15)


def inbox(at):
    waiting = InboxBatch.objects.filter(state=InboxBatch.NEW).order_by("id")
    oldest = waiting.values_list("received_at", flat=True).first()
    late = oldest is not None and at - oldest > OLDEST
    return Check("inbox", not late, f"oldest {(at - oldest).total_seconds():.0f} s" if oldest else "")


def figures(at):
    yield "hub_inbox_batches", "Batches waiting", {}, InboxBatch.objects.filter(state=InboxBatch.NEW)[:100_000].count()
    parked = ParkedRow.objects.filter(state=ParkedRow.PARKED)[:100_000].count()
    yield "hub_parked_rows", "Rows that could not be read", {}, parked
    for code, failures in Connection.objects.filter(is_active=True).values_list("code", "failures"):
        yield "hub_connection_failures", "Failures in a row of a connection", {"connection": code}, failures
