"""What has to happen within a second? `manage.py tick`: inbox, milestones, clocks, outbox, lost jobs, heartbeat."""
import logging
import signal
import time

from django.core.management.base import BaseCommand
from django.db import close_old_connections, connection
from django.utils import timezone

from config.steps import TICKS
from config.ticking import Beat, TimeGuard
from kernel.heartbeats import TICK, beat
from sla.actions import overdue_clocks

BEAT_EVERY_S = 5.0
log = logging.getLogger("hub.tick")


class Command(BaseCommand):
    help = "The loop that drives everything prompt; idempotent, so that a second one does no harm."

    def add_arguments(self, parser):
        parser.add_argument("--seconds", type=float, default=0, help="stop after so long (0: never)")
        parser.add_argument("--pause", type=float, default=0.5)

    def handle(self, *, seconds, pause, **options):
        self.stopping = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        self.guard, self.beats = TimeGuard(), [Beat(*tick) for tick in TICKS]
        self.next_heartbeat = 0.0
        end = time.monotonic() + seconds if seconds else float("inf")
        while not self.stopping and time.monotonic() < end:
            worked_s = self._pass()
            # Rest at least as long as it worked, so that others get the one writer's lock of SQLite.
            self._sleep(max(pause - worked_s, min(worked_s, pause), 0.02))

    def _stop(self, number, frame):
        self.stopping = True

    def _sleep(self, seconds):
        end = time.monotonic() + seconds
        while not self.stopping and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, 0.2))

    def _pass(self):
        began = time.monotonic()
        may_fire = self.guard.look(time.time(), began)
        for one in self.beats:
            if one.is_due(time.monotonic()) and (may_fire or one.name != "clocks") and not self.stopping:
                self._run(one)
        self._heartbeat(may_fire)
        return time.monotonic() - began

    def _run(self, one):
        began = time.monotonic()
        try:
            one.done(began, one.step(timezone.now()))
        except Exception:  # the loop outlives a broken step and a lost database
            log.exception("tick step %s failed", one.name)
            one.failed(time.monotonic())
            self._reconnect()

    def _reconnect(self):
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
        close_old_connections()

    def _heartbeat(self, may_fire):
        if time.monotonic() < self.next_heartbeat:
            return
        self.next_heartbeat = time.monotonic() + BEAT_EVERY_S
        at = timezone.now()
        try:
            beat(
                TICK, at, overdue_clocks=overdue_clocks(at=at), clock_jump_s=0 if may_fire else self.guard.jump_s,
                failing=[one.name for one in self.beats if one.failures],
            )
        except Exception:
            log.exception("no heartbeat")
            self._reconnect()
