"""What must every hub know before its first order? `manage.py sync_reference`; existing rows stay as they are."""
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from desk.founding import lay_ground
from sla.seed import seed_company


class Command(BaseCommand):
    help = "Order kinds and tiers; with a company also departments, milestone plans, ticket kinds, chains, routes."

    def add_arguments(self, parser):
        parser.add_argument("--found", action="store_true", help="make a nameless company where there is none")

    def handle(self, *, found=False, **options):
        with transaction.atomic():
            if found:
                seed_company()
            new = lay_ground(at=timezone.now())
        self.stdout.write(f"reference data: {new} new rows")
