"""What is the true life of one order in the sample factory, from its arrival to its payment?

A plan is a pure function of the world's seed and the order's index: every time (UTC ms), quantity (pieces)
and amount (fen) of the whole life stands in it from the start; `NEVER` marks what does not happen.
"""
from random import Random
from typing import NamedTuple

from integrations.sample_factory.catalog import (
    CARRIERS,
    CUSTOMERS,
    MATERIALS_OF,
    PEOPLE,
    PLANTS,
    SUPPLIERS,
    TEAMS,
    WAREHOUSES_OF,
    Customer,
    Material,
    Warehouse,
)
from integrations.sample_factory.clockwork import (
    DAY,
    DOCK,
    HOUR,
    MINUTE,
    OFFICE,
    PLANT,
    ROAD,
    SECOND,
    after_work,
    next_hour_of_day,
)

NEVER = 1 << 60
FIRST_NUMBER = 60_100_000
LONGEST_LIFE = 75 * DAY
_PEOPLE_OF_TEAM = {team[0]: team[3] for team in TEAMS}

# kind, share of all orders, pieces per line in boxes (from, to)
_KINDS = (("standard", 34, (6, 80)), ("urgent", 10, (4, 30)), ("custom", 10, (3, 24)),
          ("vmi", 24, (10, 120)), ("jit", 22, (4, 40)))
_KIND_OF_PERCENT = [kind for kind, share, _ in _KINDS for _ in range(share)]
_BOXES = {kind: boxes for kind, _, boxes in _KINDS}
# What goes wrong in good faith: where, in English and Chinese, hours lost (from, to), for made-to-order only?
TROUBLES = (
    ("credit", "Credit limit used up, waiting for payment", "信用额度用尽，等待回款", (8, 60), False),
    ("material", "Supplier's castings late", "供应商铸件到货延迟", (20, 72), True),
    ("capacity", "Line occupied by an urgent order", "产线被急单占用", (10, 36), True),
    ("machine", "Spindle failure at the machining centre", "加工中心主轴故障", (8, 40), True),
    ("first_article", "First article out of tolerance, set-up repeated", "首件超差，重新调机", (5, 18), True),
    ("quality", "Porosity found, batch re-inspected", "发现气孔，整批复检", (8, 30), True),
    ("picking", "Warehouse backlog at month-end", "月末仓库积压", (8, 26), False),
    ("carrier", "Truck delayed by fog on the motorway", "高速大雾，车辆晚点", (8, 36), False),
)
_TROUBLES_OF = {made: [one for one in TROUBLES if made or not one[4]] for made in (True, False)}
# Mean hours of work before a node, by speed of the kind.
_PACE = {"standard": 1.5, "urgent": 0.4, "custom": 5.0, "vmi": 1.0, "jit": 0.25}


class Line(NamedTuple):
    """One line: number as the ERP counts (10, 20, …), part, pieces, price in fen per piece, amount in fen."""

    number: int
    material: Material
    pieces: int
    price: int
    amount: int


class Shipment(NamedTuple):
    """One lorry-load: pieces and when it was packed, shipped, posted, under way, delivered."""

    number: int
    pieces: int
    packed: int
    shipped: int
    posted: int
    transit: int
    delivered: int
    waybill: str


class Plan:
    """One order's true life. Times are UTC ms or NEVER."""

    __slots__ = (
        "index", "number", "kind", "customer", "team", "seller", "plant", "warehouse", "device", "keeper",
        "planner", "inspector", "worker", "supplier", "carrier", "lines", "pieces", "amount",
        "is_made",
        "created", "credit", "confirmed", "requested", "promised", "promised_first", "moved", "held",
        "released",
        "purchase", "mrp", "is_short", "received", "received_posted", "dispatched", "started",
        "first_article", "finished", "inspecting", "rejected", "qc_released", "picking", "shipments",
        "invoiced", "paid", "closed",
        "cancelled", "trouble", "lag_seed",
    )
    customer: Customer
    warehouse: Warehouse

    @property
    def delivered(self):
        """When the last shipment was signed for."""
        return self.shipments[-1].delivered

    @property
    def order_number(self):
        """The number as the hub writes it."""
        return str(self.number)

    @property
    def ends(self):
        """After this nothing more is said of the order, two days of faults allowed for."""
        last = self.shipments[-1].delivered
        moments = (self.confirmed, self.cancelled, self.closed, self.paid, self.received_posted, last)
        return max(moment for moment in moments if moment != NEVER) + 2 * DAY

    def promised_at(self, moment):
        """The promise in force at `moment` (None before confirmation)."""
        if moment < self.confirmed:
            return None
        return self.promised if moment >= self.moved else self.promised_first

    def delivered_pieces(self, moment):
        """Pieces signed for until `moment`."""
        return sum(load.pieces for load in self.shipments if load.delivered <= moment)

    def shipped_pieces(self, moment):
        """Pieces that left the dock until `moment`."""
        return sum(load.pieces for load in self.shipments if load.shipped <= moment)


def make_plan(seed, index, created, now=None):
    """The Plan of order `index` arriving at `created`; some promises fall due just after `now` (ms)."""
    draw = Random(seed * 1_000_003 + index)
    plan = Plan()
    plan.index, plan.number, plan.created = index, FIRST_NUMBER + index, created
    _choose_people(plan, draw)
    _choose_lines(plan, draw)
    plan.trouble = draw.choice(_TROUBLES_OF[plan.is_made]) if draw.random() < 0.2 else None
    _plan_sale(plan, draw)
    ready = _plan_making(plan, draw) if plan.is_made else plan.confirmed
    _plan_delivery(plan, draw, ready)
    _plan_promise(plan, draw, now)
    _plan_money(plan, draw)
    _plan_cancelling(plan, draw)
    plan.lag_seed = draw.getrandbits(30)
    return plan


def _choose_people(plan, draw):
    plan.kind = _KIND_OF_PERCENT[int(draw.random() * 100)]
    plan.is_made = plan.kind in ("standard", "urgent", "custom")
    plan.customer = CUSTOMERS[int(draw.random() ** 1.35 * len(CUSTOMERS))]
    plan.team = plan.customer.team
    plan.seller = draw.choice(_PEOPLE_OF_TEAM[plan.team])
    plan.plant = PLANTS[0 if draw.random() < 0.62 else 1][0]
    plan.warehouse = draw.choice(WAREHOUSES_OF[plan.plant])
    plan.device = draw.choice(plan.warehouse.devices)
    plan.keeper = draw.choice(plan.warehouse.people)
    plan.planner = draw.choice(PEOPLE["planning"])
    plan.inspector = draw.choice(PEOPLE["quality"])
    plan.worker = draw.choice(PEOPLE["production"])
    plan.supplier = draw.choice(SUPPLIERS)
    plan.carrier = draw.choice(CARRIERS)


def _choose_lines(plan, draw):
    parts = MATERIALS_OF[plan.plant]
    chance = draw.random()
    chosen = draw.sample(parts, 1 if chance < 0.82 else 2 if chance < 0.96 else 3)
    few, many = _BOXES[plan.kind]
    plan.lines = []
    for place, part in enumerate(chosen):
        pieces = part.pack * int(few + (many - few) * draw.random() ** 2)
        plan.lines.append(Line(10 * (place + 1), part, pieces, part.price, pieces * part.price))
    plan.pieces = sum(line.pieces for line in plan.lines)
    plan.amount = sum(line.amount for line in plan.lines)


def _lost(plan, draw, node):
    """Working ms lost at this node, if the order's trouble happens there."""
    if plan.trouble is None or plan.trouble[0] != node:
        return 0
    low, high = plan.trouble[3]
    return int((low + (high - low) * draw.random()) * HOUR * (0.4 if plan.kind == "jit" else 1))


def _hours(draw, low, high):
    return int((low + (high - low) * draw.random()) * HOUR)


def _plan_sale(plan, draw):
    pace = _PACE[plan.kind]
    calendar = OFFICE if plan.kind in ("standard", "custom") else PLANT
    plan.credit = after_work(plan.created + 20 * SECOND, _hours(draw, 0.1, 1.6 * pace), calendar)
    plan.confirmed = after_work(plan.credit, _hours(draw, 0.2, 3.5 * pace), calendar)
    plan.held = plan.released = NEVER
    lost = _lost(plan, draw, "credit")
    if lost:
        plan.held = after_work(plan.confirmed, _hours(draw, 0.3, 2), calendar)
        plan.released = after_work(plan.held, lost // 3, calendar)


def _plan_making(plan, draw):
    """Purchase, MRP and shop floor; gives when the goods are ready for the warehouse."""
    pace = _PACE[plan.kind]
    begin = plan.released if plan.released != NEVER else plan.confirmed
    plan.purchase = after_work(begin, _hours(draw, 0.1, 1.5 * pace), OFFICE if pace > 0.5 else PLANT)
    plan.mrp = plan.purchase + _hours(draw, 0.3, 3 * pace)
    late = _lost(plan, draw, "material")
    plan.is_short = bool(late)
    plan.received = after_work(plan.mrp, _hours(draw, 4 * pace, 22 * pace) + late, DOCK)
    plan.received_posted = plan.received + 20 * SECOND + int(draw.random() * 130 * SECOND)
    wait = _lost(plan, draw, "capacity")
    plan.dispatched = after_work(plan.received_posted, _hours(draw, 0.5, 6 * pace) + wait, PLANT)
    broken = _lost(plan, draw, "machine")
    plan.started = after_work(plan.dispatched, _hours(draw, 0.3, 3 * pace) + broken, PLANT)
    repeat = _lost(plan, draw, "first_article")
    plan.first_article = after_work(plan.started, _hours(draw, 0.5, 1.8) + repeat, PLANT)
    plan.finished = after_work(plan.first_article, _hours(draw, 4 * pace, 18 * pace), PLANT)
    return _plan_quality(plan, draw)


def _plan_quality(plan, draw):
    plan.inspecting = after_work(plan.finished, _hours(draw, 0.1, 1.0), PLANT)
    redo = _lost(plan, draw, "quality")
    plan.rejected = after_work(plan.inspecting, _hours(draw, 0.5, 2.5), PLANT) if redo else NEVER
    begin = plan.rejected if redo else plan.inspecting
    plan.qc_released = after_work(begin, _hours(draw, 0.5, 3) + redo, PLANT)
    return plan.qc_released


def _plan_delivery(plan, draw, ready):
    pace = 1.0 if plan.is_made else _PACE[plan.kind]
    if not plan.is_made:
        plan.purchase = plan.mrp = plan.received = plan.received_posted = NEVER
        plan.dispatched = plan.started = plan.first_article = plan.finished = NEVER
        plan.inspecting = plan.rejected = plan.qc_released = NEVER
        plan.is_short = False
        ready = plan.released if plan.released != NEVER else ready
    calendar = PLANT if plan.kind == "jit" else DOCK
    plan.picking = after_work(ready, _hours(draw, 0.4, 5 * pace) + _lost(plan, draw, "picking"), calendar)
    parts = [plan.pieces]
    if plan.is_made and len(plan.lines) == 1 and draw.random() < 0.06:
        first = plan.lines[0].material.pack * max(1, int(plan.pieces / plan.lines[0].material.pack * 0.6))
        parts = [first, plan.pieces - first] if first < plan.pieces else parts
    plan.shipments, begin = [], plan.picking
    for place, pieces in enumerate(parts):
        plan.shipments.append(_plan_shipment(plan, draw, place, pieces, begin, pace, calendar))
        begin = after_work(plan.shipments[-1].shipped, _hours(draw, 10, 40), calendar)


def _plan_shipment(plan, draw, place, pieces, begin, pace, calendar):
    packed = after_work(begin, _hours(draw, 0.4, 2.5 * pace), calendar)
    shipped = after_work(packed, _hours(draw, 0.3, 3 * pace), calendar)
    posted = shipped + 15 * SECOND + int(draw.random() * 120 * SECOND)
    road = plan.customer.road_h * (0.9 + 0.5 * draw.random()) * HOUR
    transit = shipped + int(min(road * 0.4, 6 * HOUR)) + 5 * MINUTE
    late = _lost(plan, draw, "carrier") if place == 0 else 0
    gate = ROAD if plan.kind == "jit" else DOCK
    delivered = after_work(shipped + int(road) + late, _hours(draw, 0.2, 1.5), gate)
    waybill = f"{plan.carrier[2]}{plan.number * 10 + place + 1:012d}"
    return Shipment(place + 1, pieces, packed, shipped, posted, transit, delivered, waybill)


def _plan_promise(plan, draw, now):
    """The promise is what could be kept without trouble, plus a margin.

    Of the orders under way at `now` some are late with their trouble, and some are due within hours.
    """
    lost = 0
    if plan.trouble is not None:
        low, high = plan.trouble[3]
        lost = (low + high) / 2 * HOUR * (1.6 if plan.trouble[4] else 1.1)
    margin = _hours(draw, 1, 4) if plan.kind == "jit" else _hours(draw, 2, 22)
    kept = max(plan.delivered - int(lost) + margin, plan.confirmed + 4 * HOUR)
    if plan.kind == "jit":
        plan.promised_first = kept - kept % (15 * MINUTE) + 15 * MINUTE
    else:
        plan.promised_first = next_hour_of_day(kept, 17, 0, OFFICE)
    if now is not None and plan.confirmed < now < plan.delivered:
        _bring_near(plan, draw, now)
    plan.requested = plan.promised_first - (0 if draw.random() < 0.8 else DAY)
    plan.promised, plan.moved = plan.promised_first, NEVER
    if plan.trouble is not None and plan.delivered > plan.promised_first and draw.random() < 0.3:
        _move_promise(plan, draw)


def _bring_near(plan, draw, now):
    chance = draw.random()
    if plan.trouble is not None and _trouble_began(plan) <= now and chance < 0.8:
        near = now - _hours(draw, 0.5, 44)
    elif chance < 0.09:
        near = now + _hours(draw, 0.3, 9)
    else:
        return
    near = max(near, plan.confirmed + HOUR)
    plan.promised_first = near - near % (5 * MINUTE) + 5 * MINUTE


def _trouble_began(plan):
    """When the node began at which the order's trouble befell it."""
    return {
        "credit": plan.held, "material": plan.mrp, "capacity": plan.received_posted, "machine": plan.dispatched,
        "first_article": plan.started, "quality": plan.rejected, "carrier": plan.shipments[0].shipped,
        "picking": plan.qc_released if plan.is_made else plan.confirmed,
    }[plan.trouble[0]]


def _move_promise(plan, draw):
    """Told in time: the trouble is seen, the customer gets a new date before the old one has passed."""
    begin = max(plan.confirmed + 2 * HOUR, plan.promised_first - _hours(draw, 10, 30))
    moved = after_work(begin, _hours(draw, 0.2, 2), OFFICE)
    if moved < min(plan.promised_first, plan.picking):
        plan.moved = moved
        plan.promised = next_hour_of_day(plan.delivered + 2 * HOUR, 17, 0, OFFICE)


def _plan_money(plan, draw):
    last = plan.shipments[-1]
    plan.invoiced = after_work(max(last.shipped, last.posted) + HOUR, _hours(draw, 0.5, 7), OFFICE)
    plan.paid = after_work(plan.invoiced, _hours(draw, 30, 160), OFFICE)
    plan.closed = after_work(max(last.delivered, plan.invoiced), _hours(draw, 0.3, 4), OFFICE)


def _plan_cancelling(plan, draw):
    plan.cancelled = NEVER
    if draw.random() >= 0.02:
        return
    limit = plan.dispatched if plan.is_made else plan.picking
    begin = max(plan.confirmed, plan.released if plan.released != NEVER else 0)
    if limit - begin > 30 * MINUTE:
        plan.cancelled = begin + 10 * MINUTE + int((limit - begin - 20 * MINUTE) * draw.random())
        _forget_after_cancelling(plan)


def _forget_after_cancelling(plan):
    for name in ("purchase", "mrp", "received", "received_posted", "dispatched", "started", "first_article",
                 "finished", "inspecting", "rejected", "qc_released", "picking", "invoiced", "paid", "closed",
                 "moved"):
        if getattr(plan, name) >= plan.cancelled:
            setattr(plan, name, NEVER)
    if plan.received != NEVER and plan.received_posted == NEVER:
        plan.received_posted = plan.received + 60 * SECOND
    if plan.moved == NEVER:
        plan.promised = plan.promised_first
    plan.shipments = [
        load._replace(packed=NEVER, shipped=NEVER, posted=NEVER, transit=NEVER, delivered=NEVER)
        for load in plan.shipments
    ]
