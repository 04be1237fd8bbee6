"""How does an empty database become a living sample factory, with people, tickets and comparisons?"""
import time

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from config.demo_days import ask_for_open_orders, days_before, live_through_days
from kernel.models import Company
from reconciliation.seed import seed_daily_tables, seed_profiles
from sla.jobs import learn_durations, refresh_waits


class Command(BaseCommand):
    help = "Fill an empty demo database: reference data, people, the sample factory, one whole cycle."

    def add_arguments(self, parser):
        parser.add_argument("--orders", type=int, default=900)
        parser.add_argument("--seed", type=int, default=7)

    def handle(self, *, orders, seed, **options):
        if not settings.DEMO:
            raise CommandError("seed_demo fills demo databases only (ORDERHUB_DEMO=1).")
        self._step("reference data", "sync_reference", found=True)
        now = timezone.now()
        first, *days = days_before(now)
        factory = {"orders": orders, "seed": seed, "faults": "default", "mended": 0.5, "now": now.isoformat()}
        self._step("orders", "seed_factory", until=first.isoformat(), **factory)
        company = Company.objects.order_by("pk").first()
        for seed_tables in (seed_profiles, seed_daily_tables):
            seed_tables(company=company, by=None, at=first)
        # After the orders: people are granted the scopes that the factory brings.
        self._step("people", "seed_people", quiet=True)
        self._live_through_days(now, [first, *days], factory)
        learn_durations(lambda *said: None)
        self._step("one cycle", "run_cycle")
        refresh_waits(lambda *said: None)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def _live_through_days(self, now, halves, factory):
        started, known = time.monotonic(), halves[0]

        def feed(at):
            nonlocal known
            if at > known:
                call_command("seed_factory", stdout=_Quiet(), after=known.isoformat(), until=at.isoformat(), **factory)
                known = at

        tickets = live_through_days(halves, feed)
        feed(now)
        ask_for_open_orders(now)
        self.stdout.write(f"its last days: {time.monotonic() - started:.0f} s, {tickets} tickets begun")

    def _step(self, title, command, quiet=False, **arguments):
        started = time.monotonic()
        call_command(command, stdout=_Quiet() if quiet else self.stdout, **arguments)
        self.stdout.write(f"{title}: {time.monotonic() - started:.0f} s")
        self.stdout.flush()


class _Quiet:
    def write(self, text):
        pass

    def flush(self):
        pass
