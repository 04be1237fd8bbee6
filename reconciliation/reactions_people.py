"""Who takes over the differences of somebody who left, and who hears that one was given to them?"""
from exceptions.telling import tell
from kernel.models import User
from reconciliation.actions import assign_difference
from reconciliation.models import Difference
from reconciliation.rights import may_open
from reconciliation.tickets import LOADED
from reconciliation.titles import titles_of


def hand_over_differences(news):
    """news `person.deactivated`: open differences go to the named person if that person sees them, else to nobody."""
    for item in news:
        to = User.objects.filter(pk=item.data[0]).first() if item.data and item.data[0] else None
        mine = Difference.objects.filter(assignee_id=item.key, state__in=Difference.OPEN_STATES).order_by("pk")
        for row in mine:
            _hand_over(row, to, item.at)


def _hand_over(row, to, at):
    if to is not None and not to.is_machine and may_open(row, to):
        assign_difference(difference=row, to=to, by=None, at=at)
        return
    row.assignee = None
    row.state = Difference.OPEN if row.state == Difference.ASSIGNED else row.state
    row.save(update_fields=["assignee", "state"])


def tell_assignees(news):
    """difference.assigned: the new owner hears of it, once per assignment; who takes one knows."""
    for row in Difference.objects.filter(pk__in=[one.key for one in news]).select_related(*LOADED).order_by("pk"):
        told = row.entries.filter(action="assigned").order_by("-pk").first()
        if row.assignee is None or told is None or told.by_id == row.assignee_id:
            continue
        titles = titles_of(row)
        tell(
            [row.assignee], key=f"difference_assigned:{told.pk}", kind="difference.assigned",
            text_en=f"A difference is yours: {titles['title_en']}", text_zh=f"差异已分派给您：{titles['title_zh']}",
            link=f"/differences/{row.pk}/", scope_id=row.scope_id, at=news[0].at,
        )
