"""Which number does the next ticket get?"""
from zoneinfo import ZoneInfo

from django.conf import settings

from exceptions.models import TicketCounter


def next_number(at):
    """"T-261124-0001", counted by day in the hub's zone. Locks the day's counter until the transaction ends."""
    day = at.astimezone(ZoneInfo(settings.HUB_TIME_ZONE)).strftime("%y%m%d")
    TicketCounter.objects.bulk_create([TicketCounter(day=day)], ignore_conflicts=True)
    counter = TicketCounter.objects.select_for_update().get(day=day)
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"T-{day}-{counter.last:04d}"
