"""How do translations become ready without gettext? .po → .mo by polib, only where the .po is newer."""
from django.conf import settings
from django.core.management.base import BaseCommand

from kernel.catalogues import compile_catalogue, stale_catalogues


class Command(BaseCommand):
    help = "Compile every .po under LOCALE_PATHS to .mo (pure Python)."
    requires_system_checks = []

    def handle(self, **options):
        for root in settings.LOCALE_PATHS:
            for source in stale_catalogues(root):
                compile_catalogue(source, source.with_suffix(".mo"))
