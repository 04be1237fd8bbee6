"""Order lines: fields that differ, for reasons of the taxonomy."""

from datetime import timedelta

from .dialects import Raw
from .lines import CODES, RANK, RULE_DAY
from .world import FACTOR_DAY, swapped_digits


def units(book, world):
    """Boxes sent as pieces, pieces labelled as boxes, thousands sent as pieces; the old box after the new one came."""
    plain = book.pick(book.few * 2, lambda k: not _part(book, k).old_box and not _part(book, k).mille)
    for n, key in enumerate(plain):
        part, quantity = _part(book, key), book.row("erp", key)["quantity"]
        if n % 3 == 0:
            book.row("wms", key).update(unit="PCS", quantity=quantity // part.box)
        elif n % 3 == 1:
            book.row("wms", key).update(unit="BOX", quantity=quantity)
        else:
            book.row("crm", key)["quantity"] = quantity // part.box
        book.truth(key, "quantity", "boxes_for_pieces", "UNIT_FACTOR")
    for key in book.pick(None, lambda k: _part(book, k).mille):
        book.row("wms", key).update(unit="PCS", quantity=f"{book.row('erp', key)['quantity'] / 1000:.3f}")
        book.truth(key, "quantity", "thousands_for_pieces", "UNIT_FACTOR", also=["DECIMAL_SHIFT"])
    for key in book.pick(None, lambda k: _part(book, k).old_box and book.when(k) > FACTOR_DAY + timedelta(days=3)):
        boxes = book.row("erp", key)["quantity"] // _part(book, key).box
        book.row("wms", key).update(unit="PCS", quantity=boxes * _part(book, key).old_box, raw_unit="BOX")
        book.truth(key, "quantity", "old_box_size", "FACTOR_VERSION")


def decimal_shift(book, world):
    """The separator of thousands read as a decimal mark; 万 written without its word."""
    for n, key in enumerate(
        book.pick(None, lambda k: not _part(book, k).mille and book.row("erp", k)["quantity"] > 1000)
    ):
        if n % 2:
            book.row("crm", key)["quantity"] = Raw(f"{book.row('erp', key)['quantity'] / 1000:.3f}")
            fault = "thousands_as_decimal"
        else:
            quantity = 10000 * (n + 2) + 2400
            for row in book.everywhere(key):
                row.update(quantity=quantity, unit="PCS")
            book.row("crm", key)["quantity"] = Raw(f"{quantity / 10000:.2f}")
            fault = "wan_lost"
        book.truth(key, "quantity", fault, "DECIMAL_SHIFT")


def returns(book, world):
    for key in book.pick():
        for row in book.everywhere(key):
            row["quantity"] = -row["quantity"]
        book.row("wms", key)["quantity"] *= -1
        book.truth(key, "quantity", "return_without_sign", "SIGN")


def by_hand(book, world):
    """A clerk changed the quantity in the ERP hours after the last synchronisation; the others agree."""
    for n, key in enumerate(book.pick()):
        row = book.row("erp", key)
        row.update(
            quantity=row["quantity"] + (5, -11, 77)[n % 3],
            actor="sun.qian",
            actor_kind="person",
            synced=row["event"] - timedelta(hours=3 + n),
        )
        book.truth(key, "quantity", "changed_by_hand", "MANUAL_EDIT")


def states(book, world):
    """States that differ: codes and mappings, order of messages, old state, cancelled, open again."""
    for key in book.pick():
        book.row("wms", key)["status"] = book.rng.choice(("q9", "pk/pa"))
        book.truth(key, "status", "code_not_in_map", "STATUS_UNMAPPED")
    for key in book.pick(18):
        _state(book, key, "DELIVERED")
        book.row("wms", key)["status"] = "pod"
        book.truth(key, "status", "pod_mapped_wrongly", "STATUS_MISMAPPED", minimum=["STALE_STATE"])
    for key in book.pick(None, lambda k: book.when(k) > RULE_DAY + timedelta(days=1)):
        _state(book, key, "PACKED")
        book.row("crm", key).update(raw_code="Q55", status=CODES["crm"]["SHIPPED"], mapping_version="3")
        book.truth(key, "status", "read_with_old_mapping", "RULE_CHANGE")
    for n, key in enumerate(book.pick()):
        _state(book, key, RANK[4 + n % 2])
        row = book.row(("wms", "crm")[n % 2], key)
        row.update(status=CODES[("wms", "crm")[n % 2]][RANK[2 - n % 2]], version=row["version"] - 1)
        book.truth(key, "status", "older_message_last", "OUT_OF_ORDER", minimum=["STALE_STATE"])
    for n, key in enumerate(book.pick()):
        _state(book, key, RANK[4])
        system = ("crm", "wms")[n % 2]
        row = book.row(system, key)
        row.update(
            status=CODES[system][RANK[1 + n % 3]], version=row["version"] - 1, received_version=row["version"] - 1
        )
        for moment in ("event", "received", "synced"):
            row[moment] -= timedelta(hours=20 + 9 * n)
        if system == "crm":
            row["mapping_version"] = "4" if row["event"] >= RULE_DAY else "3"
        book.truth(key, "status", "newer_never_came", "STALE_STATE")
    for n, key in enumerate(book.pick()):
        _state(book, key, RANK[3])
        system = ("erp", "crm", "wms")[n % 3]
        book.row(system, key)["status"] = CODES[system]["CANCELLED"]
        book.truth(key, "status", "cancelled_here_only", "CANCELLED_IN_ONE")
    for n, key in enumerate(book.pick()):
        _state(book, key, "CLOSED")
        row = book.row("wms", key)
        row.update(
            status=CODES["wms"][RANK[2 + n % 3]], version=row["version"] + 1, received_version=row["version"] + 1
        )
        for moment in ("event", "received", "synced"):
            row[moment] += timedelta(hours=30)
        book.truth(key, "status", "open_again", "REOPENED", minimum=["STALE_STATE"])


def cross_references(book, world):
    """A customer code absent in the table; one taken for another customer; parts replaced and old revisions."""
    lost = world.customers[-1]
    for key in book.pick():
        for row in book.everywhere(key):
            row["name"] = lost.name
        book.row("erp", key)["customer"] = lost.code
        book.row("crm", key)["customer"] = lost.crm_code
        book.truth(key, "customer", "customer_not_in_table", "XREF_MISSING")
    right, wrong = world.customers[3], world.customers[11]
    # The CRM knows one account of the other firm by this number: the ERP's clerks book these on the other customer.
    taken = book.pick(12, lambda k: book.row("erp", k)["customer"] == wrong.code)
    for key in taken:
        book.row("crm", key)["customer"] = "ACC-9901"
        book.truth(key, "customer", "account_of_another_firm", "XREF_WRONG", also=["UNKNOWN"] * (len(taken) < 5))
    book.tables["customers"].append(("crm", "ACC-9901", right.code))
    for key in book.pick(None, lambda k: _part(book, k) in world.parts[::9]):
        for system in ("erp", "wms"):
            book.row(system, key)["item"] = f"{_part(book, key).code}N"
        book.row("crm", key)["item"] = f"HD-N{_part(book, key).code[2:]}"
        book.row("wms", key).update(item=_part(book, key).code, unit="PCS", quantity=book.row("erp", key)["quantity"])
        book.truth(key, "item", "predecessor_part", "SUPERSEDED_ITEM", minimum=["TRUNCATED"])
    book.tables["items"] += [("crm", f"HD-N{part.code[2:]}", f"{part.code}N") for part in world.parts[::9]]
    for key in book.pick():
        book.row("wms", key)["revision"] = chr(ord(_part(book, key).revision) - 1)
        book.truth(key, "bom_revision", "old_revision", "STALE_BOM")


def texts(book, world):
    """What programs and people do to names, drawing numbers and bar codes."""

    def spoil(field, system, fault, cause, change, also=(), where=None):
        for key in book.pick(None, where):
            row = book.row(system, key)
            logical = "name" if field == "customer_name" else field
            new = change(row[logical])
            if new and new != row[logical]:
                row[logical] = Raw(new)
                book.truth(key, field, fault, cause, also=also)

    rng = book.rng
    spoil("drawing", "crm", "zeros_lost", "LEADING_ZERO", lambda text: text.lstrip("0"))
    spoil(
        "customer_name",
        "wms",
        "cut_at_10",
        "TRUNCATED",
        lambda text: text[:10],
        where=lambda k: len(_name(book, k)) > 11,
    )
    spoil("barcode", "crm", "spreadsheet_number", "SCIENTIFIC_NOTATION", lambda text: f"{int(text):.5E}")
    spoil("customer_name", "crm", "width", "WIDTH_CASE_SPACE", lambda text: text[:2] + "　" + text[2:])
    spoil(
        "drawing",
        "wms",
        "full_width",
        "WIDTH_CASE_SPACE",
        lambda text: "".join(chr(ord(sign) + 0xFEE0) for sign in text),
    )
    spoil("customer_name", "wms", "gbk_as_latin", "ENCODING", lambda text: text.encode("gbk").decode("latin-1"))
    spoil("customer_name", "crm", "utf8_as_cp1252", "ENCODING", lambda text: text.encode().decode("cp1252", "replace"))
    spoil("drawing", "wms", "digits_swapped", "TYPO", lambda text: swapped_digits(rng, text))
    spoil("barcode", "wms", "one_digit", "TYPO", lambda text: text[:7] + str((int(text[7]) + 3) % 10) + text[8:])
    spoil("customer_name", "crm", "one_character", "TYPO", lambda text: text[:3] + "达" + text[4:])


def two_at_once(book, world):
    """Boxes for pieces and, independent of it, a cut name on the same line."""
    for key in book.pick(
        None, lambda k: not _part(book, k).old_box and not _part(book, k).mille and len(_name(book, k)) > 11
    ):
        row = book.row("wms", key)
        row.update(unit="PCS", quantity=book.row("erp", key)["quantity"] // _part(book, key).box, name=row["name"][:10])
        book.truth(key, "quantity", "two_at_once", "UNIT_FACTOR")
        book.truth(key, "customer_name", "two_at_once", "TRUNCATED")


def _part(book, key):
    return book.row("erp", key)["part"]


def _name(book, key):
    return book.row("erp", key)["name"]


def _state(book, key, word):
    for system in CODES:
        book.row(system, key)["status"] = CODES[system][word]
    book.row("crm", key)["raw_code"] = CODES["crm"][word]


FAULTS = (states, units, decimal_shift, returns, by_hand, cross_references, texts, two_at_once)
