"""Which facts make up an order's sentence? The order's own row, and what upper apps know of it."""

from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from kernel.moments import short
from orders.sentence import Facts, compose

PLACE = "order_sentence"


@cache
def _tellers():
    return [import_string(name) for name in import_string(settings.HUB_PANELS).get(PLACE, ())]


def facts_of(order, user, now):
    """The Facts of an order as this person may know them; functions of config/panels.py add theirs."""
    held = (order.state or {}).get("decisions", {}).get("held") or {}
    known = {
        "now": now,
        "zone": zone_of(order),
        "lateness": order.lateness,
        "is_open": bool(order.is_open),
        "commercial": order.commercial,
        "late_since": order.late_since,
        "reason_en": order.late_reason_en,
        "reason_zh": order.late_reason_zh,
        "promised_at": order.promised_at,
        "forecast_at": order.forecast_at,
        "actual_at": order.actual_at,
        "held_at": order.held_at,
        "hold_reason": held.get("reason", "") if isinstance(held, dict) else "",
    }
    for tell in _tellers():
        known.update(tell(order, user, known) or {})
    return Facts(**known)


def sentence_of(order, user, now):
    """The parts of the order's sentence in the reader's language."""
    return compose(facts_of(order, user, now), short(get_language()))


def zone_of(order):
    return ZoneInfo(order.plant.time_zone if order.plant else settings.HUB_TIME_ZONE)
