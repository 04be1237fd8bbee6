"""Does the hub say when it is ill, and to whom does it give its numbers?"""
from datetime import timedelta

import pytest
from django.utils import timezone

from kernel.heartbeats import TICK, WORKER, beat
from kernel.models import JobRun, OutboxMessage

pytestmark = pytest.mark.django_db


@pytest.fixture
def well(db):
    now = timezone.now()
    beat(TICK, now)
    beat(WORKER, now)
    return now


def failing(client):
    return client.get("/healthz").json()["failing"]


def test_all_is_well(client, well):
    answer = client.get("/healthz")
    assert answer.status_code == 200 and answer.json()["ok"]
    assert {"database", "clocks", "inbox", "outbox", "jobs"} <= set(answer.json()["checks"])


def test_a_silent_loop_is_named(client, well):
    beat(WORKER, well - timedelta(minutes=5))
    answer = client.get("/healthz")
    assert answer.status_code == 503 and answer.json()["failing"] == ["worker"]


def test_a_loop_that_never_beat_is_named(client, db):
    assert set(failing(client)) == {"tick", "worker"}


def test_an_overdue_clock_is_named(client, well):
    from sla.models import Clock

    Clock.objects.create(kind="deadline", started_at=well, next_fire_at=well - timedelta(minutes=10))
    assert failing(client) == ["clocks"]


def test_old_words_in_the_outbox_are_named(client, well):
    OutboxMessage.objects.create(
        key="k", channel="c", recipient="r", kind="k", created_at=well, next_attempt_at=well - timedelta(hours=1)
    )
    assert failing(client) == ["outbox"]


def test_dead_jobs_are_told_but_not_vital(client, well):
    JobRun.objects.create(key="k", kind="k", asked_at=well, state=JobRun.DEAD, finished_at=well)
    answer = client.get("/healthz")
    assert answer.status_code == 200 and not answer.json()["checks"]["jobs"]["ok"]


def test_ready_until_a_migration_waits(client, well):
    from django.db.migrations.recorder import MigrationRecorder

    assert client.get("/readyz").json() == {"ok": True, "failing": []}
    MigrationRecorder.Migration.objects.filter(app="sla").order_by("-id").first().delete()
    answer = client.get("/readyz")
    assert answer.status_code == 503 and answer.json()["failing"] == ["migrations"]


def test_numbers_for_the_machine_itself(client, well):
    page = client.get("/metrics").content.decode()
    for line in ('hub_heartbeat_age_seconds{loop="tick"}', "hub_orders_open 0.0", 'hub_check_ok{check="database"} 1.0'):
        assert line in page


def test_strangers_need_the_token(client, well, settings):
    far = {"REMOTE_ADDR": "10.1.2.3"}
    assert client.get("/metrics", **far).status_code == 403
    assert "checks" not in client.get("/healthz", **far).json()
    settings.METRICS_TOKEN = "long-token"
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}, **far).status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer léng"}, **far).status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer long-token"}, **far).status_code == 200


def test_behind_a_proxy_loopback_proves_nothing(client, well, settings):
    settings.BEHIND_PROXY = True
    assert client.get("/metrics").status_code == 403


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_a_proxy_nobody_declared_is_seen_by_its_headers(client, well, settings, header):
    settings.METRICS_TOKEN = "long-token"
    assert client.get("/metrics", headers={header: "203.0.113.9"}).status_code == 403
    assert "checks" not in client.get("/healthz", headers={header: "203.0.113.9"}).json()
    known = {header: "203.0.113.9", "Authorization": "Bearer long-token"}
    assert client.get("/metrics", headers=known).status_code == 200


def test_health_costs_few_queries(client, well, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        client.get("/healthz")
