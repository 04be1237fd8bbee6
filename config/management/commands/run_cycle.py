"""What does the main job do right now? `manage.py run_cycle` does it once and prints what it did."""
import time

from django.core.management.base import BaseCommand
from django.utils import timezone

from config.steps import CYCLE


class Command(BaseCommand):
    help = "Pull, inbox, milestones, comparison, clocks, tickets, outbox: once, now, with figures."

    def add_arguments(self, parser):
        parser.add_argument("--only", nargs="*", default=[], help="names of steps; default: all")

    def handle(self, *, only, **options):
        failed = False
        for name, step in CYCLE:
            if not only or name in only:
                failed = not self._run(name, step) or failed
        if failed:
            raise SystemExit(1)

    def _run(self, name, step):
        began = time.monotonic()
        try:
            result = step(timezone.now())
        except Exception as error:
            self.stdout.write(f"{name:18} FAILED: {type(error).__name__}: {error}")
            return False
        said = ", ".join(f"{key} {value}" for key, value in result.items()) or "nothing to do"
        self.stdout.write(f"{name:18} {said} ({time.monotonic() - began:.1f} s)")
        return True
