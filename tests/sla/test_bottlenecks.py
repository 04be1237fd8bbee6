"""Are the waits between nodes, read by SQL, those that a second computation in plain Python finds?"""
import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from statistics import median

import pytest

from kernel.access import grant_scope
from kernel.models import Company, Scope
from orders.models import Event, Order, OrderKind, SourceSystem
from orders.statement import STATUSES
from sla.actions import refresh_waits
from sla.actions.waits import DAYS
from sla.bottlenecks import UNDONE, waits
from sla.models import Milestone, MilestoneNode, MilestonePlan, WaitCell, WaitReading
from sla.waiting import figures, longest_of
from tests.sla.test_planning import make_order, reference  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LAST = max(DAYS) * DAY
FACT_OF = {
    ("material", "received"): "material_received", ("production", "dispatched"): "dispatched",
    ("production", "started"): "production_started", ("production", "finished"): "production_finished",
    ("quality", "released"): "qc_released", ("quality", "rejected"): "qc_released", ("logistics", "packed"): "packed",
    ("logistics", "shipped"): "shipped", ("logistics", "in_transit"): "in_transit",
    ("logistics", "delivered"): "delivered", ("logistics", "returned"): "returned",
}


@pytest.fixture
def system(reference):  # noqa: F811
    return make_system("mes")


def make_system(code):
    company, scope = Company.objects.get(code="hq"), Scope.objects.order_by("pk").first()
    return SourceSystem.objects.get_or_create(
        code=code, defaults={"name_en": code, "name_zh": code, "role": code[:3], "company": company, "scope": scope}
    )[0]


@pytest.fixture
def say(system):
    """Store one statement of a status."""
    def store(order, axis, status, when, key="R-1", by=None, sequence=None, **fields):
        number = Event.objects.count()
        return Event.objects.create(
            system=by or system, identity=f"o:{number}", order=order, entity="inspection", key=key, occurred_at=when,
            received_at=when, recorded_at=when, payload_hash=str(number), sequence=sequence,
            data={"axis": axis, "status": status}, **fields,
        )
    return store


def pass_nodes(order, plan="standard", **moments):
    """Store the order's nodes, those of `moments` as passed then."""
    Milestone.objects.bulk_create([
        Milestone(order=order, node=node, sequence=node.sequence, actual_at=moments.get(node.code),
                  state=Milestone.DONE if node.code in moments else Milestone.WAITING)
        for node in MilestoneNode.objects.filter(plan__code=plan, plan__version=1)
    ])


def found(at, kind):
    return [
        (one.from_code, one.to_code, one.seconds) for one in waits(since=at - LAST, now=at) if one.kind == kind
    ]


def test_a_wait_counts_from_when_all_before_had_been_passed(make_order, at):  # noqa: F811
    order = make_order(ordered_at=at - 9 * DAY)
    pass_nodes(order, credit=at - 8 * DAY, mrp=at - 3 * DAY, material=at - 5 * DAY, dispatch=at - 2 * DAY)
    assert found(at, "on") == [
        ("ordered", "credit", 86400), ("credit", "mrp", 5 * 86400), ("mrp", "material", 0),
        ("material", "dispatch", 86400),
    ]
    (now,) = [one for one in waits(since=at - LAST, now=at) if one.kind == "now"]
    assert (now.from_code, now.to_code, now.seconds) == ("dispatch", "article", 2 * 86400)
    assert now.department_id == MilestoneNode.objects.get(plan__code="standard", code="article").department_id


def test_a_path_that_names_the_order_itself_has_no_wait_for_that(make_order, at):  # noqa: F811
    order = make_order(ordered_at=at - DAY)
    plan = MilestonePlan.objects.create(code="own", name_en="own", name_zh="own")
    for number, code in enumerate(("ordered", "ship")):
        MilestoneNode.objects.create(plan=plan, sequence=number, code=code, fact=code, name_en=code, name_zh=code)
    pass_nodes(order, plan="own", ordered=at - DAY, ship=at - HOUR)
    assert found(at, "on") == [("ordered", "ship", 23 * 3600)]


@pytest.mark.parametrize("fields", [{"is_open": 0}, {"held_at": True}, {"commercial": "held"}, {"archived_at": True}])
def test_what_is_over_or_on_hold_does_not_wait_now(make_order, at, fields):  # noqa: F811
    order = make_order(**{name: at if value is True else value for name, value in fields.items()})
    pass_nodes(order, credit=at - HOUR)
    assert found(at, "now") == [] and [one[:2] for one in found(at, "on")] == [("ordered", "credit")]


def test_parts_of_a_second_are_cut_off_at_both_ends(make_order, at):  # noqa: F811
    order = make_order(ordered_at=at - HOUR + timedelta(microseconds=999_999))
    pass_nodes(order, credit=at - HOUR + timedelta(seconds=1, microseconds=1))
    assert found(at, "on") == [("ordered", "credit", 1)]


def test_a_rejected_inspection_is_the_same_node_again(make_order, say, at):  # noqa: F811
    order = make_order()
    pass_nodes(order, credit=at - 20 * HOUR)
    for hours, status in ((9, "inspecting"), (8, "rejected"), (7, "rejected"), (6, "inspecting"), (5, "rejected"),
                          (2, "released"), (1, "released")):
        say(order, "quality", status, at - hours * HOUR)
    assert found(at, "again") == [("release", "release", 3 * 3600), ("release", "release", 3 * 3600)]
    assert found(at, "back") == []


def test_a_work_order_started_again_goes_back(make_order, say, at):  # noqa: F811
    order = make_order(kind="custom")
    pass_nodes(order, plan="custom", credit=at - 20 * HOUR)
    for hours, status in ((9, "started"), (8, "finished"), (6, "started"), (4, "finished")):
        say(order, "production", status, at - hours * HOUR)
    assert found(at, "back") == [("finish", "start", 2 * 3600)] and found(at, "again") == []


def test_another_record_of_the_order_is_a_part_and_no_rework(make_order, say, at):  # noqa: F811
    order = make_order()
    say(order, "logistics", "shipped", at - 9 * HOUR, key="S-1")
    say(order, "logistics", "packed", at - 8 * HOUR, key="S-2")
    assert found(at, "back") == []
    say(order, "logistics", "packed", at - 7 * HOUR, key="S-1")
    assert found(at, "back") == [("shipped", "packed", 2 * 3600)], "a node the plan lacks is called by its fact"


def test_what_two_systems_tell_counts_once(make_order, say, at):  # noqa: F811
    order = make_order()
    other = make_system("erp9")
    for by in (None, other):
        for hours, status in ((9, "rejected"), (8, "released")):
            say(order, "quality", status, at - hours * HOUR, by=by)
    assert found(at, "again") == [("qc_released", "qc_released", 3600)]


def test_what_was_replaced_or_taken_back_is_not_told(make_order, say, at):  # noqa: F811
    order = make_order()
    wrong = say(order, "quality", "rejected", at - 9 * HOUR)
    say(order, "quality", "released", at - 8 * HOUR)
    assert len(found(at, "again")) == 1
    say(order, "quality", "inspecting", at - 9 * HOUR, replaces=wrong)
    assert found(at, "again") == []


def test_only_turns_that_go_back_are_rework():
    """Written down anew out of the statuses' own order: a turn to a lower or the same step, between steps done."""
    steps = {key: STATUSES[key[0]].index(key[1]) for key in FACT_OF}
    steps["quality", "rejected"] = steps["quality", "released"]
    wanted = {
        (axis, before, status) for axis, before in FACT_OF for its, status in FACT_OF
        if axis == its and (steps[axis, status] <= steps[axis, before] or "returned" in (before, status))
    }
    assert wanted == UNDONE


# --- the second computation ----------------------------------------------------------------------------


def whole(moment):
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1))


def by_hand(at):
    """[(order, kind, from, to, ended, seconds), …] by loops over rows, without SQL's windows."""
    result, now = [], whole(at)
    for order in Order.objects.filter(joined_into=None):
        path = list(order.milestones.select_related("node").order_by("sequence"))
        seen = [("ordered", whole(order.ordered_at))] if order.ordered_at else []
        for one in path:
            if one.actual_at is None:
                continue
            moment = whole(one.actual_at)
            if seen and seen[-1][0] != one.node.code and whole(at - LAST) <= moment <= now:
                latest = max(passed for _code, passed in seen)
                result.append((order, "on", seen[-1][0], one.node.code, moment, max(0, moment - latest)))
            seen.append((one.node.code, moment))
        ahead = [one for one in path if one.actual_at is None and one.state in ("running", "late", "waiting")]
        if seen and ahead and order.is_open and not order.held_at and order.commercial not in ("held", "cancelled"):
            latest = max(passed for _code, passed in seen)
            result.append((order, "now", seen[-1][0], ahead[0].node.code, latest, max(0, now - latest)))
        result += rework_by_hand(order, path, at)
    return result


def rework_by_hand(order, path, at):
    names = {one.node.fact: one.node.code for one in reversed(path)}
    replaced = {one.replaces_id for one in Event.objects.exclude(replaces=None)}
    told, records = defaultdict(list), defaultdict(list)
    for event in order.events.filter(kind="stated", retracts=False):
        if event.pk not in replaced and event.data.get("axis") in STATUSES:
            records[event.system_id, event.entity, event.key].append(event)
    for (system, _entity, _key), events in records.items():
        last, verdicts = {}, {}
        for event in sorted(events, key=lambda one: (one.occurred_at, one.sequence or 0, one.pk)):
            axis, status = event.data["axis"], event.data["status"]
            is_new = status != last.get(axis)
            last[axis] = status
            if not is_new or (axis, status) not in FACT_OF:
                continue
            before = verdicts.get(axis)
            verdicts[axis] = status, event.occurred_at
            if before and (axis, before[0], status) in UNDONE and at - LAST <= event.occurred_at <= at:
                told[axis, system].append((before[0], status, before[1], event.occurred_at))
    for axis in {axis for axis, _system in told}:
        rows = max(((rows, system) for (its, system), rows in told.items() if its == axis),
                   key=lambda one: (len(one[0]), -one[1]))[0]
        for before, status, since, ended in rows:
            done, again = FACT_OF[axis, before], FACT_OF[axis, status]
            yield (order, "again" if done == again else "back", names.get(done, done), names.get(again, again),
                   whole(ended), whole(ended) - whole(since))


@pytest.fixture
def crowd(make_order, say, scopes, at):  # noqa: F811
    """Forty orders of two scopes and several kinds, with gaps, disorder, parts of seconds, rework and old ones."""
    draw = random.Random(20261129)
    other = make_system("erp9")
    for number in range(40):
        kind = draw.choice(["standard", "custom", "vmi"])
        start = at - timedelta(days=draw.choice([2, 20, 60, 200, 363]), seconds=draw.random() * 1e6)
        order = make_order(
            number=f"C-{number}", kind=kind, ordered_at=None if number % 13 == 5 else start,
            is_open=int(number % 3 > 0), held_at=at if number % 11 == 3 else None,
        )
        Order.objects.filter(pk=order.pk).update(scope=scopes[number % 2])
        codes = MilestoneNode.objects.filter(plan__code=kind, plan__version=1).values_list("code", flat=True)
        moments, moment = {}, start
        for code in codes:
            moment += timedelta(hours=draw.random() * 30 - 4, microseconds=draw.randrange(10**6))
            if draw.random() < 0.7 and moment < at:
                moments[code] = moment
        pass_nodes(order, plan=kind, **moments)
        for place in range(draw.randrange(0, 14)):
            axis = draw.choice(["quality", "production", "logistics"])
            status = draw.choice(STATUSES[axis][1:])
            when = start + timedelta(hours=draw.randrange(0, 40), milliseconds=draw.randrange(10**3))
            if when < at:
                say(order, axis, status, when, key=draw.choice("AB"), by=draw.choice([None, other]),
                    sequence=draw.choice([None, place]))
    return Order.objects.all()


def test_sql_finds_what_a_second_computation_finds(crowd, at):
    mine = sorted((one.order_id, one.kind, one.from_code, one.to_code, one.ended, one.seconds)
                  for one in waits(since=at - LAST, now=at))
    other = sorted((order.pk, *rest) for order, *rest in by_hand(at))
    assert mine == other
    assert {kind for _order, kind, *_rest in mine} == {"on", "again", "back", "now"} and len(mine) > 200


def test_the_summary_is_that_of_a_second_computation(crowd, scopes, at):
    reading = refresh_waits(at=at)
    wanted = defaultdict(list)
    for order, kind, before, code, ended, seconds in by_hand(at):
        for days in (0,) if kind == "now" else DAYS:
            if kind == "now" or ended >= whole(at - timedelta(days=days)):
                wanted[days, kind, before, code, order.kind_id, None].append((order.pk, seconds))
                wanted[days, kind, before, code, order.kind_id, order.scope_id].append((order.pk, seconds))
    cells = {
        (one.days, one.kind, one.from_code, one.to_code, one.order_kind_id, one.scope_id): one
        for one in WaitCell.objects.filter(reading=reading)
    }
    assert cells.keys() == wanted.keys() and reading.is_complete
    for key, rows in wanted.items():
        cell, row = cells[key], sorted(seconds for _order, seconds in rows)
        assert (cell.count, cell.cases, cell.sum_s) == (len(row), len(dict(rows)), sum(row))
        assert cell.median_s == int(median(row))
        assert sum(one <= cell.p90_s for one in row) * 10 >= 9 * len(row)
        assert not [one for one in row if one < cell.p90_s and sum(other <= one for other in row) * 10 >= 9 * len(row)]
        assert cell.waits == row
        assert cell.longest[0][0] == row[-1]
    whole_of = [one for key, one in cells.items() if key[5] is None]
    assert sum(one.count for one in whole_of) == sum(one.count for one in cells.values()) / 2


def test_cells_put_together_give_the_median_of_all(crowd, at):
    reading = refresh_waits(at=at)
    cells = WaitCell.objects.filter(reading=reading, days=364, scope=None, to_code="credit")
    assert len(cells) > 1
    seconds = [one for cell in cells for one in cell.waits]
    other = [one[5] for one in by_hand(at) if one[1] == "on" and one[3] == "credit"]
    assert figures(seconds, 0)["median_s"] == int(median(other))
    assert longest_of([cell.longest for cell in cells])[0][0] == max(other)


def test_the_newest_reading_replaces_the_older_and_one_that_broke_off(crowd, at):
    refresh_waits(at=at - DAY)
    broken = WaitReading.objects.create(made_at=at)
    reading = refresh_waits(at=at)
    assert list(WaitReading.objects.all()) == [reading] and not WaitCell.objects.filter(reading=broken.pk).exists()
    assert reading.wait_count == len(by_hand(at))


def test_the_summary_is_written_in_short_transactions_and_read_in_few_queries(crowd, at, django_assert_max_num_queries):
    with django_assert_max_num_queries(40):
        refresh_waits(at=at)


def test_a_person_sees_the_cells_of_his_scopes_only(crowd, scopes, at, django_user_model):
    refresh_waits(at=at)
    person = django_user_model.objects.create_user("figures", password="x")
    assert not WaitCell.objects.visible_to(person).exists()
    grant_scope(scope=scopes[1], to=person)
    person = django_user_model.objects.get(pk=person.pk)
    assert set(WaitCell.objects.visible_to(person).values_list("scope", flat=True)) == {scopes[1].pk}
    assert Scope.objects.count() > 1 and OrderKind.objects.count() > 1
