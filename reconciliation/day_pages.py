"""The calendar of daily tables: green where the systems agreed at the end of a day, red where something was open."""

from collections import Counter
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kernel.moments import say_date, short
from kernel.pages import draw, staff_page
from kernel.week_field import DAYS
from reconciliation.days import AGREES, cells_of, last_days
from reconciliation.models import Profile
from reconciliation.seen import sees_everything

SHOWN = 14
EARLIEST = date(2000, 1, 1)


@staff_page("reconciliation.view_run")
def calendar(request):
    """Each table of connected systems in a row, a column a day; rows of one owner stand together."""
    now, language = timezone.now(), short(get_language())
    today = timezone.localdate(now)
    until = _asked(request.GET.get("until", ""), today)
    days = last_days(until, SHOWN)
    profiles = list(Profile.objects.visible_to(request.user).filter(
        is_active=True, of_files=False).select_related("department").order_by("department__pk", "code"))
    cells = cells_of(profiles, request.user, timezone.get_current_timezone(), days)
    for profile in profiles:
        profile.cells = cells[profile.pk]
    shown = profiles
    if request.GET.get("only") == "red":
        shown = [one for one in profiles if one.cells[-1].state not in (AGREES, "none")]
    return draw(
        request, "reconciliation/calendar.html", page_title=_("Calendar of comparisons"),
        page_parent=("/runs/", _("Comparisons")), now=now, tables=len(profiles), owners=_by_owner(shown),
        days=[(one, say_date(one, today.year, language), str(DAYS[one.weekday()])[:3]) for one in days],
        counts=Counter(one.cells[-1].state for one in profiles), is_today=until == today, until=until,
        said_day=say_date(until, today.year, language), only=request.GET.get("only", ""),
        earlier=days[0] - timedelta(days=1), later=_later(until, today),
        is_whole=sees_everything(request.user))


def _asked(text, today):
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return min(max(day, EARLIEST), today)


def _later(until, today):
    return min(until + timedelta(days=SHOWN), today) if until < today else None


def _by_owner(profiles):
    """[(department or None, its profiles)] in the order of the list."""
    found = []
    for one in profiles:
        if not found or found[-1][0] != one.department:
            found.append((one.department, []))
        found[-1][1].append(one)
    return found
