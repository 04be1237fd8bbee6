"""Which faults hit many orders at once, because a clock, a device or a table was wrong for a while?"""
from typing import NamedTuple

from integrations.sample_factory.catalog import CUSTOMERS, MATERIALS, WAREHOUSES, old_pack
from integrations.sample_factory.clockwork import DAY, HOUR, MINUTE, OFFSET, SECOND
from integrations.sample_factory.faults import GROUP_KINDS, Fault, days_between
from integrations.sample_factory.plan import NEVER
from integrations.sample_factory.wording import naive


def _some(draw, choices, rate):
    """At least one of the choices, else this share of them."""
    return draw.sample(choices, min(max(1, round(rate * len(choices))), len(choices)))


def group_kind(make):
    """Registers `make(rate, draw, start, now)`, which gives the groups of one kind."""
    GROUP_KINDS[make.__name__.strip("_").upper()] = make
    return make


class ClockGroup(NamedTuple):
    """A warehouse, or one device of it, whose clock was `shift` ms off from `begin` until `end`."""

    fault: Fault
    name: str
    warehouse: str
    device: str
    begin: int
    end: int
    shift: int

    is_of_clocks = True

    def reaches(self, plan):
        """Was anything of this order booked there and then?"""
        if plan.warehouse.code != self.warehouse or (self.device and plan.device != self.device):
            return False
        times = [plan.received, *(load.shipped for load in plan.shipments)]
        return any(self.begin <= moment < self.end for moment in times if moment != NEVER)

    def covers(self, moment):
        return self.begin <= moment < self.end

    def spoil(self, case):
        """Shifts what was booked; it shows when the ERP's posting of the same goods is there to compare."""
        plan = case.plan
        for draft in case.of("wms", "receipt"):
            if self.covers(plan.received):
                draft.row["inbound_time"] = draft.row["update_time"] = naive(plan.received + self.shift)
                self._tell(case, draft, case.of("erp", "posting", "receipt"))
        for draft in case.of("wms", "shipment"):
            load = plan.shipments[draft.part]
            if self.covers(load.shipped):
                self._shift_shipment(draft, load)
                if draft.word == "shipped":
                    self._tell(case, draft, case.of("erp", "posting", "issue", draft.part))

    def _shift_shipment(self, draft, load):
        draft.row["pack_time"] = naive(load.packed + self.shift)
        draft.row["update_time"] = naive(draft.occurred + self.shift)
        if draft.word == "shipped":
            draft.row["ship_time"] = naive(load.shipped + self.shift)

    def _tell(self, case, draft, postings):
        if postings:
            later = max(postings[0], draft, key=lambda one: one.received)
            key = draft.row.get("asn_code") or draft.row["ship_code"]
            case.tell(later, entity=draft.entity, record=key)


@group_kind
def _timezone(rate, draw, start, now):
    """A warehouse wrote UTC for a day where it should have written local time."""
    told = Fault("TIMEZONE", "TIMEZONE", "receipt", "posted_at", ("wms",), True, None)
    days = [day - (day + OFFSET) % DAY for day in days_between(start, now)]
    choices = [(day, house.code) for day in days for house in WAREHOUSES]
    return [
        ClockGroup(told, f"TIMEZONE-{house}-{place + 1}", house, "", day, day + DAY, -8 * HOUR)
        for place, (day, house) in enumerate(_some(draw, choices, rate))
    ]


@group_kind
def _clock_skew(rate, draw, start, now):
    """A hand-held scanner's clock was some minutes off for up to five days."""
    told = Fault("CLOCK_SKEW", "CLOCK_SKEW", "receipt", "posted_at", ("wms",), True, None)
    devices = [(house.code, device) for house in WAREHOUSES for device in house.devices]
    days = days_between(start, now)
    made = []
    for house, device in _some(draw, devices, rate):
        begin = draw.choice(days)
        shift = draw.choice((-1, 1)) * (5 * MINUTE + draw.randrange(17, 460) * SECOND)
        made.append(ClockGroup(told, f"CLOCK_SKEW-{device}", house, device, begin, begin + 5 * DAY, shift))
    return made


class CodeGroup(NamedTuple):
    """A customer whose code the WMS has written as another's since `begin`."""

    fault: Fault
    name: str
    customer: str
    wrong: str
    begin: int

    is_of_clocks = False

    def reaches(self, plan):
        return plan.customer.code == self.customer and plan.created >= self.begin

    def spoil(self, case):
        drafts = case.of("wms", "order")
        for draft in drafts:
            draft.row["customer_no"] = f"C{self.wrong}"
        if drafts:
            case.tell(drafts[0])


@group_kind
def _xref_wrong(rate, draw, start, now):
    """The WMS's table of customers has pointed one of them to another since some day."""
    told = Fault("XREF_WRONG", "XREF_WRONG", "order", "customer", ("wms",), True, None)
    made = []
    for customer in _some(draw, CUSTOMERS[:12], rate):
        wrong = draw.choice([other for other in CUSTOMERS if other is not customer])
        begin = draw.choice(days_between(start, now, last=(now - start) // DAY * 2 // 3))
        made.append(CodeGroup(told, f"XREF_WRONG-{customer.code}", customer.code, wrong.code, begin))
    return made


class FactorGroup(NamedTuple):
    """A part whose boxes the WMS turns into pieces by the old packing since `begin`: `old`, not `pack`."""

    fault: Fault
    name: str
    material: str
    pack: int
    old: int
    begin: int

    is_of_clocks = False

    def reaches(self, plan):
        part = plan.lines[0].material
        return len(plan.lines) == 1 and part.code == self.material and plan.created >= self.begin

    def spoil(self, case):
        drafts = case.of("wms", "order")
        for draft in drafts:
            row = draft.row
            row["goods_unit"], row["goods_qty"] = "件", case.plan.pieces // self.pack * self.old
            if row["delivery_actual_qty"] is not None:
                row["delivery_actual_qty"] *= self.pack
        if drafts:
            case.tell(drafts[0], factor=self.old)


@group_kind
def _factor_version(rate, draw, start, now):
    """The WMS converts boxes of a part by its former packing since some day."""
    told = Fault("FACTOR_VERSION", "FACTOR_VERSION", "order", "quantity_m", ("wms",), True, None)
    return [
        FactorGroup(told, f"FACTOR_VERSION-{part.code}", part.code, part.pack, old_pack(part),
                    draw.choice(days_between(start, now, last=(now - start) // DAY // 2)))
        for part in _some(draw, MATERIALS, rate)
    ]


class StockGroup(NamedTuple):
    """A part of which the WMS shows `boxes` more than there are since `begin`, after somebody's count."""

    fault: Fault
    name: str
    warehouse: str
    material: str
    boxes: int
    begin: int
    counter: str

    is_of_clocks = False

    def reaches(self, plan):
        return False


def told_of_stock(group, moment):
    """The truth about a wrong count, told with the first snapshot that shows it."""
    told = group.fault
    return {
        "kind": told.kind, "cause": told.cause, "order": "", "key": f"{group.warehouse}/{group.material}",
        "entity": told.entity, "field": told.field, "systems": list(told.systems), "changes_compared": True,
        "parks": False, "group": group.name, "known_at": moment.isoformat(), "boxes": group.boxes,
    }


@group_kind
def _stock_count(rate, draw, start, now):
    """Somebody counted and booked the difference in the WMS only; seen in the snapshots of the last days."""
    told = Fault("STOCK_COUNT", "MANUAL_EDIT", "stock", "on_hand_m", ("wms",), True, None)
    places = [(house, part) for part in MATERIALS for house in WAREHOUSES if house.plant == part.plant]
    return [
        StockGroup(told, f"STOCK_COUNT-{house.code}-{part.code}", house.code, part.code,
                   draw.choice((-6, -3, 2, 4, 9)), now - draw.randrange(30, 60) * HOUR, draw.choice(house.people))
        for house, part in _some(draw, places, rate)
    ]
