from reconciliation.models.differences import Difference, DifferenceEntry, Observation
from reconciliation.models.profiles import Profile, ProfileVersion
from reconciliation.models.runs import CauseGroup, Run

__all__ = ["CauseGroup", "Difference", "DifferenceEntry", "Observation", "Profile", "ProfileVersion", "Run"]
