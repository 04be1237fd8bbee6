"""The page of one order, its timeline, and what is decided there."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from kernel.models import User
from kernel.money import is_money, may_see_money, without_money
from kernel.pages import answer, draw, require, staff_page, whole
from kernel.panels import panels_of
from kernel.people import staff
from orders import actions, says
from orders.models import Event, HoldKind, Order
from orders.order_facts import sentence_of, zone_of
from orders.order_reading import axes_of, conflicts_of, events_of, records_of
from orders.silence import silent_systems

# Verb → (permission, name of the action). A button stands only where both are there.
DECISIONS = {
    "hold": ("orders.hold_order", "hold_order"),
    "release": ("orders.hold_order", "release_order"),
    "expedite": ("orders.expedite_order", "expedite_order"),
    "unexpedite": ("orders.expedite_order", "unexpedite_order"),
    "share": ("orders.hold_order", "share_order"),
    "unshare": ("orders.hold_order", "unshare_order"),
    "accept": ("orders.hold_order", "accept_conflict"),
}
DONE = {
    "hold": gettext_lazy("The order is on hold."),
    "release": gettext_lazy("The order is released from hold."),
    "expedite": gettext_lazy("The order is expedited."),
    "unexpedite": gettext_lazy("The order takes its turn again."),
    "share": gettext_lazy("%(person)s sees this order from now on."),
    "unshare": gettext_lazy("The order is no longer shared with %(person)s."),
    "accept": gettext_lazy("The conflict is accepted until a system says something else."),
}


def find_order(user, name, kind=""):
    """A visible order by number, newest first, or by id; 404 otherwise, whether it is hidden or not there.

    `kind` tells apart orders of one number.
    """
    visible = Order.objects.visible_to(user).select_related("kind", "customer", "plant", "scope", "company")
    visible = visible.filter(kind__code=kind) if kind else visible
    if whole(name):
        by_id = visible.filter(pk=whole(name)).first()
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
    order, now = find_order(request.user, name, request.GET.get("kind", "")[:40]), timezone.now()
    here = timezone.get_current_timezone_name()
    with timezone.override(zone_of(order)):
        panels = panels_of("order", order, request.user)
        records = records_of(order, request.user)
        probable = [one for some in panels_of("order_says", order, request.user) for one in some]
        columns, table = says.compare(records, probable)
        events, more = events_of(order, request.user)
        return draw(
            request,
            "orders/order.html",
            page_title=order.number,
            page_parent=("/orders/", _("Orders")),
            page_subtitle=_subtitle(order),
            order=order,
            other_zone=str(zone_of(order)) if str(zone_of(order)) != here else "",
            sentence=sentence_of(order, request.user, now),
            now=now,
            wide=[panel for panel in panels if panel.width == "full"],
            at_records=[panel for panel in panels if panel.width == "records"],
            beside=[panel for panel in panels if panel.width == "half"],
            axes=axes_of(order, request.user),
            stated=(order.state or {}).get("fields", {}).get("forecast_at") or {},
            lines=order.lines.filter(withdrawn_at=None).select_related("material").order_by("number"),
            columns=columns,
            table=[row for row in table if may_see_money(request.user) or not is_money(row.field)],
            records=records,
            events=events,
            more=more,
            event_systems=_systems_of(order),
            silent=silent_systems(now),
            decisions=(decisions := decisions_of(order, request.user)),
            shares=order.shares.select_related("person", "shared_by").order_by("shared_at", "pk"),
            people=_people(request.user) if "share" in decisions else [],
            hold_kinds=HoldKind.objects.filter(is_active=True) if "hold" in decisions else [],
            conflicts=without_money(conflicts_of(order, request.user), request.user),
            shows_money=may_see_money(request.user),
            other=_others(order, request.user),
        )


def _subtitle(order):
    parts = [order.kind.name, str(order.customer) if order.customer else "", order.plant.name if order.plant else ""]
    return " · ".join(part for part in parts if part)


def _others(order, user):
    return Order.objects.visible_to(user).filter(number=order.number).exclude(pk=order.pk).select_related("kind")[:5]


def _systems_of(order):
    return Event.objects.filter(order=order).order_by().values_list("system__code", flat=True).distinct()


@staff_page("orders.view_event")
def order_events(request, name):
    """The timeline's next part, or one system's."""
    order = find_order(request.user, name)
    system = request.GET.get("system", "")
    events, more = events_of(order, request.user, system, request.GET.get("before", ""))
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
    return able - ({"expedite"} if order.expedited_at else {"unexpedite"})


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
    arguments, done = {"order": order, "by": request.user, "at": timezone.now()}, DONE[verb]
    if verb in ("share", "unshare"):
        person = User.objects.filter(username=request.POST.get("person", "")[:150].strip()).first()
        if person is None:
            messages.error(request, _("There is no such person."))
            return redirect(_page_of(order, request.user))
        arguments["person"], done = person, done % {"person": person}
    else:
        arguments["reason"] = request.POST.get("reason", "").strip()
    if verb == "hold":
        arguments["kind"] = request.POST.get("kind", "")[:30]
        try:
            arguments["until"] = _until(request.POST.get("until", ""), order)
        except ValueError:
            messages.error(request, _("The date cannot be read."))
            return redirect(_page_of(order, request.user))
    if verb == "accept":
        arguments |= {"subject": request.POST.get("subject", ""), "line": request.POST.get("line", "")}
    return answer(request, _page_of(order, request.user), done, decide, **arguments)


def _people(user):
    """Whom an order may be shared with: active people of staff, by name."""
    return staff().exclude(pk=user.pk).select_related("department").order_by("full_name", "username")[:300]


def _page_of(order, user):
    """The address that leads to this order and to no other of the same number."""
    kinds = [one.kind_id for one in _others(order, user)]
    if order.kind_id in kinds:
        return f"/orders/{order.pk}/"
    return f"{order.address}?kind={order.kind.code}" if kinds else order.address


def _until(text, order):
    """An instant from a form's local date and time, as seen where the order is made; None when it is left open."""
    if not text.strip():
        return None
    found = datetime.fromisoformat(text.strip())
    return found if found.tzinfo else found.replace(tzinfo=zone_of(order))
