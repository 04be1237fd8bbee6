"""How long did finished orders take from node to node, and would forecasts from the older have held for the newer?"""
from collections import defaultdict
from datetime import timedelta

from django.db.models import Max

from orders.bulk import in_chunks
from orders.models import Order
from sla.experience import NEARLY, key_of
from sla.forecast import build_table, passages_of, tested
from sla.hours import calendar_id_of, works_for
from sla.models import Experience, Milestone
from sla.paths import tiers_of

MOST_ORDERS = 5_000
YEAR = timedelta(days=365)
HELD_OUT = 5  # of every so many orders the newest is kept to test by
KEPT = 5


def learn(*, at, progress=lambda *said: None):
    """Read the newest finished orders of a year into a new Experience; None where none has finished."""
    finished = _finished(at)
    lives = list(_lives([pk for pk, _end in finished], progress))
    if not lives:
        return None
    split = len(lives) - len(lives) // HELD_OUT
    table = build_table([passage for life in lives for passage in passages_of(*life)], at=at.isoformat())
    older = build_table([passage for life in lives[:split] for passage in passages_of(*life)])
    table["held"] = tested(older, (passage for life in lives[split:] for passage in passages_of(*life)), NEARLY)
    row = Experience.objects.create(
        made_at=at, order_count=len(lives), since=finished[0][1], table=table
    )
    kept = Experience.objects.order_by("-pk").values_list("pk", flat=True)[:KEPT]
    Experience.objects.exclude(pk__in=list(kept)).delete()
    return row


def _finished(at):
    """[(order id, when its last node was passed), …] of the newest, oldest first."""
    ended = Order.objects.filter(is_open=0, joined_into=None, created_at__gte=at - YEAR).exclude(commercial="cancelled")
    newest = list(ended.order_by("-created_at", "-pk").values_list("pk", flat=True)[:MOST_ORDERS])
    ends = []  # what never passed a node teaches nothing
    for some in in_chunks(newest):
        passed = Milestone.objects.filter(order__in=some, actual_at__isnull=False).order_by()
        ends += passed.values("order").annotate(end=Max("actual_at")).values_list("order", "end")
    return sorted(ends, key=lambda one: (one[1], one[0]))


def _lives(ids, progress):
    """(kind, tier, {node code: working seconds since its first node}) of each order, in the given order."""
    done = 0
    for some in in_chunks(ids, 500):
        found = Order.objects.filter(pk__in=some).select_related("plant", "company").defer("state")
        orders = {one.pk: one for one in found}
        tiers, works = tiers_of(orders.values()), works_for(orders.values(), ())
        passed = defaultdict(dict)
        rows = Milestone.objects.filter(order__in=some, actual_at__isnull=False).order_by()
        for order_id, code, moment in rows.values_list("order_id", "node__code", "actual_at"):
            passed[order_id][code] = moment
        for pk in some:
            one, moments = orders[pk], passed[pk]
            first, work = min(moments.values()), works[calendar_id_of(one)]
            yield (key_of(one.kind_id), key_of(tiers.get(one.customer_id)),
                   {code: work.between(first, moment) for code, moment in moments.items()})
        done += len(some)
        progress(done, len(ids))
