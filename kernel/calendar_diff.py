"""What differs between two versions of a calendar? Pure; hours are those of kernel.calendar_versions.hours_of."""
from dataclasses import dataclass
from datetime import date, timedelta

FIELDS = ("time_zone", "weekly", "covers_from", "covers_until")
DAYS = "days"


@dataclass(frozen=True, slots=True)
class Difference:
    """`what`: one of FIELDS, or DAYS for the dates `first` to `last`, which are the same before and after.

    A day's value is [kind, as_weekday, intervals, source, provisional], None where it is as its weekday.
    """

    what: str
    before: object
    after: object
    first: date | None = None
    last: date | None = None

    @property
    def count(self):
        return (self.last - self.first).days + 1 if self.first else 1


def differences(before, after):
    """[Difference, …]: the fields, then runs of days in order."""
    found = [Difference(name, before[name], after[name]) for name in FIELDS if before[name] != after[name]]
    return found + _runs(before[DAYS], after[DAYS])


def _runs(before, after):
    runs = []
    for text in sorted(before.keys() | after.keys()):
        then, now = before.get(text), after.get(text)
        if then == now:
            continue
        day = date.fromisoformat(text)
        last = runs[-1] if runs else None
        if last and (last.before, last.after) == (then, now) and last.last + timedelta(days=1) == day:
            runs[-1] = Difference(DAYS, then, now, last.first, day)
        else:
            runs.append(Difference(DAYS, then, now, day, day))
    return runs
