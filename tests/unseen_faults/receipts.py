"""Goods receipts in WMS, ERP and TMS: when it came in, when it was posted, how much; clocks of every sort."""

from datetime import datetime, timedelta

from .dialects import PLANT, Raw, at
from .kit import COMMON, LAST, NOW, Book, declared, evidence_columns

NAMES = f"{COMMON} received warehouse device"
COLUMNS = {
    "wms": {
        "gr_no": "key",
        "inbound_ts": "posted",
        "dock_ts": "docked",
        "insp_ts": "inspected",
        "shelf_ts": "shelved",
        "net_kg": "quantity",
        "uom": "unit",
        **evidence_columns("wms", NAMES),
    },
    "erp": {
        "收货单": "key",
        "过账时间": "posted",
        "数量": "quantity",
        "单位": "unit",
        "交期": ("due", lambda moment: moment.strftime("%Y/%m/%d")),
        **evidence_columns("erp", NAMES),
    },
    "tms": {
        "ref": "key",
        "gate_in": "docked",
        "plan_day": ("due", lambda moment: moment.strftime("%d/%m/%Y")),
        **evidence_columns("tms", NAMES),
    },
}
KEY = ["trim", "nfkc", "upper"]
PROFILE = {
    "version": 1,
    "name": {"en": "Goods receipts", "zh": "收货与过账"},
    "zone": "Asia/Shanghai",
    "record": "wms",
    "systems": {
        "wms": {
            "label": "WMS",
            "key": {"columns": ["gr_no"], "normalise": KEY},
            "evidence": declared("wms", NAMES),
            "times": {"inspected": "insp_ts", "shelved": "shelf_ts"},
        },
        "erp": {
            "label": "ERP",
            "key": {"columns": ["收货单"], "normalise": KEY},
            "evidence": declared("erp", NAMES),
            "grace": "10m",
            "watermark": "2026-11-20T00:30:00Z",
        },
        "tms": {
            "label": "TMS",
            "key": {"columns": ["ref"], "normalise": KEY, "strip_suffix": ["#IN"]},
            "complete": False,
            "duplicates": "latest",
            "evidence": declared("tms", NAMES),
        },
    },
    "fields": {
        "posted": {"max_minutes_between": 3, "columns": {"wms": "inbound_ts", "erp": "过账时间"}},
        "docked": {"type": "time", "tolerance": "10m", "columns": {"wms": "dock_ts", "tms": "gate_in"}},
        "due": {"type": "time", "columns": {"erp": "交期", "tms": "plan_day"}, "formats": ["%d/%m/%Y"]},
        "quantity": {
            "type": "quantity",
            "columns": {"wms": "net_kg", "erp": "数量"},
            "base_unit": "KG",
            "tolerance": 0.002,
            "unit": {"wms": "uom", "erp": "单位"},
        },
    },
}
UNITS = [("unit", "factor"), ("KG", 1), ("T", 1000), ("LB", "0.453592")]


def make(seed, orders, world):
    book = Book("receipts", seed, orders, "wms", COLUMNS)
    rng = book.rng
    for n, hours in enumerate(sorted(11 * 24 + 7 + rng.random() * (LAST - 11 * 24 - 7) for _ in range(orders))):
        inbound = at(0, hours).replace(microsecond=0)
        key = f"GR26{n * 3 + rng.randint(0, 2):06d}"
        docked = inbound - timedelta(minutes=rng.randint(30, 200))
        shared = {
            "version": rng.randint(1, 4),
            "created": inbound - timedelta(hours=rng.randint(24, 90)),
            "docked": docked,
            "inspected": inbound - timedelta(minutes=rng.randint(8, 25), seconds=rng.randint(0, 59)),
            "shelved": inbound + timedelta(minutes=rng.randint(25, 300), seconds=rng.randint(1, 59)),
            "unit": "KG",
            "quantity": f"{rng.randint(20000, 990000) / 1000:.3f}",
            "warehouse": rng.choice(world.warehouses),
            "device": rng.choice(world.guns),
            "due": datetime(2026, 12, rng.randint(1, 28), tzinfo=PLANT),
        }
        book.order.append(key)
        row = book.add("wms", key, inbound, **shared)
        row.update(event=inbound, received=inbound + timedelta(seconds=rng.randint(2, 20)), posted=inbound)
        row = book.add("erp", key, inbound, **shared)
        row["posted"] = row["event"] = inbound + timedelta(seconds=rng.randint(4, 70))
        row["received"] = row["event"] + timedelta(seconds=rng.randint(2, 25))
        for side in ("wms", "erp"):
            book.row(side, key)["synced"] = book.row(side, key)["received"] + timedelta(minutes=4)
        if rng.random() < 0.7:
            row = book.add("tms", key, docked, **shared)
            row.update(key=f"{key}#in", docked=docked - timedelta(seconds=rng.randint(0, 300)), device=f"GATE{n % 3}")
    book.tables.update(units=UNITS)
    return book


def move(row, delta, names):
    """Instants of a row as another clock would show them; the hub's own clock stays."""
    for name in names:
        row[name] += delta


def differ(book, key, fault, cause, minimum=()):
    """Truth for each time field that really differs now."""
    wms, erp = book.row("wms", key), book.row("erp", key)
    if abs(wms["posted"] - erp["posted"]) > timedelta(minutes=3):
        book.truth(key, "posted", fault, cause, minimum=minimum)
    if key in book.rows["tms"] and abs(wms["docked"] - book.row("tms", key)["docked"]) > timedelta(minutes=10):
        book.truth(key, "docked", fault, cause, minimum=minimum)


SCAN = ("event", "posted", "docked", "inspected", "shelved")


def wrong_clocks(book, world):
    """One warehouse in UTC for three days, one scanner 37 minutes fast, one that drifts, single rows an hour ahead."""

    def rows(low, high, test):
        found = [
            key
            for key in book.order
            if key not in book.used and low <= book.when(key) < high and test(book.row("wms", key))
        ]
        book.used.update(found)
        return found

    for key in rows(at(18), at(21), lambda row: row["warehouse"] == world.warehouses[3]):
        move(book.row("wms", key), -timedelta(hours=8), SCAN)
        differ(book, key, "warehouse_in_utc", "TIMEZONE")
    for key in rows(at(27), at(31), lambda row: row["device"] == "PDA07"):
        move(book.row("wms", key), timedelta(minutes=37, seconds=book.rng.randint(-3, 3)), SCAN)
        differ(book, key, "scanner_37_minutes_fast", "CLOCK_SKEW")
    for key in rows(at(33), at(42), lambda row: row["device"] == "PDA03"):
        days = (book.when(key) - at(33)) / timedelta(days=1)
        move(book.row("wms", key), -timedelta(seconds=int(days * 260)), SCAN)
        differ(book, key, "scanner_drifts", "CLOCK_SKEW", minimum=["LATE_POSTING"])
    for key in book.pick():
        move(book.row("erp", key), timedelta(hours=1), ("event", "posted"))
        differ(book, key, "one_hour_ahead", "TIMEZONE", minimum=["LATE_POSTING"])


def late(book, world):
    """Posted 4 minutes, hours or 3 days after the goods came; by a nightly batch; and messages that came late."""
    spans = (timedelta(minutes=4, seconds=11), timedelta(hours=2, minutes=51), timedelta(days=3, minutes=7))
    for n, key in enumerate(book.pick(book.few * 2)):
        _post(book.row("erp", key), book.when(key) + spans[n % 3] + timedelta(seconds=book.rng.randint(0, 40)))
        book.truth(key, "posted", f"posted_late_{('4min', '3h', '3d')[n % 3]}", "LATE_POSTING")
    night = at(23, 23, 30)
    for n, key in enumerate(
        k
        for k in book.order
        if k not in book.used
        and book.row("wms", k)["warehouse"] == world.warehouses[2]
        and at(23, 6) < book.when(k) < at(23, 23)
    ):
        book.used.add(key)
        _post(book.row("erp", key), night + timedelta(seconds=n * 3))
        book.row("erp", key)["batch"] = "NIGHT1024"
        book.truth(key, "posted", "posted_by_night_batch", "LATE_POSTING")
    for key in book.pick():
        row = book.row("erp", key)
        row["received"] = row["posted"] = row["event"] + timedelta(minutes=book.rng.randint(47, 560), seconds=19)
        row["synced"] = row["received"] + timedelta(minutes=4)
        book.truth(key, "posted", "stamped_when_the_late_message_came", "LATE_MESSAGE", minimum=["LATE_POSTING"])


def _post(row, moment):
    row.update(
        posted=moment, event=moment, received=moment + timedelta(seconds=11), synced=moment + timedelta(minutes=5)
    )


def wrong_stamps(book, world):
    """No time of day; day and month exchanged; the stamp of another step."""
    for key in book.pick():
        book.row("erp", key)["posted"] = book.row("erp", key)["posted"].replace(hour=0, minute=0, second=0)
        book.truth(key, "posted", "date_only", "DATE_ONLY")
    for key in book.pick(None, lambda k: k in book.rows["tms"] and book.row("erp", k)["due"].day < 12):
        due = book.row("erp", key)["due"]
        book.row("tms", key)["due"] = due.replace(day=due.month, month=due.day)
        book.truth(key, "due", "day_and_month", "DAY_MONTH_SWAP")
    for key in book.pick(None, lambda k: book.when(k).day < 10 and book.when(k).month == 11):
        posted = book.row("erp", key)["posted"]
        book.row("erp", key)["posted"] = posted.replace(day=posted.month, month=posted.day)
        book.truth(key, "posted", "day_and_month_of_posting", "DAY_MONTH_SWAP")
    for key in book.pick():
        book.row("erp", key)["posted"] = book.row("wms", key)["inspected"]
        book.truth(key, "posted", "stamp_of_inspection", "WRONG_EVENT", minimum=[])
    for key in book.pick():
        _post(book.row("erp", key), book.row("wms", key)["shelved"])
        book.truth(key, "posted", "posted_when_shelved", "WRONG_EVENT", also=["LATE_POSTING"])


def quantities(book, world):
    """A batch played twice, unreadable words, unknown and wrong units, rounding to two places by either rule."""
    for n, key in enumerate(book.pick()):
        row = book.row("erp", key)
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
            quantity=f"{2 * float(row['quantity']):.3f}",
            batch=f"REDO{n // 3}",
            received=row["received"] + timedelta(days=1),
            synced=row["received"] + timedelta(days=1, minutes=4),
        )
        book.truth(key, "quantity", "batch_played_twice", "REPLAYED_BATCH")
    for key in book.pick():
        book.row("erp", key)["quantity"] = Raw(book.rng.choice(("见附件", "12..5", "#N/A")))
        book.truth(key, "quantity", "no_number", "UNREADABLE")
    for key in book.pick():
        book.row("erp", key)["posted"] = Raw("2026/13/45 08:61:00")
        book.truth(key, "posted", "no_date", "UNREADABLE")
    for key in book.pick():
        book.row("wms", key).update(unit="托", quantity=str(book.rng.randint(2, 9)))
        book.truth(key, "quantity", "unit_nobody_defined", "UNIT_UNKNOWN")
    for n, key in enumerate(book.pick(book.few + 2)):
        grams = book.rng.randint(2000, 90000) * 10 + 5
        book.row("wms", key)["quantity"] = f"{grams / 1000:.3f}"
        up = grams // 10 + 1 if n % 2 or grams // 10 % 2 else grams // 10
        book.row("erp", key)["quantity"] = f"{up / 100:.2f}"
        book.truth(key, "quantity", "half_up" if n % 2 else "half_even", "ROUNDING")
    for key in book.pick():
        book.row("erp", key)["unit"] = "LB"
        book.truth(key, "quantity", "kilograms_called_pounds", "UNIT_FACTOR")


def presence(book, world):
    """The ERP's door shut for 25 receipts, losses, receipts nobody received, the watermark, no number."""
    for key in book.stretch(25, 0.85, 0.99):
        book.drop("erp", key)
        book.truth(key, None, "outage", "OUTAGE", minimum=["MISSING_MESSAGE"])
    for key in book.pick():
        book.drop("erp", key)
        book.truth(key, None, "lost_message", "MISSING_MESSAGE")
    for n, like in enumerate(book.pick()):
        key = f"GR27{n:06d}"
        base = book.row("erp", like)
        book.add(
            "erp",
            key,
            base["event"],
            quantity="77.125",
            actor="svc_erp",
            actor_kind="interface",
            unit="KG",
            due=base["due"],
            posted=base["posted"],
            warehouse=base["warehouse"],
            device=base["device"],
            created=base["created"],
        )
        book.truth(key, None, "posted_never_received", "GHOST")
    for n in range(6):
        key, event = f"GR28{n:06d}", NOW - timedelta(minutes=84 - 11 * n)
        row = book.add(
            "wms",
            key,
            event,
            posted=event,
            docked=event,
            quantity="55.5",
            unit="KG",
            warehouse=world.warehouses[0],
            device="PDA01",
        )
        row["posted"] = row["event"]
        book.truth(key, None, "after_the_watermark", "IN_TRANSIT", state="expected")
    base = book.row("erp", book.order[0])
    book.keyless["erp"] += [dict(base, key=blank) for blank in (None, Raw("   "))]
    book.truth("", "key", "no_number", "NO_KEY")


def unseen(book, world):
    """Stamps and weights that are wrong in ways nobody named."""
    rng = book.rng
    for key in book.pick():
        row = book.row("erp", key)
        row["posted"] -= timedelta(
            hours=rng.randint(1, 4), minutes=rng.choice((7, 17, 23, 38)), seconds=rng.randint(1, 50)
        )
        book.truth(key, "posted", "typed_from_memory", "UNKNOWN")
    for key in book.pick():
        _post(book.row("erp", key), book.when(key) - timedelta(minutes=rng.randint(22, 70), seconds=13))
        book.truth(key, "posted", "posted_before_it_came", "UNKNOWN", also=["LATE_POSTING"])
    for key in book.pick(None, lambda k: k in book.rows["tms"]):
        book.row("tms", key)["docked"] -= timedelta(minutes=rng.randint(21, 47), seconds=rng.randint(1, 59))
        book.truth(key, "docked", "waited_at_the_gate", "UNKNOWN")
    for key in book.pick(None, lambda k: k in book.rows["tms"]):
        book.row("tms", key)["due"] += timedelta(days=rng.choice((2, 7)))
        book.truth(key, "due", "rolled_to_a_working_day", "UNKNOWN")
    for key in book.pick():
        row = book.row("erp", key)
        row["quantity"] = f"{float(row['quantity']) * rng.uniform(1.011, 1.023):.3f}"
        book.truth(key, "quantity", "weighbridge", "UNKNOWN")
    for key in book.pick():
        row = book.row("erp", key)
        row["quantity"] = f"{float(row['quantity']) - 18.4:.3f}"
        book.truth(key, "quantity", "tare_of_the_pallet", "UNKNOWN")


def right(book, world):
    """Odd and right: 3 minutes exactly, midnight, versions of the TMS, tonnes, pounds, spaces and full width."""

    def each(field, fault, change, where=None):
        for key in book.pick(4, where):
            change(key, book.row("wms", key), book.row("erp", key))
            book.legit(key, field, fault)

    def midnight(key, wms, erp):
        wms["posted"] = wms["event"] = erp["posted"] = erp["event"] = wms["posted"].replace(hour=0, minute=0, second=0)

    def older(key, wms, erp):
        row = book.row("tms", key)
        book.rows["tms"][key].append(
            dict(
                row,
                docked=row["docked"] - timedelta(hours=5),
                version=row["version"] - 1,
                event=row["event"] - timedelta(hours=5),
                received=row["received"] - timedelta(hours=5),
            )
        )

    here = book.rows["tms"].__contains__
    each("posted", "180_seconds", lambda key, wms, erp: _post(erp, wms["posted"] + timedelta(seconds=180)))
    each(
        "posted", "180_seconds_before", lambda key, wms, erp: erp.update(posted=wms["posted"] - timedelta(seconds=180))
    )
    each("posted", "midnight_in_both", midnight)
    each(
        "posted",
        "offset_written",
        lambda key, wms, erp: erp.update(
            posted=Raw((erp["posted"] - timedelta(hours=13)).strftime("%Y-%m-%dT%H:%M:%S-05:00"))
        ),
    )
    each("docked", "older_version_beside", older, here)
    each(
        "docked",
        "10_minutes",
        lambda key, wms, erp: book.row("tms", key).update(docked=wms["docked"] - timedelta(minutes=10)),
        here,
    )
    each(
        "quantity",
        "tonnes",
        lambda key, wms, erp: wms.update(unit="T", quantity=f"{float(erp['quantity']) / 1000:.6f}"),
    )
    each(
        "quantity",
        "equal_to_tolerance",
        lambda key, wms, erp: wms.update(quantity=f"{float(erp['quantity']) + 0.002:.3f}"),
    )
    each(
        "quantity",
        "spaces_and_comma",
        lambda key, wms, erp: erp.update(quantity=Raw(f" {float(erp['quantity']):,.4f} ")),
    )
    each(None, "key_full_width", lambda key, wms, erp: erp.update(key="".join(chr(ord(sign) + 0xFEE0) for sign in key)))
    each(None, "suffix_of_the_tms", lambda key, wms, erp: book.row("tms", key).update(key=f"  {key.lower()}#IN "), here)


FAULTS = (wrong_clocks, presence, late, wrong_stamps, quantities, unseen, right)
