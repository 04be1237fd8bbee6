"""Does the same set of statements always end in the same state, and is that state right?"""
import random
from dataclasses import asdict
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.fold import STAGE_CODES, fold
from orders.ranking import Authority, default_ranks
from orders.statement import STATUSES
from orders.streams import HUB, Said, version_key
from tests.orders.speech import START, life, text

pytestmark = pytest.mark.pure
SYSTEMS = ("erp", "wms", "crm", "tms", "mes")
AUTHORITY = Authority(3, default_ranks([(code, code) for code in SYSTEMS]))


def said(statement, uid, **more):
    names = set(Said._fields) & set(statement.__slots__)
    parts = {name: getattr(statement, name) for name in names} | {"payload_hash": f"{uid:04d}", **more}
    return Said(uid=uid, **parts)


def events_of(statements):
    return [said(statement, uid) for uid, statement in enumerate(statements)]


def event(uid, system, entity, key, hours, data=None, **more):
    return Said(uid, system, entity, key, START + timedelta(hours=hours), data or {}, f"{uid:04d}", **more)


def decision(uid, hours, kind, data=None, **more):
    return event(uid, HUB, "decision", "1", hours, data, kind=kind, sequence=uid, orders_by="sequence", **more)


def whole_life():
    return events_of(life()) + [
        decision(900, 25, "hold", reason="Credit"), decision(901, 26, "release"), decision(902, 28, "hold"),
        decision(903, 29, "expedite"), decision(910, 28, "unexpedite"),
        decision(904, 30, "correct_promise", {"line": "10", "promised_at": text(70)}),
        event(905, "crm", "order", "O-SO-1001", 99, {"axis": "commercial", "status": "cancelled", "customer": "C9"},
              version="10", orders_by="version"),
        event(906, "wms", "order", "D2", 31, {"axis": "logistics", "status": "packed"}, sequence=9,
              orders_by="sequence"),
        event(907, "wms", "order", "D2", 33, {"axis": "logistics", "status": "shipped"}, sequence=9,
              orders_by="sequence"),
        event(908, "mes", "inspection", "Q1", 34, {"axis": "quality", "status": "released"}),
        event(909, "mes", "inspection", "Q1", 35, {}, retracts=True),
        event(910, "erp", "order_line", "ESO-1001/10", 11, {"quantity_m": 6000, "promised_at": text(91)},
              version="10", orders_by="version", line_number="10", replaces=6, mapping_version="erp.order_line/2"),
    ]


def test_ten_thousand_permutations_with_repeats_end_in_one_state():
    events, draw = whole_life(), random.Random(20261124)
    expected = fold(events, AUTHORITY, frozenset({"erp"}))
    assert expected.conflicts and expected.lines and expected.facts
    for _turn in range(10_000):
        mixed = events + draw.choices(events, k=draw.randrange(6))
        draw.shuffle(mixed)
        assert fold(mixed, AUTHORITY, frozenset({"erp"})).state_hash == expected.state_hash


@st.composite
def histories(draw):
    axis = draw(st.sampled_from(sorted(STATUSES)))
    size = draw(st.integers(1, 8))
    found = []
    for uid in range(size):
        data = {"axis": axis, "status": draw(st.sampled_from(STATUSES[axis]))}
        if draw(st.booleans()):
            data |= {"quantity_m": draw(st.integers(0, 3)), "promised_at": text(draw(st.integers(0, 3)))}
        found.append(Said(
            uid, draw(st.sampled_from(("erp", "wms", "crm"))),
            draw(st.sampled_from(("order", "order_line", "shipment"))),
            draw(st.sampled_from("AB")), START + timedelta(hours=draw(st.integers(0, 2))), data,
            draw(st.sampled_from(("x", "y", "z"))), draw(st.sampled_from(("time", "version", "sequence"))),
            str(draw(st.integers(8, 11))), draw(st.integers(0, 2)), line_number=draw(st.sampled_from(("", "10"))),
            closed=draw(st.sampled_from((None, True, False))), retracts=draw(st.booleans()) and uid % 3 == 0,
        ))
    return found


@settings(max_examples=300, deadline=None)
@given(histories(), st.randoms())
def test_any_history_in_any_order_with_repeats_ends_in_one_state(events, draw):
    mixed = events + draw.choices(events, k=3)
    draw.shuffle(mixed)
    first, second = fold(events, AUTHORITY), fold(mixed, AUTHORITY)
    assert asdict(first) == asdict(second)
    assert first.state_hash == second.state_hash
    assert first.stage in STAGE_CODES


def test_a_retraction_beside_its_like_at_one_instant_is_the_last_word():
    """Drawn once: the same payload at the same instant, stated and retracted."""
    stated = event(1, "crm", "shipment", "A", 1, {"axis": "commercial", "status": "draft"})._replace(payload_hash="y")
    taken_back = stated._replace(uid=0, retracts=True)
    for turn in ([stated, taken_back], [taken_back, stated]):
        assert fold(turn, AUTHORITY).axes == {}


def test_versions_are_compared_as_numbers():
    assert version_key("9") < version_key("10") and version_key("1.9") < version_key("1.10")
    assert version_key("") < version_key("0") and version_key("v2") < version_key("v10")
    stream = [event(uid, "erp", "order", "K", 9 - uid, {"axis": "commercial", "status": status},
                    version=version, orders_by="version")
              for uid, (version, status) in enumerate([("9", "held"), ("10", "confirmed")])]
    assert fold(stream, AUTHORITY).status("commercial") == "confirmed"


def test_hold_release_hold_with_one_payload_follows_the_stream():
    stream = [event(1, "crm", "order", "K", 1, {"axis": "commercial", "status": "held"}),
              event(2, "crm", "order", "K", 2, {"axis": "commercial", "status": "confirmed"}),
              event(3, "crm", "order", "K", 3, {"axis": "commercial", "status": "held"})._replace(payload_hash="0001")]
    assert fold(stream, AUTHORITY).status("commercial") == "held"
    assert fold(stream[:2], AUTHORITY).status("commercial") == "confirmed"


def test_a_silent_authority_shows_the_next_one_as_unconfirmed():
    crm = event(1, "crm", "order", "O", 1, {"axis": "commercial", "status": "confirmed", "amount_minor": 5})
    erp = event(2, "erp", "order", "E", 2, {"axis": "commercial", "status": "held", "amount_minor": 6})
    alone = fold([crm], AUTHORITY)
    assert alone.axes["commercial"] == {"value": "confirmed", "system": "crm", "unconfirmed": True}
    assert not alone.is_confirmed and alone.authority_version == 3
    both = fold([crm, erp], AUTHORITY, frozenset({"erp"}))
    assert both.axes["commercial"]["system"] == "erp" and "unconfirmed" not in both.axes["commercial"]
    assert both.is_confirmed
    assert [(one["subject"], one["why"], one["values"]) for one in both.conflicts] == [
        ("amount_minor", "differ", {"crm": 5, "erp": 6})]


def test_a_tie_is_settled_by_the_payload_and_shown():
    pair = [event(1, "erp", "order", "K", 1, {"axis": "commercial", "status": "confirmed"}, version="3",
                  orders_by="version"),
            event(2, "erp", "order", "K", 5, {"axis": "commercial", "status": "held"}, version="3",
                  orders_by="version")]
    for events in (pair, pair[::-1]):
        state = fold(events, AUTHORITY)
        assert state.status("commercial") == "held"
        assert state.conflicts == [
            {"subject": "order K", "why": "tie", "values": {"erp": ["confirmed", "held"]}}]


def test_the_original_promise_is_the_streams_first_and_not_the_first_to_arrive():
    def line(uid, version, promised):
        return event(uid, "erp", "order_line", "K/10", uid, {"promised_at": promised}, version=version,
                     orders_by="version", line_number="10")

    late_first = [line(1, "10", text(90)), line(2, "2", text(50)), line(3, "11", text(95))]
    state = fold(late_first, AUTHORITY)
    assert (state.lines["10"]["promised_original_at"], state.lines["10"]["promised_at"]) == (text(50), text(95))
    corrected = fold([*late_first, decision(9, 1, "correct_promise", {"line": "10", "promised_at": text(60)},
                                            reason="typing error")], AUTHORITY)
    assert corrected.lines["10"]["promised_original_at"] == text(60)
    assert corrected.value("promised_original_at") == text(60)


def test_a_promise_in_a_quotation_is_none():
    state = fold([event(1, "erp", "order", "K", 1, {"axis": "commercial", "status": "quoted", "promised_at": text(5)},
                        version="1", orders_by="version"),
                  event(2, "erp", "order", "K", 2, {"axis": "commercial", "status": "confirmed",
                        "promised_at": text(9)}, version="2", orders_by="version")], AUTHORITY)
    assert state.value("promised_original_at") == text(9)


def test_several_loads_are_delivered_only_when_all_are():
    def load(uid, key, status, facts):
        return event(uid, "tms", "waybill", key, uid, {"axis": "logistics", "status": status, "quantity_m": 2000,
                     "facts": facts})

    part = fold([load(1, "W1", "delivered", {"delivered": text(5)}), load(2, "W2", "shipped", {})], AUTHORITY)
    assert (part.status("logistics"), part.fact("delivered")) == ("in_transit", None)
    assert part.partial["delivered"] == {"at": text(5), "system": "tms"}
    whole = fold([load(1, "W1", "delivered", {"delivered": text(5)}),
                  load(3, "W2", "delivered", {"delivered": text(8)})], AUTHORITY)
    assert (whole.status("logistics"), whole.fact("delivered"), whole.delivered_m) == ("delivered", text(8), 4000)


def test_what_left_short_of_the_order_is_a_part_until_the_document_is_closed():
    waybill = event(1, "tms", "waybill", "W1", 5, {"axis": "logistics", "status": "delivered",
                    "facts": {"delivered": text(5)}})

    def header(closed):
        return event(2, "wms", "order", "D", 4, {"axis": "logistics", "status": "shipped", "quantity_m": 5000,
                     "shipped_m": 3000}, closed=closed)

    assert fold([waybill, header(False)], AUTHORITY).stage == "in_transit"
    assert fold([waybill, header(True)], AUTHORITY).stage == "delivered"


def test_a_retracted_record_says_nothing_and_may_come_back():
    first = event(1, "erp", "order", "K", 1, {"axis": "commercial", "status": "confirmed"}, version="1",
                  orders_by="version")
    gone = event(2, "erp", "order", "K", 2, {}, version="2", orders_by="version", retracts=True, replaces=1)
    back = event(3, "erp", "order", "K", 3, {"axis": "commercial", "status": "held"}, version="3",
                 orders_by="version")
    empty = fold([first, gone], AUTHORITY)
    assert (empty.stage, empty.is_open, empty.axes) == ("draft", False, {})
    assert fold([first, gone, back], AUTHORITY).status("commercial") == "held"


def test_a_hold_stands_against_an_earlier_and_a_later_word():
    hold = decision(9, 10, "hold", reason="Credit")
    for hours in (5, 15):
        state = fold([hold, event(1, "erp", "order", "K", hours, {"axis": "commercial", "status": "cancelled"})],
                     AUTHORITY)
        assert state.axes["commercial"] == {
            "value": "held", "system": HUB, "decided": True, "said": {"erp": "cancelled"}}
        assert [one["why"] for one in state.conflicts] == ["held_but_ended"]
        assert state.is_open


def test_a_hold_says_what_is_waited_for_whoever_decided_it():
    hold = decision(9, 10, "hold", {"hold_kind": "customer"}, reason="Credit")
    assert fold([hold], AUTHORITY).decisions["held"]["hold_kind"] == "customer"
    said = {"axis": "commercial", "status": "held", "hold_kind": "material"}
    state = fold([event(1, "erp", "order", "K", 5, said)], AUTHORITY)
    assert state.decisions["held"] == {"at": text(5), "system": "erp", "hold_kind": "material"}
    again = event(2, "erp", "order", "K", 6, {"axis": "commercial", "status": "confirmed", "hold_kind": "material"})
    assert "held" not in fold([event(1, "erp", "order", "K", 5, said), again], AUTHORITY).decisions


def test_an_expedited_order_that_is_cancelled_elsewhere_shows_it():
    state = fold([decision(1, 1, "expedite", reason="line stop"),
                  event(2, "erp", "order", "K", 5, {"axis": "commercial", "status": "cancelled"})], AUTHORITY)
    assert state.decisions["expedited"] == {"at": text(1), "reason": "line stop"}
    assert [one["why"] for one in state.conflicts] == ["expedited_but_cancelled"]


def test_amounts_are_never_summed_across_currencies():
    def line(uid, key, currency):
        return event(uid, "erp", "order_line", key, 1, {"amount_minor": 100, "currency": currency, "quantity_m": 1},
                     line_number=key)

    assert fold([line(1, "10", "CNY"), line(2, "20", "CNY")], AUTHORITY).value("amount_minor") == 200
    mixed = fold([line(1, "10", "CNY"), line(2, "20", "EUR")], AUTHORITY)
    assert mixed.value("amount_minor") is None and mixed.value("quantity_m") == 2


@pytest.mark.parametrize(("axis", "status", "stage"), [
    ("commercial", "draft", "draft"), ("commercial", "held", "confirmed"), ("material", "short", "short"),
    ("production", "finished", "finished"), ("quality", "released", "released"), ("logistics", "picking", "picking"),
])
def test_one_word_for_the_list(axis, status, stage):
    assert fold([event(1, "erp", "order", "K", 1, {"axis": axis, "status": status})], AUTHORITY).stage == stage
