"""What do comparisons add to an order's page?"""

from django.utils.translation import gettext as _

from kernel.money import MONEY, may_see_money
from kernel.panels import Panel
from reconciliation.models import Difference, Observation


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
