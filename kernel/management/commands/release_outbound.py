"""Ends the holding of outgoing messages after a restore."""
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from kernel.errors import Refusal
from kernel.outbox import release_outbound


class Command(BaseCommand):
    help = "After a restore: send the held messages after all, or drop them."

    def add_arguments(self, parser):
        choice = parser.add_mutually_exclusive_group(required=True)
        choice.add_argument("--send", action="store_true")
        choice.add_argument("--drop", action="store_true")

    def handle(self, **options):
        try:
            count = release_outbound(send=options["send"], by=None, at=timezone.now())
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{count} message(s) {'on their way' if options['send'] else 'dropped'}.")
