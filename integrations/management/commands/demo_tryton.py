"""What does the hub make of two real Trytons while people work in them? `manage.py demo_tryton`."""
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from exceptions.models import Ticket
from integrations.systems.tryton.peer.environment import CannotBuild, prepare
from integrations.systems.tryton.peer.introduce import introduce_pair
from integrations.systems.tryton.peer.server import DidNotStart, Server
from integrations.systems.tryton.peer.staff import SalesDesk, Warehouse
from integrations.systems.tryton.peer.story import Story
from kernel.outbound import PeerError
from orders.models import Order
from reconciliation.models import Difference

STOP_SECONDS = 20


class Command(BaseCommand):
    help = "Two real Tryton systems (ERP and warehouse) beside a hub of its own; Ctrl-C stops all of it."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--pace", type=float, default=6.0, help="seconds between two things people do")
        parser.add_argument("--every", type=float, default=15.0, help="seconds between two cycles of the hub")
        parser.add_argument("--steps", type=int, default=0, help="stop after so many things; 0: until Ctrl-C")
        parser.add_argument("--no-web", action="store_true", help="cycles only, no pages")

    def handle(self, *, port, pace, every, steps, no_web, **options):
        if not settings.DEMO:
            raise CommandError("demo_tryton fills its own database only: start it by `make demo-tryton`.")
        for number in (signal.SIGINT, signal.SIGTERM):  # a background start would ignore Ctrl-C's signal
            signal.signal(number, signal.default_int_handler)
        with ExitStack() as stack:
            try:
                self._run(stack, port, pace, every, steps, no_web)
            except KeyboardInterrupt:
                self.say("\nStopping …")
            except (CannotBuild, DidNotStart) as error:
                raise CommandError(f"There is no Tryton to show: {error}") from error

    def say(self, text):
        self.stdout.write(text)
        self.stdout.flush()

    def _run(self, stack, port, pace, every, steps, no_web):
        began = time.monotonic()
        peer = prepare(day=timezone.now().date(), say=self.say)
        folder = Path(settings.VAR_DIR) / "tryton"
        erp, wms = (stack.enter_context(Server(peer, role, folder)) for role in ("erp", "wms"))
        self.say(f"Two Trytons after {time.monotonic() - began:.0f} s: ERP {erp.url}, WMS {wms.url}")
        introduce_pair(erp=erp, wms=wms, by=None, at=timezone.now())
        call_command("seed_people", "--quiet", stdout=self.stdout)
        self._cycle()
        web = None if no_web else self._serve(port)
        if web:
            stack.callback(self._stop, web)
        self._live(web, Story(SalesDesk(erp), Warehouse(erp), Warehouse(wms)), pace, every, steps)

    def _live(self, web, story, pace, every, steps):
        next_cycle, done = time.monotonic() + every, 0
        while not steps or done < steps:
            time.sleep(pace)
            if web and web.poll() is not None:
                raise CommandError("The hub's pages ended; what it said stands above.")
            self._tell(story)
            done += 1
            if time.monotonic() >= next_cycle:
                self._cycle()
                next_cycle = time.monotonic() + every
        self._cycle()

    def _tell(self, story):
        try:
            self.say(story.step())
        except PeerError as error:
            self.say(f"Tryton refused: {error}")

    def _cycle(self):
        try:
            call_command("run_cycle", stdout=self.stdout)
        except SystemExit:  # it has said which step failed; people go on working meanwhile
            self.stdout.flush()
        differences = Difference.objects.filter(state__in=Difference.OPEN_STATES).count()
        tickets = Ticket.objects.filter(state__in=Ticket.OPEN_STATES).count()
        self.say(f"==== {Order.objects.count()} orders, {Order.objects.late().count()} of them late, "
                 f"{differences} open differences, {tickets} open tickets")

    def _serve(self, port):
        """The hub's own web, worker and ticker, in a session of their own so that Ctrl-C is ours to pass on."""
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "serve", "--port", str(port), "--demo"]
        return subprocess.Popen(command, start_new_session=True)

    def _stop(self, process):
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
