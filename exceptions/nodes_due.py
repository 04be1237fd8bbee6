"""Who hears that a node of theirs is due soon? The owner department, once a sweep, not once an order."""
from collections import defaultdict
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model
from django.db.models import Q

from exceptions.routing import PRESENT
from exceptions.telling import tell
from kernel.access import holders_of, seers_of
from kernel.moments import say_fixed
from sla.blocking import in_the_way, on_hold
from sla.boards import TRANSIT
from sla.clocks import DUE_LEVEL
from sla.models import Milestone

WARNED = "milestone.warned"
MOST_NAMED, MOST_PEOPLE = 8, 50


def warn_departments(news):
    """clock.fired before the due instant of an order's node: its department is told, all its nodes in one message.

    Nodes that wait for an earlier one, or whose order is on hold, are nobody's to hurry.
    """
    fired = {one.key for one in news if one.data[0] < DUE_LEVEL}
    if not fired:
        return
    soon = in_the_way(Milestone.objects.filter(clock__in=fired, actual_at=None, node__department__isnull=False))
    soon = soon.exclude(on_hold()).select_related("node__department", "clock", "order__scope__company", "order__plant")
    nodes = list(soon.order_by("planned_at", "pk"))
    by_department = defaultdict(list)
    for one in nodes:
        by_department[one.node.department].append(one)
    sees = _sight(nodes, by_department)
    for department in sorted(by_department, key=lambda one: one.pk):
        _warn(department, by_department[department], sees, news[0].at)


def _warn(department, nodes, sees, at):
    """Each of its people hears of those of the nodes that this person may see.

    Who sees any is asked before anybody is left out because there are too many.
    """
    first = min(nodes, key=lambda one: one.clock_id)
    key = f"warned:{first.clock_id}:{first.clock.cycle}:{department.pk}"
    by_sight = defaultdict(list)
    seen = [(person, tuple(one for one in nodes if sees(person, one))) for person in _people_of([department])]
    for person, mine in [one for one in seen if one[1]][:MOST_PEOPLE]:
        by_sight[mine].append(person)
    for mine, people in by_sight.items():
        _tell(department, mine, people, key, at)


def _people_of(departments):
    """Who is there of these departments and may read nodes at all, and who heads one of them."""
    mine = Q(department__in=departments) | Q(heads__in=departments)
    people = get_user_model().objects.filter(mine, PRESENT, holders_of("sla.view_milestone"))
    return people.distinct().order_by("pk")


def _sight(nodes, departments):
    """(person, node) → does this person see it? Asked once per scope, not once per person."""
    people = _people_of(list(departments))
    scopes = {one.order.scope_id: one.order.scope for one in nodes}
    seers = {pk: _ids(people.filter(seers_of([scope]))) for pk, scope in scopes.items()}
    has_transit = any(one.node.fact == TRANSIT for one in nodes)
    of_transit = _ids(people.filter(holders_of("orders.see_transit"))) if has_transit else frozenset()

    def sees(person, one):
        return person.pk in seers[one.order.scope_id] and (one.node.fact != TRANSIT or person.pk in of_transit)
    return sees


def _ids(people):
    return frozenset(people.values_list("pk", flat=True))


def _tell(department, nodes, people, key, at):
    scopes = {one.order.scope_id for one in nodes}
    en, zh = (_text(nodes, language) for language in ("en", "zh"))
    alone = nodes[0].order.address if len(nodes) == 1 else ""
    tell(
        people, key=key, kind=WARNED, text_en=en, text_zh=zh,
        link=alone or f"/board/?department={department.code}&warned=1",
        scope_id=scopes.pop() if len(scopes) == 1 else None, at=at,
    )


def _text(nodes, language):
    named = [_name(one, language) for one in nodes[:MOST_NAMED]]
    more = len(nodes) - len(named)
    if language == "en":
        rest = f", and {more} more" if more else ""
        return f"Due soon: {', '.join(named)}{rest}"
    rest = f"，另有 {more} 个" if more else ""
    return f"即将到期：{'，'.join(named)}{rest}"


def _name(one, language):
    order, node = one.order, one.node
    zone = ZoneInfo(order.plant.time_zone if order.plant else order.scope.company.time_zone)
    due = say_fixed(one.planned_at, zone, language)
    return f"{order.number} {node.name_en} ({due})" if language == "en" else f"{order.number} {node.name_zh}（{due}）"
