"""What does a small East China car-parts maker look like inside Tryton? Run by Tryton's own interpreter.

The hub never imports this file: it is started as `python seed.py ORDER.json` in the peer's environment,
with TRYTOND_CONFIG set. ORDER.json: {"role": "erp"|"wms", "name": database, "database": path of its SQLite
file, "out": path, "erp": what the ERP's seeding wrote}. Writes {"key": REST key, "orders": [...]} to "out".
"""
import datetime as dt
import json
import os
import sqlite3
import sys
from decimal import Decimal
from pathlib import Path

from proteus import Model, config
from trytond.modules.account.tests.tools import create_chart, create_fiscalyear, get_accounts
from trytond.modules.account_invoice.tests.tools import create_payment_term, set_fiscalyear_invoice_sequences
from trytond.modules.company.tests.tools import create_company, get_company
from trytond.modules.currency.tests.tools import get_currency

COMPANY = "华东精工汽车部件有限公司"
CUSTOMERS = [
    ("C10021", "苏州恒达汽车电子有限公司", 3_000_000),
    ("C10034", "宁波申远汽车零部件有限公司", 1_500_000),
    ("C10047", "合肥新程汽车制造有限公司", 5_000_000),
    ("C10052", "无锡瑞峰底盘系统有限公司", 800_000),
    ("C10068", "杭州东麓商用车有限公司", 2_000_000),
    ("C10073", "上海凌越新能源汽车有限公司", 6_000_000),
]
PRODUCTS = [
    ("BP-1001", "前制动片总成", "128.50"),
    ("SA-2044", "左前转向节", "342.00"),
    ("HB-3102", "轮毂轴承单元", "215.80"),
    ("EM-4410", "驱动电机壳体", "586.00"),
    ("CB-5201", "下控制臂衬套", "18.60"),
    ("WH-6105", "高压线束总成", "764.25"),
]
PEOPLE = {"erp": "陈韵", "wms": "赵磊"}

# (customer, hours ago, [(product, quantity, unit price or None)], promised in days, how far it has got)
SALES = [
    (0, 96.0, [(0, 400, None), (4, 1200, None)], -1, "paid"),
    (1, 90.5, [(1, 160, None)], 0, "done"),
    (2, 82.0, [(3, 80, None), (5, 80, "749.00")], 1, "done"),
    (3, 73.2, [(2, 300, None)], -2, "partial"),
    (4, 70.0, [(0, 600, None), (2, 240, None)], 2, "partial"),
    (5, 55.7, [(5, 150, None)], 3, "packed"),
    (0, 51.0, [(4, 5000, None)], 1, "picked"),
    (2, 47.5, [(3, 120, None), (1, 60, None)], 4, "assigned"),
    (1, 30.1, [(0, 800, None)], 0, "processing"),
    (5, 28.4, [(5, 90, None), (3, 45, None)], 6, "processing"),
    (4, 25.0, [(1, 220, None)], 5, "processing"),
    (3, 20.6, [(2, 180, None)], 7, "cancelled"),
    (0, 9.3, [(0, 250, None)], 8, "confirmed"),
    (2, 7.8, [(4, 3000, None), (2, 100, None)], 9, "confirmed"),
    (1, 5.5, [(1, 90, None)], 10, "quotation"),
    (5, 3.1, [(5, 60, None)], 12, "quotation"),
    (4, 1.2, [(3, 30, None)], 14, "draft"),
]

# What the warehouse says differently, by position in SALES: the planted disagreements.
WAREHOUSE_QUIRKS = {
    1: {"quantity": {0: -10}},         # picked ten too few and closed it
    2: {"minutes_later": 11},          # posted eleven minutes after the ERP
    5: {"missing": True},              # the ERP knows a shipment that the warehouse never got
    6: {"quantity": {0: 500}},         # one box too many
    8: {"reference": "SO 2026 00009"},  # typed by hand, with blanks
    10: {"ahead": "packed"},           # packed although the ERP still waits
}


def main():
    order = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    config.set_trytond(f"sqlite:///{order['name']}", config_file=os.environ["TRYTOND_CONFIG"])
    config.get_config().skip_warning = True
    base = Base(PEOPLE[order["role"]])
    made = seed_erp(base) if order["role"] == "erp" else seed_warehouse(base, order["erp"])
    made["key"] = rest_key()
    backdate(order["database"], made.pop("history"))
    Path(order["out"]).write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")


class Base:
    """Company, people, products, accounts and full shelves: what both databases begin with."""

    def __init__(self, person):
        self.get = Model.get
        party = self.get("party.party")(name=COMPANY)
        party.save()
        create_company(party=party, currency=get_currency("CNY"))
        self.company = get_company()
        user = Model.get("res.user")(1)
        user.name = person
        user.save()
        self.now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
        self.accounts()
        self.customers = [self.customer(*row) for row in CUSTOMERS]
        self.products = [self.product(*row) for row in PRODUCTS]
        self.numbering()
        self.fill_shelves()

    def accounts(self):
        create_chart(self.company)
        year = set_fiscalyear_invoice_sequences(create_fiscalyear(self.company))
        year.save()
        year.click("create_period")
        self.term = create_payment_term()
        self.term.save()
        found = get_accounts(self.company)
        journal, = self.get("account.journal").find([("type", "=", "cash")])
        self.cash = self.get("account.invoice.payment.method")(
            name="银行转账", journal=journal, credit_account=found["cash"], debit_account=found["cash"])
        self.cash.save()
        self.category = self.get("product.category")(name="汽车零部件", accounting=True)
        self.category.account_expense = found["expense"]
        self.category.account_revenue = found["revenue"]
        self.category.save()

    def customer(self, code, name, credit):
        party = self.get("party.party")(name=name, code=code)
        if "credit_limit_amount" in party._fields:
            party.credit_limit_amount = Decimal(credit)
        party.customer_payment_term = self.term
        party.save()
        return party

    def product(self, code, name, price):
        unit, = self.get("product.uom").find([("name", "=", "Unit")])
        template = self.get("product.template")(
            name=name, code=code, type="goods", default_uom=unit, salable=True, list_price=Decimal(price))
        template.account_category = self.category
        template.save()
        return template.products[0]

    def numbering(self):
        for kind, prefix in (("Sale", "SO${year}"), ("Customer Shipment", "DN${year}"), ("Invoice", "FP")):
            model = "ir.sequence.strict" if kind == "Invoice" else "ir.sequence"
            for sequence in self.get(model).find([("sequence_type.name", "=", kind)]):
                sequence.prefix, sequence.padding = prefix, 5
                sequence.save()

    def fill_shelves(self):
        storage, = self.get("stock.location").find([("code", "=", "STO")])
        inventory = self.get("stock.inventory")(location=storage)
        for product in self.products:
            inventory.lines.new(product=product, quantity=20_000.0, expected_quantity=0.0)
        inventory.click("confirm")


def seed_erp(base):
    orders, history = [], []
    for place, row in enumerate(SALES):
        sale = new_sale(base, *row[:4])
        walk_sale(base, sale, row[4])
        sale.reload()
        history.append(sale_history(base, sale, row[1], row[4]))
        orders.append({"place": place, "number": sale.number, "goal": row[4], "id": sale.id,
                       "shipments": [ship.id for ship in sale.shipments]})
    return {"orders": orders, "history": history}


def new_sale(base, customer, age, lines, promised):
    sale = base.get("sale.sale")(party=base.customers[customer], payment_term=base.term)
    sale.invoice_method = "fulfillment"
    sale.reference = f"PO-{base.customers[customer].code[-3:]}-{int(age * 10):04d}"
    sale.sale_date = (base.now - dt.timedelta(hours=age)).date()
    sale.shipping_date = base.now.date() + dt.timedelta(days=promised)
    for place, (product, quantity, price) in enumerate(lines):
        line = sale.lines.new()
        line.product = base.products[product]
        line.quantity = float(quantity)
        line.unit_price = Decimal(price or PRODUCTS[product][2])
        line.sequence = (place + 1) * 10
    sale.save()
    return sale


def walk_sale(base, sale, goal):
    if goal == "draft":
        return
    sale.click("quote")
    if goal == "cancelled":
        sale.click("cancel")
    if goal in ("quotation", "cancelled"):
        return
    sale.click("confirm")
    if goal == "confirmed":
        return
    sale.click("process")
    walk_shipment(sale.shipments[0], "done" if goal == "paid" else goal)
    sale.click("process")
    if goal in ("done", "paid"):
        bill(base, sale, goal == "paid")


def walk_shipment(shipment, goal):
    """Along assigned … done; 'partial' ships half of the first line and leaves the rest as a back-order."""
    if goal == "processing":
        return
    if shipment.state == "draft":
        shipment.click("wait")
    if goal == "partial":
        move = shipment.inventory_moves[0]
        move.quantity = move.quantity / 2
        move.save()
        shipment.reload()
    shipment.click("assign_try")
    for step in ("pick", "pack", "ship"):
        if shipment.state == goal:
            return
        shipment.click(step)
    if goal == "done":
        shipment.click("do")


def bill(base, sale, is_paid):
    sale.reload()
    for invoice in sale.invoices:
        invoice.click("post")
        if is_paid:
            payment = invoice.click("pay")
            payment.form.payment_method = base.cash
            payment.execute("choice")
            invoice.click("process")
    sale.click("process")


def sale_history(base, sale, age, goal):
    """When each row is said to have been written: [(table, id, created, written or None)]."""
    made = base.now - dt.timedelta(hours=age)
    moved = made + dt.timedelta(hours=age * 0.6)
    rows = [("sale_sale", sale.id, made, None if goal == "draft" else moved)]
    rows += [("sale_line", line.id, made, None if goal in ("draft", "quotation") else moved)
             for line in sale.lines]
    for shipment in sale.shipments:
        rows += shipment_history(shipment, made + dt.timedelta(minutes=40), moved)
    rows += [("account_invoice", invoice.id, moved, moved + dt.timedelta(minutes=20))
             for invoice in sale.invoices]
    return rows


def shipment_history(shipment, made, moved):
    written = None if shipment.state == "draft" else moved
    rows = [("stock_shipment_out", shipment.id, made, written)]
    return rows + [("stock_move", move.id, made, written) for move in shipment.moves]


def seed_warehouse(base, erp):
    orders, history = [], []
    for order in erp["orders"]:
        quirk = WAREHOUSE_QUIRKS.get(order["place"], {})
        if not order["shipments"] or quirk.get("missing"):
            continue
        row = SALES[order["place"]]
        shipment = new_shipment(base, row, order["number"], quirk)
        goal = "done" if order["goal"] == "paid" else order["goal"]
        walk_shipment(shipment, quirk.get("ahead") or goal)
        shipment.reload()
        made = base.now - dt.timedelta(hours=row[1]) + dt.timedelta(minutes=42)
        moved = (base.now - dt.timedelta(hours=row[1] * 0.4)
                 + dt.timedelta(seconds=75, minutes=quirk.get("minutes_later", 0)))
        history.append(shipment_history(shipment, made, moved))
        orders.append({"place": order["place"], "reference": shipment.reference, "id": shipment.id,
                       "quirk": sorted(quirk)})
    return {"orders": orders, "history": history}


def new_shipment(base, row, number, quirk):
    shipment = base.get("stock.shipment.out")(customer=base.customers[row[0]])
    shipment.reference = quirk.get("reference", number)
    shipment.planned_date = base.now.date() + dt.timedelta(days=row[3])
    for place, (product, quantity, _price) in enumerate(row[2]):
        move = shipment.outgoing_moves.new()
        move.product = base.products[product]
        move.quantity = float(quantity + quirk.get("quantity", {}).get(place, 0))
        move.from_location = shipment.warehouse.output_location
        move.to_location = shipment.customer.customer_location
        move.unit_price = Decimal(0)
        move.currency = base.company.currency
    shipment.save()
    shipment.click("wait")
    return shipment


def rest_key():
    """A key for the REST door, of a person who may do everything in this throw-away database."""
    key = Model.get("res.user.application")(application="rest", user=Model.get("res.user")(1))
    key.save()
    if key.state != "validated":
        key.click("validate_")
    return key.key


def backdate(database, history):
    """Give the rows the past they claim: Tryton itself stamps everything with now."""
    with sqlite3.connect(database) as file:
        for table, row_id, created, written in (row for rows in history for row in rows):
            file.execute(f"update {table} set create_date = ?, write_date = ? where id = ?",
                         (text(created), text(written), row_id))
            if table == "stock_shipment_out" and written:
                file.execute("update stock_shipment_out set effective_date = ? where id = ?"
                             " and state in ('shipped', 'done')", (text(written)[:10], row_id))
            backdate_log(file, table, row_id, created, written)
        file.execute("delete from ir_queue")


LOGGED = {"sale_sale": "sale.sale", "stock_shipment_out": "stock.shipment.out",
          "account_invoice": "account.invoice"}


def backdate_log(file, table, row_id, created, written):
    """Spread the steps that Tryton logged: a sale's within the first hour, others' up to the last write."""
    steps = [step for (step,) in file.execute(
        "select id from ir_model_log where resource = ? and event = 'transition' order by id",
        (f"{LOGGED.get(table)},{row_id}",))]
    apart = ((written or created) - created) / max(len(steps), 1)
    if table == "sale_sale":
        apart = min(apart, dt.timedelta(minutes=12))
    for place, step in enumerate(steps):
        when = created + apart * (place + 1)
        file.execute("update ir_model_log set create_date = ? where id = ?", (text(when), step))


def text(moment):
    return moment and moment.strftime("%Y-%m-%d %H:%M:%S.%f")


if __name__ == "__main__":
    main()
