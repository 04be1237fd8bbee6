"""Do the wall's headline and REST's forecasts say what the pages say?"""
from datetime import timedelta

import pytest
from django.utils import timezone

from sla.models import Milestone, MilestoneNode, MilestonePlan
from sla.views import ON_THE_WALL

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def make_milestone(make_order):
    plan = MilestonePlan.objects.create(code="p", name_en="p", name_zh="p")

    def make(number, **fields):
        node = MilestoneNode.objects.create(
            plan=plan, code=f"node{number:02}", sequence=number, name_en=f"Node {number}", name_zh=f"节点{number}")
        values = {"state": Milestone.RUNNING, "planned_at": timezone.now() + HOUR, "sequence": 1} | fields
        return Milestone.objects.create(order=make_order(f"SO-{number}"), node=node, **values)

    return make


def test_the_walls_headline_counts_the_columns_it_shows(staff, make_milestone):
    for number in range(ON_THE_WALL + 3):
        make_milestone(number, planned_at=timezone.now() + (HOUR if number % 2 else -HOUR))
    client = staff("order_operations")
    seen = client.get("/board/?wall=1").context
    assert len(seen["columns"]) == ON_THE_WALL
    assert seen["late"] == sum(one.late for one in seen["columns"]) == ON_THE_WALL // 2
    assert seen["late"] + seen["ahead"] == sum(one.count for one in seen["columns"]) == ON_THE_WALL
    page = client.get("/board/").context
    assert page["late"] + page["ahead"] == len(page["columns"]) == ON_THE_WALL + 3


def test_rest_gives_no_forecast_that_has_passed(staff, make_milestone):
    now = timezone.now()
    passed, ahead = make_milestone(1, forecast_at=now - HOUR), make_milestone(2, forecast_at=now + HOUR)
    done = make_milestone(3, forecast_at=now + HOUR, actual_at=now, state=Milestone.DONE)
    client = staff("order_operations")
    said = {row["id"]: row["forecast_at"] for row in client.get("/api/v1/milestones/").json()["results"]}
    assert said[passed.pk] is None and said[done.pk] is None and said[ahead.pk] is not None
    assert client.get(f"/api/v1/milestones/{passed.pk}/").json()["forecast_at"] is None
