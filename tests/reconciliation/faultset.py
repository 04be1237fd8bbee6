"""Three systems' files with faults of every kind and the truth beside them; drawn from a seed.

`build(orders, seed, share)` gives (sources, tables, truth): rows as dicts, and truth as
{(key, kind, field or None): cause}. Legitimate oddities are among the rows and not in the truth.
"""
import hashlib
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

AS_OF = "2026-11-24T00:00:00Z"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
DAYS = 20
ITEMS = {f"M{i:05d}": Decimal(random.Random(i).randrange(150, 90_000)) / 100 for i in range(200)}
FACTORS = (12, 24, 36, 48)
NAMES = ["上海申驰汽车零部件有限公司", "宁波华翔紧固件厂", "武汉东湖精密机械公司", "成都锦江仪表有限公司",
         "Bosch Rexroth 常州"]
STATUS = {"confirmed": ("10", "CONF", "已确认"), "shipped": ("30", "SHIP", "已发货"),
          "delivered": ("40", "DLV", "已签收"),
          "cancelled": ("90", "CANC", "已取消")}
SYSTEMS = ("erp", "wms", "crm")
PROFILE = """
version: 1
name: {en: Orders in three systems, zh: 订单三方对账}
zone: Asia/Shanghai
currency: CNY
record: erp
key: {columns: order_no, normalise: [trim]}
grace: 15m
evidence: {event: changed_at, received: hub_at, created: created_at, version: version, actor: actor,
  actor_kind: actor_kind, message_id: message_id, payload_hash: payload_hash, batch: batch, parent: parent,
  closed: closed, promised: promised_at, device: device, warehouse: warehouse, customer: customer,
  item: item, mapping_version: mapping, shipped: shipped, lines: lines, freight: freight}
systems:
  erp: {}
  wms: {times: {picked: picked_at}}
  crm: {}
fields:
  quantity: {type: quantity, column: qty, unit: unit, item: item, base_unit: PCS, authority: erp, severity: high}
  amount: {type: money, column: amount, currency: {column: currency}, tolerance: 0.01, authority: erp}
  status: {type: code, column: status, codes: status, authority: erp,
           rank: [confirmed, shipped, delivered]}
  posted: {max_minutes_between: 3, columns: {erp: posted_at, wms: posted_at}, authority: wms}
  customer: {type: text, column: customer, authority: erp}
  name: {type: text, columns: {erp: customer_name, crm: customer_name}, authority: erp}
  item: {type: text, column: item, authority: erp}
  bom: {type: text, columns: {erp: bom, wms: bom}, authority: erp}
  phone: {type: text, columns: {erp: phone, crm: phone}, authority: erp}
"""
PROFILE = PROFILE.replace("currency: {column: currency}", "currency: currency")


def local(moment):
    return (moment + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M:%S")


class World:
    """Orders as they truly are, and the three views of them, to be spoilt."""

    def __init__(self, orders, seed):
        self.draw = random.Random(seed)
        self.rows = {s: {} for s in SYSTEMS}
        self.extra = {s: [] for s in SYSTEMS}
        self.truth, self.messages, self.touched = {}, [], set()
        self.tables = self._tables()
        self.count = orders
        for n in range(orders):
            self._order(n)

    def _tables(self):
        codes = [{"field": "status", "system": s, "raw": raws[i], "canonical": c}
                 for c, raws in STATUS.items() for i, s in enumerate(SYSTEMS)]
        units, prices, boms = [], [], []
        for i, (item, price) in enumerate(ITEMS.items()):
            units.append({"item": item, "unit": "BOX", "factor": FACTORS[i % 4], "valid_from": ""})
            if i % 4 == 0:
                units.append({"item": item, "unit": "CTN", "factor": 60, "valid_from": "2026-01-01"})
                units.append({"item": item, "unit": "CTN", "factor": 64, "valid_from": "2026-10-01"})
            prices.append({"item": item, "price": price * Decimal("0.93"), "valid_from": "2026-01-01"})
            prices.append({"item": item, "price": price, "valid_from": "2026-09-01"})
            boms += [{"item": item, "revision": "A", "valid_from": "2025-01-01"},
                     {"item": item, "revision": "B", "valid_from": "2026-06-01"}]
        rates = [{"from_currency": "USD", "to_currency": "CNY", "rate": "7.1285", "valid_from": "2026-11-01"},
                 {"from_currency": "EUR", "to_currency": "CNY", "rate": "8.2731", "valid_from": "2026-11-01"}]
        replaced = [{"old": f"M{i:05d}", "new": f"N{i:05d}"} for i in range(5)]
        return {"codes": codes, "units": units, "prices": prices, "boms": boms, "rates": rates,
                "replacements": replaced, "mappings": [
                    {"system": s, "version": v, "valid_from": d} for s in SYSTEMS
                    for v, d in (("1", "2025-01-01"), ("2", "2026-11-01"))]}

    def _order(self, n):
        d, key = self.draw, f"SO{n:08d}"
        item = d.choice(list(ITEMS)[5:])
        box, qty = d.random() < 0.3, d.randrange(3, 900)
        factor = FACTORS[list(ITEMS).index(item) % 4]
        if box:
            qty = factor * d.randrange(1, 60)
        created = NOW - timedelta(seconds=d.randrange(36 * 3600, DAYS * 86400))
        posted = created + timedelta(seconds=d.randrange(7200, 30 * 3600))
        status = d.choice(["confirmed", "shipped", "delivered"])
        base = {
            "order_no": key, "item": item, "qty": qty, "unit": "PCS", "amount": qty * ITEMS[item], "currency": "CNY",
            "status": status, "customer": f"C{d.randrange(80):04d}", "customer_name": d.choice(NAMES),
            "phone": f"0{d.randrange(10**9, 10**10)}", "bom": "B", "created_at": local(created),
            "version": d.randrange(1, 9),
            "actor": "svc", "actor_kind": "interface", "warehouse": f"W{d.randrange(1, 5)}", "mapping": "2",
            "closed": "0", "promised_at": local(created + timedelta(days=9)), "parent": "", "shipped": "",
            "freight": "", "lines": d.randrange(1, 6)}
        for i, system in enumerate(SYSTEMS):
            at = posted + timedelta(seconds=i * d.randrange(5, 50))
            row = {**base, "status": STATUS[status][i], "device": f"{system}-D{d.randrange(1, 4)}"}
            row["posted_at"], row["changed_at"] = local(at), local(posted)
            row["picked_at"] = local(posted - timedelta(minutes=d.randrange(30, 600)))
            row["hub_at"] = local(at + timedelta(seconds=d.randrange(4, 40)))
            row["message_id"] = f"{system}-{n}"
            row["batch"] = f"{system}-{at:%d%H}"
            if box and system == "erp":
                row["qty"], row["unit"] = qty // factor, "BOX"
            row["payload_hash"] = digest(row)
            self.rows[system][key] = row
            self.messages.append({"system": system, "key": key, "version": row["version"], "outcome": "received",
                                      "received": row["hub_at"], "message_id": row["message_id"],
                                      "payload_hash": row["payload_hash"], "batch": row["batch"], "error": ""})

    # --- access for faults ------------------------------------------------------------------------------

    def pick(self, test=lambda rows: True):
        """An order nobody has touched."""
        for _ in range(4000):
            key = f"SO{self.draw.randrange(self.count):08d}"
            rows = {s: self.rows[s].get(key) for s in SYSTEMS}
            if key not in self.touched and all(rows.values()) and test(rows):
                self.touched.add(key)
                return key, rows
        raise RuntimeError("no free order")

    def say(self, key, kind, field, cause):
        self.truth[key, kind, field] = cause

    def forget(self, system, key):
        self.rows[system].pop(key)
        self.messages = [m for m in self.messages if (m["system"], m["key"]) != (system, key)]


def digest(row):
    return hashlib.sha256(repr(sorted((k, str(v)) for k, v in row.items())).encode()).hexdigest()[:12]


def shift(row, name, **delta):
    moment = datetime.strptime(row[name], "%Y-%m-%d %H:%M:%S") + timedelta(**delta)
    row[name] = moment.strftime("%Y-%m-%d %H:%M:%S")


def new_version(w, key, rows, behind, mutate):
    """The others move on to the next version; `behind` stays."""
    for s in SYSTEMS:
        if s != behind:
            rows[s]["version"] += 1
            shift(rows[s], "changed_at", hours=2)
            mutate(rows[s], s)
            w.messages.append({"system": s, "key": key, "version": rows[s]["version"], "outcome": "received",
                                   "received": rows[s]["changed_at"],
                           "message_id": f"{s}-{key}-b", "payload_hash": "h" + key,
                                   "batch": "x", "error": ""})


FAULTS = {}


def fault(function):
    FAULTS[function.__name__] = function
    return function


@fault
def missing_message(w):
    key, _ = w.pick()
    w.forget("wms", key)
    w.say(key, "missing", None, "MISSING_MESSAGE")


@fault
def rejected_message(w):
    key, rows = w.pick()
    w.forget("crm", key)
    w.messages.append({"system": "crm", "key": key, "version": rows["erp"]["version"], "outcome": "refused",
                           "received": rows["erp"]["hub_at"],
                           "message_id": "r" + key, "payload_hash": "", "batch": "",
                           "error": "unknown customer"})
    w.say(key, "missing", None, "REJECTED_MESSAGE")


@fault
def ghost(w):
    key, rows = w.pick()
    new = "SO9" + key[3:]
    w.extra["wms"].append({**rows["wms"], "order_no": new, "item": "M00150", "qty": 77, "customer": "C0099",
                           "message_id": "g" + key})
    w.say(new, "missing", None, "GHOST")


@fault
def outside_workflow(w):
    key, rows = w.pick()
    new = "TEST-" + key[5:]
    w.extra["crm"].append({**rows["crm"], "order_no": new, "qty": 1, "amount": 1, "customer": "C0098"})
    w.say(new, "missing", None, "OUTSIDE_WORKFLOW")


@fault
def key_format(w):
    key, rows = w.pick()
    short = key[2:].lstrip("0")
    spellings = ["so-" + key[2:], key.lower(), key[:2] + " " + key[2:], *([short] if len(short) > 3 else [])]
    rows["wms"]["order_no"] = w.draw.choice(spellings)
    w.say(key, "missing", None, "KEY_FORMAT")


@fault
def key_typo(w):
    key, rows = w.pick()
    rows["crm"]["order_no"] = key[:4] + "X" + key[5:]
    w.say(key, "missing", None, "TYPO")


@fault
def duplicate_message(w):
    key, rows = w.pick()
    w.extra["wms"].append({**rows["wms"], "hub_at": rows["wms"]["hub_at"]})
    w.say(key, "duplicate", None, "DUPLICATE_MESSAGE")


@fault
def duplicate_entry(w):
    key, rows = w.pick()
    copy = {**rows["crm"], "qty": int(rows["crm"]["qty"]) + 3, "message_id": "again" + key}
    copy["payload_hash"] = digest(copy)
    w.extra["crm"].append(copy)
    w.say(key, "duplicate", None, "DUPLICATE_ENTRY")


@fault
def split_order(w):
    key, rows = w.pick(lambda r: int(r["wms"]["qty"]) > 5)
    row = w.rows["wms"].pop(key)
    first = int(row["qty"]) // 3
    for i, part in enumerate((first, int(row["qty"]) - first)):
        w.extra["wms"].append({**row, "order_no": f"{key}-{i + 1}", "qty": part, "amount": part * ITEMS[row["item"]],
                               "parent": key})
    w.say(key, "cardinality", None, "SPLIT_ORDER")


@fault
def merged_order(w):
    pairs = [w.pick(), w.pick()]
    rows = [w.rows["wms"].pop(k) for k, _ in pairs]
    merged = {**rows[0], "order_no": "MG" + pairs[0][0][2:], "qty": sum(int(r["qty"]) for r in rows),
              "amount": sum(r["amount"] for r in rows), "parent": ",".join(k for k, _ in pairs)}
    w.extra["wms"].append(merged)
    for key, _ in pairs:
        w.say(key, "cardinality", None, "MERGED_ORDER")


@fault
def partial_open(w):
    key, rows = w.pick(lambda r: int(r["wms"]["qty"]) > 20)
    row = rows["wms"]
    row["qty"] = int(row["qty"]) - 7
    row["shipped"] = row["qty"]
    shift(row, "promised_at", days=-30)
    rows["erp"]["promised_at"] = row["promised_at"]
    w.say(key, "value", "quantity", "PARTIAL_OPEN")


@fault
def partial_closed(w):
    key, rows = w.pick(lambda r: int(r["wms"]["qty"]) > 20)
    rows["wms"]["qty"] = int(rows["wms"]["qty"]) - 7
    rows["wms"].update(shipped=rows["wms"]["qty"], closed="1")
    w.say(key, "value", "quantity", "PARTIAL_CLOSED")


@fault
def over_shipment(w):
    key, rows = w.pick(lambda r: int(r["wms"]["qty"]) > 20)
    rows["wms"]["qty"] = int(rows["wms"]["qty"]) + 11
    rows["wms"]["shipped"] = rows["wms"]["qty"]
    w.say(key, "value", "quantity", "OVER_SHIPMENT")


@fault
def timezone(w):
    key, rows = w.pick()
    shift(rows["erp"], "posted_at", hours=-8)
    w.say(key, "value", "posted", "TIMEZONE")


@fault
def late_posting(w):
    key, rows = w.pick()
    late = w.draw.randrange(300, 9000)
    for name in ("posted_at", "changed_at", "hub_at"):
        shift(rows["erp"], name, seconds=late)
    w.say(key, "value", "posted", "LATE_POSTING")


@fault
def late_message(w):
    key, rows = w.pick()
    late = w.draw.randrange(1500, 9000)
    shift(rows["erp"], "hub_at", seconds=late)
    rows["erp"]["posted_at"] = rows["erp"]["hub_at"]
    w.say(key, "value", "posted", "LATE_MESSAGE")


@fault
def date_only(w):
    # Midnight is what is left of it; within the tolerance of that, nothing differs (seed 172203).
    key, rows = w.pick(lambda r: r["wms"]["posted_at"][11:] > "00:03:00")
    rows["erp"]["posted_at"] = rows["wms"]["posted_at"][:10]
    w.say(key, "value", "posted", "DATE_ONLY")


@fault
def day_month_swap(w):
    key, rows = w.pick(lambda r: int(r["erp"]["posted_at"][8:10]) < 11)
    at = rows["erp"]["posted_at"]
    rows["erp"]["posted_at"] = f"{at[:5]}{at[8:10]}-{at[5:7]}{at[10:]}"
    w.say(key, "value", "posted", "DAY_MONTH_SWAP")


@fault
def wrong_event(w):
    key, rows = w.pick()
    rows["wms"]["posted_at"] = rows["wms"]["picked_at"]
    w.say(key, "value", "posted", "WRONG_EVENT")


@fault
def status_unmapped(w):
    key, rows = w.pick()
    rows["crm"]["status"] = "待核"
    w.say(key, "value", "status", "STATUS_UNMAPPED")


@fault
def out_of_order(w):
    key, rows = w.pick(lambda r: r["erp"]["status"] != "40")
    new_version(w, key, rows, "wms", lambda row, s: row.update(status=STATUS["delivered"][SYSTEMS.index(s)]))
    w.messages.append({"system": "wms", "key": key, "version": rows["wms"]["version"] + 1, "outcome": "received",
                           "received": rows["erp"]["changed_at"],
                           "message_id": "o" + key, "payload_hash": "zz", "batch": "",
                           "error": ""})
    w.say(key, "value", "status", "OUT_OF_ORDER")


@fault
def stale_state(w):
    key, rows = w.pick(lambda r: r["erp"]["status"] != "40")
    new_version(w, key, rows, "wms", lambda row, s: row.update(status=STATUS["delivered"][SYSTEMS.index(s)]))
    w.say(key, "value", "status", "STALE_STATE")


@fault
def cancelled_in_one(w):
    key, rows = w.pick()
    rows["crm"]["status"] = STATUS["cancelled"][2]
    w.say(key, "value", "status", "CANCELLED_IN_ONE")


@fault
def reopened(w):
    key, rows = w.pick(lambda r: r["erp"]["status"] == "40")
    rows["crm"].update(status="已确认", version=rows["crm"]["version"] + 1)
    shift(rows["crm"], "changed_at", hours=3)
    w.messages.append({"system": "crm", "key": key, "version": rows["crm"]["version"], "outcome": "received",
                           "received": rows["crm"]["changed_at"], "message_id": "re" + key, "payload_hash": "re",
                           "batch": "", "error": ""})
    w.say(key, "value", "status", "REOPENED")


@fault
def unit_factor(w):
    key, rows = w.pick(lambda r: r["erp"]["unit"] == "BOX" and int(r["erp"]["qty"]) > 3)
    rows["wms"]["qty"] = rows["erp"]["qty"]
    w.say(key, "value", "quantity", "UNIT_FACTOR")


@fault
def factor_version(w):
    key, rows = w.pick(lambda r: list(ITEMS).index(r["erp"]["item"]) % 4 == 0)
    cartons = w.draw.randrange(2, 40)
    for s in SYSTEMS:
        rows[s].update(qty=cartons * 64, unit="PCS")
    rows["wms"]["qty"] = cartons * 60
    w.say(key, "value", "quantity", "FACTOR_VERSION")


@fault
def rounding(w):
    key, rows = w.pick()
    for s in SYSTEMS:
        rows[s]["lines"] = 9
    rows["crm"]["amount"] = rows["crm"]["amount"] + Decimal("0.03")
    w.say(key, "value", "amount", "ROUNDING")


@fault
def decimal_shift(w):
    key, rows = w.pick(lambda r: r["erp"]["amount"] > 300)
    rows["crm"]["amount"] = rows["crm"]["amount"] * 100
    w.say(key, "value", "amount", "DECIMAL_SHIFT")


@fault
def sign(w):
    key, rows = w.pick()
    rows["crm"]["amount"] = -rows["crm"]["amount"]
    w.say(key, "value", "amount", "SIGN")


@fault
def currency_code(w):
    key, rows = w.pick()
    rows["crm"]["currency"] = "USD"
    w.say(key, "value", "amount", "CURRENCY_CODE")


@fault
def fx_applied(w):
    key, rows = w.pick(lambda r: r["erp"]["amount"] > 2000)
    rows["crm"].update(currency="USD", amount=round(rows["crm"]["amount"] / Decimal("7.1285"), 2))
    w.say(key, "value", "amount", "FX_APPLIED")


@fault
def tax_included(w):
    key, rows = w.pick(lambda r: r["erp"]["amount"] > 300)
    rows["crm"]["amount"] = round(rows["crm"]["amount"] * Decimal("1.13"), 2)
    w.say(key, "value", "amount", "TAX_INCLUDED")


@fault
def stale_price(w):
    key, rows = w.pick(lambda r: r["erp"]["amount"] > 300)
    rows["crm"]["amount"] = round(int(rows["crm"]["qty"]) * ITEMS[rows["crm"]["item"]] * Decimal("0.93"), 2)
    w.say(key, "value", "amount", "STALE_PRICE")


@fault
def freight_line(w):
    key, rows = w.pick(lambda r: r["erp"]["amount"] > 300)
    freight = Decimal(w.draw.randrange(1500, 19000)) / 100
    rows["erp"]["freight"] = freight
    rows["crm"]["amount"] = rows["crm"]["amount"] - freight
    w.say(key, "value", "amount", "DISCOUNT_OR_FREIGHT_LINE")


@fault
def leading_zero(w):
    key, rows = w.pick()
    rows["crm"]["phone"] = rows["crm"]["phone"].lstrip("0")
    w.say(key, "value", "phone", "LEADING_ZERO")


@fault
def scientific(w):
    key, rows = w.pick()
    rows["erp"]["phone"] = "1" + rows["erp"]["phone"][1:]
    rows["crm"]["phone"] = f"{float(rows['erp']['phone']):.5E}"
    w.say(key, "value", "phone", "SCIENTIFIC_NOTATION")


@fault
def truncated(w):
    key, rows = w.pick(lambda r: len(r["erp"]["customer_name"]) > 9)
    rows["crm"]["customer_name"] = rows["crm"]["customer_name"][:7]
    w.say(key, "value", "name", "TRUNCATED")


@fault
def width_case_space(w):
    key, rows = w.pick()
    rows["crm"]["customer"] = w.draw.choice(["Ｃ" + rows["crm"]["customer"][1:], rows["crm"]["customer"].lower(),
                                             rows["crm"]["customer"] + " "])
    w.say(key, "value", "customer", "WIDTH_CASE_SPACE")


@fault
def encoding(w):
    key, rows = w.pick()
    rows["crm"]["customer_name"] = rows["crm"]["customer_name"].encode().decode("latin-1")
    w.say(key, "value", "name", "ENCODING")


@fault
def typo(w):
    key, rows = w.pick()
    code = rows["wms"]["item"]
    rows["wms"]["item"] = code[:2] + "Q" + code[3:]
    w.say(key, "value", "item", "TYPO")


@fault
def stale_bom(w):
    key, rows = w.pick()
    rows["wms"]["bom"] = "A"
    w.say(key, "value", "bom", "STALE_BOM")


@fault
def superseded_item(w):
    key, rows = w.pick(lambda r: r["erp"]["unit"] == "PCS")
    n = w.draw.randrange(5)
    for s in SYSTEMS:
        rows[s]["item"] = f"N{n:05d}"
    rows["crm"]["item"] = f"M{n:05d}"
    w.say(key, "value", "item", "SUPERSEDED_ITEM")


@fault
def manual_edit(w):
    key, rows = w.pick(lambda r: r["erp"]["amount"] > 300)
    rows["crm"].update(amount=rows["crm"]["amount"] + Decimal(w.draw.randrange(1000, 9999)) / 37 // 1, actor="王芳",
                       actor_kind="person")
    shift(rows["crm"], "changed_at", hours=5)
    w.say(key, "value", "amount", "MANUAL_EDIT")


@fault
def rule_change(w):
    key, rows = w.pick(lambda r: r["crm"]["hub_at"] > "2026-11-06" and r["erp"]["status"] != "30")
    rows["crm"].update(mapping="1", status="已发货")
    w.say(key, "value", "status", "RULE_CHANGE")


@fault
def unknown_amount(w):
    """A kind no rule knows: the amount is of another, arbitrary size."""
    key, rows = w.pick(lambda r: r["erp"]["amount"] > 300)
    rows["crm"]["amount"] = rows["crm"]["amount"] * Decimal("1.2743") // 1 + Decimal("17.37")
    w.say(key, "value", "amount", "UNKNOWN")


@fault
def unknown_customer(w):
    """Another kind no rule knows: a customer taken at random."""
    key, rows = w.pick(lambda r: r["erp"]["customer"][-2:] != "00")
    rows["crm"]["customer"] = f"K{w.draw.randrange(10**6)}"
    w.say(key, "value", "customer", "UNKNOWN")


# --- systemic ones and legitimate oddities ---------------------------------------------------------------


def outage(w):
    start = NOW - timedelta(days=6, hours=3, minutes=20)
    window = (local(start), local(start + timedelta(hours=2)))
    keys = [k for k, r in w.rows["erp"].items() if window[0] <= r["changed_at"] < window[1]
            and k not in w.touched and k in w.rows["wms"]]
    if len(keys) < 20:
        return
    for key in keys:
        w.touched.add(key)
        w.forget("wms", key)
        w.say(key, "missing", None, "OUTAGE")


def clock_skew(w):
    """One device of the warehouse runs 11 minutes fast for four days."""
    start = NOW - timedelta(days=12)
    for key, row in w.rows["wms"].items():
        if row["device"] == "wms-D2" and local(start) <= row["posted_at"] < local(start + timedelta(days=4)) \
                and key not in w.touched:
            w.touched.add(key)
            shift(row, "posted_at", minutes=11)
            w.say(key, "value", "posted", "CLOCK_SKEW")


def mismapped(w, least=8):
    """A new code of the CRM is in the map with the wrong meaning."""
    w.tables["codes"].append({"field": "status", "system": "crm", "raw": "部分", "canonical": "confirmed"})
    for _ in range(max(least, w.count // 400)):
        key, rows = w.pick(lambda r: r["erp"]["status"] == "30")
        rows["crm"]["status"] = "部分"
        w.say(key, "value", "status", "STATUS_MISMAPPED")


def wrong_xref(w):
    """One customer is another one in the CRM."""
    for key, rows in list(w.rows["erp"].items()):
        if rows["customer"] == "C0007" and key not in w.touched and key in w.rows["crm"]:
            w.touched.add(key)
            w.rows["crm"][key]["customer"] = "C0071"
            w.say(key, "value", "customer", "XREF_WRONG")


def replayed_batch(w):
    batch = next(r["batch"] for k, r in w.rows["wms"].items() if k not in w.touched)
    for key, row in list(w.rows["wms"].items()):
        if row["batch"] == batch and key not in w.touched:
            w.touched.add(key)
            w.extra["wms"].append({**row, "batch": "wms-again", "message_id": "again-" + key})
            w.say(key, "duplicate", None, "REPLAYED_BATCH")


def legitimate(w, n):
    """Odd but right: tolerance met exactly, parts before the promise, records still on their way."""
    for _ in range(n):
        _, rows = w.pick()
        rows["crm"]["amount"] = rows["crm"]["amount"] + Decimal("0.01")
        _, rows = w.pick()
        rows["erp"]["posted_at"] = rows["wms"]["posted_at"]
        shift(rows["erp"], "posted_at", seconds=180)
        shift(rows["erp"], "hub_at", seconds=180)
        _, rows = w.pick(lambda r: int(r["wms"]["qty"]) > 20)
        rows["wms"]["qty"] = int(rows["wms"]["qty"]) - 5
        rows["wms"]["shipped"] = rows["wms"]["qty"]
        for s in SYSTEMS:
            shift(rows[s], "promised_at", days=60)
        key, rows = w.pick()
        w.forget("wms", key)
        for s in ("erp", "crm"):
            rows[s]["changed_at"] = local(NOW - timedelta(minutes=w.draw.randrange(1, 14)))


def build(orders, seed, per_fault=3, faults=None, systemic=True, least_of_a_code=8):
    """(sources, tables, truth) of `orders` orders, `per_fault` of each kind in `faults` (default: all)."""
    w = World(orders, seed)
    if systemic:
        for spoil in (outage, clock_skew, wrong_xref):
            spoil(w)
        mismapped(w, least_of_a_code)
        replayed_batch(w)
    for name in sorted(faults if faults is not None else FAULTS):
        for _ in range(per_fault):
            FAULTS[name](w)
    legitimate(w, per_fault)
    sources = {s: list(w.rows[s].values()) + w.extra[s] for s in SYSTEMS}
    for rows in sources.values():
        w.draw.shuffle(rows)
    return sources, {**w.tables, "messages": w.messages}, w.truth
