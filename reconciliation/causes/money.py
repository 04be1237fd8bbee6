"""Why are two amounts different: a currency, a rate, tax, an old price, a discount or freight line?"""

from __future__ import annotations

from reconciliation.causes.pairs import number_pairs
from reconciliation.causes.quantity import close
from reconciliation.causes.registry import Reason, rule
from reconciliation.values import MICRO, Unreadable, show_money, show_number, times_factor

CENT = MICRO // 100
WINDOW_US = 7 * 86_400 * MICRO
MONEY = ("money",)


def near(x, y, slack=CENT):
    """Equal but for the rounding of one cent."""
    return abs(x - y) <= slack


def product(value, factor):
    try:
        return times_factor(value, factor)
    except Unreadable:
        return 2**62


@rule("CURRENCY_CODE", family="money", precedence=350, types=MONEY,
      en="The amounts are equal, the currencies are not: {currencies:told}.",
      zh="金额相同，币种不同：{currencies:told}。")
def currency_code(one, world):
    field = world.profile.fields[one.field]
    for a, b, x, y in number_pairs(one, world):
        ca, cb = a.currency.get(one.field), b.currency.get(one.field)
        if ca and cb and ca != cb and close(field, x, y):
            return Reason(systems=(b.system,), evidence={"currencies": f"{a.system} {ca}, {b.system} {cb}"})
    return None


@rule("FX_APPLIED", family="money", precedence=351, types=MONEY,
      en="{systems} is converted: {right:value} at the rate {rate:number} ({pair}) gives {wrong:value}.",
      zh="{systems} 已折算：{right:value} 按汇率 {rate:number}（{pair}）得 {wrong:value}。")
def fx_applied(one, world):
    for a, b, x, y in number_pairs(one, world):
        if not x or not y:
            continue
        at = b.event_us if b.event_us is not None else a.event_us
        pair = (a.currency.get(one.field), b.currency.get(one.field))
        for name, rate, fits in world.rates_near(at, WINDOW_US, pair):
            for factor in (rate, 1 / rate):
                if near(product(x, factor), y) and significant(x, y):
                    return Reason(systems=(b.system,), strength=2 if fits else 1, evidence={
                        "rate": str(rate), "pair": name, "right": show_money(x, pair[0] or ""),
                        "wrong": show_money(y, pair[1] or "")})
    return None


def significant(x, y):
    """Amounts large enough that a cent of slack is no accident."""
    return min(abs(x), abs(y)) >= 100 * MICRO


@rule("TAX_INCLUDED", family="money", precedence=352, types=MONEY,
      en="{systems} differs by tax of {rate}: {wrong:value} against {right:value}.",
      zh="{systems} 相差 {rate} 的税：{wrong:value}，应为 {right:value}。")
def tax_included(one, world):
    for _a, b, x, y in number_pairs(one, world):
        if x * y <= 0:
            continue
        for rate in world.tax_rates():
            factor = 1 + rate
            if near(product(x, factor), y) or near(product(y, factor), x):
                sure = min(abs(x), abs(y)) >= 20 * MICRO
                return Reason("certain" if sure else "hypothesis", (b.system,), 1, {
                    "rate": f"{(rate * 100).normalize():f}%", "wrong": show_money(y), "right": show_money(x)})
    return None


@rule("STALE_PRICE", family="money", precedence=353, types=MONEY,
      en="{systems} uses the old price of {item}, {old:price}, for {quantity:number}; the price now is {now:price}.",
      zh="{systems} 用了 {item} 的旧价 {old:price}（数量 {quantity:number}），现价为 {now:price}。")
def stale_price(one, world):
    for a, b, x, y in number_pairs(one, world):
        for side, wrong, right in ((b, y, x), (a, x, y)):
            item = side.text.get("item") or a.text.get("item") or b.text.get("item") or ""
            dated = world.price(item, side.text.get("customer", ""))
            at = world.event_of(one)
            now = dated.at(at) if dated else None
            for quantity in world.quantities(one):
                for old, _start, _end in (dated.before(at) if now else ()):
                    if near(product(quantity, old), wrong) and not near(product(quantity, old), right):
                        sure = near(product(quantity, now), right)
                        return Reason("certain" if sure else "hypothesis", (side.system,), 2, {
                            "item": item, "old": str(old), "now": str(now), "quantity": show_number(quantity)})
    return None


@rule("DISCOUNT_OR_FREIGHT_LINE", family="money", precedence=354, types=MONEY,
      en="{systems} leaves out a line: the difference of {delta:value} is exactly the {line:word}.",
      zh="{systems} 少了一行：差额 {delta:value} 正好等于{line:word}。")
def discount_or_freight_line(one, world):
    for a, b, x, y in number_pairs(one, world):
        delta = abs(x - y)
        for line, amount in charge_lines(one, world, a, b):
            if amount and abs(delta - abs(amount)) <= CENT // 2:
                return Reason(systems=(b.system,), evidence={
                    "delta": show_money(delta), "line": line})
    return None


def charge_lines(one, world, a, b):
    """(kind, millionths) of every discount or freight line known of the key, in a fixed order."""
    lines = [(n, s.numbers[n]) for s in (a, b) for n in ("discount", "freight") if s.numbers.get(n)]
    lines += [(kind or "charge", int(amount * MICRO)) for kind, amount in world.charges(one.key)]
    return sorted(lines, key=lambda l: (l[0], l[1]))
