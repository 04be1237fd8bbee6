from sla.actions.clocks import (
    cancel_clock,
    meet_clock,
    move_deadline,
    pass_clock,
    pause_clock,
    relevel_clock,
    reopen_clock,
    resume_clock,
    start_clock,
)
from sla.actions.planning import ask_for_planning, plan_due_orders, plan_milestones
from sla.actions.plans import draft_plan, publish_plan, reapply_plan, withdraw_plan
from sla.actions.recounting import move_clocks, recount_clocks
from sla.actions.sweep import overdue_clocks, pass_level, sweep_clocks
from sla.actions.waits import refresh_waits

__all__ = [
    "ask_for_planning", "cancel_clock", "draft_plan", "meet_clock", "move_clocks", "move_deadline", "overdue_clocks",
    "pass_clock", "pass_level", "pause_clock", "plan_due_orders", "plan_milestones", "publish_plan", "reapply_plan",
    "recount_clocks", "refresh_waits", "relevel_clock", "reopen_clock", "resume_clock", "start_clock", "sweep_clocks",
    "withdraw_plan",
]
