"""Which of the last tickets would a routing rule take, as it stands in the form?"""
from dataclasses import dataclass
from functools import cache

from django.shortcuts import render
from django.views.decorators.http import require_POST

from exceptions.conditions import holds
from exceptions.models import RoutingRule, Ticket
from exceptions.routing import facts_of, tier_of
from exceptions.routing_forms import RoutingRuleForm
from kernel.pages import require, staff_page, whole

LAST, SHOWN = 200, 20


@dataclass(frozen=True)
class Taken:
    """`before`: the earlier rule that takes it first, or None."""

    ticket: Ticket
    before: RoutingRule | None


def would_take(rule, user):
    """(how many were looked at, [Taken, …] of those all of whose conditions hold), the newest first.

    Of the last tickets the person sees, by what is known of them today.
    """
    earlier = list(RoutingRule.objects.filter(is_active=True, priority__lt=rule.priority).order_by("priority"))
    tickets = Ticket.objects.visible_to(user).select_related(
        "kind", "department", "scope__company", "order__kind", "order__plant", "order__customer")
    looked, found, tiers = 0, [], cache(lambda order_id, order: tier_of(order))
    for ticket in tickets.order_by("-opened_at", "-pk")[:LAST]:
        looked += 1
        facts = facts_of(ticket, lambda order: tiers(order.customer_id, order))
        if _takes(rule, ticket, facts):
            found.append(Taken(ticket, next((one for one in earlier if _takes(one, ticket, facts)), None)))
    return looked, found


def _takes(rule, ticket, facts):
    return rule.kind_id in (None, ticket.kind_id) and all(holds(one, facts) for one in rule.conditions)


@require_POST
@staff_page("exceptions.view_routingrule")
def routing_preview(request):
    require(request.user, "exceptions.change_routingrule")
    form = type("Form", (RoutingRuleForm,), {"viewer": request.user})(request.POST)
    form.full_clean()
    faults = form.errors.get("conditions", []) or form.errors.get("kind", [])
    if faults:
        return render(request, "exceptions/routing_preview.html", {"faults": faults})
    rule = RoutingRule(
        priority=whole(request.POST.get("priority", "")) or 1_000_000_000, kind=form.cleaned_data.get("kind"),
        conditions=form.cleaned_data["conditions"],
    )
    looked, found = would_take(rule, request.user)
    mine = [one for one in found if one.before is None]
    return render(request, "exceptions/routing_preview.html", {
        "looked": looked, "taken": len(mine), "earlier": len(found) - len(mine), "rows": found[:SHOWN],
        "more": max(0, len(found) - SHOWN),
    })
