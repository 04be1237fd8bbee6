"""Which of the last tickets would a routing rule take, as it stands in the form?"""
from dataclasses import dataclass

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
    others = RoutingRule.objects.exclude(pk=rule.pk)
    earlier = list(others.filter(is_active=True, priority__lt=rule.priority).order_by("priority"))
    tickets = Ticket.objects.visible_to(user).select_related(
        "kind", "department", "scope__company", "order__kind", "order__plant", "order__customer")
    looked, found, tier = 0, [], _tiers()
    for ticket in tickets.order_by("-opened_at", "-pk")[:LAST]:
        looked += 1
        facts = facts_of(ticket, tier)
        if _takes(rule, ticket, facts):
            found.append(Taken(ticket, next((one for one in earlier if _takes(one, ticket, facts)), None)))
    return looked, found


def _tiers():
    """`tier_of` that asks once per customer."""
    known = {}

    def tier(order):
        if order.customer_id not in known:
            known[order.customer_id] = tier_of(order)
        return known[order.customer_id]
    return tier


def _takes(rule, ticket, facts):
    return rule.kind_id in (None, ticket.kind_id) and all(holds(one, facts) for one in rule.conditions)


@require_POST
@staff_page("exceptions.view_routingrule")
def routing_preview(request):
    require(request.user, "exceptions.change_routingrule")
    kept = RoutingRule.objects.visible_to(request.user).filter(pk=whole(request.POST.get("rule", ""))).first()
    form = type("Form", (RoutingRuleForm,), {"viewer": request.user})(request.POST, instance=kept)
    form.full_clean()
    faults = form.errors.get("conditions", []) or form.errors.get("kind", [])
    if faults:
        return render(request, "exceptions/routing_preview.html", {"faults": faults})
    rule = RoutingRule(
        pk=kept and kept.pk, priority=whole(request.POST.get("priority", "")) or 1_000_000_000,
        kind=form.cleaned_data.get("kind"), conditions=form.cleaned_data["conditions"],
    )
    looked, found = would_take(rule, request.user)
    mine = [one for one in found if one.before is None]
    return render(request, "exceptions/routing_preview.html", {
        "looked": looked, "taken": len(mine), "earlier": len(found) - len(mine), "rows": found[:SHOWN],
        "more": max(0, len(found) - SHOWN),
    })
