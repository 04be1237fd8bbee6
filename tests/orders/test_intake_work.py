"""Does a batch cost the same when the hub has heard of a thousand times as many records?"""
import pytest
from django.db import connection

from orders.bulk import insert_rows
from orders.models import SourceRecord
from orders.records import read_records
from tests.orders.work import work_of

pytestmark = pytest.mark.django_db
MOST = {"sqlite": 40_000, "postgresql": 2_500}
BATCH = 100


@pytest.mark.parametrize("entity", ["order", "stock"])
def test_reading_the_records_of_a_batch_does_not_read_all_of_a_system(systems, at, entity):
    """Without statistics, as in a hub that is being filled."""
    system = systems["erp"]
    names = ("system", "scope", "entity", "key", "first_received_at", "occurred_at", "received_at", "payload_hash",
             *_BLANK)
    insert_rows(SourceRecord, names, [
        (system.pk, system.scope_id, "order", f"K{number:06}", at, at, at, "0" * 64, *_BLANK.values())
        for number in range(20_000)
    ])
    wanted = [(system.pk, entity, f"K{number:06}") for number in range(0, 20_000, 20_000 // BATCH)]
    records, work = work_of(lambda: read_records(wanted, {system.pk: system}))
    assert [one.is_new for one in records.values()] == [entity != "order"] * BATCH
    assert work.amount <= MOST[connection.vendor]


def _blank():
    """A value for every other column that must have one."""
    given = {"id", "system", "scope", "entity", "key", "payload_hash",
             "first_received_at", "occurred_at", "received_at"}
    fields = [one for one in SourceRecord._meta.concrete_fields if one.name not in given and not one.null]
    return {one.name: "{}" if one.get_internal_type() == "JSONField" else one.get_default() for one in fields}


_BLANK = _blank()
