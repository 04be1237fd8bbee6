"""Which loops are alive?"""
from django.utils import timezone

from kernel.models import Heartbeat

WORKER = "worker"
TICK = "tick"


def beat(name, at, **detail):
    """Stamp one loop's sign of life."""
    Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": at, "detail": detail})


def beat_worker():
    """The canary: a django-q2 schedule calls it each minute, so a stale stamp means that nothing works off tasks."""
    beat(WORKER, timezone.now())
