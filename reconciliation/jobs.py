"""Which comparisons run in the background?"""
from datetime import timedelta

from django.utils import timezone

from kernel.models import User
from reconciliation.actions import run_comparison
from reconciliation.models import Profile, Run


def run_one_comparison(progress, profile, user_id=None):
    """Compare now; {"run", counts}."""
    by = User.objects.filter(pk=user_id).first() if user_id else None
    run = run_comparison(profile=Profile.objects.get(code=profile), by=by, at=timezone.now(), progress=progress)
    return {"run": run.pk, **_said(run)}


def run_due_comparisons(progress):
    """Every active profile whose last run is older than its interval."""
    at, done = timezone.now(), {}
    due = [p for p in Profile.objects.filter(is_active=True).order_by("code") if is_due(p, at)]
    for place, profile in enumerate(due):
        progress(place, len(due), profile.code)
        try:
            done[profile.code] = _said(run_comparison(profile=profile, by=None, at=timezone.now()))
        except Exception as error:  # one broken profile does not stop the others; its run keeps the reason
            done[profile.code] = {"error": str(error)[:300]}
    return done


def is_due(profile, at):
    last = Run.objects.filter(profile=profile).order_by("-pk").first()
    return last is None or last.as_of + timedelta(minutes=profile.every_minutes) <= at


def _said(run):
    return {name: run.counts.get(name, 0) for name in ("new", "still", "reopened", "resolved", "expected", "open")}
