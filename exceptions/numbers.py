"""Which number does the next ticket get?"""
from zoneinfo import ZoneInfo

from django.conf import settings

from exceptions.models import TicketCounter


def lock_counter(at):
    """The counter of the day `at` lies in, in the hub's zone, locked until the transaction ends."""
    day = at.astimezone(ZoneInfo(settings.HUB_TIME_ZONE)).strftime("%y%m%d")
    TicketCounter.objects.bulk_create([TicketCounter(day=day)], ignore_conflicts=True)
    return TicketCounter.objects.select_for_update().get(day=day)


def take_number(counter):
    """"T-261124-0001": the next one, without gaps."""
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"T-{counter.day}-{counter.last:04d}"
