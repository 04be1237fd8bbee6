"""Which department is responsible for a ticket, and which of its people is there and has the least to do?"""
from functools import reduce
from operator import or_

from django.contrib.auth import get_user_model
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from exceptions.conditions import holds
from exceptions.models import RoutingRule, Ticket
from kernel.access import holders_of, seers_of, visible_filter
from kernel.models import Department
from sla.calendars import work_times
from sla.hours import whose

# Whoever is there to be given work or told of it: no program's account, no customer.
PRESENT = Q(is_active=True, is_away=False, is_machine=False, customer_code="")


def facts_of(ticket, tier=None):
    """What conditions may ask about: {field of exceptions.conditions.FIELDS: value}; `tier` tells that of an order."""
    order, evidence = ticket.order, ticket.evidence
    facts = {key: evidence[key] for key in ("node", "system", "profile", "field", "reason") if key in evidence}
    facts |= {
        "subject_kind": ticket.subject_kind, "cause": ticket.cause, "severity": ticket.severity,
        "scope": ticket.scope.code, "company": ticket.scope.company.code,
    }
    if order:
        facts |= {
            "order_kind": order.kind.code, "plant": order.plant.code if order.plant else "",
            "customer": order.customer.code if order.customer else "", "tier": (tier or tier_of)(order),
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


def department_for(ticket, proposed=None):
    """(the rule that takes this ticket or None, its department): by rule, else `proposed`, else the kind's own."""
    rule = matching_rule(ticket.kind, facts_of(ticket))
    return rule, rule.department if rule else proposed or ticket.kind.department


def workers_of(department):
    """People of the department who are not away and may work on tickets; no programs."""
    return get_user_model().objects.filter(
        holders_of("exceptions.work_ticket"), PRESENT, department=department)


def people_for(ticket):
    """Those of the ticket's department who may see this one."""
    return workers_of(ticket.department).filter(seers(ticket))


def seers(ticket):
    """The Q of people who may see this ticket: by its scope, and where it is its department's as a whole, by that."""
    found = seers_of([ticket.scope])
    return found | Q(department=ticket.department_id) if ticket.for_department and ticket.department_id else found


def least_loaded(ticket, at):
    """Of the people who are there at `at` the one with the fewest open tickets, or None.

    Locks the department's row, so that two tickets opened at the same instant do not both go to the same person:
    loads never lie more than one apart, and nobody is given more than fits.
    """
    Department.objects.select_for_update(of=("self",)).get(pk=ticket.department_id)
    return next(iter(there(people_for(ticket), at)), None)


def there(people, at):
    """Those of a queryset of people who are at work at `at` and have room for a ticket, the least loaded first.

    Of several the one who was given nothing for the longest time.
    """
    found = list(_loaded(people))
    works = work_times({calendar_id_of(person) for person in found})
    return [
        person for person in found
        if works[calendar_id_of(person)].is_open(at) and (person.most is None or person.open_count < person.most)
    ]


def calendar_id_of(person):
    """The working hours a person keeps, by the rule that clocks count by: the department's, else the plant's, …"""
    owner = whose(person.department, person.plant, person.department.company)
    return owner and owner.calendar_id


def _loaded(people):
    mine = Ticket.objects.filter(assignee=OuterRef("pk")).order_by()
    opened = mine.filter(state__in=Ticket.OPEN_STATES).values("assignee").annotate(n=Count("pk")).values("n")
    return people.select_related("plant", "department__company").annotate(
        open_count=Coalesce(Subquery(opened), 0),
        last_id=Subquery(mine.order_by("-pk").values("pk")[:1]),
        most=Coalesce("most_tickets", "department__most_tickets"),
    ).order_by("open_count", F("last_id").asc(nulls_first=True), "pk")


def queue_of(department, at):
    """Tickets of the department's queue that somebody who is there may see, the oldest first."""
    waiting = Ticket.objects.filter(department=department, assignee=None, state=Ticket.NEW)
    if not waiting.exists():
        return waiting.none()
    seen = [visible_filter(Ticket, person) for person in there(workers_of(department), at)]
    found = [one for one in seen if one is not None]
    return waiting.filter(reduce(or_, found)).order_by("opened_at", "pk") if found else waiting.none()
