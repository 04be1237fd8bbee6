"""What do comparisons add to an order's page, and to the sentence of a provisional order?"""

from django.utils.translation import gettext as _

from kernel.money import MONEY, may_see_money, without_money
from kernel.panels import Panel
from kernel.templatetags.hub import own_words
from reconciliation.models import Difference, Observation, Profile
from reconciliation.speech import labels_of
from reconciliation.strays import kin_of, owners_of, showing_records_of, strays_of
from reconciliation.tickets import GROUP, rows_of_whole, tickets_about

SHOWN = 8
MOST = 30


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
    context = {"differences": found, "is_provisional": order.awaits_confirmation}
    return Panel(
        _("Differences"), "reconciliation/panel.html", context, anchor="differences", count=opened, width="half"
    )


def order_strays(order, user):
    """Records that are probably this order's, under a misspelled number or as parts; of an order that only such
    records have made, the order it is probably of. Who may join orders may match them.
    """
    if not user.has_perm("reconciliation.view_difference"):
        return None
    owned = owners_of(order, user)
    found = owned or kin_of(order, user)
    if not found:
        return None
    context = {
        "kin": [(one, tickets_about(one.difference, user) if owned else []) for one in found],
        "may_match": user.has_perm("orders.join_order"), "here": order, "is_owned": bool(owned),
    }
    title = _("Probably another order's") if owned else _("Probably this order's")
    count = None if owned else sum(len(one.strays) for one in found)
    return Panel(title, "reconciliation/strays.html", context, anchor="strays", count=count, width="records")


def order_says(order, user):
    """What systems say of this order under another number, for the table of what each system says."""
    if not user.has_perm("reconciliation.view_difference"):
        return []
    return [
        {"system": one.record.system.code, "data": without_money(one.record.data, user), "under": one.written,
         "address": one.record.order.address if one.record.order else ""}
        for one in strays_of(order, user) if one.record.entity == "order"
    ]


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
    rows = visible.select_related("profile", "order", "last_run__version").order_by("-pk")
    names = dict(Difference.STATES)
    working = list(rows.filter(state__in=Difference.WORKING)[:SHOWN])
    rest = rows.exclude(state__in=Difference.WORKING)
    context = {
        "differences": labelled([*working, *rest[: SHOWN - len(working)]]),
        "counts": [(names[state], n) for state, n in counts.items()] if is_group else [],
        "more": ticket.subject_key if is_group and sum(counts.values()) > SHOWN else "",
        "profile": ticket.evidence.get("profile", ""),
    }
    one = _("The difference") if len(whole[:2]) == 1 else _("Differences")
    title = _("Differences of this cause") if is_group else one
    return Panel(title, "reconciliation/ticket_panel.html", context, anchor="differences", count=len(working))


def order_sentence(order, user, known):
    """Which order one that only some system knows probably is, and how many open differences concern it."""
    if not known.get("is_provisional") or not user.has_perm("reconciliation.view_difference"):
        return None
    found, owners = _concerning(order, user), owners_of(order, user)
    told = {"differences": sum(one.state in Difference.OPEN_STATES for one in found)}
    if owners:
        owner = owners[0].order
        told |= {"owner": owner.number, "owner_link": owner.address, "is_part": owners[0].is_parts}
    return told


def _concerning(order, user):
    """The order's differences; of a provisional one those of another order, too, that show a record of its."""
    found = list(_newest(seen_by(user).filter(order=order)))
    if order.awaits_confirmation:
        known = {one.pk for one in found}
        found += [one for one in showing_records_of(order, user) if one.pk not in known]
    return labelled(found)


def _newest(differences):
    return differences.select_related("profile", "last_run__version").order_by("-id")[:MOST]


def labelled(rows):
    """Each with what its comparison calls the systems."""
    for one in rows:
        one.labels = labels_of(one.last_run.spec)
    return rows


def condition_choices():
    """{"profile": {code: name}} of what a routing rule may ask about: which comparison found it."""
    return {"profile": {one.code: own_words(one, "name") for one in Profile.objects.order_by("code")}}
