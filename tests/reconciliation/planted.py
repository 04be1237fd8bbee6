"""Orders of three systems with slips planted in some: which differences must be found, and no others?

Every order takes one of KINDS in turn, most take none. What stands exactly at a tolerance is planted too, and is none.
"""
from datetime import datetime, timedelta

AS_OF = "2026-11-24T00:00:00Z"
PROFILE = """
version: 1
name: orders
zone: Asia/Shanghai
currency: CNY
record: erp
key: {column: order_no, normalise: [trim, upper, strip_zeros]}
systems: {erp: {}, wms: {}, crm: {}}
evidence: {event: changed, warehouse: site}
fields:
  quantity: {type: quantity}
  amount: {type: money, tolerance: 0.01}
  rate: {type: number, tolerance: {relative: 1%}}
  posted: {type: time, max_minutes_between: 3}
  promised: {type: time}
  status: {type: code, map: {open: OPEN, 开: OPEN, shut: SHUT}}
  customer: {type: text, normalise: [trim]}
  item: {type: text}
"""
EVERY = 23  # one order in so many carries a slip, kind after kind


def _moved(stamp, **by):
    return str(datetime.fromisoformat(stamp) + timedelta(**by))


def _set(name, change):
    def plant(rows):
        rows["wms"][name] = change(rows["wms"][name])
    return plant


def _gone(rows):
    del rows["wms"]


def _crm_alone(rows):
    del rows["wms"], rows["erp"]


def _twice(rows):
    rows["wms again"] = dict(rows["wms"])


# what is done to the rows of one order → (kind, field) that must be found, or None
KINDS = (
    (_set("quantity", lambda v: str(int(v) + 1)), ("value", "quantity")),
    (_set("quantity", lambda v: f"{int(v):,}.0"), None),
    (_set("quantity", lambda v: "many"), ("unreadable", "quantity")),
    (_set("quantity", lambda v: ""), ("value", "quantity")),
    (_set("amount", lambda v: f"{int(v[:-3])}.01"), None),
    (_set("amount", lambda v: f"¥{int(v[:-3])}.01"), None),
    (_set("amount", lambda v: f"{int(v[:-3])}.010001"), ("value", "amount")),
    (_set("amount", lambda v: f"USD {v}"), ("value", "amount")),
    (_set("rate", lambda v: "101"), None),
    (_set("rate", lambda v: "101.010102"), ("value", "rate")),
    (_set("posted", lambda v: _moved(v, minutes=3)), None),
    (_set("posted", lambda v: _moved(v, minutes=3, microseconds=1)), ("value", "posted")),
    (_set("posted", lambda v: _moved(v, hours=-8).replace(" ", "T") + "Z"), None),
    (_set("promised", lambda v: v.replace("-", "/")), None),
    (_set("promised", lambda v: _moved(v, seconds=1)), ("value", "promised")),
    (_set("status", lambda v: "开"), None),
    (_set("status", lambda v: "shut"), ("value", "status")),
    (_set("customer", lambda v: v.lower()), ("value", "customer")),
    (_set("customer", lambda v: f" {v} "), None),
    (_set("item", lambda v: v + "华"), ("value", "item")),
    (_set("order_no", lambda v: f" 00{v.lower()}"), None),
    (_gone, ("missing", None)),
    (_crm_alone, ("missing", None)),
    (_twice, ("duplicate", None)),
)


def planted(count):
    """({system: rows}, {(key, kind, field)}) of `count` orders."""
    files, expected = {"erp": [], "wms": [], "crm": []}, set()
    for number in range(count):
        key = f"SO{(number * 7919) % 10**6:06}X{number % 7}"
        start = str(datetime(2026, 11, 1) + timedelta(seconds=number * 37))
        rows = {system: {
            "order_no": key, "quantity": str(1 + number % 899), "amount": f"{100 + number}.00", "rate": "100",
            "posted": start, "promised": _moved(start, days=5), "status": "open", "customer": f"Kunde {number % 91}",
            "item": f"M{number % 2003:06}", "changed": start, "site": f"W{number % 5}"} for system in files}
        if number % EVERY == 5:
            plant, found = KINDS[number // EVERY % len(KINDS)]
            plant(rows)
            if found:
                expected.add((key, *found))
        for system, row in rows.items():
            files[system.partition(" ")[0]].append(row)
    return files, expected
