from sla.models.clocks import Clock, ClockFire, ClockSegment
from sla.models.milestones import Milestone, MilestoneNode, MilestonePlan

__all__ = ["Clock", "ClockFire", "ClockSegment", "Milestone", "MilestoneNode", "MilestonePlan"]
