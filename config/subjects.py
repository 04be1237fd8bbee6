"""Which app tells what a ticket is about? Subject kind → function (ticket, person) → exceptions.subjects.Subject."""

SUBJECTS = {
    "order": "exceptions.late_nodes.about_late",
    "difference": "reconciliation.subjects.about_difference",
    "difference_group": "reconciliation.subjects.about_group",
}
