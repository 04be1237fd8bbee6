"""What do comparisons add to an order's page, and to the sentence of a provisional order?"""

from functools import reduce
from operator import or_

from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext as _

from kernel.money import MONEY, may_see_money
from kernel.panels import Panel
from orders.models import SourceRecord
from reconciliation.models import Difference, Observation
from reconciliation.strays import strays_of
from reconciliation.tickets import GROUP, rows_of_whole

SHOWN = 8
MOST = 30
OF_PRESENCE = ("missing", "duplicate", "cardinality")
PARTS = " + "  # between the keys of one system's parts, as a difference of presence shows them


def seen_by(user):
    """Visible differences, without those of money for who may not see amounts."""
    found = Difference.objects.visible_to(user)
    return found if may_see_money(user) else found.exclude(field__in=MONEY)


def differences_of(run, user):
    """What this person may see of what a run has seen."""
    return seen_by(user).filter(pk__in=Observation.objects.filter(run=run).values("difference_id"))


def order_differences(order, user):
    if not user.has_perm("reconciliation.view_difference"):
        return None
    found = _concerning(order, user)
    found.sort(key=lambda one: one.state not in Difference.OPEN_STATES)
    opened = sum(one.state in Difference.OPEN_STATES for one in found)
    context = {"differences": found}
    return Panel(
        _("Differences"), "reconciliation/panel.html", context, anchor="differences", count=opened, width="half"
    )


def order_strays(order, user):
    """Records that are probably this order's, though their number is misspelled; who may join orders may say so."""
    found = strays_of(order, user) if user.has_perm("reconciliation.view_difference") else []
    if not found:
        return None
    context = {"strays": found, "may_match": user.has_perm("orders.join_order")}
    return Panel(_("Probably this order's"), "reconciliation/strays.html", context, anchor="strays", count=len(found),
                 width="records")


def ticket_differences(ticket, user):
    """The differences a ticket and those merged into it are about, those first that still need somebody."""
    if not user.has_perm("reconciliation.view_difference"):
        return None
    whole = rows_of_whole(ticket)
    if not whole.exists():
        return None
    visible, is_group = seen_by(user) & whole, ticket.subject_kind == GROUP
    counts = {
        state: n for state in dict(Difference.STATES) if (n := visible.filter(state=state)[:10_000].count())
    }
    rows, names = visible.select_related("profile", "order").order_by("-pk"), dict(Difference.STATES)
    working = list(rows.filter(state__in=Difference.WORKING)[:SHOWN])
    rest = rows.exclude(state__in=Difference.WORKING)
    context = {
        "differences": [*working, *rest[: SHOWN - len(working)]],
        "counts": [(names[state], n) for state, n in counts.items()] if is_group else [],
        "more": ticket.subject_key if is_group and sum(counts.values()) > SHOWN else "",
        "profile": ticket.evidence.get("profile", ""),
    }
    one = _("The difference") if len(whole[:2]) == 1 else _("Differences")
    title = _("Differences of this cause") if is_group else one
    return Panel(title, "reconciliation/ticket_panel.html", context, anchor="differences", count=len(working))


def order_sentence(order, user, known):
    """How many open differences concern an order that only some system knows: they say which order it may be."""
    if not known.get("is_provisional") or not user.has_perm("reconciliation.view_difference"):
        return None
    found = _concerning(order, user)
    return {"differences": sum(one.state in Difference.OPEN_STATES for one in found)}


def _concerning(order, user):
    """The order's differences; of a provisional one those of another order, too, that show a record of its."""
    found = list(_newest(seen_by(user).filter(order=order)))
    if order.awaits_confirmation:
        known = {one.pk for one in found}
        found += [one for one in _showing_records_of(order, user) if one.pk not in known]
    return found


def _newest(differences):
    return differences.select_related("profile").order_by("-id")[:MOST]


def _showing_records_of(order, user):
    """Open differences of presence whose values name a header of this order, alone or among a system's parts.

    A misspelled or split number is compared under the number it stands for, so the difference is another order's.
    """
    records = SourceRecord.objects.filter(order=order, entity="order").values_list("system__code", "key")[:20]
    keys = {(system, key) for system, key in records if key}
    if not keys:
        return []
    rows, shown = seen_by(user).filter(state__in=Difference.OPEN_STATES, kind__in=OF_PRESENCE), []
    for number, (system, key) in enumerate(sorted(keys)):
        rows = rows.annotate(**{f"shown_{number}": KeyTextTransform(system, "values")})
        shown.append(Q(**{f"shown_{number}__contains": key}))
    found = _newest(rows.filter(reduce(or_, shown)))
    return [one for one in found if any(key in _parts(one, system) for system, key in keys)]


def _parts(difference, system):
    return str(difference.values.get(system) or "").split(PARTS)
