"""What would a draft remove, newly find and hide, and is that what really happens when it is published?"""
from datetime import timedelta

import pytest

from orders.models import SourceRecord
from reconciliation import backtest
from reconciliation.backtest import back_test
from reconciliation.models import ComparedKey, Difference, ProfileVersion, Run
from tests.reconciliation.test_run_comparison import SPEC, agree, compare, profile, say  # noqa: F401

pytestmark = pytest.mark.django_db
RIGHT = "2026-11-22T02:00:00Z"


@pytest.fixture
def world(profile, say, at):  # noqa: F811
    """A WMS that adds four minutes to the time of 25 orders, and posts three others late."""
    agree(say, 60)
    for n in range(25):
        say("wms", f"60{n:03d}", quantity_m=5_000, posted_at="2026-11-22T02:04:00Z", device="D1")
    for n in range(40, 43):
        say("wms", f"60{n:03d}", quantity_m=5_000, posted_at=f"2026-11-22T02:0{n - 35}:00Z")
        moment = at - timedelta(days=2) + timedelta(minutes=n - 35)
        SourceRecord.objects.filter(key=f"wms-60{n:03d}-").update(
            occurred_at=moment, received_at=moment + timedelta(seconds=20))
    say("crm", "60050", quantity_m=5_000, amount_minor=12_349, currency="CNY")
    compare(profile, at)
    return ProfileVersion.objects.get(profile=profile)


def changed(name="posted_at", **words):
    return {**SPEC, "fields": {**SPEC["fields"], name: {**SPEC["fields"][name], **words}}}


def counts(found):
    """{what: {cause: how many}}"""
    said = {}
    for what, cause, *_place, count, _gaps in found["lines"]:
        said.setdefault(what, {}).setdefault(cause, 0)
        said[what][cause] += count
    return said


def cause_of(number):
    return Difference.objects.get(key=number).cause


def test_a_change_that_removes_only_what_it_is_for(world, at):
    group = cause_of("60000")
    assert Difference.objects.get(key="60000").group_code and cause_of("60040") != group
    found = back_test(version=world, spec=changed(max_minutes_between=4), at=at, about=group)
    assert counts(found) == {"removed": {group: 25}}
    removed = next(line for line in found["lines"] if line[0] == "removed")
    assert removed[-1] == {"time": 240_000_000} and found["drawn"] is None


def test_a_change_that_hides_others_says_which_and_how_far_apart_they_are(world, at):
    group = cause_of("60000")
    found = back_test(version=world, spec=changed(max_minutes_between=10), at=at, about=group)
    late = set(Difference.objects.filter(key__in=("60040", "60041", "60042")).values_list("cause", "confidence"))
    assert late == {("LATE_POSTING", "certain")}
    assert counts(found) == {"removed": {group: 25}, "hidden": {"LATE_POSTING": 3}}
    assert [line[-1] for line in found["lines"] if line[0] == "hidden"] == [{"time": 420_000_000}]
    assert {one[3] for one in found["examples"] if one[0] == "hidden"} == {"60040", "60041", "60042"}


@pytest.mark.parametrize("spec", [
    changed(max_minutes_between=4), changed(max_minutes_between=10),
    {**SPEC, "fields": {**changed("amount_minor", tolerance="0")["fields"], "posted_at": {
        **SPEC["fields"]["posted_at"], "max_minutes_between": 6}}},
    {**SPEC, "fields": {"quantity_m": SPEC["fields"]["quantity_m"]}},
    {**SPEC, "rules": {"off": ["TIMEZONE", "CLOCK_SKEW", "LATE_POSTING"]}},
    {**SPEC, "systems": {"erp": {}, "wms": {"complete": False}, "crm": {}}},
])
@pytest.mark.parametrize("is_large", [False, True])
def test_the_numbers_are_those_of_a_real_run_by_the_new_version(world, profile, say, at, spec, is_large,  # noqa: F811
                                                                monkeypatch):
    monkeypatch.setattr(backtest, "MOST_ROWS", 0 if is_large else 10_000)
    say("crm", "60051", quantity_m=5_000, amount_minor=12_346, currency="CNY")
    say("erp", "60900", quantity_m=1_000)
    compare(profile, at, full=True)
    before = {one.fingerprint: one.cause for one in Difference.objects.exclude(state="resolved")}
    found = back_test(version=world, spec=spec, at=at)
    assert (found["drawn"] is not None) == is_large
    said = counts(found)
    ProfileVersion.objects.create(profile=profile, number=2, spec=spec, published_at=at)
    run = compare(profile, at)
    gone = sum(sum(said.get(what, {}).values()) for what in ("hidden", "removed", "unsure"))
    assert gone == run.counts["resolved"] and sum(said.get("new", {}).values()) == run.counts["new"]
    after = {one.fingerprint: one.cause for one in Difference.objects.exclude(state="resolved")}
    otherwise = sorted(after[mark] for mark in after if mark in before and after[mark] != before[mark])
    assert sorted(cause for cause, n in said.get("otherwise", {}).items() for _ in range(n)) == otherwise
    assert found["open"] == [len(before), len(after)]


def test_it_keeps_nothing(world, at):
    def kept():
        return [list(model.objects.order_by("pk").values()) for model in (Run, Difference, ComparedKey)]

    before = kept()
    back_test(version=world, spec=changed(max_minutes_between=10), at=at)
    assert kept() == before


def test_of_a_large_hub_it_looks_at_what_differs_and_at_some_drawn_numbers_and_says_so(world, at, say,  # noqa: F811
                                                                                       monkeypatch):
    for n in range(44, 60):
        say("crm", f"60{n:03d}", quantity_m=5_000, amount_minor=12_346, currency="CNY")
    monkeypatch.setattr(backtest, "MOST_ROWS", 0)
    monkeypatch.setattr(backtest, "DRAWN", 5)
    found = back_test(version=world, spec=changed("amount_minor", tolerance="0"), at=at)
    assert found["drawn"] == 5 and 0 <= sum(counts(found).get("new", {}).values()) <= 5
    monkeypatch.setattr(backtest, "DRAWN", 60)
    found = back_test(version=world, spec=changed("amount_minor", tolerance="0"), at=at)
    assert sum(counts(found)["new"].values()) == 16
    keyed = {**SPEC, "key": {"column": "order_number", "normalise": ["trim", "strip_zeros"]}}
    assert back_test(version=world, spec=keyed, at=at)["drawn"] is None


def test_what_people_have_accepted_is_missed_by_nobody(world, at):
    Difference.objects.filter(key="60040").update(state="accepted")
    Difference.objects.filter(key="60041").update(state="invalid")
    found = back_test(version=world, spec=changed(max_minutes_between=10), at=at, about=cause_of("60000"))
    assert counts(found)["hidden"] == {"LATE_POSTING": 1}


def test_what_changes_while_it_looks_is_left_out(world, at, say):  # noqa: F811
    def progress(done, *_rest):
        if done == 1:
            say("wms", "60040", quantity_m=5_000, posted_at=RIGHT)

    found = back_test(version=world, spec=changed(max_minutes_between=3), at=at, progress=progress)
    assert counts(found) == {} and found["changed"] == 1


@pytest.mark.pure
def test_without_a_group_a_change_is_for_what_its_kind_mends():
    from reconciliation.profile_yaml import build_profile

    old, tolerant = build_profile(SPEC), build_profile(changed("quantity_m", tolerance="1"))
    assert backtest.mended_by(old, tolerant) == {"ROUNDING"} and backtest.mended_by(old, old) == set()
    assert backtest.mended_by(old, tolerant, "CLOCK_SKEW") == {"CLOCK_SKEW"}
    code = {"type": "code", "columns": {"erp": "status", "wms": "status"}}
    coded = [build_profile({**SPEC, "fields": {"status": one}}) for one in (code, {**code, "map": {"wms": {"1": "a"}}})]
    assert "STATUS_MISMAPPED" in backtest.mended_by(*coded)
