"""Which tickets wait, in whose queue, in which order?"""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import F, Q

from exceptions.models import Ticket
from kernel.pages import whole

PAGE = 100
PAGES = 100  # deeper than that nobody reads; a filter does
TABS = ("mine", "department", "unassigned", "all", "done")


@dataclass(frozen=True)
class Asked:
    """What the address asks for, checked; blank means any."""

    tab: str = "mine"
    late: str = ""
    kind: str = ""
    order: str = ""
    q: str = ""
    page: int = 1

    @property
    def query(self):
        """The address of this view, without its page."""
        given = {"tab": self.tab, "late": self.late, "kind": self.kind, "order": self.order, "q": self.q}
        return urlencode({name: value for name, value in given.items() if value})


def read_asked(get, user):
    tab, page = get.get("tab", ""), get.get("page", "")[:4]
    if tab not in TABS:
        tab = "mine"
    return Asked(
        tab=tab,
        late="1" if get.get("late") == "1" else "",
        kind=get.get("kind", "")[:40],
        order=str(whole(get.get("order", "")) or ""),
        q=get.get("q", "").strip()[:60],
        page=min(whole(page), PAGES) or 1,
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
