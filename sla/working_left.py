"""How much working time is left until something is due, where the bare time until then would mislead?"""
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kernel.moments import say_hours, short
from sla.calendars import work_times

NEAR_S = 3 * 24 * 3600  # beyond three days people plan by dates


def tell_work_left(rows, now, *, due, calendar, works=None):
    """Put `work_left` on each row: words such as "1 h 40 min of working time", "" where they would add nothing.

    `due` and `calendar` are functions of a row: when it is due (None: its time does not run), and the id of the
    calendar that counts (None: every second does). They add nothing when the due instant has passed or is days away,
    and when all of the time until then is working time. `works`: the WorkTimes, where they are loaded already.
    """
    rows = list(rows)
    works, language = works or work_times({calendar(row) for row in rows}), short(get_language())
    for row in rows:
        row.work_left = _said(due(row), now, works[calendar(row)], language)


def _said(due_at, now, work, language):
    if due_at is None or due_at <= now:
        return ""
    until, left = (due_at - now).total_seconds(), work.between(now, due_at)
    if until > NEAR_S or until - left < 60:
        return ""
    if left <= 0:
        return _("no working time")
    return _("%(time)s of working time") % {"time": say_hours(left, language)}
