"""Of which working calendars is next year not known, now that it should be?"""

from datetime import date

from django.db.models import Exists, OuterRef, Q

from kernel.models import CalendarDay, WorkCalendar

NOTICE_MONTH = 11  # the State Council says in October or November how the next year is


def without_next_year(user, today):
    """From November on: calendars that end with this year, or that have days off and none announced of the next."""
    calendars = WorkCalendar.objects.visible_to(user)
    if today.month < NOTICE_MONTH:
        return calendars.none()
    days = CalendarDay.objects.filter(calendar=OuterRef("pk"))
    announced = days.filter(date__year=today.year + 1, provisional=False)
    is_silent = Q(Exists(days)) & ~Q(Exists(announced))
    return calendars.filter(Q(covers_until__lt=date(today.year + 1, 12, 31)) | is_silent)
