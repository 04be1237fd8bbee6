"""Which pages of figures are there, for whom, in which order?"""
from django.utils.translation import gettext_lazy as _

from kernel.measures import Measure

MEASURES = (
    Measure(
        "attainment", _("Kept on time"), "figures", "sla.view_milestone", "sla.attainment.attainment",
        ("plant", "kind", "tier", "department", "node", "week"),
    ),
    Measure(
        "bottlenecks", _("Where orders wait"), "bottlenecks", "sla.view_milestone", "sla.wait_figures.bottlenecks",
        ("plant", "kind", "department", "edge"),
    ),
    Measure(
        "tickets", _("Answers to tickets"), "ticket_figures", "exceptions.view_ticket",
        "exceptions.ticket_figures.ticket_figures", ("plant", "kind", "department", "person", "week"),
    ),
)
