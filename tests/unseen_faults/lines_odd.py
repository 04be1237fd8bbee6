"""Order lines: kinds no taxonomy names, and odd values that are right."""

from datetime import timedelta

from .dialects import Raw
from .lines import CODES
from .world import swapped_digits


def unseen(book, world):
    """Faults without a class: the honest answer is UNKNOWN."""
    rng = book.rng

    def each(field, fault, change, also=(), where=None):
        for key in book.pick(None, where):
            if change(key) is not False:
                book.truth(key, field, fault, "UNKNOWN", also=also)

    def quantity(system, change):
        def spoil(key):
            book.row(system, key).update(quantity=change(book.row("erp", key)["quantity"]), unit="PCS")

        return spoil

    def swapped(key):
        text = swapped_digits(rng, str(book.row("erp", key)["quantity"]))
        if text:
            book.row("crm", key)["quantity"] = text
        return bool(text)

    each("quantity", "one_piece_short", quantity("wms", lambda pieces: pieces - 1))
    each("quantity", "rationed_to_60_percent", quantity("wms", lambda pieces: pieces * 3 // 5))
    each("quantity", "quantity_of_another_line", quantity("crm", lambda pieces: pieces + rng.choice((58, -43, 131))))
    each("quantity", "digits_of_quantity_swapped", swapped, also=["TYPO"])
    each("quantity", "factor_of_another_part", quantity("wms", lambda pieces: pieces * 7))

    def other_firm(key):
        name = rng.choice([who.name for who in world.customers if who.name[:2] != book.row("erp", key)["name"][:2]])
        book.row("wms", key)["name"] = name

    def hold(key):
        for system in CODES:
            book.row(system, key)["status"] = CODES[system]["RELEASED"]
        book.row("crm", key).update(status=CODES["crm"]["ON_HOLD"], raw_code=CODES["crm"]["ON_HOLD"])

    def future(key):
        book.row("wms", key)["revision"] = chr(ord(book.row("erp", key)["part"].revision) + 1)

    def other_part(key):
        own = book.row("erp", key)["part"].code
        other = next(
            part
            for part in rng.sample(world.parts, 60)
            if sum(a != b for a, b in zip(part.code, own, strict=True)) > 2 and sorted(part.code) != sorted(own)
        )
        book.row("crm", key)["item"] = other.crm_code

    def shifted(delta):
        def spoil(key):
            row = book.row("crm", key)
            row["ordered"] = (
                row["ordered"] + delta if book.row("crm", key)["ordered"].hour < 12 else row["ordered"] - delta
            )

        return spoil

    each("customer_name", "another_firm", other_firm)
    each(
        "customer_name",
        "trade_name",
        lambda key: book.row("crm", key).update(name=f"{rng.choice('ABCDEFG')}{rng.randint(2, 9)}级客户"),
    )
    for key in book.pick(book.few * 3):  # on hold everywhere: the word itself is mapped well
        for system, words in CODES.items():
            book.row(system, key)["status"] = words["ON_HOLD"]
        book.row("crm", key)["raw_code"] = CODES["crm"]["ON_HOLD"]
        book.legit(key, "status", "on_hold_everywhere")
    each("status", "on_hold_in_crm", hold)
    each("bom_revision", "revision_not_yet_in_force", future)
    each("item", "another_part", other_part)
    each("ordered", "am_for_pm", shifted(timedelta(hours=12)))
    each(
        "ordered",
        "year_mistyped",
        lambda key: book.row("crm", key).update(ordered=book.row("crm", key)["ordered"].replace(year=2025)),
    )


def right(book, world):
    """Odd to look at, and no difference by docs/profile.md."""

    def each(field, fault, change, where=None):
        for key in book.pick(4, where):
            change(key)
            book.legit(key, field, fault)

    def key_text(system, change):
        return lambda key: book.row(system, key).update(key=Raw(change(book.row(system, key)["key"])))

    def wide(text):
        return "".join(chr(ord(sign) + 0xFEE0) if sign.isdigit() else sign for sign in text)

    def quantity(system, write):
        return lambda key: book.row(system, key).update(
            quantity=Raw(write(book.row("erp", key)["quantity"])), unit="PCS"
        )

    def exactly(seconds):
        return lambda key: book.row("crm", key).update(
            ordered=book.row("erp", key)["ordered"] + timedelta(seconds=seconds)
        )

    each(None, "key_leading_zeros", key_text("crm", lambda text: f"00{text}"))
    each(None, "key_full_width", key_text("crm", wide))
    each(None, "key_spaces", key_text("wms", lambda text: f" {text}  "))
    each(None, "key_lower_case_prefix", key_text("wms", lambda text: text.lower()))
    each(None, "erp_zeros", lambda key: book.row("erp", key).update(so=f"00{book.row('erp', key)['so']}"))
    each("quantity", "full_width_digits", quantity("crm", lambda pieces: wide(str(pieces))))
    each("quantity", "thousands_and_decimals", quantity("crm", lambda pieces: f"{pieces:,}.00"))
    each("quantity", "scientific", quantity("wms", lambda pieces: f"{pieces:.5E}"))
    each("quantity", "wan", quantity("crm", lambda pieces: f"{pieces / 10000:.4f}万"))
    each("quantity", "seven_decimals", quantity("crm", lambda pieces: f"{pieces}.0000004"))
    each(
        "quantity",
        "in_thousands",
        lambda key: book.row("wms", key).update(unit="KPC", quantity=f"{book.row('erp', key)['quantity'] / 1000:.3f}"),
        lambda k: book.row("erp", k)["part"].mille,
    )
    each("ordered", "equal_to_tolerance", exactly(120))
    each("ordered", "equal_to_tolerance_early", exactly(-120))
    each(
        "ordered",
        "epoch_seconds",
        lambda key: book.row("crm", key).update(ordered=Raw(int(book.row("erp", key)["ordered"].timestamp()))),
    )
    each(
        "ordered",
        "other_offset",
        lambda key: book.row("crm", key).update(
            ordered=Raw((book.row("erp", key)["ordered"] - timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M:%S+00:00"))
        ),
    )
    each("customer_name", "declared_empty_words", _empty_everywhere(book))
    each("bom_revision", "empty_is_ignored", lambda key: book.row("wms", key).update(revision=None))
    each("status", "synonym", _synonym(book))

    for key in book.pick(4):  # samples on both sides: outside the scope of the WMS, and never sent to the others
        book.row("wms", key)["kind"] = "SAMPLE"
        for system in ("erp", "crm"):
            book.drop(system, key)
        book.legit(key, None, "sample_nowhere_else")


def _empty_everywhere(book):
    def change(key):
        for row, word in zip(book.everywhere(key), ("NULL", "", " / "), strict=True):
            row["name"] = Raw(word)

    return change


def _synonym(book):
    def change(key):
        for system in CODES:
            book.row(system, key)["status"] = CODES[system]["SHIPPED"]
        book.row("wms", key)["status"] = "sh2"
        book.row("crm", key).update(status="已发货", raw_code="已发货")

    return change


FAULTS = (unseen, right)
