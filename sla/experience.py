"""What do the hub's own finished orders say of an open node: when will it be passed, and is it slower than others?"""
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sla.forecast import ANY, SLOW_AT, held_share, p_late, remaining_s, slow_after_s
from sla.models import Experience

LIKELY, NEARLY = 0.5, 0.8  # half of comparable orders, four of five
NO_TABLE = {"v": 1, "least": 0, "rows": {}, "held": {}}


def newest_table():
    """The durations of finished orders, {} of rows where nothing has finished yet; one small query, then remembered."""
    newest = Experience.objects.order_by("-pk").values_list("pk", "made_at").first()
    return NO_TABLE if newest is None else _table(*newest)


def newest_made_at():
    """When the finished orders were read last; None: never."""
    return Experience.objects.order_by("-pk").values_list("made_at", flat=True).first()


@lru_cache(maxsize=2)
def _table(pk, made_at):  # after a restore one number may stand for another reading
    return Experience.objects.values_list("table", flat=True).get(pk=pk)


def key_of(row_id):
    return str(row_id) if row_id else ANY


@dataclass(frozen=True, slots=True)
class Outlook:
    """One open order against the table: it passed `start` at `since`, `before_s` after its first node."""

    table: dict
    kind: str
    tier: str
    start: str
    since: datetime
    before_s: int
    elapsed_s: int
    work: object
    now: datetime

    def expected_at(self, code, share=LIKELY):
        """(instant by which `share` of comparable orders had passed the node, how many orders spoke); None: unknown."""
        found = remaining_s(self.table, self.kind, self.tier, self.start, code, elapsed_s=self.elapsed_s,
                            before_s=self.before_s, share=share)
        return None if found.value is None else (self.work.add(self.now, int(found.value)), found.samples)

    def slow_at(self, code):
        """From when on it waits for this node longer than 19 of 20 comparable orders did; None where nobody knows."""
        after = slow_after_s(self.table, self.kind, self.tier, self.start, code, before_s=self.before_s, share=SLOW_AT)
        return None if after is None else self.work.add(self.since, int(after))

    def late_p(self, code, due_at):
        """How likely the node is passed after `due_at`; None where nobody knows."""
        left = self.work.between(self.now, due_at)
        return p_late(self.table, self.kind, self.tier, self.start, code, elapsed_s=self.elapsed_s, left_s=left,
                      before_s=self.before_s).value

    def held(self, code):
        """(share, orders): in how many of later orders the date that four of five keep was kept; None of too few."""
        return held_share(self.table, self.kind, self.tier, code)


def outlook(table, kind_id, tier_id, passed, work, now):
    """The Outlook of an order whose nodes were passed at `passed` {code: instant}; None before the first of them."""
    if not passed or not table["rows"]:
        return None
    first, (start, since) = min(passed.values()), max(passed.items(), key=lambda one: (one[1], one[0]))
    since = min(since, now)
    return Outlook(table, key_of(kind_id), key_of(tier_id), start, since, work.between(first, since),
                   work.between(since, now), work, now)
