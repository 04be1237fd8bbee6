"""Which app tells what a ticket is about, and what may be reported by hand?

SUBJECTS: subject kind → function (ticket, person) → exceptions.subjects.Subject.
REPORTED: subject kind → function (what the person named, person) → exceptions.reporting.About, or None when the person
sees nothing of that name.
"""

SUBJECTS = {
    "order": "exceptions.late_nodes.about_late",
    "difference": "reconciliation.subjects.about_difference",
    "difference_group": "reconciliation.subjects.about_group",
}

REPORTED = {
    "order": "exceptions.reporting.about_order",
    "difference": "reconciliation.subjects.about_for_report",
}
