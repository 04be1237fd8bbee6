from reconciliation.actions.deciding import (
    accept_difference,
    assign_difference,
    comment_difference,
    decide_differences,
    mark_invalid,
    reopen_difference,
    resolve_difference,
)
from reconciliation.actions.drafting import begin_draft, drop_draft, keep_draft, publish_draft
from reconciliation.actions.matching import accept_and_match, match_strays
from reconciliation.actions.run_comparison import recheck_expected, run_comparison

__all__ = [
    "accept_and_match", "accept_difference", "assign_difference", "begin_draft", "comment_difference",
    "decide_differences", "drop_draft", "keep_draft", "mark_invalid", "match_strays", "publish_draft",
    "recheck_expected", "reopen_difference", "resolve_difference", "run_comparison",
]
