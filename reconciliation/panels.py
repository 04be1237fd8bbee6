"""What do comparisons add to an order's page?"""

from django.utils.translation import gettext as _

from kernel.money import MONEY, may_see_money
from kernel.panels import Panel
from reconciliation.models import Difference, Observation
from reconciliation.tickets import DIFFERENCE, GROUP, rows_of_ticket

SHOWN = 8


def seen_by(user):
    """Visible differences, without those of money for who may not see amounts."""
    found = Difference.objects.visible_to(user)
    return found if may_see_money(user) else found.exclude(field__in=MONEY)


def differences_of(run, user):
    """What this person may see of what a run has seen."""
    return seen_by(user).filter(pk__in=Observation.objects.filter(run=run).values("difference_id"))


def order_differences(order, user):
    if not user.has_perm("reconciliation.view_difference"):
        return None
    found = list(seen_by(user).filter(order=order).select_related("profile").order_by("-id")[:30])
    found.sort(key=lambda one: one.state not in Difference.OPEN_STATES)
    opened = sum(one.state in Difference.OPEN_STATES for one in found)
    context = {"differences": found}
    return Panel(
        _("Differences"), "reconciliation/panel.html", context, anchor="differences", count=opened, width="half"
    )


def ticket_differences(ticket, user):
    """The differences a ticket is about, those first that still need somebody."""
    if ticket.subject_kind not in (DIFFERENCE, GROUP) or not user.has_perm("reconciliation.view_difference"):
        return None
    visible = seen_by(user) & rows_of_ticket(ticket)
    counts = {
        state: n for state in dict(Difference.STATES) if (n := visible.filter(state=state)[:10_000].count())
    }
    rows, names = visible.select_related("profile", "order").order_by("-pk"), dict(Difference.STATES)
    working = list(rows.filter(state__in=Difference.WORKING)[:SHOWN])
    rest = rows.exclude(state__in=Difference.WORKING)
    context = {
        "differences": [*working, *rest[: SHOWN - len(working)]],
        "counts": [(names[state], n) for state, n in counts.items()] if ticket.subject_kind == GROUP else [],
        "more": ticket.subject_key if ticket.subject_kind == GROUP and sum(counts.values()) > SHOWN else "",
        "profile": ticket.evidence.get("profile", ""),
    }
    title = _("Differences of this cause") if ticket.subject_kind == GROUP else _("The difference")
    return Panel(title, "reconciliation/ticket_panel.html", context, anchor="differences", count=len(working))
