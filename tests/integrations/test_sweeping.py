"""Are records that vanished from a peer noticed slice by slice, and taken back once?"""

from datetime import timedelta

import pytest

from integrations.actions import receive_batch, sweeping, work_off_batches
from integrations.actions.pulling import Pulled
from integrations.actions.sweeping import REST, sweep_streams
from integrations.models import Connection, Mapping, SyncCursor
from integrations.systems.base import RawRow
from integrations.systems.tryton.mapping import mapping_spec
from orders.models import Event, SourceRecord

pytestmark = pytest.mark.django_db


class Peer:
    """Knows which ids it still has."""

    def __init__(self, there):
        self.there, self.asked = there, []

    def streams(self):
        return ("order",)

    def gone(self, stream, keys, *, at):
        self.asked.append(keys)
        stamp = at.isoformat().replace("+00:00", "Z")
        return [RawRow(stream, {"id": int(k), "gone": True, "touched_at": stamp}) for k in keys if k not in self.there]


@pytest.fixture
def connection(systems, kinds, scopes, at):
    Mapping.objects.create(system=systems["erp"], version=1, spec=mapping_spec("erp"), published_at=at)
    found = Connection.objects.create(code="erp", name="ERP", kind="tryton", system=systems["erp"], scope=scopes[0])
    stamp = (at - timedelta(days=1)).isoformat().replace("+00:00", "Z")
    rows = [("order", {"id": n, "number": f"SO-{n}", "state": "confirmed", "touched_at": stamp}, None)
            for n in (1, 2, 3)]
    receive_batch(connection=found, stream="order", rows=rows, code="b", by=None, at=at)
    work_off_batches(at=at, limit=5)
    return found


def sweep(connection, peer, at):
    result = Pulled()
    sweep_streams(connection=connection, connector=peer, by=None, at=at, result=result)
    work_off_batches(at=at, limit=5)
    return result.rows


def test_what_vanished_is_retracted_once_and_keeps_its_order(connection, at):
    peer = Peer({"1", "3"})
    assert sweep(connection, peer, at) == 1
    record = SourceRecord.objects.get(key="2")
    assert record.is_retracted and record.order.number == "SO-2"
    assert Event.objects.get(retracts=True).key == "2"
    assert sweep(connection, peer, at + REST) == 0 and peer.asked == [["1", "2", "3"], ["1", "3"]]


def test_a_round_goes_slice_by_slice_and_rests_at_its_end(connection, at, monkeypatch):
    monkeypatch.setattr(sweeping, "SLICE", 2)
    peer = Peer({"1", "2", "3"})
    for _pull in range(4):
        sweep(connection, peer, at)
    assert peer.asked == [["1", "2"], ["3"]]
    assert SyncCursor.objects.get(stream="order:gone").position == {"rested": at.isoformat()}
    sweep(connection, peer, at + REST)
    assert peer.asked[2:] == [["1", "2"]]
