"""Which department is responsible for a ticket, and which of its people has the least to do?"""
from django.contrib.auth import get_user_model
from django.db.models import Count, F, Max, Q

from exceptions.conditions import holds
from exceptions.models import RoutingRule, Ticket
from kernel.access import people_who_see
from kernel.models import Department

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


def facts_of(ticket):
    """What conditions may ask about: {field of exceptions.conditions.FIELDS: value}."""
    order, evidence = ticket.order, ticket.evidence
    facts = {key: evidence[key] for key in ("node", "system", "profile", "field", "reason") if key in evidence}
    facts |= {
        "subject_kind": ticket.subject_kind, "cause": ticket.cause, "severity": ticket.severity,
        "scope": ticket.scope.code, "company": ticket.scope.company.code,
    }
    if order:
        facts |= {
            "order_kind": order.kind.code, "plant": order.plant.code if order.plant else "",
            "customer": order.customer.code if order.customer else "", "tier": tier_of(order),
        }
    return facts


def tier_of(order):
    if order.customer_id is None:
        return ""
    roles = order.customer.roles.filter(role="customer", tier__isnull=False)
    return roles.values_list("tier__code", flat=True).first() or ""


def matching_rule(kind, facts):
    """The first active rule by priority all of whose conditions hold, or None."""
    rules = RoutingRule.objects.filter(Q(kind=None) | Q(kind=kind), is_active=True)
    for rule in rules.select_related("department").order_by("priority"):
        if all(holds(condition, facts) for condition in rule.conditions):
            return rule
    return None


def people_for(ticket):
    """Present people of the ticket's department who may work on tickets and see this one."""
    people = get_user_model().objects
    works = people.with_perm("exceptions.work_ticket", backend=MODEL_BACKEND)
    there = people.filter(
        department=ticket.department, is_active=True, is_away=False, customer_code="", pk__in=works.values("pk")
    )
    if ticket.for_department:
        return there
    sees_all = people.with_perm("kernel.see_scope", backend=MODEL_BACKEND)
    return there.filter(Q(pk__in=people_who_see(ticket.scope).values("pk")) | Q(pk__in=sees_all.values("pk")))


def least_loaded(ticket):
    """The person with the fewest open tickets, or None. Locks the department's row, so that two tickets opened at
    the same instant do not both go to the same person: loads never lie more than one apart.
    """
    Department.objects.select_for_update(of=("self",)).get(pk=ticket.department_id)
    loaded = people_for(ticket).annotate(
        open_count=Count("tickets", filter=Q(tickets__state__in=Ticket.OPEN_STATES), distinct=True),
        last_at=Max("tickets__opened_at"),
    )
    return loaded.order_by("open_count", F("last_at").asc(nulls_first=True), "pk").first()
