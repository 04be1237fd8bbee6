"""Do the rows of django-q2's scheduler say what config/schedule.py says?"""
from django.core.management.base import BaseCommand
from django.utils import timezone
from django_q.models import Schedule

from config.schedule import JOBS

CANARY = "canary"


class Command(BaseCommand):
    help = "Write config/schedule.py into django-q2's schedule table: create, correct, remove."

    def handle(self, **options):
        wanted = {CANARY: ("kernel.heartbeats.beat_worker", None, 1)}
        for job in JOBS:
            if job.every_minutes:
                wanted[job.kind] = ("kernel.jobs.ask_for_scheduled", f"'{job.kind}'", job.every_minutes)
        Schedule.objects.exclude(name__in=wanted).delete()
        for name, (func, args, minutes) in wanted.items():
            Schedule.objects.update_or_create(
                name=name,
                defaults={
                    "func": func, "args": args, "schedule_type": Schedule.MINUTES, "minutes": minutes, "repeats": -1,
                },
                create_defaults={
                    "func": func, "args": args, "schedule_type": Schedule.MINUTES, "minutes": minutes,
                    "repeats": -1, "next_run": timezone.now(),
                },
            )
