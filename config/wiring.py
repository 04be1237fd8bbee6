"""Who reacts to which news? News kind → reactions, called once per transaction with the list of news."""

REACTIONS = {
    "person.deactivated": [
        "exceptions.reactions_people.hand_over_tickets", "reconciliation.reactions_people.hand_over_differences",
    ],
    "order.shared": ["exceptions.reactions_people.tell_of_share"],
    "orders.changed": ["sla.reactions.ask_for_plans"],
    "order.decided": ["sla.reactions.plan_at_once", "exceptions.reactions.rest_at_once"],
    "clock.fired": [
        "sla.reactions.mark_milestones", "exceptions.nodes_due.warn_departments",
        "exceptions.reactions.open_late_tickets", "exceptions.reactions.escalate_tickets",
    ],
    "calendar.changed": ["sla.reactions.count_anew"],
    "hours.taken": ["exceptions.reactions.follow_hours"],
    "clocks.moved": ["sla.reactions.plan_moved", "exceptions.reactions.follow_clocks"],
    "ticket.opened": ["exceptions.reactions.count_on_orders"],
    "ticket.changed": ["exceptions.reactions.count_on_orders"],
    "ticket.noted": ["exceptions.watching.tell_watchers"],
    "ticket.assigned": ["exceptions.reactions.tell_assignees"],
    "job.dead": ["exceptions.reactions.open_job_tickets"],
    "outbox.dead": ["exceptions.reactions.open_dead_letter_tickets"],
    "row.parked": ["integrations.reactions.open_parked_tickets"],
    "difference.opened": [
        "reconciliation.reactions.open_difference_tickets", "reconciliation.reactions.count_on_orders",
    ],
    "difference.resolved": [
        "reconciliation.reactions.close_difference_tickets", "reconciliation.reactions.count_on_orders",
    ],
    "difference.expected": [
        "reconciliation.reactions.close_difference_tickets", "reconciliation.reactions.count_on_orders",
    ],
    "difference.assigned": ["reconciliation.reactions_people.tell_assignees"],
    "difference.changed": [
        "reconciliation.reactions.close_difference_tickets", "reconciliation.reactions.count_on_orders",
    ],
}
