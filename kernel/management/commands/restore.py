"""Replaces everything by what a backup holds."""
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from kernel.errors import Refusal
from kernel.restore import is_running, restore_backup


class Command(BaseCommand):
    help = "Replace everything by the backup FILE. Stop the hub first. Outgoing messages are held afterwards."

    def add_arguments(self, parser):
        parser.add_argument("file")
        parser.add_argument("--yes", action="store_true", help="replace what is there without asking")

    def handle(self, **options):
        at = timezone.now()
        if not connection.introspection.table_names():
            call_command("migrate", verbosity=0)  # a new database, mostly the first minute after a disaster
        if is_running(at):
            raise CommandError("A hub is at work on this database. Stop it first.")
        if not options["yes"] and input("Everything in this database is replaced. Go on? [y/N] ").lower() != "y":
            raise CommandError("Nothing was changed.")
        tell = self.stdout.write if options["verbosity"] > 1 else lambda words: None
        try:
            manifest = restore_backup(options["file"], at, tell)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(
            f"Restored {sum(table['rows'] for table in manifest['tables'])} rows of {manifest['made_at']}. Outgoing "
            "messages are held: look at them, then `manage.py release_outbound --send` or `--drop`."
        )
