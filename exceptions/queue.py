"""Which tickets wait, in whose queue, in which order?"""

from dataclasses import dataclass

from django.db.models import F, Q

from exceptions.models import Ticket

PAGE = 100
TABS = ("mine", "department", "unassigned", "all", "done")


@dataclass(frozen=True)
class Asked:
    """What the address asks for, checked; blank means any."""

    tab: str = "mine"
    late: str = ""
    kind: str = ""
    order: str = ""
    q: str = ""


def read_asked(get, user):
    tab = get.get("tab", "")
    if tab not in TABS:
        tab = "mine"
    return Asked(
        tab=tab,
        late="1" if get.get("late") == "1" else "",
        kind=get.get("kind", "")[:40],
        order=get.get("order", "") if get.get("order", "").isdigit() else "",
        q=get.get("q", "").strip()[:60],
    )


def in_tab(tab, user):
    """The Q of a tab of the queue for this person."""
    opened = Q(state__in=Ticket.OPEN_STATES)
    return {
        "mine": opened & Q(assignee=user),
        "department": opened & Q(department__isnull=False) & Q(department=user.department_id),
        "unassigned": opened & Q(assignee=None),
        "all": opened,
        "done": ~opened,
    }[tab]


def tickets_for(user, asked):
    """Visible tickets of the tab under the filters, the soonest due first."""
    found = Ticket.objects.visible_to(user).filter(in_tab(asked.tab, user))
    if asked.late:
        found = found.filter(late_at__isnull=False)
    if asked.kind:
        found = found.filter(kind__code=asked.kind)
    if asked.order:
        found = found.filter(order_id=int(asked.order))
    if asked.q:
        term = asked.q.upper()
        found = found.filter(
            Q(number=term) | Q(order__number=term) | Q(title_zh__contains=asked.q) | Q(title_en__icontains=asked.q)
        )
    if asked.tab == "done":
        return found.order_by("-opened_at", "-pk")
    return found.order_by(F("due_at").asc(nulls_last=True), "pk")
