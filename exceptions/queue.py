"""Which tickets wait, in whose queue, in which order?"""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.db.models import Q
from django.utils import timezone

from exceptions.due import next_due, overdue, tell_due
from exceptions.models import Ticket
from kernel.pages import whole
from orders.listing import of_order
from sla.working_left import tell_work_left

PAGE = 100
PAGES = 100  # deeper than that nobody reads; a filter does
DUE_HOURS = {"8h": 8, "24h": 24, "3d": 72}
TABS = ("mine", "department", "unassigned", "all", "done")


@dataclass(frozen=True)
class Asked:
    """What the address asks for, checked; blank means any."""

    tab: str = "mine"
    late: str = ""
    due: str = ""  # a key of DUE_HOURS
    kind: str = ""
    order: str = ""
    q: str = ""
    page: int = 1

    @property
    def query(self):
        """The address of this view, without its page."""
        names = ("tab", "late", "due", "kind", "order", "q")
        given = {name: getattr(self, name) for name in names}
        return urlencode({name: value for name, value in given.items() if value})


def read_asked(get, user):
    tab, page = get.get("tab", ""), get.get("page", "")[:4]
    if tab not in TABS:
        tab = "mine"
    return Asked(
        tab=tab,
        late="1" if get.get("late") == "1" else "",
        due=get.get("due", "") if get.get("due") in DUE_HOURS else "",
        kind=get.get("kind", "")[:40],
        order=get.get("order", "").replace("\x00", "").strip()[:60],
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


def tickets_for(user, asked, now=None):
    """Visible tickets of the tab under the filters, the soonest due first; `now` is what due is measured against."""
    found = Ticket.objects.visible_to(user).filter(in_tab(asked.tab, user))
    if asked.late:
        found = found.filter(overdue())
    if asked.due:
        found = _due(found, asked.due, now or timezone.now())
    if asked.kind:
        found = found.filter(kind__code=asked.kind)
    if asked.order:
        found = found.filter(of_order(asked.order))
    if asked.q:
        term = asked.q.upper()
        found = found.filter(
            Q(number=term) | Q(order__number=term) | Q(title_zh__contains=asked.q) | Q(title_en__icontains=asked.q)
        )
    if asked.tab == "done":
        return found.order_by("-opened_at", "-pk")
    return found.order_by(next_due().asc(nulls_last=True), "pk")


def with_work_left(tickets, now):
    """The tickets as a list, each with what is due next (exceptions.due) and the words of the `work_left` until then.

    Load their response and resolution clocks.
    """
    tickets = list(tickets)
    tell_due(tickets)
    tell_work_left(tickets, now, due=_running_until, calendar=_calendar_of)
    return tickets


def _running_until(ticket):
    runs = ticket.is_open and ticket.state != Ticket.WAITING
    return ticket.next_due_at if runs and ticket.resolution_clock else None


def _calendar_of(ticket):
    return ticket.resolution_clock.calendar_id if ticket.resolution_clock else None


def _due(found, due, now):
    """What comes due while its clock runs; a ticket that is overdue already is counted as that."""
    until = now + timedelta(hours=DUE_HOURS[due])
    found = found.alias(next_due=next_due()).filter(next_due__gte=now, next_due__lte=until)
    return found.filter(~overdue()).exclude(state=Ticket.WAITING)
