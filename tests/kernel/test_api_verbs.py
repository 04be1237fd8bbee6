"""Do the POST endpoints call the same actions as the pages, with the same rights and refusals?"""
import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from kernel.models import User
from kernel.tokens import issue_token
from orders.models import Event, Order

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(confirmed_order):
    return confirmed_order


@pytest.fixture
def call(client, world):
    """call(who, address, **body) → (status, answer)."""

    def post(who, address, key="", **body):
        clear = issue_token(user=who, name="n", days=1, may_write=True, by=who, at=timezone.now())[1]
        headers = {"Authorization": f"Bearer {clear}"} | ({"Idempotency-Key": key} if key else {})
        answer = client.post(f"/api/v1/{address}/", body, content_type="application/json", headers=headers)
        return answer.status_code, answer.json()

    return post


def test_hold_and_release(call, world, person):
    li = person("li", world.scope, role="order_operations", is_staff=True)
    assert call(li, f"orders/{world.pk}/hold", reason="credit")[0] == 400, "nobody says what is waited for"
    status, said = call(li, f"orders/{world.pk}/hold", kind="nothing-known", reason="credit")
    assert status == 409 and said["code"] == "hold_kind"
    status, said = call(li, f"orders/{world.pk}/hold", kind="credit", reason="credit")
    assert status == 200 and said["held_at"] and said["state"]["decisions"]["held"]["hold_kind"] == "credit"
    assert Event.objects.filter(order=world, kind="hold", by=li).count() == 1
    status, said = call(li, f"orders/{world.pk}/hold", kind="credit", reason="again")
    assert status == 409 and said["code"] == "order_held"
    status, said = call(li, f"orders/{world.pk}/release")
    assert status == 200 and said["held_at"] is None


def test_the_same_hold_twice_is_one_event(call, world, person):
    li = person("li", world.scope, role="order_operations", is_staff=True)
    first = call(li, f"orders/{world.pk}/expedite", key="k1", reason="urgent")
    second = call(li, f"orders/{world.pk}/expedite", key="k1", reason="urgent")
    assert first == second and first[0] == 200
    assert Event.objects.filter(order=world, kind="expedite").count() == 1


def test_expediting_is_undone_and_a_hold_says_until_when(call, world, person):
    li = person("li", world.scope, role="order_operations", is_staff=True)
    assert call(li, f"orders/{world.pk}/unexpedite")[1]["code"] == "order_not_expedited"
    assert call(li, f"orders/{world.pk}/expedite", reason="line stop")[1]["expedited_at"]
    status, said = call(li, f"orders/{world.pk}/unexpedite", reason="runs again")
    assert status == 200 and said["expedited_at"] is None
    assert Event.objects.get(order=world, kind="unexpedite").reason == "runs again"
    until = (timezone.now() + timedelta(days=2)).isoformat()
    status, said = call(li, f"orders/{world.pk}/hold", kind="credit", reason="credit", until=until)
    assert status == 200 and said["state"]["decisions"]["held"]["until"]
    assert call(li, f"orders/{world.pk}/release")[0] == 200
    status, said = call(li, f"orders/{world.pk}/hold", kind="credit", reason="credit", until="2020-01-01T00:00:00Z")
    assert status == 409 and said["code"] == "until_past"


def test_a_forecast_that_has_passed_is_not_told(call, world, person):
    li = person("li", world.scope, role="order_operations", is_staff=True)
    for hours, is_told in ((-1, False), (1, True)):
        expected = timezone.now() + timedelta(hours=hours)
        Order.objects.filter(pk=world.pk).update(forecast_at=expected)
        said = call(li, f"orders/{world.pk}/{'unexpedite' if is_told else 'expedite'}", reason="x")[1]
        assert bool(said["forecast_at"]) is is_told


def test_seen_but_not_allowed_is_403_and_hidden_is_404(call, world, scopes, person):
    assert call(person("li", world.scope, role="warehouse"), f"orders/{world.pk}/hold", reason="x")[0] == 403
    other = next(scope for scope in scopes if scope != world.scope)
    assert call(person("wang", other, role="order_operations"), f"orders/{world.pk}/hold", reason="x")[0] == 404


def test_without_a_reason_400(call, world, person):
    li = person("li", world.scope, role="order_operations")
    status, said = call(li, f"orders/{world.pk}/hold")
    assert status == 400 and "reason" in said["fields"]


def test_share_shows_one_order(call, world, scopes, person):
    li, wang = person("li", world.scope, role="order_operations"), person("wang", role="sales")
    assert call(li, f"orders/{world.pk}/share", person="wang")[0] == 200
    assert Order.objects.visible_to(User.objects.get(pk=wang.pk)).count() == 1
    assert call(li, f"orders/{world.pk}/unshare", person="wang")[0] == 200
    assert Order.objects.visible_to(User.objects.get(pk=wang.pk)).count() == 0


@pytest.fixture
def ticket(world, company, at):
    from exceptions.actions import open_ticket
    from exceptions.seed import seed_exceptions
    from kernel.models import Department
    from sla.seed import seed_departments

    seed_departments(company)
    seed_exceptions()
    return open_ticket(
        subject_kind="order", subject_key=str(world.pk), kind_code="late_order", title_en="Late", title_zh="延迟",
        evidence={}, scope=world.scope, order=world, at=at, by=None, department=Department.objects.get(code="quality"),
    )


def test_a_ticket_through_its_life(call, ticket, world, person):
    li = person("li", world.scope, role="quality", is_staff=True)
    wang = person("wang", world.scope, role="department_head", is_staff=True, department=ticket.department)
    base = f"tickets/{ticket.pk}"
    assert call(li, f"{base}/assign", assignee="wang")[0] == 403, "giving work to others needs a right"
    assert call(wang, f"{base}/assign", assignee="li")[1]["assignee"] == "li"
    assert call(wang, f"{base}/assign", assignee="nobody")[0] == 400
    assert call(li, f"{base}/start")[1]["state"] == "in_progress"
    assert call(li, f"{base}/comment", text="looked")[0] == 200
    assert call(li, f"{base}/wait", reason="supplier")[1]["state"] == "waiting"
    assert call(li, f"{base}/resolve", note="done")[1]["state"] == "resolved"
    assert call(li, f"{base}/resolve", note="done")[0] == 409
    assert call(li, f"{base}/reopen", reason="again")[0] == 200
    assert {"commented", "resolved", "reopened"} <= set(ticket.entries.values_list("action", flat=True))


def test_a_difference_is_accepted_with_a_reason(call, world, company, person, at):
    from reconciliation.models import Difference, Profile, ProfileVersion, Run

    profile = Profile.objects.create(code="p", company=company, scope=world.scope, name_en="p", name_zh="p")
    version = ProfileVersion.objects.create(profile=profile, number=1, spec={}, published_at=at)
    run = Run.objects.create(profile=profile, version=version, as_of=at)
    row = Difference.objects.create(
        profile=profile, fingerprint="f", key="SO1", kind="value", field="quantity_m", scope=world.scope,
        first_run=run, last_run=run, order=world,
    )
    li = person("li", world.scope, role="finance", is_staff=True)
    assert call(person("wang", world.scope, role="warehouse"), f"differences/{row.pk}/accept", reason="x")[0] == 403
    status, said = call(li, f"differences/{row.pk}/accept", reason="rounding")
    assert status == 200 and said["state"] == "accepted" and said["accepted_reason"] == "rounding"
    assert call(li, f"differences/{row.pk}/accept", reason="rounding")[0] == 409


def test_a_comparison_is_asked_for_once_a_second(call, world, company, person, at):
    from kernel.models import JobRun
    from reconciliation.models import Profile

    profile = Profile.objects.create(code="p", company=company, scope=world.scope, name_en="p", name_zh="p")
    li = person("li", world.scope, role="finance", is_staff=True)
    assert call(li, f"profiles/{profile.pk}/run", key="r1")[0] == 200
    assert call(li, f"profiles/{profile.pk}/run", key="r1")[0] == 200
    assert JobRun.objects.filter(kind="run_comparison").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_key_at_the_same_moment_is_one_event(call, client, world, person):
    """Two programs at once; SQLite in memory has one writer by itself, so this asks PostgreSQL."""
    from django.db import connection, connections
    from django.test import Client

    if connection.vendor != "postgresql":
        pytest.skip("one writer on SQLite")
    li = person("li", world.scope, role="order_operations", is_staff=True)
    clear = issue_token(user=li, name="n", days=1, may_write=True, by=li, at=timezone.now())[1]
    start, answers = threading.Barrier(4), []

    def ask():
        start.wait()
        answer = Client().post(
            f"/api/v1/orders/{world.pk}/hold/", {"kind": "credit", "reason": "credit"}, content_type="application/json",
            headers={"Authorization": f"Bearer {clear}", "Idempotency-Key": "once"},
        )
        answers.append((answer.status_code, answer.json()))
        connections.close_all()

    programs = [threading.Thread(target=ask) for _n in range(4)]
    for program in programs:
        program.start()
    for program in programs:
        program.join()
    assert len(answers) == 4 and all(answer == answers[0] and answer[0] == 200 for answer in answers)
    assert Event.objects.filter(order=world, kind="hold").count() == 1
