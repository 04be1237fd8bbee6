"""How did each daily table end each day: do its systems agree, or how much is open?"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Max
from django.db.models.functions import TruncDate

from reconciliation.models import Run
from reconciliation.seen import counts_seen

AGREES, DIFFERS, FAILED, NONE = "agrees", "differs", "failed", "none"


@dataclass(frozen=True)
class Cell:
    """One table on one day: how its last comparison of that day ended, and how many differences were open then."""

    day: date
    state: str = NONE
    count: int = 0
    run: int = 0


def last_days(until, count):
    """The `count` dates up to and with `until`, oldest first."""
    return [until - timedelta(days=back) for back in reversed(range(count))]


def cells_of(profiles, user, zone, days):
    """{profile id: [Cell of each of `days`]}; counted is what this person may see, days are those of `zone`."""
    begin, end = (datetime.combine(one, time(), zone) for one in (days[0], days[-1] + timedelta(days=1)))
    # What a second look found is counted on the next run of the schedule: until then its page does not show it.
    found = Run.objects.visible_to(user).filter(
        is_recheck=False, profile__in=profiles, state__in=(Run.DONE, Run.FAILED), as_of__gte=begin, as_of__lt=end)
    last = found.annotate(day=TruncDate("as_of", tzinfo=zone)).order_by().values("profile_id", "day").annotate(
        last=Max("pk"))
    places = {(one["profile_id"], one["day"]): one["last"] for one in last}
    runs = Run.objects.only("state", "counts").in_bulk(places.values())
    return {profile.pk: [_cell(day, runs.get(places.get((profile.pk, day))), user) for day in days]
            for profile in profiles}


def _cell(day, run, user):
    if run is None:
        return Cell(day)
    if run.state == Run.FAILED:
        return Cell(day, FAILED, run=run.pk)
    count = counts_seen(run, user).get("open", 0)
    return Cell(day, DIFFERS if count else AGREES, count, run.pk)
