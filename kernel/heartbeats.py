"""Which loops are alive?"""
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.models import Heartbeat

WORKER = "worker"
TICK = "tick"
NAMES = {WORKER: _("background work"), TICK: _("clocks")}


def loop_name(name):
    """What a loop is called on a page."""
    return str(NAMES.get(name, name))


def beat(name, at, **detail):
    """Stamp one loop's sign of life."""
    Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": at, "detail": detail})


def beat_worker():
    """The canary: a django-q2 schedule calls it each minute, so a stale stamp means that nothing works off tasks."""
    beat(WORKER, timezone.now())
