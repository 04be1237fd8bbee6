from reconciliation.models.decisions import DecisionFile, DecisionRow
from reconciliation.models.differences import Basis, Difference, DifferenceEntry, Observation
from reconciliation.models.keys import ComparedKey
from reconciliation.models.profiles import Profile, ProfileDraft, ProfileVersion
from reconciliation.models.runs import CauseGroup, Run

__all__ = [
    "Basis", "CauseGroup", "ComparedKey", "DecisionFile", "DecisionRow", "Difference", "DifferenceEntry", "Observation",
    "Profile", "ProfileDraft", "ProfileVersion", "Run",
]
