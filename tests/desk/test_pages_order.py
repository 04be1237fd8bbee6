"""Does the page of an order open with its sentence, show what may be seen, and decide only with the right?"""

from datetime import timedelta

import pytest
from django.utils import timezone

from orders.models import Event, Order, SourceRecord


@pytest.fixture
def order(make_order, systems, scopes, at):
    now = timezone.now()
    order = make_order(
        "SO-77",
        lateness=2,
        late_since=now - timedelta(hours=6, minutes=20),
        late_reason_en="QC is slow",
        late_reason_zh="质检慢",
        amount_minor=123_456,
        currency="CNY",
        promised_at=now + timedelta(days=2),
        quantity_m=480_000,
        conflicts=[{"subject": "quantity_m", "why": "differ", "values": {"erp": 480_000, "wms": 440_000}}],
        conflict_count=1,
    )
    for code, quantity in (("erp", 480_000), ("wms", 440_000)):
        record = SourceRecord.objects.create(
            system=systems[code],
            entity="order",
            key=f"{code}-77",
            order=order,
            scope=scopes[0],
            order_number="SO-77",
            data={"quantity_m": quantity, "status": "confirmed", "axis": "commercial", "amount_minor": 123_456},
            occurred_at=at,
            received_at=at,
            first_received_at=at,
            payload_hash="x",
        )
        for n in range(20):
            Event.objects.create(
                system=systems[code],
                identity=f"m:{code}{n}",
                record=record,
                order=order,
                entity="order",
                key=record.key,
                occurred_at=at + timedelta(minutes=n),
                received_at=at,
                recorded_at=at,
                payload_hash=str(n),
                data={"status": "confirmed", "axis": "commercial"},
            )
    return order


def said(response):
    return response.content.decode()


def test_it_opens_with_the_sentence_and_shows_both_values_of_a_conflict(staff, order):
    page = said(staff("order_operations").get("/orders/SO-77/"))
    assert "Late by 6 h 20 min" in page and "QC is slow" in page
    assert page.index("Late by") < page.index("Timeline")
    assert "480" in page and "440" in page and "the systems say different things" in page


def test_amounts_are_for_those_who_may_see_finance(staff, order):
    assert "1,234.56" in said(staff("finance", username="one").get("/orders/SO-77/"))
    assert "1,234.56" not in said(staff("warehouse", username="two").get("/orders/SO-77/"))


def test_the_timeline_goes_on_and_is_filtered_by_system(staff, order):
    client = staff("order_operations")
    response = client.get("/orders/SO-77/")
    first = response.context["events"]
    older = client.get(f"/orders/SO-77/events/?before={response.context['more']}").context["events"]
    ids = [event.pk for event in [*first, *older]]
    assert len(ids) == len(set(ids)) == 40
    only = client.get("/orders/SO-77/events/?system=wms").context["events"]
    assert {event.system.code for event in only} == {"wms"} and len(only) == 20


def test_a_decision_needs_the_right_and_a_reason(staff, order):
    client = staff("warehouse", username="one")
    assert client.post("/orders/SO-77/hold/", {"reason": "stop"}).status_code == 403
    client = staff("order_operations", username="two")
    client.post("/orders/SO-77/hold/", {"reason": "credit"})
    assert Order.objects.get(pk=order.pk).held_at
    page = said(client.get("/orders/SO-77/"))
    assert "On hold since" in page and "Release order" in page and "credit" in page


def test_get_never_decides(staff, order):
    assert staff("order_operations").get("/orders/SO-77/hold/").status_code == 405


def test_a_silent_system_is_named(staff, order):
    assert "ERP is silent" in said(staff("order_operations").get("/orders/SO-77/"))
