"""Deliveries in ERP, WMS and TMS: split, merged, part, closed short, too much; one depot in another zone."""

from datetime import timedelta

from .dialects import at
from .kit import COMMON, LAST, NOW, Book, declared, evidence_columns
from .world import pieces, swapped_digits

NAMES = f"{COMMON} item customer warehouse"
COLUMNS = {
    "erp": {
        "交货单": "key",
        "数量": "quantity",
        "发货时间": "shipped_at",
        "承诺日": "promised",
        "结案": "closed",
        "已发数": "shipped",
        **evidence_columns("erp", f"{NAMES} received"),
    },
    "wms": {
        "out_no": "key",
        "qty": "quantity",
        "ship_ts": "shipped_at",
        "from_dn": "parent",
        "done": "closed",
        "sum_shipped": "shipped",
        **evidence_columns("wms", f"{NAMES} received"),
    },
    "tms": {
        "waybill_ref": "key",
        "pcs": "quantity",
        "left_at": "shipped_at",
        "consol_of": "parent",
        **evidence_columns("tms", NAMES),
    },  # the TMS has no time of arrival at the hub
}
KEY = ["trim", "upper"]
PROFILE = {
    "version": 1,
    "name": {"en": "Deliveries", "zh": "交货"},
    "zone": "Asia/Shanghai",
    "record": "erp",
    "systems": {
        "erp": {
            "label": "ERP",
            "key": {"columns": ["交货单"], "normalise": KEY},
            "evidence": declared("erp", f"{NAMES} received", promised="承诺日", closed="结案", shipped="已发数"),
        },
        "wms": {
            "label": "WMS",
            "key": {"columns": ["out_no"], "normalise": KEY},
            "grace": "1h",
            "evidence": declared("wms", f"{NAMES} received", parent="from_dn", closed="done", shipped="sum_shipped"),
        },
        "tms": {
            "label": "TMS",
            "key": {"columns": ["waybill_ref"], "normalise": KEY},
            "grace": "2h",
            "evidence": declared("tms", NAMES, parent="consol_of"),
        },
    },
    "fields": {
        "quantity": {"type": "quantity", "columns": {"erp": "数量", "wms": "qty", "tms": "pcs"}},
        "shipped_at": {
            "type": "time",
            "tolerance": "15m",
            "columns": {"erp": "发货时间", "wms": "ship_ts", "tms": "left_at"},
        },
    },
}


def make(seed, orders, world):
    book = Book("deliveries", seed, orders, "erp", COLUMNS)
    rng = book.rng
    for n, hours in enumerate(sorted(11 * 24 + rng.random() * (LAST - 11 * 24 - 3) for _ in range(orders))):
        event, part, customer = (
            at(0, hours).replace(microsecond=0),
            rng.choice(world.parts),
            rng.choice(world.customers),
        )
        key = f"DN{8300000 + n * 11 + rng.randint(0, 9)}"
        shared = {
            "version": rng.randint(1, 3),
            "created": event - timedelta(hours=rng.randint(20, 60)),
            "item": part.code,
            "customer": customer.code,
            "quantity": pieces(part, rng),
            "warehouse": rng.choice(world.warehouses),
            "promised": event + timedelta(days=rng.randint(1, 3)),
            "closed": "是",
        }
        book.order.append(key)
        for system, lag in (("erp", 0), ("wms", 30), ("tms", 70)):
            row = book.add(system, key, event + timedelta(seconds=lag), **shared)
            row.update(
                shipped_at=event + timedelta(seconds=rng.randint(0, 400)),
                shipped=shared["quantity"],
                event=event + timedelta(seconds=lag),
            )
    return book


def parts(book, world):
    """One delivery sent as several, several sent as one."""
    rng = book.rng

    def split(key, system, names, whole, parent=True):
        base = book.row(system, key)
        cuts = sorted(rng.sample(range(1, whole), len(names) - 1))
        for name, size in zip(names, (b - a for a, b in zip([0, *cuts], [*cuts, whole], strict=True)), strict=True):
            book.rows[system][name] = [
                dict(
                    base,
                    key=name,
                    quantity=size,
                    shipped=size,
                    parent=key if parent else None,
                    message_id=f"part-{name}",
                    payload_hash=f"h{name}",
                )
            ]
        book.drop(system, key)

    for n, key in enumerate(book.pick()):
        names = [f"OB{n}{turn}7{key[4:]}" for turn in range(2 + n % 2)]
        split(key, "wms", names, book.row("erp", key)["quantity"])
        book.truth(key, None, "split_by_reference", "SPLIT_ORDER", keys=names, minimum=["MISSING_MESSAGE", "GHOST"])
    for n, key in enumerate(book.pick()):
        names = [f"{key}{mark}" for mark in (("-1", "-2", "-3"), ("/A", "/B"))[n % 2]]
        split(key, "tms", names, book.row("erp", key)["quantity"], parent=False)
        book.truth(key, None, "split_by_suffix", "SPLIT_ORDER", keys=names)
    for n, key in enumerate(book.pick()):
        names = [f"OC{n}{turn}3{key[4:]}" for turn in range(2)]
        split(key, "wms", names, book.row("erp", key)["quantity"] - 19 - n)
        book.truth(
            key,
            None,
            "parts_do_not_add_up",
            "PARTS_DIFFER",
            keys=names,
            also=["PARTIAL_CLOSED"],
            minimum=["MISSING_MESSAGE", "GHOST"],
        )
    for turn in range(book.few):
        first = rng.choice(
            [key for key in book.order if key not in book.used and book.when(key) < NOW - timedelta(days=3)]
        )
        start = book.order.index(first)
        keys = [key for key in book.order[start : start + 9] if key not in book.used][: 2 + turn % 2]
        book.used.update(keys)
        name = f"MG{turn}{first[3:]}"
        total = sum(book.row("erp", key)["quantity"] for key in keys)
        book.rows["wms"][name] = [
            dict(
                book.row("wms", keys[0]),
                key=name,
                quantity=total,
                shipped=total,
                parent=",".join(keys),
                message_id=f"merged-{turn}",
                payload_hash=f"m{turn}",
            )
        ]
        for key in keys:
            book.drop("wms", key)
        book.truth(keys[0], None, "merged", "MERGED_ORDER", keys=[*keys, name], minimum=["MISSING_MESSAGE", "GHOST"])


def amounts(book, world):
    """Shipped less and open, less and closed, before the promise, or more; the ERP has every second sum."""

    def each(fault, cause, change, state="open"):
        for n, key in enumerate(book.pick()):
            change(book.row("wms", key), book.row("erp", key), n)
            book.row("tms", key)["quantity"] = book.row("wms", key)["quantity"]
            book.truth(key, "quantity", fault, cause, state=state)

    def short(closed, promised=None):
        def change(wms, erp, n):
            shipped = wms["quantity"] * (3, 7, 5)[n % 3] // 11
            wms.update(quantity=shipped, shipped=shipped, closed=closed[n % 2])
            erp.update(closed=closed[n % 2], shipped=shipped if n % 2 else None)
            if promised:
                erp["promised"] = promised

        return change

    def more(wms, erp, n):
        shipped = wms["quantity"] + (1, 7, 40)[n % 3]
        wms.update(quantity=shipped, shipped=shipped)
        erp["shipped"] = shipped if n % 2 else None

    past = NOW - timedelta(days=1)
    each("part_open_past_promise", "PARTIAL_OPEN", short(("否", "0"), past))
    each("part_open_before_promise", "PARTIAL_OPEN", short(("no", "false"), NOW + timedelta(days=9)), state="expected")
    each("closed_short", "PARTIAL_CLOSED", short(("是", "1"), past))
    each("too_much", "OVER_SHIPMENT", more)


def clocks(book, world):
    """All of one depot's waybills eight hours back for six days; no hub time beside them, only the group."""
    found = [
        key
        for key in book.order
        if key not in book.used
        and book.row("erp", key)["warehouse"] == world.warehouses[1]
        and at(30) <= book.when(key) < at(36)
    ]
    book.used.update(found)
    for key in found:
        row = book.row("tms", key)
        row["shipped_at"] -= timedelta(hours=8)
        row["event"] -= timedelta(hours=8)
        book.truth(key, "shipped_at", "depot_eight_hours_back", "TIMEZONE")


def presence(book, world):
    """TMS shut for a day's 24, single losses, undeclared prefixes, swapped digits, waybills booked twice."""
    for key in book.stretch(24, 0.8, 0.97):
        book.drop("tms", key)
        book.truth(key, None, "outage", "OUTAGE", minimum=["MISSING_MESSAGE"])
    for key in book.pick():
        book.drop("wms", key)
        book.truth(key, None, "lost_message", "MISSING_MESSAGE")
    for key in book.pick(6):
        book.row("tms", key)["key"] = f"SF{key}"
        book.truth(key, None, "carriers_prefix", "KEY_FORMAT", keys=[f"SF{key}"])
    for key in book.pick():
        wrong = swapped_digits(book.rng, key[2:])
        if wrong and f"DN{wrong}" not in book.rows["erp"]:
            book.row("tms", key)["key"] = f"DN{wrong}"
            book.truth(key, None, "digits_swapped", "TYPO", keys=[f"DN{wrong}"], minimum=["MISSING_MESSAGE", "GHOST"])
    for n, key in enumerate(book.pick()):
        row = book.row("tms", key)
        book.rows["tms"][key].append(
            dict(
                row,
                quantity=row["quantity"] - 1 - n,
                message_id=f"again-{n}",
                payload_hash=f"again{n}",
                event=row["event"] + timedelta(hours=1),
            )
        )
        book.truth(key, None, "booked_twice", "DUPLICATE_ENTRY")
    for n in range(5):
        key, event = f"DN9900{n}", NOW - timedelta(minutes=5 + 9 * n)
        for system in ("erp", "tms")[: 1 + n % 2]:
            book.add(
                system,
                key,
                event,
                quantity=60 + n,
                shipped_at=event,
                promised=event + timedelta(days=2),
                closed="否",
                warehouse=world.warehouses[0],
                item=world.parts[n].code,
                customer=world.customers[n].code,
            )
        book.truth(key, None, "on_its_way", "IN_TRANSIT", state="expected")


def unseen(book, world):
    """Parcels for pieces, parcels lost, times from memory."""
    rng = book.rng
    for key in book.pick():
        book.row("tms", key)["quantity"] = book.row("erp", key)["quantity"] * 2 // 7 + 1
        book.truth(key, "quantity", "parcels_counted", "UNKNOWN")
    for key in book.pick():
        book.row("tms", key)["quantity"] -= rng.randint(2, 5)
        book.truth(key, "quantity", "lost_on_the_road", "UNKNOWN")
    for key in book.pick():
        book.row("tms", key)["shipped_at"] = book.row("wms", key)["shipped_at"]
        book.row("erp", key)["shipped_at"] = book.row("wms", key)["shipped_at"] + timedelta(
            hours=rng.randint(1, 5), minutes=rng.choice((7, 22, 37, 52)), seconds=37
        )
        book.truth(key, "shipped_at", "typed_from_memory", "UNKNOWN")
    for key in book.pick():
        book.row("tms", key)["shipped_at"] += timedelta(days=1)
        book.truth(key, "shipped_at", "left_the_next_day", "UNKNOWN")


def right(book, world):
    """Odd and right: 15 minutes exactly, spaces and lower case, a decimal for a whole number."""
    for key in book.pick(4):
        moment = book.row("erp", key)["shipped_at"]
        book.row("wms", key)["shipped_at"] = moment
        book.row("tms", key)["shipped_at"] = moment + timedelta(minutes=15)
        book.legit(key, "shipped_at", "15_minutes")
    for key in book.pick(4):
        book.row("tms", key)["key"] = f" {key.lower()} "
        book.legit(key, None, "key_lower_case")
    for key in book.pick(4):
        book.row("tms", key)["quantity"] = f"{book.row('erp', key)['quantity']}.000000"
        book.legit(key, "quantity", "six_zeros")


FAULTS = (clocks, presence, parts, amounts, unseen, right)
