"""What do the apps add to /healthz and /metrics? Dotted functions (at) → Check, and (at) → figures."""

CHECKS = ["sla.health.overdue", "sla.health.lag", "integrations.health.inbox"]
FIGURES = ["orders.health.figures", "sla.health.figures", "exceptions.health.figures", "integrations.health.figures"]
