"""Do rows written in bulk hold what rows written one by one hold?"""
from datetime import UTC, datetime, timedelta, timezone

import pytest

from kernel.models import Heartbeat
from orders.bulk import insert_rows


@pytest.mark.django_db
@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-3))])
def test_an_instant_of_any_zone_is_kept_as_that_instant(zone):
    """Once the offset was dropped on SQLite: 16:00 in Shanghai came back as 16:00 in Greenwich."""
    at = datetime(2026, 11, 29, 8, 30, tzinfo=UTC)
    insert_rows(Heartbeat, ["name", "beat_at", "detail"], [("bulk", at.astimezone(zone), {})])
    assert Heartbeat.objects.get(name="bulk").beat_at == at
