"""What may a customer look up? Own orders: what was promised, what is expected, where it is. Nothing else."""

from dataclasses import dataclass
from datetime import datetime
from functools import wraps

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from kernel.access import is_customer
from kernel.moments import short
from orders.listing import in_range, read_cursor, write_cursor
from orders.models import Order, SearchTerm
from orders.order_facts import customers_facts, zone_of
from orders.sentence import compose_for_page
from sla.models import Milestone

PAGE = 30
# What a customer sees of the path: from the promise to the door.
PLACES = {
    "ordered": gettext_lazy("Ordered"),
    "production_finished": gettext_lazy("Manufactured"),
    "shipped": gettext_lazy("Shipped"),
    "in_transit": gettext_lazy("On the way"),
    "delivered": gettext_lazy("Delivered"),
}
STRICT = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF],
    "font-src": [SELF],
    "connect-src": [SELF],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
    "base-uri": [NONE],
}


def portal_page(view):
    @csp_replace(STRICT)
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not is_customer(request.user):
            if request.user.is_staff:
                return redirect("home")
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@portal_page
def portal(request):
    now, term = timezone.now(), request.GET.get("q", "").replace("\x00", "").strip().upper()[:60]
    found = Order.objects.visible_to(request.user).select_related("customer", "plant")
    if len(term) >= 3:
        found = found.filter(pk__in=SearchTerm.objects.filter(in_range("term", term)).values("order_id"))
    elif term:
        found = found.filter(number=term)
    rows, more = open_first(found, request.GET.get("before", ""))
    for row in rows:
        row.sentence, row.against_promise = sentence_for(row, now)
    context = {"orders": rows, "more": more, "term": term, "title": _("Your orders"), "now": now}
    return render(request, "desk/portal/orders.html", context)


def open_first(found, before):
    """(rows, cursor or ""): what is under way, newest first, then what is over; two reads of one index."""
    state, _dot, text = before.partition(".")
    cursor, rows = read_cursor(text), []
    for is_open in (1, 0):
        if cursor and state == "done" and is_open:
            continue
        part = found.filter(is_open=is_open)
        if cursor and (state == "done") != is_open:
            part = part.filter(created_at__lte=cursor[0]).exclude(created_at=cursor[0], pk__gte=cursor[1])
        rows += part.order_by("-created_at", "-pk")[: PAGE + 1 - len(rows)]
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    said = last and f"{'open' if last.is_open else 'done'}.{write_cursor(last.created_at, last.pk)}"
    return rows[:PAGE], said or ""


def sentence_for(order, now):
    """The order's sentence, cut to what a customer may read, and whether the promise is late or at risk."""
    facts = customers_facts(order, now)
    return compose_for_page(facts, short(get_language())), facts.lateness


@dataclass(frozen=True)
class Step:
    """A place on the order's way: when it was there, or when it is expected there; neither when nobody knows."""

    place: str
    is_done: bool
    done_at: datetime | None
    expected_at: datetime | None
    is_delivery: bool = False  # told to the minute, everything before it by its day


def expected_day(order, now):
    """When delivery is expected, as the sentence says it: not of an order that is on hold or over."""
    return order.expected_at(now) if order.is_open and not order.is_held else None


def steps_of(order, user, expected_at, now):
    """The Steps. Our own plan is none of the customer's, and what is on its way is expected as the sentence says."""
    nodes = Milestone.objects.visible_to(user).filter(order=order, node__fact__in=PLACES)
    nodes = nodes.exclude(state=Milestone.CANCELLED).select_related("node").order_by("sequence")
    found = []
    for one in nodes:
        ahead = expected_at and one.forecast_at and now <= one.forecast_at <= expected_at
        expected = expected_at if one.node.fact == "delivered" else one.forecast_at if ahead else None
        is_done = bool(one.actual_at) or one.state == Milestone.SKIPPED
        expected = None if is_done else expected
        found.append(Step(PLACES[one.node.fact], is_done, one.actual_at, expected, one.node.fact == "delivered"))
    return found


@portal_page
def portal_order(request, number):
    found = Order.objects.visible_to(request.user).select_related("customer", "plant")
    order, now = get_object_or_404(found, number=number), timezone.now()
    expected_at = expected_day(order, now)
    lines = order.lines.filter(withdrawn_at=None).select_related("material").order_by("number")
    context = {
        "order": order,
        "steps": steps_of(order, request.user, expected_at, now),
        "expected_at": expected_at,
        "lines": lines,
        "sentence": sentence_for(order, now)[0],
        "now": now,
        "title": order.number,
    }
    with timezone.override(zone_of(order)):
        return render(request, "desk/portal/order.html", context)
