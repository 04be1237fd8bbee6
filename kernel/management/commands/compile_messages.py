"""How do translations become ready without gettext? .po → .mo by polib, only where the .po is newer."""
from pathlib import Path

import polib
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Compile every .po under LOCALE_PATHS to .mo (pure Python)."
    requires_system_checks = []

    def handle(self, **options):
        for root in settings.LOCALE_PATHS:
            for source in Path(root).rglob("*.po"):
                target = source.with_suffix(".mo")
                if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
                    polib.pofile(str(source)).save_as_mofile(str(target))
