"""Writes everything to one file, while the hub runs."""
from django.core.management.base import BaseCommand
from django.utils import timezone

from kernel.backup import write_backup


class Command(BaseCommand):
    help = "Write a backup of everything to FILE: consistent, checksummed, safe while the hub runs, either database."

    def add_arguments(self, parser):
        parser.add_argument("file")

    def handle(self, **options):
        tell = self.stdout.write if options["verbosity"] > 1 else lambda words: None
        manifest = write_backup(options["file"], timezone.now(), tell)
        rows = sum(table["rows"] for table in manifest["tables"])
        self.stdout.write(
            f"{options['file']}: {rows} rows of {len(manifest['tables'])} tables, {len(manifest['files'])} files, "
            f"version {manifest['version']}. The keys (ORDERHUB_SECRET_KEY, ORDERHUB_FIELD_KEYS) are not in it."
        )
