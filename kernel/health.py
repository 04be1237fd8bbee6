"""Is the hub well, is it ready, and what are its numbers?

`/healthz` is for a supervisor: 200 or 503 and the names of what is wrong. `/readyz`: may requests come in? `/metrics`:
numbers for Prometheus. Details and numbers only to the machine itself or to holders of ORDERHUB_METRICS_TOKEN; behind
a proxy, declared or seen by its headers, every caller looks like the machine itself, so that there the token is needed.
No other packages' checks: those ask mail servers and name servers, and answer 500 on a closed network.
"""
import hmac
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, HttpResponseForbidden, JsonResponse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from kernel.heartbeats import TICK, WORKER
from kernel.models import Heartbeat, JobRun, OutboxMessage
from kernel.outbox import outbound_is_held

LONGEST_SILENCE = {TICK: timedelta(seconds=90), WORKER: timedelta(minutes=4)}
OLDEST_WAIT = timedelta(minutes=15)
RECENT = timedelta(hours=24)
LOOPBACK = {"127.0.0.1", "::1"}
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip")  # somebody else asked the proxy


@dataclass(frozen=True)
class Check:
    """One answer; `is_vital` False is told but does not make the hub ill."""

    name: str
    is_well: bool
    detail: str = ""
    is_vital: bool = True


def check_all(at):
    """[Check]: the database first; when it does not answer nothing else can be asked."""
    database = _database()
    if not database.is_well:
        return [database]
    found = [database, *_heartbeats(at), _outbox(at), _hold(), _jobs(at)]
    for name in import_string(settings.HUB_HEALTH):
        found.append(import_string(name)(at))
    return found


def _database():
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return Check("database", False, type(error).__name__)
    return Check("database", True)


def _heartbeats(at):
    beats = dict(Heartbeat.objects.values_list("name", "beat_at"))
    return [_beat(name, longest, beats.get(name), at) for name, longest in LONGEST_SILENCE.items()]


def _beat(name, longest, beat_at, at):
    if beat_at is None:
        return Check(name, False, "never")
    silent = at - beat_at
    return Check(name, silent <= longest, f"{silent.total_seconds():.0f} s ago")


def _outbox(at):
    due = OutboxMessage.objects.filter(state=OutboxMessage.WAITING, next_attempt_at__lte=at - OLDEST_WAIT)
    oldest = due.order_by("next_attempt_at").values_list("next_attempt_at", flat=True).first()
    return Check("outbox", oldest is None, f"oldest due {(at - oldest).total_seconds():.0f} s" if oldest else "")


def _hold():
    held = outbound_is_held()
    return Check("outbound", not held, "held until a person lets go" if held else "", is_vital=False)


def _jobs(at):
    dead = JobRun.objects.filter(state=JobRun.DEAD, finished_at__gte=at - RECENT)[:1000].count()
    return Check("jobs", dead == 0, f"{dead} given up in 24 h", is_vital=False)


@require_safe
def healthz(request):
    checks = check_all(timezone.now())
    ill = [check.name for check in checks if check.is_vital and not check.is_well]
    said = {"ok": not ill, "version": settings.VERSION, "failing": ill}
    if may_see_details(request):
        said["checks"] = {check.name: {"ok": check.is_well, "detail": check.detail} for check in checks}
    return JsonResponse(said, status=503 if ill else 200, headers={"Cache-Control": "no-store"})


@require_safe
def readyz(request):
    """Ready when the database answers and no migration waits."""
    try:
        waiting = _waiting_migrations()
    except DatabaseError:
        return JsonResponse({"ok": False, "failing": ["database"]}, status=503)
    failing = ["migrations"] if waiting else []
    return JsonResponse({"ok": not failing, "failing": failing}, status=503 if failing else 200)


def _waiting_migrations():
    executor = MigrationExecutor(connection)
    return executor.migration_plan(executor.loader.graph.leaf_nodes())


def may_see_details(request):
    token = settings.METRICS_TOKEN
    said = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(said.encode("utf-8", "replace"), token.encode()):
        return True
    is_forwarded = any(name in request.headers for name in FORWARDED)
    return not settings.BEHIND_PROXY and not is_forwarded and request.META.get("REMOTE_ADDR") in LOOPBACK


@require_safe
def metrics(request):
    if not may_see_details(request):
        return HttpResponseForbidden("ORDERHUB_METRICS_TOKEN\n", content_type="text/plain")
    return HttpResponse(generate_latest(_registry(timezone.now())), content_type=CONTENT_TYPE_LATEST)


def _registry(at):
    """Everything is read from the rows when asked: any process can answer for all."""
    registry, gauges = CollectorRegistry(), {}
    for name, words, labels, value in _figures(at):
        if name not in gauges:
            gauges[name] = Gauge(name, words, sorted(labels), registry=registry)
        gauge = gauges[name].labels(**labels) if labels else gauges[name]
        gauge.set(value)
    return registry


def _figures(at):
    """(name, words, {label: value}, number) of the kernel, then of the apps of settings.HUB_FIGURES."""
    for name, beat_at in Heartbeat.objects.values_list("name", "beat_at"):
        yield "hub_heartbeat_age_seconds", "Since a loop's last sign of life", {"loop": name}, _seconds(at - beat_at)
    for state in (JobRun.WAITING, JobRun.RUNNING, JobRun.FAILED, JobRun.DEAD):
        yield "hub_jobs", "Background work by state", {"state": state}, JobRun.objects.filter(state=state).count()
    for state in (OutboxMessage.WAITING, OutboxMessage.HELD, OutboxMessage.DEAD):
        count = OutboxMessage.objects.filter(state=state).count()
        yield "hub_outbox_messages", "Words on their way out, by state", {"state": state}, count
    for check in check_all(at):
        yield "hub_check_ok", "1 when a health check is well", {"check": check.name}, int(check.is_well)
    for name in import_string(settings.HUB_FIGURES):
        yield from import_string(name)(at)


def _seconds(span):
    return round(span.total_seconds(), 3)
