"""A comparison's process dies at any statement: is it done again by the next cycle, at once, and nothing doubled?"""
from datetime import UTC, datetime, timedelta

from django.db.models import Max
from django.utils import timezone

from exceptions.models import Ticket
from orders.models import SourceRecord, SourceSystem
from reconciliation.jobs import run_due_comparisons
from reconciliation.models import Difference, DifferenceEntry, Observation, Profile, ProfileVersion, Run
from tests.crash_harness import Flow, Harness

DAY = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SPEC = {
    "version": 1, "name": "orders", "record": "erp", "key": "order_number", "systems": {"erp": {}, "wms": {}},
    "fields": {"quantity_m": {"type": "quantity", "severity": "high"}},
}
LITTLE = 240  # minutes between two scheduled comparisons


def prepare():
    """Compared once; since then S1 slipped, and what differed of S2 is mended."""
    from kernel.models import Company, Scope

    company = Company.objects.create(code="hq", name_en="h", name_zh="h")
    scope = Scope.objects.create(company=company, code="east", name_en="e", name_zh="e")
    for code in ("erp", "wms"):
        SourceSystem.objects.create(company=company, code=code, role=code, name_en=code, name_zh=code, scope=scope,
                                    last_heard_at=timezone.now(), silent_after_s=10**7)
    profile = Profile.objects.create(code="orders", company=company, scope=scope, name_en="O", name_zh="O",
                                     every_minutes=LITTLE)
    ProfileVersion.objects.create(profile=profile, number=1, spec=SPEC, published_at=DAY)
    for number in ("S1", "S2", "S3"):
        for code in ("erp", "wms"):
            say(code, number, 1)
    say("wms", "S2", 9)
    run_due_comparisons(lambda *said: None)
    say("wms", "S1", 5)
    say("wms", "S2", 1)
    Run.objects.update(as_of=timezone.now() - timedelta(minutes=LITTLE + 1))


def say(code, number, pieces):
    system = SourceSystem.objects.get(code=code)
    mark = (SourceRecord.objects.aggregate(top=Max("change_number"))["top"] or 0) + 1
    SourceRecord.objects.update_or_create(system=system, entity="order", key=f"{code}-{number}", defaults={
        "order_number": number, "data": {"quantity_m": pieces * 1000}, "occurred_at": DAY, "received_at": DAY,
        "first_received_at": DAY, "payload_hash": f"{number}{pieces}", "scope": system.scope,
        "actor_kind": "interface", "change_number": mark})


def cycle(peer):
    """Compare what is due. Whoever died is known to be dead when its lease is over."""
    Run.objects.filter(state=Run.RUNNING).update(lease_until=timezone.now() - timedelta(seconds=1))
    done = run_due_comparisons(lambda *said: None)
    assert "error" not in done.get("orders", {}), done
    if not done:
        peer.take("nothing was due")


def broken(peer):
    wrong = []
    found = {one.key: one for one in Difference.objects.all()}
    states = {key: (one.state, one.reopened_count) for key, one in found.items()}
    if states != {"S1": ("open", 0), "S2": ("resolved", 0)}:
        wrong.append(f"differences {states}")
    last = Run.objects.order_by("-pk").first()
    if last.state != Run.DONE or Run.objects.filter(state=Run.RUNNING).exists():
        wrong.append(f"runs {list(Run.objects.values_list('pk', 'state'))}")
    if any(run.state == Run.FAILED and not run.was_cut_off for run in Run.objects.all()):
        wrong.append("a run has failed by itself")
    if last.counts.get("open") != 1:
        wrong.append(f"counts {last.counts}")
    if DifferenceEntry.objects.filter(action="resolved").count() != 1:
        wrong.append("closed more or less than once")
    if "S1" in found and not Observation.objects.filter(difference=found["S1"], run=last).exists():
        wrong.append("the last run has not seen S1")
    tickets = list(Ticket.objects.order_by("pk").values_list("subject_key", "state"))
    if len(tickets) != len({key for key, _state in tickets}) or len(tickets) != 2:
        wrong.append(f"tickets {tickets}")
    if sum(state in Ticket.OPEN_STATES for _key, state in tickets) != 1:
        wrong.append(f"open tickets {tickets}")
    return wrong


def test_a_comparison_that_is_killed_is_made_again_by_the_next_cycle(transactional_db):
    with Harness(Flow(prepare, cycle, broken)) as harness:
        result = harness.sweep(singles=13)
    assert result.points >= 100, "the harness does not see the statements"
    assert result.broken == [], f"{len(result.broken)} of {result.cases}: {result.broken[0]}"


def test_a_killed_comparison_is_due_at_once_and_not_after_its_interval(transactional_db):
    """Killed in the middle: without a burial it stood as running, and its table was not looked at for four hours."""
    with Harness(Flow(prepare, cycle, broken)) as harness:
        points = harness.count_points()
        harness._reset()
        peer = harness._peer()
        assert harness._run_until(peer, points * 2 // 3), "it was not killed"
        harness._child(lambda: _is_left_behind())
        assert harness._look(peer, run_first=True) == [] and peer.taken == []


def _is_left_behind():
    assert Run.objects.order_by("-pk").first().state == Run.RUNNING
