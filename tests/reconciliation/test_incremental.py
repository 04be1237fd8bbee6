"""Do runs that look only at what changed end where full runs end, and look at little?"""
import functools
import random
from datetime import timedelta

import pytest
from django.db import connection

from exceptions.models import Ticket
from orders.models import SourceRecord
from reconciliation.actions import accept_difference, run_comparison
from reconciliation.models import CauseGroup, ComparedKey, Difference, Profile, ProfileVersion

pytestmark = pytest.mark.django_db

SPEC = {
    "version": 1, "name": "orders", "record": "erp", "currency": "CNY",
    "key": {"column": "order_number", "normalise": ["trim", "upper", "strip_zeros"]},
    "systems": {"erp": {}, "wms": {}, "crm": {"scope": [{"column": "kind", "not_in": ["draft"]}]}},
    "fields": {
        "quantity_m": {"type": "quantity", "authority": "erp"},
        "amount_minor": {"type": "money", "columns": {"erp": "amount_minor", "crm": "amount_minor"},
                         "tolerance": "0.01"},
        "customer": {"type": "text"},
        "posted_at": {"max_minutes_between": 3, "columns": {"erp": "posted_at", "wms": "posted_at"}},
    },
}
SAID = ("key", "kind", "field", "systems", "state", "values", "cause", "confidence", "causes", "group_code")


class World:
    """Records as an intake would keep them: every change has a number of its own."""

    def __init__(self, systems, scope, at):
        self.systems, self.scope, self.at, self.number = systems, scope, at, 0

    def say(self, system, key, number, **data):
        self.number += 1
        moment = self.at - timedelta(days=2)
        SourceRecord.objects.update_or_create(
            system=self.systems[system], entity="order", key=key, defaults={
                "order_number": number, "data": data, "occurred_at": moment, "scope": self.scope,
                "received_at": moment + timedelta(seconds=20), "first_received_at": moment + timedelta(seconds=20),
                "payload_hash": str(self.number), "actor_kind": "interface", "change_number": self.number,
                "is_retracted": False})

    def retract(self, system, key):
        self.number += 1
        SourceRecord.objects.filter(system=self.systems[system], key=key).update(
            is_retracted=True, change_number=self.number)


@pytest.fixture
def world(systems, scopes, at):
    for system in systems.values():
        system.last_heard_at = at + timedelta(hours=20)
        system.save()
    return World(systems, scopes[0], at)


@pytest.fixture
def profiles(company, scopes, at):
    """Two of one specification: one will always be run in full."""
    made = []
    for code in ("little", "whole"):
        one = Profile.objects.create(code=code, company=company, scope=scopes[1], name_en=code, name_zh=code)
        ProfileVersion.objects.create(profile=one, number=1, spec=SPEC, published_at=at)
        made.append(one)
    return made


def usual(number):
    return {"quantity_m": 1000 * (number % 7 + 1), "amount_minor": 10_000 + number, "currency": "CNY",
            "customer": f"Customer {number % 5}", "posted_at": "2026-11-22T02:00:00Z", "material": f"M{number % 3}",
            "warehouse": "W2" if 30 <= number < 55 else "W1"}


def all_agree(world, count):
    for number in range(count):
        for system in ("erp", "wms", "crm"):
            world.say(system, f"{system}-{number}", f"SO{number:04}", **usual(number))


def change(world, draw, count):
    """One slip, mend or move of one record."""
    system, number = draw.choice(("erp", "wms", "crm")), draw.randrange(count)
    key, said, place = f"{system}-{number}", f"SO{number:04}", usual(number)
    kind = draw.randrange(10)
    if kind == 0:
        world.retract(system, key)
        return
    if kind == 1:
        said = draw.choice((f"{said}-1", f"0{said}", f" {said.lower()} ", f"SO{number:04}9", "",
                            f"SO{count + number:04}"))
    elif kind == 2:
        place["quantity_m"] *= draw.choice((10, 2))
    elif kind == 3:
        place["amount_minor"] = draw.choice((place["amount_minor"] * 113 // 100, place["amount_minor"] + 1, 7))
    elif kind == 4:
        place["customer"] = draw.choice(("Customer", "Nobody", "CUSTOMER 1"))
    elif kind == 5:
        place["posted_at"] = draw.choice(("2026-11-22T10:00:00Z", "2026-11-22T02:02:00Z", "soon"))
    elif kind == 6:
        place["kind"] = "draft"
    elif kind == 7:
        key = f"{key}-copy"
    world.say(system, key, said, **place)


def what_stands(profile):
    rows = [{name: getattr(one, name) for name in SAID} for one in
            Difference.objects.filter(profile=profile).exclude(state="resolved").order_by("key", "field", "kind")]
    last = profile.runs.order_by("-pk").first()
    groups = {one.code: (one.cause, one.dimension, one.value, one.hits, one.share)
              for one in CauseGroup.objects.filter(run=last)}
    for row in rows:  # a group's code is its comparison's own
        row["group_code"] = groups.get(row["group_code"], "")
    return rows, sorted(groups.values()), {n: last.counts[n] for n in ("open", "rows", "causes")}


def test_many_small_runs_end_where_full_runs_end(profiles, world, at):
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    draw, count = random.Random(seed), 150
    little, whole = profiles
    all_agree(world, count)
    for step in range(8):
        for _ in range(draw.choice((0, 1, 5))):
            change(world, draw, count)
        moment = at + timedelta(minutes=step * 20)
        runs = [run_comparison(profile=little, by=None, at=moment),
                run_comparison(profile=whole, by=None, at=moment, full=True)]
        assert [run.is_full for run in runs] == [step == 0, True]
        assert what_stands(little) == what_stands(whole), f"step {step}"
        for name in ("new", "still", "reopened", "resolved"):
            assert runs[0].counts[name] == runs[1].counts[name], (step, name)
    assert runs[0].counts["keys"] < count


def test_a_system_shifted_as_a_whole_forms_the_same_groups(profiles, world, at):
    all_agree(world, 120)
    little, whole = profiles
    run_comparison(profile=little, by=None, at=at)
    for number in range(30, 55):
        world.say("wms", f"wms-{number}", f"SO{number:04}", **usual(number) | {"posted_at": "2026-11-22T10:00:00Z"})
    run = run_comparison(profile=little, by=None, at=at)
    run_comparison(profile=whole, by=None, at=at, full=True)
    assert not run.is_full and run.counts["keys"] == 25
    assert what_stands(little) == what_stands(whole)
    assert what_stands(little)[1]


def test_parts_of_a_split_order_are_looked_at_with_it(profiles, world, at):
    all_agree(world, 60)
    little, whole = profiles
    world.retract("wms", "wms-7")
    for part in (1, 2):
        world.say("wms", f"wms-7-{part}", f"SO0007-{part}", **usual(7) | {"quantity_m": usual(7)["quantity_m"] // 2})
    run_comparison(profile=little, by=None, at=at)
    world.say("erp", "erp-20", "SO0020", **usual(20) | {"quantity_m": 1})
    run = run_comparison(profile=little, by=None, at=at)
    run_comparison(profile=whole, by=None, at=at, full=True)
    assert not run.is_full
    assert what_stands(little) == what_stands(whole)
    assert "SPLIT_ORDER" in {row["cause"] for row in what_stands(little)[0]}


def test_what_makes_a_run_full_again(profiles, world, at):
    all_agree(world, 40)
    little = profiles[0]
    assert run_comparison(profile=little, by=None, at=at).is_full
    assert not run_comparison(profile=little, by=None, at=at + timedelta(hours=1)).is_full
    assert run_comparison(profile=little, by=None, at=at + timedelta(hours=1), full=True).is_full
    ProfileVersion.objects.create(profile=little, number=2, published_at=at, spec={
        **SPEC, "fields": {"quantity_m": {"type": "quantity"}}})
    assert run_comparison(profile=little, by=None, at=at + timedelta(hours=2)).is_full
    assert ComparedKey.objects.exclude(version__number=2).count() == 0
    assert not run_comparison(profile=little, by=None, at=at + timedelta(hours=3)).is_full
    assert run_comparison(profile=little, by=None, at=at + timedelta(hours=26)).is_full


def test_what_was_accepted_is_looked_at_still(profiles, world, at):
    all_agree(world, 40)
    little = profiles[0]
    world.say("wms", "wms-5", "SO0005", **usual(5) | {"quantity_m": 1})
    run_comparison(profile=little, by=None, at=at)
    accept_difference(difference=Difference.objects.get(), reason="agreed", by=None, at=at,
                      until=at + timedelta(hours=2))
    assert run_comparison(profile=little, by=None, at=at + timedelta(hours=1)).counts["keys"] == 1
    run_comparison(profile=little, by=None, at=at + timedelta(hours=3))
    assert Difference.objects.get().state == "open"


def test_few_records_are_read_of_many(profiles, world, at):
    """The work of a small run does not grow with the records that agree."""
    little = profiles[0]
    all_agree(world, 300)
    run_comparison(profile=little, by=None, at=at)
    world.say("wms", "wms-5", "SO0005", **usual(5) | {"quantity_m": 1})
    taken = []

    def watch(execute, sql, params, many, context):
        done = execute(sql, params, many, context)
        if sql.startswith("CREATE TEMPORARY TABLE rec_a"):
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM " + sql.split()[3])
                taken.append(cursor.fetchone()[0])
        return done

    with connection.execute_wrapper(watch):
        assert not run_comparison(profile=little, by=None, at=at).is_full
    assert taken == [1, 1, 1]


def test_runs_over_little_end_the_tickets_of_what_is_mended(profiles, world, at):
    little = profiles[0]
    all_agree(world, 120)
    compare = functools.partial(run_comparison, profile=little, by=None, at=at)
    compare()
    world.say("wms", "wms-5", "SO0005", **usual(5) | {"quantity_m": 1})
    assert not compare().is_full
    ticket = Ticket.objects.get()
    assert ticket.is_open and ticket.subject_kind == "difference"
    world.say("erp", "erp-90", "SO0090", **usual(90))  # another key: it differs still, and is looked at
    assert not compare().is_full and Ticket.objects.get().is_open
    world.say("wms", "wms-5", "SO0005", **usual(5))
    assert not compare().is_full
    ticket.refresh_from_db()
    assert ticket.state == Ticket.RESOLVED and ticket.entries.get(action="resolved").data["why"] == "agree"


def test_a_cause_of_many_ends_with_the_last_of_them_in_runs_over_little(profiles, world, at):
    little = profiles[0]
    all_agree(world, 120)
    compare = functools.partial(run_comparison, profile=little, by=None, at=at)
    compare()
    for number in range(30, 55):
        world.say("wms", f"wms-{number}", f"SO{number:04}", **usual(number) | {"posted_at": "2026-11-22T10:00:00Z"})
    assert not compare().is_full
    ticket = Ticket.objects.get(subject_kind="difference_group")
    assert Difference.objects.filter(group_code=ticket.subject_key).count() == 25
    for some, is_open in ((range(30, 40), True), (range(40, 55), False)):
        for number in some:
            world.say("wms", f"wms-{number}", f"SO{number:04}", **usual(number))
        assert not compare().is_full
        ticket.refresh_from_db()
        assert ticket.is_open == is_open
    assert not Ticket.objects.filter(state__in=Ticket.OPEN_STATES).exists()
    assert ticket.entries.get(action="resolved").data["why"] == "settled"
