"""Which records of other systems are probably this order's, written under a number that is misspelled there?"""
from dataclasses import dataclass

from django.db.models import Q

from orders.actions import join_orders, rematch_key
from orders.models import Order, SourceRecord
from orders.order_reading import hidden_entities
from reconciliation.models import Difference
from reconciliation.profile_yaml import build_profile

BY_SPELLING = ("KEY_FORMAT", "TYPO", "TRUNCATED", "SCIENTIFIC_NOTATION", "ENCODING")
MOST = 20


@dataclass(frozen=True)
class Stray:
    """A record that a comparison reads as this order's, the difference that says so, and the number it gives."""

    record: SourceRecord
    difference: Difference
    written: str

    @property
    def sentence(self):
        return self.difference.causes[0]["sentence"]


def strays_of(order, user):
    """[Stray] of what this person sees, each record once; nothing of what belongs to the order already."""
    found = Difference.objects.visible_to(user).filter(
        order=order, kind="missing", cause__in=BY_SPELLING, state__in=Difference.OPEN_STATES)
    named = {}
    for difference in found.select_related("last_run__version").order_by("pk")[:MOST]:
        for key, written in _misspelled(difference):
            named.setdefault(key, (difference, written))
    if not named:
        return []
    any_of = Q()
    for system, entity, key in named:
        any_of |= Q(system__code=system, entity=entity, key=key)
    records = SourceRecord.objects.visible_to(user).filter(any_of, is_retracted=False).exclude(order=order)
    records = records.exclude(entity__in=hidden_entities(user)).select_related("system", "order").order_by("pk")
    return [Stray(one, *named[one.system.code, one.entity, one.key]) for one in records]


def _misspelled(difference):
    """((system, entity, key), number as written) of the records that a difference blames."""
    cause, spec = difference.causes[0], difference.last_run.spec
    systems = build_profile({"version": 1, **spec}).systems if spec else {}
    for key in cause["evidence"].get("keys", ()):
        system = systems.get(key["system"])
        if system and key["system"] in cause.get("systems", ()):
            yield (system.source, system.entity, key["record"]), key["written"]


def match_stray(*, stray, order, reason, by, at):
    """The record is this order's. What only it and its like have made an order of comes over whole."""
    other = stray.record.order
    if other is not None and other.awaits_confirmation:
        return join_orders(order=order, other=other, reason=reason, by=by, at=at)
    rematch_key(record=stray.record, order=order, reason=reason, by=by, at=at)
    return Order.objects.get(pk=order.pk)
