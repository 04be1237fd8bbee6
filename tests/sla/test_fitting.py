"""Are due dates in order between an order and its promise, and is a promise that is too short told by how much?"""
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.working_time import MINUTE
from sla.milestones import LATE, Node, forecast_path, plan_path
from tests.sla.test_milestones import office, us, wall

pytestmark = pytest.mark.pure
HOUR = 60 * MINUTE
WALL = "cal_s"
PATH = [
    Node("credit", 1, "credit_checked", "ordered", 6 * 3600, "work_s", "budget"),
    Node("mrp", 2, "mrp_run", "ordered", 3, "work_day"),
    Node("material", 3, "material_received", "promised", -48 * 3600, WALL),
    Node("finish", 4, "production_finished", "promised", -20 * 3600, WALL),
    Node("ship", 5, "shipped", "promised", -6 * 3600, WALL),
    Node("deliver", 6, "delivered", "promised", 0, WALL),
    Node("invoice", 7, "invoiced", "node:ship:actual", 3, "work_day"),
]
GOODS = ["credit", "mrp", "material", "finish", "ship", "deliver"]
ORDERED = us("2026-11-02T09:00")  # a Monday


def planned(promised, ordered=ORDERED, now=None, facts=None, calendar=None):
    states = plan_path(
        PATH, ordered=ordered, promised=promised, facts=facts or {}, calendar=calendar or office(), now=now or ordered,
        not_before=ordered,
    )
    return {state.code: state for state in states}


def dates(states):
    return [states[code].planned for code in GOODS]


def test_time_enough_leaves_every_date_as_the_plan_says():
    states = planned(us("2026-11-20T17:00"))
    assert wall(states["mrp"].planned) == "11-05 09:00" and wall(states["material"].planned) == "11-18 17:00"
    assert all(state.planned == state.usual and not state.short for state in states.values())


def test_a_deadline_with_slack_gives_way_to_what_counts_back_from_the_promise():
    """MRP may take three days; with a promise in four it must be over when the material has to be there."""
    states = planned(us("2026-11-06T09:00"))
    assert wall(states["material"].planned) == wall(states["mrp"].planned) == "11-04 09:00"
    assert not any(state.short for state in states.values())


def test_a_promise_for_tomorrow_gets_dates_in_order_after_the_order_and_says_what_is_missing():
    states = planned(us("2026-11-03T09:00"))
    assert dates(states) == sorted(dates(states)) and states["credit"].planned > ORDERED
    assert states["deliver"].planned == us("2026-11-03T09:00")
    # Credit takes until 16:30; 48 h before the promise is Sunday 09:00: what lies between are 6 working hours.
    assert [(code, state.short // HOUR) for code, state in states.items() if state.short] == [("material", 6)]
    assert not any(state.state == LATE for state in states.values())


def test_the_forecast_of_a_promise_that_is_too_short_lies_after_it():
    promised = us("2026-11-03T09:00")
    states = planned(promised)
    ends, _steps = forecast_path(PATH, list(states.values()), calendar=office(), now=ORDERED)
    assert ends["deliver"] > promised and ends["credit"] == us("2026-11-02T16:30")


def test_a_promise_before_the_order_gives_no_date_before_the_order():
    states = planned(us("2026-10-20T09:00"))
    assert set(dates(states)) == {ORDERED}


def test_what_hangs_on_what_happened_keeps_its_date():
    states = planned(us("2026-11-03T09:00"), facts={"shipped": us("2026-11-02T10:00")})
    assert wall(states["invoice"].planned) == "11-05 10:00"


def test_without_a_known_order_date_nothing_is_moved():
    promised = us("2026-11-03T09:00")
    states = plan_path(PATH, ordered=ORDERED, promised=promised, facts={}, calendar=office(), now=ORDERED)
    assert states[2].planned == promised - 48 * HOUR and not any(state.short for state in states)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 60 * 24 * 20), st.integers(0, 60 * 24 * 20))
def test_no_date_lies_before_the_order_none_is_out_of_order_and_delivery_is_the_promise(after, length):
    ordered = us("2026-11-02T00:00") + after * MINUTE
    promised = ordered + length * MINUTE
    states = planned(promised, ordered=ordered)
    assert dates(states) == sorted(dates(states)) and dates(states)[0] >= ordered
    assert states["deliver"].planned == promised
    fits = all(state.planned == state.usual for state in states.values())
    assert not (fits and any(states[code].usual < ordered for code in GOODS))
    assert not (fits and any(state.short for state in states.values()))


@settings(max_examples=100, deadline=None)
@given(st.integers(60, 60 * 24 * 5))
def test_a_minute_more_of_promise_brings_no_date_forward(length):
    """Where the path begins to fit, nothing jumps."""
    less, more = planned(ORDERED + length * MINUTE), planned(ORDERED + (length + 1) * MINUTE)
    for code in GOODS:
        assert 0 <= more[code].planned - less[code].planned <= MINUTE, code
