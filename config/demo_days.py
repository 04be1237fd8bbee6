"""What happened in the sample factory's hub before today? Its last working days are lived through while it is fed.

Up to each instant of these days the hub is given what the systems had sent by then and no more; clocks are swept,
systems compared and tickets worked on by the same steps and actions as ever. So a demo has tickets that wait, are
overdue and have climbed, and differences that are not all of today and know nothing of what came later.
"""
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as said
from django.utils.translation import gettext_noop, override

from config import steps
from exceptions.actions import comment_ticket, start_ticket, wait_ticket
from exceptions.models import Ticket
from kernel.models import Company, User
from orders.models import Order
from reconciliation.actions import accept_difference
from reconciliation.models import Difference
from sla.actions import ask_for_planning

DAYS = 3
MORNING, AFTERNOON = time(9, 20), time(15, 40)
TAKEN_UP_AFTER = timedelta(minutes=50)
FIRST_LOOK = gettext_noop("Looked into it: asked the system's owner for the original document.")
WAITING = gettext_noop("The supplier confirms a new date tomorrow.")
AGREED = gettext_noop("Checked with those who entered it: it stays as it is.")
ACCEPTED_FOR = timedelta(days=30)
LOOKED_INTO = 2  # of five


def live_through_days(halves, feed):
    """Live through the instants `halves`, oldest first; returns how many tickets people have begun.

    `feed(at)` gives the hub what its systems have sent until then.
    """
    begun = 0
    for at in halves:
        feed(at)
        steps.plan(at)
        if at in halves[1::2]:  # in the afternoon
            steps.compare(at)
            decide_on_differences(at + TAKEN_UP_AFTER)
        for step in (steps.sweep, steps.plan, steps.settle):
            step(at)
        begun += work_on_tickets(at + TAKEN_UP_AFTER)
    return begun


def decide_on_differences(at):
    """A part of what is no group is looked into and accepted each day, by whoever looks after the orders."""
    person = User.objects.filter(username="order_operations").first()
    rows = Difference.objects.filter(state__in=Difference.OPEN_STATES, group_code="")
    for row in rows.order_by("pk") if person else ():
        if (row.pk * 7 + at.day) % 5 < LOOKED_INTO:
            with override(person.language or "zh-hans"):
                accept_difference(difference=row, reason=said(AGREED), by=person, at=at, until=at + ACCEPTED_FOR)


def ask_for_open_orders(now):
    """Time has passed since they were planned."""
    ask_for_planning(order_ids=list(Order.objects.filter(is_open=1).values_list("pk", flat=True)), at=now)


def days_before(now):
    """The half days before `now` of the company's zone as instants in UTC, as all the hub's are; oldest first."""
    return [at.astimezone(UTC) for at in half_days(now, Company.objects.order_by("pk").first().time_zone)]


def half_days(now, zone_name):
    """Mornings and afternoons of the last working days before `now`, oldest first."""
    zone, found, day = ZoneInfo(zone_name), [], now.astimezone(ZoneInfo(zone_name)).date()
    while len(found) < DAYS * 2:
        day -= timedelta(days=1)
        if day.weekday() < 5:
            found += [datetime.combine(day, at, zone) for at in (AFTERNOON, MORNING)]
    return sorted(found)


def work_on_tickets(at):
    """People take up a part of what waits for them; some is noted, some set to wait. Returns how many were begun."""
    waiting = Ticket.objects.filter(state=Ticket.ASSIGNED, opened_at__lt=at).exclude(assignee=None).order_by("pk")
    begun = 0
    for place, ticket in enumerate(waiting.select_related("assignee")):
        person = ticket.assignee
        with override(person.language or "zh-hans"):
            if place % 4 == 0:
                start_ticket(ticket=ticket, by=person, at=at)
                begun += 1
            if place % 8 == 0:
                comment_ticket(ticket=ticket, text=said(FIRST_LOOK), by=person, at=at)
            if place % 16 == 0:
                wait_ticket(ticket=ticket, reason=said(WAITING), by=person, at=at)
    return begun
