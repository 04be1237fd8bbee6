"""Which app tells what a ticket is about? Subject kind → function (ticket, person) → exceptions.subjects.Subject."""

SUBJECTS = {
    "difference": "reconciliation.subjects.about_difference",
    "difference_group": "reconciliation.subjects.about_group",
}
