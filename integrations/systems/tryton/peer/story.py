"""What happens in a car-parts maker's day, step by step, so that somebody watching the hub sees it live?"""
import random
from dataclasses import dataclass, field
from datetime import date, timedelta

PRICES = {"BP-1001": "128.50", "SA-2044": "342.00", "HB-3102": "215.80", "EM-4410": "586.00",
          "CB-5201": "18.60", "WH-6105": "764.25"}
CUSTOMERS = ("C10021", "C10034", "C10047", "C10052", "C10068", "C10073")
WAY = ("assign_try", "pick", "pack", "ship", "do")
DONE = {"assign_try": "reserved stock for", "pick": "picked", "pack": "packed", "ship": "shipped"}
MOST_AT_ONCE = 5


@dataclass
class Flow:
    """One order on its way: the two systems' own shipments, how far each is, and what goes wrong with it."""

    number: str
    sale: int
    erp_shipment: int
    shipment: int
    lines: list
    trouble: str = ""
    left: list = field(default_factory=lambda: list(WAY))


class Story:
    """Each `step()` does one thing in one of the systems and returns the sentence that tells it."""

    def __init__(self, desk, erp_dock, dock, seed=1):
        self.desk, self.erp_dock, self.dock = desk, erp_dock, dock
        self.chance = random.Random(seed)
        self.flows = []
        self.sold = 0

    def step(self):
        if not self.flows or (len(self.flows) < MOST_AT_ONCE and self.chance.random() < 0.35):
            return self._sell()
        return self._go_on(self.chance.choice(self.flows))

    def _sell(self):
        customer = self.chance.choice(CUSTOMERS)
        products = self.chance.sample(sorted(PRICES), self.chance.choice((1, 1, 2)))
        lines = [(product, self.chance.randrange(20, 400, 10), PRICES[product]) for product in products]
        due = date.today() + timedelta(days=self.chance.randint(0, 5))
        sale = self.desk.draft_sale(customer, lines, shipping_date=due, reference=f"PO-LIVE-{self.sold + 1:03d}")
        number = self.desk.confirm(sale)
        (erp_shipment,) = self.desk.sale(number)["shipments"]
        shipment = self.dock.take_order(number, customer, lines, planned_date=due)
        trouble = ("", "short", "", "forgotten")[self.sold % 4]
        self.sold += 1
        self.flows.append(Flow(number, sale, erp_shipment["id"], shipment, lines, trouble))
        what = ", ".join(f"{quantity} × {product}" for product, quantity, _price in lines)
        return f"ERP  sold {number} to {customer}: {what}, due {due}"

    def _go_on(self, flow):
        step = flow.left.pop(0)
        if step == "assign_try" and flow.trouble == "short":
            return self._pick_short(flow)
        if step == "ship":
            return self._ship(flow)
        if step == "do":
            return self._sign(flow)
        self.dock.bring_to(flow.shipment, step)
        return f"WMS  {DONE[step]} {flow.number}"

    def _pick_short(self, flow):
        product, quantity, _price = flow.lines[0]
        self.dock.correct_quantity(flow.shipment, product, quantity - 5)
        self.dock.bring_to(flow.shipment, "assign_try")
        return f"WMS  reserved only {quantity - 5} of {quantity} {product} for {flow.number}"

    def _ship(self, flow):
        self.dock.bring_to(flow.shipment, "ship")
        if flow.trouble == "forgotten":
            return f"WMS  shipped {flow.number}; nobody posts it in the ERP"
        self.erp_dock.bring_to(flow.erp_shipment, "ship")
        return f"WMS  shipped {flow.number}; posted in the ERP"

    def _sign(self, flow):
        self.flows.remove(flow)
        self.dock.bring_to(flow.shipment, "do")
        if flow.trouble != "forgotten":
            self.erp_dock.bring_to(flow.erp_shipment, "do")
        return f"WMS  the customer signed for {flow.number}"
