"""Which rows does the sample factory send, in the order in which a hub receives them?

A world is a pure function of its seed and its parameters and goes on for ever: `simulate` gives what was
received until `now`, `tick` what came since. Order i can be made without orders 0 … i−1, so neither keeps a
state between calls.
"""
import heapq
from datetime import datetime
from typing import NamedTuple

from integrations.sample_factory import crm, erp, mes, tms, wms
from integrations.sample_factory.clockwork import DAY, Arrivals, to_datetime, to_ms
from integrations.sample_factory.fault_groups import told_of_stock
from integrations.sample_factory.fault_kinds import Draft, FaultBook
from integrations.sample_factory.mending import LATEST
from integrations.sample_factory.plan import LONGEST_LIFE, make_plan
from integrations.sample_factory.reference import reference_rows
from integrations.sample_factory.wording import batch_of, message_id

SYSTEMS = (erp, wms, crm, mes, tms)


class RawRow(NamedTuple):
    """One message: who sent it, about which kind of thing, in its own words, and when the hub received it."""

    system: str
    entity: str
    raw: dict
    received_at: datetime


class World:
    """A factory's whole run: `orders` arrive in the `days` before `now` (aware), and as many a day after it.

    `faults` is {kind: rate}, the rate being the share of orders (of warehouse-days, devices, customers, parts
    for the systemic kinds) that suffer it; the share `mended` of single faults is put right at the source within two
    days. With `backdrop`, master data and stock snapshots are sent too.
    """

    def __init__(self, orders, seed, now, faults=None, days=30, backdrop=True, mended=0.0):
        self.seed, self.orders, self.days, self.backdrop = seed, orders, days, backdrop
        self.now = to_ms(now)
        self.start = self.now - int(days * DAY)
        self.arrivals = Arrivals(self.start, self.now, orders)
        self.faults = dict(faults or {})
        self.book = FaultBook(self.faults, seed, self.start, self.now, mended)
        self.tail = LATEST if mended else 0  # what is put right may come after all else of an order

    def plan(self, index):
        """The true life of order `index`."""
        return make_plan(self.seed, index, self.arrivals.time_of(index), self.now)

    def plans(self, after, until):
        """The plans of all orders that may send something in (after, until], in order of arrival."""
        first = self.arrivals.count_until(after - LONGEST_LIFE - self.tail) if after is not None else 0
        for index in range(max(first - 1, 0), self.arrivals.count_until(until) + 1):
            plan = self.plan(index)
            if plan.created <= until and (after is None or plan.ends + self.tail > after):
                yield plan

    def messages(self, plan):
        """[(received, serial, module, plan, step or Draft)] of one order, its faults done."""
        made, place = [], 0
        for system, module in enumerate(SYSTEMS):
            low, span = module.LAG
            for step in module.steps(plan):
                noise = (plan.lag_seed ^ (place * 2_654_435_761)) * 2_246_822_519 >> 7
                made.append((step[0] + low + noise % span, plan.index * 64 + place, system, plan, step))
                place += 1
        suffered = self.book.suffered(plan)
        return self._with_faults(plan, made, suffered) if suffered else made

    def _with_faults(self, plan, messages, suffered):
        drafts = [
            Draft(received, serial, SYSTEMS[system].CODE, step[1], step[2], step[3], step[0],
                  _rendered(SYSTEMS[system], plan, step, received, serial))
            for received, serial, system, plan, step in messages
        ]
        self.book.apply(suffered, plan, drafts)
        return [(draft.received, draft.serial, None, plan, draft) for draft in drafts]

    def rows(self, after, until, truth=None):
        """RawRows received in (after, until] (UTC ms; after None = from the start), by time of receipt.

        What was done wrong on purpose is appended to the list `truth` when it becomes visible.
        """
        orders = self._order_rows(after, until, truth)
        if not self.backdrop:
            return orders
        return heapq.merge(self._backdrop(after, until, truth), orders, key=lambda row: row.received_at)

    def _backdrop(self, after, until, truth):
        told = set()
        for *row, count in reference_rows(self, after, until):
            if count is not None and truth is not None and count.name not in told:
                told.add(count.name)
                truth.append(told_of_stock(count, row[3]))
            yield RawRow(*row)

    def _order_rows(self, after, until, truth):
        waiting = []
        for plan in self.plans(after, until):
            while waiting and waiting[0][0] < plan.created:
                yield from _emitted(heapq.heappop(waiting), truth)
            for message in self.messages(plan):
                if message[0] <= until and (after is None or message[0] > after):
                    heapq.heappush(waiting, message)
        while waiting:
            yield from _emitted(heapq.heappop(waiting), truth)


def _rendered(module, plan, step, received, serial):
    head = module.envelope(None, message_id(module.CODE, plan, serial % 64), batch_of(module.CODE, received))
    return module.render(plan, step, head)


def _emitted(message, truth):
    received, serial, system, plan, step = message
    if system is not None:
        module = SYSTEMS[system]
        row = _rendered(module, plan, step, received, serial)
        yield RawRow(module.CODE, step[1], row, to_datetime(received))
        return
    if truth is not None:
        truth.extend(step.truths)
    if step.row is not None:
        yield RawRow(step.system, step.entity, step.row, to_datetime(received))


def simulate(*, orders, seed, now, faults=None, days=30, backdrop=True, truth=None):
    """An iterator of RawRow up to `now`; see World for the parameters and `World.rows` for `truth`."""
    world = World(orders, seed, now, faults, days, backdrop)
    return world.rows(None, world.now, truth)


def tick(world, since, now, truth=None):
    """RawRows of `world` that became due in (since, now], both aware datetimes."""
    return world.rows(to_ms(since), to_ms(now), truth)
