"""What is thrown away when its time is over?"""
from datetime import timedelta

from django.utils import timezone

from kernel.models import ApiAnswer, Notice

ANSWERS = timedelta(days=7)
NOTICES = timedelta(days=180)
AT_ONCE = 500


def purge(progress):
    """Job: kept answers of REST after a week, read notices after half a year; politely, some hundred at a time."""
    now = timezone.now()
    return {
        "answers": _drop(ApiAnswer.objects.filter(created_at__lt=now - ANSWERS)),
        "notices": _drop(Notice.objects.filter(read_at__lt=now - NOTICES)),
    }


def _drop(rows):
    gone = 0
    while ids := list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        gone += rows.model.objects.filter(pk__in=ids).delete()[0]
    return gone
