"""Which records of other systems are probably an order's, under a misspelled number or as parts of a split?

And, of an order that only such a record has made: which order is it probably?
"""
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform

from orders.models import Order, SourceRecord
from orders.order_reading import hidden_entities
from reconciliation.models import Difference
from reconciliation.profile_yaml import build_profile

BY_SPELLING = ("KEY_FORMAT", "TYPO", "TRUNCATED", "SCIENTIFIC_NOTATION", "ENCODING")
BY_PARTS = ("SPLIT_ORDER", "PARTS_DIFFER")
OF_PRESENCE = ("missing", "duplicate", "cardinality")
# Accepting a difference says that it is so: then the record is this order's all the more.
STANDING = (*Difference.OPEN_STATES, Difference.ACCEPTED)
PARTS = " + "  # between the keys of one system's parts, as a difference of presence shows them
MOST = 20
MOST_SHOWING = 30


@dataclass(frozen=True)
class Stray:
    """A record that a comparison reads as this order's, the difference that says so, and the number it gives."""

    record: SourceRecord
    difference: Difference
    written: str

    @property
    def made(self):
        """Does it stand under an order of the very number it gives, and is that number not its key?"""
        order = self.record.order
        return order is not None and order.number == self.written != self.record.key


@dataclass(frozen=True)
class Kin:
    """What one difference says to be `order`'s: a record under a misspelled number, or parts."""

    order: Order
    difference: Difference
    strays: list

    @property
    def is_parts(self):
        return self.difference.cause in BY_PARTS

    @property
    def sentence(self):
        return self.difference.causes[0]["sentence"]


def strays_of(order, user):
    """[Stray] of what this person sees, each record once; nothing of what belongs to the order already."""
    by_cause = Q(kind="missing", cause__in=BY_SPELLING) | Q(kind="cardinality", cause__in=BY_PARTS)
    found = Difference.objects.visible_to(user).filter(by_cause, order=order, state__in=STANDING)
    named = {}
    for difference in found.select_related("last_run__version", "profile").order_by("pk")[:MOST]:
        for key, written in _named_in(difference):
            named.setdefault(key, (difference, written))
    if not named:
        return []
    any_of = Q()
    for system, entity, key in named:
        any_of |= Q(system__code=system, entity=entity, key=key)
    records = SourceRecord.objects.visible_to(user).filter(any_of, is_retracted=False).exclude(order=order)
    records = records.exclude(entity__in=hidden_entities(user)).select_related("system", "order").order_by("pk")
    return [_stray(one, *named[one.system.code, one.entity, one.key]) for one in records]


def _stray(record, difference, written):
    return Stray(record, difference, written or record.order_number or record.key)


def kin_of(order, user):
    """[Kin] of an order: its strays, those of one difference together."""
    found = {}
    for one in strays_of(order, user):
        found.setdefault(one.difference.pk, []).append(one)
    return [Kin(order, strays[0].difference, strays) for strays in found.values()]


def owners_of(order, user):
    """[Kin] that show a record of this provisional order as another's; nothing of any other order."""
    if not order.awaits_confirmation:
        return []
    ids = {one.order_id for one in showing_records_of(order, user) if one.order_id and one.order_id != order.pk}
    owners = Order.objects.visible_to(user).filter(pk__in=ids, archived_at=None).order_by("pk")
    return [kin for owner in owners for kin in kin_of(owner, user)
            if any(stray.record.order_id == order.pk for stray in kin.strays)]


def showing_records_of(order, user):
    """Standing differences of presence whose values name a header of this order, alone or among a system's parts.

    A misspelled or split number is compared under the number it stands for, so the difference is another order's.
    """
    records = SourceRecord.objects.filter(order=order, entity="order").values_list("system__code", "key")[:20]
    keys = {(system, key) for system, key in records if key}
    if not keys:
        return []
    rows, shown = Difference.objects.visible_to(user).filter(state__in=STANDING, kind__in=OF_PRESENCE), []
    for number, (system, key) in enumerate(sorted(keys)):
        rows = rows.annotate(**{f"shown_{number}": KeyTextTransform(system, "values")})
        shown.append(Q(**{f"shown_{number}__contains": key}))
    found = rows.filter(reduce(or_, shown)).select_related("profile", "last_run__version").order_by("-id")
    return [one for one in found[:MOST_SHOWING] if any(key in _parts(one, system) for system, key in keys)]


def _parts(difference, system):
    return str(difference.values.get(system) or "").split(PARTS)


def _named_in(difference):
    """((system, entity, key), number as written or "") of the records that a difference blames."""
    cause, spec = difference.causes[0], difference.last_run.spec
    systems = build_profile({"version": 1, **spec}).systems if spec else {}
    for name, key, written in _blamed(difference, cause):
        if name in systems and name in cause.get("systems", ()):
            yield (systems[name].source, systems[name].entity, key), written


def _blamed(difference, cause):
    if difference.cause in BY_PARTS:
        return [(name, key, "") for name in cause.get("systems", ()) for key in _parts(difference, name) if key]
    return [(key["system"], key["record"], key["written"]) for key in cause["evidence"].get("keys", ())]
