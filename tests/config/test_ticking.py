"""Does the ticker notice a clock that jumps, and go on when one of its steps fails?"""
import time

import pytest

from config.management.commands import tick
from config.ticking import SETTLE_S, Beat, TimeGuard

pytestmark = pytest.mark.pure


def test_f13_a_jump_forward_holds_the_clocks_until_time_has_kept_step():
    guard = TimeGuard()
    assert guard.look(1000, 0) and guard.look(1001, 1)
    assert not guard.look(1001 + 7200, 2), "two hours in a second"
    assert not guard.look(8202, 3) and guard.jump_s == pytest.approx(7199)
    assert guard.look(8201 + SETTLE_S + 1, 2 + SETTLE_S + 1)


def test_f13_a_clock_corrected_back_goes_on_at_once():
    guard = TimeGuard()
    guard.look(1000, 0)
    assert not guard.look(1_000_000, 1)
    assert guard.look(1002, 2), "it was a mistake, and it has been corrected"


def test_f13_small_corrections_and_ten_minutes_back_hold_nothing():
    guard = TimeGuard()
    guard.look(1000, 0)
    assert guard.look(1060, 1) and guard.look(460, 2)


def test_a_failing_step_comes_back_more_slowly_and_recovers():
    one = Beat("x", None, 1)
    waits = []
    for _ in range(8):
        one.failed(100.0)
        waits.append(one.next_at - 100)
    assert waits[:3] == [2, 4, 8] and max(waits) <= 60
    one.done(200.0, {})
    assert one.next_at == 201 and one.failures == 0


def test_one_broken_step_does_not_stop_the_others(monkeypatch):
    ran = []

    def broken(at):
        raise ValueError("no")

    command = tick.Command()
    command.stopping, command.guard = False, TimeGuard()
    command.beats = [Beat("bad", broken, 1), Beat("good", lambda at: ran.append(at) or {}, 1)]
    monkeypatch.setattr(command, "_heartbeat", lambda may_fire: None)
    monkeypatch.setattr(command, "_reconnect", lambda: None)
    command._pass()
    assert len(ran) == 1 and command.beats[0].failures == 1


def test_a_step_that_takes_a_while_keeps_step_with_the_loop():
    """It is due a second after it began, not after it ended, so the pass that comes then does not miss it."""
    command, one = tick.Command(), Beat("slow", lambda at: time.sleep(0.15), 1)
    began = time.monotonic()
    command._run(one)
    assert 1 <= one.next_at - began < 1.1
