from sla.models.clocks import Clock, ClockFire, ClockSegment
from sla.models.experience import Experience
from sla.models.milestones import Milestone, MilestoneNode, MilestonePlan, PlanRequest
from sla.models.waiting import WaitCell, WaitReading

__all__ = [
    "Clock", "ClockFire", "ClockSegment", "Experience", "Milestone", "MilestoneNode", "MilestonePlan",
    "PlanRequest", "WaitCell", "WaitReading",
]
