"""Invoices in ERP, CRM and the tax platform: amounts, currencies, taxes, rates, prices, numbers of 20 digits."""

from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from .dialects import Raw, at
from .kit import COMMON, LAST, Book, declared, evidence_columns
from .world import PRICE_DAY, pieces, swapped_digits, yuan

NAMES = f"{COMMON} received item customer"
COLUMNS = {
    "erp": {
        "发票号": "key",
        "未税货款": "goods",
        "价税合计": "gross",
        "币种": "currency",
        "数量": "quantity",
        "税号": "tax_no",
        "行数": "lines",
        "折扣额": "discount",
        "运费": "freight",
        "客户": "buyer_code",
        **evidence_columns("erp", NAMES),
    },
    "crm": {
        "InvoiceRef": "key",
        "NetAmount": "goods",
        "Ccy": "currency",
        "Qty": "quantity",
        "AccountNo": "buyer_code",
        **evidence_columns("crm", NAMES),
    },
    "tax": {"fphm": "key", "jshj": "gross", "bz": "currency", "gfsh": "tax_no", **evidence_columns("tax", NAMES)},
}
PROFILE = {
    "version": 1,
    "name": {"en": "Invoices", "zh": "发票"},
    "zone": "Asia/Shanghai",
    "currency": "CNY",
    "record": "erp",
    "systems": {
        "erp": {
            "label": "ERP",
            "key": "发票号",
            "evidence": declared("erp", NAMES, lines="行数", discount="折扣额", freight="运费"),
        },
        "crm": {"label": "CRM", "key": "InvoiceRef", "evidence": declared("crm", NAMES)},
        "tax": {
            "label": {"en": "tax platform", "zh": "税务平台"},
            "key": "fphm",
            "grace": "2h",
            "evidence": declared("tax", NAMES),
        },
    },
    "fields": {
        "goods": {
            "type": "money",
            "columns": {"erp": "未税货款", "crm": "NetAmount"},
            "tolerance": "0.01",
            "currency": {"erp": "币种", "crm": "Ccy"},
            "severity": "high",
        },
        "gross": {
            "type": "money",
            "columns": {"erp": "价税合计", "tax": "jshj"},
            "tolerance": "0.01",
            "currency": {"erp": "币种", "tax": "bz"},
            "severity": "high",
        },
        "quantity": {"type": "quantity", "columns": {"erp": "数量", "crm": "Qty"}},
        "tax_no": {"type": "text", "columns": {"erp": "税号", "tax": "gfsh"}},
        "buyer": {"type": "text", "columns": {"erp": "客户", "crm": "AccountNo"}, "xref": "customers"},
    },
}
RATES = {"USD": Decimal("7.1183"), "EUR": Decimal("8.2406"), "JPY": Decimal("0.047216")}
FEN = Decimal("0.01")


def rate(currency, day):
    """The rate of a day: moves a little, never twice the same."""
    base = RATES[currency]
    return (base * (1 + Decimal((day * 37) % 41 - 20) / 2500)).quantize(Decimal("0.000001"))


def make(seed, orders, world):
    book = Book("invoices", seed, orders, "erp", COLUMNS)
    rng = book.rng
    for n, hours in enumerate(sorted(11 * 24 + rng.random() * (LAST - 11 * 24 - 3) for _ in range(orders))):
        event, part, customer = (
            at(0, hours).replace(microsecond=0),
            rng.choice(world.parts),
            rng.choice(world.customers),
        )
        key = f"2532{rng.randint(0, 9)}{n * 17 + 100003:07d}{rng.randint(0, 99999999):08d}"
        quantity = pieces(part, rng)
        created = event - timedelta(hours=rng.randint(2, 30))
        price = part.price if created >= PRICE_DAY else part.old_price
        goods = quantity * price
        shared = {
            "version": rng.randint(1, 3),
            "created": created,
            "part": part,
            "item": part.code,
            "quantity": quantity,
            "goods": yuan(goods),
            "currency": rng.choice(("CNY", "CNY", "CNY", "USD", "EUR", "JPY")),
            "lines": rng.randint(2, 9),
            "gross": yuan((goods * 113 + 50) // 100),
            "tax_no": f"91{rng.randint(310000, 449999)}MA{rng.randint(10**7, 10**8 - 1)}",
            "discount": "0.00",
            "freight": "0.00",
        }
        book.order.append(key)
        for system, lag in (("erp", 0), ("crm", 40), ("tax", 300)):
            code = customer.crm_code if system == "crm" else customer.code
            book.add(system, key, event + timedelta(seconds=lag), buyer_code=code, customer=code, **shared)
    book.tables.update(
        prices=world.prices(),
        taxes=[("rate",), ("0.13",), ("0.09",), ("0.06",)],
        customers=[("system", "external", "internal"), *(("crm", who.crm_code, who.code) for who in world.customers)],
        items=world.items(),
        charges=[("key", "kind", "amount")],
        rates=[
            ("from", "to", "rate", "valid_from"),
            *(
                (currency, "CNY", rate(currency, day), f"{at(day):%Y-%m-%d}")
                for currency in RATES
                for day in range(0, 51)
            ),
        ],
    )
    return book


def money(row, name):
    return Decimal(str(row[name]))


def faults(book, world):
    """Amounts, currencies and numbers wrong for causes of the taxonomy."""
    rng = book.rng

    def each(field, fault, cause, system, change, where=None, also=(), minimum=(), count=None):
        for n, key in enumerate(book.pick(count, where)):
            change(book.row(system, key), n, key)
            book.truth(key, field, fault, cause, also=also, minimum=minimum)

    def currency(*which):
        return lambda key: book.row("erp", key)["currency"] in which

    def converted(label):
        def change(row, n, key):
            day = (row["created"] - at(0)).days - n % 2  # the rate of the day, or of the day before
            amount = money(row, "goods") * rate(row["currency"], day)
            row.update(goods=amount.quantize(FEN, ROUND_HALF_UP), currency="CNY" if label else row["currency"])

        return change

    def taxed(row, n, key):
        row["goods"] = (money(row, "goods") * (Decimal("1.13"), Decimal("1.06"))[n % 2]).quantize(FEN, ROUND_HALF_UP)

    def untaxed(row, n, key):
        row["gross"] = (money(row, "gross") / (Decimal("1.13"), Decimal("1.09"))[n % 2]).quantize(FEN, ROUND_HALF_UP)

    def old_price(row, n, key):
        row["goods"] = yuan(row["quantity"] * row["part"].old_price)

    def charge(kind, sign):
        def change(row, n, key):
            amount = Decimal(rng.randint(3100, 99000)) / 100
            if n % 2:
                book.row("erp", key)[kind] = amount
            else:
                book.tables["charges"].append((key, kind, amount))
            row["goods"] = money(row, "goods") + sign * amount

        return change

    def fifteen(key):
        return f"{key[:15]}00000"

    each(
        "goods",
        "other_currency_word",
        "CURRENCY_CODE",
        "crm",
        lambda row, n, key: row.update(currency="CNY"),
        currency("USD", "EUR"),
    )
    each(
        "gross",
        "dollars_on_the_invoice",
        "CURRENCY_CODE",
        "tax",
        lambda row, n, key: row.update(currency="USD"),
        currency("CNY"),
    )
    each("goods", "converted_to_yuan", "FX_APPLIED", "crm", converted(True), currency("USD", "EUR"))
    each("goods", "yen_converted_label_kept", "FX_APPLIED", "crm", converted(False), currency("JPY"))
    each("goods", "tax_in_net_amount", "TAX_INCLUDED", "crm", taxed)
    each("gross", "tax_left_out", "TAX_INCLUDED", "tax", untaxed)
    each(
        "goods",
        "old_price_list",
        "STALE_PRICE",
        "crm",
        old_price,
        lambda k: book.row("erp", k)["created"] > PRICE_DAY + timedelta(days=2) and currency("CNY")(k),
        minimum=["UNKNOWN"],
    )
    each("goods", "freight_added", "DISCOUNT_OR_FREIGHT_LINE", "crm", charge("freight", 1), currency("CNY"))
    each("goods", "discount_taken_off", "DISCOUNT_OR_FREIGHT_LINE", "crm", charge("discount", -1), currency("CNY"))
    each(
        "gross",
        "rounded_per_line",
        "ROUNDING",
        "tax",
        lambda row, n, key: row.update(gross=money(row, "gross") + (1, -1)[n % 2] * FEN * (row["lines"] // 2)),
        lambda k: book.row("erp", k)["lines"] > 4,
    )
    each(
        "gross",
        "fen_for_yuan",
        "DECIMAL_SHIFT",
        "tax",
        lambda row, n, key: row.update(gross=int(money(row, "gross") * 100)),
    )
    each(
        "goods",
        "wan_without_its_word",
        "DECIMAL_SHIFT",
        "crm",
        lambda row, n, key: row.update(goods=money(row, "goods") / 10000),
    )
    each(
        "goods",
        "comma_read_as_point",
        "DECIMAL_SHIFT",
        "crm",
        lambda row, n, key: row.update(goods=f"{money(row, 'goods') / 1000:.5f}"),
        lambda k: money(book.row("erp", k), "goods") > 1000,
    )
    each(
        "gross",
        "credit_note_without_sign",
        "SIGN",
        "tax",
        lambda row, n, key: [
            other.update(gross=-money(other, "gross"), goods=-money(other, "goods"), quantity=-other["quantity"])
            for other in book.everywhere(key)
            if other is not row
        ],
    )
    each(
        "goods",
        "changed_by_hand",
        "MANUAL_EDIT",
        "erp",
        lambda row, n, key: row.update(
            goods=money(row, "goods") + Decimal("118.37") * (n + 1),
            actor="qian.li",
            actor_kind="person",
            synced=row["event"] - timedelta(hours=4),
        ),
    )
    each(
        "tax_no",
        "digits_swapped",
        "TYPO",
        "tax",
        lambda row, n, key: row.update(tax_no=row["tax_no"][:10] + swapped_digits(rng, row["tax_no"][10:])),
        lambda k: len(set(book.row("erp", k)["tax_no"][11:])) > 4,
    )
    each("tax_no", "cut_at_15", "TRUNCATED", "tax", lambda row, n, key: row.update(tax_no=row["tax_no"][:15]))
    each(
        "tax_no", "lower_case", "WIDTH_CASE_SPACE", "tax", lambda row, n, key: row.update(tax_no=row["tax_no"].lower())
    )
    each("buyer", "account_unknown", "XREF_MISSING", "crm", lambda row, n, key: row.update(buyer_code=f"NEW-{n % 2}"))
    right, wrong = world.customers[5], world.customers[23]
    for key in book.pick(max(8, book.orders // 95), lambda k: book.row("erp", k)["buyer_code"] == right.code):
        book.row("erp", key).update(buyer_code=wrong.code, customer=wrong.code)
        book.truth(key, "buyer", "booked_on_the_neighbour", "XREF_WRONG")
    each(
        None,
        "spreadsheet_number",
        "SCIENTIFIC_NOTATION",
        "crm",
        lambda row, n, key: row.update(key=fifteen(key) if n % 2 else f"{key[0]}.{key[1:15]}E+19"),
    )
    each(None, "number_cut_at_16", "TRUNCATED", "crm", lambda row, n, key: row.update(key=key[:16]))
    for truth in book.truths:
        if truth["field"] is None:
            key = truth["key"]
            truth["keys"] = sorted({key, fifteen(key), f"{key[0]}.{key[1:15]}E+19", key[:16]})
            truth["accepted_minimum"] = sorted({*truth["accepted_minimum"], "MISSING_MESSAGE"})
    for key in book.pick():
        book.drop("tax", key)
        book.truth(key, None, "never_issued", "MISSING_MESSAGE")
    for n, key in enumerate(book.pick()):
        row = book.drop("tax", key)[0]
        book.log.append(
            (
                "tax",
                key,
                row["version"],
                "refused",
                ("购方税号无效", "额度不足")[n % 2],
                row["received"],
                f"no-{n}",
                row["payload_hash"],
                row["batch"],
            )
        )
        book.truth(key, None, "refused", "REJECTED_MESSAGE", minimum=["MISSING_MESSAGE"])


def unseen(book, world):
    """Amounts that are wrong in ways nobody named."""
    rng = book.rng

    def each(field, fault, system, change, also=()):
        for key in book.pick(
            None, lambda k: book.row("erp", k)["currency"] == "CNY" and money(book.row("erp", k), "goods") > 3000
        ):
            row = book.row(system, key)
            name = "goods" if field == "goods" else "gross"
            new = change(money(row, name))
            if new is not None and abs(new - money(book.row("erp", key), name)) > Decimal("2"):
                row[name] = new.quantize(FEN)
                book.truth(key, field, fault, "UNKNOWN", also=also)

    def swap(amount):
        text = swapped_digits(rng, str(amount).split(".")[0])
        return text and Decimal(f"{text}.{str(amount).split('.')[1]}")

    each("gross", "odd_hundreds_waived", "tax", lambda amount: amount // 100 * 100)
    each("goods", "fuel_surcharge", "crm", lambda amount: amount * Decimal("1.035"))
    each("gross", "retention_of_5_percent", "tax", lambda amount: amount * Decimal("0.95"))
    each("goods", "early_payment_2_percent", "crm", lambda amount: amount * Decimal("0.98"))
    each("goods", "bank_fee", "crm", lambda amount: amount - Decimal(rng.randint(1500, 4900)) / 100)
    each("goods", "digits_of_amount_swapped", "crm", swap, also=["TYPO"])
    each(
        "gross",
        "another_invoices_amount",
        "tax",
        lambda amount: amount * Decimal(rng.randint(301, 377)) / 1000 + Decimal("71.19"),
    )
    for key in book.pick():
        book.row("crm", key)["quantity"] += rng.choice((11, 26, -14))  # more than rounding on nine lines could make
        book.truth(key, "quantity", "quantity_of_the_quotation", "UNKNOWN")
    for key in book.pick():
        other = rng.choice([who for who in world.customers if who.code != book.row("erp", key)["buyer_code"]])
        book.row("crm", key).update(buyer_code=other.crm_code, customer=other.crm_code)
        book.truth(key, "buyer", "another_buyer_once", "UNKNOWN")


def right(book, world):
    """Odd and right."""

    def each(field, fault, system, write, where=None):
        for key in book.pick(4, where):
            row = book.row(system, key)
            write(row, "gross" if field == "gross" else "goods")
            book.legit(key, field, fault)

    def text(pattern):
        return lambda row, name: row.update({name: Raw(pattern(money(row, name), row))})

    def negative(pattern):
        def write(row, name):
            key = row["key"]
            for other in book.everywhere(key):
                other.update(goods=-money(other, "goods"), gross=-money(other, "gross"), quantity=-other["quantity"])
            row[name] = Raw(pattern.format(-money(row, name)))

        return write

    each("goods", "one_fen", "crm", lambda row, name: row.update(goods=money(row, name) + FEN))
    each("gross", "one_fen_less", "tax", lambda row, name: row.update(gross=money(row, name) - FEN))
    each(
        "gross",
        "yuan_sign",
        "tax",
        text(lambda amount, row: f"¥{amount:,}"),
        lambda k: book.row("erp", k)["currency"] == "CNY",
    )
    each(
        "goods",
        "code_before_amount",
        "crm",
        text(lambda amount, row: f"USD {amount:,}"),
        lambda k: book.row("erp", k)["currency"] == "USD",
    )
    each("goods", "brackets", "crm", negative("({})"))
    each("gross", "minus_behind", "tax", negative("{}-"))
    each("goods", "wan_written", "crm", text(lambda amount, row: f"{amount / 10000}万"))
    each(
        "goods", "full_width", "crm", text(lambda amount, row: "".join(chr(ord(sign) + 0xFEE0) for sign in str(amount)))
    )
    each(
        "gross",
        "no_currency_is_yuan",
        "tax",
        lambda row, name: row.update(currency=None),
        lambda k: book.row("erp", k)["currency"] == "CNY",
    )
    each("goods", "seven_places", "crm", text(lambda amount, row: f"{amount}00000"))


FAULTS = (faults, unseen, right)
