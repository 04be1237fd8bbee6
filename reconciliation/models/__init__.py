from reconciliation.models.differences import Difference, DifferenceEntry, Observation
from reconciliation.models.keys import ComparedKey
from reconciliation.models.profiles import Profile, ProfileVersion
from reconciliation.models.runs import CauseGroup, Run

__all__ = [
    "CauseGroup", "ComparedKey", "Difference", "DifferenceEntry", "Observation", "Profile", "ProfileVersion", "Run",
]
