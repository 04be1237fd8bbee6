"""Order lines: what is absent, there twice, or there under another name."""

from datetime import timedelta

from .kit import NOW

COPIED = (
    "item customer unit status name drawing barcode revision kind created quantity raw_code mapping_version part buyer "
    "word ordered"
).split()


def _copied(row, *without):
    """The trade's part of a row, without its key and evidence."""
    return {name: row[name] for name in COPIED if name in row and name not in without}


def outage(book, world):
    """The WMS door was shut for 28 orders in a row; the CRM's, where two of 30 slipped through."""
    for system, keys, through in (("wms", book.stretch(28), 0), ("crm", book.stretch(30), 2)):
        for key in keys[through:]:
            book.drop(system, key)
            book.truth(key, None, f"outage_{system}", "OUTAGE", minimum=["MISSING_MESSAGE"])


def missing_message(book, world):
    for n, key in enumerate(book.pick(book.few * 2)):
        book.drop(("wms", "crm")[n % 2], key)
        book.truth(key, None, "lost_message", "MISSING_MESSAGE")


def refused(book, world):
    """Refused once, or three times in an hour with different words."""
    words = ("物料未维护", "unit of measure PAL not allowed", "客户信用冻结")
    for n, key in enumerate(book.pick()):
        row = book.drop("wms", key)[0]
        for turn in range(1 + 2 * (n % 2)):
            book.log.append(
                (
                    "wms",
                    key,
                    row["version"],
                    "refused",
                    words[(n + turn) % 3],
                    row["received"] + timedelta(minutes=20 * turn),
                    f"r-{n}-{turn}",
                    row["payload_hash"],
                    row["batch"],
                )
            )
        book.truth(key, None, "refused", "REJECTED_MESSAGE", minimum=["MISSING_MESSAGE"])


def in_transit(book, world):
    """Orders of the last minutes: absent, or a state behind, within the grace of the system."""
    late = [key for key in book.order if key not in book.used][-10:]
    book.used.update(late)
    for n, key in enumerate(late):
        event = NOW - timedelta(minutes=3 + n)
        for row in book.everywhere(key):
            row.update(event=event, received=event + timedelta(seconds=9), synced=event + timedelta(seconds=30))
        if n % 2:
            book.drop(("wms", "crm")[n // 2 % 2], key)
            book.truth(key, None, "on_its_way", "IN_TRANSIT", state="expected")
        else:
            wms = book.row("wms", key)
            wms.update(
                status="nw",
                version=wms["version"] - 1,
                received_version=wms["version"] - 1,
                event=event - timedelta(hours=5),
                received=event - timedelta(hours=5) + timedelta(seconds=4),
            )
            for system, word in (("erp", "40"), ("crm", "已装箱")):
                book.row(system, key)["status"] = word
            book.truth(key, "status", "behind_within_grace", "IN_TRANSIT", state="expected")


def ghosts(book, world):
    """Known to WMS and CRM, or to the WMS alone, never to the ERP; test orders; orders typed in by a person."""
    for n, like in enumerate(book.pick(book.few * 3)):
        kind = ("ghost", "test", "typed")[n % 3]
        key = like.replace("45", "77", 1) if kind == "ghost" else (f"测试{like}" if n % 2 else f"DEMO-{like}")
        if kind == "typed":
            key = like.replace("45", "78", 1)
        for system in ("wms", "crm") if kind == "ghost" and n % 2 else ("wms",) if kind != "typed" else ("crm",):
            base = book.row(system, like)
            row = book.add(
                system,
                key,
                base["event"],
                **_copied(base, "quantity"),
                quantity=book.row("erp", like)["quantity"] + 7,
            )
            row.update(created=row["event"] - timedelta(minutes=9), unit="PCS")
            if kind == "typed":
                row.update(actor="chen.yu", actor_kind="person")
        if kind == "ghost":
            book.truth(key, None, "ghost", "GHOST")
        else:
            book.truth(key, None, kind, "OUTSIDE_WORKFLOW", minimum=["GHOST"] if kind == "typed" else [])


def out_of_scope(book, world):
    """An ordinary order in the ERP, booked as a sample by the WMS, whose samples are not compared."""
    for key in book.pick():
        book.row("wms", key)["kind"] = "SAMPLE"
        book.truth(key, None, "sample_in_wms", "OUT_OF_SCOPE")


def key_format(book, world):
    """The CRM writes a prefix nobody declared, the WMS a hyphen for the dot."""
    for n, key in enumerate(book.pick(book.few + 2)):
        if n % 2:
            book.row("crm", key)["key"] = f"CRM{key}"
        else:
            book.row("wms", key)["key"] = f"WM-{key.replace('.', '-')}"
        book.truth(key, None, "key_spelling", "KEY_FORMAT", keys=[f"CRM{key}", key.replace(".", "-")])


def key_typo(book, world):
    """Two digits of the order number exchanged by the WMS clerk; everything else agrees."""
    for key in book.pick():
        row = book.row("wms", key)
        n = next((n for n in (5, 4, 3, 6) if key[n] != key[n + 1] and key[n + 1] != "."), None)
        wrong = key if n is None else key[:n] + key[n + 1] + key[n] + key[n + 2 :]
        if n is None or wrong in book.rows["erp"] or wrong in book.rows["wms"]:
            continue
        row["key"] = f"WM-{wrong}"
        book.unlogged.add(("wms", key))
        book.log.append(
            (
                "wms",
                wrong,
                row["version"],
                "applied",
                "",
                row["received"],
                row["message_id"],
                row["payload_hash"],
                row["batch"],
            )
        )
        book.truth(key, None, "key_digits_swapped", "TYPO", keys=[wrong], minimum=["MISSING_MESSAGE", "GHOST"])


def twice(book, world):
    """The same message after seconds or three days; other content; a new number."""
    for n, key in enumerate(book.pick()):
        again = dict(book.row("wms", key))
        again["received"] += timedelta(seconds=4) if n % 2 else timedelta(days=3)
        book.rows["wms"][key].append(again)
        book.truth(key, None, "same_message_twice", "DUPLICATE_MESSAGE")
    for n, key in enumerate(book.pick()):
        row = book.row("crm", key)
        again = dict(
            row,
            quantity=row["quantity"] + 3 * (n + 1),
            message_id=f"hand-{n}",
            payload_hash=f"{n:04x}beef{n:04x}",
            event=row["event"] + timedelta(hours=2),
            received=row["received"] + timedelta(hours=2),
        )
        book.rows["crm"][key].append(again)
        book.truth(key, None, "entered_twice_same_number", "DUPLICATE_ENTRY")
    for key in book.pick():
        twin = f"{int(key.split('.')[0]) + 4000000}.10"
        for system in ("erp", "crm"):
            base = book.row(system, key)
            row = book.add(
                system,
                twin,
                base["event"] + timedelta(minutes=26),
                version=base["version"],
                **_copied(base),
            )
            row.update(so=twin.split(".")[0], pos="10", ordered=base["ordered"] + timedelta(minutes=26))
        # The warehouse took the message and threw the twin away: nothing was lost on the way.
        book.log.append(
            ("wms", twin, row["version"], "applied", "", row["received"], f"twin-{twin}", "0" * 16, row["batch"])
        )
        book.truth(twin, None, "entered_again_new_number", "DUPLICATE_ENTRY", keys=[key], minimum=["MISSING_MESSAGE"])


FAULTS = (outage, in_transit, missing_message, refused, ghosts, out_of_scope, key_format, key_typo, twice)
