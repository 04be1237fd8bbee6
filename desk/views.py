"""Home, search: the screens that put several apps together."""

from django.conf import settings
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from desk import home as waiting
from desk.first_run import is_empty, steps
from desk.search import find_all
from kernel.pages import draw, staff_page
from kernel.roles import roles_of
from orders.choices import choices
from orders.silence import silent_systems


@staff_page()
def home(request):
    """Words first: what waits for me, what is next; then the numbers, each a link to exactly its rows."""
    now, user = timezone.now(), request.user
    todo = steps(user)
    if todo and is_empty():
        return draw(request, "desk/check_list.html", page_title=_("Set up"), steps=todo, now=now)
    tickets, tab = waiting.my_tickets(user, now)
    late, roles = waiting.late_orders(user, now), roles_of(user)
    blocks = ["desk/home/late.html", "desk/home/mine.html"]
    return draw(
        request,
        "desk/home.html",
        page_title=_("Home"),
        page_subtitle=roles[0][1] if roles else "",
        now=now,
        tiles=waiting.tiles(user, now),
        blocks=blocks if waiting.leads_with_orders(user) else blocks[::-1],
        first_late=next((row for row in late.rows if row.ticket), None),
        first_mine=waiting.opening(tickets),
        tickets=tickets,
        tab=tab,
        late=late.rows,
        late_rest=late,
        nodes_called=choices().get("node", {}) if late.rows else {},
        causes=waiting.open_causes(user),
        nodes=waiting.next_nodes(user, now),
        silent=silent_systems(now),
        ill=waiting.ill_connections(user, now),
        jobs=waiting.failed_jobs(user),
        todo=[step for step in todo if not step.done],
        demo=settings.DEMO,
    )


@staff_page()
def search(request):
    """Everything that matches, by thing; straight to the page when there is exactly one order of that number."""
    term = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    groups = find_all(term, request.user, 20) if term else []
    hits = [hit for _title, found in groups for hit in found]
    if len(hits) == 1 and hits[0].is_exact:
        return redirect(hits[0].link)
    return draw(request, "desk/search.html", page_title=_("Search"), search_term=term, groups=groups, count=len(hits))
