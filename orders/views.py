"""The list of orders, and the page of one."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from kernel.errors import Refusal
from kernel.jobs import ask_for_job
from kernel.models import User
from kernel.money import is_money, may_see_money, without_money
from kernel.pages import answer, draw, require, staff_page
from kernel.panels import panels_of
from kernel.templatetags.hub import capped
from orders import actions, says, words
from orders.choices import choices
from orders.listing import CAP, DUE_HOURS, STAGES, count_of, page_of, read_filters
from orders.models import Event, Order, SourceSystem
from orders.order_facts import sentence_of, zone_of

EVENTS = 30
# Verb → (permission, name of the action). A button stands only where both are there.
DECISIONS = {
    "hold": ("orders.hold_order", "hold_order"),
    "release": ("orders.hold_order", "release_order"),
    "expedite": ("orders.expedite_order", "expedite_order"),
    "share": ("orders.hold_order", "share_order"),
}
DONE = {
    "hold": gettext_lazy("The order is on hold."),
    "release": gettext_lazy("The order is released."),
    "expedite": gettext_lazy("The order is expedited."),
    "share": gettext_lazy("The order is shared."),
}


@staff_page("orders.view_order")
def order_list(request):
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
    )


def _choices(filters):
    return {
        "stages": [(code, words.STAGES[code]) for code in STAGES if code in words.STAGES],
        "lates": [("late", _("late")), ("risk", _("at risk")), ("ok", _("on time"))],
        "dues": [(code, due_word(code)) for code in DUE_HOURS],
        "names": choices(),
        "has_flags": any((filters.tickets, filters.differences, filters.conflicts, filters.held)),
        "flags": [
            ("tickets", _("has tickets")),
            ("differences", _("has differences")),
            ("conflicts", _("has conflicts")),
            ("held", _("on hold")),
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
    count = count_of(request.user, read_filters(request.GET), timezone.now())
    return HttpResponse(_("%(count)s orders") % {"count": capped(count, CAP)})


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


def find_order(user, name):
    """A visible order by number, newest first, or by #id; 404 otherwise, whether it is hidden or not there."""
    visible = Order.objects.visible_to(user).select_related("kind", "customer", "plant", "scope", "company")
    if name.isdigit() and len(name) < 18:
        by_id = visible.filter(pk=int(name)).first()
        found = visible.filter(number=name).order_by("-created_at").first() or by_id
    else:
        found = (
            visible.filter(number=name.upper()).order_by("-created_at").first()
            or visible.filter(number=name).order_by("-created_at").first()
        )
    if found is None:
        raise Http404
    return found


@staff_page("orders.view_order")
def order_page(request, name):
    order, now = find_order(request.user, name), timezone.now()
    with timezone.override(zone_of(order)):
        panels = panels_of("order", order, request.user)
        records = _records(order, request.user)
        systems, table = says.compare(records)
        events, more = _events(order, request.user)
        return draw(
            request,
            "orders/order.html",
            page_title=order.number,
            page_parent=("/orders/", _("Orders")),
            page_subtitle=_subtitle(order),
            order=order,
            sentence=sentence_of(order, request.user, now),
            now=now,
            wide=[panel for panel in panels if panel.width == "full"],
            beside=[panel for panel in panels if panel.width != "full"],
            axes=_axes(order, request.user),
            lines=order.lines.select_related("material").order_by("number"),
            systems=systems,
            table=[row for row in table if may_see_money(request.user) or not is_money(row.field)],
            records=records,
            events=events,
            more=more,
            event_systems=_systems_of(order),
            silent=[system for system in SourceSystem.objects.filter(is_active=True) if system.is_silent(now)],
            decisions=decisions_of(order, request.user),
            conflicts=without_money(_conflicts(order, request.user), request.user),
            shows_money=may_see_money(request.user),
            other=_others(order, request.user),
        )


def _subtitle(order):
    parts = [order.kind.name, str(order.customer) if order.customer else "", order.plant.name if order.plant else ""]
    return " · ".join(part for part in parts if part)


def _others(order, user):
    return Order.objects.visible_to(user).filter(number=order.number).exclude(pk=order.pk).select_related("kind")[:5]


def _axes(order, user):
    """[(axis, entry)]: the value with its system, whether it is unconfirmed, and what others say."""
    found, kept = [], (order.state or {}).get("axes", {})
    for axis in words.AXES:
        if axis == "finance" and not may_see_money(user):
            continue
        entry = dict(kept.get(axis) or {})
        entry.setdefault("value", getattr(order, axis))
        said = entry.get("said") or {}
        entry["others"] = {system: value for system, value in said.items() if value != entry["value"]}
        found.append((axis, entry))
    return found


def _conflicts(order, user):
    sees = may_see_money(user)
    return [
        one
        for one in order.conflicts or []
        if sees or not (is_money(one.get("subject", "")) or one.get("subject") == "finance")
    ]


def _records(order, user):
    rows = order.source_records.select_related("system").order_by("system__code", "entity", "key")[:200]
    sees = may_see_money(user)
    return [
        {
            "system": row.system.code,
            "name": row.system.name,
            "entity": row.entity,
            "key": row.key,
            "data": without_money(row.data, user),
            "status_raw": row.status_raw,
            "occurred_at": row.occurred_at,
            "received_at": row.received_at,
            "version": row.version,
            "actor": row.actor,
            "line_number": row.line_number,
            "is_retracted": row.is_retracted,
            "message_count": row.message_count,
        }
        for row in rows
        if sees or row.entity not in ("invoice", "posting")
    ]


def _events(order, user, system="", before=""):
    found = Event.objects.filter(order=order).select_related("system", "by", "record")
    if not may_see_money(user):
        found = found.exclude(entity__in=("invoice", "posting"))
    if system:
        found = found.filter(system__code=system)
    if before:
        from_id = before if before.isdigit() and len(before) < 18 else "0"
        mark = Event.objects.filter(order=order, pk=int(from_id)).values("occurred_at").first()
        if mark:
            at = mark["occurred_at"]
            found = found.filter(occurred_at__lte=at).exclude(occurred_at=at, pk__gte=int(from_id))
    rows = list(found.order_by("-occurred_at", "-pk")[: EVENTS + 1])
    for row in rows:
        row.data = without_money(row.data, user)
    return rows[:EVENTS], rows[EVENTS - 1].pk if len(rows) > EVENTS else 0


def _systems_of(order):
    return Event.objects.filter(order=order).order_by().values_list("system__code", flat=True).distinct()


@staff_page("orders.view_event")
def order_events(request, name):
    """The timeline's next part, or one system's."""
    order = find_order(request.user, name)
    system = request.GET.get("system", "")
    events, more = _events(order, request.user, system, request.GET.get("before", ""))
    with timezone.override(zone_of(order)):
        return render(
            request, "orders/events.html", {"order": order, "events": events, "more": more, "system": system}
        )


def decisions_of(order, user):
    """The verbs this person may decide now."""
    able = {
        verb
        for verb, (permission, action) in DECISIONS.items()
        if user.has_perm(permission) and getattr(actions, action, None)
    }
    if not order.is_open:
        able -= {"hold", "expedite"}
    able -= {"hold"} if order.held_at else {"release"}
    return able - ({"expedite"} if order.expedited_at else set())


@require_POST
@staff_page("orders.view_order")
def order_decide(request, name, verb):
    """Hold, release, expedite or share, with a reason; the action says no where it must."""
    if verb not in DECISIONS:
        raise Http404
    order, (permission, action) = find_order(request.user, name), DECISIONS[verb]
    require(request.user, permission)
    decide = getattr(actions, action, None)
    if decide is None:
        raise Http404
    arguments = {"order": order, "by": request.user, "at": timezone.now()}
    if verb == "share":
        person = User.objects.filter(username=request.POST.get("person", ""), is_active=True).first()
        if person is None:
            messages.error(request, _("There is no such person."))
            return redirect("order", name=name)
        arguments["person"] = person
    else:
        arguments["reason"] = request.POST.get("reason", "").strip()
    return answer(request, f"/orders/{name}/", DONE[verb], decide, **arguments)
