from reconciliation.actions.deciding import (
    accept_difference,
    assign_difference,
    decide_differences,
    mark_invalid,
    reopen_difference,
    resolve_difference,
)
from reconciliation.actions.run_comparison import run_comparison

__all__ = [
    "accept_difference", "assign_difference", "decide_differences", "mark_invalid", "reopen_difference",
    "resolve_difference", "run_comparison",
]
