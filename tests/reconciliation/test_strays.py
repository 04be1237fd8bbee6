"""Does an order's page show the record whose number is misspelled elsewhere, and can it be matched there?"""
from datetime import timedelta
from html import unescape

import pytest

from orders.actions import record_events
from orders.models import Order, SourceRecord
from orders.statement import Statement
from reconciliation.actions import run_comparison
from reconciliation.models import Difference, Profile
from reconciliation.seed import seed_profiles
from reconciliation.strays import strays_of

pytestmark = pytest.mark.django_db
RIGHT, WRONG, KEY = "60100042", "6010-0042", "DN-4711"


def said(system, number, key, at, **more):
    return Statement(
        system=system, entity="order", key=key, order_number=number, order_kind="standard", occurred_at=at,
        orders_by="version", version="1", payload_hash=f"{system}{number}",
        data={"axis": "commercial", "status": "confirmed", "promised_at": "2026-11-30T02:00:00Z", "customer": "C1",
              **more},
    )


@pytest.fixture
def order(company, systems, kinds, roles, at):
    """ERP has 60100042, CRM too; WMS has delivered it under 6010-0042, of which the hub has made an order."""
    told = [said("erp", RIGHT, RIGHT, at - timedelta(days=2)), said("crm", RIGHT, RIGHT, at - timedelta(days=2)),
            said("wms", WRONG, KEY, at - timedelta(days=2))]
    record_events(statements=told, by=None, at=at - timedelta(days=2))
    seed_profiles(company=company, by=None, at=at)
    run_comparison(profile=Profile.objects.get(code="orders"), by=None, at=at)
    difference = Difference.objects.get(kind="missing")
    assert (difference.cause, difference.order.number) == ("KEY_FORMAT", RIGHT)
    return difference.order


@pytest.fixture
def roles(db):
    from django.core.management import call_command

    call_command("sync_roles")


@pytest.fixture
def reader(client, person, scopes):
    def enter(role, *where):
        user = person(role, *(where or scopes), role=role, is_staff=True)
        client.force_login(user)
        return user
    return enter


def page(client, order, language="en"):
    text = unescape(client.get(f"/orders/{order.number}/", headers={"accept-language": language}).content.decode())
    return text[text.index('<section id="says">'):text.index('<section id="timeline">')]


def match(client, order, reason="the same delivery"):
    row, record = Difference.objects.get(kind="missing"), SourceRecord.objects.get(key=KEY)
    return client.post(f"/differences/{row.pk}/match/{record.pk}/", {"reason": reason}, follow=True,
                       headers={"accept-language": "en"})


def test_it_stands_beside_what_each_system_says(client, reader, order):
    reader("order_operations")
    says = page(client, order)
    assert "Probably this order's" in says and KEY in says and WRONG in says and "now under" in says
    assert "Match to this order" in says and "writes the same key differently" in says


def test_what_was_made_of_it_comes_over_whole_with_the_first_matching(client, reader, order):
    reader("order_operations")
    assert f"{KEY} is matched to this order." in match(client, order).content.decode()
    record, other = SourceRecord.objects.get(key=KEY), Order.objects.get(number=WRONG)
    assert record.order == order and record.is_pinned
    assert other.archived_at is not None and other.joined_into == order
    says = page(client, order)
    assert "Probably this order's" not in says and "WMS" in says
    assert match(client, order).status_code == 404


def test_one_of_a_known_order_comes_alone(client, reader, order, at):
    other = Order.objects.get(number=WRONG)
    Order.objects.filter(pk=other.pk).update(identity=Order.CONFIRMED)
    reader("order_operations")
    match(client, order)
    other.refresh_from_db()
    assert SourceRecord.objects.get(key=KEY).order == order and other.archived_at is None


def test_a_reason_is_asked_for(client, reader, order):
    reader("order_operations")
    assert "reason" in match(client, order, reason=" ").content.decode().lower()
    assert SourceRecord.objects.get(key=KEY).order.number == WRONG


def test_who_may_not_join_orders_reads_it_only(client, reader, order):
    reader("warehouse")
    assert "Probably this order's" in page(client, order) and "Match to this order" not in page(client, order)
    assert match(client, order).status_code == 403


def test_a_record_one_may_not_see_is_not_named(client, reader, order, scopes):
    assert order.scope == scopes[0]
    SourceRecord.objects.filter(key=KEY).update(scope=scopes[1])
    reader("order_operations", scopes[0])
    text = unescape(client.get(f"/orders/{order.number}/").content.decode())
    assert "Probably this order's" not in text and match(client, order).status_code == 404


def test_what_is_decided_is_not_offered_again(client, reader, order):
    user = reader("order_operations")
    assert len(strays_of(order, user)) == 1
    Difference.objects.filter(kind="missing").update(state=Difference.INVALID)
    assert strays_of(order, user) == []
