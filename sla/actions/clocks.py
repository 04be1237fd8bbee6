"""Starting, pausing, resuming, meeting, cancelling, moving and reopening one clock."""
from kernel.news import action
from sla import clocks
from sla.calendars import work_time
from sla.models import Clock, ClockSegment

AS_BEFORE = object()


@action
def start_clock(*, kind, label, at, budget_s=0, due_at=None, calendar=None, levels=(), scope=None, by=None):
    """Set a clock going. `budget` counts `budget_s` working seconds from `at`; `deadline` ends at `due_at`.

    `levels`: [(number, offset in working seconds from due), …]; level 0, the due instant, is always there.
    """
    clock = Clock(
        kind=kind, label=label[:160], budget_s=budget_s, calendar=calendar, scope=scope, levels=list(levels)
    )
    clocks.start(clock, at, work_time(calendar), due_at)
    clock.save(force_insert=True)
    return clock


@action
def pause_clock(*, clock, reason, at, by=None):
    """Stop a budget's time from running; a deadline goes on and only notes who is waited for."""
    return _change(clock, clocks.PAUSE, at, reason=reason)


@action
def resume_clock(*, clock, at, by=None):
    return _change(clock, clocks.RESUME, at)


@action
def meet_clock(*, clock, at, by=None):
    return _change(clock, clocks.MEET, at)


@action
def cancel_clock(*, clock, at, by=None):
    return _change(clock, clocks.CANCEL, at)


@action
def reopen_clock(*, clock, at, used=clocks.CONTINUE, calendar=AS_BEFORE, by=None):
    """Start a new cycle; `used` "restart" gives the whole budget again. `calendar`: what counts by now (None: all)."""
    if calendar is not AS_BEFORE:
        Clock.objects.filter(pk=clock.pk, state__in=(Clock.MET, Clock.CANCELLED)).update(calendar=calendar)
    return _change(clock, clocks.REOPEN, at, used=used)


@action
def pass_clock(*, clock, calendar, at, by=None):
    """Somebody else must act from now on, by the hours of `calendar` (None: every second); what was used stays used."""
    clock, before = _locked(clock, at)
    if clock.state in (Clock.MET, Clock.CANCELLED):
        return clock
    ended = clocks.pass_on(clock, at, before, work_time(calendar))
    clock.calendar = calendar
    clock.save()
    ClockSegment.objects.bulk_create(ended)
    return clock


@action
def move_deadline(*, clock, due_at, at, by=None):
    """The promise changed. The only way a deadline moves."""
    clock, work = _locked(clock, at)
    clocks.move(clock, at, work, due_at)
    clock.save()
    return clock


@action
def relevel_clock(*, clock, levels, at, by=None):
    """Give an open clock other levels from now on; what has fired in its cycle does not fire again."""
    clock, work = _locked(clock, at)
    fired = set(clock.fires.filter(cycle=clock.cycle).values_list("level", flat=True))
    clocks.relevel(clock, at, work, levels, fired)
    clock.save()
    return clock


def _locked(clock, at):
    """The row as it is now, locked, and its WorkTime: whoever holds an older copy does not decide.

    A clock whose calendar has just changed is counted by it first.
    """
    clock = Clock.objects.select_for_update(of=("self",)).get(pk=clock.pk)
    work = work_time(clock.calendar)
    if clock.calendar_version != work.version:
        clocks.recount(clock, at, work)
    return clock, work


def _change(clock, event, at, **more):
    clock, work = _locked(clock, at)
    ended = clocks.apply(clock, event, at, work, **more)
    clock.save()
    ClockSegment.objects.bulk_create(ended)
    return clock
