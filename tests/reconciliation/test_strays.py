"""Does an order's page show the records misspelled or split elsewhere, and can they be matched there?"""
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest

from orders.actions import record_events
from orders.models import Order, SourceRecord
from orders.statement import Statement
from reconciliation.actions import accept_difference, run_comparison
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


def words(text):
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def whole_page(client, number, language="en"):
    return words(unescape(client.get(f"/orders/{number}/", headers={"accept-language": language}).content.decode()))


def match(client, order, reason="the same delivery"):
    row = Difference.objects.get(kind__in=("missing", "cardinality"))
    return client.post(f"/differences/{row.pk}/match/", {"reason": reason}, follow=True,
                       headers={"accept-language": "en"})


def test_it_stands_beside_what_each_system_says(client, reader, order):
    reader("order_operations")
    says = page(client, order)
    assert "Probably this order's" in says and KEY in says and f'href="/orders/{WRONG}/"' in says
    assert "Match to this order" in says and "writes the same key differently" in says
    assert words("WMS probably 6010-0042") in words(says), "a column of the table"


def test_what_was_made_of_it_comes_over_whole_with_the_first_matching(client, reader, order):
    reader("order_operations")
    assert f"Matched to this order: {KEY}." in match(client, order).content.decode()
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


# --- parts of a split ------------------------------------------------------------------------------------


PART_NUMBERS = [f"{RIGHT}-1", f"{RIGHT}-2"]


@pytest.fixture(params=[30_000, 25_000], ids=["SPLIT_ORDER", "PARTS_DIFFER"])
def split(request, company, systems, kinds, roles, at):
    """ERP and CRM have 60100042 over 50; WMS has it as two deliveries, of which the hub has made two orders."""
    parts = [
        replace(said("wms", number, f"DN-{number}", at - timedelta(days=2), quantity_m=quantity),
                parent_entity="order", parent_key=RIGHT)
        for number, quantity in zip(PART_NUMBERS, (20_000, request.param), strict=True)
    ]
    told = [said(system, RIGHT, RIGHT, at - timedelta(days=2), quantity_m=50_000) for system in ("erp", "crm")]
    record_events(statements=[*told, *parts], by=None, at=at - timedelta(days=2))
    seed_profiles(company=company, by=None, at=at)
    run_comparison(profile=Profile.objects.get(code="orders"), by=None, at=at)
    difference = Difference.objects.get(kind="cardinality")
    assert (difference.cause, difference.order.number) == (request.node.callspec.id, RIGHT)
    return difference.order


def test_parts_stand_beside_what_each_system_says(client, reader, split):
    reader("order_operations")
    says = page(client, split)
    for number in PART_NUMBERS:
        assert f"WMS probably {number}" in words(says) and f'href="/orders/{number}/"' in says
        assert f"DN-{number}" in says
    assert says.count("Match to this order") == 1, "they come together"


def test_the_page_of_a_part_leads_to_the_order(client, reader, split):
    reader("order_operations")
    text = client.get(f"/orders/{PART_NUMBERS[0]}/", headers={"accept-language": "en"}).content.decode()
    assert f'<a href="/orders/{RIGHT}/" class="risk-ink"> It is probably a part of order {RIGHT}.</a>' in text
    said = words(unescape(text))
    assert f"Probably a part of {RIGHT}" in said and f"Match to order {RIGHT}" in said
    assert "agree about this order" not in said and "nothing about this order needs somebody" not in said
    chinese = whole_page(client, PART_NUMBERS[0], "zh-hans")
    assert f"很可能是订单 {RIGHT} 的一部分。" in chinese
    assert "无须人工处理" not in chinese and "各系统对此订单一致" not in chinese
    assert "None" not in said


def test_all_parts_come_over_with_one_matching(client, reader, split):
    reader("order_operations")
    assert "Matched to this order: " in match(client, split).content.decode()
    assert set(SourceRecord.objects.filter(system__code="wms").values_list("order", flat=True)) == {split.pk}
    made = Order.objects.filter(number__in=PART_NUMBERS)
    assert len(made) == 2 and {one.joined_into_id for one in made} == {split.pk}
    assert not Order.objects.filter(identity=Order.PROVISIONAL, archived_at=None).exists()
    assert "Probably this order's" not in page(client, split)


def test_what_is_accepted_is_offered_still(client, reader, split, at):
    user = reader("order_operations")
    accept_difference(difference=Difference.objects.get(kind="cardinality"), reason="two trucks", by=user, at=at)
    assert "Match to this order" in page(client, split)
    said = whole_page(client, PART_NUMBERS[1])
    assert f"probably a part of order {RIGHT}" in said and "agree about this order" not in said


def test_accepting_matches_the_parts_where_asked(client, reader, split):
    reader("order_operations")
    row = Difference.objects.get(kind="cardinality")
    form = client.get(f"/differences/{row.pk}/", headers={"accept-language": "en"}).content.decode()
    assert f"and match to order {RIGHT} what is its own" in form and "Parts that are not with the order yet" in form
    answer = client.post(f"/differences/{row.pk}/accept/", {"text": "two trucks", "match": "1", "until": "2027-01-31"},
                         follow=True, headers={"accept-language": "en"})
    assert f"Accepted, and matched to order {RIGHT}: " in answer.content.decode()
    row.refresh_from_db()
    assert row.state == Difference.ACCEPTED and row.accepted_until and strays_of(split, row.accepted_by) == []
    assert set(SourceRecord.objects.filter(system__code="wms").values_list("order", flat=True)) == {split.pk}


def test_accepting_without_a_reason_matches_nothing(client, reader, split):
    reader("order_operations")
    row = Difference.objects.get(kind="cardinality")
    client.post(f"/differences/{row.pk}/accept/", {"text": "", "match": "1"})
    row.refresh_from_db()
    assert row.state == Difference.OPEN
    assert not SourceRecord.objects.filter(system__code="wms", order=split).exists()


def test_accepting_alone_leaves_the_parts_where_they_are(client, reader, split):
    reader("order_operations")
    row = Difference.objects.get(kind="cardinality")
    client.post(f"/differences/{row.pk}/accept/", {"text": "two trucks"})
    row.refresh_from_db()
    assert row.state == Difference.ACCEPTED
    assert not SourceRecord.objects.filter(system__code="wms", order=split).exists()


def test_who_may_not_join_orders_accepts_alone(client, person, scopes, split):
    user = person("finance", *scopes, role="finance", is_staff=True)
    client.force_login(user)
    row = Difference.objects.get(kind="cardinality")
    assert user.has_perm("reconciliation.accept_difference") and not user.has_perm("orders.join_order")
    form = client.get(f"/differences/{row.pk}/", headers={"accept-language": "en"}).content.decode()
    assert "Accept difference" in form and "what is its own" not in form
    assert client.post(f"/differences/{row.pk}/accept/", {"text": "two trucks", "match": "1"}).status_code == 403
    row.refresh_from_db()
    assert row.state == Difference.OPEN


def test_an_order_one_may_not_see_is_not_named_on_the_page_of_its_part(client, reader, split, scopes):
    Order.objects.filter(pk=split.pk).update(scope=scopes[1])
    reader("order_operations", scopes[0])
    said = whole_page(client, PART_NUMBERS[0])
    assert "Provisional: only WMS" in said and "probably a part of" not in said.lower()
    assert match(client, split).status_code == 404


def test_a_part_one_may_not_see_is_not_named(client, reader, split, scopes):
    part = Order.objects.get(number=PART_NUMBERS[1])
    Order.objects.filter(pk=part.pk).update(scope=scopes[1])
    SourceRecord.objects.filter(order=part).update(scope=scopes[1])
    reader("order_operations", scopes[0])
    says = words(page(client, split))
    assert f"WMS probably {PART_NUMBERS[0]}" in says and f"WMS probably {PART_NUMBERS[1]}" not in says


def test_the_next_comparison_leaves_matched_parts_with_the_order(client, reader, split, at):
    reader("order_operations")
    match(client, split)
    run_comparison(profile=Profile.objects.get(code="orders"), by=None, at=at + timedelta(hours=1), full=True)
    assert set(SourceRecord.objects.filter(system__code="wms").values_list("order", flat=True)) == {split.pk}
    assert "Probably this order's" not in page(client, split)


def test_a_provisional_order_nobody_compares_claims_no_agreement(client, reader, systems, kinds, roles, at):
    record_events(statements=[said("wms", "70000001", "DN-7", at)], by=None, at=at)
    reader("order_operations")
    page = whole_page(client, "70000001")
    assert "no second system knows this order" in page and "A provisional order waits to be confirmed" in page
    assert "agree about this order" not in page and "nothing about this order needs somebody" not in page
