"""Do the wall's headline and REST's forecasts say what the pages say?"""
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from sla import boards
from sla.models import Milestone, MilestoneNode, MilestonePlan
from sla.views import ON_THE_WALL, WALL_ROWS, heights

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def make_milestone(make_order):
    plan = MilestonePlan.objects.create(code="p", name_en="p", name_zh="p")

    def make(number, order=None, **fields):
        node, _new = MilestoneNode.objects.get_or_create(
            plan=plan, code=f"node{number:02}",
            defaults={"sequence": number, "name_en": f"Node {number}", "name_zh": f"节点{number}"})
        values = {"state": Milestone.RUNNING, "planned_at": timezone.now() + HOUR, "sequence": 1} | fields
        order = order or make_order(f"SO-{number}-{Milestone.objects.count()}")
        return Milestone.objects.create(order=order, node=node, **values)

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
    assert b"3 more count down or wait, not shown" in client.get("/board/?wall=1").content


def words_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_wall_shows_all_that_is_overdue_before_what_is_calm_and_counts_what_it_leaves_out(staff, make_milestone):
    """It showed four a column, so that it announced more than could be found on it."""
    for number in range(ON_THE_WALL):
        for _one in range(5):
            make_milestone(number)
    for _one in range(6):
        make_milestone(1, planned_at=timezone.now() - HOUR)
    client = staff("order_operations")
    seen = client.get("/board/?wall=1")
    rows = [row for column in seen.context["columns"] for row in column.rows]
    assert [row.tone for row in rows].count("late") == seen.context["late"] == 6
    assert seen.context["late_unseen"] == 0 and len(rows) + seen.context["unseen"] == Milestone.objects.count()
    assert max(len(column.rows) for column in seen.context["columns"][4:]) == WALL_ROWS - 6, "one screen"
    for _one in range(7):
        make_milestone(2, planned_at=timezone.now() - HOUR)
        make_milestone(6, planned_at=timezone.now() - HOUR)
    seen = client.get("/board/?wall=1")
    rows = [row for column in seen.context["columns"] for row in column.rows]
    late = [row.tone for row in rows].count("late")
    assert late < seen.context["late"] == 20 and f"{20 - late} overdue ones not shown" in words_of(seen)
    assert len(rows) + seen.context["unseen"] + seen.context["late_unseen"] == Milestone.objects.count()
    heads = [(column.late, sum(row.tone == "late" for row in column.rows), len(column.rows))
             for column in seen.context["columns"]]
    assert all(shown == late or shown == rows for late, shown, rows in heads), "calm before overdue"


@pytest.mark.parametrize(("needs", "found"), [
    ([6, 1], [6, 3]), ([0, 0], [5, 4]), ([20, 1], [8, 1]), ([20, 20], [5, 4]), ([3], [9]), ([], []),
])
def test_bands_of_columns_share_the_wall(needs, found):
    assert heights(needs, 9) == found


def test_heads_count_the_cards_below_each_once(staff, make_order, make_milestone):
    """A head said 0 above a card that waits, and a held order's late node was told of without its lateness."""
    now = timezone.now()
    late, frozen = make_order("LATE-HELD", held_at=now - HOUR), make_order("FROZEN", held_at=now - HOUR)
    make_milestone(1, late, planned_at=now - 3 * HOUR, state=Milestone.LATE)
    make_milestone(2, late, planned_at=now - 2 * HOUR, sequence=2)
    make_milestone(1, frozen)
    stuck = make_milestone(1, planned_at=now - HOUR).order
    make_milestone(2, stuck, planned_at=now - HOUR, sequence=2)
    make_milestone(2)
    for path in ("/board/", "/board/?wall=1"):
        seen = staff("order_operations", username=f"of{len(path)}").get(path)
        first, second = seen.context["columns"]
        assert (first.count, first.held, first.on_hold, first.total) == (2, 0, 1, 3)
        assert (second.count, second.held, second.on_hold, second.total) == (1, 1, 1, 3)
        words = words_of(seen)
        assert "Node 1 ◆ 2 2 + 1 on hold" in words or "Node 1 2 2 + 1 on hold" in words
        assert "Node 2 1 + 1 waiting + 1 on hold" in words
        assert "LATE-HELD 2 h over on hold" in words and "FROZEN on hold" in words
    assert "2 nodes are overdue (1 of an order on hold) , 1 counts down." in words_of(
        staff("order_operations", username="last").get("/board/"))
    Milestone.objects.filter(node__code="node02", order=stuck).exclude(order=late).update(state=Milestone.RUNNING)
    Milestone.objects.filter(node__code="node02").exclude(order=stuck).delete()
    assert "Node 2 1 waiting" in words_of(staff("order_operations", username="end").get("/board/"))


def test_a_node_further_off_than_the_soonest_of_all_keeps_its_column(staff, make_milestone, monkeypatch):
    monkeypatch.setattr(boards, "LOOKED_AT", 3)
    for _one in range(4):
        make_milestone(1)
    for _one in range(5):
        make_milestone(2, planned_at=timezone.now() + 9 * HOUR)
    seen = staff("order_operations").get("/board/").context
    assert seen["ahead"] == 9 and [len(column.rows) for column in seen["columns"]] == [4, 5]


def test_rest_gives_no_forecast_that_has_passed(staff, make_milestone):
    now = timezone.now()
    passed, ahead = make_milestone(1, forecast_at=now - HOUR), make_milestone(2, forecast_at=now + HOUR)
    done = make_milestone(3, forecast_at=now + HOUR, actual_at=now, state=Milestone.DONE)
    client = staff("order_operations")
    said = {row["id"]: row["forecast_at"] for row in client.get("/api/v1/milestones/").json()["results"]}
    assert said[passed.pk] is None and said[done.pk] is None and said[ahead.pk] is not None
    assert client.get(f"/api/v1/milestones/{passed.pk}/").json()["forecast_at"] is None
