"""Is a difference accepted for as long, and for as much, as was said on its page or in the list?"""
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from orders.actions import record_events
from orders.statement import Statement
from reconciliation.actions import run_comparison
from reconciliation.distance import gap_of
from reconciliation.models import Difference, Profile, ProfileVersion

pytestmark = pytest.mark.django_db
DAY, ZONE = timedelta(days=1), ZoneInfo("Asia/Shanghai")
SPEC = {"version": 1, "name": "orders", "key": "order_number", "record": "erp", "systems": {"erp": {}, "wms": {}},
        "fields": {"quantity_m": {"type": "quantity"}, "customer": {"type": "text"}}}


def said(system, at, quantity, version=1, customer="C1"):
    return Statement(
        system=system, entity="order", key=f"{system}-1", order_number="60100042", order_kind="standard",
        occurred_at=at, orders_by="version", version=str(version), payload_hash=f"{system}{version}{quantity}",
        data={"axis": "commercial", "status": "confirmed", "quantity_m": quantity * 1000, "customer": customer})


@pytest.fixture
def compare(company, systems, kinds, scopes, at):
    """compare(quantity of WMS, when): both have spoken a day before; the difference of the quantity."""
    profile = Profile.objects.create(code="orders", company=company, scope=scopes[0], name_en="Orders", name_zh="订单")
    ProfileVersion.objects.create(profile=profile, number=1, spec=SPEC, published_at=at)
    versions = iter(range(1, 9))

    def ask(quantity, moment=at, **more):
        version, then = next(versions), moment - DAY
        told = [said("erp", then, 100, version), said("wms", then, quantity, version, **more)]
        record_events(statements=told, by=None, at=then)
        run_comparison(profile=profile, by=None, at=moment)
        return Difference.objects.get(field="quantity_m")
    return ask


@pytest.fixture
def decider(client, person, scopes, db):
    from django.core.management import call_command

    call_command("sync_roles")
    client.force_login(person("decider", *scopes, role="order_operations", is_staff=True, language="en"))
    return client


def accept(client, row, **more):
    return client.post(f"/differences/{row.pk}/accept/", {"text": "agreed", **more}, follow=True).content.decode()


def test_within_the_gap_it_stays_accepted_beyond_it_opens(compare, decider, at):
    row = compare(97)
    page = decider.get(f"/differences/{row.pk}/").content.decode()
    assert 'name="until"' in page and "when they are further apart than now" in page
    assert "no further apart than 3" in accept(decider, row, up_to="gap")
    assert compare(102, at + DAY).state == "accepted"
    assert compare(103, at + 2 * DAY).state == "accepted", "as far apart as accepted, on the other side"
    assert compare(104, at + 3 * DAY).state == "open"


def test_without_a_gap_any_other_value_opens_it(compare, decider, at):
    accept(decider, compare(97))
    assert compare(98, at + DAY).state == "open"


def test_its_day_is_the_last(compare, decider, at):
    row, last = compare(97), datetime.now(ZONE).date() + 3 * DAY
    accept(decider, row, until=last.isoformat())
    row.refresh_from_db()
    assert row.state == "accepted" and row.accepted_until.astimezone(ZONE).date() == last
    assert (row.accepted_until + timedelta(seconds=1)).astimezone(ZONE).date() == last + DAY
    assert compare(97, row.accepted_until - timedelta(seconds=1)).state == "accepted"
    assert compare(97, row.accepted_until).state == "open"


@pytest.mark.parametrize("until,refusal", [("2020-01-01", "until a time that has passed"),
                                           ("soon", "The date cannot be read")])
def test_a_day_that_has_passed_or_is_none_is_refused(compare, decider, until, refusal):
    row = compare(97)
    assert refusal in accept(decider, row, until=until)
    row.refresh_from_db()
    assert row.state == "open"


def test_many_at_once_each_by_its_own_gap(compare, decider, at):
    row = compare(97, customer="C2")
    other = Difference.objects.get(field="customer")
    assert "further apart than now" not in decider.get(f"/differences/{other.pk}/").content.decode()
    assert "further apart than now" in decider.get("/differences/").content.decode()
    page = decider.post("/differences/bulk/", {
        "verb": "accept", "difference": [row.pk, other.pk], "reason": "agreed", "up_to": "gap",
    }, follow=True).content.decode()
    assert "1 done, 1 not." in page and "Only numbers and times can be accepted as far apart as they are." in page
    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.state, row.accepted_gap_u, other.state) == ("accepted", 3_000_000, "open")


def test_opened_again_nothing_of_it_is_left(compare, decider):
    row = compare(97)
    accept(decider, row, up_to="gap")
    decider.post(f"/differences/{row.pk}/reopen/", {"text": "no"})
    row.refresh_from_db()
    assert (row.state, row.accepted_gap_u) == ("open", None)


@pytest.mark.parametrize("values,gap", [
    ({"a": "480", "b": "477.5"}, 2_500_000), ({"a": "-1", "b": "1", "c": "0"}, 2_000_000),
    ({"a": "10.00 CNY", "b": "10.05 CNY"}, 50_000), ({"a": "10.00 CNY", "b": "10.05 USD"}, None),
    ({"a": "2026-11-24T02:00:00Z", "b": "2026-11-24T02:00:01.5Z"}, 1_500_000),
    ({"a": "480", "b": None}, None), ({"a": "480", "b": ["480", "1"]}, None), ({"a": "480"}, None),
    ({"a": "480", "b": "约480"}, None), ({"a": "480", "b": "2026-11-24T02:00:00Z"}, None),
    ({"a": "2026-11-24T02:00:00Z", "b": "2026-11-24T02:00:00"}, None),
])
def test_how_far_apart(values, gap):
    assert gap_of(values) == gap
