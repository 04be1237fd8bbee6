"""Is a stored verdict reached again, byte for byte: after a restart, and after its rule has become another?"""
import json
import sys
from dataclasses import replace as changed
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from orders.models import SourceRecord
from reconciliation.actions import run_comparison
from reconciliation.causes import RULES, registry
from reconciliation.causes.keeping import packed, unpacked
from reconciliation.detect import watermarks_of
from reconciliation.lookups import Dated, Message
from reconciliation.models import Basis, Difference, Observation, Profile, ProfileVersion
from reconciliation.profile_yaml import load_profile
from reconciliation.replay import CHANGED, LOST, SAME, WITHOUT, WORDED, as_bytes, replay
from reconciliation.values import read_time
from tests.reconciliation import kept_verdicts

RULE = "quantity.unit_factor"


# --- verdicts that were kept once and for all ------------------------------------------------------------------


def told_again(one, profile=None):
    profile = profile or load_profile(one["profile"])
    return replay(one["basis"], one["causes"], profile, read_time(one["as_of"]), watermarks_of(profile))


@pytest.mark.pure
@pytest.mark.parametrize("one", kept_verdicts.read(), ids=lambda one: one["rule"])
def test_a_kept_verdict_is_reached_again_byte_for_byte(one):
    """When this fails, a rule gives another answer on the same evidence: raise its version, and keep it as it was
    under @earlier. What was kept here is never written anew (python -m tests.reconciliation.kept_verdicts adds).
    """
    told = told_again(one)
    assert told.outcome in (SAME, WORDED), (told.rule, told.causes, one["causes"])


@pytest.mark.pure
def test_every_rule_has_a_kept_verdict_in_its_version():
    assert kept_verdicts.wanted() - {one["rule"] for one in kept_verdicts.read()} == set()


@pytest.mark.pure
def test_values_come_back_as_they_were():
    row = (-(2**62), 2**62, Decimal("12.50"))
    message = Message("wms", "SO1", "2", True, "no such item", 5, "m", "h", "b")
    for value in (None, 0, 1.5, "x", True, (1, ("a", None)), [1, [2]], {"a": {1, 2}}, {(1, "x"): []}, Fraction(1, 3),
                  Decimal("1.10"), Dated([row]), [message], {}, ()):
        again = unpacked(json.loads(json.dumps(packed(value))))
        assert again == value and type(again) is type(value)


# --- a rule becomes another ------------------------------------------------------------------------------------


@pytest.fixture
def kept():
    return next(one for one in kept_verdicts.read() if one["rule"].startswith(RULE + " "))


def upgraded(monkeypatch, ask, version=2, **more):
    """The rule RULE becomes `ask` in `version`."""
    now = next(one for one in RULES if one.id == RULE)
    new = changed(now, ask=ask, version=version, **more)
    monkeypatch.setattr(registry, "RULES", [new if one is now else one for one in RULES])
    return now


@pytest.mark.pure
def test_a_verdict_outlives_the_upgrade_of_its_rule(monkeypatch, kept):
    before = as_bytes(kept["causes"])
    old = upgraded(monkeypatch, lambda one, world: None, en="Otherwise.", zh="不同。")
    assert told_again(kept).outcome == LOST
    monkeypatch.setattr(registry, "EARLIER", {})
    registry.earlier(old.cause, id=RULE, version=1, precedence=old.precedence, en=old.en, zh=old.zh)(old.ask)
    told = told_again(kept)
    assert told.outcome == SAME and as_bytes(told.causes) == before


@pytest.mark.pure
def test_a_rule_that_changes_without_a_new_version_is_told_of(monkeypatch, kept):
    upgraded(monkeypatch, lambda one, world: None, version=1)
    told = told_again(kept)
    assert (told.outcome, told.rule) == (CHANGED, f"{RULE} v1")


@pytest.mark.pure
def test_a_rule_that_asks_for_more_than_was_kept_is_told_of(monkeypatch, kept):
    upgraded(monkeypatch, lambda one, world: world.person_share("nobody"), version=1)
    assert told_again(kept).outcome == CHANGED


@pytest.mark.pure
def test_other_words_for_the_same_are_no_other_verdict(monkeypatch, kept):
    old = next(one for one in RULES if one.id == RULE)
    upgraded(monkeypatch, old.ask, version=1, en="In another unit.", zh="单位不同。")
    assert told_again(kept).outcome == WORDED


@pytest.mark.pure
def test_without_a_basis_nothing_is_claimed(kept):
    assert told_again({**kept, "basis": None}).outcome == WITHOUT


# --- in the hub ------------------------------------------------------------------------------------------------

SPEC = {
    "version": 1, "name": "orders", "record": "erp", "key": "order_number", "currency": "CNY",
    "systems": {"erp": {}, "wms": {}}, "fields": {"quantity_m": {"type": "quantity", "authority": "erp"}},
}


@pytest.fixture
def profile(company, scopes, systems, at):
    for system in systems.values():
        system.last_heard_at = at
        system.save()
    made = Profile.objects.create(code="orders", company=company, scope=scopes[0], name_en="Orders", name_zh="订单")
    ProfileVersion.objects.create(profile=made, number=1, spec=SPEC, published_at=at)
    return made


@pytest.fixture
def found(profile, systems, scopes, at):
    """A run with a shifted point, a missing order and one that nothing explains."""
    moment, count = at - timedelta(days=2), 0
    orders = {**{f"60{n:03d}": (5_000, 5_000) for n in range(12)}, "60900": (7_000, 70_000), "60901": (3_000, None),
              "60902": (5_000, 6_123)}
    for number, said in orders.items():
        for system, quantity in zip(("erp", "wms"), said, strict=True):
            if quantity is not None:
                count += 1
                SourceRecord.objects.create(
                    system=systems[system], entity="order", key=f"{system}-{number}", order_number=number,
                    data={"quantity_m": quantity}, occurred_at=moment, received_at=moment, first_received_at=moment,
                    payload_hash=f"{system}{number}", scope=scopes[0], change_number=count)
    return run_comparison(profile=profile, by=None, at=at, full=True)


def said(**options):
    out = StringIO()
    try:
        call_command("replay_causes", stdout=out, **options)
    except SystemExit as over:
        return over.code, out.getvalue()
    return 0, out.getvalue()


@pytest.mark.django_db
def test_verdicts_of_a_run_are_reached_again(found):
    assert Difference.objects.count() == 3 == Observation.objects.exclude(basis=None).count()
    assert said(run=found.pk) == (0, "3 verdicts: 3 identical.\n")
    assert said() == (0, "3 verdicts: 3 identical.\n")
    one = Difference.objects.get(key="60902")
    assert one.cause == "UNKNOWN" and said(difference=one.pk) == (0, "1 verdicts: 1 identical.\n")


@pytest.mark.django_db
def test_what_comes_out_otherwise_is_named(found):
    seen = Observation.objects.get(difference__key="60900")
    seen.causes[0]["evidence"]["tampered"] = 1
    seen.save()
    code, text = said(run=found.pk)
    rule = f"{seen.causes[0]['rule']} v{seen.causes[0]['version']}"
    assert code == 1
    assert text == (f"changed: difference {seen.difference_id} (60900), run {found.pk}, {rule}\n"
                    "3 verdicts: 2 identical, 1 changed.\n")
    seen.causes[0]["version"] = 99
    seen.save()
    assert "1 of a rule whose version is not kept" in said(run=found.pk)[1]
    Observation.objects.update(basis=None)
    assert said(run=found.pk) == (0, "3 verdicts: 3 stored without what they rest on.\n")


@pytest.mark.django_db
@pytest.mark.parametrize("options", [{"run": 999}, {"difference": 999}])
def test_what_is_not_there_is_said(found, options):
    with pytest.raises(CommandError):
        said(**options)


@pytest.mark.django_db
def test_sightings_that_rest_on_the_same_share_it(found, profile, at, monkeypatch):
    for minute in range(1, 4):
        run_comparison(profile=profile, by=None, at=at + timedelta(minutes=minute), full=True)
    assert (Observation.objects.count(), Basis.objects.count()) == (12, 3)
    assert said(difference=Difference.objects.get(key="60900").pk) == (0, "4 verdicts: 4 identical.\n")
    SourceRecord.objects.filter(key="wms-60900").update(data={"quantity_m": 700_000}, change_number=99)
    last = run_comparison(profile=profile, by=None, at=at + timedelta(minutes=5), full=True)
    assert Basis.objects.count() == 4
    monkeypatch.setattr(sys.modules["reconciliation.actions.run_comparison"], "KEPT_RUNS", 1)
    Difference.objects.update(first_run=last)  # a difference's first sighting is never forgotten
    run_comparison(profile=profile, by=None, at=at + timedelta(minutes=6), full=True)
    assert Observation.objects.count() == 6
    assert not Basis.objects.filter(observations=None).exists() and Basis.objects.count() == 3


@pytest.mark.django_db
def test_the_page_asks_again(found, client, person, scopes):
    call_command("sync_roles")
    client.force_login(person("olga", scopes[0], role="order_operations", is_staff=True, language="en"))
    one = Difference.objects.get(key="60900")
    page = client.get(reverse("difference", args=[one.pk])).content.decode()
    assert reverse("difference_check", args=[one.pk]) in page
    answer = client.post(reverse("difference_check", args=[one.pk]), follow=True).content.decode()
    assert "the same causes, for the same reasons" in answer
    Observation.objects.update(basis=None)
    answer = client.post(reverse("difference_check", args=[one.pk]), follow=True).content.decode()
    assert "It cannot be checked" in answer
