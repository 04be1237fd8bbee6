"""Do rows written in bulk hold what rows written one by one hold?"""
from datetime import UTC, datetime, timedelta, timezone

import pytest

from kernel.models import Heartbeat
from orders.bulk import insert_rows, update_at_once, update_rows


@pytest.mark.django_db
@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-3))])
def test_an_instant_of_any_zone_is_kept_as_that_instant(zone):
    """Once the offset was dropped on SQLite: 16:00 in Shanghai came back as 16:00 in Greenwich."""
    at = datetime(2026, 11, 29, 8, 30, tzinfo=UTC)
    insert_rows(Heartbeat, ["name", "beat_at", "detail"], [("bulk", at.astimezone(zone), {})])
    assert Heartbeat.objects.get(name="bulk").beat_at == at


@pytest.mark.django_db
@pytest.mark.parametrize("update", [update_rows, update_at_once])
def test_both_ways_of_changing_many_rows_write_the_same(update):
    at = datetime(2026, 11, 29, 8, 30, tzinfo=UTC)
    rows = [Heartbeat.objects.create(name=name, beat_at=at, detail={}) for name in ("a", "b", "c")]
    wanted = [("a", at + timedelta(hours=1), {"says": "“it's 5%”"}), ("b", at, {"n": [1, None]})]
    zone = timezone(timedelta(hours=8))
    said = [(one[1].astimezone(zone), one[2], row.pk) for one, row in zip(wanted, rows, strict=False)]
    assert update(Heartbeat, ["beat_at", "detail"], said) == 2
    found = list(Heartbeat.objects.order_by("pk").values_list("name", "beat_at", "detail"))
    assert found == [*wanted, ("c", at, {})] and update(Heartbeat, ["beat_at", "detail"], []) == 0
