"""What must every hub know before its first order? `manage.py sync_reference`; existing rows stay as they are."""
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from exceptions.seed import seed_exceptions
from sla.seed import seed_company, seed_reference


class Command(BaseCommand):
    help = "Company, calendar, departments, order kinds, milestone plans, ticket kinds, chains, routes, articles."

    def handle(self, **options):
        with transaction.atomic():
            company = seed_company()
            plans = seed_reference(company=company, at=timezone.now())
            tickets = seed_exceptions()
        self.stdout.write(f"reference data: {plans + tickets} new rows")
