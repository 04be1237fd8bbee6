"""The list of orders: rows, the count after them, the same view as Excel."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kernel.errors import Refusal
from kernel.jobs import ask_for_job
from kernel.money import may_see_money
from kernel.pages import draw, staff_page
from kernel.saved_views import to_default, views_of
from orders import words
from orders.choices import choices
from orders.listing import CAP, DUE_HOURS, STAGES, count_of, page_of, read_filters
from orders.silence import silent_systems


@staff_page("orders.view_order")
def order_list(request):
    if (first := to_default(request, "orders")) is not None:
        return first
    now, filters = timezone.now(), read_filters(request.GET)
    rows, cursor = page_of(request.user, filters, now, request.GET.get("before", ""))
    return draw(
        request,
        "orders/list.html",
        page_title=_("Orders"),
        rows=rows,
        cursor=cursor,
        filters=filters,
        now=now,
        before=request.GET.get("before", ""),
        search_term=filters.q,
        shows_money=may_see_money(request.user),
        **_choices(filters),
        **views_of(request, "orders"),
    )


def _choices(filters):
    return {
        "stages": [(code, words.STAGES[code]) for code in STAGES if code in words.STAGES],
        "lates": [("late", _("late")), ("risk", _("at risk")), ("ok", _("on time"))],
        "dues": [(code, due_word(code)) for code in DUE_HOURS],
        "names": choices(),
        "has_flags": any((filters.tickets, filters.differences, filters.conflicts, filters.held, filters.provisional)),
        "flags": [
            ("tickets", _("has tickets")),
            ("differences", _("has differences")),
            ("conflicts", _("has conflicts")),
            ("held", _("on hold")),
            ("provisional", _("provisional")),
        ],
    }


def due_word(code):
    if code == "overdue":
        return _("already overdue")
    hours = DUE_HOURS[code]
    return (
        _("within %(count)s h") % {"count": hours}
        if hours < 48
        else _("within %(count)s days") % {"count": hours // 24}
    )


@staff_page("orders.view_order")
def order_count(request):
    """The capped count under the list's filters; asked for after the rows are drawn."""
    now = timezone.now()
    count = count_of(request.user, read_filters(request.GET), now)
    return render(request, "orders/count.html", {"count": count, "cap": CAP, "silent": silent_systems(now)})


@require_POST
@staff_page("orders.view_order")
def order_excel(request):
    """This view as Excel: a job, because it may be long; its file is for whoever asked."""
    now, filters = timezone.now(), read_filters(request.POST)
    key = f"export_orders:{request.user.pk}:{now:%Y%m%d%H%M%S}"
    args = {
        "user_id": request.user.pk,
        "filters": {k: v for k, v in filters.as_dict().items() if v},
        "at": now.isoformat(),
        "language": request.LANGUAGE_CODE,
    }
    try:
        job = ask_for_job(kind="export_orders", key=key, args=args, by=request.user, at=now)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("orders")
    return redirect("job", pk=job.pk)
