from sla.models.clocks import Clock, ClockFire, ClockSegment
from sla.models.milestones import Milestone, MilestoneNode, MilestonePlan, PlanRequest

__all__ = ["Clock", "ClockFire", "ClockSegment", "Milestone", "MilestoneNode", "MilestonePlan", "PlanRequest"]
