from sla.actions.clocks import (
    cancel_clock,
    meet_clock,
    move_deadline,
    pause_clock,
    reopen_clock,
    resume_clock,
    start_clock,
)
from sla.actions.sweep import overdue_clocks, pass_level, sweep_clocks

__all__ = [
    "cancel_clock", "meet_clock", "move_deadline", "pause_clock", "reopen_clock", "resume_clock", "start_clock",
    "overdue_clocks", "pass_level", "sweep_clocks",
]
