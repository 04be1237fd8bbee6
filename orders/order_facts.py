"""Which facts make up an order's sentence? The order's own row, and what upper apps know of it."""

from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils.module_loading import import_string
from django.utils.translation import get_language, override

from kernel.moments import short
from orders.authority import Authorities
from orders.identity import moment_of
from orders.models import Event, HoldKind
from orders.provisional import told_of
from orders.sentence import Facts, compose_for_page
from orders.standing import in_part, status_ahead
from orders.streams import HUB
from orders.words import STAGES, word

PLACE = "order_sentence"


@cache
def _tellers():
    return [import_string(name) for name in import_string(settings.HUB_PANELS).get(PLACE, ())]


def facts_of(order, user, now):
    """The Facts of an order as this person may know them; functions of config/panels.py add theirs."""
    known = _own(order, now) | decided(order) | told_of(order)
    for tell in _tellers():
        known.update(tell(order, user, known) or {})
    known |= _odds(order, known.pop("node_fact", ""))
    return Facts(**known)


def customers_facts(order, now):
    """The Facts of an order that its customer may know: from its own row, and nobody else is asked."""
    return Facts(**_own(order, now)).for_customer()


def _own(order, now):
    return {
        "now": now,
        "zone": zone_of(order),
        "lateness": order.lateness,
        "is_open": bool(order.is_open),
        "commercial": order.commercial,
        "stage": order.stage,
        "late_since": order.late_since,
        "reason_en": order.late_reason_en,
        "reason_zh": order.late_reason_zh,
        "promised_at": order.promised_at,
        "forecast_at": order.forecast_at,
        "actual_at": order.actual_at,
        "held_at": order.held_at,
        "is_provisional": order.awaits_confirmation,
    }


def decided(order):
    """Who holds and who expedites this order, why, since when, until when."""
    decisions = (order.state or {}).get("decisions", {})
    held, expedited = decisions.get("held") or {}, decisions.get("expedited") or {}
    known = {"held_at": order.held_at, "expedited_at": order.expedited_at}
    if order.is_held:
        known |= {"held_until": moment_of(held.get("until")), "hold_reason": held.get("reason", "")}
        kind = HoldKind.objects.filter(code=held["hold_kind"]).first() if held.get("hold_kind") else None
        known |= {"hold_kind_en": kind.name_en, "hold_kind_zh": kind.name_zh} if kind else {}
        known |= _holder(order, held.get("system", HUB))
    if order.expedited_at:
        by = _said_name(_decision(order, "expedite"))
        known |= {"expedited_by": by, "expedite_reason": expedited.get("reason", "")}
    return known


def _holder(order, system):
    """Who put it on hold, and who must release it: that person, as long as they work here, or the system."""
    if system != HUB:
        return {"held_by": system.upper(), "release_in": system.upper()}
    event = _decision(order, "hold")
    known = {"held_by": _said_name(event)}
    person = event.by if event else None
    if person and person.is_active:
        known["release_by"] = str(person)
        if person.department:
            known |= {"release_of_en": person.department.name_en, "release_of_zh": person.department.name_zh}
    return known


def _decision(order, kind):
    """The Event of whoever decided so last; a decision about an order that was joined into this one counts here."""
    its = Event.objects.filter(Q(order=order) | Q(order__joined_into=order), kind=kind).select_related("by__department")
    return its.order_by("-occurred_at", "-pk").first()


def _said_name(event):
    return (str(event.by) if event.by else event.actor) if event else ""


def _odds(order, fact):
    """What the systems say against the node that is waited for: `fact` is what would have to be posted for it."""
    state = order.state or {}
    part, ahead = in_part(state, fact), status_ahead(state, fact)
    if part or not ahead:
        return {"in_part": part.upper()}
    system, status = ahead
    ranked = Authorities().for_order(order.company_id, order.plant_id, order.kind_id).systems(fact)
    told = {"ahead": system.upper(), "behind": ranked[0].upper() if ranked else ""}
    for language, code in (("en", "en"), ("zh", "zh-hans")):
        with override(code):
            told[f"ahead_says_{language}"] = str(word(STAGES, status))
    return told


def sentence_of(order, user, now):
    """The parts of the order's sentence in the reader's language."""
    return compose_for_page(facts_of(order, user, now), short(get_language()))


def zone_of(order):
    return ZoneInfo(order.plant.time_zone if order.plant else settings.HUB_TIME_ZONE)
