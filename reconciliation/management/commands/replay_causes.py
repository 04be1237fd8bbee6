"""Reach stored verdicts again from what they rest on, each by its rule in the version of then."""
from collections import Counter

from django.core.management.base import BaseCommand, CommandError

from reconciliation.models import Observation, Run
from reconciliation.replay import CHANGED, LOST, SAME, WITHOUT, WORDED
from reconciliation.replaying import replayed_of

SHOWN = 20
SAID = {
    SAME: "identical", WORDED: "identical but for their words", CHANGED: "changed",
    LOST: "of a rule whose version is not kept", WITHOUT: "stored without what they rest on",
}


class Command(BaseCommand):
    help = "Reach stored verdicts again from what they rest on. Exit code 1 when one comes out otherwise."

    def add_arguments(self, parser):
        parser.add_argument("--run", type=int, help="the verdicts of this run (default: of each comparison's last one)")
        parser.add_argument("--difference", type=int, help="the verdicts on this difference, of every run that is kept")

    def handle(self, *args, run=None, difference=None, **options):
        counts, shown = Counter(), 0
        for one, told in replayed_of(self._asked(run, difference)):
            counts[told.outcome] += 1
            if told.outcome in (CHANGED, LOST) and shown < SHOWN:
                shown += 1
                self.stdout.write(f"{SAID[told.outcome]}: difference {one.difference_id} ({one.difference.key}), "
                                  f"run {one.run_id}, {told.rule or self._moved(one, told)}")
        said = [f"{counts[outcome]:,} {name}" for outcome, name in SAID.items() if counts[outcome]]
        self.stdout.write(f"{counts.total():,} verdicts: " + (", ".join(said) or "none") + ".")
        if counts[CHANGED] or counts[LOST]:
            raise SystemExit(1)

    def _asked(self, run, difference):
        if run and not Run.objects.filter(pk=run).exists():
            raise CommandError(f"There is no run {run}.")
        found = Observation.objects.all()
        if difference:
            found = found.filter(difference_id=difference)
            if not found.exists():
                raise CommandError(f"There is no difference {difference}.")
        if run:
            return found.filter(run_id=run)
        return found if difference else found.filter(run__in=_last_runs())

    def _moved(self, one, told):
        """Which rules' verdicts came out otherwise."""
        pairs = zip(one.causes, told.causes, strict=False)
        return ", ".join(f"{was['rule']} v{was['version']}" for was, now in pairs if was != now) or "their order"


def _last_runs():
    done = Run.objects.filter(state=Run.DONE, is_recheck=False).order_by("profile_id", "-pk")
    return list(dict(reversed(list(done.values_list("profile_id", "pk")))).values())
