"""Writes the declared roles as groups."""
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from kernel.errors import Refusal
from kernel.roles import sync_roles


class Command(BaseCommand):
    help = "Write the roles of config/roles.py as groups with exactly their permissions. Safe to repeat."

    def handle(self, **options):
        try:
            changed = sync_roles(by=None, at=timezone.now())
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{len(changed)} role(s) written" + (f": {', '.join(changed)}" if changed else ""))
