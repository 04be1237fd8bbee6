"""Are forecasts those of the orders that resemble this one, and do their probabilities come true?"""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla import forecast
from sla.forecast import Passage, build_table, passages_of

pytestmark = pytest.mark.pure
NODES = [f"n{n}" for n in range(12)]


def uniform(kind="standard", tier="a", count=101, start="a", end="b"):
    return [Passage(kind, tier, start, end, seconds) for seconds in range(0, count * 10, 10)]


def test_the_median_and_the_conditional_one():
    table = build_table(uniform())
    assert forecast.remaining_s(table, "standard", "a", "a", "b", elapsed_s=0).value == pytest.approx(500)
    assert forecast.remaining_s(table, "standard", "a", "a", "b", elapsed_s=500).value == pytest.approx(250)


def test_p_late_knows_how_long_it_has_been_waiting():
    table = build_table(uniform())
    ask = {"kind": "standard", "tier": "a", "start": "a", "end": "b"}
    assert forecast.p_late(table, **ask, elapsed_s=0, left_s=900).value == pytest.approx(0.1)
    assert forecast.p_late(table, **ask, elapsed_s=800, left_s=100).value == pytest.approx(0.5)
    assert forecast.p_late(table, **ask, elapsed_s=0, left_s=2_000).value == 0
    assert forecast.p_late(table, **ask, elapsed_s=0, left_s=-1).value == 1
    assert forecast.p_late(table, **ask, elapsed_s=5_000, left_s=5).value is None


@pytest.mark.parametrize(
    "kind,tier,basis,samples",
    [
        ("standard", "a", "kind and tier", 40),
        ("standard", "b", "kind", 60),
        ("standard", "new", "kind", 60),
        ("urgent", "a", "all", 70),
        ("new", "new", "all", 70),
    ],
)
def test_it_falls_back_to_wider_groups_and_says_so(kind, tier, basis, samples):
    table = build_table([*uniform(count=40), *uniform(tier="b", count=20), *uniform("urgent", count=10)])
    estimate = forecast.p_late(table, kind, tier, "a", "b", elapsed_s=0, left_s=100)
    assert (estimate.basis, estimate.samples) == (basis, samples)


def test_without_experience_nothing_is_claimed():
    table = build_table(uniform(count=29))
    assert forecast.p_late(table, "standard", "a", "a", "b", elapsed_s=0, left_s=1) == forecast.Estimate(
        None, "plan", 0
    )
    assert forecast.remaining_s(table, "standard", "a", "a", "b", elapsed_s=0).value is None
    assert forecast.is_slow(table, "standard", "a", "a", "b", dwell_s=10**9) is None


def test_slow_is_beyond_95_of_100():
    table = build_table(uniform())
    assert not forecast.is_slow(table, "standard", "a", "a", "b", dwell_s=940)
    assert forecast.is_slow(table, "standard", "a", "a", "b", dwell_s=960)


def test_a_finished_order_speaks_for_every_pair_of_nodes():
    got = {(p.start, p.end): p.seconds for p in passages_of("k", "t", {"b": 30, "a": 0, "c": 100})}
    assert got == {("a", "b"): 30, ("a", "c"): 100, ("b", "c"): 70}


def test_tables_survive_json_and_do_not_depend_on_the_order():
    passages = uniform()
    shuffled = random.Random(3).sample(passages, len(passages))
    table = build_table(passages, at="2026-11-24T00:00:00Z")
    assert json.loads(json.dumps(table)) == table == build_table(shuffled, at="2026-11-24T00:00:00Z")


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.integers(0, 10**6), min_size=30, max_size=200),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
)
def test_probabilities_are_probabilities_and_fall_with_time_left(values, elapsed, left, more):
    table = build_table([Passage("k", "t", "a", "b", value) for value in values])
    one = forecast.p_late(table, "k", "t", "a", "b", elapsed_s=elapsed, left_s=left).value
    two = forecast.p_late(table, "k", "t", "a", "b", elapsed_s=elapsed, left_s=left + more).value
    assert (one is None) == (two is None)
    if one is not None:
        assert 0 <= two <= one <= 1
    rest = [
        forecast.remaining_s(table, "k", "t", "a", "b", elapsed_s=elapsed, share=share).value
        for share in (0.1, 0.5, 0.9)
    ]
    assert None in rest or rest == sorted(rest)


def simulated(count, seed):
    """[(kind, tier, {node: seconds}, promise)]: twelve lognormal steps, a pace per order, two kinds, two tiers."""
    chance = random.Random(seed)
    orders = []
    for _ in range(count):
        kind, tier = chance.choice(["standard", "urgent"]), chance.choice("ab")
        scale, pace, at, passed = {"standard": 8, "urgent": 5}[kind], chance.lognormvariate(0, 0.25), 0, {}
        for node in NODES:
            at += int(3_600 * scale * pace * chance.lognormvariate(0, 0.6))
            passed[node] = at
        orders.append((kind, tier, passed, int(3_600 * scale * 12 * 1.2 * 1.22)))
    return orders


@pytest.fixture(scope="module")
def judged():
    table = build_table(
        [
            p
            for kind, tier, passed, _ in simulated(2_000, 1)
            for p in passages_of(kind, tier, passed)
            if p.end == NODES[-1]
        ]
    )

    def at_node(number):
        pairs = []
        for kind, tier, passed, promise in simulated(1_500, 2):
            seen, end = passed[NODES[number]], passed[NODES[-1]]
            said = forecast.p_late(
                table,
                kind,
                tier,
                NODES[number],
                NODES[-1],
                elapsed_s=0,
                left_s=promise - seen,
                before_s=seen - passed[NODES[0]],
            )
            pairs.append((said.value, end > promise))
        return pairs

    return table, at_node


def test_after_half_the_path_late_orders_are_told_from_others(judged):
    pairs = judged[1](5)
    base = sum(late for _p, late in pairs) / len(pairs)
    assert 0.1 < base < 0.5
    assert forecast.ranking(pairs) >= 0.9
    assert forecast.brier(pairs) < base * (1 - base)
    assert forecast.ranking(judged[1](9)) > forecast.ranking(pairs) > forecast.ranking(judged[1](1))


def test_p_late_is_calibrated(judged):
    for _low, _high, said, came_true, count in forecast.calibration(judged[1](2), bins=5):
        assert count < 200 or abs(said - came_true) < 0.06


def test_forecasts_cover_what_they_claim(judged):
    table = judged[0]
    for share in (0.5, 0.8, 0.95):
        pairs = []
        for kind, tier, passed, _promise in simulated(1_500, 3):
            seen = passed[NODES[4]]
            said = forecast.remaining_s(
                table, kind, tier, NODES[4], NODES[-1], elapsed_s=0, before_s=seen - passed[NODES[0]], share=share
            )
            pairs.append((said.value, passed[NODES[-1]] - seen))
        assert forecast.coverage(pairs) == pytest.approx(share, abs=0.04)


def test_measures_of_nothing_are_nothing():
    assert forecast.coverage([]) is forecast.brier([]) is forecast.ranking([(0.5, True)]) is None
    assert forecast.ranking([(0.5, True), (0.5, False)]) == 0.5
    assert forecast.ranking([(0.9, True), (0.5, False), (0.1, False)]) == 1
