"""How are web, worker and ticker started together? `manage.py serve [--port 8000]`."""
import sys
from datetime import timedelta

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.utils import timezone

from config.ports import next_free_port
from config.supervisor import Child, Supervisor
from kernel.models import Heartbeat

STALE_AFTER = timedelta(minutes=4)
CANARIES = {"worker": "worker", "ticker": "tick"}


class Command(BaseCommand):
    help = "Start web, worker and ticker as one group; a dead child is started again; Ctrl-C stops all."

    def add_arguments(self, parser):
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--threads", type=int, default=8)
        parser.add_argument("--web-workers", type=int, default=1 if settings.IS_DEVELOPMENT else 2)
        parser.add_argument("--demo", action="store_true", help="print the demo's accounts too")

    def handle(self, *, host, port, threads, web_workers, demo, **options):
        port = next_free_port(host, port)
        self.started_at = timezone.now()
        self.say(f"Order Hub {settings.VERSION}: http://{host}:{port}/")
        if demo:
            self._print_accounts()
        Supervisor(self._children(host, port, threads, web_workers), self.say, self._is_stale).run()
        self.say("stopped")

    def say(self, text):
        self.stdout.write(text)
        self.stdout.flush()

    def _children(self, host, port, threads, web_workers):
        manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
        web = [
            sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"{host}:{port}",
            "--worker-class", "gthread", "--threads", str(threads), "--workers", str(web_workers),
            "--graceful-timeout", "2", "--timeout", "60", "--log-level", "warning",
            "--chdir", str(settings.BASE_DIR),
        ]
        return [
            Child("web", web), Child("worker", [*manage, "qcluster"]), Child("ticker", [*manage, "tick"]),
        ]

    def _is_stale(self, name):
        canary = CANARIES.get(name)
        if canary is None or timezone.now() - self.started_at < STALE_AFTER:
            return False
        try:
            beat = Heartbeat.objects.filter(name=canary).values_list("beat_at", flat=True).first()
        except DatabaseError:
            return False
        finally:
            connection.close()
        last = max(beat, self.started_at) if beat else self.started_at
        if timezone.now() - last <= STALE_AFTER:
            return False
        self.started_at = timezone.now()
        return True

    def _print_accounts(self):
        from config.demo_people import accounts  # noqa: PLC0415 - only the demo has it

        for username, password, worker in accounts():
            self.say(f"  {username:<22} {password:<28} {worker.full_name}")
