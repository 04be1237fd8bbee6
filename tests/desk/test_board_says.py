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


def test_the_wall_shows_what_is_late_wherever_it_lies_on_the_path(staff, make_milestone):
    """It showed the first nodes of the path only, and its headline left out what was late further down."""
    for number in range(ON_THE_WALL + 3):
        make_milestone(number, planned_at=timezone.now() + (-HOUR if number > ON_THE_WALL else HOUR))
    client = staff("order_operations")
    seen = client.get("/board/?wall=1").context
    assert len(seen["columns"]) == ON_THE_WALL
    assert seen["late"] == sum(one.late for one in seen["columns"]) == 2
    assert [one.node.sequence for one in seen["columns"]] == [*range(ON_THE_WALL - 2), ON_THE_WALL + 1, ON_THE_WALL + 2]
    page = client.get("/board/").context
    assert (page["late"], page["ahead"]) == (seen["late"], seen["ahead"]) == (2, ON_THE_WALL + 1)
    assert b"3 quieter nodes not shown" in client.get("/board/?wall=1").content


def test_rest_gives_no_forecast_that_has_passed(staff, make_milestone):
    now = timezone.now()
    passed, ahead = make_milestone(1, forecast_at=now - HOUR), make_milestone(2, forecast_at=now + HOUR)
    done = make_milestone(3, forecast_at=now + HOUR, actual_at=now, state=Milestone.DONE)
    client = staff("order_operations")
    said = {row["id"]: row["forecast_at"] for row in client.get("/api/v1/milestones/").json()["results"]}
    assert said[passed.pk] is None and said[done.pk] is None and said[ahead.pk] is not None
    assert client.get(f"/api/v1/milestones/{passed.pk}/").json()["forecast_at"] is None
