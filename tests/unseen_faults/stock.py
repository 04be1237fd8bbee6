"""Stock by warehouse, part and lot in WMS, ERP and, for some places, MES."""

from datetime import timedelta

from .dialects import Raw, at
from .kit import COMMON, NOW, Book, declared, evidence_columns
from .world import swapped_digits, yuan

NAMES = f"{COMMON} received item warehouse"
COLUMNS = {
    "wms": {
        "place": "place",
        "lot": "lot",
        "on_hand": "quantity",
        "uom": "unit",
        "frozen": "frozen",
        "grade": "grade",
        **evidence_columns("wms", NAMES),
    },
    "erp": {
        "库存号": "key",
        "账面数": "quantity",
        "单位": "unit",
        "冻结": "frozen",
        "库存金额": "value",
        "等级": "grade",
        **evidence_columns("erp", NAMES),
    },
    "crm": {"LineSide": "key", "Pieces": "quantity", "Worth": "value", **evidence_columns("crm", NAMES)},
}
PROFILE = {
    "version": 1,
    "name": {"en": "Stock", "zh": "库存"},
    "zone": "Asia/Shanghai",
    "currency": "CNY",
    "record": "wms",
    "key": {"columns": ["库存号"], "normalise": ["trim", "nfkc", "upper"]},
    "systems": {
        "wms": {
            "label": "WMS",
            "key": {"columns": ["place", "sku", "lot"], "join": "|", "normalise": ["trim", "nfkc", "upper"]},
            "evidence": declared("wms", NAMES, raw_unit="uom"),
        },
        "erp": {"label": "ERP", "grace": "30m", "evidence": declared("erp", NAMES, raw_unit="单位")},
        "crm": {
            "label": {"en": "MES", "zh": "MES"},
            "complete": False,
            "evidence": declared("crm", NAMES),
            "key": {"columns": ["LineSide"], "normalise": ["trim", "nfkc", "upper"], "strip_suffix": ["@LINE"]},
        },
    },
    "fields": {
        "on_hand": {
            "type": "quantity",
            "columns": {"wms": "on_hand", "erp": "账面数", "crm": "Pieces"},
            "base_unit": "PCS",
            "unit": {"wms": "uom", "erp": "单位"},
            "item": {"wms": "sku", "erp": "料号", "crm": "PartCode"},
            "tolerance": {"relative": "0.5%"},
        },
        "frozen": {"type": "integer", "columns": {"wms": "frozen", "erp": "冻结"}, "empty": "ignore"},
        "worth": {
            "type": "money",
            "columns": {"erp": "库存金额", "crm": "Worth"},
            "tolerance": {"absolute": "1", "relative": "0.1%"},
        },
        "grade": {
            "type": "code",
            "columns": {"wms": "grade", "erp": "等级"},
            "map": {"A": "FIRST", "B": "SECOND", "一等": "FIRST", "二等": "SECOND", "优": "FIRST"},
        },
    },
}


def make(seed, orders, world):
    book = Book("stock", seed, orders, "wms", COLUMNS)
    rng = book.rng
    for n, hours in enumerate(sorted(30 * 24 + rng.random() * (48 * 24 - 30 * 24) for _ in range(orders))):
        event, part = at(0, hours).replace(microsecond=0), rng.choice(world.parts)
        place, lot = (
            rng.choice("ABCD") + str(rng.randint(1, 4)),
            f"{rng.randint(0, 9)}{rng.randint(0, 9)}{n * 13 + 4021:05d}",
        )
        key = f"{place}|{part.code}|{lot}"
        step = part.box if not part.old_box else 120
        quantity = step * rng.randint(2, 70)
        quantity += step * (quantity % 1000 == 0)
        shared = {
            "version": rng.randint(4, 90),
            "part": part,
            "item": part.code,
            "place": place,
            "lot": lot,
            "unit": "PCS",
            "quantity": quantity,
            "frozen": rng.randint(1, 9) * 3,
            "warehouse": place[0],
            "value": yuan(quantity * part.price),
            "created": event - timedelta(days=2),
        }
        book.order.append(key)
        book.add("wms", key, event, grade="AB"[n % 2], **shared)
        book.add("erp", key, event + timedelta(seconds=rng.randint(1, 50)), grade=("一等", "二等")[n % 2], **shared)
        if place[1] == "1":
            row = book.add("crm", key, event, **shared)
            row["key"] = f"{key}@line"
    book.tables.update(units=world.units())
    return book


def differing(book, world):
    """Quantities, grades and worth that differ for causes of the taxonomy."""
    rng = book.rng

    def part(key):
        return book.row("wms", key)["part"]

    def each(field, fault, cause, change, also=(), minimum=(), where=None, count=None):
        for n, key in enumerate(book.pick(count, where)):
            change(key, book.row("erp", key), n)
            book.truth(key, field, fault, cause, also=also, minimum=minimum)

    def plain(key):
        return not part(key).old_box and not part(key).mille

    def behind(key, row, n):
        row.update(
            quantity=row["quantity"] + (17, 53, 91)[n % 3] + row["quantity"] // 20,
            version=row["version"] - 2,
            received_version=row["version"] - 2 * (n % 2 == 0),
        )
        for name in ("event", "received", "synced"):
            row[name] -= timedelta(hours=14)

    def stale(key, row, n):
        behind(key, row, 0)
        row["received_version"] = row["version"]

    def disordered(key, row, n):
        behind(key, row, n)
        row["received_version"] = row["version"] + 2

    def replayed(key, row, n):
        book.log.append(
            (
                "erp",
                key,
                row["version"],
                "applied",
                "",
                row["received"],
                f"first-{row['message_id']}",
                row["payload_hash"],
                row["batch"],
            )
        )
        row.update(
            quantity=row["quantity"] + (60, 85)[n % 2] + row["quantity"] // 10,
            batch="REDO-STOCK",
            received=row["received"] + timedelta(hours=20),
            synced=row["received"] + timedelta(hours=21),
        )

    def by_hand(key, row, n):
        row.update(
            quantity=row["quantity"] - 29 - row["quantity"] // 25,
            actor="he.tao",
            actor_kind="person",
            synced=row["event"] - timedelta(minutes=95),
        )

    each("on_hand", "negative_in_erp", "SIGN", lambda key, row, n: row.update(quantity=-row["quantity"]))
    each(
        "on_hand",
        "boxes_in_erp",
        "UNIT_FACTOR",
        lambda key, row, n: row.update(quantity=row["quantity"] // part(key).box),
        where=plain,
    )
    each(
        "on_hand",
        "old_box_size",
        "FACTOR_VERSION",
        lambda key, row, n: row.update(quantity=row["quantity"] // part(key).box * part(key).old_box, raw_unit="BOX"),
        where=lambda k: part(k).old_box,
    )
    each(
        "on_hand",
        "ten_times",
        "DECIMAL_SHIFT",
        lambda key, row, n: row.update(quantity=row["quantity"] * (10, 100)[n % 2]),
        where=plain,
    )
    each("on_hand", "newer_never_came", "STALE_STATE", stale)
    each("on_hand", "older_message_last", "OUT_OF_ORDER", disordered, minimum=["STALE_STATE"])
    each("on_hand", "movement_played_twice", "REPLAYED_BATCH", replayed)
    each("on_hand", "counted_by_hand", "MANUAL_EDIT", by_hand)
    each(
        "on_hand",
        "no_number",
        "UNREADABLE",
        lambda key, row, n: row.update(quantity=Raw(("NaN", "约500", "1O80")[n % 3])),
    )
    each("grade", "grade_not_in_map", "STATUS_UNMAPPED", lambda key, row, n: row.update(grade="C-让步"))
    each(
        "worth",
        "fen_for_yuan",
        "DECIMAL_SHIFT",
        lambda key, row, n: book.row("crm", key).update(value=book.row("crm", key)["value"].replace(".", "")),
        where=book.rows["crm"].__contains__,
    )
    each(
        "on_hand",
        "palletfuls",
        "UNIT_UNKNOWN",
        lambda key, row, n: row.update(unit="PAL", quantity=rng.randint(1, 3)),
        where=lambda k: book.row("wms", k)["quantity"] > 40,
    )


def presence(book, world):
    """Lots lost, invented, spelled otherwise, sent twice, moving just now; a row without any name."""
    for key in book.pick():
        book.drop("erp", key)
        book.truth(key, None, "lost_message", "MISSING_MESSAGE")
    for n, like in enumerate(book.pick()):
        key = like.replace("|", f"|Z{n}", 1)
        base = book.row("erp", like)
        book.add(
            "erp",
            key,
            base["event"],
            quantity=313 + n,
            actor="svc_erp",
            actor_kind="interface",
            unit="PCS",
            item=f"Z{n}{base['item']}",
            frozen=6,
            grade="一等",
            value="512.00",
            warehouse="A",
            created=base["created"],
        )
        book.truth(key, None, "lot_never_in_wms", "GHOST")
    for key in book.pick():
        place, item, lot = key.split("|")
        other = f"{place}|{item}|{lot[:2]}/{lot[2:]}"
        book.row("erp", key)["key"] = other
        book.truth(key, None, "lot_with_slash", "KEY_FORMAT", keys=[other])
    for key in book.pick(None, lambda k: k.split("|")[2].startswith("0") and not k.split("|")[2].startswith("00")):
        other = "|".join((*key.split("|")[:2], key.split("|")[2][1:]))
        book.row("erp", key)["key"] = other
        book.truth(key, None, "lot_without_zero", "KEY_FORMAT", also=["LEADING_ZERO"], keys=[other])
    for key in book.pick():
        lot = swapped_digits(book.rng, key.split("|")[2])
        other = "|".join((*key.split("|")[:2], lot))
        if other not in book.rows["erp"]:
            book.row("erp", key)["key"] = other
            book.truth(key, None, "lot_digits_swapped", "TYPO", keys=[other], minimum=["MISSING_MESSAGE", "GHOST"])
    for key in book.pick():
        book.rows["erp"][key].append(dict(book.row("erp", key)))
        book.truth(key, None, "same_message_twice", "DUPLICATE_MESSAGE")
    for n, key in enumerate(book.pick(6)):
        row = book.row("wms", key)
        event = NOW - timedelta(minutes=4 + 3 * n)
        row.update(
            event=event,
            received=event + timedelta(seconds=5),
            synced=event + timedelta(seconds=40),
            version=row["version"] + 1,
            received_version=row["version"] + 1,
            quantity=row["quantity"] * 4 // 5 - 7,
        )
        for _, other in ((s, book.row(s, key)) for s in ("crm",) if key in book.rows["crm"]):
            other.update(
                quantity=row["quantity"],
                event=event,
                received=event + timedelta(seconds=6),
                version=row["version"],
                received_version=row["version"],
                synced=event + timedelta(seconds=50),
            )
        book.truth(key, "on_hand", "picked_a_minute_ago", "IN_TRANSIT", state="expected")
    book.keyless["erp"].append(dict(book.row("erp", book.order[0]), key=None))
    book.truth("", "key", "no_name", "NO_KEY")


def unseen(book, world):
    """Stock that is wrong in ways nobody named."""

    def each(field, fault, change, where=None):
        for n, key in enumerate(book.pick(None, where)):
            change(key, book.row("erp", key), n)
            book.truth(key, field, fault, "UNKNOWN")

    def large(key):
        return book.row("wms", key)["quantity"] > 300

    pairs = book.pick(book.few // 2 * 2, large)
    for one, other in zip(pairs[::2], pairs[1::2], strict=True):
        moved = 41 + book.row("wms", one)["quantity"] // 30
        book.row("erp", one)["quantity"] -= moved
        book.row("erp", other)["quantity"] += moved
        for key in (one, other):
            if abs(moved) * 200 > max(book.row("wms", key)["quantity"], book.row("erp", key)["quantity"]):
                book.truth(key, "on_hand", "transfer_not_posted", "UNKNOWN")
            else:
                book.legit(key, "on_hand", "transfer_within_tolerance")
    each(
        "on_hand",
        "available_for_on_hand",
        lambda key, row, n: row.update(quantity=row["quantity"] - row["frozen"]),
        lambda k: book.row("erp", k)["frozen"] * 200 > book.row("erp", k)["quantity"],
    )
    each("on_hand", "shrinkage", lambda key, row, n: row.update(quantity=row["quantity"] * 93 // 100 - 3), large)
    each("frozen", "one_frozen_more", lambda key, row, n: row.update(frozen=row["frozen"] + 1))
    each(
        "grade", "graded_otherwise", lambda key, row, n: row.update(grade="二等" if row["grade"] == "一等" else "一等")
    )
    each(
        "worth",
        "standard_cost",
        lambda key, row, n: row.update(value=yuan(int(row["value"].replace(".", "")) * 969 // 1000)),
        book.rows["crm"].__contains__,
    )


def right(book, world):
    """Odd and right."""

    def each(field, fault, change, where=None):
        for key in book.pick(4, where):
            change(key, book.row("wms", key), book.row("erp", key))
            book.legit(key, field, fault)

    def negative(mark):
        def change(key, wms, erp):
            wms["quantity"] = -wms["quantity"]
            erp["quantity"] = Raw(mark.format(-wms["quantity"]))

        return change

    def zero(key, wms, erp):
        wms["quantity"], erp["quantity"] = Raw("-0"), Raw("0.000")

    def half_percent(key, wms, erp):
        wms["quantity"], erp["quantity"] = 2000, 1990

    absent = [key for key in book.order if key not in book.rows["crm"]]
    alone = set(absent).__contains__
    each("on_hand", "brackets", negative("({})"), alone)
    each("on_hand", "minus_behind", negative("{}.00-"), alone)
    each("on_hand", "minus_zero", zero, alone)
    each("on_hand", "half_percent_exactly", half_percent, alone)
    each(
        "on_hand",
        "boxes_declared",
        lambda key, wms, erp: erp.update(unit="BOX", quantity=erp["quantity"] // erp["part"].box),
        lambda k: not book.row("erp", k)["part"].old_box,
    )
    each("frozen", "blank_is_ignored", lambda key, wms, erp: erp.update(frozen=None))
    each("grade", "synonym", lambda key, wms, erp: (wms.update(grade="A"), erp.update(grade="优")))
    each(
        "worth",
        "one_yuan_exactly",
        lambda key, wms, erp: erp.update(value=yuan(int(erp["value"].replace(".", "")) + 100)),
        book.rows["crm"].__contains__,
    )
    each(
        "worth",
        "yuan_sign_full_width",
        lambda key, wms, erp: erp.update(value=Raw(f"￥{erp['value']}")),
        book.rows["crm"].__contains__,
    )
    each(None, "not_kept_by_mes", lambda key, wms, erp: None, alone)
    each(None, "key_lower_case", lambda key, wms, erp: erp.update(key=Raw(f" {key.lower()}")))


FAULTS = (differing, presence, unseen, right)
