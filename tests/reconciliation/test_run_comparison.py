"""What does a comparison over the hub's own records find, keep and close?"""
from datetime import timedelta

import pytest
from django.db.models import Max

from reconciliation.actions import accept_difference, resolve_difference, run_comparison
from reconciliation.models import Difference, Observation, Profile, ProfileVersion, Run
from reconciliation.replay import SAME
from reconciliation.replaying import replayed

pytestmark = pytest.mark.django_db

SPEC = {
    "version": 1, "name": "orders", "record": "erp", "key": "order_number", "currency": "CNY",
    "systems": {"erp": {}, "wms": {}, "crm": {}},
    "fields": {
        "quantity_m": {"type": "quantity", "authority": "erp", "severity": "high"},
        "amount_minor": {"type": "money", "columns": {"erp": "amount_minor", "crm": "amount_minor"},
                         "tolerance": "0.01", "authority": "erp"},
        "posted_at": {"max_minutes_between": 3, "columns": {"erp": "posted_at", "wms": "posted_at"}},
    },
}


@pytest.fixture
def profile(company, scopes, systems, at):
    for system in systems.values():
        system.last_heard_at = at
        system.save()
    made = Profile.objects.create(code="orders", company=company, scope=scopes[1], name_en="Orders", name_zh="订单")
    ProfileVersion.objects.create(profile=made, number=1, spec=SPEC, published_at=at)
    return made


@pytest.fixture
def say(systems, scopes, at):
    from orders.models import SourceRecord

    def say(system, number, age=timedelta(days=2), **data):
        moment = at - age
        row, _ = SourceRecord.objects.update_or_create(
            system=systems[system], entity="order", key=f"{system}-{number}-{data.pop('part', '')}", defaults={
                "order_number": number, "data": data, "occurred_at": moment,
                "received_at": moment + timedelta(seconds=20), "first_received_at": moment + timedelta(seconds=20),
                "payload_hash": f"{system}{number}{sorted(data.items())}"[:64], "scope": scopes[0],
                "actor_kind": "interface",
                "change_number": (SourceRecord.objects.aggregate(top=Max("change_number"))["top"] or 0) + 1})
        return row

    return say


def agree(say, count=12):
    for n in range(count):
        for system in ("erp", "wms", "crm"):
            say(system, f"60{n:03d}", quantity_m=5_000, amount_minor=12_345, posted_at="2026-11-22T02:00:00Z",
                currency="CNY")


def compare(profile, at, **more):
    return run_comparison(profile=profile, by=None, at=at, **more)


def found():
    return list(Difference.objects.order_by("key", "field").values_list("key", "kind", "field", "state"))


def test_equal_records_make_no_difference(profile, say, at):
    agree(say)
    run = compare(profile, at)
    assert run.state == Run.DONE and run.counts["new"] == 0 and run.counts["rows"] == {"erp": 12, "wms": 12, "crm": 12}
    assert found() == []


def test_what_differs_is_found_with_its_cause(profile, say, at):
    agree(say)
    say("wms", "60000", quantity_m=50_000, posted_at="2026-11-22T02:03:00Z")
    say("crm", "60001", quantity_m=5_000, amount_minor=13_950, currency="CNY")
    say("wms", "60002", quantity_m=5_000, posted_at="2026-11-22T02:03:00.000001Z")
    say("erp", "60900", quantity_m=1_000)
    say("wms", "60901", quantity_m="many", posted_at="2026-11-22T02:00:00Z")
    compare(profile, at)
    assert found() == [
        ("60000", "value", "quantity_m", "open"), ("60001", "value", "amount_minor", "open"),
        ("60002", "value", "posted_at", "open"), ("60900", "missing", "", "open"), ("60901", "missing", "", "open"),
    ]
    causes = dict(Difference.objects.values_list("key", "cause").order_by("key", "-field"))
    assert causes["60000"] == "DECIMAL_SHIFT" and causes["60001"] == "TAX_INCLUDED" and causes["60901"] == "GHOST"
    one = Difference.objects.get(key="60000")
    assert one.values == {"crm": "5", "erp": "5", "wms": "50"} and one.causes[0]["sentence"]["zh"]
    assert one.scope.code == "east" and Observation.objects.get(difference=one).evidence["wms"]["raw"] == "50"


def test_a_date_without_a_time_is_known_by_the_clock_of_the_system_that_wrote_it(profile, say, at, systems):
    """Stored in UTC, midnight in Shanghai is 16:00 of the day before."""
    agree(say)
    say("erp", "60000", quantity_m=5_000, amount_minor=12_345, currency="CNY", posted_at="2026-11-21T16:00:00Z")
    say("wms", "60000", quantity_m=5_000, posted_at="2026-11-22T02:10:37Z")
    compare(profile, at)
    seen = Observation.objects.get(difference__field="posted_at")
    assert [(c["cause"], c["evidence"]["date"]) for c in seen.causes] == [("DATE_ONLY", "2026-11-22")]
    systems["erp"].time_zone = "UTC"  # what a run rested on is the run's own, whatever is set afterwards
    systems["erp"].save()
    assert replayed(seen).outcome == SAME


def test_the_same_run_again_changes_nothing(profile, say, at):
    agree(say)
    say("wms", "60000", quantity_m=51_000)
    compare(profile, at)
    before = found()
    again = compare(profile, at + timedelta(minutes=5))
    assert [again.counts[n] for n in ("new", "still", "reopened", "resolved")] == [0, 2, 0, 0]
    assert found() == before


def test_what_is_gone_is_resolved_and_comes_back(profile, say, at):
    agree(say)
    say("wms", "60000", quantity_m=51_000, posted_at="2026-11-22T02:00:00Z")
    compare(profile, at)
    say("wms", "60000", quantity_m=5_000, posted_at="2026-11-22T02:00:00Z")
    assert compare(profile, at).counts["resolved"] == 1
    assert found() == [("60000", "value", "quantity_m", "resolved")]
    say("wms", "60000", quantity_m=52_000, posted_at="2026-11-22T02:00:00Z")
    assert compare(profile, at).counts["reopened"] == 1
    one = Difference.objects.get()
    assert one.state == "open" and one.reopened_count == 1 and one.values["wms"] == "52"


def test_a_silent_system_closes_nothing(profile, say, at, systems):
    agree(say)
    say("wms", "60000", quantity_m=51_000, posted_at="2026-11-22T02:00:00Z")
    compare(profile, at)
    say("wms", "60000", quantity_m=5_000, posted_at="2026-11-22T02:00:00Z")
    systems["wms"].last_heard_at = at - timedelta(days=1)
    systems["wms"].save()
    run = compare(profile, at)
    assert run.counts["resolved"] == 0 and run.counts["silent"] == ["wms"]
    assert found() == [("60000", "value", "quantity_m", "open")]


def test_young_records_are_expected_then_open(profile, say, at):
    agree(say)
    say("erp", "60900", age=timedelta(minutes=5), quantity_m=1_000)
    compare(profile, at)
    assert found() == [("60900", "missing", "", "expected")] and Difference.objects.get().opened_at is None
    run = compare(profile, at + timedelta(minutes=20))
    assert run.counts["new"] == 1 and found() == [("60900", "missing", "", "open")]


def test_a_claim_is_checked_and_an_accepted_one_is_bound_to_its_values(profile, say, at):
    agree(say)
    say("wms", "60000", quantity_m=51_000, posted_at="2026-11-22T02:00:00Z")
    compare(profile, at)
    resolve_difference(difference=Difference.objects.get(), note="sent again", by=None, at=at)
    assert compare(profile, at).counts["reopened"] == 1
    accept_difference(difference=Difference.objects.get(), reason="agreed", by=None, at=at)
    compare(profile, at)
    assert Difference.objects.get().state == "accepted"
    say("wms", "60000", quantity_m=77_000, posted_at="2026-11-22T02:00:00Z")
    compare(profile, at)
    assert Difference.objects.get().state == "open"


def test_records_held_twice_are_duplicates(profile, say, at):
    agree(say)
    say("wms", "60000", part="b", quantity_m=5_000, posted_at="2026-11-22T02:00:00Z")
    compare(profile, at)
    assert [row[:3] for row in found()] == [("60000", "duplicate", "")]


def test_a_failed_run_says_so(profile, at, company, scopes):
    ProfileVersion.objects.create(profile=profile, number=2, spec={**SPEC, "systems": {"erp": {}, "xyz": {}}},
                                  published_at=at)
    with pytest.raises(Exception, match="xyz"):
        compare(profile, at)
    assert Run.objects.get().state == Run.FAILED


def test_what_the_doors_refused_and_what_no_map_knows(profile, say, at, systems, scopes):
    from integrations.models import Connection, ParkedRow

    agree(say)
    ProfileVersion.objects.create(profile=profile, number=2, published_at=at, spec={
        **SPEC, "fields": {
            **SPEC["fields"], "status": {"type": "code", "columns": {"erp": "status", "crm": "status"}}}})
    say("erp", "60000", quantity_m=5_000, amount_minor=12_345, posted_at="2026-11-22T02:00:00Z", currency="CNY",
        status="confirmed")
    row = say("crm", "60000", quantity_m=5_000, amount_minor=12_345, currency="CNY")
    row.status_raw = "待核"
    row.save()
    say("erp", "60900", quantity_m=1_000)
    say("crm", "60900", quantity_m=1_000)
    door = Connection.objects.create(code="w", name="WMS", kind="files", system=systems["wms"], scope=scopes[0])
    ParkedRow.objects.create(connection=door, scope=scopes[0], batch="b", position=1, entity="order", key="x",
                             order_number="60900", raw={}, reason_code="X", reason_en="“about 68” is not a number.",
                             reason_zh="x", received_at=at - timedelta(days=1))
    compare(profile, at)
    causes = dict(Difference.objects.values_list("key", "cause"))
    assert causes == {"60000": "STATUS_UNMAPPED", "60900": "REJECTED_MESSAGE"}


def test_differences_open_tickets_and_close_them_again(profile, say, at):
    from exceptions.models import Ticket
    from orders.models import Order, OrderKind

    agree(say)
    row = say("wms", "60000", quantity_m=51_000, posted_at="2026-11-22T02:00:00Z")
    kind, _ = OrderKind.objects.get_or_create(code="standard", defaults={"name_en": "s", "name_zh": "s"})
    order = Order.objects.create(company=profile.company, kind=kind, number="60000", scope=row.scope, created_at=at)
    row.order = order
    row.save()
    compare(profile, at)
    ticket = Ticket.objects.get(subject_kind="difference")
    assert ticket.order == order and ticket.state in Ticket.OPEN_STATES and "60000" in ticket.title_zh
    order.refresh_from_db()
    assert order.open_differences == 1
    compare(profile, at)
    assert Ticket.objects.count() == 1
    say("wms", "60000", quantity_m=5_000, posted_at="2026-11-22T02:00:00Z")
    compare(profile, at)
    ticket.refresh_from_db()
    order.refresh_from_db()
    assert ticket.state not in Ticket.OPEN_STATES and order.open_differences == 0


def test_seeded_profiles_are_readable(company, scopes, at):
    from reconciliation.hub_profiles import hub_profile
    from reconciliation.seed import PROFILES, seed_profiles

    assert seed_profiles(company=company, by=None, at=at) == len(PROFILES)
    assert seed_profiles(company=company, by=None, at=at) == 0
    for version in ProfileVersion.objects.all():
        made = hub_profile(version.spec, {})
        assert made.fields and made.title["zh"]
