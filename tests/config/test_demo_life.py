"""Does a demo that lives through its days know, on each of them, only what had come by then?"""
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db.models import Max

from config import demo_days, steps
from config.demo_days import half_days, live_through_days
from config.management.commands import seed_demo
from orders.models import Event, SourceRecord
from reconciliation.models import Difference, Run

pytestmark = pytest.mark.django_db
SUNDAY = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)


@pytest.fixture
def demo(settings, tmp_path, monkeypatch):
    settings.DEMO, settings.VAR_DIR = True, tmp_path
    settings.IS_DEVELOPMENT = True
    monkeypatch.setattr(seed_demo.timezone, "now", lambda: SUNDAY)


def test_every_past_day_knows_only_what_had_come_by_then(demo, monkeypatch):
    seen, compare = [], steps.compare

    def look(at, **more):
        newest = SourceRecord.objects.aggregate(top=Max("received_at"))["top"]
        recorded = Event.objects.aggregate(top=Max("recorded_at"))["top"]
        seen.append((at, newest, recorded))
        return {}

    def compare_and_look(at, **more):
        look(at)
        return compare(at, **more)

    monkeypatch.setattr(demo_days.steps, "sweep", look)
    monkeypatch.setattr(demo_days.steps, "compare", compare_and_look)
    monkeypatch.setattr(seed_demo.Command, "_step", _but_the_cycle(seed_demo.Command._step))
    call_command("seed_demo", orders=40, seed=7)
    halves = half_days(SUNDAY, "Asia/Shanghai")
    assert sorted({at for at, *_rest in seen}) == halves
    assert {at.tzinfo for at, *_rest in seen} == {UTC}
    assert all(newest <= at and recorded <= at for at, newest, recorded in seen)
    assert all(at - newest < timedelta(hours=20) for at, newest, _recorded in seen)
    assert SourceRecord.objects.aggregate(top=Max("received_at"))["top"] > halves[-1]
    assert set(Run.objects.values_list("as_of", flat=True)) == set(halves[1::2])
    assert set(Difference.objects.values_list("state", flat=True)) >= {"open", "resolved"}


def _but_the_cycle(step):
    def do(self, title, command, quiet=False, **arguments):
        return None if command == "run_cycle" else step(self, title, command, quiet=quiet, **arguments)
    return do


def test_without_days_there_is_nothing_to_live_through():
    assert live_through_days([], feed=None) == 0
