"""Would the tests of working time notice a mistake? Each of these wrong versions must fail at least one."""

import sys
import types
from functools import lru_cache
from pathlib import Path

import pytest

from kernel import working_time
from tests.kernel import test_working_time as witnesses

pytestmark = pytest.mark.pure
SOURCE = Path(working_time.__file__).read_text(encoding="utf-8")

MUTANTS = {
    "a shift's end falls to the next opening": ("(bisect_left if span > 0 else bisect_right)", "bisect_right"),
    "warnings fall to the closing before": ("(bisect_left if span > 0 else bisect_right)", "bisect_left"),
    "closed time is counted": ("min(instant, self.ends[place]) - self", "instant - self"),
    "the end of a shift is open": (
        "return place >= 0 and instant < self.ends",
        "return place >= 0 and instant <= self.ends",
    ),
    "no coverage check": ("if not self.first <= instant <= self.last:", "if False:"),
    "no check of the result": ("if not 0 <= wanted <= self.total:", "if wanted < 0:"),
    "touching shifts are not joined": ("start <= merged[-1][1]", "start < merged[-1][1]"),
    "a longer shift inside is cut": ("max(merged[-1][1], end)", "end"),
    "make-up days keep their weekday": ("self.weekly[exception.as_weekday] if", "self.weekly[day.weekday()] if"),
    "days off are worked": (
        "if exception.kind == OFF:\n            return ()",
        "if exception.kind == OFF:\n            return self.weekly[day.weekday()]",
    ),
    "the second of two equal wall times": (
        "if early.utcoffset() >= late.utcoffset():\n        return to_us(early)",
        "if early.utcoffset() >= late.utcoffset():\n        return to_us(late)",
    ),
    "skipped wall times are read an hour late": (
        "return _change_between(to_us(late), to_us(early), zone)",
        "return to_us(early)",
    ),
    "one minute is lost at midnight": (
        "min(wall_to_us(day, end, zone), last)",
        "min(wall_to_us(day, min(end, 1439), zone), last)",
    ),
    "next opening skips the open one": (
        "if place >= 0 and instant < self.ends[place]:\n            return instant",
        "if False:\n            return instant",
    ),
    "working days count days off": ("return day in self.dates", "return True"),
}

EDGES = [
    value
    for name, value in vars(witnesses).items()
    if name.startswith("test_") and not hasattr(value, "hypothesis") and not value.__code__.co_argcount
]
ORACLE = [(witnesses.test_the_oracle_agrees_on_every_minute, name) for name in witnesses.HOURS] + [
    (witnesses.test_the_oracle_agrees_on_due_dates, name) for name in witnesses.HOURS
]
SLOW = {"test_the_properties_at_3000_examples", "test_a_question_costs_microseconds_at_any_horizon"}


def mutant(old, new):
    assert SOURCE.count(old) == 1, "the mutant must change exactly one place"
    module = types.ModuleType("mutant_of_working_time")
    sys.modules[module.__name__] = module
    exec(compile(SOURCE.replace(old, new), "mutant", "exec"), vars(module))
    return module


def survives(monkeypatch, module):
    for name in vars(witnesses):
        if hasattr(module, name) and not name.startswith(("test_", "__")):
            monkeypatch.setattr(witnesses, name, getattr(module, name))
    monkeypatch.setattr(witnesses, "compiled", lru_cache(lambda name: module.compile_hours(witnesses.HOURS[name])))
    try:
        for check in EDGES:
            if check.__name__ not in SLOW:
                check()
        for check, name in ORACLE:
            check(name)
    except (Exception, pytest.fail.Exception):
        return False
    return True


@pytest.mark.parametrize("name", MUTANTS)
def test_a_wrong_version_is_caught(monkeypatch, name):
    assert not survives(monkeypatch, mutant(*MUTANTS[name]))


def test_the_right_version_is_not(monkeypatch):
    assert survives(monkeypatch, mutant("DAY = 86_400 * SECOND", "DAY = 86_400 * SECOND"))
