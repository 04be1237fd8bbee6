"""Do people's decisions stand against late facts, and can joining be taken back?"""
from datetime import timedelta

import pytest

from kernel.errors import Refusal
from kernel.models import Company, Scope
from kernel.roles import sync_roles
from orders.actions import (
    accept_conflict,
    archive_order,
    correct_promise,
    expedite_order,
    hold_order,
    join_orders,
    keep_counts,
    keep_due,
    part_order,
    record_events,
    release_order,
    rematch_key,
    share_order,
    unexpedite_order,
)
from orders.decisions import hub_system
from orders.models import Event, Order, OrderLine, SourceRecord
from tests.orders.speech import START, life, say, text

pytestmark = pytest.mark.django_db
HOLD_AT = START + timedelta(hours=25)


@pytest.fixture
def order(systems, kinds, at):
    record_events(statements=life(until=9), by=None, at=at)
    return Order.objects.get()


def test_a_late_fact_does_not_undo_a_hold_but_opens_a_conflict(order, at, person):
    ann = person("ann")
    held = hold_order(order=order, kind="credit", reason="Credit", by=ann, at=HOLD_AT)
    assert (held.commercial, held.held_at, held.conflict_count) == ("held", HOLD_AT, 0)
    record_events(statements=life(), by=None, at=at)
    order.refresh_from_db()
    assert order.commercial == "held" and order.held_at == HOLD_AT
    assert {(one["subject"], one["why"]) for one in order.conflicts} == {
        ("packed", "held_but_moved"), ("shipped", "held_but_moved"), ("delivered", "held_but_moved")}
    event = Event.objects.get(kind="hold")
    assert (event.by, event.reason, event.system.role) == (ann, "Credit", "hub")


def test_release_ends_the_hold_and_a_hold_reported_from_before_stays_over(order, at):
    hold_order(order=order, kind="credit", reason="Credit", by=None, at=HOLD_AT)
    freed = release_order(order=order, by=None, at=HOLD_AT + timedelta(hours=2))
    assert (freed.commercial, freed.held_at) == ("confirmed", None)
    old = say("erp", "order", "ESO-1001", 26, {"axis": "commercial", "status": "held"}, version="3",
              orders_by="version", order_number="SO-1001")
    record_events(statements=[old], by=None, at=at)
    order.refresh_from_db()
    assert (order.commercial, [one["why"] for one in order.conflicts]) == ("confirmed", ["released_but_held"])
    new = say("erp", "order", "ESO-1001", 40, {"axis": "commercial", "status": "held"}, version="4",
              orders_by="version", order_number="SO-1001")
    record_events(statements=[new], by=None, at=at)
    order.refresh_from_db()
    assert (order.commercial, order.conflict_count) == ("held", 0)
    with pytest.raises(Refusal) as refused:
        release_order(order=order, by=None, at=at)
    assert refused.value.code == "held_elsewhere"


def test_refusals_are_sentences(order, at):
    with pytest.raises(Refusal, match="Please give a reason."):
        hold_order(order=order, kind="credit", reason="  ", by=None, at=at)
    with pytest.raises(Refusal, match="not on hold"):
        release_order(order=order, by=None, at=at)
    expedite_order(order=order, reason="line stop", by=None, at=at)
    with pytest.raises(Refusal, match="expedited already"):
        expedite_order(order=order, reason="again", by=None, at=at)
    with pytest.raises(Refusal, match="still open"):
        archive_order(order=order, by=None, at=at)


def test_an_accepted_conflict_comes_back_only_when_a_value_changes(order, at):
    def crm(customer, version):
        return say("crm", "order", "O-SO-1001", 3, {"axis": "commercial", "status": "confirmed",
                   "customer": customer}, version=version, orders_by="version", order_number="SO-1001")

    record_events(statements=[crm("C999", "2")], by=None, at=at)
    order.refresh_from_db()
    assert [one["subject"] for one in order.conflicts] == ["customer"]
    order = accept_conflict(order=order, subject="customer", value="C999", reason="moved", by=None, at=at)
    assert (order.conflicts, order.customer.code) == ([], "C999")
    record_events(statements=[crm("C777", "3")], by=None, at=at)
    order.refresh_from_db()
    assert [one["subject"] for one in order.conflicts] == ["customer"]
    assert order.customer.code == "C999"


def test_a_promise_is_corrected_with_a_reason_and_never_by_arrival(order, at):
    line = OrderLine.objects.get()
    first = line.promised_original_at
    moved = correct_promise(line=line, promised_at=first + timedelta(days=2), reason="typing error", by=None, at=at)
    assert moved.promised_original_at == first + timedelta(days=2)
    assert moved.state["correction"]["reason"] == "typing error"
    record_events(statements=life(), by=None, at=at)
    moved.refresh_from_db()
    assert moved.promised_original_at == first + timedelta(days=2)


def test_join_and_part(order, at):
    typo = say("wms", "order", "D2", 30, {"axis": "logistics", "status": "shipped"}, order_number="SO-100l",
               sequence=1, orders_by="sequence")
    record_events(statements=[typo], by=None, at=at)
    other = Order.objects.get(number="SO-100L")
    joined = join_orders(order=order, other=other, reason="typing error", by=None, at=at)
    other.refresh_from_db()
    assert joined.pk == order.pk and joined.logistics == "shipped"
    assert other.archived_at and not other.source_records.exists()
    later = say("wms", "order", "D2", 40, {"axis": "logistics", "status": "delivered"}, order_number="SO-100l",
                sequence=2, orders_by="sequence")
    record_events(statements=[later], by=None, at=at)
    order.refresh_from_db()
    assert order.logistics == "in_transit"  # one of two deliveries of this warehouse has arrived
    back = part_order(order=order, number="SO-100L", reason="it was another one", by=None, at=at)
    order.refresh_from_db()
    assert (back.pk, back.archived_at, back.logistics) == (other.pk, None, "delivered")
    assert order.logistics == "picking"
    with pytest.raises(Refusal):
        part_order(order=order, number="SO-100L", reason="again", by=None, at=at)


def test_a_record_is_matched_anew_by_a_person(order, at):
    ghost = say("tms", "waybill", "T7", 40, {"axis": "logistics", "status": "in_transit"}, order_number="?",
                message_id="x")
    record_events(statements=[ghost], by=None, at=at)
    record = rematch_key(record=SourceRecord.objects.get(key="T7"), order=order, reason="told by phone", by=None, at=at)
    order.refresh_from_db()
    assert (record.order, order.logistics) == (order, "in_transit")
    assert record.scope_id == order.scope_id
    rematch_key(record=record, order=None, reason="no", by=None, at=at)
    order.refresh_from_db()
    assert order.logistics == "picking"


def test_sharing_and_archiving(order, at, person):
    sync_roles(by=None, at=at)
    bob = person("bob", role="sales")
    assert not Order.objects.visible_to(bob).exists()
    share_order(order=order, person=bob, by=None, at=at)
    assert Order.objects.visible_to(bob).get() == order
    record_events(statements=life(), by=None, at=at)
    archive_order(order=order, by=None, at=at)
    with pytest.raises(Refusal, match="archived"):
        hold_order(order=order, kind="credit", reason="x", by=None, at=at)


def test_what_upper_apps_keep(order, at):
    row = {"order_id": order.pk, "lateness": 2, "late_since": at, "late_node": "ship", "late_reason_en": "x" * 400}
    assert keep_due(rows=[row], at=at) == 1
    assert keep_due(rows=[row], at=at) == 0
    keep_counts(order_ids=[order.pk], open_tickets={order.pk: 3})
    order.refresh_from_db()
    assert (order.lateness, order.late_node, len(order.late_reason_en), order.open_tickets) == (2, "ship", 300, 3)
    keep_counts(order_ids=[order.pk], open_tickets={}, open_differences={order.pk: 1})
    record_events(statements=life(), by=None, at=at)
    order.refresh_from_db()
    assert (order.open_tickets, order.open_differences, order.lateness) == (0, 1, 2)
    assert text(0)


def test_what_was_decided_about_a_joined_order_counts_where_it_went(order, at):
    typo = say("wms", "order", "D2", 24, {"axis": "logistics", "status": "picking"}, order_number="SO-100l")
    record_events(statements=[typo], by=None, at=at)
    other = hold_order(order=Order.objects.get(number="SO-100L"), kind="credit", reason="Credit", by=None, at=HOLD_AT)
    joined = join_orders(order=order, other=other, reason="typing error", by=None, at=at)
    assert joined.held_at == HOLD_AT
    other.refresh_from_db()
    assert other.joined_into == joined
    part_order(order=joined, number="SO-100L", reason="no", by=None, at=at)
    joined.refresh_from_db()
    other.refresh_from_db()
    assert (joined.held_at, other.held_at, other.joined_into) == (None, HOLD_AT, None)


def test_expediting_can_be_undone_and_both_stand_in_the_history(order, at):
    with pytest.raises(Refusal, match="not expedited"):
        unexpedite_order(order=order, by=None, at=at)
    assert expedite_order(order=order, reason="line stop", by=None, at=at).expedited_at == at
    calm = unexpedite_order(order=order, reason="line runs", by=None, at=at + timedelta(hours=1))
    assert calm.expedited_at is None and "expedited" not in calm.state["decisions"]
    said = Event.objects.filter(entity="decision").order_by("sequence").values_list("kind", "reason")
    assert list(said) == [("expedite", "line stop"), ("unexpedite", "line runs")]
    again = expedite_order(order=order, reason="once more", by=None, at=at + timedelta(hours=2))
    assert again.expedited_at == at + timedelta(hours=2)


def test_a_hold_may_say_until_when_and_still_takes_a_person(order, at):
    with pytest.raises(Refusal, match="ends in the future"):
        hold_order(order=order, kind="credit", reason="Credit", until=HOLD_AT, by=None, at=HOLD_AT)
    until = HOLD_AT + timedelta(hours=1)
    held = hold_order(order=order, kind="credit", reason="Credit", until=until, by=None, at=HOLD_AT)
    assert held.state["decisions"]["held"]["until"] == text(26)
    record_events(statements=life(), by=None, at=at)
    order.refresh_from_db()
    assert order.held_at == HOLD_AT


def test_a_decision_made_here_is_no_systems_last_word(order, at):
    spoken, count = order.last_event_at, order.event_count
    held = hold_order(order=order, kind="credit", reason="Credit", by=None, at=at + timedelta(days=300))
    assert (held.last_event_at, held.event_count) == (spoken, count + 1)


def test_a_company_without_a_scope_is_told_so(order, at):
    """Nobody could see the hub's decisions otherwise."""
    bare = Company.objects.create(code="bare", name_en="Bare", name_zh="空")
    with pytest.raises(Refusal) as refused:
        hub_system(bare)
    assert refused.value.code == "no_scope" and "Bare has no scope yet" in str(refused.value)
    scope = Scope.objects.create(company=bare, code="bare", name_en="b", name_zh="b")
    assert hub_system(bare).scope == scope and hub_system(bare).code == "hub-bare"
