"""Which comparisons run in the background?"""
from datetime import timedelta

from django.utils import timezone

from kernel.jobs import MAX_STARTS, NotYet
from kernel.models import JobRun, User
from reconciliation.actions import recheck_expected, run_comparison
from reconciliation.actions.turns import AtWork, bury_dead_runs, is_at_work, times_cut_off
from reconciliation.models import Difference, Profile, Run


def run_one_comparison(progress, profile, user_id=None):
    """Compare now, or as soon as the run that is at work has ended; {"run", counts}."""
    by = User.objects.filter(pk=user_id).first() if user_id else None
    try:
        run = run_comparison(profile=Profile.objects.get(code=profile), by=by, at=timezone.now(), progress=progress,
                             job=_job_of(progress))
    except AtWork as refusal:
        raise NotYet(str(refusal)) from refusal
    return {"run": run.pk, **_said(run)}


def run_due_comparisons(progress):
    """Every active profile whose last run is older than its interval, or was cut off."""
    at, job, done = timezone.now(), _job_of(progress), {}
    bury_dead_runs(at=at)
    due = [p for p in Profile.objects.filter(is_active=True).order_by("code") if is_due(p, at)]
    for place, profile in enumerate(due):
        def said(*_step, place=place, profile=profile):
            progress(place, len(due), profile.code)

        said()
        try:
            done[profile.code] = _said(run_comparison(
                profile=profile, by=None, at=timezone.now(), progress=said, job=job))
        except Exception as error:  # one broken profile does not stop the others; its run keeps the reason
            done[profile.code] = {"error": str(error)[:300]}
    return done


def recheck_due(progress):
    """Look again at what was on its way and has had its time, in every active profile; {code: what was found}.

    So a table that is compared every few hours says within two minutes that something did not arrive.
    """
    at, job, done = timezone.now(), _job_of(progress), {}
    waiting = Difference.objects.filter(state=Difference.EXPECTED, recheck_at__lte=at, profile__is_active=True)
    profiles = Profile.objects.filter(pk__in=waiting.order_by().values("profile")).order_by("code")
    for place, profile in enumerate(one for one in profiles if times_cut_off(one) < MAX_STARTS):
        progress(place, len(profiles), profile.code)
        try:
            run = recheck_expected(profile=profile, at=timezone.now(), job=job)
        except AtWork:
            continue  # that run, or the next minute's look, does it
        except Exception as error:  # one broken profile does not stop the others; its run keeps the reason
            done[profile.code] = {"error": str(error)[:300]}
        else:
            done |= {profile.code: _said(run)} if run else {}
    return done


def _job_of(progress):
    """The job whose progress it is; a run by it is at work no longer than the job."""
    return JobRun.objects.filter(pk=getattr(progress, "job_id", None)).first()


def is_due(profile, at):
    """Is its interval over? A run that was cut off is done again at once, but not for ever."""
    runs = Run.objects.filter(profile=profile).select_related("job").order_by("-pk")
    newest, last = runs.first(), runs.filter(is_recheck=False).first()
    if last is None or is_at_work(newest, at):
        return last is None
    is_over = last.as_of + timedelta(minutes=profile.every_minutes) <= at
    return is_over or 0 < times_cut_off(profile) < MAX_STARTS


def _said(run):
    return {name: run.counts.get(name, 0) for name in ("new", "still", "reopened", "resolved", "expected", "open")}
