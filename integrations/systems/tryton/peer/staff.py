"""What do people do in the peer while the hub watches: sell, change, pick, ship, cancel?

Everything goes through Tryton's own REST door and its own buttons; its rules decide what is allowed.
"""
from functools import cached_property

from integrations.systems.base import PeerConfig
from integrations.systems.tryton.client import TrytonClient

STEPS = ("wait", "assign_try", "pick", "pack", "ship", "do")


class Staff:
    """Somebody with a key of one Server. Ids are Tryton's own."""

    def __init__(self, server):
        config = PeerConfig(server.role, server.url, server.key, allow_loopback=True)
        self.client = TrytonClient(config, context={"company": 1, "_skip_warnings": True})

    def find(self, model, domain, *fields):
        """The one record the domain means."""
        (row,) = self.client.search(model, domain, ["id", *fields], limit=2)
        return row

    @cached_property
    def currency(self):
        return self.find("company.company", [], "currency.id")["currency"]["id"]

    def party(self, code):
        return self.find("party.party", [["code", "=", code]], "addresses.id", "customer_payment_term.id")

    def product(self, code):
        return self.find("product.product", [["code", "=", code]], "default_uom.id")

    def act(self, model, record_id, *actions):
        """Press buttons one after the other."""
        for action in actions:
            self.client.act(model, record_id, action)


class SalesDesk(Staff):
    """The ERP's people."""

    def draft_sale(self, customer, lines, *, shipping_date, reference=""):
        """A new sale, id; `lines` is [(product code, quantity, unit price as text)]."""
        party = self.party(customer)
        address = party["addresses"][0]["id"]
        made = self.client.create("sale.sale", {
            "party": party["id"], "invoice_party": party["id"], "shipment_party": party["id"],
            "invoice_address": address, "shipment_address": address, "currency": self.currency,
            "reference": reference, "shipping_date": shipping_date, "invoice_method": "fulfillment",
            "payment_term": party["customer_payment_term"]["id"],
            "lines": [["create", [self._line(place, *line) for place, line in enumerate(lines)]]],
        })
        return made["id"]

    def _line(self, place, product, quantity, price):
        found = self.product(product)
        return {"type": "line", "sequence": (place + 1) * 10, "product": found["id"], "quantity": quantity,
                "unit": found["default_uom"]["id"], "unit_price": {"__class__": "Decimal", "decimal": price}}

    def confirm(self, sale_id):
        """Quote and confirm; Tryton processes it at once and makes the shipment. The order number."""
        self.act("sale.sale", sale_id, "quote", "confirm")
        return self.number(sale_id)

    def number(self, sale_id):
        return self.find("sale.sale", [["id", "=", sale_id]], "number")["number"]

    def sale(self, number):
        """The sale of this number with the ids of its lines and shipments."""
        return self.find("sale.sale", [["number", "=", number]], "state", "lines.id", "shipments.id",
                         "shipments.state")

    def cancel(self, sale_id):
        self.act("sale.sale", sale_id, "cancel")

    def change_quantity(self, line_id, quantity):
        """Type another quantity into one line; Tryton allows it until the sale is quoted."""
        self.client.update("sale.line", line_id, {"quantity": quantity})


class Warehouse(Staff):
    """The warehouse's people; in the ERP they move the ERP's own shipments."""

    def take_order(self, number, customer, lines, *, planned_date):
        """A shipment of the warehouse's own that names the ERP's order in `reference`; its id."""
        warehouse = self.find("stock.location", [["type", "=", "warehouse"]], "output_location.id",
                              "storage_location.id")
        dock = warehouse["output_location"]["id"]
        party = self.party(customer)
        customers = self.find("stock.location", [["type", "=", "customer"]])["id"]
        moves = [self._move(dock, customers, *line) for line in lines]
        made = self.client.create("stock.shipment.out", {
            "customer": party["id"], "delivery_address": party["addresses"][0]["id"], "reference": number,
            "warehouse": warehouse["id"], "warehouse_output": dock,
            "warehouse_storage": warehouse["storage_location"]["id"],
            "planned_date": planned_date, "outgoing_moves": [["create", moves]],
        })
        self.act("stock.shipment.out", made["id"], "wait")
        return made["id"]

    def _move(self, dock, customers, product, quantity, *_price):
        found = self.product(product)
        return {"product": found["id"], "quantity": quantity, "unit": found["default_uom"]["id"],
                "from_location": dock, "to_location": customers, "currency": self.currency,
                "unit_price": {"__class__": "Decimal", "decimal": "0"}}

    def correct_quantity(self, shipment_id, product, quantity):
        """Ship another quantity of `product` than was asked for; possible until the shipment is picked."""
        shipment = self.find("stock.shipment.out", [["id", "=", shipment_id]], "inventory_moves.product.code")
        for move in shipment["inventory_moves"]:
            if move["product"]["code"] == product:
                self.client.update("stock.move", move["id"], {"quantity": quantity})

    def bring_to(self, shipment_id, step):
        """Press the buttons from where the shipment stands up to `step` (one of STEPS)."""
        state = self.find("stock.shipment.out", [["id", "=", shipment_id]], "state")["state"]
        reached = ("draft", "waiting", "assigned", "picked", "packed", "shipped", "done").index(state)
        self.act("stock.shipment.out", shipment_id, *STEPS[reached:STEPS.index(step) + 1])
