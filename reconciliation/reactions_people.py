"""Who takes over the differences of somebody who left?"""
from kernel.models import User
from reconciliation.actions import assign_difference
from reconciliation.models import Difference


def hand_over_differences(news):
    """news `person.deactivated`: open differences go to the named person if that person sees them, else to nobody."""
    for item in news:
        to = User.objects.filter(pk=item.data[0]).first() if item.data and item.data[0] else None
        mine = Difference.objects.filter(assignee_id=item.key, state__in=Difference.OPEN_STATES).order_by("pk")
        for row in mine:
            _hand_over(row, to, item.at)


def _hand_over(row, to, at):
    if to is not None and Difference.objects.visible_to(to).filter(pk=row.pk).exists():
        assign_difference(difference=row, to=to, by=None, at=at)
        return
    row.assignee = None
    row.state = Difference.OPEN if row.state == Difference.ASSIGNED else row.state
    row.save(update_fields=["assignee", "state"])
