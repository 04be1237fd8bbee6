"""Do plans, states, forecasts and the shares of lateness come out as a careful person would compute them?"""

from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel import calendars_cn
from kernel.working_time import DAY, MINUTE, SECOND, Day, Hours, compile_hours, to_datetime, to_us
from sla.milestones import (
    CANCELLED,
    DONE,
    LATE,
    RUNNING,
    SKIPPED,
    WAITING,
    BadTemplate,
    Node,
    RoundTheClock,
    Step,
    check_nodes,
    end_node,
    forecast_path,
    plan_path,
    propagate,
    split_exactly,
    why_late,
)
from sla.reach import Reach

pytestmark = pytest.mark.pure
HOUR = 60 * MINUTE
SHANGHAI = ZoneInfo("Asia/Shanghai")


@lru_cache
def office():
    days = tuple(Day(row["date"], row["kind"], row["as_weekday"]) for row in calendars_cn.day_rows(2025, 2026))
    weekly = tuple((weekday, *shift) for weekday in range(5) for shift in calendars_cn.OFFICE)
    return compile_hours(Hours("Asia/Shanghai", weekly, date(2025, 1, 1), date(2027, 12, 31), days, frozenset({2027})))


@lru_cache
def shifts():
    """A plant that works from 7:00 to 23:00 every day."""
    weekly = tuple((weekday, 7 * 60, 23 * 60) for weekday in range(7))
    return compile_hours(Hours("Asia/Shanghai", weekly, date(2025, 1, 1), date(2027, 12, 31)))


def us(text):
    return to_us(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI))


def wall(instant):
    return None if instant is None else to_datetime(instant).astimezone(SHANGHAI).strftime("%m-%d %H:%M")


PATH = [
    Node("credit", 1, "credit_checked", "ordered", 4 * 3600, "work_s", "budget"),
    Node("mrp", 2, "mrp_run", "node:credit:planned", 1, "work_day"),
    Node("material", 3, "material_received", "promised", -5, "work_day"),
    Node("finish", 4, "production_finished", "promised", -2, "work_day"),
    Node("ship", 5, "shipped", "promised", -8 * 3600, "work_s"),
    Node("deliver", 6, "delivered", "promised", 0, "cal_day"),
    Node("invoice", 7, "invoiced", "node:ship:actual", 3, "work_day"),
]
ORDERED, PROMISED = us("2026-11-02T09:00"), us("2026-11-24T17:00")


def planned(facts=None, now="2026-11-02T09:00", nodes=PATH, **options):
    options = {"ordered": ORDERED, "promised": PROMISED, "calendar": office(), **options}
    states = plan_path(nodes, facts={fact: us(at) for fact, at in (facts or {}).items()}, now=us(now), **options)
    return {state.code: state for state in states}


def states_of(*args, **kwargs):
    return {code: state.state for code, state in planned(*args, **kwargs).items()}


# --- templates ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "nodes,code",
    [
        ([], "no_nodes"),
        ([Node(f"n{n}", n, "shipped") for n in range(13)], "too_many"),
        ([Node("a", 1, "shipped"), Node("a", 2, "packed")], "code_twice"),
        ([Node("a", 1, "shipped"), Node("b", 1, "packed")], "number_twice"),
        ([Node("a", 1, "shipped"), Node("b", 2, "shipped")], "fact_twice"),
        ([Node("a", 1, "shipped", "node:b:planned")], "anchor"),
        ([Node("a", 1, "shipped", "node:a")], "anchor"),
        ([Node("a", 1, "shipped", "node:a:forecast")], "anchor"),
        ([Node("a", 1, "shipped", "yesterday")], "anchor"),
        ([Node("a", 1, "shipped", "")], "anchor"),
        ([Node("a", 1, "shipped", "node:a:planned")], "circle"),
        ([Node("a", 1, "shipped", "node:b:planned"), Node("b", 2, "packed", "node:a:actual")], "circle"),
        ([Node("a", 1, "shipped", unit="weeks")], "unit"),
        ([Node("a", 1, "shipped", kind="soft")], "kind"),
        ([Node("a", 1, "teleported")], "fact"),
        ([Node("a", 1, "shipped", kind="budget", offset=0)], "budget"),
        ([Node("a", 1, "shipped", kind="budget", offset=2, unit="work_day")], "budget"),
    ],
)
def test_templates_that_make_no_path_are_refused(nodes, code):
    with pytest.raises(BadTemplate) as caught:
        check_nodes(nodes)
    assert caught.value.code == code and "%(" not in str(caught.value)


def test_a_good_template_is_ordered_by_its_anchors():
    later_first = [
        Node("a", 1, "packed", "node:b:planned"),
        Node("b", 2, "shipped", "node:c:actual"),
        Node("c", 3, "delivered"),
    ]
    assert [node.code for node in check_nodes(later_first)] == ["c", "b", "a"]
    assert (
        len(
            check_nodes(
                [
                    Node(f"n{n}", n, fact)
                    for n, fact in enumerate(
                        [
                            "ordered",
                            "credit_checked",
                            "purchase_requested",
                            "mrp_run",
                            "material_received",
                            "dispatched",
                            "production_started",
                            "first_article",
                            "production_finished",
                            "qc_released",
                            "packed",
                            "shipped",
                        ]
                    )
                ]
            )
        )
        == 12
    )


# --- plans ----------------------------------------------------------------------------------------------


def test_the_plan_counts_lunch_weekends_and_directions():
    plans = {code: wall(state.planned) for code, state in planned().items()}
    assert plans == {
        "credit": "11-02 14:30",
        "mrp": "11-03 14:30",
        "material": "11-17 17:00",
        "finish": "11-20 17:00",
        "ship": "11-23 16:30",
        "deliver": "11-24 17:00",
        "invoice": None,
    }


def test_a_node_on_an_actual_waits_for_it_but_has_a_first_plan():
    before, after = planned()["invoice"], planned({"shipped": "2026-11-25T10:00"}, now="2026-11-25T11:00")["invoice"]
    assert (before.state, before.planned, wall(before.baseline)) == (WAITING, None, "11-26 16:30")
    assert (after.state, wall(after.planned), wall(after.baseline)) == (RUNNING, "11-30 10:00", "11-26 16:30")


def test_the_first_plan_is_frozen_when_the_promise_moves():
    first = {code: state.baseline for code, state in planned().items()}
    moved = planned(promised=us("2026-12-01T17:00"), baselines=first)
    assert wall(moved["deliver"].planned) == "12-01 17:00" and wall(moved["deliver"].baseline) == "11-24 17:00"
    assert moved["credit"].planned == moved["credit"].baseline


def test_glpi_17186_a_promise_is_not_moved_by_anything_but_a_promise():
    late = planned({"credit_checked": "2026-11-20T10:00"}, now="2026-11-21T10:00")
    assert wall(late["deliver"].planned) == "11-24 17:00"


def test_no_promise_no_plan_and_nothing_red():
    nodes = planned(promised=None, now="2026-12-31T10:00")
    assert nodes["deliver"].planned is None and nodes["deliver"].state == WAITING and not nodes["deliver"].is_red
    assert nodes["credit"].state == LATE


def test_make_up_days_count_as_working_days():
    nodes = [Node("a", 1, "shipped", "ordered", 1, "work_day")]
    state = planned(nodes=nodes, ordered=us("2026-02-13T10:00"))["a"]
    assert wall(state.planned) == "02-14 10:00" and not state.provisional


def test_beyond_what_is_announced_the_plan_is_marked():
    assert planned(promised=us("2027-02-01T17:00"))["deliver"].provisional
    beyond = planned(promised=us("2028-06-01T17:00"))
    assert beyond["finish"].provisional and wall(beyond["finish"].planned) == "05-30 17:00"
    assert not beyond["credit"].provisional


# --- states ---------------------------------------------------------------------------------------------


def test_before_anything_only_the_first_node_runs():
    assert states_of() == {
        "credit": RUNNING,
        **dict.fromkeys(["mrp", "material", "finish", "ship", "deliver", "invoice"], WAITING),
    }


def test_done_nodes_pass_the_turn_on():
    states = states_of({"credit_checked": "2026-11-02T10:00", "mrp_run": "2026-11-03T10:00"}, now="2026-11-03T11:00")
    assert [states[code] for code in ("credit", "mrp", "material", "finish")] == [DONE, DONE, RUNNING, WAITING]


@pytest.mark.parametrize("offset,state,late", [(-SECOND, DONE, 0), (0, DONE, 0), (SECOND, DONE, SECOND)])
def test_done_to_the_second(offset, state, late):
    due = us("2026-11-02T14:30")
    nodes = plan_path(
        PATH,
        ordered=ORDERED,
        promised=PROMISED,
        facts={"credit_checked": due + offset},
        calendar=office(),
        now=due + DAY,
    )
    assert (nodes[0].state, nodes[0].late, nodes[0].is_red) == (state, late, late > 0)


@pytest.mark.parametrize("offset,state", [(-SECOND, RUNNING), (0, RUNNING), (1, LATE), (SECOND, LATE)])
def test_open_to_the_second(offset, state):
    nodes = plan_path(
        PATH, ordered=ORDERED, promised=PROMISED, facts={}, calendar=office(), now=us("2026-11-02T14:30") + offset
    )
    assert nodes[0].state == state and nodes[0].is_red == (state == LATE)


def test_late_outside_working_hours_is_late():
    late = planned({"delivered": "2026-11-24T23:00"}, promised=us("2026-11-24T20:00"), now="2026-11-25T09:00")[
        "deliver"
    ]
    assert late.state == DONE and late.is_red and late.late == 1


def test_lateness_is_counted_in_working_time():
    late = planned({"delivered": "2026-11-25T09:30"}, now="2026-11-25T10:00")["deliver"]
    assert late.late == HOUR + HOUR // 2 and late.late_s == 5_400


def test_a_missing_message_of_a_passed_node_is_marked_never_red():
    nodes = planned({"shipped": "2026-11-23T10:00"}, now="2026-12-20T10:00")
    for code in ("credit", "mrp", "material", "finish"):
        assert (nodes[code].state, nodes[code].inferred, nodes[code].is_red) == (SKIPPED, True, False)
        assert nodes[code].inferred_from == "shipped"
    assert nodes["deliver"].state == LATE and not nodes["deliver"].inferred


def test_a_fact_of_a_node_not_in_the_path_shows_too():
    nodes = planned({"in_transit": "2026-11-23T10:00"}, now="2026-12-20T10:00")
    assert nodes["ship"].state == SKIPPED and nodes["ship"].inferred_from == "in_transit"
    assert nodes["deliver"].state == LATE


def test_money_shows_nothing_about_goods():
    nodes = planned({"paid": "2026-11-03T10:00"}, now="2026-12-20T10:00")
    assert nodes["invoice"].state == SKIPPED  # paid, so it was invoiced
    assert nodes["ship"].state == nodes["credit"].state == LATE


def test_a_cancelled_order_has_nothing_red():
    nodes = planned({"credit_checked": "2026-11-02T10:00"}, now="2026-12-20T10:00", is_cancelled=True)
    assert nodes["credit"].state == DONE
    assert {state.state for code, state in nodes.items() if code != "credit"} == {CANCELLED}


facts_drawn = st.dictionaries(
    st.sampled_from(
        [
            "credit_checked",
            "mrp_run",
            "material_received",
            "production_finished",
            "shipped",
            "delivered",
            "invoiced",
            "paid",
            "packed",
        ]
    ),
    st.integers(0, 60 * 24 * 60).map(lambda minutes: ORDERED + minutes * MINUTE),
)
moments = st.integers(0, 70 * 24 * 60).map(lambda minutes: ORDERED + minutes * MINUTE)
calendars_drawn = st.dictionaries(
    st.sampled_from([node.code for node in PATH]), st.sampled_from([shifts(), office(), None])
)


@settings(max_examples=300, deadline=None)
@given(facts_drawn, moments)
def test_every_path_is_told_consistently(facts, now):
    states = plan_path(PATH, ordered=ORDERED, promised=PROMISED, facts=facts, calendar=office(), now=now)
    for node, state in zip(PATH, states, strict=True):
        assert state.state in (WAITING, RUNNING, DONE, LATE, SKIPPED)
        assert (state.state == DONE) == (facts.get(node.fact) is not None)
        assert state.inferred == (state.state == SKIPPED)
        assert (state.state == LATE) == (state.is_open and state.planned is not None and now > state.planned)
        assert state.late >= 0 and not (state.inferred and state.is_red)
    assert states == plan_path(PATH[::-1], ordered=ORDERED, promised=PROMISED, facts=facts, calendar=office(), now=now)


@settings(max_examples=200, deadline=None)
@given(facts_drawn, moments, moments, calendars_drawn)
def test_time_alone_never_heals(facts, one, two, calendars):
    early, late = sorted((one, two))
    common = {"ordered": ORDERED, "promised": PROMISED, "facts": facts, "calendar": office(), "calendars": calendars}
    before = plan_path(PATH, now=early, **common)
    after = plan_path(PATH, now=late, **common)
    assert all(not a.is_red or (b.is_red and b.late >= a.late) for a, b in zip(before, after, strict=True))


# --- forecast -------------------------------------------------------------------------------------------


def forecast(facts=None, now="2026-11-02T09:00", least=None, **options):
    nodes = planned(facts, now, **options)
    ends, steps = forecast_path(PATH, list(nodes.values()), calendar=office(), now=us(now), least=least)
    return ends, steps


def test_on_plan_the_forecast_is_the_plan():
    ends, _steps = forecast()
    assert wall(ends["deliver"]) == "11-24 17:00" and wall(ends["invoice"]) == "11-26 16:30"


def test_a_slip_goes_on_to_the_end_without_slack():
    ends, _steps = forecast({"material_received": "2026-11-18T17:00"}, now="2026-11-18T17:00")
    assert wall(ends["finish"]) == "11-23 17:00" and wall(ends["deliver"]) == "11-25 17:00"


def test_slack_eats_a_slip():
    ends, _steps = forecast(
        {"material_received": "2026-11-18T17:00"}, now="2026-11-18T17:00", least={"finish": 15 * HOUR}
    )
    assert wall(ends["finish"]) == "11-20 17:00" and wall(ends["deliver"]) == "11-24 17:00"


def test_nothing_open_ends_in_the_past():
    ends, _steps = forecast({"credit_checked": "2026-11-02T10:00"}, now="2026-11-27T10:00")
    assert wall(ends["mrp"]) == "11-27 10:00" and ends["deliver"] > us("2026-11-27T10:00")


def test_early_is_not_passed_on():
    ends, _steps = forecast({"material_received": "2026-11-12T17:00"}, now="2026-11-12T17:00")
    assert wall(ends["deliver"]) == "11-24 17:00"


def without_promise(nodes, facts=None, now="2026-11-02T09:00", least=None):
    states = planned(facts, now, nodes, promised=None)
    ends, steps = forecast_path(nodes, list(states.values()), calendar=office(), now=us(now), least=least)
    assert propagate(steps, office()) == ends
    return {code: wall(end) for code, end in ends.items()}


def test_without_a_promise_the_forecast_ends_where_nobody_knows_how_long_the_next_step_takes():
    assert without_promise(PATH) == {"credit": "11-02 14:30", "mrp": "11-03 14:30"}


def test_nodes_without_dates_take_the_time_that_the_plan_gives_them():
    ends = without_promise(PATH, {"material_received": "2026-11-12T17:00"}, now="2026-11-12T17:00")
    assert ends["finish"] == "11-17 17:00", "three working days, the weekend is none"
    assert "ship" not in ends and "deliver" not in ends, "working days and hours do not say how far apart they are"
    ends = without_promise(PATH, {"shipped": "2026-11-13T14:00"}, now="2026-11-13T14:00")
    assert ends["deliver"] == "11-16 14:30", "eight working hours: Friday's rest and Monday"


def test_experience_reaches_the_end_where_the_plan_knows_no_time():
    least = dict.fromkeys(("material", "finish", "ship", "deliver"), 8 * HOUR)
    assert without_promise(PATH, least=least)["deliver"] == "11-11 16:00"


def test_a_node_without_date_goes_on_from_what_is_expected_and_never_ends_in_the_past():
    facts = {"shipped": "2026-11-13T14:00"}
    ends = without_promise(PATH, facts, now="2026-11-18T10:00")
    assert ends["deliver"] == "11-18 10:00"


@pytest.mark.parametrize(("facts", "wanted"), [
    (("shipped", "delivered", "invoiced"), "delivered"), (("delivered", "paid", "closed_loop"), "delivered"),
    (("purchase_requested", "material_received", "invoiced"), "material_received"), (("invoiced", "paid"), "paid"),
])
def test_the_end_of_a_path_is_its_delivery_else_the_last_of_the_goods(facts, wanted):
    nodes = [Node(fact, number, fact) for number, fact in enumerate(facts, 1)]
    assert end_node(nodes).fact == wanted


@settings(max_examples=300, deadline=None)
@given(
    facts_drawn,
    moments,
    st.dictionaries(
        st.sampled_from(["mrp", "finish", "ship", "deliver"]), st.integers(0, 40 * 60).map(lambda m: m * MINUTE)
    ),
    calendars_drawn,
)
def test_propagating_the_steps_gives_the_forecast_back(facts, now, least, calendars):
    common = {"calendar": office(), "calendars": calendars, "now": now}
    states = plan_path(PATH, ordered=ORDERED, promised=PROMISED, facts=facts, **common)
    ends, steps = forecast_path(PATH, states, least=least, **common)
    assert propagate(steps, office(), calendars=calendars) == ends
    for state in states:
        if state.code in ends:
            if state.actual is not None:
                assert ends[state.code] == state.actual
            elif state.is_open:
                assert ends[state.code] >= now


# --- why late -------------------------------------------------------------------------------------------

CLOCK = RoundTheClock()


def chain(*triples):
    """Steps one after the other from (code, planned, least, slip)."""
    steps = []
    for code, plan, least, slip in triples:
        steps.append(Step(code, (steps[-1].code,) if steps else (), plan, least, slip))
    return steps


def test_one_slip_bears_it_all():
    steps = chain(("a", 10, 0, 5), ("b", 20, 10, 0), ("c", 30, 10, 0))
    assert why_late(steps, "c", 30, CLOCK) == {("a", ""): 5}


def test_counter_example_slack():
    """a slips by 5, but 6 of slack stand before b: b's own 4 are all that makes c late."""
    steps = chain(("a", 10, 0, 5), ("b", 26, 10, 4), ("c", 36, 10, 0))
    assert why_late(steps, "c", 36, CLOCK) == {("b", ""): 4}


def test_counter_example_unrelated():
    """x is very late, but nothing on the way to c waits for it."""
    steps = [*chain(("a", 10, 0, 3), ("c", 20, 10, 0)), Step("x", ("a",), 12, 2, 500)]
    assert why_late(steps, "c", 20, CLOCK) == {("a", ""): 3}


def test_two_ways_equally_late_share():
    """Taking either away alone brings nothing: removal one at a time would blame nobody."""
    steps = [Step("a", (), 10, 0, 6), Step("b", (), 10, 0, 6), Step("c", ("a", "b"), 20, 10, 0)]
    assert why_late(steps, "c", 20, CLOCK) == {("a", ""): 3, ("b", ""): 3}


def test_two_slips_over_one_slack_share_what_is_left():
    steps = chain(("a", 10, 0, 5), ("b", 20, 10, 5), ("c", 36, 10, 0))
    assert why_late(steps, "c", 36, CLOCK) == {("a", ""): 2, ("b", ""): 2}


def test_a_plan_that_is_late_by_itself_is_named():
    assert why_late(chain(("a", 10, 0, 2), ("c", 30, 10, 0)), "c", 25, CLOCK) == {("", "plan"): 5}
    assert why_late(chain(("a", 20, 0, 2), ("c", 30, 10, 0)), "c", 25, CLOCK) == {("", "plan"): 5, ("a", ""): 2}


def test_in_time_has_no_reasons():
    assert why_late(chain(("a", 10, 0, 5), ("c", 30, 10, 0)), "c", 30, CLOCK) == {}


def test_a_node_s_share_is_split_among_its_causes():
    steps = chain(("a", 10, 0, 7), ("c", 20, 10, 0))
    shares = why_late(steps, "c", 20, CLOCK, {"a": {"customer": 2, "purchasing": 1, "nobody": 0}})
    assert shares == {("a", "customer"): 5, ("a", "purchasing"): 2}


@st.composite
def nets(draw):
    count = draw(st.integers(2, 6))
    steps = []
    for number in range(count):
        before = draw(st.sets(st.integers(0, number - 1), max_size=3)) if number else set()
        steps.append(
            Step(
                f"n{number}",
                tuple(f"n{b}" for b in sorted(before)),
                draw(st.integers(0, 60)),
                draw(st.integers(0, 20)),
                draw(st.integers(0, 15) | st.just(0)),
            )
        )
    return steps, draw(st.integers(0, 80))


def brute_force(steps, target, promised):
    """Shares by walking all orders of taking slips away, with fractions; shares no code with the module."""
    slipped = [step.code for step in steps if step.slip]

    def end(code, gone, by_code):
        step = by_code[code]
        start = max([step.planned] + [end(b, gone, by_code) + step.least for b in step.after])
        return start + (0 if code in gone else step.slip)

    def late(gone):
        return max(end(target, gone, {step.code: step for step in steps}) - promised, 0)

    gains = dict.fromkeys(slipped, Fraction(0))
    orders = list(permutations(slipped))
    for order in orders:
        gone = set()
        for code in order:
            before = late(gone)
            gone.add(code)
            gains[code] += Fraction(before - late(gone), len(orders))
    return late(set()), late(set(slipped)), gains


@settings(max_examples=200, deadline=None)
@given(nets())
def test_shares_on_random_nets_equal_brute_force(net):
    steps, promised = net
    target = steps[-1].code
    shares = why_late(steps, target, promised, CLOCK)
    total, plan, gains = brute_force(steps, target, promised)
    assert sum(shares.values()) == total and shares.get(("", "plan"), 0) == plan
    for code, gain in gains.items():
        assert abs(shares.get((code, ""), 0) - gain) < 1
        assert gain or (code, "") not in shares


@settings(max_examples=150, deadline=None)
@given(facts_drawn, moments, calendars_drawn)
def test_shares_of_real_paths_sum_to_the_lateness(facts, now, calendars):
    """In the hours of whoever delivers, whatever the hours of the others."""
    common = {"calendar": office(), "calendars": calendars, "now": now}
    states = plan_path(PATH, ordered=ORDERED, promised=PROMISED, facts=facts, **common)
    ends, steps = forecast_path(PATH, states, **common)
    shares = why_late(steps, "deliver", PROMISED, office(), calendars=calendars)
    own = Reach(calendars.get("deliver", office()))
    assert sum(shares.values()) == max(own.between(PROMISED, ends["deliver"]), 0)
    assert all(share > 0 for share in shares.values())


def test_each_node_counts_by_the_hours_of_whoever_passes_it():
    """An order of Saturday: the plant works on Sunday, the office that checks the credit does not."""
    saturday = us("2026-11-07T10:00")
    nodes = planned(ordered=saturday, now="2026-11-08T12:00", calendar=shifts(), calendars={"credit": office()})
    assert wall(nodes["credit"].planned) == "11-09 14:00", "four hours of Monday, with its lunch"
    assert nodes["credit"].state == RUNNING and wall(nodes["mrp"].planned) == "11-10 14:00"
    nodes = planned(ordered=saturday, now="2026-11-08T12:00", calendar=shifts())
    assert nodes["credit"].state == LATE and nodes["credit"].late == 14 * HOUR
    nodes = planned(ordered=saturday, now="2026-11-08T12:00", calendar=office(), calendars={"credit": shifts()})
    assert nodes["credit"].late == 14 * HOUR, "the other way round as well"


def test_nobody_is_expected_before_their_own_hours_and_who_waits_neither():
    """Due on Friday evening, not done on Sunday: the office acts on Monday, and the plant, which is there, waits."""
    path = [Node("credit", 1, "credit_checked", "ordered", 27_000, "work_s"),
            Node("ship", 2, "shipped", "node:credit:planned", 2 * 3600, "work_s")]
    common = {"calendar": shifts(), "calendars": {"credit": office()}, "now": us("2026-11-08T12:00")}
    states = plan_path(path, ordered=us("2026-11-06T08:30"), promised=None, facts={}, **common)
    ends, steps = forecast_path(path, states, **common)
    assert {code: wall(end) for code, end in ends.items()} == {"credit": "11-09 08:30", "ship": "11-09 10:30"}
    shares = why_late(steps, "ship", states[1].planned, shifts(), calendars={"credit": office()})
    assert shares == {("credit", ""): shifts().between(us("2026-11-06T19:30"), us("2026-11-09T10:30"))}


def test_time_off_of_one_is_waiting_time_of_another():
    """Done on Saturday, outside its hours: who waited for it lost the hours of the shop floor until then."""
    steps = [Step("credit", (), us("2026-11-06T17:30"), over=17 * HOUR),
             Step("ship", ("credit",), us("2026-11-06T19:30"), 2 * HOUR)]
    common = {"calendar": shifts(), "calendars": {"credit": office()}}
    assert wall(propagate(steps, **common)["ship"]) == "11-07 12:30"
    shares = why_late(steps, "ship", us("2026-11-06T19:30"), **common)
    assert shares == {("credit", ""): shifts().between(us("2026-11-06T19:30"), us("2026-11-07T12:30"))}
    assert why_late(steps, "ship", us("2026-11-09T10:30"), office()) == {}, "within the same hours nobody waited"


@settings(max_examples=150, deadline=None)
@given(facts_drawn, moments, st.lists(st.sampled_from([node.code for node in PATH])), calendars_drawn)
def test_a_slip_taken_away_makes_nothing_later(facts, now, removed, calendars):
    common = {"calendar": office(), "calendars": calendars, "now": now}
    states = plan_path(PATH, ordered=ORDERED, promised=PROMISED, facts=facts, **common)
    ends, steps = forecast_path(PATH, states, **common)
    without = propagate(steps, office(), frozenset(removed), calendars)
    assert all(without[code] <= ends[code] for code in without if code in ends)


@given(st.integers(0, 10**15), st.dictionaries(st.text(max_size=3), st.integers(0, 10**9), min_size=1, max_size=8))
def test_splitting_loses_nothing(total, parts):
    shares = split_exactly(total, parts)
    whole = sum(parts.values())
    assert sum(shares.values()) == (total if whole else 0)
    assert all(abs(Fraction(total * parts[key], whole) - share) < 1 for key, share in shares.items() if whole)


def test_twelve_slips_are_shared_in_no_time():
    steps = chain(*[(f"n{n}", 10 * n, 9, n + 1) for n in range(12)])
    assert sum(why_late(steps, "n11", 110, CLOCK).values()) == propagate(steps, CLOCK)["n11"] - 110
